import type { ByteReader } from './byte-reader.ts'

const PAGE_BITS = 15
const PAGE = 1 << PAGE_BITS

/**
 * A part of a file as an array whose content comes when it is needed. For tables of many megabytes of
 * which a report looks at little: the array itself costs nothing until it is filled.
 */
export class LazyBytes {
  /** All zero where nothing was loaded: call `need` before reading. */
  readonly bytes: Uint8Array
  private readonly reader: ByteReader
  private readonly offset: number
  private readonly loaded: Uint8Array

  /** The bytes [offset, offset + length) of the file, fewer where it ends. */
  constructor(reader: ByteReader, offset: number, length: number) {
    const size = Math.max(0, Math.min(length, reader.size - offset))
    this.reader = reader
    this.offset = offset
    this.bytes = new Uint8Array(size)
    this.loaded = new Uint8Array((size >>> PAGE_BITS) + 1)
  }

  /** Loads the bytes [from, from + length), as far as there are any. */
  need(from: number, length: number): void {
    const { loaded } = this
    if (!(length > 0) || this.bytes.length === 0) return
    const first = Math.max(0, from) >>> PAGE_BITS
    const last = Math.min(from + length - 1, this.bytes.length - 1) >>> PAGE_BITS
    for (let page = first; page <= last; page++) if (loaded[page] === 0) this.load(page, last)
  }

  /** Loads pages from `first` on, up to `last` or one that is loaded: long stretches in one go. */
  private load(first: number, last: number): void {
    let end = first
    while (end <= last && this.loaded[end] === 0) this.loaded[end++] = 1
    const at = first * PAGE
    this.bytes.set(this.reader.read(this.offset + at, Math.min(end * PAGE, this.bytes.length) - at), at)
  }
}
