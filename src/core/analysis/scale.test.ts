import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import type { Profile } from '../model/profile.ts'
import { harmonize, multiplyTruncating, negate, normalize, scaleValues } from './scale.ts'

const P = profileFrom(
  `
  main      main     main
  = 10 -3   = 1 0    = 0 9007199254740993`,
  ['objects/count', 'space/bytes'],
)
const values = (p: Profile): string[][] =>
  p.samples.value.map((c) => Array.from({ length: c.length }, (_, i) => String(c.get(i))))

describe('scaling', () => {
  test('rounds half away from zero, and drops samples that come to nothing', () => {
    expect(values(scaleValues(P, [0.25, 0.5]))).toEqual([
      ['3', '0'],
      ['-2', '4503599627370496'],
    ])
    expect(scaleValues(P, [1, 1])).toBe(P)
    // A column that is left alone does not keep a sample.
    expect(values(scaleValues(P, [1, 0]))).toEqual([[], []])
  })

  test('negate', () => {
    expect(values(negate(P)).map((c) => c.slice(0, 2))).toEqual([
      ['-10', '-1'],
      ['3', '0'],
    ])
    expect(Object.is(negate(P).samples.value[1].f[1], 0)).toBe(true)
  })

  test('normalize makes the sums those of the base', () => {
    const base = profileFrom('main\n= 22 1', ['objects/count', 'space/bytes'])
    expect(values(normalize(P, base))[0]).toEqual(['20', '2', '0'])
    expect(() => normalize(P, profileFrom('main'))).toThrow(
      'incompatible sample types [{objects count} {space bytes}] and [{samples count}]',
    )
  })

  test('multiplyTruncating cuts, and leaves what it is told nothing about', () => {
    expect(values(multiplyTruncating(P, 1 / 4))[0]).toEqual(['2', '0', '0'])
    expect(multiplyTruncating(P, 1)).toBe(P)
    expect(multiplyTruncating(P, Number.NaN)).toBe(P)
    expect(multiplyTruncating(P, -2)).toBe(P)
  })
})

describe('harmonizing', () => {
  const typed = (types: string[], ...v: number[]): Profile => profileFrom(`main\n= ${v.join(' ')}`, types)

  test('keeps what all have, in the order of the first, in the finest unit', () => {
    const [a, b] = harmonize([
      typed(['cpu/ms', 'samples/count'], 7, 1),
      typed(['samples/count', 'cpu/us'], 2, 5),
    ])
    expect([a!.sampleTypes, b!.sampleTypes]).toEqual(
      Array(2).fill([
        { type: 'cpu', unit: 'us' },
        { type: 'samples', unit: 'count' },
      ]),
    )
    expect([values(a!), values(b!)]).toEqual([
      [['7000'], ['1']],
      [['5'], ['2']],
    ])
  })

  test.each([
    [['a/count'], ['b/count'], 'profiles have empty common sample type list'],
    [['a/count'], ['a/bytes'], 'sample types: incompatible types: {a count 0 0} {a bytes 0 0}'],
  ])('%j and %j do not go together', (a, b, message) => {
    expect(() => harmonize([typed(a, 1), typed(b, 1)])).toThrow(message)
  })

  test('a period is scaled along', () => {
    const a = { ...typed(['x/count'], 1), periodType: { type: 'cpu', unit: 'ms' }, period: 10 }
    const b = { ...typed(['x/count'], 1), periodType: { type: 'cpu', unit: 'ns' }, period: 5 }
    expect(harmonize([a, b]).map((p) => [p.period, p.periodType.unit])).toEqual([
      [10_000_000, 'ns'],
      [5, 'ns'],
    ])
  })
})
