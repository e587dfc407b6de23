import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import { type Config, defaultConfig } from './config.ts'
import {
  expandShortcut,
  firstWords,
  parseShellLine,
  type ShellRequest,
  shellShortcuts,
  wordsOf,
} from './shell-line.ts'

const profile = profileFrom('main\n= 1 2', ['samples/count', 'cpu/nanoseconds'])

function parse(line: string, config: Partial<Config> = {}, bareChoices = false): ShellRequest {
  return parseShellLine(line, { ...defaultConfig(), ...config }, profile, { bareChoices })
}

/** What a line changes. */
function changes(line: string, config: Partial<Config> = {}, bareChoices = false): Partial<Config> {
  const request = parse(line, config, bareChoices)
  if (request.kind !== 'set' && request.kind !== 'report') throw new Error(request.kind)
  const before: Config = { ...defaultConfig(), ...config }
  return Object.fromEntries(
    Object.entries(request.config).filter(([key, v]) => v !== before[key as keyof Config]),
  )
}

describe('reports', () => {
  test.each<[string, Partial<Config>]>([
    ['top', { nodeCount: 10 }],
    ['top5', { nodeCount: 5 }],
    ['top 5', { nodeCount: 5 }],
    ['  top   +3  ', { nodeCount: 3 }],
    ['top 0', { nodeCount: 0 }],
    ['top -1', { nodeCount: 10 }],
    ['tree', {}],
    ['tree -7', { nodeCount: -7 }],
    ['top 20 -cum foo -bar', { nodeCount: 20, sort: 'cum', focus: 'foo', ignore: 'bar' }],
    ['tree --cum', { sort: 'cum' }],
    ['tree a b -c -d', { focus: 'a|b', ignore: 'c|d' }],
    ['tree - 2147483648', { focus: '2147483648' }],
    ['tags a -b', { tagFocus: 'a', tagIgnore: 'b' }],
    ['tree > f 3', { output: 'f', nodeCount: 3 }],
    ['tree >f', { output: 'f' }],
    ['tree x>y', { focus: 'x>y' }],
    ['top3 | head', { nodeCount: 3, focus: '||head' }],
    ['tree\u00a0a\u2003b\ufeff', { focus: 'a|b\ufeff' }],
  ])('%j', (line, expected) => {
    expect(changes(line)).toEqual(expected)
  })

  test('the first word of some is their argument', () => {
    expect(parse('list -x 5 y')).toMatchObject({
      name: 'list',
      symbol: '-x',
      config: { nodeCount: 5, focus: 'y' },
    })
    expect(parse('peek5')).toMatchObject({ name: 'peek', symbol: '5' })
    expect(() => parse('peek')).toThrow('command peek requires an argument')
  })

  test('a limit set before stays', () => {
    expect(changes('top', { nodeCount: 4 })).toEqual({})
  })

  test('what cannot be understood', () => {
    expect(parse('foo5 x')).toEqual({ kind: 'unknown', name: 'foo' })
    expect(parse('constructor')).toEqual({ kind: 'unknown', name: 'constructor' })
    expect(parse('TOP')).toEqual({ kind: 'unknown', name: 'TOP' })
    expect(parse('10')).toEqual({ kind: 'unknown', name: '10' })
    expect(parse('web=')).toEqual({ kind: 'unknown', name: 'web=' })
    expect(() => parse('focus x')).toThrow('did you mean: focus=x')
    expect(() => parse('lines5')).toThrow('did you mean: lines=5')
    expect(parse('sort5')).toEqual({ kind: 'unknown', name: 'sort' })
    expect(() => parse('top >')).toThrow('unexpected end of line after >')
  })
})

describe('assignments', () => {
  test.each<[string, Partial<Config>]>([
    ['focus=abc', { focus: 'abc' }],
    [' focus = a=b //: why //: not', { focus: 'a=b //: why' }],
    ['nodecount=+7', { nodeCount: 7 }],
    ['nodefraction=.25', { nodeFraction: 0.25 }],
    ['nodefraction=0x1p-4', { nodeFraction: 0.0625 }],
    ['nodefraction=1_0', { nodeFraction: 10 }],
    ['compact_labels', { compactLabels: true }],
    ['mean=Yes', { mean: true }],
    ['trim=n', { trim: false }],
    ['sample_index=0', { sampleIndex: 'samples' }],
    ['sample_index=', { sampleIndex: 'cpu' }],
    ['granularity=lines', { granularity: 'lines' }],
    ['lines=TRUE', { granularity: 'lines' }],
    ['cum=1', { sort: 'cum' }],
  ])('%j', (line, expected) => {
    expect(changes(line)).toEqual(expected)
  })

  test.each([
    ['focus', 'please specify a value, e.g. focus=<val>'],
    ['granularity', 'please specify a value, e.g. granularity=<val>'],
    ['granularity=x', 'invalid "granularity" value "x"'],
    ['lines', 'unknown config field "lines"'],
    ['lines=', 'unknown config field "lines"'],
    ['cum=yes', 'unknown config field "cum"'],
    ['mean=maybe', 'illegal value "maybe" for bool variable'],
    ['nodecount=', 'strconv.Atoi: parsing "": invalid syntax'],
    ['nodecount=0x10', 'strconv.Atoi: parsing "0x10": invalid syntax'],
    ['nodecount=99999999999999999999', 'strconv.Atoi: parsing "99999999999999999999": value out of range'],
    ['divide_by=x', 'strconv.ParseFloat: parsing "x": invalid syntax'],
    ['divide_by=1__0', 'strconv.ParseFloat: parsing "1__0": invalid syntax'],
    ['divide_by=0x10', 'strconv.ParseFloat: parsing "0x10": invalid syntax'],
    ['divide_by=1e400', 'strconv.ParseFloat: parsing "1e400": value out of range'],
    ['sample_index=2', 'sample_index 2 is outside the range [0..1]'],
    ['sample_index=x', 'sample_index "x" must be one of: [samples cpu]'],
  ])('%j', (line, message) => {
    expect(() => parse(line)).toThrow(message)
  })

  test('someone at a terminal may choose by the name alone', () => {
    expect(changes('lines', {}, true)).toEqual({ granularity: 'lines' })
    expect(() => parse('lines=', {}, true)).toThrow('unknown config field')
  })
})

test('other requests', () => {
  expect(parse('')).toEqual({ kind: 'nothing' })
  expect(parse(' \v\u0085')).toEqual({ kind: 'nothing' })
  expect(parse('q now')).toEqual({ kind: 'quit' })
  expect(parse('o x')).toEqual({ kind: 'options' })
  expect(parse('help  focus   x')).toEqual({ kind: 'help', topic: 'focus x' })
})

test('many blanks take no time', () => {
  const blanks = ' '.repeat(200_000)
  expect(changes(`focus=a${blanks}b${blanks}`)).toEqual({ focus: `a${blanks}b` })
})

describe('shortcuts', () => {
  const shortcuts = shellShortcuts(profile)

  test('expand whole lines only', () => {
    expect(expandShortcut(' : ', shortcuts)).toEqual([
      'focus=',
      'ignore=',
      'hide=',
      'tagfocus=',
      'tagignore=',
    ])
    expect(expandShortcut('mean_cpu', shortcuts)).toEqual(['mean=1', 'sample_index=cpu'])
    expect(expandShortcut('cpu x', shortcuts)).toEqual(['cpu x'])
  })

  test('a sample type goes before a command of its name', () => {
    const odd = shellShortcuts({ sampleTypes: [{ type: 'top', unit: 'count' }] })
    expect(expandShortcut('top', odd)).toEqual(['sample_index=top'])
  })

  test('are among the first words', () => {
    const words = firstWords(shortcuts)
    expect(words).toEqual(expect.arrayContaining(['cpu', 'total_cpu', 'focus=', 'trim', 'lines', 'top', ':']))
    expect(new Set(words).size).toBe(words.length)
  })
})

test('wordsOf splits where Go does', () => {
  expect(wordsOf(' a\u0085b\ufeff c\u200b')).toEqual(['a', 'b\ufeff', 'c\u200b'])
})
