// Sums allocations and frees up while they come in.

import { GrowU32 } from '../../base/grow.ts'
import { Strings } from '../../base/strings.ts'
import { type AllocLog, type AllocSums, MAX_LIVE, MAX_STACKS } from '../../model/alloc-log.ts'
import { PointerMap } from './pointer-map.ts'

const COLLECTIONS = 16

/** Sums that grow by a row for each new key. */
class Sums {
  readonly objects: number[] = []
  readonly bytes: number[] = []
  readonly freedObjects: number[] = []
  readonly freedBytes: number[] = []

  newRow(): number {
    this.bytes.push(0)
    this.freedObjects.push(0)
    this.freedBytes.push(0)
    return this.objects.push(0) - 1
  }

  done(): AllocSums {
    return {
      count: this.objects.length,
      objects: Float64Array.from(this.objects),
      bytes: Float64Array.from(this.bytes),
      freedObjects: Float64Array.from(this.freedObjects),
      freedBytes: Float64Array.from(this.freedBytes),
    }
  }
}

/** Text of names that is kept: more than any program has. */
const MAX_TEXT = 1 << 28

/** Rows by a first key, then by a second one. */
class Rows {
  private readonly rows = new Map<number, Map<number, number>>()

  get(a: number, b: number): number | undefined {
    return this.rows.get(a)?.get(b)
  }

  set(a: number, b: number, row: number): void {
    const inner = this.rows.get(a)
    if (inner === undefined) this.rows.set(a, new Map([[b, row]]))
    else inner.set(b, row)
  }
}

/** Interns stacks and sums allocations up by site, which is stack, type and size. */
export class AllocBuilder {
  private readonly strings = new Strings()
  /** Frames of the stack that is coming in. */
  readonly stack = new GrowU32(64)
  allocations = 0
  private allocatedBytes = 0
  private frees = 0
  private freedBytes = 0
  private unknownFrees = 0
  private reused = 0
  private collections = 0
  private untracked = 0

  private readonly frameFunction = new GrowU32()
  private readonly frameFile = new GrowU32()
  private readonly frameLine = new GrowU32()
  /** Function, then file and line. */
  private readonly frames = new Rows()

  private readonly stackStart = new GrowU32()
  private readonly stackEnd = new GrowU32()
  private readonly stackFrame = new GrowU32()
  /** Hash slot -> stack + 1. */
  private stackSlots = new Uint32Array(1024)

  private readonly typeName = new GrowU32()
  private readonly typeRows = new Map<number, number>()
  private readonly byType = new Sums()
  private readonly size: number[] = []
  private readonly sizeRows = new Map<number, number>()
  private readonly bySize = new Sums()

  private readonly siteStack = new GrowU32()
  private readonly siteType = new GrowU32()
  private readonly siteSize: number[] = []
  /** Stack, then type and size. */
  private readonly sites = new Rows()
  private readonly bySite = new Sums()

  private readonly live = new PointerMap(MAX_LIVE)
  private readonly inAllocations = new Float64Array(64)
  private readonly inBytes = new Float64Array(64)
  private readonly inCollections = new Float64Array(COLLECTIONS)

  constructor() {
    this.addFrame(0, 0, 0)
    this.stackStart.push(0)
    this.stackEnd.push(0)
    this.typeRow(0)
  }

  /** The id of a name; 0 if too many names came already. */
  name(b: Uint8Array, from: number, to: number): number {
    if (this.strings.byteLength + to - from > MAX_TEXT) return 0
    return this.strings.internBytes(b, from, to)
  }

  /** The row of a frame, by ids of names. */
  frame(fn: number, file: number, line: number): number {
    const key = file * 2 ** 24 + (line & 0xffffff)
    let row = this.frames.get(fn, key)
    if (row === undefined) {
      row = this.addFrame(fn, file, line)
      this.frames.set(fn, key, row)
    }
    return row
  }

  private addFrame(fn: number, file: number, line: number): number {
    this.frameFunction.push(fn)
    this.frameFile.push(file)
    this.frameLine.push(line)
    return this.frameLine.length - 1
  }

  /** An allocation at the place `pointer` (low and high half), of the type with this name (id, 0 none), with the stack that came in. */
  alloc(low: number, high: number, size: number, type: number): void {
    const site = this.site(this.internStack(), this.typeRow(type), size)
    this.allocations++
    this.allocatedBytes += size
    add(this.bySite, site, size)
    add(this.byType, this.siteType.a[site], size)
    add(this.bySize, this.sizeRow(size), size)
    const known = this.live.put(low, high, site, this.allocations, this.allocatedBytes, this.collections)
    if (known === 'full') this.untracked++
    else if (known === 'replaced') this.reused++
  }

  free(low: number, high: number): void {
    this.frees++
    const at = this.live.take(low, high)
    if (at < 0) {
      this.unknownFrees++
      return
    }
    const site = this.live.site[at]
    const size = this.siteSize[site]
    this.freedBytes += size
    addFreed(this.bySite, site, size)
    addFreed(this.byType, this.siteType.a[site], size)
    addFreed(this.bySize, this.sizeRow(size), size)
    this.inAllocations[magnitude(this.allocations - this.live.number[at])]++
    this.inBytes[magnitude(this.allocatedBytes - this.live.bytes[at])]++
    this.inCollections[Math.min(COLLECTIONS - 1, this.collections - this.live.collection[at])]++
  }

  collection(): void {
    this.collections++
  }

  private typeRow(name: number): number {
    let row = this.typeRows.get(name)
    if (row === undefined) {
      row = this.byType.newRow()
      this.typeName.push(name)
      this.typeRows.set(name, row)
    }
    return row
  }

  private sizeRow(size: number): number {
    let row = this.sizeRows.get(size)
    if (row === undefined) {
      row = this.bySize.newRow()
      this.size.push(size)
      this.sizeRows.set(size, row)
    }
    return row
  }

  private site(stack: number, type: number, size: number): number {
    const key = type * 2 ** 24 + this.sizeRow(size)
    let site = this.sites.get(stack, key)
    if (site === undefined) {
      site = this.bySite.newRow()
      this.siteStack.push(stack)
      this.siteType.push(type)
      this.siteSize.push(size)
      this.sites.set(stack, key, site)
    }
    return site
  }

  private internStack(): number {
    const { a, length } = this.stack
    if (length === 0) return 0
    let h = length
    for (let i = 0; i < length; i++) h = Math.imul(h ^ a[i], 0x9e3779b1)
    h ^= h >>> 15
    const mask = this.stackSlots.length - 1
    let slot = h & mask
    for (; this.stackSlots[slot] !== 0; slot = (slot + 1) & mask) {
      const stack = this.stackSlots[slot] - 1
      const start = this.stackStart.a[stack]
      if (this.stackEnd.a[stack] - start !== length) continue
      let i = 0
      while (i < length && this.stackFrame.a[start + i] === a[i]) i++
      if (i === length) return stack
    }
    const stack = this.stackStart.length
    if (stack >= MAX_STACKS) return 0
    this.stackSlots[slot] = stack + 1
    this.stackStart.push(this.stackFrame.length)
    for (let i = 0; i < length; i++) this.stackFrame.push(a[i])
    this.stackEnd.push(this.stackFrame.length)
    if (stack * 2 > this.stackSlots.length) this.rehash()
    return stack
  }

  private rehash(): void {
    const slots = new Uint32Array(this.stackSlots.length * 4)
    const mask = slots.length - 1
    for (let stack = 1; stack < this.stackStart.length; stack++) {
      const from = this.stackStart.a[stack]
      const to = this.stackEnd.a[stack]
      let h = to - from
      for (let i = from; i < to; i++) h = Math.imul(h ^ this.stackFrame.a[i], 0x9e3779b1)
      h ^= h >>> 15
      let slot = h & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = stack + 1
    }
    this.stackSlots = slots
  }

  done(): AllocLog {
    return {
      strings: this.strings,
      allocations: this.allocations,
      allocatedBytes: this.allocatedBytes,
      frees: this.frees,
      freedBytes: this.freedBytes,
      unknownFrees: this.unknownFrees,
      reused: this.reused,
      collections: this.collections,
      untracked: this.untracked,
      typeName: this.typeName.done(),
      byType: this.byType.done(),
      size: Float64Array.from(this.size),
      bySize: this.bySize.done(),
      frameFunction: this.frameFunction.done(),
      frameFile: this.frameFile.done(),
      frameLine: this.frameLine.done(),
      stackStart: this.stackStart.done(),
      stackEnd: this.stackEnd.done(),
      stackFrame: this.stackFrame.done(),
      siteStack: this.siteStack.done(),
      siteType: this.siteType.done(),
      siteSize: Float64Array.from(this.siteSize),
      bySite: this.bySite.done(),
      lifetimes: {
        inAllocations: this.inAllocations,
        inBytes: this.inBytes,
        inCollections: this.inCollections,
      },
    }
  }
}

function add(s: Sums, row: number, size: number): void {
  s.objects[row]++
  s.bytes[row] += size
}

function addFreed(s: Sums, row: number, size: number): void {
  s.freedObjects[row]++
  s.freedBytes[row] += size
}

const magnitude = (n: number): number => (n < 2 ? 0 : Math.floor(Math.log2(n)))
