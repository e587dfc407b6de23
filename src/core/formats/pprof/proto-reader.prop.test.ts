import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { uint64 } from '../../../../test/kit/plain-profile.ts'
import { bytesField, numberField, varint } from '../../../../test/kit/proto-message.ts'
import { DecodeError } from '../../base/errors.ts'
import { ProtoReader } from './proto-reader.ts'

function readerOf(bytes: readonly number[], base = 0): ProtoReader {
  const r = new ProtoReader('x')
  // Bytes around the message must not be looked at.
  r.reset(Uint8Array.from([0xff, ...bytes, 0x01]), 1, 1 + bytes.length, base)
  return r
}

describe('ProtoReader', () => {
  test('numbers of any size, however many bytes they are written in', () => {
    fc.assert(
      fc.property(uint64, fc.nat({ max: 9 }), (v, padding) => {
        const bytes = varint(v, padding)
        const uint = readerOf(bytes)
        expect(BigInt(uint.uint())).toBe(v)
        expect(uint.pos).toBe(1 + bytes.length)
        expect(BigInt(readerOf(bytes).int())).toBe(BigInt.asIntN(64, v))
        const double = readerOf(bytes)
        expect(double.varint()).toBe(Number(v))
        expect(double.wide).toBe(v > 2n ** 53n - 1n ? v : undefined)
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  test('bits over 64 are dropped, an eleventh byte is refused', () => {
    const ten = (last: number): number[] => [...Array(9).fill(0x80), last]
    expect(readerOf(ten(1)).uint()).toBe(2n ** 63n)
    expect(readerOf(ten(0x7e)).uint()).toBe(0)
    expect(readerOf(ten(0x7f)).uint()).toBe(2n ** 63n)
    expect(() => readerOf([...Array(10).fill(0x80), 0]).uint()).toThrow('longer than 10 bytes')
  })

  test('a number that is cut off is an error with its place', () => {
    fc.assert(
      fc.property(uint64, fc.nat({ max: 9 }), fc.nat({ max: 1000 }), (v, padding, base) => {
        const bytes = varint(v, padding)
        for (let n = 0; n < bytes.length; n++) {
          const r = readerOf(bytes.slice(0, n), base)
          const error = catchError(() => r.uint())
          expect(error).toBeInstanceOf(DecodeError)
          expect((error as DecodeError).offset).toBeGreaterThanOrEqual(base)
          expect((error as DecodeError).offset).toBeLessThanOrEqual(base + 1 + n)
        }
      }),
      { seed: 2 },
    )
  })

  test('fields of all wire types, in any order, end where the message does', () => {
    const field = fc.record({
      number: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(2 ** 29 - 1)),
      wire: fc.constantFrom(0, 1, 2, 5),
      value: uint64,
      content: fc.array(fc.nat({ max: 255 }), { maxLength: 5 }),
      padding: fc.nat({ max: 3 }),
    })
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const bytes = fields.flatMap((f) => {
          if (f.wire === 0) return numberField(f.number, f.value, f.padding)
          if (f.wire === 2) return bytesField(f.number, f.content, f.padding)
          return [...varint(f.number * 8 + f.wire, f.padding), ...Array(f.wire === 1 ? 8 : 4).fill(0xff)]
        })
        const r = readerOf(bytes)
        for (const f of fields) {
          r.field()
          expect([r.number, r.wire]).toEqual([f.number, f.wire])
          if (f.wire === 0) expect(BigInt(r.uint())).toBe(f.value)
          if (f.wire === 2) expect([...r.buf.subarray(r.from, r.to)]).toEqual(f.content)
        }
        expect(r.pos).toBe(r.end)
        const ignoring = readerOf(bytes)
        for (const _ of fields) {
          ignoring.field()
          ignoring.ignore()
        }
        expect(ignoring.pos).toBe(ignoring.end)
      }),
      { seed: 3, numRuns: 500 },
    )
  })

  test.each([
    ['groups', [0x0b]],
    ['a wire type that does not exist', [0x0f]],
    ['a length beyond the end', [0x0a, 0x02, 0x00]],
    ['a length of 2^63', [0x0a, ...varint(2n ** 63n)]],
    ['half a fixed64', [0x09, 1, 2, 3, 4, 5, 6, 7]],
    ['half a fixed32', [0x0d, 1, 2, 3]],
  ])('%s are refused', (_, bytes) => {
    expect(() => readerOf(bytes).field()).toThrow(DecodeError)
  })
})

function catchError(run: () => unknown): unknown {
  try {
    run()
  } catch (e) {
    return e
  }
  throw new Error('nothing was thrown')
}
