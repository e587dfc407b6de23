import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import {
  byteString,
  bytesOfString,
  LineReader,
  MAX_LINE,
  parseDecimal,
  parseHex64,
  parseIntAnyBase,
  trimEnd,
  trimStart,
} from './legacy-text.ts'

const linesOf = (text: string): string[] => {
  const lines = new LineReader(bytesOfString(text))
  const out: string[] = []
  while (lines.scan()) out.push(lines.text())
  expect([lines.from, lines.to, lines.ended]).toEqual([text.length, text.length, true])
  return out
}

describe('lines', () => {
  test('end in \\n or \\r\\n, the last one or not', () => {
    expect(linesOf('')).toEqual([])
    expect(linesOf('a\r\n\nb\rc\r\r\nd')).toEqual(['a', '', 'b\rc\r', 'd'])
    expect(linesOf('\r')).toEqual([''])
  })

  test('have a cap', () => {
    const text = new Uint8Array(MAX_LINE + 3).fill(97)
    text[1] = 10
    const lines = new LineReader(text)
    lines.scan()
    expect(() => lines.scan()).toThrow(DecodeError)
    text[2] = 10
    expect(new LineReader(text, 2).scan()).toBe(true)
  })

  test.each([
    ['', true],
    [' \t', true],
    ['\xc2\xa0\xe2\x80\x83\xe3\x80\x80', true],
    [' # x', true],
    ['\xc2\xa0#', true],
    ['\xc2', false],
    ['\xa0', false],
    ['a#', false],
    [' \x1f', false],
  ])('%j blank or comment: %s', (text, expected) => {
    const lines = new LineReader(bytesOfString(`${text}\n#`))
    lines.scan()
    expect(lines.isBlankOrComment()).toBe(expected)
  })

  test.each([
    ['--- Memory map: ---', true],
    ['x--- Memory map: --- x', true],
    ['MMAPPED_LIBRARIES:', true],
    ['-- Memory map: ---', false],
    ['Memory map: ---', false],
    ['MAPPED_LIBRARIES', false],
  ])('%j announces a map: %s', (text, expected) => {
    const lines = new LineReader(bytesOfString(`${text}\nMAPPED_LIBRARIES:`))
    lines.scan()
    expect(lines.isMemoryMapHeader()).toBe(expected)
  })
})

test('white space of Unicode is trimmed as UTF-8, nothing else', () => {
  const trimmed = (text: string): string => {
    const b = bytesOfString(text)
    const to = trimEnd(b, 0, b.length)
    return byteString(b, trimStart(b, 0, to), to)
  }
  for (const space of [
    ' ',
    '\v',
    '\xc2\x85',
    '\xc2\xa0',
    '\xe1\x9a\x80',
    '\xe2\x80\x8a',
    '\xe2\x80\xa9',
    '\xe2\x80\xaf',
    '\xe2\x81\x9f',
    '\xe3\x80\x80',
  ])
    expect(trimmed(`${space}${space} a${space}b ${space}`)).toBe(`a${space}b`)
  for (const other of ['\x85', '\xa0', '\xe2\x80\x8b', '\xe2\x80', '\xc2', '\xe3\x80\x81', '\x1c'])
    expect(trimmed(`${other}a${other}`)).toBe(`${other}a${other}`)
})

test.each([
  ['0', 0],
  ['-0', 0],
  ['+12', 12],
  ['017', 15],
  ['0o17', 15],
  ['0x1_F', 31],
  ['0X_ff', 255],
  ['-0b1_01', -5],
  ['1_000', 1000],
  ['0_7', 7],
  ['00', 0],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['-0x8000000000000000', -(2n ** 63n)],
  ['9223372036854775808', undefined],
  ['08', undefined],
  ['0x', undefined],
  ['1__0', undefined],
  ['1_', undefined],
  ['_1', undefined],
  ['', undefined],
  [' 1', undefined],
  ['--1', undefined],
  ['1e3', undefined],
])('parseIntAnyBase %j', (text, expected) => {
  expect(parseIntAnyBase(text)).toBe(expected)
})

test('decimal and hex numbers', () => {
  expect(['-0', '00000000000000000000012', '-9223372036854775808'].map(parseDecimal)).toEqual([
    0,
    12,
    -(2n ** 63n),
  ])
  expect(['9223372036854775808', '-9223372036854775809', '1'.repeat(20)].map(parseDecimal)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(['', '00ff', 'FFFFFFFFFFFFFFFF', '1'.repeat(17)].map(parseHex64)).toEqual([
    0n,
    255n,
    2n ** 64n - 1n,
    undefined,
  ])
})
