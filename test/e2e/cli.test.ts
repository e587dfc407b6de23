// The command line as scripts see it: exit statuses, streams, colours, and what a start loads.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { goscope, limiter, root, runCommand } from '../kit/run-command.ts'

const orders = join(root, 'examples', 'orders')
const cpu = 'go1.26/cpu.pb.gz'
const limit = limiter(2)
const run = (args: string[], options: Parameters<typeof runCommand>[1] = {}) =>
  limit(() => runCommand([...goscope, ...args], { cwd: orders, ...options }))

const stackTrace = /^\s+at .*:\d+:\d+/m
const escapes = new RegExp(`${String.fromCharCode(27)}\\[`)

describe('wrong use and unreadable input: a status, one line, no stack', () => {
  const wrong: [number, string[]][] = [
    [2, ['no-such-command']],
    [2, ['top']],
    [2, ['top', '--no-such-option', cpu]],
    [2, ['top', 'missing.pb.gz']],
    [2, ['top', 'main.go']],
    [2, ['top', '/dev/null']],
    [2, ['top', '--focus', '(', cpu]],
  ]
  test.concurrent.each(wrong)('status %i: goscope %j', async (status, args) => {
    const result = await run(args)
    expect(result.stderr).not.toMatch(stackTrace)
    expect(result.stderr.trim()).not.toBe('')
    // Refused for its own reason, not because the command is missing.
    if (args[0] === 'top') expect(result.stderr).not.toContain('unknown command')
    expect(result.stderr.trim().split('\n')).toHaveLength(1)
    expect(result.stdout.toString()).toBe('')
    expect(result.exit).toBe(status)
  })
})

describe('what everyone tries first', () => {
  for (const args of [['version'], ['--version'], ['help'], ['--help'], ['help', 'top'], ['top', '--help']])
    test(`goscope ${args.join(' ')}`, async () => {
      const result = await run(args)
      expect(result.stderr).toBe('')
      expect(result.stdout.length).toBeGreaterThan(0)
      expect(result.exit).toBe(0)
    })

  test('the version is the one of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect((await run(['version'])).stdout.toString()).toContain(version)
  })
})

describe('streams', () => {
  for (const args of [
    ['pprof', '-raw', cpu],
    ['pprof', '-traces', cpu],
    ['top', '--limit', '0', cpu],
  ])
    test(`a reader that leaves early is no error: ${args.join(' ')}`, async () => {
      const ended = await new Promise<{ status: number | null; stderr: string }>((resolve) => {
        const child = spawn(goscope[0]!, [goscope[1]!, ...args], {
          cwd: orders,
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        let stderr = ''
        child.stderr.on('data', (chunk) => {
          stderr += chunk
        })
        child.stdout.once('data', () => child.stdout.destroy())
        child.on('close', (status) => resolve({ status, stderr }))
      })
      expect(ended.stderr).toBe('')
      // 0, or what a shell reports for a program that SIGPIPE ended.
      expect([0, 141]).toContain(ended.status)
    })

  test('a large output into a pipe is complete', async () => {
    const raw = (await run(['pprof', '-raw', cpu])).stdout
    // Several times what a pipe holds (64 KiB), so it cannot be written in one go.
    expect(raw.length).toBeGreaterThan(150_000)
    expect(raw.toString().trimEnd().split('\n').at(-1)).toContain('[vsyscall]')
  })

  test('`-` is standard input, compressed or not', async () => {
    const file = readFileSync(join(orders, cpu))
    const table = (output: Buffer) =>
      output
        .toString()
        .split('\n')
        .filter((line) => line.includes('main.'))
    const expected = table((await run(['top', cpu])).stdout)
    expect(expected.length).toBeGreaterThan(0)
    expect(table((await run(['top', '-'], { stdin: file })).stdout)).toEqual(expected)
    expect(table((await run(['top', '-'], { stdin: gunzipSync(file) })).stdout)).toEqual(expected)
  })

  test('--json is one document that names its schema', async () => {
    const result = await run(['top', '--json', cpu])
    expect(result.exit).toBe(0)
    expect(JSON.parse(result.stdout.toString()).schema).toMatch(/^goscope\.[a-z-]+\/\d+$/)
  })

  test('pprof -output writes the file and leaves stdout empty', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'goscope-e2e-'))
    try {
      const file = join(folder, 'top.txt')
      const result = await run(['pprof', '-top', `-output=${file}`, cpu])
      expect([result.exit, result.stdout.toString()]).toEqual([0, ''])
      expect(readFileSync(file, 'utf8')).toBe((await run(['pprof', '-top', cpu])).stdout.toString())
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('colours', () => {
  const script = spawnSync('script', ['--version']).status === 0
  /** Runs under a terminal of its own, which the program `script` makes. */
  const inTerminal = (env: Record<string, string>) => {
    const line = [...goscope, 'top', cpu].map((word) => `'${word}'`).join(' ')
    const options = { cwd: orders, env: { TERM: 'xterm-256color', ...env } }
    return limit(() => runCommand(['script', '-qec', line, '/dev/null'], options))
  }

  test('none where nobody looks', async () => {
    const shown = (await run(['top', cpu])).stdout.toString()
    expect(shown).toContain('main.')
    expect(shown).not.toMatch(escapes)
  })
  test.skipIf(!script)('some in a terminal', async () => {
    expect((await inTerminal({})).stdout.toString()).toMatch(escapes)
  })
  test.skipIf(!script)('none in a terminal with NO_COLOR', async () => {
    const shown = (await inTerminal({ NO_COLOR: '1' })).stdout.toString()
    expect(shown).toContain('main.')
    expect(shown).not.toMatch(escapes)
  })
})

describe('a start loads what it needs', () => {
  /** Files of dist/ that ran, by V8's own account of every script it loaded. */
  const loaded = async (args: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'goscope-e2e-'))
    try {
      const result = await run(args, { env: { NODE_V8_COVERAGE: folder } })
      expect(result.exit).toBe(0)
      const urls = readdirSync(folder).flatMap((name) =>
        (JSON.parse(readFileSync(join(folder, name), 'utf8')).result as { url: string }[]).map((s) => s.url),
      )
      const files = [...new Set(urls)]
        .filter((url) => url.startsWith('file:'))
        .map((url) => fileURLToPath(url))
      return files.filter((file) => file.startsWith(join(root, 'dist')))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const kilobytes = (files: string[]) => files.reduce((sum, file) => sum + statSync(file).size, 0) / 1024

  test.each([
    [['version'], 40],
    // A quarter of it reads executables, a quarter the formats that are not profile.proto.
    [['top', 'go1.26/threadcreate.pb.gz'], 400],
    [['pprof', '-top', 'go1.26/threadcreate.pb.gz'], 440],
  ])('goscope %j loads at most %i kB', async (args, budget) => {
    const files = await loaded(args)
    expect(files.length).toBeGreaterThan(0)
    expect(kilobytes(files), files.join(' ')).toBeLessThan(budget)
  })

  test.each([
    [['top', 'go1.26/threadcreate.pb.gz']],
    [['pprof', '-top', '-cum', 'go1.26/threadcreate.pb.gz']],
  ])('goscope %j needs no library to read its arguments', async (args) => {
    const parser = /class extends ArgumentScannerError/
    expect((await loaded(args)).filter((file) => parser.test(readFileSync(file, 'utf8')))).toEqual([])
    // Where there are flags to parse it is there, so the pattern finds it.
    const withFlag = await loaded(['top', '--cum', 'go1.26/threadcreate.pb.gz'])
    expect(withFlag.filter((file) => parser.test(readFileSync(file, 'utf8')))).not.toEqual([])
  })

  test('no disassembler, decompressor or server for a table', async () => {
    const files = await loaded(['top', 'go1.26/threadcreate.pb.gz'])
    const heavy =
      /WebAssembly\.(instantiate|compile)|createServer\(|(from|import\()\s*['"]node:(http|https|worker_threads|inspector)['"]/
    expect(files.filter((file) => heavy.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})
