import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { int64, uint64 } from '../../../test/kit/plain-profile.ts'
import {
  absInt,
  addInt,
  asSigned,
  asUint,
  cmpInt,
  hexInt,
  type Int,
  Int64Builder,
  Int64Column,
  intFromFloat,
  intFromHalves,
  mulInt,
  negInt,
  quoInt,
  subInt,
  toInt,
  uintFromHalves,
} from './int64.ts'

const wrap = (v: bigint): bigint => BigInt.asIntN(64, v)

/** Demands the canonical form: a number where it is safe (and not -0), else a bigint. */
function exactly(got: Int, want: bigint): void {
  const safe = want >= -(2n ** 53n) + 1n && want <= 2n ** 53n - 1n
  expect(typeof got).toBe(safe ? 'number' : 'bigint')
  expect(Object.is(got, -0)).toBe(false)
  expect(BigInt(got)).toBe(want)
}

describe('arithmetic is that of Go, exact and wrapping at 64 bits', () => {
  const operations: readonly [string, (a: Int, b: Int) => Int, (a: bigint, b: bigint) => bigint][] = [
    ['addInt', addInt, (a, b) => a + b],
    ['subInt', subInt, (a, b) => a - b],
    ['mulInt', mulInt, (a, b) => a * b],
  ]
  test.each(operations)('%s', (_, int, big) => {
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        exactly(int(toInt(a), toInt(b)), wrap(big(a, b)))
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  test('quoInt truncates, also where a quotient of doubles would round up', () => {
    fc.assert(
      fc.property(int64, int64, (a, b) => {
        fc.pre(b !== 0n)
        exactly(quoInt(toInt(a), toInt(b)), wrap(a / b))
      }),
      { seed: 2, numRuns: 4000 },
    )
    expect(() => quoInt(1, 0)).toThrow(RangeError)
    // Neighbours of multiples, where the double quotient is nearest to a whole number.
    for (const b of [3n, 7n, 10n, 1000003n]) {
      const top = (2n ** 53n - 1n) / b
      for (const q of [top, top - 1n])
        for (const d of [-1n, 0n, 1n]) exactly(quoInt(toInt(q * b + d), toInt(b)), (q * b + d) / b)
    }
  })

  test('sign, order and the two readings of 64 bits', () => {
    fc.assert(
      fc.property(int64, int64, uint64, (a, b, u) => {
        exactly(negInt(toInt(a)), wrap(-a))
        exactly(absInt(toInt(a)), wrap(a < 0n ? -a : a))
        expect(Math.sign(cmpInt(toInt(a), toInt(b)))).toBe(a < b ? -1 : a > b ? 1 : 0)
        exactly(asSigned(toInt(u)), wrap(u))
        expect(BigInt(asUint(toInt(a)))).toBe(BigInt.asUintN(64, a))
        expect(hexInt(toInt(a))).toBe(BigInt.asUintN(64, a).toString(16))
        const hi = Number(u >> 32n)
        const lo = Number(u & 0xffffffffn)
        exactly(uintFromHalves(hi, lo), u)
        exactly(intFromHalves(hi, lo), wrap(u))
        exactly(intFromHalves(hi | 0, lo | 0), wrap(u))
      }),
      { seed: 3, numRuns: 2000 },
    )
  })

  test('intFromFloat truncates; what has no int64 is the least one', () => {
    const least = -(2n ** 63n)
    const cases: readonly [number, bigint][] = [
      [1.99, 1n],
      [-1.99, -1n],
      [-0.5, 0n],
      [2 ** 53 + 2, 2n ** 53n + 2n],
      [2 ** 63 - 1024, 2n ** 63n - 1024n],
      [2 ** 63, least],
      [-(2 ** 63), least],
      [-(2 ** 64), least],
      [Number.NaN, least],
      [Number.POSITIVE_INFINITY, least],
    ]
    for (const [f, want] of cases) exactly(intFromFloat(f), want)
  })
})

describe('Int64Column', () => {
  const column = (values: readonly bigint[]): Int64Column => Int64Column.of(values.map(toInt))
  const valuesOf = (c: Int64Column): bigint[] => Array.from({ length: c.length }, (_, i) => BigInt(c.get(i)))

  test('keeps values exactly, and doubles that are 0 only where the value is', () => {
    fc.assert(
      fc.property(fc.array(uint64), (values) => {
        const c = column(values)
        expect(valuesOf(c)).toEqual(values)
        values.forEach((v, i) => {
          expect(c.f[i]).toBe(Number(v))
          expect(c.wide.has(i)).toBe(v > 2n ** 53n - 1n)
        })
      }),
      { seed: 4 },
    )
  })

  test('gather and map are those of arrays', () => {
    fc.assert(
      fc.property(fc.array(int64, { minLength: 1 }), fc.array(fc.nat()), (values, picks) => {
        const rows = picks.map((p) => p % values.length)
        const c = column(values)
        expect(valuesOf(c.gather(rows))).toEqual(rows.map((r) => values[r]))
        expect(valuesOf(c.map((v, row) => addInt(v, row)))).toEqual(
          values.map((v, row) => wrap(v + BigInt(row))),
        )
        expect(valuesOf(c)).toEqual(values)
      }),
      { seed: 5 },
    )
  })

  test('a row written again forgets what it was', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 7 }), int64)), (writes) => {
        const b = new Int64Builder(1)
        const want = new Array<bigint>(8).fill(0n)
        for (let i = 0; i < 8; i++) b.push(0)
        for (const [row, v] of writes) {
          b.set(row, toInt(v))
          want[row] = v
          expect(BigInt(b.get(row))).toBe(v)
        }
        expect(valuesOf(b.done())).toEqual(want)
      }),
      { seed: 6 },
    )
  })
})
