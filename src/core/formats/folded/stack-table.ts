import { GrowU32 } from '../../base/grow.ts'
import { addInt, Int64Builder, type Int64Column } from '../../base/int64.ts'
import type { Profile } from '../../model/profile.ts'
import type { LocationFrames } from './frame-name.ts'

/** Distinct stacks of frame ids, rows from 0 in the order in which they were first added. */
export class StackTable {
  /** Row -> its first frame in `frames`; one entry more than there are rows. */
  readonly start = new GrowU32(1024)
  readonly frames = new GrowU32(4096)
  private readonly hash = new GrowU32(1024)
  /** Open addressing: slot -> row + 1, 0 = free. Length is a power of two. */
  private slots = new Uint32Array(2048)

  constructor() {
    this.start.push(0)
  }

  get count(): number {
    return this.start.length - 1
  }

  /** Row of the stack ids[0, length), added if it is new. */
  add(ids: Uint32Array, length: number): number {
    let h = length
    for (let i = 0; i < length; i++) {
      h = Math.imul(h ^ ids[i], 0x9e3779b1)
      h ^= h >>> 15
    }
    h >>>= 0
    const mask = this.slots.length - 1
    const start = this.start.a
    const frames = this.frames.a
    let slot = h & mask
    for (;;) {
      const row = this.slots[slot] - 1
      if (row < 0) break
      const at = start[row]
      if (this.hash.a[row] === h && start[row + 1] - at === length) {
        let k = 0
        while (k < length && frames[at + k] === ids[k]) k++
        if (k === length) return row
      }
      slot = (slot + 1) & mask
    }
    const row = this.count
    this.slots[slot] = row + 1
    this.frames.reserve(length)
    for (let i = 0; i < length; i++) this.frames.push(ids[i])
    this.start.push(this.frames.length)
    this.hash.push(h)
    if ((row + 1) * 2 > this.slots.length) this.rehash()
    return row
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let row = 0; row < this.count; row++) {
      let slot = this.hash.a[row] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = row + 1
    }
    this.slots = slots
  }
}

/** The stacks of a profile's samples, equal ones merged. */
export interface MergedStacks {
  /** Root first. */
  readonly table: StackTable
  /** Sample -> row of the table. */
  readonly stackOf: Uint32Array
}

export function mergeStacks(profile: Profile, frames: LocationFrames): MergedStacks {
  const { count, stackStart, stackEnd, frame } = profile.samples
  const table = new StackTable()
  const stackOf = new Uint32Array(count)
  let ids = new Uint32Array(1024)
  for (let sample = 0; sample < count; sample++) {
    let n = 0
    for (let i = stackEnd[sample] - 1; i >= stackStart[sample]; i--) {
      const to = frames.start[frame[i] + 1]
      for (let k = frames.start[frame[i]]; k < to; k++) {
        if (n === ids.length) {
          const grown = new Uint32Array(n * 2)
          grown.set(ids)
          ids = grown
        }
        ids[n++] = frames.frame[k]
      }
    }
    stackOf[sample] = table.add(ids, n)
  }
  return { table, stackOf }
}

/** Sum of the values of each merged stack, exact. */
export function sumByStack(stacks: MergedStacks, value: Int64Column): Int64Column {
  const { stackOf } = stacks
  const count = stacks.table.count
  const f = new Float64Array(count)
  let exact = value.wide.size === 0
  if (exact) {
    const values = value.f
    for (let sample = 0; sample < stackOf.length; sample++) f[stackOf[sample]] += values[sample]
    // A sum that left the safe range once may have lost units and come back; magnitudes bound that.
    let magnitude = 0
    for (let sample = 0; sample < stackOf.length; sample++) magnitude += Math.abs(values[sample])
    exact = magnitude <= Number.MAX_SAFE_INTEGER
  }
  const out = new Int64Builder(count)
  for (let row = 0; row < count; row++) out.push(exact ? f[row] : 0)
  if (!exact) {
    for (let sample = 0; sample < stackOf.length; sample++) {
      const row = stackOf[sample]
      out.set(row, addInt(out.get(row), value.get(sample)))
    }
  }
  return out.done()
}
