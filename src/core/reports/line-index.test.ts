import { describe, expect, test } from 'vitest'
import { LineIndex } from './line-index.ts'

const indexOf = (text: string): LineIndex => new LineIndex(new TextEncoder().encode(text))
const lineOf = (index: LineIndex, n: number): string | undefined => {
  const bytes = index.line(n)
  return bytes && new TextDecoder().decode(bytes)
}

describe('lines of a source file', () => {
  test.each<[string, string[]]>([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb', ['a', '', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['\r\n\r', ['', '']],
    ['\n\n', ['', '']],
  ])('%j', (text, lines) => {
    const index = indexOf(text)
    const found = Array.from({ length: lines.length + 2 }, (_, i) => lineOf(index, i + 1))
    expect(found).toEqual([...lines, undefined, undefined])
    expect(lineOf(index, 0)).toBeUndefined()
    expect(lineOf(index, Number.NaN)).toBeUndefined()
  })

  test('in any order', () => {
    const index = indexOf(Array.from({ length: 1000 }, (_, i) => `line ${i + 1}`).join('\n'))
    for (const n of [700, 3, 1000, 999, 1]) expect(lineOf(index, n)).toBe(`line ${n}`)
    expect(lineOf(index, 1001)).toBeUndefined()
  })

  test('a line of 64 KiB ends the file, one byte less does not', () => {
    const long = 'x'.repeat(65536)
    expect(lineOf(indexOf(`a\n${long}\nb`), 1)).toBe('a')
    expect(lineOf(indexOf(`a\n${long}\nb`), 2)).toBeUndefined()
    expect(lineOf(indexOf(`a\n${long}\nb`), 3)).toBeUndefined()
    expect(lineOf(indexOf(`a\n${long.slice(1)}\nb`), 3)).toBe('b')
  })
})
