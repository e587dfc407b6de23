// Questions about profiles: functions, one function, calls, labels, samples, facts.

import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import { ORIGINS } from '../../analysis/origin.ts'
import { encodeProfile } from '../../formats/pprof/encode.ts'
import { answer as findingsAnswer } from './questions/findings.ts'
import { answer as graphAnswer } from './questions/graph.ts'
import { answer as factsAnswer } from './questions/profile-facts.ts'
import { answer as functionAnswer } from './questions/profile-function.ts'
import { answer as functionsAnswer } from './questions/profile-functions.ts'
import { answer as peekAnswer } from './questions/profile-peek.ts'
import { answer as samplesAnswer } from './questions/profile-samples.ts'
import { answer as significanceAnswer } from './questions/profile-significance.ts'
import { answer as sketchAnswer } from './questions/profile-sketch.ts'
import { answer as tagsAnswer } from './questions/profile-tags.ts'
import { Workbench } from './workbench.ts'

const TYPES = ['samples/count', 'cpu/nanoseconds']
const BEFORE = `
main.main m.go:3    main.main m.go:3    main.main m.go:4    main.idle i.go:9
main.run m.go:10    main.run m.go:10    ^main.run m.go:10
^main.hash m.go:20  runtime.mallocgc    runtime.mallocgc
= 3 30              = 2 20              = 1 10              = 4 40
# user:ann          # user:bob          # user:ann
`
const AFTER = `
main.main m.go:3    main.fresh f.go:1
main.run m.go:10
= 1 10              = 5 50
`

function workbench(...pictures: readonly string[]): Workbench {
  const w = new Workbench()
  for (const [i, p] of pictures.entries())
    w.add(`p${i}.pb`, new Uint8Array(Buffer.concat([...encodeProfile(profileFrom(p, TYPES))])))
  return w
}

const asking = { progress: () => undefined, breathe: async () => undefined, cancelled: false }
const query = { of: [0] }
const table = (names: readonly string[], column: Float64Array): Record<string, number> =>
  Object.fromEntries(names.map((n, i) => [n, column[i]!]))

describe('functions', () => {
  test('self and total of every sample type', async () => {
    const f = await functionsAnswer(workbench(BEFORE), { query })
    expect(f.types.map((t) => t.type)).toEqual(['samples', 'cpu'])
    expect(table(f.names, f.types[1]!.total)).toEqual({
      'main.main': 60,
      'main.run': 60,
      'main.hash': 30,
      'runtime.mallocgc': 30,
      'main.idle': 40,
    })
    expect(table(f.names, f.types[0]!.self)['main.hash']).toBe(3)
    expect(f.inlined[f.names.indexOf('main.hash')]).toBe(1)
    expect(f.wholes).toEqual([10, 100])
  })

  test('what a filter left no sample of is not there', async () => {
    const f = await functionsAnswer(workbench(BEFORE), { query: { of: [0], options: { f: 'idle' } } })
    expect(f.names).toEqual(['main.idle'])
    const bob = { of: [0], options: { tf: 'user=bob' } }
    const p = await functionsAnswer(workbench(BEFORE), { query: bob, packages: true })
    expect(table(p.names, p.types[1]!.total)).toEqual({ main: 20, runtime: 20 })
  })

  test('frames of the runtime that were folded into one are the runtime’s', async () => {
    const folded = { of: [0], transforms: [{ op: 'fold' as const, name: 'runtime' }] }
    const f = await functionsAnswer(workbench(BEFORE), { query: folded })
    expect(ORIGINS[f.origin[f.names.indexOf('runtime (alloc)')]!]).toBe('alloc')
    const p = await functionsAnswer(workbench(BEFORE), { query: folded, packages: true })
    expect(p.names).toContain('runtime')
    const g = await graphAnswer(workbench(BEFORE), { query: folded })
    expect(ORIGINS[g.origin[g.names.indexOf('runtime (alloc)')]!]).toBe('alloc')
  })

  test('whole packages', async () => {
    const f = await functionsAnswer(workbench(BEFORE), { query, packages: true })
    expect(table(f.names, f.types[1]!.total)).toEqual({ main: 100, runtime: 30 })
    expect(table(f.names, f.types[1]!.self)).toEqual({ main: 70, runtime: 30 })
  })

  test('lines and files by the granularity of pprof', async () => {
    const lines = await functionsAnswer(workbench(BEFORE), { query: { of: [0], options: { g: 'lines' } } })
    expect(lines.names.map((n, i) => `${n} ${lines.places[i]}`)).toContain('main.main m.go:4')
    const files = await functionsAnswer(workbench(BEFORE), { query: { of: [0], options: { g: 'files' } } })
    expect(table(files.names, files.types[1]!.total)).toMatchObject({ 'm.go': 60, 'i.go': 40 })
  })

  test('a difference has both sides', async () => {
    const f = await functionsAnswer(workbench(BEFORE, AFTER), { query: { of: [1], base: [0] } })
    const change = table(f.names, f.types[1]!.total)
    const before = table(f.names, f.types[1]!.before!.total)
    expect(change).toMatchObject({ 'main.run': -50, 'main.fresh': 50, 'main.idle': -40 })
    expect(before).toMatchObject({ 'main.run': 60, 'main.fresh': 0, 'main.idle': 40 })
    expect(f.sides![1]).toEqual({ before: 100, after: 60 })
  })

  test('significance by the profiles of both sides', async () => {
    const w = workbench(BEFORE, BEFORE, BEFORE, BEFORE, AFTER, AFTER, AFTER, AFTER)
    const s = await significanceAnswer(w, { query: { of: [4, 5, 6, 7], base: [0, 1, 2, 3] } }, asking)
    const p = Object.fromEntries(s.keys.map((k, i) => [k.split('\0')[0], s.total[i]!]))
    expect(p['main.run']).toBeLessThan(0.05)
    expect([s.before, s.after]).toEqual([4, 4])
    expect(s.least).toBeCloseTo(2 / 70)
  })
})

describe('one function', () => {
  test('its numbers, callers and callees', async () => {
    const f = (await functionAnswer(workbench(BEFORE), { query, name: 'main.run' }))!
    expect(f.types[f.selected]).toMatchObject({ self: 0, total: 60, whole: 100 })
    expect(f.callers.names).toEqual(['main.main'])
    expect([...f.callers.weight]).toEqual([60])
    expect(f.callees.names).toEqual(['main.hash', 'runtime.mallocgc'])
    expect([f.stacks, f.allStacks]).toEqual([3, 4])
    expect(f.file).toBe('m.go')
  })

  test('one that is not there', async () => {
    expect(await functionAnswer(workbench(BEFORE), { query, name: 'main.nobody' })).toBeUndefined()
  })
})

describe('calls', () => {
  test('open row by row, both ways', async () => {
    const w = workbench(BEFORE)
    const params = { query, name: 'runtime.mallocgc', side: 'callers', open: [] } as const
    const closed = await peekAnswer(w, params)
    expect(closed.names).toEqual(['main.run'])
    expect([...closed.state]).toEqual([1])
    expect(closed.whole).toBe(30)
    const open = await peekAnswer(w, { ...params, open: [closed.ids[0]!] })
    expect(open.names).toEqual(['main.run', 'main.main'])
    expect([...open.level]).toEqual([0, 1])
    expect([...open.state]).toEqual([2, 0])
    const callees = await peekAnswer(w, { query, name: 'main.main', side: 'callees', open: [] })
    expect(callees.names).toEqual(['main.run'])
    expect([...callees.total]).toEqual([60])
  })

  test('a function that is not there has no rows', async () => {
    const none = await peekAnswer(workbench(BEFORE), { query, name: 'x', side: 'callees', open: [3] })
    expect([none.names.length, none.whole]).toEqual([0, 0])
  })

  test('a sketch of what is below', async () => {
    const s = await sketchAnswer(workbench(BEFORE), { query, name: 'main.run', levels: 2 })
    expect(s.names).toEqual(['main.run', 'main.hash', 'runtime.mallocgc'])
    expect([...s.width]).toEqual([1, 0.5, 0.5])
    expect([...s.at]).toEqual([0, 0, 0.5])
  })
})

describe('labels', () => {
  test('values by weight, and the functions of each', async () => {
    const t = await tagsAnswer(workbench(BEFORE), { query, split: 'user' })
    expect(t.keys.map((k) => [k.key, k.values, [...k.weight]])).toEqual([['user', ['ann', 'bob'], [40, 20]]])
    expect(t.split.map((s) => s.value)).toEqual(['ann', 'bob'])
    expect(t.split[1]!.names[0]).toBe('runtime.mallocgc')
  })

  test('the mark of what was taken away is none', async () => {
    const t = await tagsAnswer(workbench(BEFORE, AFTER), { query: { of: [1], base: [0] } })
    expect(t.keys.map((k) => k.key)).toEqual(['user'])
  })
})

describe('samples', () => {
  test('found by any function of their stacks, opened to all of it', async () => {
    const w = workbench(BEFORE)
    const all = await samplesAnswer(w, { query, find: '', regexp: true, open: [] })
    expect([...all.depth]).toEqual([3, 3, 3, 1])
    expect(all.names[all.leaf[0]!]).toBe('main.hash')
    expect(all.labels[all.label[1]!]).toBe('user=bob')
    const some = await samplesAnswer(w, { query, find: 'MALLOC', regexp: false, open: [2] })
    expect([...some.rows]).toEqual([1, 2])
    expect(some.stacks[0]).toMatchObject({
      names: ['runtime.mallocgc', 'main.run', 'main.main'],
      places: ['', 'm.go:10', 'm.go:4'],
    })
    expect([...some.stacks[0]!.inlined]).toEqual([0, 1, 0])
  })

  test('a wrong expression is said to be one', async () => {
    const wrong = samplesAnswer(workbench(BEFORE), { query, find: '(', regexp: true, open: [] })
    await expect(wrong).rejects.toThrow('missing closing )')
  })
})

test('facts, and all of a profile as text', async () => {
  const [f] = await factsAnswer(workbench(BEFORE), { files: [0], raw: 0 })
  expect(f).toMatchObject({ name: 'p0.pb', samples: 4, functions: 5 })
  expect(f!.labels.map((l) => l.key)).toEqual(['user'])
  expect(f!.raw!.join('\n')).toContain('main.hash')
})

test('findings: every rule has a result', async () => {
  const d = await findingsAnswer(workbench(BEFORE), {}, asking)
  expect(d.checked).toHaveLength(d.rules)
  expect(d.files).toBe(1)
  expect(Object.keys(d.ruleTitles)).toContain('regexp-compile-hot')
  expect(d.markdown).toContain('# Diagnosis')
})
