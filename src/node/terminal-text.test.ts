import { expect, test } from 'vitest'
import { decodeUtf8 } from '../core/base/utf8.ts'
import { showControls } from './terminal-text.ts'

test.each([
  ['\x1b[31mred\x07', '\\x1b[31mred\\x07'],
  ['\x9b31m', '\\x9b31m'],
  ['a\tb\nc', 'a\tb\nc'],
  ['a\rb', 'a\\x0db'],
  ['evil\u202egnp.exe', 'evil\\u202egnp.exe'],
  ['日本 é 😀 e\u0301', '日本 é 😀 e\u0301'],
])('%j is shown as %j', (text, shown) => {
  expect(showControls(text)).toBe(shown)
})

test('bad bytes are shown, as an 8-bit terminal would obey some of them', () => {
  expect(showControls(decodeUtf8(Uint8Array.of(0x61, 0x9b, 0x33, 0x31, 0xff)))).toBe('a\\x9b31\\xff')
})
