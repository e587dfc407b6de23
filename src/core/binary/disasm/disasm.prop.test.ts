import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Disassembler, loadDisassembler } from './index.ts'
import { fakeSymbols } from './recorded.ts'

const disassemblers = [await loadDisassembler('amd64'), await loadDisassembler('arm64')]

/** Bytes that lead the decoder deep: prefixes, escapes, VEX, ModRM with SIB. */
const nasty = fc.oneof(
  fc.constantFrom(
    0x0f,
    0x38,
    0x3a,
    0x48,
    0x66,
    0x67,
    0xf0,
    0xf2,
    0xf3,
    0xc4,
    0xc5,
    0x62,
    0x64,
    0x2e,
    0x04,
    0x84,
  ),
  fc.integer({ min: 0, max: 255 }),
)
const anyCode = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(nasty, { maxLength: 100 }).map((b) => Uint8Array.from(b)),
)
const anyAddress = fc.oneof(
  fc.nat(),
  fc.constantFrom(0, 1, 2 ** 53 - 8),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
)

describe.each(disassemblers)('$arch', (d: Disassembler) => {
  test('any bytes give rows that cover the code', () => {
    fc.assert(
      fc.property(anyCode, anyAddress, (code, address) => {
        const got = d.disassemble(code, address, fakeSymbols)
        let end = 0
        for (let row = 0; row < got.length; row++) {
          expect(got.offsets[row]).toBe(end)
          expect(got.sizeOf(row)).toBeGreaterThanOrEqual(1)
          expect(got.sizeOf(row)).toBeLessThanOrEqual(15)
          expect(got.texts[row]).not.toMatch(/undefined|NaN|null|^$|^ | $/)
          end += got.sizeOf(row)
        }
        expect(end).toBe(code.length)
      }),
      { numRuns: 2000 },
    )
  })

  test('what follows an instruction does not change it', () => {
    fc.assert(
      fc.property(anyCode, fc.uint8Array({ maxLength: 20 }), (code, more) => {
        const all = d.disassemble(Uint8Array.from([...code, ...more]), 0x1000, fakeSymbols)
        const got = d.disassemble(code, 0x1000, fakeSymbols)
        for (let row = 0; row < got.length; row++) {
          // Only what was unknown may become something by more bytes.
          if (got.texts[row] === '?') break
          expect([all.texts[row], all.sizeOf(row)]).toEqual([got.texts[row], got.sizeOf(row)])
        }
      }),
    )
  })

  test('decoding again from any row gives the same rows', () => {
    fc.assert(
      fc.property(anyCode, (code) => {
        const got = d.disassemble(code, 0x1000, fakeSymbols)
        for (let row = 0; row < got.length; row += 5) {
          const at = got.offsets[row]
          const rest = d.disassemble(code.subarray(at), 0x1000 + at, fakeSymbols)
          expect(rest.texts).toEqual(got.texts.slice(row))
        }
      }),
    )
  })
})
