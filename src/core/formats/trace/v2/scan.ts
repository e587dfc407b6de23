// Finds the place in a damaged file from which reading can go on.

import { MAX_BATCH } from './batch.ts'
import { EV } from './events.ts'

/** What looks like this many batches in a row is taken for batches. */
const ENOUGH = 4

/**
 * Offset of the first batch at or behind `from` that seems to be sound and to start a generation, which is
 * anything but `gen`; -1 if there is none. A guess: if it is wrong, reading will fail again and go on behind.
 */
export function findGeneration(bytes: Uint8Array, from: number, gen: number): number {
  const frames = new Frames(bytes)
  for (let at = from; at < bytes.length; at++) {
    const first = bytes[at]
    if (first !== EV.EventBatch && first !== EV.ExperimentalBatch) continue
    if (!frames.look(at) || frames.gen === gen) continue
    if (frames.chain(at)) return at
  }
  return -1
}

/** Looks at bytes as if they were the head of a batch. Never throws: nearly all guesses are wrong. */
class Frames {
  private readonly bytes: Uint8Array
  gen = 0
  private next = 0
  private pos = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Whether a batch could be here; then `gen` is its generation and `next` the offset behind it. */
  look(at: number): boolean {
    const { bytes } = this
    this.pos = at + (bytes[at] === EV.ExperimentalBatch ? 2 : 1)
    this.gen = this.uint()
    this.uint()
    const time = this.uint()
    const size = this.uint()
    this.next = this.pos + size
    return this.gen > 0 && time >= 0 && size >= 0 && size <= MAX_BATCH && this.next <= bytes.length
  }

  /** Whether batches follow one another from here, of the same generation and the one after it. */
  chain(from: number): boolean {
    const { bytes } = this
    let at = from
    let gen = this.gen
    for (let n = 0; n < ENOUGH && at < bytes.length; n++) {
      const first = bytes[at]
      if (first === EV.EndOfGeneration) {
        at++
        continue
      }
      if (first !== EV.EventBatch && first !== EV.ExperimentalBatch) return false
      if (!this.look(at) || (this.gen !== gen && this.gen !== gen + 1)) return false
      gen = this.gen
      at = this.next
    }
    return true
  }

  /** A varint as a double, NaN if there is none. Large ones need not be exact here. */
  private uint(): number {
    const { bytes } = this
    let v = 0
    let scale = 1
    for (let n = 0; n < 10; n++) {
      if (this.pos >= bytes.length) return Number.NaN
      const b = bytes[this.pos++]
      v += (b & 0x7f) * scale
      if (b < 0x80) return v
      scale *= 128
    }
    return Number.NaN
  }
}
