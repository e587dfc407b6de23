// Allocations by what they have in common: type, size, and the function that asked for them.

import type { AllocLog, AllocSums } from '../../model/alloc-log.ts'

export interface AllocRow {
  /** Type, size in bytes as text, or function. */
  readonly name: string
  /** Of a function: file and line of its call; '' else. */
  readonly place: string
  readonly objects: number
  readonly bytes: number
  /** Not freed within the log: alive at its end, or not swept yet. */
  readonly keptObjects: number
  readonly keptBytes: number
}

export interface AllocStack {
  /** Leaf first. */
  readonly frames: readonly { readonly name: string; readonly file: string; readonly line: number }[]
  readonly type: string
  readonly size: number
  readonly objects: number
  readonly bytes: number
  readonly keptObjects: number
  readonly keptBytes: number
}

export interface Lifetime {
  /** Of freed objects: half of them, nine tenths and all lived for at most so many of each. Powers of two but for collections. */
  readonly half: number
  readonly mostly: number
  readonly longest: number
}

export interface AllocReport {
  readonly allocations: number
  readonly allocatedBytes: number
  readonly frees: number
  readonly freedBytes: number
  readonly unknownFrees: number
  readonly reused: number
  readonly collections: number
  readonly untracked: number
  /** Allocations of the log that were not freed in it. */
  readonly keptObjects: number
  readonly keptBytes: number
  /** By bytes, most first. */
  readonly types: readonly AllocRow[]
  readonly sizes: readonly AllocRow[]
  /** By the first function outside the runtime. */
  readonly functions: readonly AllocRow[]
  readonly stacks: readonly AllocStack[]
  readonly lifetimes: {
    readonly inAllocations: Lifetime
    readonly inBytes: Lifetime
    readonly inCollections: Lifetime
    /** Objects freed by the number of collections that they lived through. */
    readonly byCollections: readonly number[]
  }
}

/** Name of allocations without a type: bytes, strings, and what the runtime does not print a type of. */
export const NO_TYPE = '(no pointers, no type printed)'
/** Name of what has no stack, or one too many. */
export const NO_STACK = '(no stack)'

export function allocReport(log: AllocLog): AllocReport {
  const keptObjects = sum(log.bySite.objects) - sum(log.bySite.freedObjects)
  return {
    allocations: log.allocations,
    allocatedBytes: log.allocatedBytes,
    frees: log.frees,
    freedBytes: log.freedBytes,
    unknownFrees: log.unknownFrees,
    reused: log.reused,
    collections: log.collections,
    untracked: log.untracked,
    keptObjects,
    keptBytes: log.allocatedBytes - log.freedBytes,
    types: rowsOf(log.byType, (i) => ({ name: typeName(log, i), place: '' })),
    sizes: rowsOf(log.bySize, (i) => ({ name: String(log.size[i]), place: '' })),
    functions: functionRows(log),
    stacks: stackRows(log),
    lifetimes: {
      inAllocations: lifetime(log.lifetimes.inAllocations, (k) => 2 ** (k + 1)),
      inBytes: lifetime(log.lifetimes.inBytes, (k) => 2 ** (k + 1)),
      inCollections: lifetime(log.lifetimes.inCollections, (k) => k),
      byCollections: [...log.lifetimes.inCollections],
    },
  }
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0)

export function typeName(log: AllocLog, row: number): string {
  return log.typeName[row] === 0 ? NO_TYPE : log.strings.get(log.typeName[row])
}

function rowsOf(s: AllocSums, named: (row: number) => { name: string; place: string }): AllocRow[] {
  return Array.from({ length: s.count }, (_, i) => ({
    ...named(i),
    objects: s.objects[i],
    bytes: s.bytes[i],
    keptObjects: s.objects[i] - s.freedObjects[i],
    keptBytes: s.bytes[i] - s.freedBytes[i],
  }))
    .filter((r) => r.objects > 0)
    .sort(mostBytes)
}

const mostBytes = (a: { bytes: number; objects: number }, b: { bytes: number; objects: number }): number =>
  b.bytes - a.bytes || b.objects - a.objects

/** The frame that asked the runtime for memory: the first outside it; if there is none, the last. 0 for no stack. */
function asker(log: AllocLog, stack: number): number {
  const end = log.stackEnd[stack]
  for (let i = log.stackStart[stack]; i < end; i++) {
    const frame = log.stackFrame[i]
    if (!log.strings.get(log.frameFunction[frame]).startsWith('runtime.')) return frame
  }
  return end > log.stackStart[stack] ? log.stackFrame[end - 1] : 0
}

function functionRows(log: AllocLog): AllocRow[] {
  const askers = Uint32Array.from({ length: log.stackStart.length }, (_, s) => asker(log, s))
  const frames: number[] = []
  const rowOf = new Map<number, number>()
  const rows = Array.from(log.siteStack, (stack) => {
    const frame = askers[stack]
    const known = rowOf.get(frame)
    if (known !== undefined) return known
    rowOf.set(frame, frames.length)
    return frames.push(frame) - 1
  })
  const total = (of: Float64Array): Float64Array => {
    const out = new Float64Array(frames.length)
    for (const [site, row] of rows.entries()) out[row] += of[site]
    return out
  }
  const s = log.bySite
  const sums = {
    count: frames.length,
    objects: total(s.objects),
    bytes: total(s.bytes),
    freedObjects: total(s.freedObjects),
    freedBytes: total(s.freedBytes),
  }
  return rowsOf(sums, (i) => {
    const f = frames[i]
    if (f === 0) return { name: NO_STACK, place: '' }
    return {
      name: log.strings.get(log.frameFunction[f]),
      place: `${log.strings.get(log.frameFile[f])}:${log.frameLine[f]}`,
    }
  })
}

function stackRows(log: AllocLog): AllocStack[] {
  const s = log.bySite
  return Array.from({ length: s.count }, (_, i) => i)
    .sort((a, b) => s.bytes[b] - s.bytes[a] || s.objects[b] - s.objects[a])
    .map((i) => ({
      frames: Array.from(
        log.stackFrame.subarray(log.stackStart[log.siteStack[i]], log.stackEnd[log.siteStack[i]]),
        (f) => ({
          name: log.strings.get(log.frameFunction[f]),
          file: log.strings.get(log.frameFile[f]),
          line: log.frameLine[f],
        }),
      ),
      type: typeName(log, log.siteType[i]),
      size: log.siteSize[i],
      objects: s.objects[i],
      bytes: s.bytes[i],
      keptObjects: s.objects[i] - s.freedObjects[i],
      keptBytes: s.bytes[i] - s.freedBytes[i],
    }))
}

function lifetime(counts: Float64Array, value: (k: number) => number): Lifetime {
  const total = sum(counts)
  const at = (share: number): number => {
    let n = 0
    for (let k = 0; k < counts.length; k++) {
      n += counts[k]
      if (n > 0 && n >= share * total) return value(k)
    }
    return Number.NaN
  }
  return { half: at(0.5), mostly: at(0.9), longest: at(1) }
}
