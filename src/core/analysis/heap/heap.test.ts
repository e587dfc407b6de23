import { describe, expect, test } from 'vitest'
import { HeapDumpDecoder } from '../../formats/heapdump/decode.ts'
import { HandmadeDump, to } from '../../formats/heapdump/handmade-dump.ts'
import { HeapDumpReader } from '../../formats/heapdump/reader.ts'
import type { HeapDump } from '../../model/heap-dump.ts'
import { analyseHeap, type HeapAnalysis, largestDead } from './analyse.ts'
import { compareHeaps, summarizeHeap } from './compare.ts'
import { placeOf, wayInWords } from './describe.ts'
import { DuplicateFinder } from './duplicates.ts'
import { kindTypes } from './heap-types.ts'
import { biggestContainers } from './retained.ts'

/** The nodes below the top that retain most. */
function topChildren(a: HeapAnalysis, limit: number): number[] {
  const { start, child } = a.children
  const { top } = a.graph
  return Array.from(child.subarray(start[top], Math.min(start[top] + limit, start[top + 1])))
}

function dumpOf(d: HandmadeDump, lengths = false): HeapDump {
  const decoder = new HeapDumpDecoder({ lengths })
  decoder.feed(d.done())
  return decoder.done().dump
}

/** One object of 16 bytes per name, 32 bytes apart, with pointers to others. */
function objectsOf(
  d: HandmadeDump,
  graph: Readonly<Record<string, readonly string[]>>,
): (name: string) => number {
  const names = Object.keys(graph)
  const at = (name: string): number => 0x2000 + 32 * names.indexOf(name)
  for (const [name, [a, b]] of Object.entries(graph))
    d.object(at(name), [a === undefined ? 0 : to(at(a)), b === undefined ? 0 : to(at(b))])
  return at
}

describe('what holds the memory', () => {
  test('retained sizes: shared objects count for none of their holders', () => {
    const d = new HandmadeDump()
    // Two variables, each with objects of its own and one that both reach.
    const at = objectsOf(d, {
      a: ['a2', 'shared'],
      a2: [],
      b: ['shared'],
      shared: ['deep'],
      deep: [],
      dead: ['deep'],
    })
    d.segment('data', [to(at('a'))]).segment('bss', [to(at('b'))])
    const a = analyseHeap(dumpOf(d), undefined)
    expect(a.live).toEqual({ objects: 5, bytes: 80 })
    expect(a.dead).toEqual({ objects: 1, bytes: 16 })
    expect(largestDead(a, 9)).toEqual([5])
    const top = topChildren(a, 9).map((n) => [placeOf(a, n).name, a.retained[n]])
    expect(top).toEqual([
      ['16\u202fB P.', 32],
      ['data+0x0', 32],
      ['bss+0x0', 16],
    ])
    expect(a.retained[a.graph.top]).toBe(80)
    expect(wayInWords(a, 4).map((s) => s.place.kind)).toEqual(['variable', 'object', 'object', 'object'])
    expect(wayInWords(a, 5)).toEqual([])
  })

  test('goroutines and their frames; words that only look like pointers hold what nothing else does', () => {
    const d = new HandmadeDump()
    const at = objectsOf(d, { held: [], known: [], perhaps: ['below'], below: [] })
    d.goroutine(3).frame('main.run', [to(at('held'))], [at('known'), at('perhaps')])
    d.goroutine(4, 'select', true).frame('runtime.x', [], [at('perhaps')])
    d.segment('data', [to(at('known'))]).segment('bss', [0])
    const a = analyseHeap(dumpOf(d), undefined)
    expect(a.guessed).toEqual({ objects: 2, bytes: 32 })
    const [first] = topChildren(a, 1)
    expect(placeOf(a, first)).toEqual({
      kind: 'goroutine',
      name: 'main.run',
      detail: 'goroutine 3 [chan receive]',
    })
    // The guess counts with its goroutine, but `known` stays with its variable.
    expect(a.retained[first]).toBe(48)
    expect(wayInWords(a, 3)[1].place.detail).toMatch(/not certain/)
    expect(topChildren(a, 9)).toHaveLength(2)
  })

  test('objects that only wait for their finalizer', () => {
    const d = new HandmadeDump()
    const at = objectsOf(d, { lost: ['below'], below: [], used: [] })
    d.segment('data', [to(at('used'))])
      .segment('bss', [0])
      .finalizer(at('lost'))
      .finalizer(at('used'))
    const a = analyseHeap(dumpOf(d), undefined)
    expect(a.forFinalizers).toEqual({ objects: 2, bytes: 32 })
    expect(a.dead.objects).toBe(0)
  })

  test('sums by kind count nested objects of one kind once', () => {
    const d = new HandmadeDump()
    const at = objectsOf(d, { a: ['b', 'x'], b: ['c', 'y'], c: [], x: [], y: [] })
    d.segment('data', [to(at('a'))]).segment('bss', [0])
    const a = analyseHeap(dumpOf(d), undefined)
    const kind = a.types.of(0)
    expect(a.types.name(kind)).toMatch(/16\u202fB PP/)
    expect(a.sums.objects[kind]).toBe(2)
    expect(a.sums.retained[kind]).toBe(80)
  })

  test('containers are what gathers many, not what leads to them', () => {
    const d = new HandmadeDump()
    d.object(0x2000, [to(0x3000)])
    d.object(0x3000, [to(0x4000), to(0x4010), to(0x4020), to(0x4030)])
    for (let k = 0; k < 4; k++) d.bytes(0x4000 + 16 * k, new Uint8Array(16))
    d.segment('data', [to(0x2000)]).segment('bss', [0])
    const a = analyseHeap(dumpOf(d), undefined)
    const found = biggestContainers(a.graph, a.children, a.retained, 5)
    expect(found).toEqual([{ node: 1, retained: 96, references: 4, children: 4, largest: 16 }])
  })

  test('a list of a hundred thousand nodes needs no deep stack', () => {
    const d = new HandmadeDump()
    const n = 100_000
    for (let k = 0; k < n; k++) d.object(0x2000 + 16 * k, [k + 1 < n ? to(0x2000 + 16 * (k + 1)) : 0, 0])
    d.segment('data', [to(0x2000)]).segment('bss', [0])
    const a = analyseHeap(dumpOf(d), undefined)
    expect(a.live.objects).toBe(n)
    expect(wayInWords(a, n - 1)).toHaveLength(n + 1)
  })
})

describe('duplicates', () => {
  function find(d: HandmadeDump) {
    const bytes = d.done()
    const decoder = new HeapDumpDecoder({ lengths: true })
    decoder.feed(bytes)
    const { dump } = decoder.done()
    const a = analyseHeap(dump, undefined)
    const finder = new DuplicateFinder(dump, a.graph)
    let object = 0
    const reader = new HeapDumpReader({ object: (m) => finder.add(object++, m.bytes, m.from, m.size) })
    reader.feed(bytes)
    return finder.done(10)
  }
  const text = (s: string): Uint8Array => new TextEncoder().encode(s)

  test('are compared as far as their strings reach, and garbage is left out', () => {
    const d = new HandmadeDump()
    d.object(0x2000, [to(0x4000), 13, to(0x4010), 13, to(0x4020), 13])
    d.bytes(0x4000, text('hello, world!abc')).bytes(0x4010, text('hello, world!xyz'))
    d.bytes(0x4020, text('hello, mars!...!')).bytes(0x4030, text('hello, world!abc'))
    d.segment('data', [to(0x2000)]).segment('bss', [0])
    const { top, wasted, groups, objects } = find(d)
    expect({ wasted, groups, objects }).toEqual({ wasted: 16, groups: 1, objects: 3 })
    expect(top[0]).toMatchObject({ length: 13, count: 2, exact: true })
    expect(new TextDecoder().decode(top[0].preview)).toBe('hello, world!')
  })

  test('without a length whole slots are compared', () => {
    const d = new HandmadeDump().object(0x2000, [to(0x4000), to(0x4010)])
    d.bytes(0x4000, text('0123456789abcdef')).bytes(0x4010, text('0123456789abcdef'))
    d.segment('data', [to(0x2000)]).segment('bss', [0])
    expect(find(d).top[0]).toMatchObject({ length: 16, count: 2, exact: false, wasted: 16 })
  })
})

describe('two dumps', () => {
  test('what grew, by holder and by kind', () => {
    const build = (n: number) => {
      const d = new HandmadeDump()
      const words = Array.from({ length: 8 }, (_, k) => (k < n ? to(0x4000 + 16 * k) : 0))
      // Nil pointers are pointers, too: the kind must be the same.
      d.object(
        0x2000,
        words.map((w) => (w === 0 ? to(-0x7fff) : w)),
      )
      for (let k = 0; k < n; k++) d.bytes(0x4000 + 16 * k, new Uint8Array(16))
      d.segment('data', [to(0x2000)]).segment('bss', [0])
      return summarizeHeap(analyseHeap(dumpOf(d), undefined))
    }
    const c = compareHeaps(build(2), build(5))
    expect(c.holders).toEqual([
      {
        name: 'data+0x0',
        before: { objects: 3, bytes: 96, retained: 96 },
        after: { objects: 6, bytes: 144, retained: 144 },
      },
    ])
    expect(c.types.map((t) => [t.name, t.after.bytes - t.before.bytes])).toEqual([
      [expect.stringContaining('without pointers'), 48],
      [expect.stringContaining('PPPP'), 0],
    ])
  })
})

test('kinds say which words are pointers', () => {
  const d = new HandmadeDump().object(0x2000, [1, to(0x2000), 2]).bytes(0x4000, new Uint8Array(4096))
  const types = kindTypes(dumpOf(d))
  expect([types.name(0), types.name(1)]).toEqual(['24\u202fB .P.', '4\u202fKiB without pointers'])
})
