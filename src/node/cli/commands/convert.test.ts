import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { commandFolder } from '../../../../test/kit/command-folder.ts'
import { profileFrom, samplesOf } from '../../../../test/kit/profile-from.ts'
import { root } from '../../../../test/kit/run-command.ts'
import { encodeProfile } from '../../../core/formats/pprof/encode.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { readProfile } from '../../read-profile.ts'
import { run } from './convert.ts'
import { run as runPprof } from './pprof.ts'

const here = commandFolder()
const { at } = here

const small = profileFrom(
  `
  main       main       main
  a/b.work   a/b.work   idle
  ^hash      sort;x
  = 10 100   = 25 250   = -1 -10
  # k:v
`,
  ['samples/count', 'cpu/nanoseconds'],
)

function write(name: string, p: Profile): string {
  writeFileSync(at(name), Buffer.concat([...encodeProfile(p)]))
  return at(name)
}

/** Stacks of names with the value of one type, sorted: what every format keeps. */
function stacks(p: Profile, type: number): string[] {
  const sums = new Map<string, bigint>()
  for (let row = 0; row < p.samples.count; row++) {
    const names: string[] = []
    for (let i = p.samples.stackEnd[row]! - 1; i >= p.samples.stackStart[row]!; i--) {
      const l = p.samples.frame[i]!
      for (let k = p.locations.lineEnd[l]! - 1; k >= p.locations.lineStart[l]!; k--)
        // What folded stacks make of a name that has their separator in it.
        names.push(p.strings.get(p.functions.name[p.lines.fn[k]!]!).replaceAll(';', ':'))
    }
    const key = names.join(';')
    sums.set(key, (sums.get(key) ?? 0n) + BigInt(p.samples.value[type]!.get(row)))
  }
  return [...sums]
    .filter(([, v]) => v !== 0n)
    .map(([k, v]) => `${k} ${v}`)
    .sort()
}

const orders = join(root, 'examples', 'orders', 'go1.26')
const read = async (file: string): Promise<Profile> => (await readProfile(file)).profile

describe('round trips of real profiles', () => {
  test.each([
    'cpu.pb.gz',
    'heap.pb.gz',
    'mutex.pb.gz',
    'goroutine.pb.gz',
  ])('%s through folded stacks', async (name) => {
    const source = join(orders, name)
    const p = await read(source)
    const type = p.sampleTypes.length - 1
    expect(await run([source, '-o', at('x.folded'), '--sample-type', p.sampleTypes[type]!.type])).toBe(0)
    expect(here.stderr).toContain('not held by folded stacks: ')
    expect(await run([at('x.folded'), '-o', at('x.pb.gz')])).toBe(0)
    expect(stacks(await read(at('x.pb.gz')), 0)).toEqual(stacks(p, type))
  })

  test.each([
    'cpu.pb.gz',
    'heap.pb.gz',
    'block.pb.gz',
  ])('%s through speedscope, all sample types', async (name) => {
    const source = join(orders, name)
    const p = await read(source)
    await run([source, '-o', at('x.speedscope.json')])
    await run([at('x.speedscope.json'), '-o', at('x.pb')])
    const back = await read(at('x.pb'))
    const totals = (q: Profile) => q.samples.value.map((c) => c.f.reduce((a, b) => a + b, 0))
    expect(totals(back).sort()).toEqual(totals(p).sort())
    expect(stacks(back, p.sampleTypes.length - 1)).toEqual(stacks(p, p.sampleTypes.length - 1))
  })

  test('profile.proto stays what it is, packed or plain', async () => {
    const source = join(orders, 'heap.pb.gz')
    const p = await read(source)
    await run([source, '-o', at('a.pb.gz')])
    await run([at('a.pb.gz'), '-o', at('b.pb')])
    expect(gunzipSync(readFileSync(at('a.pb.gz')))).toEqual(readFileSync(at('b.pb')))
    const back = await read(at('b.pb'))
    expect(samplesOf(back)).toEqual(samplesOf(p))
    expect([back.timeNanos, back.comments, back.defaultSampleType, back.dropFrames]).toEqual([
      p.timeNanos,
      p.comments,
      p.defaultSampleType,
      p.dropFrames,
    ])
    expect(here.stderr).toBe('')
  })

  test('callgrind is what pprof -callgrind writes', async () => {
    const source = join(orders, 'cpu.pb.gz')
    await run([source, '-o', at('callgrind.out.1')])
    await runPprof(['-callgrind', `-output=${at('by-pprof')}`, source])
    expect(readFileSync(at('callgrind.out.1'), 'utf8')).toBe(readFileSync(at('by-pprof'), 'utf8'))
  })
})

/** First bytes of gzip (RFC 1952), and of profile.proto with a sample type. */
const PACKED = new RegExp(`^${String.fromCharCode(0x1f, 0x8b)}`)
const PLAIN = new RegExp(`^${String.fromCharCode(0x0a)}`)

describe('the ending tells the format', () => {
  test.each([
    ['x.pb.gz', PACKED],
    ['x.prof', PACKED],
    ['x.pb', PLAIN],
    ['x.folded', /^main;a\/b\.work;hash \d+\n/],
    ['x.txt', /^main;/],
    ['x.folded.gz', PACKED],
    ['callgrind.out.77', /^positions: instr line\n/],
    ['x.callgrind', /^positions: instr line\n/],
    ['x.SVG', /^<\?xml/],
    ['x.html', /^<!doctype html>/],
  ])('%s', async (name, head) => {
    const source = write('in.pb', { ...small, samples: { ...small.samples, count: 2 } })
    expect(await run([source, '-o', at(name)])).toBe(0)
    expect(readFileSync(at(name), 'latin1')).toMatch(head)
  })

  test('--format wins over it', async () => {
    await run([write('in.pb', small), '-o', at('x.json'), '--format', 'folded', '--sample-type', 'samples'])
    expect(readFileSync(at('x.json'), 'utf8').split('\n').sort()).toEqual([
      '',
      'main;a/b.work;hash 10',
      'main;a/b.work;sort:x 25',
      'main;idle -1',
    ])
  })
})

describe('what cannot be done is said, and leaves no file', () => {
  test.each([
    [['in.pb'], /no output given/],
    [['in.pb', '-o', 'x.unknown'], /the ending tells no format; say --format/],
    [['in.pb', '-o', '-'], /-o - needs --format/],
    [['-o', 'x.folded'], /no SRC given/],
    [['in.pb', '-o', 'x.folded', '--sample-type', 'wrong'], /must be one of samples, cpu/],
    [['in.pb', '-o', 'x.pb', '--sample-type', 'wrong'], /must be one of samples, cpu/],
    [['in.pb', '-o', 'x.speedscope.json'], /negative values.*folded stacks can hold them/],
    [['in.pb', '-o', 'none/x.folded'], /cannot write .*no such file or directory/],
    [['missing.pb', '-o', 'x.pb'], /no such file/],
    [['-', '-', '-o', 'x.pb'], /only once/],
  ])('%j', async (args, message) => {
    write('in.pb', small)
    const words = args.map((a) => (/\.|\//.test(a) ? at(a) : a))
    await expect(run(words)).rejects.toThrow(message)
    expect(readdirSync(here.path)).toEqual(['in.pb'])
  })

  test('a file that is there stays as it was', async () => {
    writeFileSync(at('x.speedscope.json'), 'mine')
    await expect(run([write('in.pb', small), '-o', at('x.speedscope.json')])).rejects.toThrow(/negative/)
    expect(readFileSync(at('x.speedscope.json'), 'utf8')).toBe('mine')
  })
})

describe('what is lost is said', () => {
  test('labels, other types, lines', async () => {
    await run([write('in.pb', small), '-o', at('x.folded')])
    expect(here.stderr).toContain(
      'goscope convert: not held by folded stacks: other sample types (samples; cpu is kept, see --sample-type); labels of 1 sample\n',
    )
  })
})

test('several inputs are added up', async () => {
  const a = write('a.pb', small)
  await run([a, a, '-o', at('sum.pb')])
  expect(stacks(await read(at('sum.pb')), 0)).toEqual([
    'main;a/b.work;hash 20',
    'main;a/b.work;sort:x 50',
    'main;idle -2',
  ])
})

describe('folded stacks and perf script as sources', () => {
  const perf = `prog 100/100 1.000000:     10101010 cpu-clock:
	          401000 work+0x10 (/bin/prog)
	          402000 main+0x20 (/bin/prog)

`
  test('convert reads perf script', async () => {
    writeFileSync(at('perf.txt'), perf)
    await run([at('perf.txt'), '-o', at('x.folded')])
    expect(readFileSync(at('x.folded'), 'utf8')).toMatch(/main;work \d+\n$/)
  })

  test('goscope pprof -top reads folded stacks', async () => {
    writeFileSync(at('x.folded'), 'main;work 3\nmain;idle 1\n')
    await runPprof(['-top', `-output=${at('top')}`, at('x.folded')])
    const rows = readFileSync(at('top'), 'utf8').split('\n').slice(-4, -1)
    expect(rows.map((r) => r.trim().replace(/\s+/g, ' '))).toEqual([
      '3 75.00% 75.00% 3 75.00% work',
      '1 25.00% 100% 1 25.00% idle',
      '0 0% 100% 4 100% main',
    ])
  })
})

describe('standard streams', () => {
  const script = join(root, 'bin', 'goscope.js')
  test.skipIf(!existsSync(join(root, 'dist', 'cli.js')))('from a pipe into a pipe', () => {
    const out = execFileSync(process.execPath, [script, 'convert', '-', '-o', '-', '--format', 'folded'], {
      input: 'main;work 3\n',
    })
    expect(out.toString()).toBe('main;work 3\n')
  })
})
