import { describe, expect, test } from 'vitest'
import { PARSED_FLOATS, PARSED_INTEGERS } from '../../../test/kit/recorded-go.ts'
import {
  CHOICE_HELP,
  CONFIG_FIELDS,
  type ConfigField,
  defaultConfig,
  fieldText,
  findField,
  parseField,
  parseFloat64,
  withField,
} from './config.ts'

const field = (name: string): ConfigField => findField(name)!
const outcome = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (e) {
    return `${(e as Error).name}: ${(e as Error).message}`
  }
}

describe('config', () => {
  test('every option has one field, every choice its help', () => {
    const names = CONFIG_FIELDS.flatMap((f) => [f.name, ...(f.choices ?? [])])
    expect(new Set(names).size).toBe(names.length)
    for (const f of CONFIG_FIELDS) {
      expect(findField(f.name)).toBe(f)
      for (const choice of f.choices ?? [])
        expect([findField(choice), CHOICE_HELP[choice]]).toEqual([f, expect.any(String)])
    }
    expect(Object.keys(defaultConfig())).toEqual(CONFIG_FIELDS.map((f) => f.key))
    const urls = CONFIG_FIELDS.flatMap((f) => (f.urlKey === undefined ? [] : [f.urlKey]))
    expect(new Set(urls).size).toBe(urls.length)
  })

  test('values as settings show them, and back', () => {
    const c = defaultConfig()
    const shown = CONFIG_FIELDS.map((f) => [f.name, fieldText(c, f)])
    expect(Object.fromEntries(shown)).toMatchObject({
      nodefraction: '0.005',
      nodecount: '-1',
      trim: 'true',
      divide_by: '1',
      unit: 'minimum',
    })
    for (const f of CONFIG_FIELDS)
      if (f.choices === undefined) expect(withField(c, f, fieldText(c, f))).toEqual(c)
    expect(fieldText({ ...c, divideBy: 3e6 }, field('divide_by'))).toBe('3e+06')
  })

  test.each([
    ['trim', 'N', false],
    ['trim', 'Yes', true],
    ['trim', '', true],
    ['trim', '2', 'UserError: illegal value "2" for bool variable'],
    ['granularity', 'lines', 'lines'],
    ['granularity', 'cum', 'UserError: invalid "granularity" value "cum"'],
    ['focus', ' x', ' x'],
    ['nodefraction', '1e-2', 0.01],
  ])('%s=%s', (name, text, want) => {
    expect(outcome(() => parseField(field(name), text))).toBe(want)
  })

  test.each(PARSED_INTEGERS)('integer %j', (text, _, __, value, wrong) => {
    expect(outcome(() => parseField(field('nodecount'), text))).toBe(
      wrong === '' ? Number(value) : `UserError: ${wrong}`,
    )
  })

  test.each(PARSED_FLOATS)('float %j', (text, bits, wrong) => {
    const want = new Float64Array(BigUint64Array.of(BigInt(`0x${bits}`)).buffer)[0]
    expect(outcome(() => parseFloat64(text))).toEqual(wrong === '' ? want : `UserError: ${wrong}`)
  })
})
