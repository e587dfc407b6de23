// The rules of the house that a compiler does not check, as functions over {path: text}, so
// that the test can show each of them a guilty tree as well. A violation is one line: where, and why not.
import { posix } from 'node:path'
import { blankOut, importsOf } from '../kit/imports.ts'

/** Paths from the repository's root, with forward slashes, and the text of each file. */
export type Tree = ReadonlyMap<string, string>

/** From the ground up: an import goes to a lower rank or stays in its folder. */
const ranks: readonly (readonly string[])[] = [
  ['base'],
  ['model'],
  ['formats', 'binary'],
  ['analysis'],
  ['reports', 'doctor', 'history'],
  ['engine'],
  ['core/index.ts'],
  ['node', 'web'],
]

/** What builds and checks the project: never part of what is shipped. */
const toolchain = new Set(['@biomejs/biome', '@types/node', 'esbuild', 'fast-check', 'typescript', 'vitest'])

const longest = 800

export interface Rule {
  readonly title: string
  /** Shown with every violation. */
  readonly reason: string
  readonly check: (tree: Tree, dependencies: ReadonlySet<string>) => string[]
}

export const rules: readonly Rule[] = [
  {
    title: 'imports go down, or stay in their folder',
    reason: `the order is ${ranks.map((r) => r.join(', ')).join(' < ')}: the core stays pure and every part testable alone`,
    check: (tree) =>
      inProduct(tree).flatMap(([path, text]) => {
        const from = layerOf(path)
        if (from === undefined)
          return [`${path} lies in no known layer: add its folder to the order, or move it`]
        return importsOf(text).flatMap((i) => {
          const to = targetOf(path, i.specifier)
          const layer = to?.startsWith('src/') ? layerOf(to) : undefined
          if (layer === undefined || layer === from || rankOf(layer) < rankOf(from)) return []
          return [`${path}:${i.line} (${from}) imports ${i.specifier} (${layer})`]
        })
      }),
  },
  {
    title: 'no Node below src/node',
    reason: 'the same code runs in the command line, in workers and in the page',
    check: (tree) =>
      inProduct(tree).flatMap(([path, text]) => {
        if (!path.startsWith('src/core/')) return []
        const imported = importsOf(text).filter((i) => i.specifier.startsWith('node:'))
        const globals =
          /(?<![\w$.])(?:(?:process|Buffer|globalThis)\s*\.|(?:require|setImmediate)\s*\(|__dirname|__filename)/g
        const used = [...blankOut(text).matchAll(globals)]
        return [
          ...imported.map((i) => `${path}:${i.line} imports ${i.specifier}`),
          ...used.map((m) => `${path}:${lineAt(text, m.index)} uses ${m[0].replace(/[\s.(]+$/, '')}`),
        ]
      }),
  },
  {
    title: 'no cycles between files',
    reason: 'files of a cycle can only be understood, tested and loaded together; types count as well',
    check: (tree) => cyclesOf(tree),
  },
  {
    title: 'relative imports name a file that is there, with its ending',
    reason: 'Node, the bundler and the compiler then agree about what is meant',
    check: (tree) =>
      [...tree].flatMap(([path, text]) =>
        importsOf(text).flatMap((i) => {
          if (i.specifier === '' && path.startsWith('src/'))
            return [`${path}:${i.line} imports an expression, which nothing can check`]
          const to = targetOf(path, i.specifier)
          if (to === undefined || to.startsWith('dist/')) return []
          if (!/\.(ts|tsx|mjs|json|css|wasm|svg)$/.test(to))
            return [`${path}:${i.line} imports ${i.specifier}`]
          return /\.tsx?$/.test(to) && !tree.has(to)
            ? [`${path}:${i.line} imports ${i.specifier}: no such file`]
            : []
        }),
      ),
  },
  {
    title: 'only listed packages are imported, and no tools from the product',
    reason:
      'a package that is there by accident is gone tomorrow; what is shipped must not need the workshop',
    check: (tree, dependencies) =>
      [...tree].flatMap(([path, text]) =>
        importsOf(text).flatMap((i) => {
          if (/^(\.|node:|$)/.test(i.specifier)) return []
          const name = i.specifier.split('/', i.specifier.startsWith('@') ? 2 : 1).join('/')
          if (!dependencies.has(name))
            return [`${path}:${i.line} imports ${name}, which package.json does not list`]
          const shipped = path.startsWith('src/') && !isTest(path)
          return shipped && toolchain.has(name) ? [`${path}:${i.line} imports ${name}, a tool`] : []
        }),
      ),
  },
  {
    title: 'no default exports',
    reason: 'a thing has one name wherever it is used',
    check: (tree) =>
      inSource(tree).flatMap(([path, text]) =>
        [...blankOut(text).matchAll(/^\s*export\s+default\b|\bas\s+default\b/gm)].map(
          (m) => `${path}:${lineAt(text, m.index)}`,
        ),
      ),
  },
  {
    title: `no file over ${longest} lines`,
    reason: `about 400 are wanted; a longer file says at its top why it is "long" or must be "one file"`,
    check: (tree) =>
      inSource(tree).flatMap(([path, text]) => {
        const lines = text.split('\n').length - 1
        const top = /^(?:\s*\/\/.*\n)+|^\s*\/\*[\s\S]*?\*\//.exec(text)?.[0] ?? ''
        return lines > longest && !/\b(long|one file)\b/i.test(top) ? [`${path} has ${lines} lines`] : []
      }),
  },
  {
    title: 'files and folders are kebab-case and named for what is in them',
    reason: 'utils, helpers, common and types say nothing and attract everything',
    check: (tree) =>
      inSource(tree).flatMap(([path]) => {
        const parts = path.split('/')
        const file = parts.pop()!
        const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/
        const stem = file.replace(/(\.prop)?(\.test)?(\.d)?\.tsx?$/, '')
        const bad = [...parts, stem].filter(
          (p) => !kebab.test(p) || /^(utils?|helpers?|common|types?|misc)$/.test(p),
        )
        return bad.map((part) => `${path}: ${part}`)
      }),
  },
]

const isTest = (path: string) => /\.test\.tsx?$/.test(path)
const inSource = (tree: Tree) => [...tree].filter(([path]) => path.startsWith('src/'))
const inProduct = (tree: Tree) =>
  inSource(tree).filter(([path]) => !isTest(path) && path !== 'src/core/globals.d.ts')
const lineAt = (text: string, at: number) => text.slice(0, at).split('\n').length

function layerOf(path: string): string | undefined {
  const [, ring, folder] = path.split('/')
  const name = ring === 'core' ? (folder === 'index.ts' ? 'core/index.ts' : folder) : ring
  return name !== undefined && rankOf(name) >= 0 ? name : undefined
}

const rankOf = (layer: string) => ranks.findIndex((rank) => rank.includes(layer))

/** The file a relative specifier means; undefined for packages. */
function targetOf(path: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : undefined
}

/** One line per cycle: a walk in depth, where meeting a file of the current path closes a cycle. */
function cyclesOf(tree: Tree): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const next = (path: string) =>
    importsOf(tree.get(path)!)
      .map((i) => targetOf(path, i.specifier))
      .filter((to): to is string => to?.startsWith('src/') === true && tree.has(to))
  for (const [start] of inSource(tree)) {
    const path: { file: string; rest: string[] }[] = done.has(start)
      ? []
      : [{ file: start, rest: next(start) }]
    while (path.length > 0) {
      const file = path.at(-1)!.rest.pop()
      if (file === undefined) done.add(path.pop()!.file)
      else if (!done.has(file)) {
        const opened = path.findIndex((step) => step.file === file)
        if (opened < 0) path.push({ file, rest: next(file) })
        else found.push([...path.slice(opened).map((step) => step.file), file].join(' -> '))
      }
    }
  }
  return found
}
