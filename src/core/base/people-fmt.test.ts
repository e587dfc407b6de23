import { describe, expect, test } from 'vitest'
import {
  asciiText,
  bytesText,
  cellWidth,
  countText,
  cutLeft,
  cutRight,
  padEnd,
  padStart,
  shareText,
  signedValueText,
  timeText,
  valueText,
} from './people-fmt.ts'

/** With ordinary blanks, to be readable. */
const plain = (s: string): string => s.replaceAll('\u202f', ' ')

test('times have three significant digits in the unit that suits', () => {
  const text = (nanos: number): string => plain(timeText(nanos))
  expect([0, 1, 999, 1000, 146_123, 30e6, 830e6, 1.48e9, 2e9].map(text)).toEqual([
    '0',
    '1 ns',
    '999 ns',
    '1 µs',
    '146 µs',
    '30 ms',
    '830 ms',
    '1.48 s',
    '2 s',
  ])
  expect([119e9, 120e9, 183e9, 7300e9, 86400e9 * 3].map(text)).toEqual([
    '119 s',
    '2 min',
    '3.05 min',
    '2.03 h',
    '3 d',
  ])
})

test('what rounds up to the next unit is in the next unit', () => {
  expect(plain(timeText(999.96e6))).toBe('1.00 s')
  expect(plain(timeText(999.4e6))).toBe('999 ms')
  expect(plain(bytesText(1024 * 1024 - 1))).toBe('1.00 MiB')
  expect(plain(countText(999_999))).toBe('999 999')
  expect(plain(countText(999_999_999))).toBe('1.00 G')
})

test('bytes are binary and say so', () => {
  const text = (b: number): string => plain(bytesText(b))
  expect([512, 1000, 1023, 1024, 1536, 1012 * 1024, 1.23 * 2 ** 30].map(text)).toEqual([
    '512 B',
    '1 000 B',
    '1 023 B',
    '1 KiB',
    '1.50 KiB',
    '1 012 KiB',
    '1.23 GiB',
  ])
})

test('counts are grouped, from a million shortened', () => {
  expect([5, 1204, 67_908, 1e6, 37_200_000, 2n ** 62n].map((v) => plain(countText(v)))).toEqual([
    '5',
    '1 204',
    '67 908',
    '1 M',
    '37.2 M',
    '4.61 E',
  ])
})

test('values by their unit, in a unit that is asked for, and with signs', () => {
  expect(plain(valueText(1_480_000_000, 'nanoseconds'))).toBe('1.48 s')
  expect(plain(valueText(12, 'count'))).toBe('12')
  expect(plain(valueText(12, 'parsecs'))).toBe('12 parsecs')
  expect(plain(valueText(10_300_000, 'nanoseconds', 's'))).toBe('0.0103 s')
  expect(plain(valueText(3 << 20, 'bytes', 'kb'))).toBe('3 072 KiB')
  expect(plain(signedValueText(-1536, 'bytes'))).toBe('−1.50 KiB')
  expect(plain(signedValueText(1536, 'bytes'))).toBe('+1.50 KiB')
  expect(signedValueText(0, 'bytes')).toBe('0')
})

test('shares are never 0 for something', () => {
  expect(shareText(0, 10)).toBe('0%')
  expect(shareText(1, 5000)).toBe('<0.1%')
  expect(shareText(688, 1000)).toBe('68.8%')
  expect(shareText(1, 1)).toBe('100%')
  expect(shareText(-1, 4)).toBe('−25.0%')
  expect(shareText(5, 0)).toBe('–')
  expect(shareText(2n ** 63n, 2n ** 63n)).toBe('100%')
})

test('our own text without UTF-8', () => {
  expect(asciiText(`${timeText(146_000)} ${countText(67_908)} −1 – …`)).toBe('146us 67908 -1 - ..')
})

describe('cells', () => {
  test('wide characters take two, marks none', () => {
    expect(cellWidth('abc')).toBe(3)
    expect(cellWidth('日本')).toBe(4)
    expect(cellWidth('e\u0301')).toBe(1)
    expect(cellWidth('main.λ…█')).toBe(8)
  })

  test('cut and padded by cells', () => {
    expect(cutLeft('abcdef', 4)).toBe('…def')
    expect(cutRight('abcdef', 4)).toBe('abc…')
    expect(cutLeft('日本語', 4)).toBe('…語')
    expect(cutLeft('abc', 3)).toBe('abc')
    expect(cutLeft('abc', 0)).toBe('')
    expect(padStart('日', 3)).toBe(' 日')
    expect(padEnd('日', 3)).toBe('日 ')
  })
})
