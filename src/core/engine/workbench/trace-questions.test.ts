import { describe, expect, test } from 'vitest'
import { DecodeError, UserError } from '../../base/errors.ts'
import { traceFactsText } from '../trace-facts.ts'
import type { Asking } from './question.ts'
import * as diff from './questions/trace-diff.ts'
import * as group from './questions/trace-goroutine-group.ts'
import * as groups from './questions/trace-goroutine-groups.ts'
import * as mmu from './questions/trace-mmu.ts'
import * as overview from './questions/trace-overview.ts'
import * as profile from './questions/trace-profile.ts'
import * as profileBytes from './questions/trace-profile-bytes.ts'
import * as regionList from './questions/trace-region-list.ts'
import * as regions from './questions/trace-regions.ts'
import * as taskEvents from './questions/trace-task-events.ts'
import * as taskList from './questions/trace-task-list.ts'
import * as tasks from './questions/trace-tasks.ts'
import { smallTrace } from './trace-handmade.ts'
import { statId } from './trace-stats.ts'
import { Workbench } from './workbench.ts'

const told: number[] = []
const x: Asking = {
  progress: (done) => told.push(done),
  cancelled: false,
  breathe: () => Promise.resolve(),
}
const bytes = smallTrace()
const bench = (...traces: Uint8Array[]): Workbench => {
  const w = new Workbench()
  for (const [i, t] of traces.entries()) w.add(`t${i}.out`, t)
  return w
}
const at = { file: 0 }
// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
const facts: any = JSON.parse([...traceFactsText(bytes)].join(''))

describe('groups of goroutines', () => {
  test('are those of the document of facts', () => {
    const g = groups.answer(bench(bytes), at, x)
    expect(g.names.map((name, i) => [name, g.count[i], g.stats[0].values[i]])).toEqual(
      facts.groups.map((f: { name: string; count: number; exec: number }) => [f.name, f.count, f.exec]),
    )
    expect(g.stats[0].name).toBe('Execution time')
    const others = g.stats.slice(1).map((s) => s.name)
    expect(others).toEqual([...others].sort())
    expect(told.length).toBeGreaterThan(0)
  })

  test('one by one: the parts are the total', () => {
    const g = group.answer(bench(bytes), { file: 0, name: 'main.worker' }, x)
    expect(g.ids).toEqual([2, 3])
    for (let row = 0; row < g.ids.length; row++) {
      const sum = g.stats.reduce((s, c) => s + c.values[row], 0)
      expect(sum).toBe(g.total[row])
    }
    expect(g.exec / g.allExec).toBeLessThan(1)
    expect(Number.isNaN(g.ended[0])).toBe(false)
  })

  test('that do not exist are the user’s error', () => {
    expect(() => group.answer(bench(bytes), { file: 0, name: 'nobody' }, x)).toThrow(UserError)
    expect(() => groups.answer(bench(bytes), { file: 7 }, x)).toThrow(UserError)
  })
})

describe('waits', () => {
  test.each(['net', 'sync', 'syscall', 'sched'] as const)('%s of everything, a group and regions', (kind) => {
    const w = bench(bytes)
    const sums = (part: object): number[] => {
      const a = profile.answer(w, { file: 0, kind, part }, x)
      return [a.stacks, a.count, a.total]
    }
    expect(sums({})).toEqual(facts.profiles[kind])
    for (const f of facts.groups) if (f.profiles) expect(sums({ group: f.name })).toEqual(f.profiles[kind])
    for (const f of facts.regions)
      if (f.profiles) expect(sums({ region: { type: f.type } })).toEqual(f.profiles[kind])
  })

  test('of more than four seconds are exact', () => {
    const long = smallTrace(10e9 + 1)
    // biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
    const doc: any = JSON.parse([...traceFactsText(long)].join(''))
    const w = bench(long)
    for (const kind of ['sync', 'sched'] as const) {
      const a = profile.answer(w, { file: 0, kind }, x)
      expect([a.stacks, a.count, a.total]).toEqual(doc.profiles[kind])
    }
    const created = profile.answer(w, { file: 0, kind: 'sched', part: { goroutine: '3' } }, x)
    // What it waited before its first run does not count.
    expect(created.count).toBe(0)
  })

  test('have the longest first, with where and who', () => {
    const a = profile.answer(bench(bytes), { file: 0, kind: 'sync' }, x)
    expect(a.longest[0]).toMatchObject({ goroutine: 2, name: 'main.worker', fn: 'main.worker' })
    expect(a.longest[0].duration).toBe(a.max)
    expect(a.histogram.reduce((sum, [, n]) => sum + n, 0)).toBe(a.count)
  })

  test('become a profile once, which the views of profiles can open', async () => {
    const w = bench(bytes)
    const a = profile.answer(w, { file: 0, kind: 'sync', part: { group: 'main.worker' } }, x)
    const b = profile.answer(w, { file: 0, kind: 'sync', part: { group: 'main.worker' } }, x)
    expect(b.profile).toBe(a.profile)
    expect(w.file(a.profile)).toMatchObject({ made: true, kind: 'profile' })
    const { profile: p } = await w.profile(a.profile)
    expect(p.sampleTypes.map((t) => t.type)).toEqual(['contentions', 'delay'])
    const raw = await profileBytes.answer(w, { file: 0, kind: 'sync' }, x)
    expect(raw.length).toBeGreaterThan(50)
  })

  test('of a goroutine; of none', () => {
    const w = bench(bytes)
    expect(profile.answer(w, { file: 0, kind: 'sync', part: { goroutine: '2' } }, x).count).toBe(1)
    expect(profile.answer(w, { file: 0, kind: 'net' }, x)).toMatchObject({ count: 0, max: 0, longest: [] })
    for (const goroutine of ['77', 'x', '-1'])
      expect(() => profile.answer(w, { file: 0, kind: 'net', part: { goroutine } }, x)).toThrow(UserError)
  })
})

describe('tasks', () => {
  const ids = (filter: object): unknown[] => [...taskList.answer(bench(bytes), { file: 0, filter }, x).ids]

  test('by type, with distributions', () => {
    const { types } = tasks.answer(bench(bytes), at, x)
    // The background task is one, too: it is known to be the parent of the others.
    expect(types).toMatchObject([
      { type: '', tasks: 1, count: 0, slowest: [] },
      { type: 'request', tasks: 2, count: 1, slowest: [{ id: 100 }] },
    ])
  })

  test.each([
    [{}, [101, 100, 0]],
    [{ type: 'request' }, [101, 100]],
    [{ type: 'other' }, []],
    [{ complete: '1' }, [100]],
    [{ complete: '0' }, [101, 0]],
    [{ complete: 'true' }, [101, 100, 0]],
    [{ latmin: '1ns' }, [100]],
    [{ latmax: '1µs' }, []],
    [{ latmax: '+1.5ms' }, [100]],
    [{ latmin: 'nonsense' }, [101, 100, 0]],
    [{ logtext: 'there' }, [100]],
    [{ logtext: 'note' }, [100]],
    [{ logtext: 'part' }, [100]],
    [{ logtext: 'request' }, [101, 100]],
    [{ logtext: 'absent' }, []],
  ])('%o', (filter, wanted) => {
    expect(ids(filter)).toEqual(wanted)
  })

  test('are filtered in the reference’s words', () => {
    const { filter } = taskList.answer(
      bench(bytes),
      { file: 0, filter: { type: 'a"b', complete: '0', latmin: '1500us', logtext: 'x' } },
      x,
    )
    expect(filter).toBe('"a\\"b",incomplete,latency >= 1.5ms,log contains "x"')
  })

  test('have events in order of time', () => {
    const e = taskEvents.answer(bench(bytes), { file: 0, task: '100' }, x)
    expect(e.kinds).toEqual(['task begin', 'region begin', 'log', 'region end', 'task end'])
    expect(e.texts[2]).toBe('hello <b>there</b>')
    expect(e.categories[2]).toBe('note')
    expect([...e.time]).toEqual([...e.time].sort((a, b) => a - b))
    expect(() => taskEvents.answer(bench(bytes), { file: 0, task: '5' }, x)).toThrow(UserError)
  })
})

describe('regions', () => {
  test('by name and place', () => {
    const { types } = regions.answer(bench(bytes), at, x)
    expect(types).toMatchObject([{ type: 'part', fn: 'main.worker', pc: '20', count: 1 }])
  })

  test('one by one, filtered by hexadecimal pc without 0x', () => {
    const count = (filter: object): number =>
      regionList.answer(bench(bytes), { file: 0, filter }, x).goroutines.length
    expect(count({})).toBe(1)
    expect(count({ pc: '20' })).toBe(1)
    expect(count({ pc: '21' })).toBe(0)
    expect(count({ pc: '0x21' })).toBe(1)
    expect(count({ latmin: '1h' })).toBe(0)
    const { tasks: of, stats, total } = regionList.answer(bench(bytes), at, x)
    expect(of).toEqual([100])
    expect(stats.reduce((sum, s) => sum + s.values[0], 0)).toBe(total[0])
  })
})

test('utilization is that of the document of facts', () => {
  const flags = { perProc: false, stw: true, background: true, assist: true, sweep: false }
  const a = mmu.answer(bench(bytes), { file: 0, flags, percentiles: true, window: 100 }, x)
  expect(a.curve?.lines.length).toBe(4)
  expect(a.curve?.window.length).toBe(100)
  expect(a.worst[0]?.util).toBeLessThan(1)
  for (let i = 0; i < 100; i++) expect(a.curve!.lines[3][i]).toBeGreaterThanOrEqual(a.curve!.lines[0][i])
})

test('the overview counts what there is', () => {
  const o = overview.answer(bench(bytes), at, x)
  expect(o).toMatchObject({ goroutines: 3, groups: facts.groups.length, damage: undefined })
  expect(o.taskTypes).toContainEqual({ type: 'request', count: 2 })
  expect(o.summary.events).toBe(facts.events)
})

test('two traces are compared per second', () => {
  const w = bench(bytes, smallTrace(9000))
  const d = diff.answer(w, { file: 1, base: 0 }, x)
  const row = d.groups.names.indexOf('main.worker')
  expect(d.groups.execAfter[row]).toBeGreaterThan(d.groups.execBefore[row])
  expect(d.groups.countAfter[row]).toBe(2)
  expect(d.changes.length).toBeGreaterThan(5)
})

test('damage: what is no trace, and one that ends early', () => {
  expect(() => overview.answer(bench(new Uint8Array(20).fill(7)), at, x)).toThrow(UserError)
  const head = bytes.slice(0, 16)
  expect(() => overview.answer(bench(head), at, x)).toThrow(DecodeError)
})

test('columns have names for addresses', () => {
  expect(statId('Block time (chan receive)')).toBe('block-time-chan-receive')
})
