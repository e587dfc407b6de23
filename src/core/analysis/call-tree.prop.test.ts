import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPlain, plainProfile } from '../../../test/kit/plain-profile.ts'
import { buildCallTree, rowWeight } from './call-tree.ts'

const options = fc.record({
  by: fc.constantFrom('function' as const, 'line' as const),
  inverted: fc.boolean(),
  difference: fc.boolean(),
})
const wrap = (v: bigint): bigint => BigInt.asIntN(64, v)

describe('laws of the call tree', () => {
  test('self adds up to the samples, total is self and children, whatever is left out', () => {
    fc.assert(
      fc.property(plainProfile, options, fc.constantFrom(0, 1, 1e6, 2 ** 60), (plain, o, leastWeight) => {
        const p = buildPlain(plain)
        const t = buildCallTree(p, { ...o, value: 0, leastWeight })
        let samples = 0n
        for (let row = 0; row < p.samples.count; row++) samples += BigInt(p.samples.value[0]!.get(row))
        let self = 0n
        const sum = new Array<bigint>(t.count).fill(0n)
        for (let row = t.count - 1; row >= 0; row--) {
          const own = BigInt(t.self.get(row)) + BigInt(t.left.get(row))
          self += own
          sum[row] = sum[row]! + own
          expect(BigInt(t.total.get(row))).toBe(wrap(sum[row]!))
          if (row > 0) sum[t.parent[row]!] = sum[t.parent[row]!]! + sum[row]!
        }
        expect(wrap(self)).toBe(wrap(samples))
        if (leastWeight === 0) expect([t.leftCount, [...t.left.f].every((v) => v === 0)]).toEqual([0, true])
      }),
    )
  })

  test('parents come first, children lie side by side and are distinct, none is heavier than its parent', () => {
    fc.assert(
      fc.property(plainProfile, options, fc.constantFrom(0, 1e6), (plain, o, leastWeight) => {
        const p = buildPlain(plain)
        const magnitude = p.samples.value[0]!.f.reduce((sum, v) => sum + Math.abs(v), 0)
        const t = buildCallTree(p, { ...o, value: 0, leastWeight })
        const seen = new Uint8Array(t.count)
        for (let row = 0; row < t.count; row++) {
          const frames = new Set<number>()
          let weight = 0
          for (let k = 0; k < t.childCount[row]!; k++) {
            const child = t.firstChild[row]! + k
            expect(child).toBeGreaterThan(row)
            expect(t.parent[child]).toBe(row)
            seen[child] = 1
            frames.add(t.frame[child]!)
            weight += rowWeight(t, child)
          }
          expect(frames.size).toBe(t.childCount[row])
          // Totals wrap at 64 bits; sums of doubles round.
          if (t.signed !== undefined || magnitude < 2 ** 63)
            expect(weight).toBeLessThanOrEqual(rowWeight(t, row) * (1 + 1e-12))
        }
        expect(seen.subarray(1).every((v) => v === 1)).toBe(true)
      }),
    )
  })

  test('the same leaves, whichever way it is read', () => {
    fc.assert(
      fc.property(plainProfile, (plain) => {
        const p = buildPlain(plain)
        const build = (inverted: boolean) =>
          buildCallTree(p, { value: 0, by: 'function', inverted, leastWeight: 0, frameSums: true })
        const down = build(false)
        const up = build(true)
        expect(up.total.get(0)).toBe(down.total.get(0))
        const sums = (t: typeof up): string[] =>
          [...t.frames.name.keys()]
            .map(
              (f) => `${p.strings.get(t.frames.name[f]!)} ${t.frameSums!.self[f]} ${t.frameSums!.total[f]}`,
            )
            .sort()
        expect(sums(up)).toEqual(sums(down))
      }),
    )
  })
})
