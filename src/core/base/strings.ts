import { GrowBytes, GrowU32 } from './grow.ts'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

/**
 * An interning table: one id per distinct string, id 0 is "". Bytes lie in one arena and become
 * JavaScript strings only when `get` asks for them. Append-only, so tables derived from one another
 * (filtered, merged into the same table) share it and ids stay valid.
 */
export class Strings {
  private readonly bytes = new GrowBytes(4096)
  /** Id -> offset in the arena; one entry more than there are strings. */
  private readonly offset = new GrowU32(256)
  /** Open addressing: hash slot -> id + 1, 0 = free. Length is a power of two. */
  private slots = new Uint32Array(512)
  private readonly text: (string | undefined)[] = []

  constructor() {
    this.offset.push(0)
    this.internBytes(new Uint8Array(0), 0, 0)
  }

  get count(): number {
    return this.offset.length - 1
  }

  /** Total bytes of all strings. */
  get byteLength(): number {
    return this.bytes.length
  }

  /** The id of src[from, to), added if it is new. */
  internBytes(src: Uint8Array, from: number, to: number): number {
    const length = to - from
    let h = length
    for (let i = from; i < to; i++) h = Math.imul(h ^ src[i], 0x01000193)
    h ^= h >>> 15
    const mask = this.slots.length - 1
    const arena = this.bytes.a
    const offset = this.offset.a
    let slot = h & mask
    for (;;) {
      const id = this.slots[slot] - 1
      if (id < 0) break
      const at = offset[id]
      if (offset[id + 1] - at === length) {
        let k = 0
        while (k < length && arena[at + k] === src[from + k]) k++
        if (k === length) return id
      }
      slot = (slot + 1) & mask
    }
    const id = this.count
    this.slots[slot] = id + 1
    this.bytes.append(src, from, to)
    this.offset.push(this.bytes.length)
    if ((id + 1) * 2 > this.slots.length) this.rehash()
    return id
  }

  intern(s: string): number {
    const b = encodeUtf8(s)
    return this.internBytes(b, 0, b.length)
  }

  /** The string with this id, decoded once. */
  get(id: number): string {
    const known = this.text[id]
    if (known !== undefined) return known
    const s = decodeUtf8(this.bytesOf(id))
    // Filled in order: a sparse array would turn into a dictionary.
    while (this.text.length < this.count) this.text.push(undefined)
    this.text[id] = s
    return s
  }

  /** The bytes of a string: a view, valid until the next intern. */
  bytesOf(id: number): Uint8Array {
    return this.bytes.a.subarray(this.offset.a[id], this.offset.a[id + 1])
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 4)
    const mask = slots.length - 1
    for (let id = 0; id < this.count; id++) {
      const from = this.offset.a[id]
      const to = this.offset.a[id + 1]
      let h = to - from
      for (let i = from; i < to; i++) h = Math.imul(h ^ this.bytes.a[i], 0x01000193)
      h ^= h >>> 15
      let slot = h & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = id + 1
    }
    this.slots = slots
  }
}
