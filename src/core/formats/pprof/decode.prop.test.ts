import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  buildPlain,
  type PlainProfile,
  plainProfile,
  wireStyle,
  writePlain,
} from '../../../../test/kit/plain-profile.ts'
import { samplesOf } from '../../../../test/kit/profile-from.ts'
import { dumpProfile } from '../../../../test/kit/proto-dump.ts'
import { bytesField, numberField, textField } from '../../../../test/kit/proto-message.ts'
import type { Profile } from '../../model/profile.ts'
import { decodeProfile, ProfileDecoder } from './decode.ts'
import { encodeProfile } from './encode.ts'

function encoded(p: Profile): Uint8Array {
  return Buffer.concat([...encodeProfile(p)])
}

/** The plainest way to write it: what all others must come to. */
const plainly = (p: PlainProfile): Uint8Array => writePlain(p, { seed: 0, unusual: false, packed: true })

describe('profile.proto there and back', () => {
  test('whatever way a profile is written, the same comes out again', () => {
    fc.assert(
      fc.property(plainProfile, wireStyle, (plain, style) => {
        const want = dumpProfile(plainly(plain))
        const profile = decodeProfile(writePlain(plain, style))
        const once = encoded(profile)
        expect(dumpProfile(once)).toBe(want)
        expect(dumpProfile(encoded(decodeProfile(once)))).toBe(want)
        // Writing changes nothing in the model.
        expect(Buffer.compare(encoded(profile), once)).toBe(0)
      }),
      { seed: 1, numRuns: 400 },
    )
  })

  test('a model that was built comes back with its samples, stacks and labels', () => {
    fc.assert(
      fc.property(plainProfile, (plain) => {
        const built = buildPlain(plain)
        const again = decodeProfile(encoded(built))
        expect(samplesOf(again)).toEqual(samplesOf(built))
        expect(samplesOf(built)).toEqual(samplesOf(decodeProfile(plainly(plain))))
        expect(dumpProfile(encoded(again))).toBe(dumpProfile(encoded(built)))
      }),
      { seed: 2, numRuns: 300 },
    )
  })

  test('chunks of any size give what one piece gives', () => {
    fc.assert(
      fc.property(
        plainProfile,
        wireStyle,
        fc.array(fc.nat({ max: 60 }), { maxLength: 30 }),
        (plain, style, cuts) => {
          const bytes = writePlain(plain, style)
          const d = new ProfileDecoder()
          let at = 0
          for (const n of cuts) {
            // Chunks are not kept: what is in their memory afterwards must not matter.
            const chunk = bytes.slice(at, at + n)
            d.feed(chunk)
            chunk.fill(0xff)
            at = Math.min(at + n, bytes.length)
            expect(d.bytesRead).toBe(at)
          }
          d.feed(bytes.subarray(at))
          expect(dumpProfile(encoded(d.end()))).toBe(dumpProfile(plainly(plain)))
        },
      ),
      { seed: 3, numRuns: 400 },
    )
  })

  test('byte by byte', () => {
    fc.assert(
      fc.property(plainProfile, wireStyle, (plain, style) => {
        const d = new ProfileDecoder()
        for (const byte of writePlain(plain, style)) d.feed(Uint8Array.of(byte))
        expect(dumpProfile(encoded(d.end()))).toBe(dumpProfile(plainly(plain)))
      }),
      { seed: 4, numRuns: 100 },
    )
  })

  test('names that are not UTF-8 pass untouched', () => {
    const name = [0x66, 0xff, 0xe2, 0x82, 0xed, 0xa0, 0x80]
    const bytes = Uint8Array.from([
      ...bytesField(1, numberField(1, 1)),
      ...bytesField(5, [
        ...numberField(1, 1),
        ...numberField(2, 2),
        ...numberField(3, 2),
        ...numberField(4, 2),
      ]),
      ...textField(6, ''),
      ...textField(6, 't'),
      ...bytesField(6, name),
    ])
    const p = decodeProfile(bytes)
    expect(p.strings.get(p.functions.name[1])).toBe('f\udcff\udce2\udc82\udced\udca0\udc80')
    expect(Buffer.from(encoded(p)).includes(Buffer.from(name))).toBe(true)
  })

  test('pieces of the output belong to the reader', () => {
    const many = fc.sample(plainProfile, { seed: 5, numRuns: 1 })[0]!
    const long: PlainProfile = {
      ...many,
      sampleTypes: [['t', 'u']],
      samples: Array.from({ length: 60000 }, (_, i) => ({ stack: [], values: [BigInt(i)], labels: [] })),
    }
    const pieces = [...encodeProfile(buildPlain(long))]
    expect(pieces.length).toBeGreaterThan(1)
    const again = decodeProfile(Buffer.concat(pieces))
    expect(again.samples.count).toBe(60000)
    expect(again.samples.value[0].f[59999]).toBe(59999)
  })
})

describe('what a label is', () => {
  const header = ['', 't', 'key', 'text'].flatMap((s) => textField(6, s))
  const withSample = (...labels: number[][]): Profile =>
    decodeProfile(
      Uint8Array.from([
        ...bytesField(1, numberField(1, 1)),
        ...bytesField(2, [...bytesField(2, [7]), ...labels.flatMap((l) => bytesField(3, l))]),
        ...header,
      ]),
    )
  test.each([
    ['text wins over a number', [numberField(1, 2), numberField(2, 3), numberField(3, 9)], ' 7 {key:text}'],
    ['neither text nor number nor unit is none', [numberField(1, 2), [], []], ' 7'],
    ['0 with a unit is one', [numberField(1, 2), numberField(4, 3), []], ' 7 {key:0 text}'],
    ['the last of several wins', [numberField(1, 3), numberField(1, 2), numberField(3, 5)], ' 7 {key:5}'],
    ['a label may have no key', [numberField(3, 5), [], []], ' 7 {:5}'],
  ])('%s', (_, parts, want) => {
    expect(samplesOf(withSample(parts.flat()))).toEqual([want])
  })

  test('equal sets in another order are one set; order counts only within a key', () => {
    const key = numberField(1, 2)
    const other = numberField(1, 3)
    const one = [...key, ...numberField(3, 1)]
    const two = [...key, ...numberField(3, 2)]
    const third = [...other, ...numberField(2, 3)]
    expect(samplesOf(withSample(one, third, two))).toEqual(samplesOf(withSample(third, one, two)))
    expect(samplesOf(withSample(one, two))).not.toEqual(samplesOf(withSample(two, one)))
  })
})
