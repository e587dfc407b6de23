// Small heap dumps made by hand, for tests.

import { encodeUtf8 } from '../../base/utf8.ts'

/** Where the heap of a handmade dump begins. */
export const HEAP_START = 0xc000000000

/** A word of an object: a number, or a pointer to an offset of the heap. */
export type Word = number | { readonly to: number }

export const to = (offset: number): Word => ({ to: offset })

/** Writes records as runtime/heapdump.go does. */
export class HandmadeDump {
  private readonly out: number[] = []
  private readonly pointerSize: 4 | 8
  private readonly bigEndian: boolean
  private readonly base: number

  constructor(options: { header?: string; pointerSize?: 4 | 8; bigEndian?: boolean; version?: string } = {}) {
    this.pointerSize = options.pointerSize ?? 8
    this.bigEndian = options.bigEndian ?? false
    this.base = this.pointerSize === 8 ? HEAP_START : 0x10000000
    this.raw(encodeUtf8(options.header ?? 'go1.7 heap dump\n'))
    this.ints(6, this.bigEndian ? 1 : 0, this.pointerSize, this.base, this.base + 2 ** 26)
    this.text('amd64')
      .text(options.version ?? 'go1.21.3')
      .ints(2)
  }

  raw(bytes: Iterable<number>): this {
    for (const b of bytes) this.out.push(b)
    return this
  }

  ints(...values: readonly number[]): this {
    for (const value of values) {
      let v = value
      while (v >= 128) {
        this.out.push((v % 128) + 128)
        v = Math.floor(v / 128)
      }
      this.out.push(v)
    }
    return this
  }

  text(s: string): this {
    const bytes = encodeUtf8(s)
    return this.ints(bytes.length).raw(bytes)
  }

  private memory(words: readonly Word[]): number[] {
    const bytes: number[] = []
    for (const word of words) {
      let v = typeof word === 'number' ? word : this.base + word.to
      const b: number[] = []
      for (let k = 0; k < this.pointerSize; k++) {
        b.push(v % 256)
        v = Math.floor(v / 256)
      }
      bytes.push(...(this.bigEndian ? b.reverse() : b))
    }
    return bytes
  }

  private fields(words: readonly Word[]): this {
    words.forEach((word, k) => {
      if (typeof word !== 'number') this.ints(1, k * this.pointerSize)
    })
    return this.ints(0)
  }

  /** An object at an offset of the heap. */
  object(at: number, words: readonly Word[]): this {
    const bytes = this.memory(words)
    return this.ints(1, this.base + at, bytes.length)
      .raw(bytes)
      .fields(words)
  }

  /** An object without pointers. */
  bytes(at: number, content: Uint8Array): this {
    return this.ints(1, this.base + at, content.length)
      .raw(content)
      .ints(0)
  }

  goroutine(id: number, waitReason = 'chan receive', system = false): this {
    this.ints(4, this.base + 0x10000, 0x7000, id, 0x401000, 4, system ? 1 : 0, 0, 0)
    return this.text(waitReason).ints(0, 0, 0, 0)
  }

  /** A frame; words given as `{ to }` are said to be pointers, `maybe` ones are not. */
  frame(fn: string, words: readonly Word[], maybe: readonly number[] = []): this {
    const bytes = this.memory([...words, ...maybe.map((offset) => to(offset))])
    return this.ints(5, 0x7000, 0, 0, bytes.length)
      .raw(bytes)
      .ints(0x402000, 0x402010, 0x402010)
      .text(fn)
      .fields(words)
  }

  segment(which: 'data' | 'bss', words: readonly Word[]): this {
    const bytes = this.memory(words)
    return this.ints(which === 'data' ? 12 : 13, which === 'data' ? 0x500000 : 0x600000, bytes.length)
      .raw(bytes)
      .fields(words)
  }

  finalizer(at: number, queued = false): this {
    return this.ints(queued ? 11 : 7, this.base + at, 0x450000, 0x403000, 0x480000, 0x480000)
  }

  memStats(heapAlloc: number): this {
    return this.ints(10, ...new Array<number>(6).fill(7), heapAlloc, ...new Array<number>(274).fill(7))
  }

  allocation(id: number, size: number, frames: readonly (readonly [string, string, number])[]): this {
    this.ints(16, id, size, frames.length)
    for (const [fn, file, line] of frames) this.text(fn).text(file).ints(line)
    return this.ints(3, 1)
  }

  sample(at: number, id: number): this {
    return this.ints(17, this.base + at, id)
  }

  /** The file, with its end mark. */
  done(): Uint8Array {
    return Uint8Array.from([...this.out, 0])
  }
}
