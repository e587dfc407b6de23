import type { IdTable } from '../../../model/id-table.ts'
import { NONE, type WideValues } from './wide.ts'

/** Status of a goroutine or proc as on the wire, but 0 = not there. What the wire calls 0 is BAD. */
export const ABSENT = 0
export const BAD = 7

/** Numbers kept for each goroutine or proc: together, since events of one look at all of them. */
const CELLS = 4
const SEQ_GEN = 1
const SEQ = 2
const REGION = 3
/** Sequence numbers from here on are kept elsewhere. */
const LARGE_SEQ = 0x7ffffffe

/**
 * What is known of the goroutines or the procs by row: status, sequence number, innermost user region.
 * Row -1 is a row as well: it stands for id -1, which elsewhere means none but can be spoken of like others.
 */
export class States {
  private cells = new Int32Array(1024 * CELLS)
  private readonly largeSeqs = new Map<number, number>()
  private readonly table: IdTable
  private readonly wides: WideValues

  constructor(table: IdTable, wides: WideValues) {
    this.table = table
    this.wides = wides
  }

  /** The row of an id, given as a code; only rows that came from here may be asked about. */
  row(code: number): number {
    if (code === NONE) return -1
    const row = this.table.intern(code >= 0 ? code : this.wides.signed(code))
    if ((row + 2) * CELLS > this.cells.length) this.grow()
    return row
  }

  status(row: number): number {
    return this.cells[(row + 1) * CELLS]
  }

  setStatus(row: number, status: number): void {
    this.cells[(row + 1) * CELLS] = status
  }

  /** Sets the sequence number; `gen` is the number of the generation in order of first mention. */
  setSeq(row: number, gen: number, seq: number): void {
    const at = (row + 1) * CELLS
    this.cells[at + SEQ_GEN] = gen
    if (seq >= 0 && seq < LARGE_SEQ) this.cells[at + SEQ] = seq
    else {
      this.cells[at + SEQ] = LARGE_SEQ
      this.largeSeqs.set(row, seq)
    }
  }

  /** Whether a sequence number is the one after the last. */
  succeeds(row: number, gen: number, seq: number): boolean {
    const at = (row + 1) * CELLS
    if (this.cells[at + SEQ_GEN] !== gen) return false
    const last = this.cells[at + SEQ]
    if (last < LARGE_SEQ) return last + 1 === seq
    return this.wides.next(this.largeSeqs.get(row) as number) === seq
  }

  /** Node of the innermost open region in OpenRegions, 0 = none. */
  region(row: number): number {
    return this.cells[(row + 1) * CELLS + REGION]
  }

  setRegion(row: number, node: number): void {
    this.cells[(row + 1) * CELLS + REGION] = node
  }

  /** Forgets everything. */
  clear(): void {
    this.cells.fill(0)
  }

  private grow(): void {
    const cells = new Int32Array(this.cells.length * 2)
    cells.set(this.cells)
    this.cells = cells
  }
}

/** Stop-the-world ranges are told apart by their kind's string id; the others of a resource by nothing. */
export const NO_KIND = Number.NEGATIVE_INFINITY

/** Ranges open at once on one goroutine or proc: a bound for the time it takes to look through them. */
const MOST_OPEN = 4096

/** Ranges that are open on goroutines or procs: lists of kinds (string ids as codes, NO_KIND for none). */
export class OpenRanges {
  private readonly lists = new Map<number, number[]>()

  has(row: number, kind: number): boolean {
    return this.lists.get(row)?.includes(kind) === true
  }

  /** False if the same range is open already, or more than anything real has. */
  open(row: number, kind: number): boolean {
    const list = this.lists.get(row)
    if (list === undefined) this.lists.set(row, [kind])
    else if (list.length === MOST_OPEN || list.includes(kind)) return false
    else list.push(kind)
    return true
  }

  /** Closes the first open range that has a kind, or the one that has none; undefined if there is none. */
  close(row: number, withKind: boolean): number | undefined {
    const list = this.lists.get(row)
    if (list === undefined) return undefined
    const i = list.findIndex((kind) => (kind !== NO_KIND) === withKind)
    if (i < 0) return undefined
    const kind = list[i]
    // The last one takes its place: with several kinds open, that decides which is found next.
    list[i] = list[list.length - 1]
    list.pop()
    // Lists of resources that are still there stay: most will be used again.
    return kind
  }

  forget(row: number): void {
    if (this.lists.size > 0) this.lists.delete(row)
  }

  clear(): void {
    this.lists.clear()
  }
}

/** User regions that are open on goroutines: for each a chain of nodes, the innermost first. */
export class OpenRegions {
  private readonly states: States
  /** Node -> task (a code), name (a string of the trace's table), the region around it; node 0 is none. */
  private readonly task: number[] = [0]
  private readonly name: number[] = [0]
  private readonly outer: number[] = [0]
  /** First of the nodes that can be used again, chained by `outer`. */
  private free = 0

  constructor(states: States) {
    this.states = states
  }

  begin(row: number, task: number, name: number): void {
    const outer = this.states.region(row)
    const node = this.free
    if (node === 0) {
      this.task.push(task)
      this.name.push(name)
      this.states.setRegion(row, this.outer.push(outer) - 1)
      return
    }
    this.free = this.outer[node]
    this.task[node] = task
    this.name[node] = name
    this.outer[node] = outer
    this.states.setRegion(row, node)
  }

  /** False if another region is the innermost. Regions may have begun before the trace: none is fine. */
  end(row: number, task: number, name: number): boolean {
    const node = this.states.region(row)
    if (node === 0) return true
    if (this.task[node] !== task || this.name[node] !== name) return false
    this.states.setRegion(row, this.outer[node])
    this.release(node)
    return true
  }

  forget(row: number): void {
    for (let node = this.states.region(row); node !== 0; ) {
      const outer = this.outer[node]
      this.release(node)
      node = outer
    }
    this.states.setRegion(row, 0)
  }

  /** Forgets all regions; the states have to be cleared as well. */
  clear(): void {
    this.task.length = 1
    this.name.length = 1
    this.outer.length = 1
    this.free = 0
  }

  private release(node: number): void {
    this.outer[node] = this.free
    this.free = node
  }
}
