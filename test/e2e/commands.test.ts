// The commands for everything that is no profile, on the captures of test/e2e/fixtures: recorded outputs at
// fixed widths (test/golden/commands/, UPDATE=1 writes them anew), and what scripts and pipelines rely on.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { cellWidth } from '../../src/core/base/people-fmt.ts'
import { describeRecorded } from '../kit/recorded-output.ts'
import { goscope, limiter, type RunOptions, root, runCommand } from '../kit/run-command.ts'

const fixtures = join(root, 'test', 'e2e', 'fixtures')
const limit = limiter(2)
const run = (args: readonly string[], options: RunOptions = {}) =>
  limit(() => runCommand([...goscope, ...args], { cwd: fixtures, ...options }))
const words = (line: string): string[] => line.split(' ')
const content = (name: string): Buffer => readFileSync(join(fixtures, name))

const folder = mkdtempSync(join(tmpdir(), 'goscope-commands-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
function made(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

describeRecorded(
  join(root, 'test', 'golden', 'commands'),
  {
    'info.txt': [
      'info before --width 100',
      'info gctrace.log sched.log allocs.log crash.log goroutine.debug2.txt heapdump.bin.gz bench-old.txt --width 100',
      'info before/trace.out before/smaps.txt before/status.txt before/memstats.json before/metrics.json --width 100',
      'info perf-stat.txt --width 80 --color always',
      'info perf-stat.txt --json',
    ],
    'memory.txt': [
      'memory before --width 120',
      'memory before --width 80 --color always',
      'memory before/memstats-t1.json before/memstats.json --width 60',
      'memory before/smaps.txt before/status.txt --width 100',
    ],
    'logs.txt': [
      'gc gctrace.log --width 80',
      'gc gctrace.log --csv --limit 2',
      'sched sched.log --width 80',
      'allocs allocs.log --width 80 --limit 3',
    ],
    'goroutines.txt': ['goroutines goroutine.debug2.txt --width 80', 'goroutines crash.log --width 80'],
    'heapdump.txt': ['heapdump heapdump.bin.gz --width 100 --limit 3'],
    'trace.txt': ['trace summary before/trace.out --width 80 --limit 4'],
    'compare.txt': [
      'diff before/mutex.pb.gz after/mutex.pb.gz --width 80',
      'diff bench-old.txt -- bench-new.txt --width 80',
      'gate bench-old.txt -- bench-old.txt',
      'gate before/mutex.pb.gz -- after/mutex.pb.gz --width 80',
    ],
  },
  run,
)

/** One ordinary call of each command, without the source; a source; its schema. */
const COMMANDS: readonly (readonly [command: string, source: string, schema: string])[] = [
  ['doctor', 'before/mutex.pb.gz', 'goscope.doctor/1'],
  ['info', 'gctrace.log', 'goscope.info/1'],
  ['memory', 'before/memstats.json', 'goscope.memory/1'],
  ['gc', 'gctrace.log', 'goscope.gc/1'],
  ['sched', 'sched.log', 'goscope.sched/1'],
  ['allocs', 'allocs.log', 'goscope.allocs/1'],
  ['goroutines', 'crash.log', 'goscope.goroutines/1'],
  ['heapdump', 'heapdump.bin.gz', 'goscope.heapdump/1'],
  ['trace summary', 'before/trace.out', 'goscope.trace-summary/1'],
]

describe.concurrent.each(COMMANDS)('goscope %s', (command, source, schema) => {
  test('--json is one document with its schema, also from standard input', async () => {
    const [file, input] = await Promise.all([
      run([...words(command), source, '--json']),
      run([...words(command), '-', '--json'], { stdin: content(source) }),
    ])
    expect([file.exit, input.exit]).toEqual([0, 0])
    expect(JSON.parse(file.stdout.toString()).schema).toBe(schema)
    expect(Object.keys(JSON.parse(input.stdout.toString()))).toEqual(
      Object.keys(JSON.parse(file.stdout.toString())),
    )
  })

  test('into a pipe: no escapes, and none with NO_COLOR', async () => {
    const { stdout, exit } = await run([...words(command), source], { env: { NO_COLOR: '1' } })
    expect(exit).toBe(0)
    expect(stdout.length).toBeGreaterThan(20)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    expect(stdout.toString()).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/)
  })

  test('no wider than asked for', async () => {
    // The tables of traces have many columns.
    const width = command === 'trace summary' ? 100 : 72
    const { stdout } = await run([...words(command), source, '--width', String(width)])
    const lines = stdout.toString().split('\n')
    expect(lines.filter((l) => cellWidth(l) > width)).toEqual([])
  })

  test('wrong use and unreadable input: one line that names it, status 2', async () => {
    const empty = made(`empty-${schema.replace(/\W/g, '-')}`, '')
    const plain = made(`plain-${schema.replace(/\W/g, '-')}`, 'hello\nworld\n')
    const calls = [[], ['--nonsense', source], ['no-such-file'], [plain], [empty]]
    for (const args of calls) {
      const { exit, stdout, stderr } = await run([...words(command), ...args])
      // A program that had nothing to say leaves empty files in its capture.
      if (args[0] === empty && command === 'doctor') continue
      expect([args, exit, stdout.toString(), stderr.trim().split('\n').length]).toEqual([args, 2, '', 1])
      if (args.length === 1) expect(stderr).toContain(args[0])
      if (args[0] === '--nonsense') expect(stderr).toContain('there is no flag --nonsense')
    }
  })
})

describe('damaged input is told, and what came before it is read', () => {
  const cut = (name: string, source: string, share: number): string => {
    const bytes = content(source)
    return made(name, bytes.subarray(0, Math.floor(bytes.length * share)))
  }
  test.concurrent('logs', async () => {
    const packed = gzipSync(content('gctrace.log'))
    const gc = await run(['gc', made('gc.log.gz', packed.subarray(0, packed.length / 2)), '--json'])
    expect([gc.exit, JSON.parse(gc.stdout.toString()).damage]).toEqual([
      0,
      expect.stringContaining('ends early'),
    ])
    const sched = await run(['sched', cut('sched.cut', 'sched.log', 0.501)])
    expect([sched.exit, sched.stdout.toString()]).toEqual([0, expect.stringContaining('scheduler')])
    const crash = await run(['goroutines', cut('crash.cut', 'crash.log', 0.5)])
    expect(crash.stdout.toString()).toContain('assignment to entry in nil map')
  })
  test.concurrent('a heap dump', async () => {
    const dump = gunzipSync(content('heapdump.bin.gz'))
    const result = await run(['heapdump', made('heap.cut', dump.subarray(0, dump.length / 2))])
    expect([result.exit, result.stderr]).toEqual([0, expect.stringMatching(/heap\.cut: .* at byte \d+/)])
    const info = await run(['info', join(folder, 'heap.cut'), '--json'])
    expect(JSON.parse(info.stdout.toString()).sources[0].problems[0].message).toContain('cut off')
  })
  test.concurrent('a trace', async () => {
    const result = await run(['trace', 'summary', cut('trace.cut', 'before/trace.out', 0.8)])
    expect(result.exit).toBeLessThanOrEqual(2)
    expect(result.stderr + result.stdout.toString()).toMatch(/at byte \d+|ends in the middle|cut off/)
    expect(result.stderr).not.toContain('    at ')
  })
  test.concurrent('statistics', async () => {
    const result = await run(['memory', cut('memstats.cut', 'before/memstats.json', 0.5)])
    expect([result.exit, result.stderr]).toEqual([2, expect.stringMatching(/memstats\.cut: broken JSON/)])
  })
  test.concurrent('a capture goes on without the file', async () => {
    const broken = cut('mutex.pb.gz', 'before/mutex.pb.gz', 0.5)
    const result = await run(['doctor', broken, 'before/block.pb.gz', '--json'])
    const doc = JSON.parse(result.stdout.toString())
    expect(doc.sources.map((s: { kind: string }) => s.kind)).toEqual(['unknown', 'profile/block'])
    expect(doc.sources[0].problems[0]).toMatch(/gzip/)
  })
})

describe('doctor', () => {
  const json = async (...args: string[]) => {
    const { stdout, exit } = await run(['doctor', ...args, '--json'])
    return { doc: JSON.parse(stdout.toString()), exit }
  }
  test.concurrent('--json holds what design promises', async () => {
    const { doc, exit } = await json('before')
    expect([exit, doc.schema]).toEqual([0, 'goscope.doctor/1'])
    for (const s of doc.sources)
      expect(s).toMatchObject({
        name: expect.any(String),
        kind: expect.any(String),
        problems: expect.any(Array),
      })
    const lock = doc.findings.find((f: { cause: string }) => f.cause === 'mutex-contention')
    expect(lock).toMatchObject({
      severity: expect.stringMatching(/^(critical|warning|info)$/),
      confidence: expect.any(Number),
      title: expect.stringContaining('(*Shop).Place'),
      culprits: expect.arrayContaining(['main.(*Shop).Place']),
      why: expect.any(String),
      remedy: expect.any(Array),
      verify: expect.any(String),
    })
    expect(lock.confidence).toBeGreaterThan(0)
    expect(lock.confidence).toBeLessThanOrEqual(1)
    for (const e of lock.evidence) {
      expect(doc.sources.map((s: { name: string }) => s.name)).toContain(e.source)
      expect(typeof e.text).toBe('string')
      // Some evidence is a fact without a number.
      expect([typeof e.value, typeof e.unit]).toEqual(
        'value' in e ? ['number', 'string'] : ['undefined', 'undefined'],
      )
    }
    expect(new Set(doc.checked.map((c: { result: string }) => c.result))).toEqual(
      new Set(['found', 'clear', 'not enough data']),
    )
    for (const c of doc.checked) expect(Array.isArray(c.needs)).toBe(true)
  })

  test.concurrent('--fail-on sets the status', async () => {
    const status = async (...args: string[]) => (await run(['doctor', ...args])).exit
    expect(await status('before', '--fail-on', 'warning')).toBe(1)
    expect(await status('after', '--fail-on', 'warning')).toBe(0)
    expect(await status('before', '--fail-on', 'much')).toBe(2)
  })

  test.concurrent('--md and --sarif', async () => {
    const md = (await run(['doctor', 'before', '--md'])).stdout.toString()
    expect(md).toMatch(/^#/m)
    expect(md).toContain('mutex-contention')
    const sarif = JSON.parse((await run(['doctor', 'before', '--sarif'])).stdout.toString())
    expect(sarif).toMatchObject({ version: '2.1.0', $schema: expect.stringContaining('sarif') })
    const [{ tool, results }] = sarif.runs
    const rules = tool.driver.rules.map((r: { id: string }) => r.id)
    expect(results.length).toBeGreaterThan(0)
    for (const r of results) {
      expect(rules).toContain(r.ruleId)
      expect(['error', 'warning', 'note', 'none']).toContain(r.level)
      expect(r.message.text).not.toBe('')
    }
  })

  test.concurrent('--before and --after tell what is gone', async () => {
    const args = ['doctor', '--before', 'before', '--after', 'after']
    const text = (await run([...args, '--width', '100'])).stdout.toString()
    expect(text).toMatch(/gone/)
    expect(text).toContain('mutex-contention')
    expect(JSON.parse((await run([...args, '--json'])).stdout.toString()).schema).toMatch(/^goscope\.doctor/)
    expect((await run(['doctor', '--before', 'before'])).exit).toBe(2)
  })

  test.concurrent('an archive is a capture, too', async () => {
    const { zipSync } = await import('fflate')
    const names = ['mutex.pb.gz', 'block.pb.gz']
    const zip = made(
      'capture.zip',
      zipSync(Object.fromEntries(names.map((n) => [n, content(`before/${n}`)]))),
    )
    const { doc } = await json(zip)
    expect(doc.sources.map((s: { kind: string }) => s.kind).sort()).toEqual([
      'profile/block',
      'profile/mutex',
    ])
    const info = (await run(['info', zip])).stdout.toString()
    expect(info).toMatch(/zip archive, 2 files/)
    expect(info).toMatch(/mutex\.pb\.gz .* mutex profile.*goscope top/)
  })
})

describe('diff and gate', () => {
  const json = async (...args: string[]) => {
    const { stdout, exit } = await run([...args, '--json'])
    return { doc: JSON.parse(stdout.toString()), exit }
  }
  test.concurrent('diff of captures and traces', async () => {
    const { doc, exit } = await json('diff', 'before', 'after')
    expect([exit, doc.schema]).toEqual([0, 'goscope.diff/1'])
    expect(JSON.stringify(doc)).toContain('(*Shop).Place')
    expect((await run(['diff', 'before/trace.out', 'after/trace.out'])).exit).toBe(0)
  })

  /** All times twice as long. */
  const slow = (): string => {
    const times = /(\d+(?:\.\d+)?) ns\/op/g
    return made(
      'slow.txt',
      content('bench-old.txt')
        .toString()
        .replace(times, (_, t) => `${Number(t) * 2} ns/op`),
    )
  }

  test.concurrent('gate passes with 0 and fails with 1', async () => {
    const good = await json('gate', 'bench-old.txt', '--', 'bench-old.txt')
    const bad = await json('gate', 'bench-old.txt', '--', slow())
    expect([good.exit, bad.exit]).toEqual([0, 1])
    expect([good.doc.schema, good.doc.failed, bad.doc.failed]).toEqual(['goscope.gate/1', false, true])
    expect((await run(['gate', 'bench-old.txt', '--', slow(), '--max-regression', '150%'])).exit).toBe(0)
  })

  test.concurrent('gate --md', async () => {
    const { stdout, exit } = await run(['gate', 'bench-old.txt', '--', slow(), '--md'])
    expect([exit, stdout.toString()]).toEqual([1, expect.stringMatching(/^\*\*Failed\*\*/)])
    expect(stdout.toString()).toMatch(/^\|.*\|.*---/m)
  })

  test.concurrent('gate --junit is well-formed and counts what failed', async () => {
    const { stdout, exit } = await run(['gate', 'bench-old.txt', '--', slow(), '--junit'])
    const xml = stdout.toString()
    expect([exit, unbalanced(xml)]).toEqual([1, []])
    const failures = Number(/failures="(\d+)"/.exec(xml)![1])
    expect(failures).toBeGreaterThan(0)
    expect(xml.match(/<failure\b/g)).toHaveLength(failures)
    expect(xml.match(/<testcase\b/g)).toHaveLength(Number(/ tests="(\d+)"/.exec(xml)![1]))
  })

  test.concurrent.each(['diff', 'gate'])('wrong use of %s', async (command) => {
    for (const args of [[], ['bench-old.txt'], ['bench-old.txt', '--', 'no-such-file'], ['--nonsense']]) {
      const { exit, stdout, stderr } = await run([command, ...args])
      expect([args, exit, stdout.toString(), stderr.trim().split('\n').length]).toEqual([args, 2, '', 1])
    }
  })

  test.concurrent('standard input as a side', async () => {
    const stdin = content('bench-old.txt')
    expect((await run(['diff', '-', '--', 'bench-new.txt'], { stdin })).exit).toBe(0)
    expect((await run(['gate', '-', '--', 'bench-old.txt'], { stdin })).exit).toBe(0)
  })
})

/** What is wrong with the nesting of elements; enough for documents without comments and sections. */
function unbalanced(xml: string): string[] {
  const open: string[] = []
  const wrong: string[] = []
  for (const [, close, name, attributes, self] of xml.matchAll(
    /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    if (attributes!.replace(/&(?:amp|lt|gt|quot|apos|#x?[\da-f]+);/gi, '').includes('&'))
      wrong.push(attributes!)
    if (close === '/') {
      if (open.pop() !== name) wrong.push(name!)
    } else if (self !== '/') open.push(name!)
  }
  const rest = xml.replace(/<\?xml[^>]*\?>/, '').replace(/<\/?[\w-]+(?:\s+[\w-]+="[^"<]*")*\s*\/?>/g, '')
  return /[<>]/.test(rest) ? [...wrong, rest] : [...wrong, ...open]
}
