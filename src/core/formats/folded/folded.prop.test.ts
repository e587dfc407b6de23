import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addInt, type Int, toInt } from '../../base/int64.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { decodeFolded } from './decode.ts'
import { encodeFolded } from './encode.ts'

const tool = { name: 'goscope', version: '1' }

interface Row {
  readonly stack: readonly string[]
  readonly values: readonly Int[]
}

function profileOf(rows: readonly Row[]): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'x', unit: 'count' },
    { type: 'y', unit: 'count' },
  ]
  const known = new Map<string, number>()
  for (const { stack, values } of rows) {
    const locations = stack.map((name) => {
      const row = known.get(name) ?? b.addLocation({ lines: [{ fn: b.addFunction(name) }] })
      known.set(name, row)
      return row
    })
    b.addSample(locations.reverse(), values)
  }
  return b.done()
}

/** Stack text -> exact sum, as an independent reading of the rows. */
function sums(rows: readonly Row[], k: number): Map<string, Int> {
  const out = new Map<string, Int>()
  for (const { stack, values } of rows) {
    const key = stack.join(';')
    out.set(key, addInt(out.get(key) ?? 0, values[k]))
  }
  for (const [key, v] of out) if (v === 0) out.delete(key)
  return out
}

function decodedSums(p: Profile): Map<string, Int> {
  const out = new Map<string, Int>()
  for (let s = 0; s < p.samples.count; s++) {
    const stack = [...p.samples.frame.subarray(p.samples.stackStart[s], p.samples.stackEnd[s])].reverse()
    const key = stack
      .map((l) => p.strings.get(p.functions.name[p.lines.fn[p.locations.lineStart[l]]]))
      .join(';')
    expect(out.has(key)).toBe(false)
    out.set(key, p.samples.value[0].get(s))
  }
  return out
}

function encoded(p: Profile, sampleType: number): Uint8Array {
  const chunks = [...encodeFolded(p, { sampleType, tool })]
  const out = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0))
  let at = 0
  for (const c of chunks) {
    out.set(c, at)
    at += c.length
  }
  return out
}

/** Names that need no replacing; few of them, so that stacks repeat and share beginnings. */
const plainName = fc.constantFrom(
  'a',
  'ab',
  'abc',
  'main.(*T).run',
  'ü',
  '日本',
  'f x',
  'g  ',
  '5',
  'x.1',
  '-3',
  '#x',
)
const value: fc.Arbitrary<Int> = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map(toInt),
)
const row = (name: fc.Arbitrary<string>): fc.Arbitrary<Row> =>
  fc.record({ stack: fc.array(name, { minLength: 1, maxLength: 6 }), values: fc.tuple(value, value) })

test('decode(encode(p)) has the stacks and the exact sums of p', () => {
  const plain = fc.array(row(plainName), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(plain, fc.nat(1), (rows, k) => {
      const usable = rows.filter(
        (r) =>
          !r.stack[0].startsWith('#') && r.values.every((v) => typeof v === 'number' || v > -(2n ** 63n)),
      )
      const want = sums(usable, k)
      fc.pre(want.size > 0 && ![...want.values()].includes(-(2n ** 63n)))
      const { profile, problems } = decodeFolded(encoded(profileOf(usable), k))
      expect(problems).toEqual([])
      expect(decodedSums(profile)).toEqual(want)
    }),
    { numRuns: 500 },
  )
})

test('whatever names hold, depth and total survive', () => {
  const wild = fc.string({
    unit: fc.constantFrom('a', ';', ' ', '\n', '\r', '\t', '7', '.', '-', '#', 'é', '\0'),
    minLength: 1,
    maxLength: 8,
  })
  const rows = fc.array(
    fc.record({
      stack: fc.array(wild, { minLength: 1, maxLength: 5 }),
      values: fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.constant(0)),
    }),
    { minLength: 1, maxLength: 12 },
  )
  fc.assert(
    fc.property(rows, (rs) => {
      const { profile, problems } = decodeFolded(encoded(profileOf(rs), 0))
      expect(problems).toEqual([])
      expect(profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }])
      let total = 0
      const depths = new Set<number>()
      for (let s = 0; s < profile.samples.count; s++) {
        total += profile.samples.value[0].f[s]
        depths.add(profile.samples.stackEnd[s] - profile.samples.stackStart[s])
      }
      expect(total).toBe(rs.reduce((n, r) => n + Number(r.values[0]), 0))
      expect(depths).toEqual(new Set(rs.map((r) => r.stack.length)))
    }),
    { numRuns: 500 },
  )
})

test('encoding what was decoded gives the same bytes from then on', () => {
  fc.assert(
    fc.property(fc.array(row(plainName), { minLength: 1, maxLength: 20 }), (rows) => {
      const first = encoded(profileOf(rows), 0)
      fc.pre(first.length > 0)
      fc.pre(!new TextDecoder().decode(first).includes('-9223372036854775808'))
      expect(encoded(decodeFolded(first).profile, 0)).toEqual(first)
    }),
    { numRuns: 300 },
  )
})
