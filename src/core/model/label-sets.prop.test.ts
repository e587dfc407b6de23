import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { int64 } from '../../../test/kit/plain-profile.ts'
import { toInt } from '../base/int64.ts'
import { LabelSetBuilder, mapLabelSets } from './label-sets.ts'

const id = fc.nat({ max: 3 })
const label = fc.oneof(
  fc.record({ key: id, str: fc.nat({ max: 3 }) }),
  fc.record({ key: id, num: fc.oneof(fc.bigInt(-2n, 2n), int64), unit: id }),
)
type Label = { key: number; str: number } | { key: number; num: bigint; unit: number }

function add(b: LabelSetBuilder, set: readonly Label[]): number {
  for (const l of set) {
    if ('str' in l) b.addText(l.key, l.str)
    else b.addNumber(l.key, toInt(l.num), l.unit)
  }
  return b.endSet()
}

/** What makes sets equal: texts by key, then numbers by key, in the order given within a key. */
function identity(set: readonly Label[]): string {
  const part = (of: (l: Label) => boolean): string =>
    set
      .filter(of)
      .map((l, i) => ({ l, i }))
      .sort((a, b) => a.l.key - b.l.key || a.i - b.i)
      .map(({ l }) => ('str' in l ? `${l.key}=${l.str}` : `${l.key}=${l.num} ${l.unit}`))
      .join()
  return `${part((l) => 'str' in l && l.str !== 0)}|${part((l) => 'num' in l)}`
}

describe('label sets', () => {
  test('equal sets are one, different ones are not, and set 0 is empty', () => {
    fc.assert(
      fc.property(fc.array(fc.array(label, { maxLength: 4 }), { maxLength: 60 }), (sets) => {
        const b = new LabelSetBuilder()
        const known = new Map([['|', 0]])
        for (const set of sets) {
          const key = identity(set)
          if (!known.has(key)) known.set(key, known.size)
          expect(add(b, set)).toBe(known.get(key))
        }
        const t = b.done()
        expect(t.count).toBe(known.size)
        expect(t.start.length).toBe(t.count + 1)
        // A copy of every set is the same table.
        const copy = mapLabelSets(t, (to, set) => {
          for (let row = t.start[set]; row < t.start[set + 1]; row++) to.addRow(t, row)
        })
        expect([...copy.renumber]).toEqual(Array.from({ length: t.count }, (_, i) => i))
        expect(copy.sets).toEqual(t)
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('numbers that no double tells apart', () => {
    const b = new LabelSetBuilder()
    const sets = [2n ** 62n, 2n ** 62n + 1n, 2n ** 62n].map((num) => add(b, [{ key: 1, num, unit: 0 }]))
    expect(sets).toEqual([1, 2, 1])
  })

  test('many sets', () => {
    const b = new LabelSetBuilder()
    for (let i = 0; i < 60_000; i++) {
      b.addText(1, 1 + (i % 30_000))
      expect(b.endSet()).toBe(1 + (i % 30_000))
    }
    expect(b.count).toBe(30_001)
  })
})
