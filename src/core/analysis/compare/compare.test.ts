import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import { decodeBench } from '../../formats/bench/bench.ts'
import { benchMeasures, benchScaling } from './bench-measures.ts'
import { compareMeasures, type Measure } from './compare.ts'
import { profileMeasures } from './profile-measures.ts'
import { leastP, mannWhitney, median, quantile } from './statistics.ts'

describe('Mann-Whitney', () => {
  // Exact values from tables of the distribution of U.
  test.each([
    [[1, 2, 3], [4, 5, 6], 0.1, 1],
    [[1, 2, 3, 4], [5, 6, 7, 8], 2 / 70, 1],
    [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 2 / 252, 1],
    [[1, 3, 5], [2, 4, 6], 0.7, 1 / 3],
    [[5], [7], 1, 1],
  ])('%j against %j', (before, after, p, effect) => {
    const c = mannWhitney(before, after)
    expect(c.p).toBeCloseTo(p, 10)
    expect(c.effect).toBeCloseTo(effect, 10)
  })

  test('three a side are never significant at 0.05, four are', () => {
    expect(leastP(3, 3)).toBeCloseTo(0.1)
    expect(leastP(4, 4)).toBeCloseTo(2 / 70)
  })

  const values = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 })
  test('sides may be swapped', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const x = mannWhitney(a, b)
        const y = mannWhitney(b, a)
        expect(x.p).toBeCloseTo(y.p, 10)
        expect(x.effect).toBeCloseTo(-y.effect, 10)
        expect(x.p).toBeGreaterThan(0)
        expect(x.p).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('equal samples do not differ', () => {
    expect(mannWhitney([4, 4, 4, 4], [4, 4, 4, 4]).p).toBe(1)
  })

  test('exact and approximate agree on larger samples', () => {
    const a = Array.from({ length: 15 }, (_, i) => i * 2)
    const b = Array.from({ length: 15 }, (_, i) => i * 2 + 7)
    const exact = mannWhitney(a, b).p
    const tied = mannWhitney([...a, 100, 100], [...b, 100, 100]).p
    expect(Math.abs(exact - tied)).toBeLessThan(0.1)
  })
})

test('medians and quantiles', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(median([])).toBeNaN()
  expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2)
})

describe('measures', () => {
  const m = (name: string, value: number): Measure => ({ group: 'cpu', name, unit: 'ns', value, worse: 1 })

  test('what a source lacks is 0 where absence means that', () => {
    const [f, g] = compareMeasures([[m('f', 10)], [m('f', 12), m('g', 4)]], [[m('g', 30)], []], () => true)
    expect(g).toMatchObject({
      name: 'f',
      before: [10, 12],
      after: [0, 0],
      from: 11,
      to: 0,
      change: -11,
      ratio: -1,
    })
    expect(f).toMatchObject({ name: 'g', before: [0, 4], after: [30, 0], from: 2, to: 15 })
  })

  test('else it is left out', () => {
    const [g] = compareMeasures([[m('f', 10)], [m('g', 4)]], [[m('g', 30)], []], () => false)
    expect(g).toMatchObject({ name: 'g', before: [4], after: [30] })
  })

  test('of a profile', () => {
    const p = profileFrom('main  main\nf     g\n= 30  = 10')
    const by = (o: 'flat' | 'cum' | 'stacks', normalize = false) =>
      profileMeasures(p, { type: 0, by: o, normalize, group: 'cpu' }).map((x) => [x.name, x.value])
    expect(by('flat')).toEqual([
      ['total', 40],
      ['f', 30],
      ['g', 10],
    ])
    expect(by('cum')).toEqual([
      ['total', 40],
      ['main', 40],
      ['f', 30],
      ['g', 10],
    ])
    expect(by('flat', true)).toEqual([
      ['f', 0.75],
      ['g', 0.25],
    ])
    expect(by('stacks')).toEqual([
      ['total', 40],
      ['main → f', 30],
      ['main → g', 10],
    ])
  })
})

describe('go test -bench', () => {
  const text = `goos: linux
pkg: example.com/x
BenchmarkSort/n=10-8   	 1000000	      1234 ns/op	  512.5 MB/s	      48 B/op	       3 allocs/op
BenchmarkSort/n=10-8   	 1000000	      1300 ns/op	  500 MB/s	      48 B/op	       3 allocs/op
BenchmarkSort/n=10   	 1000000	      8000 ns/op
Benchmarking is fun 3 times
PASS
`
  test('lines', () => {
    const runs = decodeBench(text)
    expect(runs.map((r) => [r.name, r.procs, r.values.get('ns/op')])).toEqual([
      ['Sort/n=10', 8, 1234],
      ['Sort/n=10', 8, 1300],
      ['Sort/n=10', 1, 8000],
    ])
    expect(runs[0].pkg).toBe('example.com/x')
    expect(runs[0].values.get('allocs/op')).toBe(3)
  })

  test('repetitions are sources of their own', () => {
    const [first, second] = benchMeasures(decodeBench(text))
    expect(first.filter((x) => x.unit === 'ns/op').map((x) => x.value)).toEqual([1234, 8000])
    expect(second.find((x) => x.unit === 'MB/s')).toMatchObject({ value: 500, worse: -1 })
  })

  test('scaling', () => {
    const [s] = benchScaling(decodeBench(text))
    expect(s.rows.map((r) => r.procs)).toEqual([1, 8])
    expect(s.rows[1].speedup).toBeCloseTo(8000 / 1267)
    expect(s.rows[1].efficiency).toBeCloseTo(8000 / 1267 / 8)
  })
})
