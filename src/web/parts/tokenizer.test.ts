import { describe, expect, test } from 'vitest'
import { type Token, tokenizeAsm, tokenizeGo } from './tokenizer.ts'

const shown = (tokens: readonly Token[]): string =>
  tokens.map((t) => (t.kind === '' ? t.text : `<${t.kind}:${t.text}>`)).join('')

describe('Go', () => {
  test.each([
    ['func f(s string) error {', '<word:func> f(s <name:string>) <name:error> {'],
    ['\tx := 0x1F + 1.5e-3 // half', '\tx := <text:0x1F> + <text:1.5e-3> <note:// half>'],
    ['a := "b\\"c//d" + `e`', 'a := <text:"b\\"c//d"> + <text:`e`>'],
    ["r := '\\'' / 2", "r := <text:'\\''> / <text:2>"],
    ['format(funcs, typed)', 'format(funcs, typed)'],
    ['x /* y */ z', 'x <note:/* y */> z'],
    ['return "open', '<word:return> <text:"open>'],
    ['世界 := nil', '世界 := <word:nil>'],
  ])('%s', (line, expected) => {
    expect(shown(tokenizeGo([line])[0]!)).toBe(expected)
  })
  test('comments and raw strings go over lines', () => {
    expect(tokenizeGo(['a /* b', 'func', 'c */ if', 's := `x', 'for', '` + y']).map(shown)).toEqual([
      'a <note:/* b>',
      '<note:func>',
      '<note:c */> <word:if>',
      's := <text:`x>',
      '<text:for>',
      '<text:`> + y',
    ])
  })
  test('nothing is lost, whatever it is', () => {
    const odd = ['\u202e\u0000<script>', '"\\', '/*', '*/`', '', '\t\t', '/', "''''", '0x', '1..2', '€']
    expect(tokenizeGo(odd).map((t) => t.map((x) => x.text).join(''))).toEqual(odd)
    for (const text of [...odd, 'MOVQ $', '0x(SB)'])
      expect(
        tokenizeAsm(text)
          .map((t) => t.text)
          .join(''),
      ).toBe(text)
  })
  test('takes time in proportion to the text', () => {
    const long = '"'.repeat(1).concat('\\"'.repeat(50_000))
    expect(tokenizeGo([long])[0]).toEqual([{ kind: 'text', text: long }])
  })
})

test.each([
  ['MOVQ 0x10(SP), AX', '<word:MOVQ> <text:0x10>(SP), AX'],
  ['CALL runtime.mallocgc(SB)', '<word:CALL> <name:runtime.mallocgc(SB)>'],
  ['CMPQ $-0x8, R12', '<word:CMPQ> <text:$-0x8>, R12'],
  ['NOPL', '<word:NOPL>'],
  ['?', '<word:?>'],
])('assembly: %s', (line, expected) => {
  expect(shown(tokenizeAsm(line))).toBe(expected)
})
