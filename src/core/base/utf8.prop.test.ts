import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Strings } from './strings.ts'
import {
  byteLength,
  compareText,
  decodeUtf8,
  displayable,
  encodeUtf8,
  firstBytes,
  runeCount,
} from './utf8.ts'

/** Bytes that are often nearly UTF-8: pieces of characters, surrogates, overlong forms. */
const bytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 3 }).map((s) => [...Buffer.from(s, 'utf8')]),
      fc.constantFrom(
        [0xed, 0xa0, 0xbd],
        [0xed, 0xb2, 0x80],
        [0xc0, 0x80],
        [0xe2, 0x82],
        [0xf0, 0x9f, 0x98],
        [0xf0, 0x9f, 0x98, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
        [0xef, 0xbf, 0xbd],
        [0xef, 0xbb, 0xbf],
        [0x80],
        [0xff],
      ),
      fc.array(fc.nat({ max: 255 }), { maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Uint8Array.from(parts.flat()))

const order = (a: Uint8Array, b: Uint8Array): number => Math.sign(Buffer.compare(a, b))

describe('utf8', () => {
  test('every byte survives', () => {
    fc.assert(
      fc.property(bytes, (b) => {
        const s = decodeUtf8(b)
        expect([...encodeUtf8(s)]).toEqual([...b])
        expect(byteLength(s)).toBe(b.length)
      }),
      { seed: 1, numRuns: 3000 },
    )
  })

  test('good text is ordinary text, and displayable shows what a decoder would', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        expect(decodeUtf8(Buffer.from(s, 'utf8'))).toBe(s)
        expect([...encodeUtf8(s)]).toEqual([...Buffer.from(s, 'utf8')])
        expect(displayable(s)).toBe(s)
      }),
      { seed: 2, numRuns: 1000 },
    )
    // One U+FFFD for each bad byte, as in Go.
    expect(displayable(decodeUtf8(Uint8Array.of(0x61, 0xe2, 0x82, 0x62)))).toBe('a\uFFFD\uFFFDb')
    expect(displayable('😀')).toBe('😀')
    // Half a character that stands for no byte.
    expect([...encodeUtf8('\ud83dx\udc01\udc80')]).toEqual([0xef, 0xbf, 0xbd, 0x78, 0xef, 0xbf, 0xbd, 0x80])
  })

  test('texts are ordered by their bytes', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareText(decodeUtf8(a), decodeUtf8(b)))).toBe(order(a, b))
        const [x, y] = [a, b].map((tail) => Buffer.concat([Buffer.alloc(5000, 0x61), tail]))
        expect(Math.sign(compareText(decodeUtf8(x!), decodeUtf8(y!)))).toBe(order(a, b))
      }),
      { seed: 3, numRuns: 3000 },
    )
    // U+FF5E comes before U+1F600 as bytes and after it as UTF-16.
    expect(compareText('～', '😀')).toBeLessThan(0)
  })

  test('runes are counted as Go counts them: each bad byte is one', () => {
    expect(runeCount(decodeUtf8(Uint8Array.of(0xe2, 0x82)))).toBe(2)
    expect(runeCount('aé😀')).toBe(3)
  })

  test('the first bytes are those of the text, even within a character', () => {
    fc.assert(
      fc.property(bytes, fc.nat({ max: 20 }), (b, n) => {
        expect([...encodeUtf8(firstBytes(decodeUtf8(b), n))]).toEqual([...b.subarray(0, n)])
      }),
      { seed: 4, numRuns: 1000 },
    )
  })

  test('megabytes of bad bytes take no longer than they should', () => {
    const bad = new Uint8Array(4 << 20).fill(0xff)
    const start = performance.now()
    expect(encodeUtf8(decodeUtf8(bad)).length).toBe(bad.length)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

describe('Strings', () => {
  test('equal bytes have one id, ids count up, and nothing is lost however many there are', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 60 }), (list) => {
        const strings = new Strings()
        const known = new Map<string, number>([['', 0]])
        for (const b of list) {
          const key = Buffer.from(b).toString('hex')
          const id = strings.internBytes(b, 0, b.length)
          if (!known.has(key)) known.set(key, known.size)
          expect(id).toBe(known.get(key))
          expect(strings.get(id)).toBe(decodeUtf8(b))
        }
        expect(strings.count).toBe(known.size)
        for (const [key, id] of known) expect(Buffer.from(strings.bytesOf(id)).toString('hex')).toBe(key)
      }),
      { seed: 5 },
    )
  })

  test('growing does not disturb it', () => {
    const strings = new Strings()
    for (let i = 0; i < 20000; i++) expect(strings.intern(`name ${i}`)).toBe(i + 1)
    for (let i = 0; i < 20000; i += 7) {
      expect(strings.get(i + 1)).toBe(`name ${i}`)
      expect(strings.intern(`name ${i}`)).toBe(i + 1)
    }
    expect(strings.count).toBe(20001)
  })
})
