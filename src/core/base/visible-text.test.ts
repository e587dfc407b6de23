import { describe, expect, test } from 'vitest'
import { visibleStart, visibleText } from './visible-text.ts'

describe('visible text', () => {
  test.each([
    ['main.(*T[…]).naïve 日本語　שלום', 'main.(*T[…]).naïve 日本語　שלום'],
    ['\u001b[31m\0\x7f\x9b\r\n\t', '\\x1b[31m\\x00\\x7f\\x9b\\x0d\\x0a\\x09'],
    ['a\u202eb\u2066c\u200fd\u2028', 'a\\u202eb\\u2066c\\u200fd\\u2028'],
    [
      's\u00adame\u200b\ufe0f\ufeff\u3164\u00a0\u2003\u{e0041}',
      's\\xadame\\u200b\\ufe0f\\ufeff\\u3164\\xa0\\u2003\\u{e0041}',
    ],
    ['bad \udc80\udcff \ud83d half', 'bad \\x80\\xff \\ud83d half'],
    ['😀🇩🇪e\u0301', '😀🇩🇪e\u0301'],
    ['\ufffe\u{1ffff}', '\\ufffe\\u{1ffff}'],
    ['<b>&amp;"', '<b>&amp;"'],
    ['', ''],
  ])('%j', (text, shown) => {
    expect(visibleText(text)).toBe(shown)
  })

  test('names that only look the same differ', () => {
    const names = [
      'f',
      'f\u200b',
      '\u00adf',
      'f\ufe0e',
      'f\ufe0f',
      'f\u{e0041}',
      'f\u034f',
      'f\u2800',
      'f\udc80',
      'f\udc81',
    ]
    expect(new Set(names.map(visibleText)).size).toBe(names.length)
  })

  test('the start of a long one is cut between characters', () => {
    expect(visibleStart('a\nb', 3)).toBe('a\\x0ab')
    expect(visibleStart('a\nbc', 3)).toBe('a\\x0ab…')
    expect(visibleStart('ab😀', 3)).toBe('ab…')
  })
})
