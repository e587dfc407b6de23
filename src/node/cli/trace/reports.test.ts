import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { traceBytes } from '../../../../test/kit/trace-text.ts'
import { UserError } from '../../../core/base/errors.ts'
import { decodeProfile } from '../../../core/formats/pprof/decode.ts'
import { run } from '../commands/trace.ts'
import { goDuration } from './select-flags.ts'

let lines: string[] = []
let dir = ''
let file = ''

vi.mock('../people/write-lines.ts', () => ({
  writeLines: (more: Iterable<string>) => lines.push(...more),
}))

/** Goroutine 1 begins a task and a region, waits for a lock that 2 gives it, and ends both. Times in 100 ns. */
const TRACE = `Trace Go1.26
  EventBatch gen=1 m=-1 time=0
  Sync
  Frequency freq=10000000
  ClockSnapshot mono=7 sec=1700000000 nsec=1
  EventBatch gen=1 m=1 time=0
  ProcStatus dt=1 p=0 pstatus=1
  GoStatus dt=1 g=1 m=1 gstatus=2
  UserTaskBegin dt=8 task=7 name_string=1 stack=1
  UserRegionBegin dt=1 task=7 name_string=2 stack=1
  GoBlock dt=99 reason_string=3 stack=2
  GoStart dt=900 g=1 g_seq=2
  UserRegionEnd dt=100 task=7 name_string=2 stack=1
  UserTaskEnd dt=1 task=7 stack=1
  EventBatch gen=1 m=2 time=0
  ProcStatus dt=1 p=1 pstatus=1
  GoStatus dt=2 g=2 m=2 gstatus=2
  GoUnblock dt=997 g=1 g_seq=1 stack=3
  EventBatch gen=1 m=-1 time=0
  Strings
  String id=1
  data="request"
  String id=2
  data="my part"
  String id=3
  data="sync"
  String id=4
  data="main.want"
  String id=5
  data="main.hold"
  String id=6
  data="main.go"
  EventBatch gen=1 m=-1 time=0
  Stacks
  Stack id=1
  pc=4096 func=4 file=6 line=7
  Stack id=2
  pc=4112 func=4 file=6 line=9
  Stack id=3
  pc=8192 func=5 file=6 line=20
  EndOfGeneration`

beforeAll(() => {
  vi.stubEnv('LC_ALL', 'C.UTF-8')
  dir = mkdtempSync(join(tmpdir(), 'goscope-trace-'))
  file = join(dir, 'trace.out')
  writeFileSync(file, traceBytes(TRACE))
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(dir, { recursive: true })
})
beforeEach(() => {
  lines = []
})

async function report(...args: string[]): Promise<string> {
  lines = []
  expect(await run([...args, file])).toBe(0)
  return lines.join('\n').replaceAll('\u202f', ' ')
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await report(...args, '--json')) as Record<string, unknown>
}

describe('goscope trace causes', () => {
  test('of a task: to who held the lock', async () => {
    const text = await report('causes', '--task', '7')
    expect(text).toContain('Task 7, request: 110 µs, at ')
    expect(text).toMatch(/sync +main\.want/)
    expect(text).toMatch(/ran +main\.hold/)
    expect(text).toContain("for G1's wait for sync in main.want")
    expect(await report('causes', '--task', 'request', '--longest')).toBe(text)
  })
  test('of regions, goroutines, and of the worst', async () => {
    expect(await report('causes', '--region', 'my part')).toContain('Region my part of goroutine 1: 110 µs')
    expect(await report('causes', '--goroutine', '1')).toContain('Goroutine 1, ')
    const worst = await report('causes')
    expect(worst).toContain('Task 7, request')
    expect(worst).toContain('Region my part')
  })
  test('as JSON', async () => {
    const doc = await json('causes', '--task', '7')
    expect(doc).toMatchObject({
      schema: 'goscope.trace-causes/1',
      causes: [{ subject: { kind: 'task', name: 'request', id: 7 }, others: true }],
    })
  })
  test('wrong use', async () => {
    await expect(run(['causes', '--task', '7', '--goroutine', '1', file])).rejects.toThrow(
      '--goroutine, --task and --region exclude each other',
    )
    await expect(run(['causes', '--goroutine', '9', file])).rejects.toThrow(
      'goscope trace causes: the trace has no goroutine 9',
    )
    await expect(run(['causes', '--region', 'x', file])).rejects.toThrow('types of its regions: my part')
    await expect(run(['causes'])).rejects.toThrow('one trace is wanted')
    await expect(run(['causes', join(dir, 'none')])).rejects.toThrow(UserError)
  })
})

describe('goscope trace tasks, regions, goroutines', () => {
  test('how long they took, and the slowest', async () => {
    const tasks = await report('tasks')
    expect(tasks).toMatch(/1 +0 +110 µs +110 µs +110 µs +110 µs +110 µs +request/)
    expect(tasks).toContain('goscope trace causes --task 7 TRACE')
    const regions = await report('regions')
    expect(regions).toMatch(/110 µs.*my part/)
    expect(regions).toContain("goscope trace causes --longest --region 'my part' TRACE")
    expect(await json('regions')).toMatchObject({
      schema: 'goscope.trace-regions/1',
      types: [{ type: 'my part', count: 1, account: { blocked: 89_000 } }],
    })
    await expect(run(['tasks', '--type', 'x', file])).rejects.toThrow(
      'the trace has no task x; it has request',
    )
  })
  test('by start function, and one by one', async () => {
    expect(await report('goroutines')).toMatch(/^ +1 .* main\.want$/m)
    const doc = await json('goroutines', '--group', 'main.want')
    const [group] = doc.groups as { goroutines: { id: number; blocked: number }[] }[]
    expect(group?.goroutines).toMatchObject([{ id: 1, blocked: 89_000 }])
    await expect(run(['goroutines', '--group', 'x', file])).rejects.toThrow('no goroutine starts with x')
  })
})

describe('goscope trace flame', () => {
  test('in the terminal', async () => {
    expect(await report('flame', '--off-cpu')).toMatch(/main\.want[\s\S]*\[sync\]/)
    expect(await report('flame', '--wall', '--by', 'goroutine')).toContain('goroutine 1')
    await expect(run(['flame', '--wait', 'x', file])).rejects.toThrow('nothing waited for x; it was sync')
    await expect(run(['flame', '--on-cpu', '--wall', file])).rejects.toThrow('exclude each other')
  })
  test.each(['svg', 'html'])('as %s', async (form) => {
    const out = join(dir, `flame.${form}`)
    expect(await run(['flame', '--off-cpu', '-o', out, file])).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain('main.want')
  })
})

describe('goscope trace export', () => {
  const exported = async (name: string, ...args: string[]): Promise<Buffer> => {
    const out = join(dir, name)
    expect(await run(['export', '-o', out, ...args, file])).toBe(0)
    return readFileSync(out)
  }
  test('by the ending of the file', async () => {
    const p = decodeProfile(gunzipSync(await exported('a.pb.gz')))
    expect(p.sampleTypes.map((t) => `${t.type}/${t.unit}`)).toEqual([
      'wall/nanoseconds',
      'on-cpu/nanoseconds',
      'off-cpu/nanoseconds',
    ])
    expect((await exported('a.folded', '--type', 'off-cpu')).toString()).toBe(
      'main.want;[sync] 89000\nmain.want;[waiting for a processor] 1000\n',
    )
    expect(JSON.parse((await exported('a.json')).toString())).toHaveProperty('traceEvents')
    expect((await exported('a.perfetto-trace'))[0]).toBe(10)
    expect((await exported('a.bin', '--format', 'folded')).toString()).toContain('main.want')
  })
  test('whole or not at all', async () => {
    await expect(run(['export', '-o', join(dir, 'b.x'), file])).rejects.toThrow('end it in .pb.gz')
    await expect(run(['export', file])).rejects.toThrow('-o FILE is wanted')
    await expect(run(['export', '-o', join(dir, 'c.json'), '--task', '99', file])).rejects.toThrow(
      'the trace has no task 99',
    )
    expect(readdirSync(dir).filter((f) => /^[bc]\./.test(f))).toEqual([])
  })
})

describe('parts of a trace', () => {
  test('are named in the head', async () => {
    expect(await report('summary', '--from', '20us', '--to', '60us')).toMatch(/40 µs .* from 20 µs +to 60 µs/)
    expect(await report('summary', '--task', '7')).toContain('task 7')
    expect(await report('goroutines', '--from', '20us')).toContain('from 20 µs')
  })
  test.each([
    ['0', 0],
    ['250ms', 250e6],
    ['1.5s', 1.5e9],
    ['1m2s3us', 62e9 + 3e3],
    ['.5µs', 500],
  ])('%s is a time', (text, ns) => {
    expect(goDuration(text, 'from')).toBe(ns)
  })
  test.each(['', '5', 'x', '1.5', '5 s', '-1s', '1s2'])('%j is none', (text) => {
    expect(() => goDuration(text, 'from')).toThrow(UserError)
  })
})

test('help lists what there is', async () => {
  lines = []
  expect(await run(['help'])).toBe(0)
  for (const name of ['summary', 'causes', 'goroutines', 'tasks', 'regions', 'flame', 'export', 'facts'])
    expect(lines.some((l) => l.startsWith(`  ${name} `))).toBe(true)
  for (const name of ['causes', 'goroutines', 'tasks', 'regions', 'flame', 'export', 'summary']) {
    lines = []
    expect(await run(['help', name])).toBe(0)
    expect(lines[0]).toContain(`goscope trace ${name}`)
  }
  await expect(run(['help', 'x'])).rejects.toThrow('there are summary')
})
