// Who holds objects from outside of the heap: global variables, goroutines and their frames, finalizers.
//
// Each is a node of the graph of its own, so that one can say what a variable or a goroutine holds as a
// whole. Nodes are numbered: objects by their row, then holders, then the top, which holds all of these.

import { GrowU32 } from '../../base/grow.ts'
import { type HeapDump, type HeapRoots, ROOT } from '../../model/heap-dump.ts'

export const HOLDER = {
  variable: 0,
  goroutine: 1,
  frame: 2,
  finalizer: 3,
  queued: 4,
  other: 5,
  /** Words of a frame that only look like pointers. */
  guess: 6,
  /** The object of a finalizer. */
  finalized: 7,
} as const

/** Names of global variables, where a binary tells. */
export interface VariableNames {
  /** A number that is the same for all bytes of one variable; -1 if none is known. */
  variableAt(segment: 'data' | 'bss', offset: number): number
  variableName(variable: number): string
}

export interface Holders {
  readonly count: number
  /** One of HOLDER. */
  readonly kind: Uint8Array
  /** Row of the goroutine, frame, finalizer or other root; of variables see `variable`. */
  readonly of: Uint32Array
  /** Number of the variable by VariableNames, -1 if it has none. */
  readonly variable: Int32Array
  /** Segment (0 data, 1 bss) and offset in it of a variable's first pointer. */
  readonly segment: Uint8Array
  readonly offset: Uint32Array
  /** The goroutine's holder of a frame, -1 for those that stand alone. */
  readonly parent: Int32Array
  /**
   * How certain it is: 0 the collector takes it for a root, 1 it may be one, 2 it keeps the object until a
   * finalizer has run. What is held with certainty is not counted for the others.
   */
  readonly rank: Uint8Array
  /** Objects held: target[start[holder] .. start[holder + 1]), by row. */
  readonly start: Uint32Array
  readonly target: Uint32Array
  /** Bytes into the frame or variable's segment where each of these pointers stands. */
  readonly targetOffset: Uint32Array
}

/** The holders of a dump. Cost is that of sorting the roots. */
export function buildHolders(dump: HeapDump, names: VariableNames | undefined): Holders {
  const b = new HolderBuilder(dump, names)
  return b.done()
}

class HolderBuilder {
  private readonly dump: HeapDump
  private readonly names: VariableNames | undefined
  private readonly kind = new GrowU32(256)
  private readonly of = new GrowU32(256)
  private readonly variable = new GrowU32(256)
  private readonly segment = new GrowU32(256)
  private readonly offset = new GrowU32(256)
  private readonly parent = new GrowU32(256)
  private readonly rank = new GrowU32(256)
  /** Root -> its holder. */
  private readonly holderOf: Uint32Array
  private readonly goroutineHolder: Int32Array
  private readonly goroutineOfFrame: Uint32Array

  constructor(dump: HeapDump, names: VariableNames | undefined) {
    this.dump = dump
    this.names = names
    this.holderOf = new Uint32Array(dump.roots.count)
    this.goroutineHolder = new Int32Array(dump.goroutines.count).fill(-1)
    this.goroutineOfFrame = new Uint32Array(dump.frames.count)
    const { firstFrame } = dump.goroutines
    for (let g = 0; g < dump.goroutines.count; g++)
      this.goroutineOfFrame.fill(g, firstFrame[g], firstFrame[g + 1])
  }

  private add(kind: number, of: number, rank: number, parent = -1): number {
    this.kind.push(kind)
    this.of.push(of)
    this.variable.push(-1)
    this.segment.push(0)
    this.offset.push(0)
    this.parent.push(parent)
    this.rank.push(rank)
    return this.kind.length - 1
  }

  private goroutine(g: number): number {
    if (g >= this.goroutineHolder.length) return this.add(HOLDER.other, 0, 0)
    if (this.goroutineHolder[g] < 0) this.goroutineHolder[g] = this.add(HOLDER.goroutine, g, 0)
    return this.goroutineHolder[g]
  }

  private variableHolder(roots: HeapRoots, root: number, known: Map<number, number>): number {
    const segment = roots.kind[root] === ROOT.bss ? 'bss' : 'data'
    const variable = this.names?.variableAt(segment, roots.offset[root]) ?? -1
    const before = variable < 0 ? undefined : known.get(variable)
    if (before !== undefined) return before
    const holder = this.add(HOLDER.variable, 0, 0)
    this.variable.a[holder] = variable
    this.segment.a[holder] = segment === 'bss' ? 1 : 0
    this.offset.a[holder] = roots.offset[root]
    if (variable >= 0) known.set(variable, holder)
    return holder
  }

  private assign(): void {
    const { roots } = this.dump
    const variables = new Map<number, number>()
    // Roots of a frame come one after the other.
    let frame = -1
    let sure = -1
    let guess = -1
    for (let root = 0; root < roots.count; root++) {
      const of = roots.of[root]
      let holder: number
      switch (roots.kind[root]) {
        case ROOT.data:
        case ROOT.bss:
          holder = this.variableHolder(roots, root, variables)
          break
        case ROOT.frame:
        case ROOT.frameWord: {
          if (frame !== of) {
            frame = of
            sure = -1
            guess = -1
          }
          const g = this.goroutine(this.goroutineOfFrame[of])
          if (roots.kind[root] === ROOT.frame) {
            if (sure < 0) sure = this.add(HOLDER.frame, of, 0, g)
            holder = sure
          } else {
            if (guess < 0) guess = this.add(HOLDER.guess, of, 1, g)
            holder = guess
          }
          break
        }
        case ROOT.goroutine:
        case ROOT.defer:
        case ROOT.panic:
          holder = this.goroutine(of)
          break
        case ROOT.finalizer:
          holder = this.add(HOLDER.finalizer, of, 0)
          break
        case ROOT.queued:
          holder = this.add(HOLDER.queued, of, 0)
          break
        case ROOT.finalized:
          holder = this.add(HOLDER.finalized, of, 2)
          break
        default:
          holder = this.add(HOLDER.other, of, 0)
      }
      this.holderOf[root] = holder
    }
  }

  done(): Holders {
    this.assign()
    const { roots } = this.dump
    const count = this.kind.length
    const start = new Uint32Array(count + 1)
    for (const holder of this.holderOf) start[holder + 1]++
    for (let h = 0; h < count; h++) start[h + 1] += start[h]
    const next = start.slice(0, count)
    const target = new Uint32Array(roots.count)
    const targetOffset = new Uint32Array(roots.count)
    for (let root = 0; root < roots.count; root++) {
      const at = next[this.holderOf[root]]++
      target[at] = roots.target[root]
      targetOffset[at] = roots.offset[root]
    }
    return {
      count,
      kind: Uint8Array.from(this.kind.done()),
      of: this.of.done(),
      variable: Int32Array.from(this.variable.done()),
      segment: Uint8Array.from(this.segment.done()),
      offset: this.offset.done(),
      parent: Int32Array.from(this.parent.done()),
      rank: Uint8Array.from(this.rank.done()),
      start,
      target,
      targetOffset,
    }
  }
}
