// Profiles that are damaged, or made to do damage: a DecodeError with its place, or a profile that every
// report can be made of.
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tryReports, writeReport } from '../../../test/kit/all-reports.ts'
import { plainProfile, writePlain } from '../../../test/kit/plain-profile.ts'
import { bytesField, numberField, textField, varint } from '../../../test/kit/proto-message.ts'
import { mergeProfiles } from '../analysis/merge.ts'
import { DecodeError } from '../base/errors.ts'
import { decodeProfile, ProfileDecoder } from '../formats/pprof/decode.ts'
import type { Profile } from '../model/profile.ts'
import type { Config } from '../reports/config.ts'
import { REPORTS } from '../reports/index.ts'

/** The profile, or undefined where the decoder refused it properly. Anything else thrown is a failure. */
function decoded(bytes: Uint8Array): Profile | undefined {
  try {
    return decodeProfile(bytes)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    expect(e.format).toBe('pprof')
    expect(e.message).not.toBe('')
    expect(e.offset).toBeGreaterThanOrEqual(-1)
    expect(e.offset).toBeLessThanOrEqual(bytes.length)
    return undefined
  }
}

const CONFIGS: readonly Partial<Config>[] = [
  {},
  { trim: false, callTree: true, granularity: 'lines' },
  { granularity: 'addresses', showColumns: true, mean: true, dropNegative: true },
  {
    focus: 'a|main',
    ignore: 'z',
    hide: 'r',
    tagRoot: 'k',
    tagLeaf: 'bytes',
    tagFocus: '1:5',
    noInlines: true,
  },
]

/** Whatever becomes of it, it becomes that in time. Reports take turns with their settings. */
function endure(bytes: Uint8Array, turn: number): 'refused' | 'read' {
  const p = decoded(bytes)
  if (p === undefined) return 'refused'
  tryReports(p, CONFIGS[turn % CONFIGS.length]!)
  mergeProfiles([p, p])
  return 'read'
}

function random(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const SMALL = writePlain(
  fc.sample(
    plainProfile.filter((p) => p.samples.length > 2 && p.locations.length > 2 && p.functions.length > 1),
    { seed: 11, numRuns: 1 },
  )[0]!,
  { seed: 1, unusual: false, packed: true },
)

const folder = new URL('../../../examples/orders/go1.26/', import.meta.url)
const CAPTURES = readdirSync(folder)
  .filter((name) => name.endsWith('.pb.gz'))
  .map((name): [string, Uint8Array] => [
    name,
    // A copy: slices of a Buffer are no copies.
    new Uint8Array(gunzipSync(readFileSync(new URL(name, folder)))),
  ])

describe('damaged profiles', () => {
  test('cut off anywhere', () => {
    const outcomes = new Set<string>()
    for (let n = 0; n < SMALL.length; n++) outcomes.add(endure(SMALL.subarray(0, n), n))
    expect(outcomes).toEqual(new Set(['refused', 'read']))
  })

  test('every byte with every bit flipped', () => {
    const read = { refused: 0, read: 0 }
    for (let at = 0; at < SMALL.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const bytes = SMALL.slice()
        bytes[at] ^= 1 << bit
        // Reports of one in eight: they are what takes the time.
        if (bit === at % 8) read[endure(bytes, at)]++
        else decoded(bytes)
      }
    expect(read.refused).toBeGreaterThan(50)
    expect(read.read).toBeGreaterThan(50)
  })

  test('the same error or profile in chunks', () => {
    const draw = random(5)
    for (let k = 0; k < 1000; k++) {
      const bytes = SMALL.slice(0, 1 + draw(SMALL.length))
      for (let i = draw(3); i >= 0; i--) bytes[draw(bytes.length)] = draw(256)
      const outcome = (run: () => Profile): string => {
        try {
          return `read ${run().samples.count}`
        } catch (e) {
          return String(e)
        }
      }
      const whole = outcome(() => decodeProfile(bytes))
      const cut = outcome(() => {
        const d = new ProfileDecoder()
        for (let at = 0; at < bytes.length; ) {
          const n = 1 + draw(30)
          d.feed(bytes.subarray(at, at + n))
          at += n
        }
        return d.end()
      })
      expect(cut.replace(/ \(\d+ bytes.*/, '')).toBe(whole.replace(/ \(\d+ bytes.*/, ''))
    }
  })

  test.each(CAPTURES)('%s, mutated', (_, capture) => {
    const draw = random(capture.length)
    const read = { refused: 0, read: 0 }
    const tries = 400
    for (let k = 0; k < tries; k++) {
      let bytes = capture.slice()
      for (let i = draw(2); i >= 0; i--) {
        const at = draw(bytes.length)
        const how = draw(9)
        if (how === 0) bytes[at] = draw(256)
        else if (how === 1) bytes[at] ^= 1 << draw(8)
        else if (how === 2) bytes[at] = 255
        else if (how === 3) bytes = bytes.slice(0, at + 1)
        else if (how === 4) bytes.copyWithin(at, draw(bytes.length), draw(bytes.length))
        else bytes[at] = (bytes[at]! & 0x80) | draw(128)
      }
      // Reports take most of the time: large captures get fewer.
      const p = decoded(bytes)
      read[p === undefined ? 'refused' : 'read']++
      if (p !== undefined && k % Math.ceil(capture.length / 5000) === 0)
        tryReports(p, CONFIGS[k % CONFIGS.length]!)
    }
    expect(Math.min(read.refused, read.read)).toBeGreaterThan(50)
  })

  test('bytes of no meaning', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (bytes, turn) => {
        endure(bytes, turn)
      }),
      { seed: 3, numRuns: 3000 },
    )
  })
})

describe('profiles made to do damage', () => {
  const head = [...bytesField(1, [8, 1, 16, 2]), ...['', 't', 'u', 'k', 'v'].flatMap((s) => textField(6, s))]
  const profile = (...parts: (readonly number[])[]): Uint8Array => Uint8Array.from([...head, ...parts.flat()])
  const fn = (id: bigint | number, name: bigint | number = 1): number[] =>
    bytesField(5, [...numberField(1, id), ...numberField(2, name)])
  const location = (id: bigint | number, ...lines: (readonly number[])[]): number[] =>
    bytesField(4, [...numberField(1, id), ...lines.flatMap((l) => bytesField(4, l))])
  const sample = (
    stack: readonly (bigint | number)[],
    values: readonly (bigint | number)[],
    ...rest: number[][]
  ): number[] =>
    bytesField(2, [
      ...bytesField(
        1,
        stack.flatMap((id) => varint(id)),
      ),
      ...bytesField(
        2,
        values.flatMap((v) => varint(v)),
      ),
      ...rest.flat(),
    ])
  const error = (bytes: Uint8Array): string => {
    try {
      decodeProfile(bytes)
    } catch (e) {
      expect(e).toBeInstanceOf(DecodeError)
      return (e as Error).message
    }
    return 'read'
  }

  test.each<[string, Uint8Array, string | RegExp]>([
    ['a name 2^31', profile(fn(1, 2 ** 31)), 'string index 2147483648 is outside'],
    ['a name 2^64-1', profile(fn(1, 2n ** 64n - 1n)), 'string index -1 is outside'],
    ['a comment 2^63', profile(numberField(13, 2n ** 63n)), 'string index -9223372036854775808 is outside'],
    [
      'a key of a label beyond',
      profile(sample([], [1], bytesField(3, [...numberField(1, 9), 16, 1]))),
      'string index 9 is outside',
    ],
    ['a type beyond', profile(bytesField(1, numberField(1, 5))), 'string index 5 is outside'],
    ['a location id 0', profile(location(0)), 'found location with reserved id=0'],
    ['a function id 0', profile(fn(0)), 'found function with reserved id=0'],
    ['a mapping id 0', profile(bytesField(3, [])), 'found mapping with reserved id=0'],
    [
      'two locations 2^64-1',
      profile(location(2n ** 64n - 1n), location(2n ** 64n - 1n)),
      'multiple locations with same id: 18446744073709551615',
    ],
    ['two functions 7', profile(fn(7), fn(7)), 'multiple functions with same id: 7'],
    ['a frame 0', profile(location(1), sample([0], [1])), 'none with id 0'],
    ['a frame too many', profile(location(1), sample([2], [1])), 'none with id 2'],
    [
      'a frame 2^64-1',
      profile(location(1), sample([2n ** 64n - 1n], [1])),
      'none with id 18446744073709551615',
    ],
    ['a line without function', profile(location(3, [])), 'location id: 3 has a line with nil function'],
    ['two values of one type', profile(sample([], [1, 2])), 'sample has 2 values vs. 1 types'],
    ['no value', profile(sample([], [])), 'sample has 0 values vs. 1 types'],
    [
      'values before all types',
      Uint8Array.from([...sample([], [1]), ...head, ...bytesField(1, [])]),
      '1 values vs. 2 types',
    ],
    [
      'no type at all',
      Uint8Array.from([...textField(6, ''), ...sample([], [1])]),
      'missing sample type information',
    ],
    ['1000 values', profile(sample([], new Array(1000).fill(1))), 'more values than there are sample types'],
    ['a first string that is not empty', Uint8Array.from(textField(6, 'x')), "first entry is not ''"],
    ['two times', profile(numberField(9, 5), numberField(9, 6)), 'concatenated profiles'],
    ['a length of 2^62', profile([0x12, ...varint(2n ** 62n)], new Array(40).fill(0)), 'longer than'],
    ['a tag of 11 bytes', profile(new Array(11).fill(0x80), new Array(20).fill(0)), 'longer than 10 bytes'],
    ['a group', profile([0x0b, 0x0c], new Array(20).fill(0)), 'unknown wire type 3'],
    [
      'a frame across the end of its list',
      profile(bytesField(2, [0x0a, 1, 0x80, 0x12, 1, 1])),
      'in the middle',
    ],
    ['a value across the end of its list', profile(bytesField(2, [0x12, 1, 0xff, 0x01])), 'in the middle'],
    ['a list across the end of its sample', profile(bytesField(2, [0x0a, 5, 1])), 'longer than'],
    ['nothing', new Uint8Array(0), 'empty input file'],
    ['2000 types', profile(...new Array(2000).fill([0x0a, 0])), 'too many sample types'],
    ['100000 comments', profile(bytesField(13, new Array(100_000).fill(0))), 'too many comments'],
  ])('%s', (_, bytes, message) => {
    expect(error(bytes)).toMatch(message)
  })

  const inTime = (ms: number, run: () => void): void => {
    const start = performance.now()
    run()
    expect(performance.now() - start).toBeLessThan(ms)
  }
  const endureAll = (bytes: Uint8Array, configs = CONFIGS): void => {
    const p = decodeProfile(bytes)
    expect(mergeProfiles([p, p]).samples.count).toBeGreaterThan(0)
    for (const config of configs) tryReports(p, config)
  }
  const many = (n: number, part: (i: number) => readonly number[]): Buffer =>
    Buffer.concat(Array.from({ length: n }, (_, i) => Uint8Array.from(part(i))))
  /** A location i+1 of a function i+1 of its own for each i. */
  const frames = (n: number): Buffer =>
    Buffer.concat([
      many(n, (i) => textField(6, `f${i}`)),
      many(n, (i) => fn(i + 1, i + 5)),
      many(n, (i) => location(i + 1, numberField(1, i + 1))),
    ])
  const stackOf = (ids: readonly number[]): Buffer =>
    Buffer.from(
      bytesField(2, [...bytesField(1, Array.from(ids, (id) => varint(id)).flat()), ...bytesField(2, [1])]),
    )
  const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)

  test('a stack of many frames, all different or all the same', () => {
    inTime(20_000, () => {
      endureAll(Buffer.concat([Uint8Array.from(head), frames(6_000), stackOf(count(6_000))]))
      endureAll(
        Buffer.concat([Uint8Array.from(head), frames(2), stackOf(count(20_000).map((i) => 1 + (i % 2)))]),
      )
    })
  })

  test('a function that calls everything, and one that everything calls', () => {
    const n = 130_000
    const star = many(n, (i) => sample([i + 1, n + 1], [1]))
    const p = decodeProfile(Buffer.concat([Uint8Array.from(head), frames(n + 1), star]))
    const sink = { text: () => {}, bytes: () => {} }
    inTime(20_000, () => {
      writeReport(p, { name: 'dot', kind: REPORTS.dot }, { trim: false }, sink)
    })
  })

  test('ids that no double tells apart', () => {
    const n = 40_000
    const locations = many(n, (i) => location(2n ** 63n + BigInt(i)))
    const samples = Uint8Array.from(sample([2n ** 63n + 1n, 2n ** 63n], [1]))
    inTime(5000, () => {
      const p = decodeProfile(Buffer.concat([Uint8Array.from(head), locations, samples]))
      expect([...p.samples.frame]).toEqual([2, 1])
    })
  })

  test('a location of many lines', () => {
    const n = 10_000
    const lines = location(1, ...count(n).map((i) => numberField(1, i)))
    const names = many(n, (i) => textField(6, `f${i}`))
    const functions = many(n, (i) => fn(i + 1, i + 5))
    inTime(20_000, () =>
      endureAll(
        Buffer.concat([Uint8Array.from(head), names, functions, Uint8Array.from(lines), stackOf([1, 1])]),
        CONFIGS.slice(0, 2),
      ),
    )
  })

  test.each<[string, (i: number) => number[]]>([
    ['of one key', (i) => [...numberField(1, 3), ...numberField(2, 5 + i)]],
    ['of as many keys', (i) => [...numberField(1, 5 + i), ...numberField(2, 4)]],
    ['that are numbers', (i) => [...numberField(1, 3), ...numberField(3, i + 1)]],
  ])('a sample with 100000 labels %s', (_, label) => {
    const n = 100_000
    const names = many(n, (i) => textField(6, `l${i}`))
    const labels = many(n, (i) => bytesField(3, label(i)))
    const content = Buffer.concat([Uint8Array.from([...bytesField(1, [1]), ...bytesField(2, [1])]), labels])
    const field = Buffer.concat([Uint8Array.from([0x12, ...varint(content.length)]), content])
    inTime(20_000, () =>
      endureAll(
        Buffer.concat([
          Uint8Array.from([...head, ...fn(1), ...location(1, numberField(1, 1))]),
          names,
          field,
        ]),
        [{}],
      ),
    )
  })

  test('as many sets of labels as samples', () => {
    const n = 60_000
    const names = many(n, (i) => textField(6, `l${i}`))
    const samples = many(n, (i) =>
      sample([1], [1], bytesField(3, [...numberField(1, 3), ...numberField(2, 5 + i)])),
    )
    inTime(20_000, () => {
      const p = decodeProfile(
        Buffer.concat([
          Uint8Array.from([...head, ...fn(1), ...location(1, numberField(1, 1))]),
          names,
          samples,
        ]),
      )
      expect(p.labelSets.count).toBe(n + 1)
      tryReports(p)
    })
  })

  test('long names, and what is slow to look at', () => {
    const texts = ['x', '/', '\t', 'a/', '\u0000', '.', '\uffff', '::', '(', '<', '../'].map((s) =>
      s.repeat(Math.ceil(2e5 / s.length)),
    )
    const names = many(texts.length, (i) => textField(6, `${texts[i]}a`))
    const functions = many(texts.length, (i) =>
      bytesField(5, [...numberField(1, i + 1), ...numberField(2, i + 5), ...numberField(4, i + 5)]),
    )
    const locations = many(texts.length, (i) => location(i + 1, numberField(1, i + 1)))
    const labels = count(texts.length).map((i) =>
      bytesField(3, [...numberField(1, 3), ...numberField(2, i + 4)]),
    )
    const mapping = Uint8Array.from(bytesField(3, [...numberField(1, 1), ...numberField(5, 6)]))
    const samples = Uint8Array.from(
      count(texts.length).flatMap((i) => sample([i, 1 + (i % texts.length)], [i], ...labels)),
    )
    inTime(30_000, () =>
      endureAll(Buffer.concat([Uint8Array.from(head), mapping, names, functions, locations, samples])),
    )
  })
})
