// What changed between two dumps of a program: by type and by who holds it. Objects have no identity
// beyond their address, which is used again, so sums are compared and not objects.

import type { HeapAnalysis, Total } from './analyse.ts'
import { goroutineWords, placeOf } from './describe.ts'
import { NONE } from './graph.ts'
import { HOLDER } from './holders.ts'

export interface Sums {
  readonly objects: number
  readonly bytes: number
  readonly retained: number
}

/** What is left of a dump for comparing: no columns, so that two dumps need the memory of one. */
export interface HeapSummary {
  readonly live: Total
  readonly dead: Total
  readonly types: ReadonlyMap<string, Sums>
  /**
   * By the name of the variable, the function of the goroutine: bytes of the objects whose shortest way begins
   * there (they add up to all that is held), and what goes with it if it goes.
   */
  readonly holders: ReadonlyMap<string, Sums>
  readonly goroutines: number
}

type MutableSums = { -readonly [K in keyof Sums]: Sums[K] }

function addTo(map: Map<string, MutableSums>, key: string): MutableSums {
  let sums = map.get(key)
  if (sums === undefined) {
    sums = { objects: 0, bytes: 0, retained: 0 }
    map.set(key, sums)
  }
  return sums
}

export function summarizeHeap(a: HeapAnalysis): HeapSummary {
  const types = new Map<string, MutableSums>()
  for (let type = 0; type < a.types.count; type++) {
    if (a.sums.objects[type] === 0) continue
    const sums = addTo(types, a.types.name(type))
    sums.objects += a.sums.objects[type]
    sums.bytes += a.sums.bytes[type]
    sums.retained += a.sums.retained[type]
  }
  return {
    live: a.live,
    dead: a.dead,
    types,
    holders: sumByHolder(a),
    goroutines: a.dump.goroutines.count,
  }
}

/** What stands for a holder in two dumps: addresses and numbers of goroutines differ from one to the other. */
function holderName(a: HeapAnalysis, holder: number): string {
  const { holders, dump } = a
  if (holders.kind[holder] === HOLDER.goroutine)
    return `goroutines in ${goroutineWords(dump, holders.of[holder]).name}`
  const place = placeOf(a, a.graph.objects + holder)
  if (holders.kind[holder] === HOLDER.variable) return place.name
  return place.kind === 'frame' ? `frames of ${place.name}` : `${place.detail} ${place.name}`
}

function sumByHolder(a: HeapAnalysis): ReadonlyMap<string, Sums> {
  const { graph, holders, dump, retained } = a
  const owner = owners(a)
  const objects = new Float64Array(holders.count)
  const bytes = new Float64Array(holders.count)
  for (let object = 0; object < graph.objects; object++) {
    if (owner[object] === NONE) continue
    objects[owner[object]]++
    bytes[owner[object]] += dump.objects.size(object)
  }
  const out = new Map<string, MutableSums>()
  for (let h = 0; h < holders.count; h++) {
    if (objects[h] === 0 && retained[graph.objects + h] === 0) continue
    const sums = addTo(out, holderName(a, h))
    sums.objects += objects[h]
    sums.bytes += bytes[h]
    // A frame's share is counted with its goroutine.
    if (holders.parent[h] < 0) sums.retained += retained[graph.objects + h]
  }
  return out
}

/** Object -> the holder where its shortest way begins, NONE if nothing holds it. Frames count as their goroutine. */
function owners(a: HeapAnalysis): Uint32Array {
  const { graph, holders } = a
  const { before, objects } = graph
  const owner = new Uint32Array(objects).fill(NONE)
  const way: number[] = []
  for (let object = 0; object < objects; object++) {
    let node = object
    while (node < objects && owner[node] === NONE && before[node] !== NONE) {
      way.push(node)
      node = before[node]
    }
    let found = NONE
    if (node < objects) found = owner[node]
    else {
      const h = node - objects
      found = holders.parent[h] < 0 ? h : holders.parent[h]
    }
    for (const n of way) owner[n] = found
    way.length = 0
  }
  return owner
}

export interface ChangeRow {
  readonly name: string
  readonly before: Sums
  readonly after: Sums
}

export interface HeapComparison {
  readonly before: HeapSummary
  readonly after: HeapSummary
  /** Those of which the bytes changed most, up or down, first; unchanged ones are left out. */
  readonly types: readonly ChangeRow[]
  readonly holders: readonly ChangeRow[]
}

const NOTHING: Sums = { objects: 0, bytes: 0, retained: 0 }

export function compareHeaps(before: HeapSummary, after: HeapSummary): HeapComparison {
  return {
    before,
    after,
    types: changes(before.types, after.types),
    holders: changes(before.holders, after.holders),
  }
}

function changes(before: ReadonlyMap<string, Sums>, after: ReadonlyMap<string, Sums>): ChangeRow[] {
  const rows: ChangeRow[] = []
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const row = { name, before: before.get(name) ?? NOTHING, after: after.get(name) ?? NOTHING }
    const { before: b, after: a } = row
    if (b.objects !== a.objects || b.bytes !== a.bytes || b.retained !== a.retained) rows.push(row)
  }
  const size = (r: ChangeRow): number => Math.abs(r.after.bytes - r.before.bytes)
  const weight = (r: ChangeRow): number => Math.abs(r.after.retained - r.before.retained)
  return rows.sort((x, y) => size(y) - size(x) || weight(y) - weight(x) || (x.name < y.name ? -1 : 1))
}
