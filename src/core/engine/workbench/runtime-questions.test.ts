import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { HandmadeDump, to } from '../../formats/heapdump/handmade-dump.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { alignTimes, buildMoments, processStart } from './moments.ts'
import type { Asking } from './question.ts'
import { answer as allocsLog } from './questions/allocs-log.ts'
import { answer as benchResults, sizeOf } from './questions/bench-results.ts'
import { answer as dumpGoroutines } from './questions/dump-goroutines.ts'
import { answer as dumpGroups } from './questions/dump-groups.ts'
import { answer as dumpProfile } from './questions/dump-profile.ts'
import { answer as dumpStack } from './questions/dump-stack.ts'
import { answer as gcLine } from './questions/gc-line.ts'
import { answer as gcLog, pauseBuckets } from './questions/gc-log.ts'
import { answer as heapDump } from './questions/heap-dump.ts'
import { answer as heapNode } from './questions/heap-node.ts'
import { answer as heapObjects } from './questions/heap-objects.ts'
import { answer as heapSeries } from './questions/heap-series.ts'
import { answer as heapTree } from './questions/heap-tree.ts'
import { answer as memoryAccount } from './questions/memory-account.ts'
import { answer as schedLog } from './questions/sched-log.ts'
import { runtimeHints } from './runtime-hints.ts'
import { Workbench } from './workbench.ts'

const asking: Asking = { progress() {}, cancelled: false, breathe: () => Promise.resolve() }

function benchOf(files: Readonly<Record<string, string | Uint8Array>>): Workbench {
  const w = new Workbench()
  for (const [name, content] of Object.entries(files))
    w.add(name, typeof content === 'string' ? encodeUtf8(content) : content)
  return w
}

/** A cycle each second of 6 ms wall, 1 and 3 of them stopped. */
const cycle = (n: number, live: number): string =>
  `gc ${n} @${n}.000s 1%: 1+2+3 ms clock, 2+1/3/4+4 ms cpu, ${live * 2}->${live * 2}->${live} MB, ${live * 2} MB goal, 0 MB stacks, 0 MB globals, 2 P\n`
const cycles = (count: number, live = (n: number) => 10 + n): string =>
  Array.from({ length: count }, (_, k) => cycle(k + 1, live(k + 1))).join('')

describe('the log of the collector', () => {
  test('gives columns, pieces of time and pauses', async () => {
    const w = benchOf({ 'gc.log': cycles(20), 'other.log': cycles(2) })
    const { sources, at, data } = await gcLog(w, {}, asking)
    expect(sources.map((s) => [s.fileName, s.lines])).toEqual([
      ['gc.log', 20],
      ['other.log', 2],
    ])
    expect(at).toBe(0)
    const { columns: c, buckets, pauses, report } = data!
    expect(c.pause1[3]).toBe(1)
    expect(c.pause2[3]).toBe(3)
    expect(c.start[19]).toBe(20)
    // 2 + 1 + 3 + 4 ms of CPU in a second of two processors; idle marking does not count.
    expect(c.share[5]).toBeCloseTo(0.005, 9)
    expect(c.share[0]).toBeNaN()
    expect(buckets!.cycles.reduce((a, v) => a + v, 0)).toBe(20)
    expect(pauses.reduce((a, b) => a + b.count, 0)).toBe(40)
    expect(report.cycles).toBe(20)
    // Sent away: nothing of the log's own tables may go along.
    structuredClone(data, { transfer: [c.live.buffer as ArrayBuffer, c.before.buffer as ArrayBuffer] })
    expect((await gcLog(w, {}, asking)).data!.columns.before[3]).toBe(28)
  })
  test('another log by its file; none without lines', async () => {
    const w = benchOf({ 'gc.log': cycles(20), 'other.log': cycles(2) })
    expect((await gcLog(w, { file: 1 }, asking)).data!.report.cycles).toBe(2)
    expect(await gcLog(benchOf({ 'a.txt': 'nothing\n'.repeat(9) }), {}, asking)).toEqual({
      sources: [],
      at: -1,
    })
  })
  test('finds the line of a cycle, not that of one whose number begins alike', async () => {
    const w = benchOf({ 'gc.log': `hello gc 1\n${cycles(12)}` })
    const line = await gcLine(w, { file: 0, number: 1 }, asking)
    expect(line.text).toMatch(/^gc 1 @1\.000s/)
    expect(line.offset).toBe(11)
    expect((await gcLine(w, { file: 0, number: 13 }, asking)).offset).toBe(-1)
    const twice = benchOf({ 'gc.log': cycles(2) + cycles(2) })
    expect((await gcLine(twice, { file: 0, number: 2, nth: 1 }, asking)).offset).toBeGreaterThan(200)
  })
  test('pauses in three buckets a decade, empty ones between', () => {
    const b = pauseBuckets([Float64Array.of(0.001, 0.02, Number.NaN)], 2)
    expect(b.map((x) => x.count)).toEqual([2, 0, 0, 2])
    expect(b[0]!.from).toBeCloseTo(0.001, 12)
    expect(pauseBuckets([Float64Array.of(0)], 1)).toEqual([])
  })
})

test('the log of the scheduler', async () => {
  const line = (t: number, idle: number): string =>
    `SCHED ${t}ms: gomaxprocs=4 idleprocs=${idle} threads=9 spinningthreads=1 needspinning=0 idlethreads=3 runqueue=2 [1 0 5 0]\n`
  const w = benchOf({ 'sched.log': [0, 100, 200, 300].map((t) => line(t, 1)).join('') })
  const { data } = await schedLog(w, {}, asking)
  expect(data!.columns.local[1]).toBe(6)
  expect(data!.columns.localMax[1]).toBe(5)
  expect(data!.report.busy.mean).toBe(0.75)
})

test('the log of allocations', async () => {
  const w = benchOf({
    'allocs.log': [
      'tracealloc(0xc000010000, 0x10, main.T)',
      'goroutine 1 [running]:',
      'main.make()',
      '\t/src/main.go:7 +0x1d',
      '',
      'tracefree(0xc000010000, 0x10)',
      'goroutine 1 [running]:',
      'main.main()',
      '\t/src/main.go:9 +0x1d',
      '',
      '',
    ].join('\n'),
  })
  expect(runtimeHints(w.file(0))).toEqual(['allocs'])
  const { data } = await allocsLog(w, {}, asking)
  expect(data!.report.allocations).toBe(1)
  expect(data!.report.frees).toBe(1)
})

const goroutine = (id: number, state: string, fn: string, args = ''): string =>
  `goroutine ${id} [${state}]:\n${fn}(${args})\n\t/src/main.go:${10 + fn.length} +0x1d\ncreated by main.main in goroutine 1\n\t/src/main.go:5 +0x2b\n\n`
const dump = (senders: number): string =>
  `goroutine 1 [running]:\nmain.main()\n\t/src/main.go:3 +0x1\n\n${Array.from({ length: senders }, (_, k) => goroutine(k + 20, 'chan send', 'main.leak')).join('')}${goroutine(7, 'select', 'main.loop')}`

describe('dumps', () => {
  const w = benchOf({ 'a.txt': dump(30), 'b.txt': dump(90) })
  test('groups of the last one, with how they changed', async () => {
    const { moments, at, data } = await dumpGroups(w, {}, asking)
    expect(moments.map((m) => [m.fileName, m.goroutines])).toEqual([
      ['a.txt', 32],
      ['b.txt', 92],
    ])
    expect(at).toBe(1)
    const [first] = data!.groups
    expect(first).toMatchObject({
      count: 90,
      state: 'chan send',
      kind: 'channel',
      history: [30, 90],
      stuck: 30,
      fresh: 60,
    })
    expect(first!.frame.name).toBe('main.leak')
    expect(data!.suspects[first!.suspect]!.certainty).toBe('likely')
    expect(data!.whole).toBe(92)
  })
  test('another one, a filter, all rows, a stack', async () => {
    expect((await dumpGroups(w, { dump: 0 }, asking)).data!.groups[0]!.count).toBe(30)
    const some = await dumpGroups(w, { q: 'LOOP' }, asking)
    expect(some.data).toMatchObject({ total: 1, whole: 92 })
    expect((await dumpGroups(w, { state: 'select' }, asking)).data!.total).toBe(1)
    const rows = (await dumpGoroutines(w, { q: '#7' }, asking))!
    expect([...rows.goid]).toEqual([7])
    expect(rows.texts[rows.fn[0]!]).toBe('main.loop')
    const stack = (await dumpStack(w, { row: rows.row[0]! }, asking))!
    expect(stack.frames.map((f) => f.name)).toEqual(['main.loop'])
    expect(stack.created.name).toBe('main.main')
    expect(stack.creator).toBe(1)
    expect(await dumpStack(w, { row: 9999 }, asking)).toBeUndefined()
  })
  test('a profile of one, made once, that is no dump itself', async () => {
    const { file } = await dumpProfile(w, { state: 'chan send' }, asking)
    expect((await w.profile(file)).profile.samples.count).toBe(1)
    expect((await dumpProfile(w, { state: 'chan send' }, asking)).file).toBe(file)
    expect((await dumpGroups(w, {}, asking)).moments.length).toBe(2)
  })
  test('who blocks whom, where addresses show it', async () => {
    const lock = (id: number): string =>
      `goroutine ${id} [sync.Mutex.Lock, 3 minutes]:\nsync.(*Mutex).lockSlow(0xc000012028)\n\t/go/src/sync/mutex.go:173 +0x15d\nsync.(*Mutex).Lock(...)\n\t/go/src/sync/mutex.go:92\nmain.work(0xc000012028)\n\t/src/main.go:20 +0x9\n\n`
    const { data } = await dumpGroups(benchOf({ 'd.txt': lock(5) + lock(6) + lock(7) }), {}, asking)
    expect(data!.waits[0]).toMatchObject({ kind: 'Mutex', address: '0xc000012028', count: 3 })
    expect(data!.groups[0]!.minutes).toEqual([3, 3, 3])
  })
  test('a crash says what it means; nothing is nothing', async () => {
    const crash =
      'fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\t/src/main.go:3 +0x1\nexit status 2\n'
    const { data } = await dumpGroups(benchOf({ 'c.txt': crash }), {}, asking)
    expect(data!.crash).toMatchObject({ kind: 'fatal' })
    expect(data!.crash!.meaning).not.toBe('')
    expect(await dumpGroups(benchOf({}), {}, asking)).toEqual({ moments: [], at: -1 })
  })
})

describe('memory', () => {
  const stats = (alloc: number, gc: number, ends: readonly number[]): string =>
    JSON.stringify({
      HeapSys: 64 << 20,
      HeapAlloc: alloc,
      TotalAlloc: alloc * 3,
      Sys: 80 << 20,
      HeapInuse: alloc * 2,
      HeapIdle: 20 << 20,
      HeapReleased: 4 << 20,
      StackInuse: 1 << 20,
      NumGC: gc,
      LastGC: ends.at(-1),
      PauseEnd: [...ends, ...Array.from({ length: 256 - ends.length }, () => 0)],
      PauseNs: Array.from({ length: 256 }, (_, k) => (k < ends.length ? 1000 : 0)),
    })
  test('an account for each moment, and what changed', () => {
    const a = memoryAccount(
      benchOf({ 'm-t2.json': stats(9 << 20, 2, [5e9, 6e9]), 'm-t1.json': stats(3 << 20, 1, [5e9]) }),
      {},
    )
    expect(a.moments.map((m) => m.title)).toEqual(['m-t1.json', 'm-t2.json'])
    expect(a.moments[1]!.account.rows.find((r) => r.id === 'heap-in-use')!.bytes).toBe(18 << 20)
    expect(a.trends.find((t) => t.id === 'heap-alloc')!.change).toBe(6 << 20)
    expect(memoryAccount(benchOf({}), {}).moments).toEqual([])
    const text = benchOf({
      'heap.txt':
        'heap profile: 1: 2 [3: 4] @ heap/1048576\n\n# runtime.MemStats\n# Alloc = 5\n# HeapSys = 4096\n# HeapAlloc = 2048\n',
    })
    expect(runtimeHints(text.file(0))).toEqual(['memory'])
    expect(memoryAccount(text, {}).moments.length).toBe(1)
  })
  test('puts a log on the wall clock where collections agree', async () => {
    const start = 1_700_000_000_000_000_000
    const ends = [1, 2, 3, 4, 5, 6].map((n) => start + n * 1e9 + 6e6)
    const same = await buildMoments(
      benchOf({ 'gc.log': cycles(6), 'memstats.json': stats(1 << 20, 6, ends) }),
      asking,
    )
    expect(same.clocks.map((c) => c.key)).toEqual(['unix'])
    const [series] = same.series
    expect(series).toMatchObject({ kind: 'gc', certainty: 'computed', rowParam: 'gc.cycle' })
    expect(Math.abs(series!.at[0]! - (start + 1e9))).toBeLessThan(1e6)
    // Of another run: not all say the same.
    const odd = ends.map((e, k) => e + k * 40e6)
    const other = await buildMoments(
      benchOf({ 'gc.log': cycles(6), 'memstats.json': stats(1 << 20, 6, odd) }),
      asking,
    )
    expect(other.clocks.map((c) => c.unix)).toEqual([true, false])
  })
})

test('when a process began, and how two clocks lie', () => {
  const number = Float64Array.of(1, 2, 3, 4, 5)
  const end = Float64Array.of(1, 2, 3, 4, 5)
  expect(processStart(number, end, { ends: [1.1e9, 2.1e9, 3.1e9, 4.1e9, 5.1e9], last: 5 })).toBeCloseTo(
    0.1e9,
    0,
  )
  expect(processStart(number, end, { ends: [5.1e9], last: 5 })).toBeUndefined()
  const times = [0, 10e6, 17e6, 31e6, 50e6]
  expect(alignTimes(times, [...times.map((t) => t + 7e9), 9e9])).toBe(7e9)
  expect(alignTimes(times, [1e9, 1.3e9, 2.2e9, 4e9])).toBeUndefined()
  expect(alignTimes([], [1])).toBeUndefined()
})

test('a manifest gives times to files that have none', async () => {
  const manifest = JSON.stringify({
    schema: 'goscope.capture/1',
    started: '2026-01-02T03:04:05.000Z',
    ended: '2026-01-02T03:04:15.000Z',
    files: [{ file: 'dump.txt', started: '2026-01-02T03:04:07.000Z', seconds: 0.5 }, null, 3],
  })
  const { moments, clocks } = await buildMoments(
    benchOf({ 'capture.json': manifest, 'dump.txt': dump(3) }),
    asking,
  )
  expect(clocks.length).toBe(1)
  expect(moments.map((m) => m.kind)).toEqual(['capture', 'dump'])
  expect(moments[1]).toMatchObject({
    from: Date.parse('2026-01-02T03:04:07.000Z') * 1e6,
    certainty: 'same moment',
    view: 'dumps',
  })
})

describe('heap dumps', () => {
  const d = new HandmadeDump()
  const at = (k: number): number => 0x2000 + 32 * k
  d.object(at(0), [to(at(1)), to(at(2))])
  d.object(at(1), [0, 0])
  d.object(at(2), [0, 0])
  d.object(at(3), [0, 0])
  d.segment('data', [to(at(0))]).segment('bss', [0])
  const w = benchOf({ 'heapdump.bin': d.done() })
  test('types, tree, objects and the way to one', async () => {
    const { data, file } = await heapDump(w, {}, asking)
    expect(data!.live).toEqual({ objects: 3, bytes: 48 })
    expect(data!.dead.objects).toBe(1)
    const tree = await heapTree(w, { file }, asking)
    expect(tree.retained[0]).toBe(48)
    expect(tree.kinds.slice(0, 3)).toEqual(['top', 'variable', 'object'])
    expect(tree.above).toEqual([])
    const inner = await heapTree(w, { file, node: tree.node[1]! }, asking)
    expect(inner.above.map((a) => a.name)).toEqual(['the heap'])
    const node = (await heapNode(w, { file, node: 1 }, asking))!
    expect(node.way.map((s) => s.place.kind)).toEqual(['variable', 'object', 'object'])
    expect(node.dominators.length).toBe(2)
    const dead = (await heapNode(w, { file, node: 3 }, asking))!
    expect(dead.way).toEqual([])
    const rows = await heapObjects(w, { file, type: data!.typeIds[0]! }, asking)
    expect(rows.count).toBe(data!.report.types[0].objects)
    expect(rows.shallow.reduce((a, v) => a + v, 0)).toBe(data!.report.types[0].bytes)
    expect(await heapNode(w, { file, node: -4 }, asking)).toBeUndefined()
  })
  test('one that is cut says so', async () => {
    const bytes = d.done()
    const { data } = await heapDump(
      benchOf({ 'heapdump.bin': bytes.subarray(0, bytes.length - 3) }),
      {},
      asking,
    )
    expect(data!.complete).toBe(false)
  })
})

test('growth over profiles', async () => {
  const w = new Workbench()
  const profile = (k: number, bytes: number) => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'inuse_space', unit: 'bytes' }]
    b.timeNanos = k * 1e9
    const fn = b.addFunction('main.cache', { filename: '/src/main.go' })
    b.addSample([b.addLocation({ lines: [{ fn, line: 3 }] })], [bytes], [])
    return b.done()
  }
  // Made ones are no part of the capture.
  w.addProfile('made', profile(9, 9))
  expect((await heapSeries(w, {}, asking)).choices).toEqual([])
  for (const [k, bytes] of [100, 200, 300, 400].entries()) {
    const file = w.add(`heap-t${k}.pb`, encodeUtf8('heap profile: 1: 2 [3: 4] @ heap/1048576\n'))
    w.replaceProfile(file.id, { profile: profile(k + 1, bytes), problems: [], format: 'test' })
  }
  const { data } = await heapSeries(w, {}, asking)
  expect(data!.sites[0]).toMatchObject({
    name: 'main.cache',
    weights: [100, 200, 300, 400],
    gained: 300,
    grows: true,
  })
  expect(data!.sites[0]!.perSecond).toBeCloseTo(100, 6)
})

describe('benchmarks', () => {
  test('spread, units, curves over processors and sizes', () => {
    const lines = ['pkg: example.com/x']
    for (const run of [0, 1, 2])
      for (const procs of [1, 2, 4])
        lines.push(`BenchmarkSum-${procs} 100 ${800 / procs + run} ns/op 16 B/op`)
    for (const n of [10, 100, 1000]) lines.push(`BenchmarkSort/n=${n}-4 100 ${n * n} ns/op`)
    const a = benchResults(benchOf({ 'bench.txt': `${lines.join('\n')}\n` }), {})
    expect(a.units).toEqual(['ns/op', 'B/op'])
    const sum = a.rows.find((r) => r.name === 'Sum' && r.procs === 2)!
    expect(sum.values[0]).toEqual([400, 401, 402])
    expect(sum.medians[0]).toBe(401)
    const procs = a.curves.find((c) => c.over === 'processors')!
    expect(procs.x).toEqual([1, 2, 4])
    expect(procs.efficiency[0]).toBe(1)
    const size = a.curves.find((c) => c.over === 'size')!
    expect(size).toMatchObject({ name: 'Sort/*', variable: 'n', x: [10, 100, 1000] })
    expect(size.power).toBeCloseTo(2, 9)
    expect(a.rows.find((r) => r.name === 'Sort/n=10')!.curve).toBe(a.curves.indexOf(size))
  })
  test.each([
    ['A/1e4', 10_000],
    ['A/size=64K', 65_536],
    ['A/len:12/x', 12],
    ['A/4MiB', 4 << 20],
    ['A/x', undefined],
    ['A1000', undefined],
  ])('the size in %s', (name, size) => {
    expect(sizeOf(name)?.size).toBe(size)
  })
})
