import { describe, expect, test } from 'vitest'
import { UserError } from '../../base/errors.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { encodeFolded, foldedName } from './encode.ts'

const tool = { name: 'goscope', version: '1' }

function encode(p: Profile, sampleType = 0): string {
  return [...encodeFolded(p, { sampleType, tool })].map(decodeUtf8).join('')
}

function builder(...types: string[]): ProfileBuilder {
  const b = new ProfileBuilder()
  b.sampleTypes = types.map((type) => ({ type, unit: 'count' }))
  return b
}

const location = (b: ProfileBuilder, ...names: string[]): number =>
  b.addLocation({ lines: names.map((name) => ({ fn: b.addFunction(name) })) })

describe('stacks', () => {
  test('merged by names, summed exactly, in the order of first occurrence', () => {
    const b = builder('cpu', 'n')
    const main = location(b, 'main')
    const one = location(b, 'run')
    const other = location(b, 'run')
    b.addSample([one, main], [5, 1])
    b.addSample([main], [9007199254740993n, 0])
    b.addSample([other, main], [6, 2], [{ key: 'k', text: 'v' }])
    b.addSample([main], [1, 0])
    const p = b.done()
    expect(encode(p, 0)).toBe('main;run 11\nmain 9007199254740994\n')
    expect(encode(p, 1)).toBe('main;run 3\n')
  })

  test('sums that pass 2^53 and come back stay exact', () => {
    const b = builder('n')
    const main = location(b, 'main')
    for (const v of [9007199254740991, 9007199254740991, 3, -9007199254740991, -9007199254740991]) {
      b.addSample([main], [v])
    }
    expect(encode(b.done())).toBe('main 3\n')
  })

  test('a sum of 0 gives no line, a negative one does', () => {
    const b = builder('n')
    const x = location(b, 'x')
    const y = location(b, 'y')
    b.addSample([x], [4])
    b.addSample([y], [-7])
    b.addSample([x], [-4])
    expect(encode(b.done())).toBe('y -7\n')
  })

  test('inlined functions are frames: the function first, the innermost callee last', () => {
    const b = builder('n')
    b.addSample([location(b, 'inner', 'middle', 'outer'), location(b, 'main')], [1])
    expect(encode(b.done())).toBe('main;outer;middle;inner 1\n')
  })

  test('no stack: nothing before the count', () => {
    const b = builder('n')
    b.addSample([], [3])
    expect(encode(b.done())).toBe(' 3\n')
  })

  test('frames without a name', () => {
    const b = builder('n')
    const mapping = b.addMapping({ file: '/usr/lib/libc.so.6' })
    const fn = b.addFunction('')
    const stack = [
      b.addLocation({ mapping, address: 0x10 }),
      b.addLocation({ address: 0xffffffff81b6ccb2n }),
      b.addLocation({}),
      b.addLocation({ mapping, lines: [{ fn }] }),
    ]
    b.addSample(stack.reverse(), [1])
    expect(encode(b.done())).toBe('[libc.so.6];0xffffffff81b6ccb2;<unknown>;[libc.so.6] 1\n')
  })

  test('values with decimals are written as the fractions they were', () => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'samples', unit: 'millicount' }]
    const names = ['a', 'b', 'c', 'd'].map((n) => location(b, n))
    for (const [i, v] of [1500, -5, 2000, 123].entries()) b.addSample([names[i]], [v])
    expect(encode(b.done())).toBe('a 1.5\nb -0.005\nc 2\nd 0.123\n')
  })

  test('numbers of every length', () => {
    const b = builder('n')
    const values = [1, 9, 10, 99, 100, 4294967295, 4294967296, 123456789012345]
    for (const [i, v] of values.entries()) b.addSample([location(b, `f${i}_`)], [v])
    expect(encode(b.done())).toBe(values.map((v, i) => `f${i}_ ${v}\n`).join(''))
  })

  test('an unknown sample type is the caller mistake', () => {
    expect(() => encode(builder('n').done(), 1)).toThrow(UserError)
  })

  test('chunks are of bounded size, are not reused, and together hold every line', () => {
    const b = builder('n')
    for (let i = 0; i < 20_000; i++) b.addSample([location(b, `some.package.function${i}_`)], [i + 1])
    const chunks = [...encodeFolded(b.done(), { sampleType: 0, tool })]
    expect(chunks.length).toBeGreaterThan(5)
    expect(Math.max(...chunks.map((c) => c.length))).toBeLessThan(80_000)
    const lines = chunks.map(decodeUtf8).join('').split('\n')
    expect(lines.length).toBe(20_001)
    expect(lines[19_999]).toBe('some.package.function19999_ 20000')
  })
})

describe('foldedName', () => {
  test.each([
    ['main.F[go.shape.struct { a int; b string }]', 'main.F[go.shape.struct { a int: b string }]'],
    ['a\r\nb\0c', 'a  b c'],
    ['worker 7', 'worker_7'],
    ['worker \t-7.5 ', 'worker_-7.5 '],
    ['worker 7a', 'worker 7a'],
    ['7', '7'],
    ['(*T).Read', '(*T).Read'],
    ['a  ', 'a  '],
  ])('%j', (name, want) => {
    expect(foldedName(name)).toBe(want)
  })

  test('takes linear time', () => {
    const begin = performance.now()
    foldedName(`a${' '.repeat(1_000_000)}b`)
    foldedName('1 '.repeat(500_000))
    expect(performance.now() - begin).toBeLessThan(5_000)
  })

  test('a root that starts with # is no comment', () => {
    const b = builder('n')
    const hash = location(b, '#private')
    b.addSample([hash, hash], [1])
    expect(encode(b.done())).toBe('_#private;#private 1\n')
  })
})
