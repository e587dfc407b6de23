import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fma, goExp, HeapUnsampler } from './legacy-unsample.ts'

/** A finite double as integer * 2^exponent. */
function exact(x: number): [mantissa: bigint, exponent: number] {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const magnitude = exponent === 0 ? fraction : fraction | (1n << 52n)
  return [bits >> 63n === 1n ? -magnitude : magnitude, Math.max(exponent, 1) - 1075]
}

/** mantissa * 2^exponent rounded to 53 bits, ties to even. For normal results. */
function nearest(mantissa: bigint, exponent: number): number {
  const magnitude = mantissa < 0n ? -mantissa : mantissa
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - 53))
  const half = excess === 0n ? 0n : 1n << (excess - 1n)
  const rest = magnitude & ((1n << excess) - 1n)
  let top = magnitude >> excess
  if (rest > half || (rest === half && half > 0n && (top & 1n) === 1n)) top++
  const value = Number(top) * 2 ** (Number(excess) + exponent)
  return mantissa < 0n ? -value : value
}

function exactFma(a: number, b: number, c: number): number {
  const [ma, ea] = exact(a)
  const [mb, eb] = exact(b)
  const [mc, ec] = exact(c)
  const e = Math.min(ea + eb, ec)
  return nearest(((ma * mb) << BigInt(ea + eb - e)) + (mc << BigInt(ec - e)), e)
}

const operand = fc
  .tuple(
    fc.double({ min: 1, max: 2, maxExcluded: true, noNaN: true }),
    fc.integer({ min: -60, max: 60 }),
    fc.boolean(),
  )
  .map(([m, e, negative]) => (negative ? -m : m) * 2 ** e)

test('fma rounds once', () => {
  fc.assert(
    fc.property(operand, operand, operand, fc.integer({ min: -3, max: 3 }), (a, b, c, near) => {
      expect(fma(a, b, c)).toBe(exactFma(a, b, c))
      // A sum that nearly cancels, or lies next to a tie.
      const close = -(a * b) * (1 + near * 2 ** -52)
      expect(fma(a, b, close)).toBe(exactFma(a, b, close) + 0)
      const tie = a * b * 2 ** 53
      expect(fma(a, b, tie)).toBe(exactFma(a, b, tie))
    }),
    { numRuns: 2000 },
  )
})

test('exp has the last bits of Go on amd64, not those of Math.exp', () => {
  // x, math.Exp(x) of Go 1.26
  const known: [number, number][] = [
    [-0.095703125, 0.9087337563610701],
    [-0.48828125, 0.6136802511983585],
    [-0.91015625, 0.40246133453700056],
    [-1.12109375, 0.32592312118901184],
    [-2.046875, 0.12913782940520396],
    [-3.751953125, 0.02347185758598527],
    [-0.024688720703125, 0.975613553068117],
    [-17.25, 3.2241867372567335e-8],
    [-36.7, 1.1518409493076097e-16],
    [3.3, 27.112638920657883],
    [120.1, 1.441342778710987e52],
  ]
  for (const [x, y] of known) expect(goExp(x)).toBe(y)
  expect(known.filter(([x, y]) => Math.exp(x) !== y).length).toBeGreaterThan(2)
  expect([goExp(709.9), goExp(1e300), goExp(-1e300), goExp(-701)]).toEqual([Infinity, Infinity, 0, 0])
})

test('exp stays within an ulp or so of Math.exp', () => {
  fc.assert(
    fc.property(fc.double({ min: -690, max: 709, noNaN: true }), (x) => {
      expect(Math.abs(goExp(x) / Math.exp(x) - 1)).toBeLessThan(4e-15)
    }),
  )
})

test('samples are scaled by 1 / (1 - e^(-mean / rate)) and truncated', () => {
  const u = new HeapUnsampler(524288)
  expect([u.scale(1, 1, 1024), u.scale(1024, 1, 1024)]).toEqual([512, 524800])
  expect([u.scale(3, 3, 0), u.scale(0, 0, 5)]).toEqual([0, 0])
  expect(u.scale(-1, -1, -524288)).toBe(-1)
  for (const rate of [1, 0, -5]) expect(new HeapUnsampler(rate).scale(7, 7, 5)).toBe(7)
  // A negative mean has no meaning, but a result: the factor is negative.
  expect([u.scale(1, 1, -524288), u.scale(-524288, 1, -524288)]).toEqual([0, 305123])
  // 1 - e^0 is 0: infinite, the least int64.
  expect(new HeapUnsampler(2n ** 62n).scale(1, 1, 1)).toBe(-(2n ** 63n))
})
