// What there is to say about a heap dump, as one document for the terminal and for --json.

import { type HeapAnalysis, largestDead } from '../analysis/heap/analyse.ts'
import {
  finalizerName,
  goroutineWords,
  type HeapPlace,
  type HeapStep,
  placeOf,
  wayInWords,
} from '../analysis/heap/describe.ts'
import type { Duplicates } from '../analysis/heap/duplicates.ts'
import { NONE } from '../analysis/heap/graph.ts'
import { HOLDER } from '../analysis/heap/holders.ts'
import { biggestContainers } from '../analysis/heap/retained.ts'
import { bytesText, countText, shareText } from '../base/people-fmt.ts'
import { addressText, NO_OBJECT } from '../model/heap-dump.ts'

export interface HeapReportOptions {
  /** Rows of each table, 0 for all. */
  readonly limit: number
}

/** What the top of the dominator tree holds: a holder, goroutines of one kind, or shared objects of one type. */
export interface HolderRow {
  /** The node; of several the one that retains most. */
  readonly node: number
  readonly place: HeapPlace
  readonly count: number
  /** Bytes of the objects themselves, 0 for holders. */
  readonly shallow: number
  /** Of all of them together. */
  readonly retained: number
  /** Whether nothing that is certain holds it. */
  readonly uncertain: boolean
  /** The one behind the other, each retains most of what the one before does, until it spreads over several. */
  readonly inside: readonly HeapInside[]
  /** How it (of several the largest) is reached, for objects: several holders share them. */
  readonly way: readonly HeapStep[]
}

export interface HeapInside {
  readonly place: HeapPlace
  /** Number of an object's type, -1 for others. */
  readonly type: number
  /** How many of that type stand one behind the other, as in a list. */
  readonly times: number
  readonly shallow: number
  /** Bytes that the last of them retains. */
  readonly retained: number
}

export interface TypeRow {
  readonly name: string
  readonly named: boolean
  readonly objects: number
  readonly bytes: number
  readonly retained: number
  readonly deadObjects: number
  readonly deadBytes: number
}

export interface ContainerRow {
  readonly node: number
  readonly place: HeapPlace
  readonly shallow: number
  readonly retained: number
  readonly references: number
  readonly children: number
  readonly way: readonly HeapStep[]
}

export interface FinalizerRow {
  readonly fn: string
  /** Type of the objects, '' if unknown. */
  readonly type: string
  readonly count: number
  readonly queued: number
  /** Bytes that the objects retain. */
  readonly retained: number
}

/** Goroutines of one function and state. */
export interface GoroutineRow {
  readonly name: string
  readonly state: string
  readonly count: number
  /** Of the first one. */
  readonly id: number
  /** Bytes of their stacks that are in use, and bytes of the heap that a goroutine of them alone holds. */
  readonly stack: number
  readonly retained: number
}

export interface HeapReport {
  /** What the top dominates, greatest first. */
  readonly tree: readonly HolderRow[]
  /** How many rows there are in all. */
  readonly treeCount: number
  readonly types: readonly TypeRow[]
  readonly typeCount: number
  readonly containers: readonly ContainerRow[]
  readonly finalizers: readonly FinalizerRow[]
  readonly finalizerCount: number
  readonly finalizerGroups: number
  readonly goroutines: readonly GoroutineRow[]
  readonly goroutineGroups: number
  /** Objects that nothing holds, largest first. */
  readonly dead: readonly HeapPlace[]
  readonly duplicates: Duplicates | undefined
  /** Stacks that allocated the largest of the sampled objects among those shown, by object's address. */
  readonly allocatedBy: ReadonlyMap<string, readonly string[]>
  readonly notes: readonly string[]
}

/** The largest child is followed down as long as it has this share of its parent. */
const FOLLOW = 0.8
/** Steps at most; objects of one type that follow each other are one. */
const MAX_INSIDE = 6

export function buildHeapReport(
  a: HeapAnalysis,
  duplicates: Duplicates | undefined,
  options: HeapReportOptions,
): HeapReport {
  const limit = options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit
  const { dump, graph } = a
  const groups = treeRows(a)
  const tree = groups.slice(0, limit).map((g) => holderRow(a, g))
  const containers = biggestContainers(graph, a.children, a.retained, Math.min(limit, graph.objects)).map(
    (c) => ({
      node: c.node,
      place: placeOf(a, c.node),
      shallow: dump.objects.size(c.node),
      retained: c.retained,
      references: c.references,
      children: c.children,
      way: wayInWords(a, c.node),
    }),
  )
  const finalizers = finalizerRows(a)
  const types = typeRows(a)
  const goroutines = goroutineRows(a)
  return {
    tree,
    treeCount: groups.length,
    types: types.slice(0, limit),
    typeCount: types.length,
    containers,
    finalizers: finalizers.slice(0, limit),
    finalizerCount: dump.finalizers.count,
    finalizerGroups: finalizers.length,
    goroutines: goroutines.slice(0, limit),
    goroutineGroups: goroutines.length,
    dead: a.dead.objects === 0 ? [] : largestDead(a, Math.min(limit, 5)).map((o) => placeOf(a, o)),
    duplicates,
    allocatedBy: allocationStacks(a, [...tree.map((r) => r.node), ...containers.map((c) => c.node)]),
    notes: heapNotes(a),
  }
}

/** All that the top dominates, in groups, those that retain most first. */
function treeRows(a: HeapAnalysis): Group[] {
  const { start, child } = a.children
  const { top, objects, rank } = a.graph
  const groups = new Map<number | string, Group>()
  for (let k = start[top]; k < start[top + 1]; k++) {
    const node = child[k]
    const key = node < objects ? a.types.of(node) * 4 + rank[node] : holderKey(a, node)
    const shallow = node < objects ? a.dump.objects.size(node) : 0
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { node, count: 1, shallow, retained: a.retained[node] })
    else {
      group.count++
      group.shallow += shallow
      group.retained += a.retained[node]
    }
  }
  return [...groups.values()].sort((x, y) => y.retained - x.retained || x.node - y.node)
}

interface Group {
  readonly node: number
  count: number
  shallow: number
  retained: number
}

/** Goroutines that do the same are one row; so are frames of one function that may hold something. */
function holderKey(a: HeapAnalysis, node: number): string {
  const { holders, dump, graph } = a
  const holder = node - graph.objects
  const kind = holders.kind[holder]
  if (kind === HOLDER.goroutine) {
    const { name, state } = goroutineWords(dump, holders.of[holder])
    return `goroutine ${state} ${name}`
  }
  return `node ${node}`
}

function holderRow(a: HeapAnalysis, group: Group): HolderRow {
  const { node } = group
  const { objects, rank } = a.graph
  const place = placeOf(a, node)
  return {
    ...group,
    place:
      group.count > 1 && place.kind === 'goroutine'
        ? { ...place, detail: goroutinesOf(place.detail) }
        : place,
    uncertain: node < objects ? rank[node] > 1 : a.holders.rank[node - objects] > 0,
    inside: group.count > 1 ? [] : insideOf(a, node),
    way: node < objects ? wayInWords(a, node) : [],
  }
}

/** `goroutine 12 [select]` of several. */
function goroutinesOf(detail: string): string {
  return detail.replace(/^goroutine \d+/, 'goroutines')
}

function insideOf(a: HeapAnalysis, from: number): HeapInside[] {
  const out: Mutable<HeapInside>[] = []
  let node = heaviestChild(a, from)
  while (node !== NONE) {
    const last = out.at(-1)
    const object = node < a.graph.objects
    if (last !== undefined && object && last.type === a.types.of(node)) last.times++
    else if (out.length === MAX_INSIDE) break
    else {
      const type = object ? a.types.of(node) : -1
      const shallow = object ? a.dump.objects.size(node) : 0
      out.push({ place: placeOf(a, node), type, shallow, retained: a.retained[node], times: 1 })
    }
    out[out.length - 1].retained = a.retained[node]
    node = heaviestChild(a, node)
  }
  return out
}

/** The node that has most of what another one retains, NONE if it spreads over several. */
function heaviestChild(a: HeapAnalysis, node: number): number {
  const { start, child } = a.children
  if (start[node] === start[node + 1]) return NONE
  const first = child[start[node]]
  return a.retained[first] < a.retained[node] * FOLLOW ? NONE : first
}

/** All types, those that take most themselves first; garbage counts for those of which nothing else is left. */
function typeRows(a: HeapAnalysis): TypeRow[] {
  const { sums, types } = a
  const order: number[] = []
  for (let type = 0; type < types.count; type++)
    if (sums.objects[type] + sums.deadObjects[type] > 0) order.push(type)
  order.sort((x, y) => sums.bytes[y] - sums.bytes[x] || sums.deadBytes[y] - sums.deadBytes[x] || x - y)
  return order.map((type) => ({
    name: types.name(type),
    named: types.isNamed(type),
    objects: sums.objects[type],
    bytes: sums.bytes[type],
    retained: sums.retained[type],
    deadObjects: sums.deadObjects[type],
    deadBytes: sums.deadBytes[type],
  }))
}

function finalizerRows(a: HeapAnalysis): FinalizerRow[] {
  const { finalizers: f } = a.dump
  const rows = new Map<
    string,
    { fn: string; type: string; count: number; queued: number; retained: number }
  >()
  for (let k = 0; k < f.count; k++) {
    const fn = finalizerName(a, k)
    const object = f.object[k]
    const type = a.dump.types.get(f.type[k]) ?? (object === NO_OBJECT ? '' : a.types.name(a.types.of(object)))
    const key = `${fn} ${type}`
    const row = rows.get(key) ?? { fn, type, count: 0, queued: 0, retained: 0 }
    row.count++
    row.queued += f.queued[k]
    if (object !== NO_OBJECT) row.retained += a.retained[object]
    rows.set(key, row)
  }
  return [...rows.values()].sort((x, y) => y.retained - x.retained || y.count - x.count)
}

/** Goroutines of one function and state together, those that retain most first. */
function goroutineRows(a: HeapAnalysis): GoroutineRow[] {
  const { goroutines: g, frames } = a.dump
  const retained = new Float64Array(g.count)
  for (let h = 0; h < a.holders.count; h++)
    if (a.holders.kind[h] === HOLDER.goroutine) retained[a.holders.of[h]] = a.retained[a.graph.objects + h]
  const rows = new Map<string, Mutable<GoroutineRow>>()
  for (let row = 0; row < g.count; row++) {
    const { name, state } = goroutineWords(a.dump, row)
    let stack = 0
    for (let f = g.firstFrame[row]; f < g.firstFrame[row + 1]; f++) stack += frames.size[f]
    const key = `${state} ${name}`
    const known = rows.get(key)
    if (known === undefined)
      rows.set(key, { name, state, count: 1, id: g.id[row], stack, retained: retained[row] })
    else {
      known.count++
      known.stack += stack
      known.retained += retained[row]
    }
  }
  return [...rows.values()].sort((x, y) => y.retained - x.retained || y.count - x.count || x.id - y.id)
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Frames of an allocation's stack that are shown. */
const STACK_FRAMES = 6

function allocationStacks(a: HeapAnalysis, nodes: readonly number[]): Map<string, readonly string[]> {
  const { allocations: s, strings, params, objects } = a.dump
  const out = new Map<string, readonly string[]>()
  for (const node of nodes) {
    const stack = node < a.graph.objects ? s.ofObject.get(node) : undefined
    if (stack === undefined) continue
    const frames: string[] = []
    for (let f = s.first[stack]; f < s.first[stack + 1] && frames.length < STACK_FRAMES; f++)
      frames.push(`${strings.get(s.fn[f])} ${strings.get(s.file[f])}:${s.line[f]}`)
    out.set(addressText(params, objects.address(node)), frames)
  }
  return out
}

/** What the dump does not tell, and what that does to the numbers. */
function heapNotes(a: HeapAnalysis): string[] {
  const { dump, types, dead, guessed, live } = a
  const notes: string[] = []
  const minor = Number(/\bgo1\.(\d+)/.exec(dump.params.version)?.[1] ?? 0)
  if (types.named.objects === 0) {
    notes.push(
      'Heap dumps carry no types and no names of variables: of an object there are only the size of its slot and ' +
        `which words are pointers (P).${a.names === undefined ? ' --binary BIN, the program that wrote the dump, names variables and types.' : ''}`,
    )
  } else if (types.named.bytes < live.bytes) {
    const rest = live.bytes - types.named.bytes
    notes.push(
      `Types come from debug information, followed from variables through pointers: ${shareText(types.named.bytes, live.bytes)} ` +
        `of what is held has one. The other ${bytesText(rest)} are reached through unsafe pointers or the runtime only.`,
    )
  }
  notes.push('Sizes are those of size classes: what a value takes, not what it is.')
  if (guessed.objects > 0) {
    notes.push(
      `${countText(guessed.objects)} objects (${bytesText(guessed.bytes)}) are perhaps held: only words of stacks lead to them that look ` +
        'like pointers but are not said to be any. These are variables whose address is taken, for which dumps have no map ' +
        'since Go 1.12, or remains of old ones.',
    )
  }
  if (a.forFinalizers.objects > 0) {
    notes.push(
      `${countText(a.forFinalizers.objects)} objects (${bytesText(a.forFinalizers.bytes)}) are kept only until their finalizers have run.`,
    )
  }
  if (!a.rootsComplete) {
    notes.push(
      'The dump ends before its global variables: nothing can be said about what they hold, and what nothing else ' +
        'reaches need not be garbage.',
    )
  } else if (dead.objects > 0) {
    notes.push(
      `${countText(dead.objects)} objects (${bytesText(dead.bytes)}) are held by nothing: garbage, since WriteHeapDump does not ` +
        `collect first (call runtime.GC() before it)${minor >= 24 || minor === 0 ? ', or what only cleanups (runtime.AddCleanup) hold, which dumps leave out' : ''}.`,
    )
  }
  if (dump.falseObjects > 0) {
    notes.push(
      `${countText(dump.falseObjects)} records were left out that are no objects: since Go 1.22 WriteHeapDump takes the collector’s ` +
        'bitmaps at the end of spans for objects.',
    )
  }
  const said = dump.memStats.get('HeapAlloc')
  if (said !== undefined) {
    const bytes = live.bytes + dead.bytes
    notes.push(
      Number(said) === bytes
        ? 'The objects add up to MemStats.HeapAlloc, byte for byte.'
        : `The objects add up to ${bytesText(bytes)}, MemStats.HeapAlloc is ${bytesText(said)}.`,
    )
  }
  notes.push(
    'Not in dumps: memory of C, of the runtime itself, stacks of threads, global variables of plugins.',
  )
  return notes
}
