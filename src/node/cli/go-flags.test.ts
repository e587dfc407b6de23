import { describe, expect, test } from 'vitest'
import { PARSED_FLOATS, PARSED_INTEGERS } from '../../../test/kit/recorded-go.ts'
import { type FlagKind, parseGoFlags } from './go-flags.ts'

const KINDS = new Map<string, FlagKind>([
  ['top', 'boolean'],
  ['n', 'integer'],
  ['f', 'float'],
  ['focus', 'string'],
])
const parse = (...args: string[]) => {
  const { values, rest, help } = parseGoFlags(args, KINDS)
  return { values: Object.fromEntries(values), rest, help }
}
const error = (...args: string[]): string => {
  try {
    parse(...args)
  } catch (e) {
    return String(e)
  }
  return 'none'
}

describe('flags as Go parses them', () => {
  test('one dash or two, with = or a blank, up to the first that is no flag', () => {
    expect(parse('-top', '--n=5', '-focus', '-x', 'a', '-top')).toEqual({
      values: { top: true, n: 5, focus: '-x' },
      rest: ['a', '-top'],
      help: false,
    })
    expect(parse('-top=false', '-n', '1', '-n', '2', '--', '-top')).toMatchObject({
      values: { top: false, n: 2 },
      rest: ['-top'],
    })
    expect(parse('-focus=a=b', '-')).toMatchObject({ values: { focus: 'a=b' }, rest: ['-'] })
    // A boolean takes no value from the next argument.
    expect(parse('-top', 'false')).toMatchObject({ values: { top: true }, rest: ['false'] })
    expect(parse('-h', 'x')).toEqual({ values: {}, rest: ['x'], help: true })
  })

  test.each([
    [['-x'], 'flag provided but not defined: -x'],
    [['-n'], 'flag needs an argument: -n'],
    [['---n'], 'bad flag syntax: ---n'],
    [['-=1'], 'bad flag syntax: -=1'],
    [['-top=yes'], 'invalid boolean value "yes" for -top: parse error'],
    [['-n=x"'], 'invalid value "x\\"" for flag -n: parse error'],
    [['-n=9223372036854775808'], 'invalid value "9223372036854775808" for flag -n: value out of range'],
    [['-f=1e999'], 'invalid value "1e999" for flag -f: value out of range'],
  ])('%j', (args, message) => {
    expect(error(...args)).toBe(`UserError: ${message}`)
  })

  test.each(PARSED_INTEGERS)('integer %j', (text, value, wrong) => {
    if (wrong === '') expect(parse('-n', text).values).toEqual({ n: Number(value) })
    else expect(error('-n', text)).toContain(wrong === 'invalid syntax' ? 'parse error' : wrong)
  })

  test.each(PARSED_FLOATS)('float %j', (text, bits, wrong) => {
    const want = new Float64Array(BigUint64Array.of(BigInt(`0x${bits}`)).buffer)[0]
    if (wrong === '') expect(parse('-f', text).values).toEqual({ f: want })
    else expect(error('-f', text)).toContain(wrong.endsWith('syntax') ? 'parse error' : 'value out of range')
  })
})
