import { expect, test } from 'vitest'
import { type Json, JsonList, jsonText } from './json-text.ts'

const text = (document: { [key: string]: Json }): string => [...jsonText(document)].join('')

test('what JSON.parse gives back', () => {
  const doc = { a: [1, -0.5, null, true], b: { 'x"y': 'ä\n', empty: {} }, c: [], d: '' }
  expect(JSON.parse(text(doc))).toEqual(doc)
  expect(text({})).toBe('{}')
})

test('integers have all their digits, and what is no number is null', () => {
  expect(text({ a: 18446744073709551615n, b: Number.NaN })).toBe('{"a":18446744073709551615,\n"b":null}')
})

test('keys of maps are any text; bytes that are not UTF-8 become U+FFFD', () => {
  expect(text({ a: new Map([['__proto__', 1]]) })).toBe('{"a":{"__proto__":1}}')
  expect(JSON.parse(text({ a: 'x\udc80', b: new Map([['\udcff', 1]]) }))).toEqual({
    a: 'x\ufffd',
    b: { '\ufffd': 1 },
  })
})

test('long lists are made while they are written', () => {
  let made = 0
  function* items(): Generator<Json> {
    for (let i = 0; i < 100_000; i++) {
      made++
      yield [i]
    }
  }
  const pieces = jsonText({ list: new JsonList(items()), after: new JsonList([]) })
  const first = pieces.next().value as string
  expect(made).toBeLessThan(20_000)
  const whole = JSON.parse(first + [...pieces].join('')) as { list: number[][]; after: unknown[] }
  expect(whole.list.length).toBe(100_000)
  expect(whole.list[99_999]).toEqual([99_999])
  expect(whole.after).toEqual([])
})
