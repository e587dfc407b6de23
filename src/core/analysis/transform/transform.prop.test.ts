import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { samplesOf } from '../../../../test/kit/profile-from.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { packageOf } from './frame-names.ts'
import { applyTransform, FOLD_PARTS, TRANSFORM_OPS, type Transform } from './transform.ts'

const NAMES = [
  'main.main',
  'main.f',
  'main.(*T).g',
  'net/http.serve',
  'net/http.read',
  'runtime.goexit',
  'runtime.mallocgc',
  'runtime.gcDrain',
  'runtime.chansend1',
  'runtime.mapaccess1',
  'syscall.Read',
  'golang.org/x/sys/unix.Poll',
  'github.com/a/b.C',
  '',
] as const

/** Stacks of locations of one to three lines each, or none. */
const profiles: fc.Arbitrary<Profile> = fc
  .record({
    locations: fc.array(fc.array(fc.nat(NAMES.length - 1), { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
    stacks: fc.array(fc.tuple(fc.array(fc.nat(7), { maxLength: 9 }), fc.integer({ min: -5, max: 9 })), {
      maxLength: 8,
    }),
  })
  .map(({ locations, stacks }) => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'samples', unit: 'count' }]
    const fns = NAMES.map((name) => b.addFunction(name))
    const rows = locations.map((lines, k) =>
      b.addLocation({ address: 16 + k, lines: lines.map((n) => ({ fn: fns[n]!, line: n })) }),
    )
    for (const [stack, v] of stacks)
      b.addSample(
        stack.map((i) => rows[i % rows.length]!),
        [v],
      )
    return b.done()
  })

const transforms: fc.Arbitrary<Transform> = fc
  .record({
    op: fc.constantFrom(...TRANSFORM_OPS),
    fn: fc.constantFrom(...NAMES),
    part: fc.constantFrom(...FOLD_PARTS),
  })
  .map(({ op, fn, part }) => {
    if (op === 'package') return { op, name: packageOf(fn) }
    if (op === 'fold') return { op, name: part }
    return op === 'mine' ? { op, name: part === 'gc' ? 'module' : '' } : { op, name: fn }
  })

const total = (p: Profile): number => p.samples.value[0]!.f.reduce((a, b) => a + b, 0)
/** Inlining apart: a rewritten location may have lost the function that its lines were inlined into. */
const stacksOf = (p: Profile): string[] => samplesOf(p).map((s) => s.replaceAll('^', ''))

describe('laws of transforms', () => {
  test('twice is once', () => {
    fc.assert(
      fc.property(profiles, transforms, (p, t) => {
        const once = applyTransform(p, t)
        expect(stacksOf(applyTransform(once, t))).toEqual(stacksOf(once))
      }),
    )
  })
  test('samples and totals stay, but for focus, from and drop', () => {
    fc.assert(
      fc.property(profiles, transforms, (p, t) => {
        const out = applyTransform(p, t)
        if (t.op === 'focus' || t.op === 'from' || t.op === 'drop') return
        expect(out.samples.count).toBe(p.samples.count)
        expect(total(out)).toBe(total(p))
      }),
    )
  })
  test('focus and drop are two parts of the whole, and from keeps what focus keeps', () => {
    fc.assert(
      fc.property(profiles, fc.constantFrom(...NAMES), (p, name) => {
        const focus = applyTransform(p, { op: 'focus', name })
        const drop = applyTransform(p, { op: 'drop', name })
        expect(total(focus) + total(drop)).toBe(total(p))
        expect(focus.samples.count + drop.samples.count).toBe(p.samples.count)
        expect(applyTransform(p, { op: 'from', name }).samples.count).toBe(focus.samples.count)
      }),
    )
  })
  test('no stack grows, and rows stay within their tables', () => {
    fc.assert(
      fc.property(profiles, fc.array(transforms, { maxLength: 3 }), (p, list) => {
        const out = list.reduce(applyTransform, p)
        const { frame, stackStart, stackEnd, count } = out.samples
        for (let row = 0; row < count; row++)
          for (let i = stackStart[row]!; i < stackEnd[row]!; i++) {
            expect(frame[i]).toBeLessThanOrEqual(out.locations.count)
            expect(out.locations.lineEnd[frame[i]!]).toBeLessThanOrEqual(out.lines.count)
          }
        expect(new Set(out.locations.id.f).size).toBe(out.locations.count + 1)
      }),
    )
  })
})
