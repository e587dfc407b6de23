import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DURATIONS,
  FLOATS,
  PATHS,
  PERCENTAGES,
  QUOTES,
  SCALED,
  TABS,
  TIMES,
} from '../../../test/kit/recorded-go.ts'
import { fixed2, general2, list, padLeft, padRight, quote, shortestFloat } from './go-fmt.ts'
import { baseName, cleanPath, dirName, joinPath } from './go-path.ts'
import { formatDuration, formatTime, formatTimeFull, utc } from './go-time.ts'
import { toInt } from './int64.ts'
import { alignRight } from './tabwriter.ts'
import { autoLabel, percentage, sameFamily, scale, scaledLabel } from './units.ts'
import { decodeUtf8 } from './utf8.ts'

const float = (bits: string): number => new Float64Array(BigUint64Array.of(BigInt(`0x${bits}`)).buffer)[0]!

describe('numbers and strings as Go prints them', () => {
  test.each(FLOATS)('float64 %s', (bits, fixed, general, shortest) => {
    const v = float(bits)
    expect([fixed2(v), general2(v), shortestFloat(v)]).toEqual([fixed, general, shortest])
  })

  test('%v reads back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (v) => {
        expect(Object.is(Number(shortestFloat(v).replace('Inf', 'Infinity')), v)).toBe(true)
      }),
      { seed: 1 },
    )
  })

  test.each(QUOTES)('%%q of %s', (bytes, quoted) => {
    expect(quote(decodeUtf8(Buffer.from(bytes, 'hex')))).toBe(quoted)
  })

  test('padding counts characters', () => {
    expect(padLeft('äb', 4)).toBe('  äb')
    expect(padRight('äb', 4)).toBe('äb  ')
    expect(padLeft('long', 2)).toBe('long')
    expect(list(['a', 'b'])).toBe('[a b]')
  })
})

describe('paths', () => {
  test.each(PATHS)('%j', (path, clean, base, dir) => {
    expect([cleanPath(path), baseName(path), dirName(path)]).toEqual([clean, base, dir])
  })

  test('a clean path stays, and joining is cleaning', () => {
    const part = fc.constantFrom('', '.', '..', 'a', '.b', 'c.', '...')
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const path = parts.join('/')
        expect(cleanPath(cleanPath(path))).toBe(cleanPath(path))
        expect(joinPath('x', path)).toBe(cleanPath(`x/${path}`))
      }),
      { seed: 2, numRuns: 500 },
    )
    expect(joinPath('', '')).toBe('')
  })

  test('a megabyte of slashes takes no time', () => {
    const start = performance.now()
    expect(baseName(`${'/'.repeat(1 << 20)}a`)).toBe('a')
    expect(baseName(`a${'/'.repeat(1 << 20)}`)).toBe('a')
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe('times', () => {
  test.each(DURATIONS)('%s ns', (nanos, text) => {
    expect(formatDuration(toInt(BigInt(nanos)))).toBe(text)
  })

  test.each(TIMES)('%s ns since 1970', (nanos, short, full, elsewhere) => {
    const t = toInt(BigInt(nanos))
    expect(formatTime(t, utc)).toBe(short)
    expect(formatTimeFull(t, utc)).toBe(full)
    expect(formatTimeFull(t, () => ({ offset: -12600, name: 'XST' }))).toBe(elsewhere)
  })

  test('the zone is asked for the moment in question', () => {
    const zones = (seconds: number) => ({ offset: seconds < 0 ? 3600 : 7200, name: `Z${seconds}` })
    expect(formatTime(1_999_999_999, zones)).toBe('1970-01-01 02:00:01 Z1')
    expect(formatTime(-1, zones)).toBe('1970-01-01 00:59:59 Z-1')
  })
})

describe('columns aligned to the right', () => {
  test.each(TABS)('%j', (text, one, two) => {
    expect(alignRight(text, 1)).toBe(one)
    expect(alignRight(text, 2)).toBe(two)
  })

  test('any number of columns', () => {
    const row = 'a\t'.repeat(50000)
    expect(alignRight(`${row}\n${row}`, 1)).toBe(`${' a'.repeat(50000)}\n${' a'.repeat(50000)}`)
  })
})

describe('units', () => {
  test.each(SCALED)('from %j', (from, cases) => {
    const got: string[] = []
    for (let i = 0; i < cases.length; i += 3) {
      const [value, to] = [cases[i]!, cases[i + 1]!]
      got.push(value, to, scaledLabel(toInt(BigInt(value)), from, to))
    }
    expect(got).toEqual(cases)
  })

  test.each(PERCENTAGES)('%s of %s', (value, total, text) => {
    expect(percentage(toInt(BigInt(value)), toInt(BigInt(total)))).toBe(text)
  })

  test('scale tells the unit, and units of one family convert into each other', () => {
    expect(scale(1536, 'bytes', 'kb')).toEqual({ value: 1.5, unit: 'kB' })
    expect(scale(5, 'widgets', 'minimum')).toEqual({ value: 5, unit: '' })
    expect(autoLabel(90_000_000_000, 'ns')).toBe('90s')
    expect([sameFamily('ns', 'hours'), sameFamily('ns', 'bytes'), sameFamily('x', 'x')]).toEqual([
      true,
      false,
      false,
    ])
  })
})
