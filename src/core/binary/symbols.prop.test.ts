import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SymbolTable } from './symbols.ts'

const rows = fc.array(fc.record({ address: fc.integer({ min: -50, max: 50 }), size: fc.nat(20) }), {
  maxLength: 60,
})

const table = (symbols: readonly { address: number; size: number }[], sized: boolean): SymbolTable => {
  // Names are the row numbers, three bytes each.
  const names = Uint8Array.from(symbols.flatMap((_, i) => [48 + Math.floor(i / 10), 48 + (i % 10), 0]))
  return new SymbolTable({
    count: symbols.length,
    address: Float64Array.from(symbols, (s) => s.address),
    size: sized ? Float64Array.from(symbols, (s) => s.size) : null,
    code: new Uint8Array(symbols.length).fill(84),
    nameStart: Uint32Array.from(symbols, (_, i) => 3 * i),
    names: { bytes: names, inlineBefore: 0, underscore: false },
  })
}

const unsigned = (a: number): bigint => BigInt.asUintN(64, BigInt(a))

test('symbols come in unsigned order of address, equal ones in file order', () => {
  fc.assert(
    fc.property(rows, (symbols) => {
      const t = table(symbols, true)
      const expected = symbols
        .map((s, i) => ({ ...s, i }))
        .sort((a, b) => Number(unsigned(a.address) - unsigned(b.address)) || a.i - b.i)
      expect(Array.from({ length: t.count }, (_, i) => Number(t.name(i)))).toEqual(expected.map((s) => s.i))
      expect(Array.from(t.size)).toEqual(expected.map((s) => s.size))
    }),
  )
})

test('without sizes, a symbol reaches to the next greater address', () => {
  fc.assert(
    fc.property(rows, (symbols) => {
      const t = table(symbols, false)
      const distinct = [...new Set(symbols.map((s) => s.address))]
      for (let i = 0; i < t.count; i++) {
        const next = distinct
          .filter((a) => unsigned(a) > unsigned(t.address[i]))
          .sort((a, b) => Number(unsigned(a) - unsigned(b)))[0]
        expect(t.size[i]).toBe(next === undefined ? 0 : next - t.address[i])
      }
    }),
  )
})

test('at finds a symbol around the address where there is one', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: -60, max: 80 }), (symbols, address) => {
      const t = table(symbols, true)
      const row = t.at(address)
      const around = symbols.filter(
        (s) => s.address < 0 === address < 0 && s.address <= address && address < s.address + s.size,
      )
      if (row < 0) expect(around).toEqual([])
      else expect(address >= t.address[row] && address < t.address[row] + t.size[row]).toBe(true)
    }),
  )
})
