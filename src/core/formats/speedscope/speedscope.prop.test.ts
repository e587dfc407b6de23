import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { decodeSpeedscope } from './decode.ts'
import { encodeSpeedscope } from './encode.ts'

interface Row {
  readonly stack: readonly number[]
  readonly values: readonly [number, number]
}

const NAMES = ['main', 'a;b', '"x"', 'line\nend', '日本', '#', '', ' ']

function profileOf(rows: readonly Row[]): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'objects', unit: 'count' },
    { type: 'space', unit: 'bytes' },
  ]
  const locations = NAMES.map((name, i) =>
    b.addLocation({ address: i + 1, lines: [{ fn: b.addFunction(name, { filename: `${i}.go` }) }] }),
  )
  for (const r of rows) b.addSample(r.stack.map((i) => locations[i]).reverse(), r.values)
  return b.done()
}

function bytesOf(p: Profile): Uint8Array {
  return Uint8Array.from(
    [...encodeSpeedscope(p, { sampleType: 0, tool: { name: 'goscope', version: '0' } })].flatMap((c) => [
      ...c,
    ]),
  )
}

function sums(p: Profile, k: number): Map<string, number> {
  const out = new Map<string, number>()
  for (let s = 0; s < p.samples.count; s++) {
    const stack = [...p.samples.frame.subarray(p.samples.stackStart[s], p.samples.stackEnd[s])].reverse()
    const key = JSON.stringify(
      stack.map((l) => {
        const fn = p.lines.fn[p.locations.lineStart[l]]
        // A function without a name prints as its address.
        return p.strings.get(p.functions.name[fn]) || `0x${p.locations.address.f[l].toString(16)}`
      }),
    )
    out.set(key, (out.get(key) ?? 0) + p.samples.value[k].f[s])
  }
  for (const [key, v] of out) if (v === 0) out.delete(key)
  return out
}

test('decode(encode(p)) has the stacks, weights and types of p', () => {
  const row: fc.Arbitrary<Row> = fc.record({
    stack: fc.array(fc.nat(NAMES.length - 1), { maxLength: 6 }),
    values: fc.tuple(fc.nat(50), fc.nat(2 ** 40)),
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 25 }), (rows) => {
      const p = profileOf(rows)
      const { profile, problems } = decodeSpeedscope(bytesOf(p))
      expect(problems).toEqual([])
      expect(profile.sampleTypes).toEqual(p.sampleTypes)
      for (const k of [0, 1]) expect(sums(profile, k)).toEqual(sums(p, k))
      // Stable from then on.
      expect(decodeSpeedscope(bytesOf(profile)).profile.samples.count).toBe(profile.samples.count)
    }),
    { numRuns: 300 },
  )
})
