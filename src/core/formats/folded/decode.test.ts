import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import type { Int } from '../../base/int64.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import type { Profile } from '../../model/profile.ts'
import type { Decoded } from '../format.ts'
import { decodeFolded } from './decode.ts'

const decode = (text: string): Decoded => decodeFolded(encodeUtf8(text))

/** Samples as [frames root first, values]; a frame without a name is ''. */
function rows(p: Profile): [string[], Int[]][] {
  return Array.from({ length: p.samples.count }, (_, s) => {
    const stack = [...p.samples.frame.subarray(p.samples.stackStart[s], p.samples.stackEnd[s])].reverse()
    const names = stack.map((l) => {
      const line = p.locations.lineStart[l]
      return line === p.locations.lineEnd[l] ? '' : p.strings.get(p.functions.name[p.lines.fn[line]])
    })
    return [names, p.samples.value.map((v) => v.get(s))]
  })
}

const samplesOf = (text: string): [string[], Int[]][] => rows(decode(text).profile)

function errorOf(bytes: Uint8Array): DecodeError {
  try {
    decodeFolded(bytes)
  } catch (e) {
    if (e instanceof DecodeError) return e
    throw e
  }
  throw new Error('no error')
}

describe('lines', () => {
  test('root first, the last blank before the count', () => {
    const { profile, problems } = decode('main;(*T).Read a b;leaf 12\nmain\t3\n')
    expect(rows(profile)).toEqual([
      [['main', '(*T).Read a b', 'leaf'], [12]],
      [['main'], [3]],
    ])
    expect(profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }])
    expect(profile.periodType).toEqual({ type: 'samples', unit: 'count' })
    expect(problems).toEqual([])
  })

  test('one location for each name, whatever line and depth it is in', () => {
    const { profile } = decode('a;b;c 1\na;b;d 1\nb;a;c 1\na;bb 1\n')
    expect(profile.locations.count).toBe(5)
    expect(profile.functions.count).toBe(5)
    expect(rows(profile).map(([s]) => s.join('>'))).toEqual(['a>b>c', 'a>b>d', 'b>a>c', 'a>bb'])
  })

  test('a frame that is the beginning of the one above it is another frame', () => {
    expect(samplesOf('a;bcd 1\na;bc 1\na;bcde 1\na 1\na;bc;d 1\n').map(([s]) => s.join('>'))).toEqual([
      'a>bcd',
      'a>bc',
      'a>bcde',
      'a',
      'a>bc>d',
    ])
  })

  test('Windows line ends, blank lines, comments, blanks at the end, no line end at the end', () => {
    const { profile, problems } = decode('# a;b 4\r\n\r\na;b 1\r\n  \r\na;c 2 \t\r\n#\r\na;d 3')
    expect(rows(profile).map(([s, v]) => `${s.join('>')} ${v}`)).toEqual(['a>b 1', 'a>c 2', 'a>d 3'])
    expect(problems).toEqual([])
  })

  test('lines without a count are reported with the first offset', () => {
    const { profile, problems } = decode('a;b 1\nno count\na;c x2\na;d 0x10\n7\na;e 1e3\na;f 2\n')
    expect(profile.samples.count).toBe(2)
    expect(problems).toEqual([{ message: 'line does not end in a count', offset: 6, count: 5 }])
  })

  test('frames without a name: kept between frames, dropped at the ends', () => {
    expect(samplesOf('a;;b 1\n;a;b; 2\n;; 3\n 4\n').map(([s]) => s)).toEqual([
      ['a', '', 'b'],
      ['a', 'b'],
      [],
      [],
    ])
  })

  test('byte order mark and UTF-16, as PowerShell writes it', () => {
    expect(samplesOf('\uFEFFa;b 1\n')).toEqual([[['a', 'b'], [1]]])
    const le = new Uint8Array(
      [...'\uFEFFä;b 1\r\n'].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
    )
    expect(rows(decodeFolded(le).profile)).toEqual([[['ä', 'b'], [1]]])
  })

  test('bytes that are not UTF-8 come back as they were', () => {
    const { profile } = decodeFolded(Uint8Array.of(0x61, 0xff, 0x3b, 0xc3, 0xa4, 0x20, 0x31, 10))
    const [[names]] = rows(profile)
    expect(names.map((n) => [...encodeUtf8(n)])).toEqual([
      [0x61, 0xff],
      [0xc3, 0xa4],
    ])
  })
})

describe('counts', () => {
  test('negative, signed, beyond 2^53, exact to the ends of int64', () => {
    const values = ['-5', '+5', '9007199254740993', '9223372036854775807', '-9223372036854775807', '0012']
    expect(samplesOf(values.map((v) => `a;b ${v}\n`).join('')).map(([, v]) => v[0])).toEqual([
      -5,
      5,
      9007199254740993n,
      9223372036854775807n,
      -9223372036854775807n,
      12,
    ])
  })

  test('beyond int64 is reported', () => {
    const { problems, profile } = decode('a 1\nb 9223372036854775808\nc 99999999999999999999999999\n')
    expect(profile.samples.count).toBe(1)
    expect(problems).toEqual([{ message: 'count is beyond 64 bits', offset: 4, count: 2 }])
  })

  test('fractions are kept, and the unit says how', () => {
    const { profile } = decode('a;b 1.5\na;c -0.25\na;d 3\na;e 2.\na;f 7.000\n')
    expect(profile.sampleTypes).toEqual([{ type: 'samples', unit: 'millicount' }])
    expect(profile.period).toBe(1000)
    expect(rows(profile).map(([, v]) => v[0])).toEqual([1500, -250, 3000, 2000, 7000])
    expect(decode('a 0.0001\n').profile.sampleTypes[0].unit).toBe('microcount')
    expect(samplesOf('a 0.123456789123\nb 1\n').map(([, v]) => v[0])).toEqual([123456789, 1000000000])
    expect(decode('a 2.000\n').profile.sampleTypes[0].unit).toBe('count')
  })

  test('fractions of counts too large for more decimals are rounded', () => {
    const { profile, problems } = decode('a 9007199254740990\nb 0.523456\n')
    expect(problems.map((p) => p.message)).toEqual([
      'counts are too large for all decimals of their fractions, which are rounded',
    ])
    expect(profile.sampleTypes[0].unit).toBe('count')
    expect(rows(profile).map(([, v]) => v[0])).toEqual([9007199254740990, 1])
  })
})

describe('differential files', () => {
  test('two counts are before and after', () => {
    const { profile, problems } = decode('a;b 1 2\na;c 0 5\r\na;d  7\t8\n')
    expect(profile.sampleTypes).toEqual([
      { type: 'before', unit: 'count' },
      { type: 'after', unit: 'count' },
    ])
    expect(rows(profile)).toEqual([
      [
        ['a', 'b'],
        [1, 2],
      ],
      [
        ['a', 'c'],
        [0, 5],
      ],
      [
        ['a', 'd '],
        [7, 8],
      ],
    ])
    expect(problems).toEqual([])
  })

  test('a name that ends in a number makes no differential file', () => {
    expect(samplesOf('run;worker 7 3\nrun;other 4\n')).toEqual([
      [['run', 'worker 7'], [3]],
      [['run', 'other'], [4]],
    ])
    expect(samplesOf('main;5 3\n7 3\n')).toEqual([
      [['main', '5'], [3]],
      [['7'], [3]],
    ])
  })

  test('one line with a single count among many is a problem, not another kind of file', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a;f${i}x 1 2\n`)
    const { profile, problems } = decode(`${lines.join('')}a;cut 1`)
    expect(profile.samples.count).toBe(30)
    expect(problems).toEqual([
      { message: 'line has one count where the others have two', offset: lines.join('').length, count: 1 },
    ])
  })

  test('fractions in either column scale both', () => {
    const { profile } = decode('a 1 0.5\n')
    expect(profile.sampleTypes.map((t) => t.unit)).toEqual(['millicount', 'millicount'])
    expect(rows(profile)[0][1]).toEqual([1000, 500])
  })
})

describe('hostile input', () => {
  test('nothing in it', () => {
    for (const text of ['', '\n\n', '# only\n', '   \r\n']) {
      expect(errorOf(encodeUtf8(text))).toMatchObject({ format: 'folded', offset: 0 })
    }
    expect(errorOf(encodeUtf8('\n\nhello world\n'))).toMatchObject({ offset: 2 })
  })

  test('cut at every byte, it gives the whole lines and never anything but DecodeError', () => {
    const whole = encodeUtf8('main;ä;run 12\r\n# c\nmain;x 3.5\n;;b -1\n')
    for (let n = 0; n <= whole.length; n++) {
      const part = whole.subarray(0, n)
      try {
        const { profile } = decodeFolded(part)
        expect(profile.samples.count).toBeGreaterThan(0)
        expect(profile.samples.value[0].length).toBe(profile.samples.count)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    }
  })

  test('flipped bytes', () => {
    const whole = encodeUtf8('main;run;a 12\nmain;run;b 7 8\nmain;x -3.25\n'.repeat(5))
    let seed = 12345
    for (let round = 0; round < 3000; round++) {
      const b = whole.slice()
      for (let k = 0; k < 3; k++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
        b[seed % b.length] = (seed >>> 13) & 255
      }
      try {
        const { profile } = decodeFolded(b)
        for (const l of profile.samples.frame) expect(l > 0 && l <= profile.locations.count).toBe(true)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    }
  })

  test('a very deep stack, a very long name and very many blanks take linear time', () => {
    const begin = performance.now()
    expect(decode(`${'f;'.repeat(300_000)}g 1\n`).profile.samples.frame.length).toBe(300_001)
    expect(decode(`${'x'.repeat(2_000_000)} 1\n`).profile.locations.count).toBe(1)
    expect(decode(`a${' '.repeat(2_000_000)}1\n`).profile.samples.count).toBe(1)
    expect(decode(`a ${'1'.repeat(2_000_000)}\nb 1\n`).problems.length).toBe(1)
    expect(decode(`${';'.repeat(2_000_000)} 1\n`).profile.samples.frame.length).toBe(0)
    expect(performance.now() - begin).toBeLessThan(20_000)
  })
})
