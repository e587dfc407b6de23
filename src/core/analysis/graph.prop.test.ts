import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPlain, int64, plainProfile } from '../../../test/kit/plain-profile.ts'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import type { Int64Column } from '../base/int64.ts'
import type { Profile } from '../model/profile.ts'
import { trimCallTree } from './call-tree-graph.ts'
import { type EdgeChoice, type EdgeTable, sumEdges } from './edges.ts'
import { type GraphInput, lanesOf, sumWeights } from './graph.ts'
import { sumByLabelSet } from './label-weights.ts'
import { buildNodes, NodeNames } from './nodes.ts'
import { type TrimOptions, trimGraph } from './trim.ts'

/** Sums near 2^53 and 2^63: where doubles alone would go wrong. */
const heavy = fc.oneof(
  int64,
  fc.bigInt(-5n, 5n),
  fc.constantFrom(2n ** 52n, 2n ** 53n - 1n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)),
)

/** Deep stacks over few functions: recursion, inlining and shared edges. */
const profile: fc.Arbitrary<Profile> = fc
  .record({
    locations: fc.array(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 6,
    }),
    samples: fc.array(
      fc.record({
        stack: fc.array(fc.nat({ max: 5 }), { maxLength: 7 }),
        values: fc.tuple(heavy, fc.bigInt(0n, 3n)),
        labels: fc.array(fc.constantFrom({ key: 'k', text: 'a' }, { key: 'k', text: 'b' }), { maxLength: 1 }),
      }),
      { maxLength: 8 },
    ),
  })
  .map((p) =>
    buildPlain({
      ...fc.sample(plainProfile, { seed: 7, numRuns: 1 })[0]!,
      sampleTypes: [
        ['v', 'count'],
        ['d', 'count'],
      ],
      mappings: [],
      functions: ['a', 'b', 'c', 'd', 'e'].map((name, i) => ({
        id: BigInt(i + 1),
        name,
        systemName: name,
        filename: '',
        startLine: 0n,
      })),
      locations: p.locations.map((fns, i) => ({
        id: BigInt(i + 1),
        mapping: -1,
        address: 0n,
        lines: fns.map((fn) => ({ fn, line: 0n, column: 0n })),
        folded: false,
      })),
      samples: p.samples.map((s) => ({ ...s, stack: s.stack.map((i) => i % p.locations.length) })),
    }),
  )

interface Sums {
  readonly flat: Map<string, bigint>
  readonly cum: Map<string, bigint>
  /** `from>to` -> weight, residual, inline. */
  readonly edges: Map<string, string>
}

/** The same by the definition: name by name, sample by sample, in bigints. */
function naively(p: Profile, kept: (name: string) => boolean): Sums {
  const flat = new Map<string, bigint>()
  const cum = new Map<string, bigint>()
  const edges = new Map<string, { weight: bigint; residual: boolean; inline: boolean }>()
  const add = (m: Map<string, bigint>, key: string, v: bigint): void => {
    m.set(key, BigInt.asIntN(64, (m.get(key) ?? 0n) + v))
  }
  for (let row = 0; row < p.samples.count; row++) {
    const v = BigInt(p.samples.value[0].get(row))
    if (v === 0n) continue
    // From the root to the leaf: [name, whether it was inlined into the one before].
    const frames: [string, boolean][] = []
    for (let i = p.samples.stackEnd[row] - 1; i >= p.samples.stackStart[row]; i--) {
      const loc = p.samples.frame[i]
      for (let l = p.locations.lineEnd[loc] - 1; l >= p.locations.lineStart[loc]; l--)
        frames.push([p.strings.get(p.functions.name[p.lines.fn[l]]), l !== p.locations.lineEnd[loc] - 1])
    }
    for (const name of new Set(frames.map(([n]) => n))) if (kept(name)) add(cum, name, v)
    const leaf = frames.at(-1)?.[0]
    if (leaf !== undefined && kept(leaf)) add(flat, leaf, v)
    const seen = new Set<string>()
    let parent: string | undefined
    let residual = false
    for (const [name, inlined] of frames) {
      if (!kept(name)) {
        residual = true
        continue
      }
      const key = `${parent}>${name}`
      if (parent !== undefined && parent !== name && !seen.has(key)) {
        seen.add(key)
        const e = edges.get(key) ?? { weight: 0n, residual: false, inline: true }
        e.weight = BigInt.asIntN(64, e.weight + v)
        e.residual ||= residual
        e.inline &&= inlined
        edges.set(key, e)
      }
      parent = name
      residual = false
    }
  }
  return {
    flat,
    cum,
    edges: new Map([...edges].map(([key, e]) => [key, `${e.weight} ${e.residual} ${e.inline}`])),
  }
}

const inputOf = (p: Profile): GraphInput => ({
  profile: p,
  nodes: buildNodes(p, { objectFiles: false }),
  value: 0,
})

const namesOf = (input: GraphInput): NodeNames => new NodeNames(input.profile, input.nodes.table)

function byName(
  column: Int64Column,
  names: NodeNames,
  keep = (_: number): boolean => true,
): Map<string, bigint> {
  const out = new Map<string, bigint>()
  for (let n = 0; n < column.length; n++) {
    const v = BigInt(column.get(n))
    if (v !== 0n && keep(n)) out.set(names.name(n), v)
  }
  return out
}

const withoutZeros = (m: Map<string, bigint>): Map<string, bigint> =>
  new Map([...m].filter(([, v]) => v !== 0n))

function edgesByName(
  edges: EdgeTable,
  names: NodeNames,
  keep = (_: number): boolean => true,
): Map<string, string> {
  const out = new Map<string, string>()
  for (let e = 0; e < edges.count; e++)
    if (keep(e))
      out.set(
        `${names.name(edges.from[e])}>${names.name(edges.to[e])}`,
        `${edges.weight.get(e)} ${edges.residual[e] === 1} ${edges.inline[e] === 1}`,
      )
  return out
}

const anyKept = fc.subarray(['a', 'b', 'c', 'd', 'e'])

describe('sums over the graph are exact', () => {
  test('weights', () => {
    fc.assert(
      fc.property(profile, (p) => {
        const input = { ...inputOf(p), divisor: 1 }
        const names = namesOf(input)
        const want = naively(p, () => true)
        const plain = sumWeights(inputOf(p))
        expect(byName(plain.flat, names)).toEqual(withoutZeros(want.flat))
        expect(byName(plain.cum, names)).toEqual(withoutZeros(want.cum))
        // With a divisor, samples count where either is not 0.
        const mean = sumWeights(input)
        const swapped = { ...p, samples: { ...p.samples, value: [p.samples.value[1], p.samples.value[0]] } }
        expect(byName(mean.flat, names)).toEqual(withoutZeros(want.flat))
        expect(byName(mean.cumDivisor!, names)).toEqual(withoutZeros(naively(swapped, () => true).cum))
      }),
      { seed: 1, numRuns: 250 },
    )
  })

  test.each<[string, (marked: Uint8Array) => EdgeChoice]>([
    ['all edges', () => 'all'],
    ['edges that touch marked nodes', (touching) => ({ touching })],
    ['edges into marked nodes', (into) => ({ into })],
  ])('%s', (_, choose) => {
    fc.assert(
      fc.property(profile, anyKept, anyKept, fc.boolean(), (p, kept, marked, all) => {
        const input = inputOf(p)
        const names = namesOf(input)
        const isKept = (name: string): boolean => all || kept.includes(name)
        const flags = (of: (name: string) => boolean): Uint8Array =>
          Uint8Array.from({ length: names.count }, (__, n) => (of(names.name(n)) ? 1 : 0))
        const choice = choose(flags((name) => marked.includes(name)))
        const edges = sumEdges(input, all ? undefined : flags(isKept), choice)
        const wanted = [...naively(p, isKept).edges].filter(([key]) => {
          const [from, to] = key.split('>')
          if (choice === 'all') return true
          return 'into' in choice ? marked.includes(to!) : marked.includes(from!) || marked.includes(to!)
        })
        expect(edgesByName(edges, names)).toEqual(new Map(wanted))
      }),
      { seed: 2, numRuns: 250 },
    )
  })

  test('lanes are used where they are needed, and no sooner', () => {
    const p = (values: string): Profile => profileFrom(`a                   b\n${values}`)
    const lanes = (values: string): number => lanesOf(p(values).samples.value[0]).length
    expect(lanes('= 4503599627370496  = 4503599627370495')).toBe(1)
    expect(lanes('= 4503599627370496  = 4503599627370496')).toBe(3)
    expect(lanes('= 4503599627370496  = -4503599627370496')).toBe(3)
    const input = inputOf(
      profileFrom(`
      a                       a                       b
      = 9007199254740993      = 1                     = -9223372036854775808
    `),
    )
    expect(byName(sumWeights(input).flat, namesOf(input))).toEqual(
      new Map([
        ['a', 9007199254740994n],
        ['b', -(2n ** 63n)],
      ]),
    )
  })

  test('by label set, the parts add up to the whole', () => {
    fc.assert(
      fc.property(profile, (p) => {
        const input = inputOf(p)
        const w = sumByLabelSet(input, undefined)
        const weights = sumWeights(input)
        const flat = new Array<bigint>(input.nodes.table.count).fill(0n)
        const cum = flat.slice()
        for (let row = 0; row < w.count; row++) {
          flat[w.node[row]] = BigInt.asIntN(64, flat[w.node[row]]! + BigInt(w.flat.get(row)))
          cum[w.node[row]] = BigInt.asIntN(64, cum[w.node[row]]! + BigInt(w.cum.get(row)))
        }
        expect(flat).toEqual(flat.map((_, n) => BigInt(weights.flat.get(n))))
        expect(cum).toEqual(cum.map((_, n) => BigInt(weights.cum.get(n))))
      }),
      { seed: 3, numRuns: 150 },
    )
  })
})

describe('trimming', () => {
  const options = fc.record({
    nodeFraction: fc.constantFrom(0, 0.1, 0.5),
    edgeFraction: fc.constantFrom(0, 0.1, 0.5),
    nodeCount: fc.constantFrom(0, 1, 2, 3),
    cumSort: fc.boolean(),
    dropNegative: fc.boolean(),
    visual: fc.boolean(),
  })

  test('what is left has the weights of the whole graph; edges are those of the nodes kept', () => {
    fc.assert(
      fc.property(profile, options, (p, o) => {
        const input = inputOf(p)
        const whole = sumWeights(input)
        const g = trimGraph(input, { ...o, edges: 'all' } satisfies TrimOptions)
        const shown = new Set(g.order)
        expect(shown.size).toBe(g.order.length)
        if (o.nodeCount > 0) expect(g.order.length).toBeLessThanOrEqual(o.nodeCount)
        for (const n of g.order) {
          expect(g.weights.flat.get(n)).toBe(whole.flat.get(n))
          expect(g.weights.cum.get(n)).toBe(whole.cum.get(n))
        }
        const left = (e: number): boolean =>
          g.removed[e] === 0 && shown.has(g.edges.from[e]) && shown.has(g.edges.to[e])
        const want = naively(p, (name) => g.order.some((n) => g.names.name(n) === name))
        // Trimming decides by order of magnitude what goes; what stays is exact. Nodes that cancel out are
        // not shown but stand between others all the same.
        const cancelled = Array.from({ length: g.nodes.count }, (_, n) => n).some(
          (n) => whole.cum.get(n) === 0,
        )
        if (!cancelled && !o.dropNegative)
          for (const [key, text] of edgesByName(g.edges, g.names, left))
            expect(want.edges.get(key)).toBe(text)
        if (o.nodeFraction === 0 && o.nodeCount === 0 && !o.dropNegative)
          expect(byName(g.weights.flat, g.names, (n) => shown.has(n))).toEqual(
            withoutZeros(naively(p, () => true).flat),
          )
      }),
      { seed: 4, numRuns: 250 },
    )
  })

  test('order: by weight, ties by name', () => {
    const p = profileFrom(`
      main   main   main   main
      b      a      c      c
      = 5    = 5    = -7   = 1
    `)
    const order = (o: Partial<TrimOptions>): string[] => {
      const g = trimGraph(inputOf(p), {
        nodeFraction: 0,
        edgeFraction: 0,
        nodeCount: 0,
        cumSort: false,
        dropNegative: false,
        visual: false,
        edges: 'none',
        ...o,
      })
      return Array.from(g.order, (n) => g.names.name(n))
    }
    expect(order({})).toEqual(['c', 'a', 'b', 'main'])
    expect(order({ cumSort: true })).toEqual(['c', 'a', 'b', 'main'])
    expect(order({ dropNegative: true })).toEqual(['a', 'b', 'main'])
    expect(order({ nodeCount: 2 })).toEqual(['c', 'a'])
    expect(order({ nodeFraction: 1 })).toEqual(['c', 'a', 'b', 'main'])
  })

  test('residual edges that say nothing new go from pictures', () => {
    const p = profileFrom(`
      root   root   root
      x      mid    mid
      leaf   x      leaf
      = 50   leaf   = 100
             = 60
    `)
    const edges = (visual: boolean): string[] => {
      const g = trimGraph(inputOf(p), {
        nodeFraction: 0.6,
        edgeFraction: 0,
        nodeCount: 0,
        cumSort: false,
        dropNegative: false,
        visual,
        edges: 'all',
      })
      return [...edgesByName(g.edges, g.names, (e) => g.removed[e] === 0).keys()].sort()
    }
    expect(edges(false)).toEqual(['mid>leaf', 'root>leaf', 'root>mid'])
    expect(edges(true)).toEqual(['mid>leaf', 'root>mid'])
  })
})

describe('call trees', () => {
  const everything: TrimOptions = {
    nodeFraction: 0,
    edgeFraction: 0,
    nodeCount: 0,
    cumSort: true,
    dropNegative: false,
    visual: true,
    edges: 'all',
  }
  test('each path from a root is a node with the sums of its samples', () => {
    fc.assert(
      fc.property(profile, (p) => {
        const g = trimCallTree(inputOf(p), everything)
        const path = (n: number): string => {
          const above = g.contexts![n]
          return `${above < 0 ? '' : path(above)}/${g.names.name(n)}`
        }
        const flat = new Map<string, bigint>()
        const cum = new Map<string, bigint>()
        for (let row = 0; row < p.samples.count; row++) {
          const v = BigInt(p.samples.value[0].get(row))
          let at = ''
          for (let i = p.samples.stackEnd[row] - 1; i >= p.samples.stackStart[row]; i--) {
            const loc = p.samples.frame[i]
            for (let l = p.locations.lineEnd[loc] - 1; l >= p.locations.lineStart[loc]; l--) {
              at += `/${p.strings.get(p.functions.name[p.lines.fn[l]])}`
              cum.set(at, BigInt.asIntN(64, (cum.get(at) ?? 0n) + v))
            }
          }
          if (at !== '') flat.set(at, BigInt.asIntN(64, (flat.get(at) ?? 0n) + v))
        }
        const byPath = (column: Int64Column): Map<string, bigint> =>
          withoutZeros(
            new Map(Array.from({ length: column.length }, (_, n) => [path(n), BigInt(column.get(n))])),
          )
        expect(byPath(g.weights.flat)).toEqual(withoutZeros(flat))
        expect(byPath(g.weights.cum)).toEqual(withoutZeros(cum))
        for (let e = 0; e < g.edges.count; e++) {
          expect(g.edges.from[e]).toBe(g.contexts![g.edges.to[e]])
          expect(g.edges.weight.get(e)).toBe(g.weights.cum.get(g.edges.to[e]))
        }
      }),
      { seed: 5, numRuns: 150 },
    )
  })

  test('a call is inlined where it is every time', () => {
    const p = profileFrom(`
      main    main    main
      f       f       g
      ^in     ^in     in
      ^both   both
    `)
    const g = trimCallTree(inputOf(p), everything)
    const inlined = edgesByName(g.edges, g.names, (e) => g.edges.inline[e] === 1)
    expect([...inlined.keys()].sort()).toEqual(['f>in'])
  })

  test('who calls a node that goes calls what it called', () => {
    const p = profileFrom(`
      main    main
      light   heavy
      leaf    = 80
      = 20
    `)
    const g = trimCallTree(inputOf(p), { ...everything, nodeCount: 2 })
    expect(Array.from(g.order, (n) => g.names.name(n))).toHaveLength(2)
    for (let e = 0; e < g.edges.count; e++)
      if (g.removed[e] === 0) expect([...g.order]).toContain(g.edges.from[e])
  })
})
