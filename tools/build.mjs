// Builds dist/: the command line (split into chunks that load on first use), the two
// libraries and their type declarations. Runs by itself on `npm install` (prepare).
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildPage } from './build-page.mjs'
import { mergeChunks } from './merge-chunks.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => join(root, ...parts)

/**
 * The demangler's wrapper, seeing Node, asks for files and installs handlers for the whole process.
 * Without `process` and `require` it takes the plain road that it has for other engines.
 */
const shellDemangler = {
  name: 'shell-demangler',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.demangle.demangle\.js$/ }, ({ path }) => ({
      contents: `var process, require, print = () => {};\n${readFileSync(path, 'utf8')}`,
    }))
  },
}

const options = {
  write: false,
  metafile: true,
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Whitespace is parse time on every start; names are kept for profiles and defect reports.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // Characters as they are: escapes would make some libraries a tenth larger.
  charset: 'utf8',
  logLevel: 'warning',
}

/** `--out DIR` builds somewhere else, without types: for a look at work in progress. */
const elsewhere = process.argv.indexOf('--out')
const dist = elsewhere < 0 ? at('dist') : resolve(process.argv[elsewhere + 1])

// In memory first: a failed build must not leave a half-empty dist/ behind.
const [cli, library, page] = await Promise.all([
  build({
    ...options,
    entryPoints: {
      cli: 'src/node/cli/main.ts',
      'chunks/picture-worker': 'src/node/render/picture-worker.ts',
    },
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [shellDemangler],
  }),
  // Apart: what a page imports must not bring the command line along.
  build({
    ...options,
    entryPoints: { index: 'src/core/index.ts', node: 'src/node/index.ts' },
    chunkNames: 'library/[name]-[hash]',
    plugins: [shellDemangler],
  }),
  buildPage(root),
])
const merged = await mergeChunks(cli, {
  ...options,
  apart: ['dist/cli.js', 'dist/chunks/picture-worker.js'],
  groups: [
    { name: 'version', entries: ['src/node/cli/commands/version.ts'] },
    { name: 'report', entries: ['src/node/cli/commands/pprof.ts', 'src/core/reports/text.ts'] },
    { name: 'people', entries: ['src/node/cli/commands/top.ts'] },
  ],
})
const outputFiles = [...merged, ...library.outputFiles, ...page.outputFiles]
const inputs = { ...cli.metafile.inputs, ...library.metafile.inputs, ...page.inputs }
// Written over, then what is left of an older build goes: whoever runs the program meanwhile finds it. Types have
// their own builder, which knows what it has written.
const written = new Set()
for (const file of outputFiles) {
  const path = join(dist, relative(at('dist'), file.path))
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, file.contents)
  written.add(path)
}
for (const name of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(name.parentPath ?? name.path, name.name)
  const own = /^(types|types-test|chunks.assets|third-party-licences\.txt)/.test(relative(dist, path))
  if (name.isFile() && !own && !written.has(path)) rmSync(path)
}

// What the drawing of pictures reads at run time lies beside the chunk that reads it.
const assets = join(dist, 'chunks', 'assets')
cpSync(at('src', 'node', 'render', 'assets'), assets, { recursive: true })
cpSync(at('node_modules', '@resvg', 'resvg-wasm', 'index_bg.wasm'), join(assets, 'resvg.wasm'))

// The bundled libraries' licences go with them.
const packages = new Set(['@resvg/resvg-wasm'])
for (const input of Object.keys(inputs)) {
  const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]
  if (name !== undefined) packages.add(name)
}
const licences = [...packages].sort().map((name) => {
  const folder = at('node_modules', name)
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f))
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
  return `${name} ${version}, ${license}\n\n${text}\n`
})
writeFileSync(join(dist, 'third-party-licences.txt'), licences.join(`\n${'-'.repeat(72)}\n\n`))

if (elsewhere >= 0) process.exit(0)
const types = spawnSync(
  process.execPath,
  [at('node_modules', 'typescript', 'bin', 'tsc'), '-b', at('src', 'node')],
  { stdio: 'inherit' },
)
process.exit(types.status ?? 1)
