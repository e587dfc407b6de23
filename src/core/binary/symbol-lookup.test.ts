import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goSortArray } from '../base/go-sort.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { symbolizer } from './symbol-lookup.ts'
import { SymbolTable } from './symbols.ts'

interface Row {
  readonly name: string
  readonly address: number
  readonly size: number
}

function tableOf(rows: readonly Row[]): SymbolTable {
  const text = encodeUtf8(`${rows.map((r) => r.name).join('\0')}\0`)
  let at = 0
  const nameStart = Uint32Array.from(rows, (r) => {
    const start = at
    at += r.name.length + 1
    return start
  })
  return new SymbolTable({
    count: rows.length,
    address: Float64Array.from(rows, (r) => r.address),
    size: Float64Array.from(rows, (r) => r.size),
    code: new Uint8Array(rows.length).fill(84),
    nameStart,
    names: { bytes: text, inlineBefore: 0, underscore: false },
  })
}

const row = (name: string, address: number, size: number): Row => ({ name, address, size })

describe('symbols by address', () => {
  const find = symbolizer(
    tableOf([
      row('file.go', 0, 0),
      row('b', 0x200, 0x10),
      row('a', 0x100, 0x20),
      row('runtime.text', 0x100, 0),
      row('etext', 0x180, 0x100),
      row('kernel', -0x7f000000, 0x10),
    ]),
  )

  test.each([
    [0x100, 'a'],
    [0x11f, 'a'],
    [0x120, ''],
    [0x200, 'b'],
    [0x20f, 'b'],
    [0x210, ''],
    [0xff, ''],
    [0, ''],
  ])('%i: %s', (address, name) => {
    expect(find(address)?.name ?? '').toBe(name)
  })

  test('marks of sections do not count, even where they alone start', () => {
    // etext would hold it; a does not.
    expect(find(0x190)).toBeUndefined()
  })

  test('addresses of kernels', () => {
    expect(find(0xffffffff81000004n)).toEqual({ name: 'kernel', base: 0xffffffff81000000n })
  })

  test('an empty table', () => {
    expect(symbolizer(tableOf([]))(5)).toBeUndefined()
  })
})

test('the same as a sort of all symbols as Go does it and a search for the last one', () => {
  const names = ['f', 'g', 'h', '_text', 'runtime.etext']
  const symbol = fc.record({
    name: fc.constantFrom(...names),
    // Narrow, so that many share an address, or wide.
    address: fc.oneof(fc.nat(30), fc.integer({ min: 1e6, max: 1e6 + 5000 })),
    size: fc.nat(12),
  })
  fc.assert(
    fc.property(
      fc.array(symbol, { maxLength: 120 }),
      fc.array(fc.nat(40), { maxLength: 20 }),
      (rows, asked) => {
        const named = rows.map((r, i) => ({ ...r, name: i % 3 === 0 ? r.name : `${r.name}${i}` }))
        const sorted = [...named]
        goSortArray(sorted, (a, b) => a.address - b.address)
        const kept = sorted.filter((r) => !['_text', 'runtime.etext'].includes(r.name))
        const find = symbolizer(tableOf(named))
        for (const address of [
          ...asked,
          ...rows.map((r) => r.address),
          ...rows.map((r) => r.address + r.size),
        ]) {
          const last = kept.filter((r) => r.address <= address).at(-1)
          const want =
            last !== undefined && last.address !== 0 && address < last.address + last.size
              ? last.name
              : undefined
          expect(find(address)?.name).toBe(want)
        }
      },
    ),
  )
})
