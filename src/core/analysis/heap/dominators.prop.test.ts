import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeapDumpDecoder } from '../../formats/heapdump/decode.ts'
import { HandmadeDump, to } from '../../formats/heapdump/handmade-dump.ts'
import { analyseHeap, type HeapAnalysis } from './analyse.ts'
import { type HeapGraph, NONE } from './graph.ts'

function successors(g: HeapGraph, node: number): number[] {
  const { start, to: targets } = node < g.objects ? g.inner : g.outer
  const row = node < g.objects ? node : node - g.objects
  return Array.from(targets.subarray(start[row], start[row + 1])).filter((n) => n !== NONE)
}

/** What the top reaches without passing `without`. */
function reached(g: HeapGraph, without: number): Set<number> {
  const seen = new Set<number>()
  const open = without === g.top ? [] : [g.top]
  while (open.length > 0) {
    const node = open.pop()!
    if (seen.has(node) || node === without) continue
    seen.add(node)
    open.push(...successors(g, node))
  }
  return seen
}

/** A heap of up to a dozen objects with two pointers each, and some roots. */
const heaps = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.record({
    edges: fc.array(fc.tuple(fc.nat(n), fc.nat(n)), { minLength: n, maxLength: n }),
    data: fc.array(fc.nat(n - 1), { maxLength: 4 }),
    sure: fc.array(fc.nat(n - 1), { maxLength: 2 }),
    maybe: fc.array(fc.nat(n - 1), { maxLength: 2 }),
    final: fc.array(fc.nat(n - 1), { maxLength: 2 }),
  }),
)

function analyse(h: {
  edges: readonly (readonly [number, number])[]
  data: readonly number[]
  sure: readonly number[]
  maybe: readonly number[]
  final: readonly number[]
}): HeapAnalysis {
  const d = new HandmadeDump()
  const at = (k: number): number => 0x2000 + 16 * k
  // The number behind the last object leads nowhere.
  for (const [k, [a, b]] of h.edges.entries()) d.object(at(k), [to(at(a)), to(at(b))])
  d.goroutine(1)
  d.frame(
    'main.f',
    h.sure.map((k) => to(at(k))),
    h.maybe.map(at),
  )
  d.segment(
    'data',
    h.data.map((k) => to(at(k))),
  ).segment('bss', [])
  for (const k of h.final) d.finalizer(at(k))
  const decoder = new HeapDumpDecoder()
  decoder.feed(d.done())
  return analyseHeap(decoder.done().dump, undefined)
}

test('retained is what becomes unreachable without the node', () => {
  fc.assert(
    fc.property(heaps, (h) => {
      const a = analyse(h)
      const g = a.graph
      const all = reached(g, NONE)
      for (let node = 0; node < g.count; node++) {
        const left = reached(g, node)
        let bytes = 0
        for (const n of all) if (n < g.objects && !left.has(n)) bytes += 16
        expect(a.retained[node]).toBe(all.has(node) ? bytes : 0)
      }
    }),
    { numRuns: 300 },
  )
})

test('the shortest way is one, and as short as can be', () => {
  fc.assert(
    fc.property(heaps, (h) => {
      const { graph: g } = analyse(h)
      const all = reached(g, NONE)
      for (let object = 0; object < g.objects; object++) {
        expect(g.before[object] !== NONE).toBe(all.has(object))
        if (!all.has(object)) continue
        expect(successors(g, g.before[object])).toContain(object)
      }
    }),
    { numRuns: 300 },
  )
})
