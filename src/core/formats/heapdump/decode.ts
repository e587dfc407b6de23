// A heap dump as tables.
//
// Addresses of pointers are kept as they are until all objects are known, then each becomes the row of
// the object that it leads into, wherever within it.

import type { Problem } from '../../base/errors.ts'
import { GrowU32 } from '../../base/grow.ts'
import { type Int, Int64Builder, subInt } from '../../base/int64.ts'
import { Strings } from '../../base/strings.ts'
import {
  HeapContents,
  type HeapDump,
  type HeapDumpParams,
  type HeapObjects,
  type HeapRoots,
  type HeapSegment,
  NO_OBJECT,
  ROOT,
} from '../../model/heap-dump.ts'
import { ObjectTable } from './object-table.ts'
import { HeapDumpReader } from './reader.ts'
import type {
  AllocationRecord,
  FinalizerRecord,
  FrameRecord,
  GoroutineRecord,
  HeapDumpVisitor,
  Memory,
} from './records.ts'

export interface HeapDumpOptions {
  /** Bytes of the uncompressed dump, if known: columns then need not be moved as they grow. */
  readonly expectedBytes?: number
  /** Whether to keep the bytes of objects that have pointers, of segments and frames: types are found with them. */
  readonly contents?: boolean
  /** Whether to find out how much of each object its strings and slices use: duplicates are found with it. */
  readonly lengths?: boolean
}

export interface DecodedHeapDump {
  readonly dump: HeapDump
  readonly problems: readonly Problem[]
}

/** Names of MemStats' numbers in the order of the dump; PauseNs lies between the last two. */
const MEM_STATS: readonly string[] = [
  'Alloc',
  'TotalAlloc',
  'Sys',
  'Lookups',
  'Mallocs',
  'Frees',
  'HeapAlloc',
  'HeapSys',
  'HeapIdle',
  'HeapInuse',
  'HeapReleased',
  'HeapObjects',
  'StackInuse',
  'StackSys',
  'MSpanInuse',
  'MSpanSys',
  'MCacheInuse',
  'MCacheSys',
  'BuckHashSys',
  'GCSys',
  'OtherSys',
  'NextGC',
  'LastGC',
  'PauseTotalNs',
]
const NUM_GC = MEM_STATS.length + 256

const NO_PARAMS: HeapDumpParams = {
  format: '',
  bigEndian: false,
  pointerSize: 8,
  heapStart: 0,
  heapEnd: 0,
  arch: '',
  version: '',
  cpus: 0,
}

/** Least bytes of a real object's record: kind, 6 of address, size, a word, end of pointers. */
const LEAST_OBJECT = 18
/** Bytes of the dump per pointer: the word itself and its offset. */
const PER_POINTER = 10

/** Builds the tables of a dump whose bytes are pushed piece by piece. */
export class HeapDumpDecoder {
  private readonly builder: Builder
  private readonly reader: HeapDumpReader

  constructor(options: HeapDumpOptions = {}) {
    this.builder = new Builder(options, () => this.reader)
    this.reader = new HeapDumpReader(this.builder)
  }

  /** Takes the next bytes, which may change after that. Throws DecodeError if this is no heap dump. */
  feed(chunk: Uint8Array): void {
    this.reader.feed(chunk)
  }

  /** The dump, or what there is of it. Throws DecodeError if this is no heap dump. */
  done(): DecodedHeapDump {
    const { reader } = this
    reader.finish()
    const dump = this.builder.done(reader)
    return { dump, problems: [...reader.problems, ...this.builder.problems] }
  }
}

class Builder implements HeapDumpVisitor {
  readonly problems: Problem[] = []
  private readonly reader: () => HeapDumpReader
  private readonly strings = new Strings()
  private readonly objects: ObjectTable
  private readonly pointerStart: GrowU32
  private readonly pointer: Int64Builder
  private readonly length: GrowU32 | undefined
  private dumpParams = NO_PARAMS
  private heapSize = Number.POSITIVE_INFINITY
  private readonly rootKind = new GrowU32(1024)
  private readonly rootOf = new GrowU32(1024)
  private readonly rootOffset = new GrowU32(1024)
  private readonly rootPointer = new Int64Builder(1024)
  private readonly g = {
    id: new Int64Builder(64),
    status: new GrowU32(64),
    system: new GrowU32(64),
    waitReason: new GrowU32(64),
    waitSince: new Int64Builder(64),
    created: new Int64Builder(64),
    firstFrame: new GrowU32(64),
  }
  private readonly f = {
    fn: new GrowU32(256),
    sp: new Int64Builder(256),
    size: new Int64Builder(256),
    entry: new Int64Builder(256),
    pc: new Int64Builder(256),
    content: new Int64Builder(256),
  }
  private readonly fin = {
    object: new Int64Builder(16),
    code: new Int64Builder(16),
    argument: new Int64Builder(16),
    type: new Int64Builder(16),
    queued: new GrowU32(16),
  }
  private readonly otherRoots: string[] = []
  private readonly types = new Map<number, string>()
  private readonly itabs = new Map<number, number>()
  private readonly stats = new Map<string, Int>()
  private readonly stacks = {
    size: new Int64Builder(256),
    allocs: new Int64Builder(256),
    frees: new Int64Builder(256),
    first: new GrowU32(256),
    fn: new GrowU32(1024),
    file: new GrowU32(1024),
    line: new GrowU32(1024),
  }
  private readonly stackById = new Map<number, number>()
  private readonly samples: (readonly [address: number, stack: number])[] = []
  private threads = 0
  private data: HeapSegment | undefined
  private bss: HeapSegment | undefined
  private readonly contents: HeapContents | undefined
  private readonly contentStart: Int64Builder

  constructor(options: HeapDumpOptions, reader: () => HeapDumpReader) {
    this.reader = reader
    const bytes = options.expectedBytes ?? 1 << 14
    const objects = Math.ceil(bytes / LEAST_OBJECT) + 16
    this.objects = new ObjectTable(objects)
    this.pointerStart = new GrowU32(objects)
    const pointers = Math.ceil(bytes / PER_POINTER) + 16
    this.pointer = new Int64Builder(pointers)
    this.length = options.lengths ? new GrowU32(pointers) : undefined
    this.contents = options.contents ? new HeapContents() : undefined
    this.contentStart = new Int64Builder(options.contents ? objects : 0)
  }

  params(p: HeapDumpParams): void {
    this.dumpParams = p
    const size = Number(subInt(p.heapEnd, p.heapStart))
    if (size > 0) this.heapSize = size
  }

  object(m: Memory): void {
    // A slot of no bytes holds nothing that could be found by an address.
    if (m.size === 0 || Number.isNaN(m.address)) return
    this.objects.add(m)
    this.pointerStart.push(this.pointer.length)
    const n = m.fieldCount
    if (n > 0) this.pointers(m)
    if (this.contents !== undefined)
      this.contentStart.push(n === 0 ? 0 : this.contents.keep(m.bytes, m.from, m.size))
  }

  private pointers(m: Memory): void {
    const { fields, from, fieldCount } = m
    const { pointer, length } = this
    const reader = this.reader()
    pointer.reserve(fieldCount)
    length?.reserve(fieldCount)
    const word = this.dumpParams.pointerSize
    // A pointer before the last word may belong to a string or slice, whose length comes next.
    const last = from + m.size - 2 * word
    let at = pointer.length
    for (let k = 0; k < fieldCount; k++) {
      const place = from + fields[k]
      pointer.f[at] = reader.pointerAt(place)
      if (length !== undefined) length.a[at] = place <= last ? reader.lengthAt(place + word) : 0
      at++
    }
    pointer.length = at
    if (length !== undefined) length.length = at
  }

  segment(which: 'data' | 'bss', m: Memory): void {
    for (let k = 0; k < m.fieldCount; k++)
      this.root(ROOT[which], 0, m.fields[k], this.reader().pointerAt(m.from + m.fields[k]))
    const content = this.contents?.keep(m.bytes, m.from, m.size) ?? 0
    const segment = { address: m.address, size: m.size, content }
    if (which === 'data') this.data = segment
    else this.bss = segment
  }

  goroutine(r: GoroutineRecord): void {
    const { g } = this
    const row = g.id.length
    g.id.push(r.id)
    g.status.push(r.status)
    g.system.push(r.system ? 1 : 0)
    g.waitReason.push(this.strings.internBytes(r.waitReason, 0, r.waitReason.length))
    g.waitSince.push(r.waitSince)
    g.created.push(r.created)
    g.firstFrame.push(this.f.fn.length)
    this.root(ROOT.goroutine, row, 0, r.context)
  }

  frame(r: FrameRecord, m: Memory): void {
    const { f } = this
    const row = f.fn.length
    f.fn.push(this.strings.internBytes(r.fn, 0, r.fn.length))
    f.sp.push(m.address)
    f.size.push(m.size)
    f.entry.push(r.entry)
    f.pc.push(r.pc)
    f.content.push(this.contents?.keep(m.bytes, m.from, m.size) ?? 0)
    const word = this.dumpParams.pointerSize
    let next = 0
    // Offsets come in two ascending lists (arguments of the call, then variables), which may overlap.
    // Goroutines of the runtime keep their pointers where the map says; what else is there is old.
    const system = this.g.system.length > 0 && this.g.system.a[this.g.system.length - 1] !== 0
    const said = m.fields.subarray(0, m.fieldCount).sort()
    for (let offset = 0; offset + word <= m.size; offset += word) {
      while (next < said.length && said[next] < offset) next++
      const kind = said[next] === offset ? ROOT.frame : ROOT.frameWord
      if (system && kind === ROOT.frameWord) continue
      const to = this.reader().pointerAt(m.from + offset)
      if (to >= 0) this.root(kind, row, offset, to)
    }
  }

  deferred(fn: number): void {
    this.root(ROOT.defer, this.g.id.length - 1, 0, fn)
  }

  panicked(data: number): void {
    this.root(ROOT.panic, this.g.id.length - 1, 0, data)
  }

  type(address: number, name: string): void {
    this.types.set(address, name)
  }

  itab(address: number, type: number): void {
    this.itabs.set(address, type)
  }

  otherRoot(description: string, to: number): void {
    this.root(ROOT.other, this.otherRoots.length, 0, to)
    this.otherRoots.push(description)
  }

  finalizer(r: FinalizerRecord, queued: boolean): void {
    const { fin } = this
    const row = fin.object.length
    fin.object.push(r.object)
    fin.code.push(r.code)
    fin.argument.push(r.argument)
    fin.type.push(r.type)
    fin.queued.push(queued ? 1 : 0)
    this.root(queued ? ROOT.queued : ROOT.finalizer, row, 0, r.fn)
    this.root(queued ? ROOT.queued : ROOT.finalized, row, 0, r.object)
  }

  thread(): void {
    this.threads++
  }

  memStats(values: readonly Int[]): void {
    MEM_STATS.forEach((name, k) => {
      this.stats.set(name, values[k])
    })
    this.stats.set('NumGC', values[NUM_GC])
  }

  allocation(r: AllocationRecord): void {
    const { stacks, strings } = this
    this.stackById.set(r.id, stacks.size.length)
    stacks.size.push(r.size)
    stacks.allocs.push(r.allocs)
    stacks.frees.push(r.frees)
    stacks.first.push(stacks.fn.length)
    for (const frame of r.frames) {
      stacks.fn.push(strings.internBytes(frame.fn, 0, frame.fn.length))
      stacks.file.push(strings.internBytes(frame.file, 0, frame.file.length))
      stacks.line.push(frame.line)
    }
  }

  allocSample(object: number, id: number): void {
    const stack = this.stackById.get(id)
    if (stack !== undefined) this.samples.push([object, stack])
  }

  private root(kind: number, of: number, offset: number, to: number): void {
    if (!(to >= 0 && to < this.heapSize)) return
    this.rootKind.push(kind)
    this.rootOf.push(Math.max(of, 0))
    this.rootOffset.push(offset)
    this.rootPointer.push(to)
  }

  done(reader: HeapDumpReader): HeapDump {
    const objects = this.objects.done()
    const usedBytes = this.usedBytes(objects)
    const { g, f, fin, stacks } = this
    this.pointerStart.push(this.pointer.length)
    g.firstFrame.push(f.fn.length)
    stacks.first.push(stacks.fn.length)
    const ofObject = new Map<number, number>()
    for (const [address, stack] of this.samples) {
      const object = objects.find(address)
      if (object !== NO_OBJECT) ofObject.set(object, stack)
    }
    return {
      params: this.dumpParams,
      strings: this.strings,
      objects,
      pointerStart: this.pointerStart.done(),
      target: this.resolve(objects),
      roots: this.resolveRoots(objects),
      goroutines: {
        count: g.id.length,
        id: f64(g.id),
        status: Uint8Array.from(g.status.done()),
        system: Uint8Array.from(g.system.done()),
        waitReason: g.waitReason.done(),
        waitSince: f64(g.waitSince),
        created: f64(g.created),
        firstFrame: g.firstFrame.done(),
      },
      frames: {
        count: f.fn.length,
        fn: f.fn.done(),
        sp: f64(f.sp),
        size: f64(f.size),
        entry: f64(f.entry),
        pc: f64(f.pc),
        content: f64(f.content),
      },
      finalizers: {
        count: fin.object.length,
        object: Uint32Array.from(f64(fin.object), (a) => objects.find(a)),
        code: f64(fin.code),
        argument: f64(fin.argument),
        type: f64(fin.type),
        queued: Uint8Array.from(fin.queued.done()),
      },
      otherRoots: this.otherRoots,
      data: this.data,
      bss: this.bss,
      types: this.types,
      itabs: this.itabs,
      memStats: this.stats,
      allocations: {
        count: stacks.size.length,
        size: f64(stacks.size),
        allocs: f64(stacks.allocs),
        frees: f64(stacks.frees),
        first: stacks.first.done(),
        fn: stacks.fn.done(),
        file: stacks.file.done(),
        line: stacks.line.done(),
        ofObject,
      },
      threads: this.threads,
      falseObjects: reader.falseObjects,
      complete: reader.complete,
      bytes: reader.bytes,
      usedBytes,
      contents: this.contents,
      contentStart: f64(this.contentStart),
    }
  }

  /** Rows of the objects that pointers lead to; gives the memory of the addresses back. */
  private resolve(objects: HeapObjects): Uint32Array {
    const from = this.pointer.f
    const { length } = this.pointer
    const to = new Uint32Array(length)
    const { heapSize } = this
    for (let k = 0; k < length; k++) {
      const address = from[k]
      to[k] = address >= 0 && address < heapSize ? objects.find(address) : NO_OBJECT
    }
    this.pointer.f = new Float64Array(0)
    return to
  }

  /** How far the strings and slices that begin in an object reach. */
  private usedBytes(objects: HeapObjects): Uint32Array | undefined {
    if (this.length === undefined) return undefined
    const used = new Uint32Array(objects.count)
    const { a: lengths, length: count } = this.length
    const { kind, kinds } = objects
    for (let k = 0; k < count; k++) {
      const length = lengths[k]
      const address = this.pointer.f[k]
      if (length === 0 || !(address >= 0 && address < this.heapSize)) continue
      const object = objects.find(address)
      if (object === NO_OBJECT || kinds.start[kind[object]] !== kinds.start[kind[object] + 1]) continue
      const end = address - objects.address(object) + length
      if (end <= objects.size(object) && end > used[object]) used[object] = end
    }
    this.length.a = new Uint32Array(0)
    return used
  }

  private resolveRoots(objects: HeapObjects): HeapRoots {
    const kind = new GrowU32(this.rootKind.length)
    const of = new GrowU32(this.rootKind.length)
    const offset = new GrowU32(this.rootKind.length)
    const target = new GrowU32(this.rootKind.length)
    for (let k = 0; k < this.rootKind.length; k++) {
      const object = objects.find(this.rootPointer.f[k])
      if (object === NO_OBJECT) continue
      kind.push(this.rootKind.a[k])
      of.push(this.rootOf.a[k])
      offset.push(this.rootOffset.a[k])
      target.push(object)
    }
    return {
      count: kind.length,
      kind: Uint8Array.from(kind.done()),
      of: of.done(),
      offset: offset.done(),
      target: target.done(),
    }
  }
}

function f64(b: Int64Builder): Float64Array {
  return b.f.subarray(0, b.length)
}
