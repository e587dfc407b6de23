import { describe, expect, test } from 'vitest'
import { cutMiddle, pictureLabel, pictureText } from './picture-text.ts'

describe('cutMiddle', () => {
  test('leaves what is short enough', () => {
    expect(cutMiddle('abcdef', 6)).toBe('abcdef')
  })

  test('keeps both ends, in exactly the length allowed', () => {
    expect(cutMiddle('abcdefgh', 5)).toBe('ab…gh')
    expect(cutMiddle('abcdefgh', 6)).toBe('abc…gh')
  })
})

describe('pictureText', () => {
  test('what means something to Graphviz is escaped', () => {
    expect(pictureText('a"b\\N&lt;\nc')).toBe('a\\"b\\\\N&amp;lt;\\lc')
  })

  test('unseen characters are shown, the tab is a blank', () => {
    expect(pictureText('\0\x1b[31m\t\x9b\u202ex\u2066\u2028\ufffe')).toBe(
      '\\\\x00\\\\x1b[31m \\\\x9b\\\\u202ex\\\\u2066\\\\u2028\\\\ufffe',
    )
  })

  test('bad bytes and halves of characters become the replacement character', () => {
    expect(pictureText('a\udcff\ud83db')).toBe('a\ufffd\ufffdb')
    expect(pictureText('😀é日')).toBe('😀é日')
  })
})

test('pictureLabel begins with no empty line', () => {
  expect(pictureLabel('\\n\\nx')).toBe(' \\n\\nx')
  expect(pictureLabel('\\lx')).toBe(' \\lx')
  expect(pictureLabel('\\\\nx')).toBe('\\\\nx')
  expect(pictureLabel('a\\nx')).toBe('a\\nx')
})
