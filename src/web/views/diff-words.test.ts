import { describe, expect, test } from 'vitest'
import type { DiffTotal } from '../../core/engine/workbench/questions/diff-totals.ts'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import { mayBeChance, remarksOf, sideTexts, totalTitle } from './diff-words.ts'

/** Rows of a CPU profile with 10 ms a sample, from counts before and after. */
function cpu(...rows: readonly (readonly [before: number, after: number])[]): FunctionRows {
  const column = (of: (r: readonly [number, number]) => number, size: number): Float64Array =>
    Float64Array.from(rows, (r) => of(r) * size)
  const type = (name: string, unit: string, size: number) => {
    const change = column(([b, a]) => a - b, size)
    const before = column(([b]) => b, size)
    return { type: name, unit, self: change, total: change, before: { self: before, total: before } }
  }
  const sum = (k: 0 | 1): number => rows.reduce((s, r) => s + r[k], 0)
  return {
    names: rows.map((_, i) => `f${i}`),
    places: rows.map(() => ''),
    origin: new Uint8Array(rows.length),
    inlined: new Uint8Array(rows.length),
    types: [type('samples', 'count', 1), type('cpu', 'nanoseconds', 1e7)],
    selected: 1,
    wholes: [sum(0), sum(0) * 1e7],
    sides: [
      { before: sum(0), after: sum(1) },
      { before: sum(0) * 1e7, after: sum(1) * 1e7 },
    ],
    samples: 2,
    remarks: [],
  } as unknown as FunctionRows
}

const total = (o: Partial<DiffTotal>): DiffTotal => ({
  type: 'cpu',
  unit: 'nanoseconds',
  pair: 0,
  before: 1e9,
  after: 1e9,
  counts: [1, 1],
  durations: [1e9, 1e9],
  ...o,
})

const NOBODY = { several: false, chance: 0 }

describe('chance', () => {
  test('small changes may be chance, large ones are not', () => {
    const { rows, limit } = mayBeChance(cpu([100, 100], [50, 60], [50, 150], [3, 0]), 'total')
    expect([...rows]).toEqual([0, 1, 0, 1])
    expect(limit).toBe(1e8)
  })
  test('nothing is said where samples are not counted', () => {
    const f = cpu([1, 2])
    expect(mayBeChance({ ...f, types: f.types.slice(1), selected: 0 }, 'total').limit).toBe(0)
  })
})

describe('remarks', () => {
  test('unequal numbers of profiles, and unequal times, come with a way out', () => {
    const texts = (t: DiffTotal): (string | undefined)[] =>
      remarksOf(cpu([1, 1]), [t], NOBODY).map((r) => r.offer)
    expect(texts(total({ counts: [3, 2] }))).toContain('same')
    expect(texts(total({ durations: [1e9, 2e9] }))).toContain('same')
    expect(texts(total({}))).not.toContain('same')
  })
  test('unequal work is told by counts that went another way', () => {
    const work = total({ pair: 1, type: 'alloc_objects', unit: 'count', before: 1000, after: 3000 })
    const [first] = remarksOf(cpu([1, 1]), [total({}), work], NOBODY)
    expect(first?.mark).toBe('warning')
    expect(first?.text).toMatch(
      /not equal work: allocated objects went from 1\u202f000 to 3\u202f000 \(\+200/,
    )
    const along = { ...work, after: 1100 }
    expect(remarksOf(cpu([1, 1]), [total({}), along], NOBODY)[0]?.mark).toBe('info')
  })
})

test('units stand once where they are the same', () => {
  expect(sideTexts(2.18e9, 1.72e9, 'nanoseconds')).toEqual(['2.18', '1.72', 's'])
  expect(sideTexts(2e9, 5e6, 'nanoseconds')).toEqual(['2\u202fs', '5', 'ms'])
  expect(sideTexts(0, 1458, 'count')).toEqual(['0', '1\u202f458', ''])
  expect(totalTitle('cpu', 'cpu')).toBe('CPU sampled')
})
