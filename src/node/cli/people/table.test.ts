import { describe, expect, test } from 'vitest'
import { nameCell } from './names.ts'
import { bar, barWidth, paint, type Style, type Surroundings, safeName, styleFor } from './style.ts'
import { flowLines, tableLines, wrapLines } from './table.ts'

const plain: Style = { color: false, bars: true, unicode: true, width: 40 }
const surroundings = (o: Partial<Surroundings> = {}): Surroundings => ({
  env: { LANG: 'C.UTF-8', TERM: 'xterm' },
  terminal: true,
  columns: 120,
  ...o,
})

describe('style', () => {
  test('a terminal has colour, bars and a width', () => {
    expect(styleFor({}, surroundings())).toEqual({ color: true, bars: true, unicode: true, width: 120 })
  })
  test('a pipe has none of them', () => {
    const style = styleFor({}, surroundings({ terminal: false, columns: undefined }))
    expect(style).toEqual({ color: false, bars: false, unicode: true, width: Number.POSITIVE_INFINITY })
  })
  test.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('%j: no colour, the rest stays', (env) => {
    const style = styleFor({}, surroundings({ env: { LANG: 'C.UTF-8', ...env } }))
    expect(style).toMatchObject({ color: false, bars: true, width: 120 })
  })
  test('an empty NO_COLOR is none', () => {
    expect(styleFor({}, surroundings({ env: { NO_COLOR: '', LANG: 'C.UTF-8' } })).color).toBe(true)
  })
  test('flags come first', () => {
    const env = { NO_COLOR: '1', LANG: 'C.UTF-8' }
    expect(styleFor({ color: 'always' }, surroundings({ env })).color).toBe(true)
    expect(styleFor({ color: 'never' }, surroundings()).color).toBe(false)
    expect(styleFor({ width: 50 }, surroundings({ terminal: false })).width).toBe(50)
  })
  test('the first locale variable that is set counts', () => {
    const unicode = (env: Record<string, string>): boolean => styleFor({}, surroundings({ env })).unicode
    expect(unicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' })).toBe(false)
    expect(unicode({ LC_ALL: '', LC_CTYPE: 'de_DE.utf8', LANG: 'C' })).toBe(true)
    expect(unicode({ LANG: 'POSIX' })).toBe(false)
  })
  test('a tone is taken back at its end, and costs nothing without colour', () => {
    expect(paint({ ...plain, color: true }, 'critical', 'x')).toBe('\x1b[31mx\x1b[39m')
    expect(paint(plain, 'critical', 'x')).toBe('x')
  })
})

describe('bars', () => {
  test('in eighths, and never nothing for something', () => {
    expect(bar(plain, 0.5, 4)).toBe('██')
    expect(bar(plain, 0.688, 12)).toBe('████████▎')
    expect(bar(plain, 0.00001, 12)).toBe('▏')
    expect(bar(plain, 0, 12)).toBe('')
    expect(bar(plain, 3, 2)).toBe('██')
    expect(bar(plain, -0.5, 4)).toBe('██')
    expect(bar(plain, Number.NaN, 4)).toBe('')
  })
  test('in ASCII', () => {
    expect(bar({ ...plain, unicode: false }, 0.5, 4)).toBe('##')
    expect(bar({ ...plain, unicode: false }, 0.001, 4)).toBe('#')
    expect(bar({ ...plain, unicode: false }, Number.NaN, 4)).toBe('')
  })
  test('their room by the width', () => {
    expect([59, 60, 99, 100].map((width) => barWidth({ ...plain, width }))).toEqual([0, 12, 12, 24])
  })
})

test('control and direction characters in names are shown, not obeyed', () => {
  expect(safeName('a\x1b[31m\nb\tc\u202ed')).toBe('a\\x1b[31m\\nb\\tc\\u202ed')
  expect(safeName('bad\udcff')).toBe('bad\ufffd')
})

describe('tables', () => {
  const columns = [
    { title: 'n', align: 'right', cells: [{ text: '1' }, { text: '1000', tone: 'critical' }] },
  ] as const

  test('the last column gets what is left and stands at one place', () => {
    const last = { title: 'name', cells: [(w: number) => `${w}`, () => 'b'] }
    expect(tableLines(plain, columns, last, true)).toEqual(['   n  name', '   1  34', '1000  b'])
  })
  test('escapes do not count', () => {
    const last = { title: '', cells: [() => 'a', () => 'b'] }
    const lines = tableLines({ ...plain, color: true }, columns, last, false)
    expect(lines[1]).toBe('\x1b[31m1000\x1b[39m  b')
  })
  test('names in a narrow and in a wide column', () => {
    const cell = nameCell(plain, 'net/http.(*conn).serve', 'functions', ' inl')
    expect([cell(40), cell(22), cell(20), cell(12)]).toEqual([
      'net/http.(*conn).serve inl',
      'net/http.(*conn).serve',
      '…/http.(*conn).serve',
      '…conn).serve',
    ])
  })
  test('places give way before functions', () => {
    const cell = nameCell(plain, 'main.(*Shop).handle example.com/orders/main.go:12', 'lines')
    expect(cell(60)).toBe('main.(*Shop).handle example.com/orders/main.go:12')
    expect(cell(40)).toBe('main.(*Shop).handle …/orders/main.go:12')
    expect(cell(32)).toBe('main.(*Shop).handle …/main.go:12')
  })
})

test('pieces flow onto lines that fit', () => {
  const pieces = ['one two', 'three', 'four'].map((text) => ({ text }))
  expect(flowLines({ ...plain, width: 16 }, pieces, '  ')).toEqual(['one two  three', '  four'])
})

test('sentences wrap at blanks and keep their indent', () => {
  expect(wrapLines({ ...plain, width: 12 }, '  one two three', '    ')).toEqual(['  one two', '    three'])
  expect(wrapLines({ ...plain, width: 3 }, 'abcdef gh')).toEqual(['abc', 'def', 'gh'])
})
