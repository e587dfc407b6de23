// Strings and buffers with equal content: objects without pointers, told apart by length and hash.
//
// Contents come by once, in file order, and are not kept; of what repeats itself the first bytes are
// shown, so they are kept for those that waste most at that moment.

import { GrowU32 } from '../../base/grow.ts'
import type { HeapDump } from '../../model/heap-dump.ts'
import { type HeapGraph, NONE } from './graph.ts'

/** Objects that are equal. */
export interface Duplicate {
  /** Bytes that were compared. */
  readonly length: number
  readonly count: number
  /** Bytes of all of them but one, with what their size class adds. */
  readonly wasted: number
  /** Whether `length` comes from strings and slices; else whole slots are equal. */
  readonly exact: boolean
  /** One of the objects. */
  readonly object: number
  /** The first bytes. */
  readonly preview: Uint8Array
}

export interface Duplicates {
  /** Those that waste most, greatest first. */
  readonly top: readonly Duplicate[]
  /** Contents that are there more than once. */
  readonly groups: number
  readonly wasted: number
  /** Objects and bytes that were compared. */
  readonly objects: number
  readonly bytes: number
}

const PREVIEW = 64
/** Previews kept at a time. */
const PREVIEWS = 4096

export class DuplicateFinder {
  private readonly dump: HeapDump
  private readonly reachable: (object: number) => boolean
  private slots: Uint32Array
  // By group of equal contents.
  private readonly low = new GrowU32(1024)
  private readonly high = new GrowU32(1024)
  private readonly length = new GrowU32(1024)
  private readonly count = new GrowU32(1024)
  private readonly object = new GrowU32(1024)
  private previews = new Map<number, Uint8Array>()
  private least = 1
  private objects = 0
  private bytes = 0

  constructor(dump: HeapDump, graph: HeapGraph) {
    this.dump = dump
    this.reachable = (object) => graph.before[object] !== NONE
    this.slots = new Uint32Array(1 << 12)
  }

  /** Takes the content of an object, bytes[from, from + size). Those with pointers and garbage are left out. */
  add(object: number, bytes: Uint8Array, from: number, size: number): void {
    const { objects } = this.dump
    const kind = objects.kind[object]
    if (objects.kinds.start[kind] !== objects.kinds.start[kind + 1] || !this.reachable(object)) return
    const length = this.lengthOf(object, size)
    this.objects++
    this.bytes += size
    const [low, high] = hash(bytes, from, length)
    const group = this.group(low, high, length, object)
    const count = ++this.count.a[group]
    const wasted = (count - 1) * size
    if (count > 1 && wasted >= this.least && !this.previews.has(group))
      this.keepPreview(group, bytes.slice(from, from + Math.min(length, PREVIEW)))
  }

  /** Bytes in use, if that is plausible for the size class: the rest may hold anything. */
  private lengthOf(object: number, size: number): number {
    const used = this.dump.usedBytes?.[object] ?? 0
    return used * 2 > size ? used : size
  }

  private group(low: number, high: number, length: number, object: number): number {
    const mask = this.slots.length - 1
    let slot = low & mask
    for (;;) {
      const group = this.slots[slot] - 1
      if (group < 0) break
      if (this.low.a[group] === low && this.high.a[group] === high && this.length.a[group] === length)
        return group
      slot = (slot + 1) & mask
    }
    const group = this.low.length
    this.slots[slot] = group + 1
    this.low.push(low)
    this.high.push(high)
    this.length.push(length)
    this.count.push(0)
    this.object.push(object)
    if (group * 2 > this.slots.length) this.grow()
    return group
  }

  private grow(): void {
    const slots = new Uint32Array(this.slots.length * 2)
    const mask = slots.length - 1
    for (let group = 0; group < this.low.length; group++) {
      let slot = this.low.a[group] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = group + 1
    }
    this.slots = slots
  }

  private wastedBy(group: number): number {
    return (this.count.a[group] - 1) * this.dump.objects.size(this.object.a[group])
  }

  private keepPreview(group: number, preview: Uint8Array): void {
    this.previews.set(group, preview)
    if (this.previews.size < PREVIEWS) return
    // What wastes less than the middle of these cannot be among those that are shown unless it grows.
    const rows = [...this.previews.keys()].sort((a, b) => this.wastedBy(b) - this.wastedBy(a))
    this.least = Math.max(this.least, this.wastedBy(rows[PREVIEWS / 2]))
    this.previews = new Map(rows.slice(0, PREVIEWS / 2).map((row) => [row, this.previews.get(row)!]))
  }

  /** The groups that waste most. */
  done(limit: number): Duplicates {
    let groups = 0
    let wasted = 0
    const rows: number[] = []
    for (let group = 0; group < this.low.length; group++) {
      if (this.count.a[group] < 2) continue
      groups++
      const w = this.wastedBy(group)
      wasted += w
      if (this.previews.has(group)) rows.push(group)
    }
    rows.sort((a, b) => this.wastedBy(b) - this.wastedBy(a) || this.object.a[a] - this.object.a[b])
    const { usedBytes, objects } = this.dump
    return {
      top: rows.slice(0, limit).map((group) => ({
        length: this.length.a[group],
        count: this.count.a[group],
        wasted: this.wastedBy(group),
        exact: (usedBytes?.[this.object.a[group]] ?? 0) * 2 > objects.size(this.object.a[group]),
        object: this.object.a[group],
        preview: this.previews.get(group)!,
      })),
      groups,
      wasted,
      objects: this.objects,
      bytes: this.bytes,
    }
  }
}

/** Two hashes of 32 bits of bytes[from, from + length). */
function hash(bytes: Uint8Array, from: number, length: number): [low: number, high: number] {
  let a = length | 0
  let b = ~length
  const end = from + length
  let at = from
  for (; at + 4 <= end; at += 4) {
    const w = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    a = Math.imul(a ^ w, 0x9e3779b1)
    a ^= a >>> 15
    b = Math.imul(b + w, 0x85ebca6b)
    b ^= b >>> 13
  }
  for (; at < end; at++) {
    a = Math.imul(a ^ bytes[at], 0x01000193)
    b = Math.imul(b + bytes[at], 0xc2b2ae35)
  }
  return [(a ^ (a >>> 16)) >>> 0, (b ^ (b >>> 16)) >>> 0]
}
