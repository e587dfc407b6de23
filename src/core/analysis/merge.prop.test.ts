import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPlain, int64, type PlainProfile, plainProfile } from '../../../test/kit/plain-profile.ts'
import { profileFrom, samplesOf } from '../../../test/kit/profile-from.ts'
import type { Profile } from '../model/profile.ts'
import { mergeProfiles } from './merge.ts'
import { negate } from './scale.ts'

/** Stack with labels -> exact sums of its values; those that are 0 throughout are no samples. */
function sumsOf(profiles: readonly Profile[]): Map<string, string> {
  const sums = new Map<string, bigint[]>()
  for (const p of profiles)
    samplesOf({ ...p, samples: { ...p.samples, value: [] } }).forEach((stack, row) => {
      const values = p.samples.value.map((column) => BigInt(column.get(row)))
      const known = sums.get(stack)
      sums.set(stack, known === undefined ? values : known.map((v, k) => BigInt.asIntN(64, v + values[k]!)))
    })
  const out = [...sums].filter(([, v]) => v.some((x) => x !== 0n))
  return new Map(out.map(([stack, v]) => [stack, v.join(' ')] as const).sort())
}

/** Frames that only addresses or mappings tell apart have equal texts: take them away. */
function plainer(p: PlainProfile): PlainProfile {
  return {
    ...p,
    mappings: [],
    locations: p.locations.map((l) => ({ ...l, mapping: -1, address: 5n, folded: false })),
    functions: p.functions.map((f) => ({ ...f, systemName: f.name, startLine: 0n })),
  }
}

const HEAD = {
  sampleTypes: [
    ['a', 'b'],
    ['c', 'd'],
  ] as const,
  periodType: ['', ''] as const,
}
const profile = plainProfile.map((p) =>
  plainer({
    ...p,
    ...HEAD,
    samples: p.samples.map((s) => ({ ...s, values: [s.values[0] ?? 0n, s.values[1] ?? 1n] })),
  }),
)
/** int64 that has an opposite, and goes through a double unharmed. */
const modest = int64.map((v) => BigInt.asIntN(53, v))

describe('merging', () => {
  test('sums of stacks stay, each stack with its labels is there once, and nothing unused', () => {
    fc.assert(
      fc.property(profile, (plain) => {
        const p = buildPlain(plain)
        const merged = mergeProfiles([p])
        expect(sumsOf([merged])).toEqual(sumsOf([p]))
        expect(merged.samples.count).toBe(sumsOf([p]).size)
        const used = (column: ArrayLike<number>, count: number): void => {
          const seen = new Set(Array.from(column).filter((row) => row !== 0))
          expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
        }
        used(merged.samples.frame, merged.locations.count)
        used(merged.lines.fn, merged.functions.count)
        const { stackStart, stackEnd, frame } = merged.samples
        expect(frame.length).toBe(stackEnd.reduce((n, end, row) => n + end - stackStart[row]!, 0))
        // A merged profile is as merged as it can be.
        expect(samplesOf(mergeProfiles([merged]))).toEqual(samplesOf(merged))
      }),
      { seed: 1, numRuns: 250 },
    )
  })

  test('the order and the grouping of profiles change no sum', () => {
    fc.assert(
      fc.property(profile, profile, profile, (a, b, c) => {
        const [p, q, r] = [buildPlain(a), buildPlain(b), buildPlain(c)]
        const want = sumsOf([p, q, r])
        expect(sumsOf([mergeProfiles([p, q, r])])).toEqual(want)
        expect(sumsOf([mergeProfiles([r, p, q])])).toEqual(want)
        expect(sumsOf([mergeProfiles([mergeProfiles([p, q]), r])])).toEqual(want)
        expect(sumsOf([mergeProfiles([p, mergeProfiles([q, r])])])).toEqual(want)
        // The head does not depend on the order either, but for texts of which the first counts.
        const head = (m: Profile) => [m.timeNanos, m.durationNanos, m.comments.toSorted()]
        if (p.timeNanos > 0 && q.timeNanos > 0)
          expect(head(mergeProfiles([p, q]))).toEqual(head(mergeProfiles([q, p])))
      }),
      { seed: 2, numRuns: 150 },
    )
  })

  test('a profile minus itself is empty', () => {
    const exact = fc.tuple(profile, fc.array(modest, { minLength: 12, maxLength: 12 })).map(([p, v]) => ({
      ...p,
      samples: p.samples.map((s, i) => ({ ...s, values: [v[2 * i]!, v[2 * i + 1]!] })),
    }))
    fc.assert(
      fc.property(exact, (plain) => {
        const p = buildPlain(plain)
        const nothing = mergeProfiles([p, negate(p)])
        expect(nothing.samples.count).toBe(0)
        expect([nothing.locations.count, nothing.functions.count]).toEqual([0, 0])
      }),
      { seed: 3, numRuns: 150 },
    )
  })
})

describe('what is the same', () => {
  const mapped = (start: bigint, limit: bigint, buildId: string, address: bigint): Profile =>
    buildPlain({
      ...plainer(fc.sample(plainProfile, { seed: 1, numRuns: 1 })[0]!),
      sampleTypes: [['a', 'b']],
      periodType: ['', ''],
      mappings: [{ id: 1n, start, limit, offset: 0n, file: '/bin/x', buildId, has: 0 }],
      functions: [],
      locations: [{ id: 1n, mapping: 0, address, lines: [], folded: false }],
      samples: [{ stack: [0], values: [1n], labels: [] }],
    })

  test('one binary mapped at two places is one mapping, and its addresses move along', () => {
    const p = mergeProfiles([
      mapped(0x1000n, 0x5000n, 'id', 0x1234n),
      mapped(2n ** 63n, 2n ** 63n + 0x3ff0n, 'id', 2n ** 63n + 0x234n),
    ])
    expect([p.mappings.count, p.locations.count, p.samples.count]).toEqual([1, 1, 1])
    expect(p.locations.address.get(1)).toBe(0x1234)
    expect(p.samples.value[0].f[0]).toBe(2)
  })

  test.each([
    ['another build', mapped(0x1000n, 0x5000n, 'other', 0x1234n)],
    ['another size', mapped(0x1000n, 0x6001n, 'id', 0x1234n)],
    ['another place within', mapped(0x1000n, 0x5000n, 'id', 0x1235n)],
  ])('%s is not', (_, other) => {
    expect(mergeProfiles([mapped(0x1000n, 0x5000n, 'id', 0x1234n), other]).samples.count).toBe(2)
  })

  test('the file and lines of a function tell it apart, the order of labels does not', () => {
    const p = profileFrom(`
      main        main        main        main      main
      f a.go:1    f a.go:2    f b.go:1    f a.go:1  f a.go:1
      # k:a       # k:a       # k:a       # m:b     # k:a
      # m:b       # m:b       # m:b       # k:a
    `)
    expect(samplesOf(mergeProfiles([p, p]))).toEqual([
      'main;f a.go:1 4 {k:a m:b}',
      'main;f a.go:2 2 {k:a m:b}',
      'main;f b.go:1 2 {k:a m:b}',
      'main;f a.go:1 2 {k:a}',
    ])
  })

  test('profiles of other types are refused', () => {
    const a = profileFrom('main', ['samples/count'])
    expect(() => mergeProfiles([a, profileFrom('main', ['samples/ms'])])).toThrow('incompatible sample types')
  })
})
