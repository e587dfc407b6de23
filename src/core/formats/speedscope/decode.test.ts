import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import type { Int } from '../../base/int64.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import type { Profile } from '../../model/profile.ts'
import type { Decoded } from '../format.ts'
import { decodeSpeedscope } from './decode.ts'

const decode = (v: unknown): Decoded =>
  decodeSpeedscope(encodeUtf8(typeof v === 'string' ? v : JSON.stringify(v)))

function errorOf(v: unknown): DecodeError {
  try {
    decode(v)
  } catch (e) {
    if (e instanceof DecodeError) return e
    throw e
  }
  throw new Error('no error')
}

/** Samples as [stack root first, values, labels]. */
function rows(p: Profile): [string, Int[], string][] {
  return Array.from({ length: p.samples.count }, (_, s) => {
    const stack = [...p.samples.frame.subarray(p.samples.stackStart[s], p.samples.stackEnd[s])].reverse()
    const names = stack.map((l) => p.strings.get(p.functions.name[p.lines.fn[p.locations.lineStart[l]]]))
    const set = p.samples.labelSet[s]
    const labels: string[] = []
    for (let r = p.labelSets.start[set]; r < p.labelSets.start[set + 1]; r++) {
      labels.push(`${p.strings.get(p.labelSets.key[r])}=${p.strings.get(p.labelSets.str[r])}`)
    }
    return [names.join(';'), p.samples.value.map((v) => v.get(s)), labels.join()]
  })
}

const frames = [
  { name: 'a' },
  { name: 'b', file: 'b.py', line: 7, col: 3 },
  { name: 'b', file: 'b.py', line: 9 },
]
const file = (...profiles: unknown[]) => ({ shared: { frames }, profiles })
const sampled = (o: object = {}) => ({
  type: 'sampled',
  name: 'p',
  unit: 'none',
  startValue: 0,
  endValue: 3,
  samples: [[0, 1], [0, 2], []],
  weights: [1, 2, 3],
  ...o,
})
const evented = (events: [string, number, number][], o: object = {}) => ({
  type: 'evented',
  name: 'p',
  unit: 'none',
  startValue: 0,
  endValue: 100,
  events: events.map(([type, frame, at]) => ({ type, frame, at })),
  ...o,
})

describe('sampled', () => {
  test('stacks, lines, functions shared by name and file', () => {
    const { profile, problems } = decode(file(sampled()))
    expect(rows(profile)).toEqual([
      ['a;b', [1], ''],
      ['a;b', [2], ''],
      ['', [3], ''],
    ])
    expect(profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }])
    expect(profile.functions.count).toBe(2)
    expect([...profile.lines.line.f]).toEqual([0, 7, 9])
    expect([...profile.lines.column.f]).toEqual([0, 3, 0])
    expect(problems).toEqual([])
  })

  test('whole times keep their unit, fractions become nanoseconds', () => {
    expect(decode(file(sampled({ unit: 'milliseconds' }))).profile.sampleTypes).toEqual([
      { type: 'time', unit: 'milliseconds' },
    ])
    const { profile } = decode(file(sampled({ unit: 'seconds', weights: [0.25, 1, 1e-9] })))
    expect(profile.sampleTypes).toEqual([{ type: 'time', unit: 'nanoseconds' }])
    expect([...profile.samples.value[0].f]).toEqual([250e6, 1e9, 1])
  })

  test('counts with fractions', () => {
    const { profile } = decode(file(sampled({ weights: [0.1, 2, 0.25] })))
    expect(profile.sampleTypes[0].unit).toBe('millicount')
    expect([...profile.samples.value[0].f]).toEqual([100, 2000, 250])
  })

  test('several profiles share a sample type for each kind of unit, and carry their name', () => {
    const { profile } = decode(
      file(
        sampled({ name: 'T1', unit: 'seconds', samples: [[0]], weights: [2] }),
        sampled({ name: 'T2', unit: 'milliseconds', samples: [[0]], weights: [5] }),
        sampled({ name: 'mem', unit: 'bytes', samples: [[0]], weights: [7] }),
      ),
    )
    expect(profile.sampleTypes).toEqual([
      { type: 'time', unit: 'nanoseconds' },
      { type: 'space', unit: 'bytes' },
    ])
    expect(rows(profile)).toEqual([
      ['a', [2e9, 0], 'profile=T1'],
      ['a', [5e6, 0], 'profile=T2'],
      ['a', [0, 7], 'profile=mem'],
    ])
  })

  test('files of goscope have one sample type for each profile, equal stacks joined', () => {
    const { profile } = decode({
      ...file(
        sampled({ name: 'alloc_objects' }),
        sampled({ name: 'alloc_space', unit: 'bytes', samples: [[0, 2], [0]], weights: [64, 8] }),
      ),
      exporter: 'goscope@0.1.0',
      activeProfileIndex: 1,
    })
    expect(profile.sampleTypes).toEqual([
      { type: 'alloc_objects', unit: 'count' },
      { type: 'alloc_space', unit: 'bytes' },
    ])
    expect(profile.defaultSampleType).toBe('alloc_space')
    expect(rows(profile).map(([s, v]) => [s, v])).toEqual([
      ['a;b', [1, 0]],
      ['a;b', [2, 64]],
      ['', [3, 0]],
      ['a', [0, 8]],
    ])
  })

  test('as many weights as samples, or a problem', () => {
    const { profile, problems } = decode(file(sampled({ weights: [1, 2] })))
    expect(profile.samples.count).toBe(2)
    expect(problems).toHaveLength(1)
  })

  test('an unknown unit is a problem', () => {
    const { profile, problems } = decode(file(sampled({ unit: 'parsecs' })))
    expect(profile.sampleTypes[0].unit).toBe('count')
    expect(problems).toHaveLength(1)
  })
})

describe('evented', () => {
  test('time goes to the open stack; equal stacks add up; idle time is left out', () => {
    const { profile, problems } = decode(
      file(
        evented([
          ['O', 0, 10],
          ['O', 1, 12],
          ['C', 1, 15],
          ['C', 0, 16],
          ['O', 0, 20],
          ['O', 1, 20],
          ['C', 1, 27],
          ['C', 0, 27],
        ]),
      ),
    )
    expect(rows(profile).map(([s, v]) => [s, v[0]])).toEqual([
      ['a', 3],
      ['a;b', 10],
    ])
    expect(problems).toEqual([])
  })

  test('recursion', () => {
    const { profile } = decode(
      file(
        evented([
          ['O', 0, 0],
          ['O', 0, 1],
          ['C', 0, 3],
          ['C', 0, 7],
        ]),
      ),
    )
    expect(rows(profile).map(([s, v]) => [s, v[0]])).toEqual([
      ['a', 5],
      ['a;a', 2],
    ])
  })

  test('fractions of a time unit', () => {
    const { profile } = decode(
      file(
        evented(
          [
            ['O', 0, 0.5],
            ['C', 0, 2],
          ],
          { unit: 'microseconds' },
        ),
      ),
    )
    expect(profile.sampleTypes).toEqual([{ type: 'time', unit: 'nanoseconds' }])
    expect(profile.samples.value[0].get(0)).toBe(1500)
  })

  test('disorder is mended and reported', () => {
    const closedOuter = decode(
      file(
        evented([
          ['O', 0, 0],
          ['O', 1, 1],
          ['C', 0, 5],
          ['C', 1, 6],
        ]),
      ),
    )
    expect(rows(closedOuter.profile).map(([s, v]) => [s, v[0]])).toEqual([
      ['a', 1],
      ['a;b', 4],
    ])
    expect(closedOuter.problems.map((p) => p.count)).toEqual([1, 1])
    const twoLeft = decode(
      file(
        evented([
          ['O', 0, 0],
          ['O', 1, 1],
          ['O', 1, 2],
          ['C', 0, 5],
          ['O', 0, 6],
          ['C', 0, 7],
        ]),
      ),
    )
    expect(rows(twoLeft.profile).map(([s, v]) => [s, v[0]])).toEqual([
      ['a', 2],
      ['a;b', 1],
      ['a;b;b', 3],
    ])
    const open = decode(file(evented([['O', 0, 90]])))
    expect(rows(open.profile).map(([s, v]) => [s, v[0]])).toEqual([['a', 10]])
    expect(open.problems).toHaveLength(1)
    const back = decode(
      file(
        evented([
          ['O', 0, 5],
          ['O', 1, 3],
          ['C', 1, 8],
          ['C', 0, 9],
        ]),
      ),
    )
    expect(rows(back.profile).map(([s, v]) => [s, v[0]])).toEqual([
      ['a', 1],
      ['a;b', 3],
    ])
    expect(back.problems).toHaveLength(1)
  })
})

describe('hostile input', () => {
  test('broken JSON, with the byte offset where it is told', () => {
    const text = JSON.stringify(file(sampled({ name: 'ü日' })))
    const at = text.indexOf('"unit"')
    const broken = `${text.slice(0, at)}?${text.slice(at)}`
    const e = errorOf(broken)
    expect(e.format).toBe('speedscope')
    expect(e.message.length).toBeLessThan(160)
    expect([-1, encodeUtf8(text.slice(0, at)).length]).toContain(e.offset)
    expect(errorOf(text.slice(0, 50)).offset).toBe(50)
    expect(errorOf('').offset).toBe(0)
    expect(errorOf('\uFEFF{"a":1} x').offset).toBe(11)
  })

  test.each([
    ['null', /the file is null/],
    ['[]', /the file is a list/],
    ['{}', /shared is missing/],
    ['{"shared":{"frames":{}},"profiles":[]}', /shared\.frames is an object/],
    ['{"shared":{"frames":[]},"profiles":[]}', /no profiles/],
    ['{"shared":{"frames":[null]},"profiles":[1]}', /shared\.frames\[0\] is null/],
    ['{"shared":{"frames":[{"name":5}]},"profiles":[1]}', /frames\[0\]\.name is not a text/],
    ['{"shared":{"frames":[]},"profiles":[7]}', /profiles\[0\] is a number/],
    ['{"shared":{"frames":[]},"profiles":[{"type":"sam"}]}', /profiles\[0\]\.type/],
    [file(sampled({ samples: [[9]], weights: [1] })), /samples\[0\]\[0\] is 9, but the file has 3 frames/],
    [file(sampled({ samples: [[0.5]], weights: [1] })), /is 0\.5/],
    [file(sampled({ samples: [[-1]], weights: [1] })), /is -1/],
    [file(sampled({ samples: [['0']], weights: [1] })), /is a text/],
    [file(sampled({ samples: [0], weights: [1] })), /samples\[0\] is a number, not a list/],
    [file(sampled({ weights: undefined })), /weights is missing/],
    [file(sampled({ weights: [1, 2, '3'] })), /weights\[2\] is a text/],
    [file(sampled({ weights: [1, 2, 1e300] })), /beyond 64 bits/],
    [JSON.stringify(file(sampled())).replace('[1,2,3]', '[1,2,1e999]'), /weights\[2\] is out of range/],
    [file(evented([['X', 0, 1]])), /neither "O" nor "C"/],
    [file(evented([['O', 8, 1]])), /events\[0\]\.frame is 8/],
    [file({ ...evented([]), events: [null] }), /events\[0\] is null/],
    [file({ ...evented([]), startValue: 'x' }), /startValue is a text/],
  ])('%j', (input, message) => {
    expect(errorOf(input).message).toMatch(message)
  })

  test('cut at every byte it is a DecodeError', () => {
    const whole = encodeUtf8(
      JSON.stringify({
        ...file(
          sampled(),
          evented([
            ['O', 0, 1],
            ['C', 0, 2],
          ]),
        ),
        exporter: 'ü@1',
      }),
    )
    for (let n = 0; n < whole.length; n++)
      expect(() => decodeSpeedscope(whole.subarray(0, n))).toThrow(DecodeError)
    expect(decodeSpeedscope(whole).profile.samples.count).toBe(4)
  })

  test('flipped bytes', () => {
    const whole = encodeUtf8(
      JSON.stringify(
        file(
          sampled(),
          evented([
            ['O', 0, 1],
            ['O', 1, 2],
            ['C', 1, 3],
            ['C', 0, 4],
          ]),
        ),
      ),
    )
    let seed = 99
    for (let round = 0; round < 3000; round++) {
      const b = whole.slice()
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      b[(seed >>> 8) % b.length] = seed >>> 24
      try {
        const { profile } = decodeSpeedscope(b)
        for (const l of profile.samples.frame) expect(l > 0 && l <= profile.locations.count).toBe(true)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    }
  })

  test('deep nesting, deep stacks and close events without end take linear time', () => {
    const begin = performance.now()
    expect(errorOf('['.repeat(200_000))).toBeInstanceOf(DecodeError)
    const n = 50_000
    const opens = Array.from({ length: n }, (_, i): [string, number, number] => ['O', i % 3, 0])
    const closes = Array.from({ length: n }, (_, i): [string, number, number] => ['C', i % 2, 0])
    expect(decode(file(evented([...opens, ...closes], { endValue: 0 }))).profile.samples.count).toBe(0)
    const many = Array.from({ length: 20_000 }, () => evented([['O', 0, 0]]))
    expect(decode(file(...many)).profile.samples.count).toBe(20_000)
    expect(performance.now() - begin).toBeLessThan(20_000)
  })

  test('a call chain whose every depth has time of its own is refused before it fills the memory', () => {
    const n = 30_000
    const events = Array.from({ length: n }, (_, i): [string, number, number] => ['O', 0, i])
    expect(errorOf(file(evented(events, { endValue: n }))).message).toMatch(/more than 67108864 frames/)
  })
})
