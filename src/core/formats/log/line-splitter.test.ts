import { describe, expect, test } from 'vitest'
import { decodeUtf8 } from '../../base/utf8.ts'
import { LineSplitter } from './line-splitter.ts'

const bytes = (s: string): Uint8Array => new TextEncoder().encode(s)

function split(
  text: string,
  chunkLength: number,
  max?: number,
): { out: [number, string][]; s: LineSplitter } {
  const out: [number, string][] = []
  const s = new LineSplitter((b, from, to, offset) => {
    out.push([offset, decodeUtf8(b.subarray(from, to))])
  }, max)
  const all = bytes(text)
  for (let at = 0; at < all.length; at += chunkLength) {
    const chunk = all.slice(at, at + chunkLength)
    s.push(chunk)
    // The splitter must not look at a chunk again.
    chunk.fill(0x21)
  }
  s.end()
  return { out, s }
}

describe('LineSplitter', () => {
  const text = 'one\ntwo\r\n\n\r\nfünf\rx\nlast'
  const lines: [number, string][] = [
    [0, 'one'],
    [4, 'two'],
    [9, ''],
    [10, ''],
    [12, 'fünf\rx'],
    [20, 'last'],
  ]

  test('gives the same lines however the bytes are cut', () => {
    for (let n = 1; n <= 30; n++) expect(split(text, n).out).toEqual(lines)
  })

  test('ends with a line end, or without', () => {
    expect(split('a\n', 1).out).toEqual([[0, 'a']])
    expect(split('a\r', 1).out).toEqual([[0, 'a']])
    expect(split('', 1).out).toEqual([])
  })

  test('cuts long lines and counts them, wherever they are cut by chunks', () => {
    for (let n = 1; n <= 20; n++) {
      const { out, s } = split('abcdefgh\nij\nabcd\nklmnopq', n, 4)
      expect(out.map((l) => l[1])).toEqual(['abcd', 'ij', 'abcd', 'klmn'])
      expect(out.map((l) => l[0])).toEqual([0, 9, 12, 17])
      expect([s.lines, s.cutLines, s.bytes]).toEqual([4, 2, 24])
    }
  })
})
