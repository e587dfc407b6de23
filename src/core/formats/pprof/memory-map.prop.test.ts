import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LegacyDraft, type MapEntry } from './legacy-draft.ts'
import { assignMappings } from './memory-map.ts'

/** The rule as it reads, mapping by mapping. Changes `mappings`; gives the row for each address. */
function assignOneByOne(mappings: MapEntry[], addresses: readonly bigint[]): number[] {
  let everything = 0
  return addresses.map((a) => {
    let m = mappings.findIndex((e) => e.start <= a && a < e.limit)
    if (m >= 0) return m + 1
    m = mappings.findIndex(
      (e) => e.offset !== 0n && BigInt.asUintN(64, e.start - e.offset) <= a && a < e.start,
    )
    if (m >= 0) {
      mappings[m].start -= mappings[m].offset
      mappings[m].offset = 0n
      return m + 1
    }
    if (everything === 0)
      everything = mappings.push({ start: 0n, limit: 2n ** 64n - 1n, offset: 0n, file: '', buildId: '' })
    return everything
  })
}

// Few distinct numbers, so that ranges meet and overlap; the largest and some around 2^32 among them.
const address = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(1n, 24n) },
  fc.bigInt(2n ** 32n - 2n, 2n ** 32n + 2n),
  fc.bigInt(2n ** 64n - 3n, 2n ** 64n - 1n),
)
const mapping = fc.record({
  start: address,
  limit: address,
  offset: fc.oneof(fc.constant(0n), address),
  file: fc.constant(''),
  buildId: fc.constant(''),
})

test('intervals give the same mappings as the rule itself', () => {
  fc.assert(
    fc.property(
      fc.array(mapping, { maxLength: 8 }),
      fc.uniqueArray(address, { maxLength: 12 }),
      (mappings, addresses) => {
        const draft = new LegacyDraft([], { type: '', unit: '' })
        draft.mappings = mappings.map((m) => ({ ...m }))
        for (const a of addresses) draft.addFrame(Number(a >> 32n) | 0, Number(a & 0xffffffffn) | 0)
        draft.endSample()
        draft.renumber()
        assignMappings(draft)
        const expected = mappings.map((m) => ({ ...m }))
        const rows = assignOneByOne(expected, addresses)
        expect([...draft.locationMapping]).toEqual([0, ...rows])
        expect(draft.mappings).toEqual(expected)
      },
    ),
    { numRuns: 3000 },
  )
})
