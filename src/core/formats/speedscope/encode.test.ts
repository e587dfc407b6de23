import { describe, expect, test } from 'vitest'
import { UserError } from '../../base/errors.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { encodeSpeedscope } from './encode.ts'

const tool = { name: 'goscope', version: '1.2' }

interface File {
  $schema: string
  exporter: string
  name?: string
  activeProfileIndex: number
  shared: { frames: { name: string; file?: string; line?: number }[] }
  profiles: {
    type: string
    name: string
    unit: string
    startValue: number
    endValue: number
    samples: number[][]
    weights: number[]
  }[]
}

const encodeText = (p: Profile, sampleType = 0): string =>
  [...encodeSpeedscope(p, { sampleType, tool })].map(decodeUtf8).join('')
const encode = (p: Profile, sampleType = 0): File => JSON.parse(encodeText(p, sampleType)) as File

function builder(...types: [string, string][]): ProfileBuilder {
  const b = new ProfileBuilder()
  b.sampleTypes = types.map(([type, unit]) => ({ type, unit }))
  return b
}

test('a whole file', () => {
  const b = builder(['samples', 'count'], ['cpu', 'nanoseconds'])
  const mapping = b.addMapping({ file: '/srv/bin/orders' })
  const run = b.addFunction('main.run', { filename: '/src/run.go', startLine: 10 })
  const inner = b.addFunction('main.inner', { filename: '/src/run.go' })
  const l1 = b.addLocation({
    mapping,
    lines: [
      { fn: inner, line: 44 },
      { fn: run, line: 12 },
    ],
  })
  const l2 = b.addLocation({
    mapping,
    lines: [
      { fn: inner, line: 41 },
      { fn: run, line: 13 },
    ],
  })
  const none = b.addLocation({ mapping, address: 5 })
  b.addSample([l1, none], [1, 100])
  b.addSample([l2, none], [2, 200])
  b.addSample([none], [0, 50])
  expect(encode(b.done(), 1)).toEqual({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'goscope@1.2',
    name: 'orders',
    activeProfileIndex: 1,
    shared: {
      frames: [
        { name: 'main.run', file: '/src/run.go', line: 10 },
        { name: 'main.inner', file: '/src/run.go', line: 41 },
        { name: '[orders]' },
      ],
    },
    profiles: [
      {
        type: 'sampled',
        name: 'samples',
        unit: 'none',
        startValue: 0,
        endValue: 3,
        samples: [[2, 0, 1]],
        weights: [3],
      },
      {
        type: 'sampled',
        name: 'cpu',
        unit: 'nanoseconds',
        startValue: 0,
        endValue: 350,
        samples: [[2, 0, 1], [2]],
        weights: [300, 50],
      },
    ],
  })
})

describe('units', () => {
  test.each([
    ['ns', 'nanoseconds', 7],
    ['microseconds', 'microseconds', 7],
    ['ms', 'milliseconds', 7],
    ['seconds', 'seconds', 7],
    ['minutes', 'seconds', 420],
    ['bytes', 'bytes', 7],
    ['kilobytes', 'bytes', 7168],
    ['count', 'none', 7],
    ['gadgets', 'none', 7],
    ['microcount', 'none', 0.000007],
  ])('%s', (unit, want, weight) => {
    const b = builder(['x', unit])
    b.addSample([b.addLocation({ address: 1 })], [7])
    const [p] = encode(b.done()).profiles
    expect([p.unit, p.weights[0], p.endValue]).toEqual([want, weight, weight])
  })
})

test('names of any characters stay valid JSON, in ASCII', () => {
  const b = builder(['x', 'count'])
  const names = ['"quoted\\"', 'line\nend', 'ü 日本 🙂', '\u2028', 'bad\udcff', '\u0000\u007f']
  b.addSample(
    names.map((name) => b.addLocation({ lines: [{ fn: b.addFunction(name) }] })),
    [1],
  )
  const text = encodeText(b.done())
  expect(/^[\n\x20-\x7e]*$/.test(text)).toBe(true)
  expect((JSON.parse(text) as File).shared.frames.map((f) => f.name)).toEqual([
    '"quoted\\"',
    'line\nend',
    'ü 日本 🙂',
    '\u2028',
    'bad\ufffd',
    '\u0000\u007f',
  ])
})

test('values beyond 2^53 are written with all digits', () => {
  const b = builder(['x', 'count'])
  b.addSample([b.addLocation({ address: 1 })], [9007199254740993n])
  expect(encodeText(b.done())).toContain('"weights":[9007199254740993],"endValue":9007199254740993')
})

test('without samples it is still a file', () => {
  const file = encode(builder(['x', 'bytes']).done())
  expect(file.profiles[0]).toMatchObject({ samples: [], weights: [], endValue: 0 })
  expect(file.shared.frames).toEqual([])
})

test('negative stacks and unknown sample types are refused before anything is written', () => {
  const b = builder(['a', 'count'])
  const l = b.addLocation({ address: 1 })
  b.addSample([l], [-5])
  expect(() => encodeText(b.done())).toThrow(UserError)
  expect(() => encodeText(builder(['x', 'count']).done(), 1)).toThrow(UserError)
  b.addSample([l], [6])
  expect(encode(b.done()).profiles[0].weights).toEqual([1])
})

test('chunks are of bounded size', () => {
  const b = builder(['x', 'count'])
  const stack = Array.from({ length: 40 }, (_, i) => b.addLocation({ address: i + 1 }))
  for (let i = 1; i <= 40; i++)
    for (let k = 0; k < 200; k++) b.addSample([...stack.slice(0, i), stack[k % 40], stack[k >> 3]], [1])
  const sizes = [...encodeSpeedscope(b.done(), { sampleType: 0, tool })].map((c) => c.length)
  expect(sizes.length).toBeGreaterThan(3)
  expect(Math.max(...sizes)).toBeLessThan(80_000)
})
