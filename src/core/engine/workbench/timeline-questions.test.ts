import { describe, expect, test } from 'vitest'
import type { Asking } from './question.ts'
import * as flows from './questions/timeline-flows.ts'
import * as members from './questions/timeline-members.ts'
import * as open from './questions/timeline-open.ts'
import * as path from './questions/timeline-path.ts'
import * as profile from './questions/timeline-profile.ts'
import * as range from './questions/timeline-range.ts'
import * as search from './questions/timeline-search.ts'
import * as span from './questions/timeline-span.ts'
import * as spans from './questions/timeline-spans.ts'
import * as tasks from './questions/timeline-tasks.ts'
import * as window from './questions/timeline-window.ts'
import { smallTrace } from './trace-handmade.ts'
import { Workbench } from './workbench.ts'

const x: Asking = { progress() {}, cancelled: false, breathe: async () => {} }
const file = 0

function bench(bytes = smallTrace()): Workbench {
  const w = new Workbench()
  w.add('trace.out', bytes)
  return w
}

/** Row of a goroutine by its id. */
async function rowOf(w: Workbench, id: string): Promise<number> {
  const found = await search.answer(w, { file, text: `g${id}`, most: 1 }, x)
  return found.goroutines[0]!.row
}

describe('a small trace', () => {
  test('opens with its tracks, the last version at once', async () => {
    const o = await open.answer(bench(), { file }, x)
    expect(o.complete).toBe(true)
    expect(o.groups.map((g) => [g.name, g.count])).toEqual(
      expect.arrayContaining([
        ['main.main', 1],
        ['main.worker', 2],
      ]),
    )
    expect(o.taskTypes).toEqual([{ name: 'request', count: 2 }])
    expect([o.logs, o.regions, o.marks.length, o.stops.length]).toEqual([1, 1, 1, 1])
    expect(o.procs.map((p) => p.id)).toEqual(['0'])
  })

  test('members of groups are its goroutines', async () => {
    const w = bench()
    const o = await open.answer(w, { file }, x)
    const group = o.groups.findIndex((g) => g.name === 'main.worker')
    const [m] = await members.answer(w, { file, groups: [group], from: 0, to: o.end, most: 10 }, x)
    expect(m!.ids).toEqual(['2', '3'])
    expect(m!.more).toBe(0)
    const [few] = await members.answer(w, { file, groups: [group], from: 0, to: o.end, most: 1 }, x)
    expect([few!.ids.length, few!.more]).toEqual([1, 1])
  })

  test('a window has the spans of its tracks, counts, notes and marks', async () => {
    const w = bench()
    const o = await open.answer(w, { file }, x)
    const g2 = await rowOf(w, '2')
    const win = await window.answer(
      w,
      {
        file,
        from: 0,
        to: o.end,
        width: 4000,
        tracks: [
          { kind: 'g', row: g2 },
          { kind: 'p', row: 0 },
        ],
        groups: [-1],
        heap: true,
        notes: true,
      },
      x,
    )
    const { first, start, end, state } = win.tracks
    expect(first.length).toBe(3)
    for (let e = first[0]! + 1; e < first[1]!; e++) expect(start[e]).toBe(end[e - 1])
    // Runnable, running, waiting for a channel, runnable, running, ended.
    expect([...state.subarray(first[0], first[1])]).toEqual([2, 3, 8, 2, 3, 1])
    expect(win.regions.names).toEqual(['part'])
    expect(win.logs.texts.join()).toContain('hello')
    // As many goroutines as there are, in every column.
    const running = win.slots.indexOf(3)
    const most = Math.max(...win.counts.subarray(running * win.width, (running + 1) * win.width))
    expect(most).toBe(1)
  })

  test('arrows lead from who woke to who ran', async () => {
    const w = bench()
    const o = await open.answer(w, { file }, x)
    const rows = await Promise.all(['1', '2', '3'].map((id) => rowOf(w, id)))
    const f = await flows.answer(
      w,
      { file, from: 0, to: o.end, least: 1, tracks: rows.map((row) => ({ kind: 'g' as const, row })) },
      x,
    )
    const arrows = Array.from(f.fromTrack, (from, i) => `${from + 1}→${f.toTrack[i]! + 1}`)
    expect(arrows.sort()).toEqual(['1→2', '1→3', '3→2'])
  })

  test('a span tells why it was, and who ended it', async () => {
    const w = bench()
    const row = await rowOf(w, '2')
    const track = { kind: 'g', row } as const
    const o = await open.answer(w, { file }, x)
    let time = 0
    const words: string[] = []
    for (let i = 0; i < 200; i++) {
      const d = await span.answer(w, { file, track, time }, x)
      if (d === undefined) {
        time += 1
        continue
      }
      words.push(d.words)
      if (d.words === 'Waiting') {
        expect(d.reason).toContain('chan')
        expect(d.wokenBy?.id).toBe('3')
        expect(d.stack.map((f) => f.fn)).toEqual(['runtime.chanrecv1', 'main.worker'])
      }
      if (d.next === undefined) break
      time = d.next
    }
    expect(words).toEqual(['Runnable', 'Running', 'Waiting', 'Runnable', 'Running', 'NotExist'])
    expect(o.end).toBeGreaterThan(0)
  })

  test('a range adds up to its length, and becomes a profile once', async () => {
    const w = bench()
    const o = await open.answer(w, { file }, x)
    const rows = await Promise.all(['2'].map((id) => rowOf(w, id)))
    const r = await range.answer(w, { file, from: 0, to: o.end, goroutines: rows }, x)
    const life = (await search.answer(w, { file, text: 'g2', most: 1 }, x)).goroutines[0]!
    const sum = r.goroutines[0]!.times.subarray(2).reduce((a, b) => a + b, 0)
    expect(sum).toBe(life.to - life.from)
    expect(r.waits.map((v) => [v.where, v.waker])).toEqual([['main.worker', 'main.worker']])
    const asked = { file, from: 0, to: o.end, which: 'wait', name: 'waits' } as const
    const a = await profile.answer(w, asked, x)
    const b = await profile.answer(w, asked, x)
    expect(b.file).toBe(a.file)
    const { profile: made } = await w.profile(a.file)
    expect(made.samples.count).toBeGreaterThan(0)
    expect(w.files[a.file]!.made).toBe(true)
  })

  test('search finds functions, ids and logs', async () => {
    const w = bench()
    const byName = await search.answer(w, { file, text: 'WORKER', most: 10 }, x)
    expect(byName.goroutines.map((g) => g.id).sort()).toEqual(['2', '3'])
    const logs = await search.answer(w, { file, text: '<b>', most: 10 }, x)
    expect(logs.logs.map((l) => l.goroutine)).toEqual(['2'])
    const none = await search.answer(w, { file, text: 'nothing of that kind', most: 10 }, x)
    expect(none.goroutineCount + none.logCount).toBe(0)
  })

  test('tasks, spans as rows, and the path of a task', async () => {
    const w = bench()
    const o = await open.answer(w, { file }, x)
    const t = await tasks.answer(w, { file, from: 0, to: o.end, most: 10 }, x)
    expect([...t.ids]).toEqual(['100', '101'])
    expect(t.end[1]).toBe(Number.POSITIVE_INFINITY)
    const row = await rowOf(w, '2')
    const list = await spans.answer(w, { file, from: 0, to: o.end, tracks: [{ kind: 'g', row }], most: 3 }, x)
    expect([list.rows.length, list.total]).toEqual([3, 6])
    const p = await path.answer(w, { file, task: t.rows[0]! }, x)
    const length = p.end.reduce((sum, e, i) => sum + e - p.start[i]!, 0)
    expect(length).toBe(p.to - p.from)
    await expect(path.answer(w, { file, goroutine: 99 }, x)).rejects.toThrow('no such goroutine')
  })

  test('what is no trace says so; questions beyond the trace are harmless', async () => {
    const w = new Workbench()
    w.add('notes.txt', new TextEncoder().encode('hello'))
    await expect(open.answer(w, { file }, x)).rejects.toThrow('no execution trace')
    const t = bench()
    const track = { kind: 'g', row: 12345 } as const
    const win = await window.answer(
      t,
      { file, from: 1e12, to: 1e12 + 5, width: 10, tracks: [track], groups: [-1] },
      x,
    )
    expect(win.tracks.start.length).toBe(0)
    expect(await span.answer(t, { file, track, time: 5 }, x)).toBeUndefined()
  })

  test('a trace cut anywhere opens or says why it does not', async () => {
    const whole = smallTrace()
    for (let n = 0; n < whole.length; n += 7) {
      const w = bench(whole.subarray(0, n))
      await open.answer(w, { file }, x).then(
        (o) => expect(o.complete).toBe(true),
        (e: Error) => expect(['DecodeError', 'UserError']).toContain(e.name),
      )
    }
  })
})
