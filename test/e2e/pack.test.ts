// What a user gets from the registry: packed, installed into an empty folder without network,
// run, imported and type-checked there.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, runCommand } from '../kit/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-pack-'))
const app = join(folder, 'app')
const orders = join(root, 'examples', 'orders')
const cpu = join(orders, 'go1.26', 'cpu.pb.gz')
const installed = join(app, 'node_modules', '.bin', 'goscope')
const packed = { file: '', names: [] as string[] }

const succeed = async (argv: readonly string[], cwd: string) => {
  const result = await runCommand(argv, { cwd, timeoutMs: 110_000 })
  if (result.exit !== 0)
    throw new Error(`${argv.join(' ')}: ${result.exit}\n${result.stderr}${result.stdout}`)
  return result.stdout.toString()
}

beforeAll(async () => {
  if (!existsSync(join(root, 'dist', 'cli.js'))) throw new Error('dist/ is missing: npm run build')
  const packing = ['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const [tarball] = JSON.parse(await succeed(packing, root)) as {
    filename: string
    files: { path: string }[]
  }[]
  packed.file = join(folder, tarball!.filename)
  packed.names = tarball!.files.map((file) => file.path)
  mkdirSync(app)
  writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true, "type": "module" }\n')
  const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await succeed(['npm', 'install', ...quiet, packed.file], app)
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tarball', () => {
  test('holds what runs and its types, and nothing of the workshop', () => {
    const allowed =
      /^(bin\/goscope\.js|dist\/(?!types-test|types\/web).*\.(js|wasm|css|html|svg|woff2)|dist\/types\/(?!web\/).*\.d\.ts|dist\/third-party-licences\.txt|dist\/chunks\/assets\/(README\.md|tinos-license\.txt|tinos-regular\.ttf)|LICENSE|README\.md|CHANGELOG\.md|package\.json)$/
    expect(packed.names.filter((name) => !allowed.test(name))).toEqual([])
    expect(packed.names.filter((name) => /\.test\.|\.map$|tsbuildinfo/.test(name))).toEqual([])
    for (const name of [
      'bin/goscope.js',
      'dist/cli.js',
      'dist/index.js',
      'dist/node.js',
      'package.json',
      'LICENSE',
    ]) {
      expect(packed.names).toContain(name)
    }
  })

  test('is small', () => {
    // Graphviz, a renderer and a font, each loaded on first use, are more than half of it. The page is in it twice: in
    // chunks that are served, and as the one file that exports are made of.
    expect(statSync(packed.file).size / 1024).toBeLessThan(6144)
  })

  test('names no folder of the machine that built it', () => {
    const texts = packed.names.filter((name) => /\.(js|ts|json)$/.test(name))
    const naming = texts.filter((name) =>
      readFileSync(join(app, 'node_modules', 'goscope', name), 'utf8').includes(root),
    )
    expect(naming).toEqual([])
  })
})

describe('installed without network', () => {
  test('brings no other package', () => {
    const lock = JSON.parse(readFileSync(join(app, 'node_modules', '.package-lock.json'), 'utf8'))
    expect(Object.keys(lock.packages)).toEqual(['node_modules/goscope'])
  })

  test('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(await succeed([installed, 'version'], app)).toContain(version)
  })

  test('answers for go tool pprof', async () => {
    expect(await succeed([installed, 'pprof', '-top', cpu], app)).toContain('main.distance')
  })

  test('prints JSON', async () => {
    expect(JSON.parse(await succeed([installed, 'top', '--json', cpu], app))).toHaveProperty('schema')
  })

  test.each(['goscope', 'goscope/node'])('can be imported: %s', async (name) => {
    const script = `console.log(JSON.stringify(Object.keys(await import('${name}'))))`
    const names = JSON.parse(await succeed([process.execPath, '--input-type=module', '-e', script], app))
    expect(names.length).toBeGreaterThan(0)
    expect(names).not.toContain('default')
  })

  test.each([
    // The core asks for nothing but the language: no Node, no DOM.
    ['goscope', ['--types', '']],
    ['goscope/node', ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]],
  ])('has types that check under strict settings: %s', async (name, options) => {
    const file = `${name.replace('/', '-')}.ts`
    // A module whose types were not found would be `any`, and then the second line would fit as well.
    const refused = '// @ts-expect-error no such export\n'
    writeFileSync(
      join(app, file),
      `import * as it from '${name}'\n${refused}export const no = it.thereIsNoSuchExport\n`,
    )
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const strict = [
      '--noEmit',
      '--strict',
      '--target',
      'es2023',
      '--lib',
      'es2023',
      '--skipLibCheck',
      'false',
    ]
    const modules = ['--module', 'nodenext', '--moduleResolution', 'nodenext']
    await succeed([process.execPath, tsc, ...strict, ...modules, ...options, file], app)
  })
})
