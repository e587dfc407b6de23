// How executables are read: through a synchronous random-access reader.
//
// A binary may be a hundred megabytes of which one report needs a few. What is needed is known only
// step by step (headers name tables, tables name others), so a plan of byte ranges made up front would
// be either the whole file or a protocol of many rounds. Core stays pure and synchronous all the same: the caller
// brings the reader. Node makes one over fs.readSync; a page has the file's bytes in memory, as tests do.

import { DecodeError } from '../base/errors.ts'

/** A file (or a part of one) that can be read at any place. */
export interface ByteReader {
  /** Bytes in the file. */
  readonly size: number
  /**
   * The bytes [offset, offset + length), fewer only where the file ends. The result belongs to the
   * caller until the next read only if the reader says so; readers here always give lasting bytes.
   */
  read(offset: number, length: number): Uint8Array
}

/** A reader of bytes in memory; results are views of them. */
export function bytesReader(bytes: Uint8Array): ByteReader {
  return {
    size: bytes.length,
    read: (offset, length) => {
      const from = Math.min(Math.max(offset, 0), bytes.length)
      return bytes.subarray(from, Math.min(from + Math.max(length, 0), bytes.length))
    },
  }
}

/** The part [offset, offset + size) of a file as a file of its own (one architecture of a fat binary). */
export function windowReader(reader: ByteReader, offset: number, size: number): ByteReader {
  const from = Math.min(Math.max(offset, 0), reader.size)
  const available = Math.min(Math.max(size, 0), reader.size - from)
  return {
    size: available,
    read: (at, length) => {
      if (at < 0 || at >= available) return new Uint8Array(0)
      return reader.read(from + at, Math.min(Math.max(length, 0), available - at))
    },
  }
}

const PAGE = 1 << 14
const PAGES = 256

/**
 * A reader for many small reads near each other: keeps the last 256 pages of 16 KiB. Reads of more
 * than a page go straight through.
 */
export function pagedReader(reader: ByteReader): ByteReader {
  const pages = new Map<number, Uint8Array>()
  const page = (number: number): Uint8Array => {
    let bytes = pages.get(number)
    if (bytes === undefined) {
      if (pages.size === PAGES) pages.delete(pages.keys().next().value!)
      bytes = reader.read(number * PAGE, PAGE)
    } else {
      pages.delete(number)
    }
    // Taken out and put back: a Map's first key is then the one that was used longest ago.
    pages.set(number, bytes)
    return bytes
  }
  return {
    size: reader.size,
    read: (offset, length) => {
      if (!(offset >= 0 && offset < reader.size && length > 0)) return new Uint8Array(0)
      const end = Math.min(offset + length, reader.size)
      if (end - offset > PAGE) return reader.read(offset, end - offset)
      const first = Math.floor(offset / PAGE)
      const from = offset - first * PAGE
      const head = page(first).subarray(from, from + end - offset)
      if (from + end - offset <= PAGE) return head
      const out = new Uint8Array(end - offset)
      out.set(head)
      out.set(page(first + 1).subarray(0, end - (first + 1) * PAGE), PAGE - from)
      return out
    },
  }
}

/**
 * Reads exactly [offset, offset + length). Checks against the file's size before anything is
 * allocated. Throws DecodeError if the file is shorter.
 */
export function readExactly(
  reader: ByteReader,
  format: string,
  offset: number,
  length: number,
  what: string,
): Uint8Array {
  if (!(offset >= 0 && length >= 0 && offset + length <= reader.size)) {
    throw new DecodeError(
      format,
      offset >= 0 ? Math.min(offset, reader.size) : -1,
      `${what} lies outside the file`,
    )
  }
  const bytes = reader.read(offset, length)
  if (bytes.length !== length) throw new DecodeError(format, offset, `the file ends inside ${what}`)
  return bytes
}

const TWO32 = 4294967296

/**
 * Fixed-size fields at offsets of a byte array, in one byte order. Every read beyond the end throws
 * DecodeError.
 *
 * Addresses are doubles throughout this folder: 64-bit addresses are taken as signed, so that those of
 * kernels (0xffffffff81000000 is -0x7f000000) are exact too. Values beyond 2^53 are rounded.
 */
export class Fields {
  readonly bytes: Uint8Array
  readonly little: boolean
  readonly format: string
  /** Offset in the file of bytes[0], for messages. */
  readonly base: number
  private readonly view: DataView

  constructor(bytes: Uint8Array, little: boolean, format: string, base = 0) {
    this.bytes = bytes
    this.little = little
    this.format = format
    this.base = base
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get length(): number {
    return this.bytes.length
  }

  private need(at: number, n: number): void {
    if (!(at >= 0 && at + n <= this.bytes.length)) {
      throw new DecodeError(
        this.format,
        this.base + Math.min(Math.max(at, 0), this.bytes.length),
        'a table ends too early',
      )
    }
  }

  u8(at: number): number {
    this.need(at, 1)
    return this.bytes[at]
  }

  u16(at: number): number {
    this.need(at, 2)
    return this.view.getUint16(at, this.little)
  }

  i16(at: number): number {
    this.need(at, 2)
    return this.view.getInt16(at, this.little)
  }

  u32(at: number): number {
    this.need(at, 4)
    return this.view.getUint32(at, this.little)
  }

  i32(at: number): number {
    this.need(at, 4)
    return this.view.getInt32(at, this.little)
  }

  /** An unsigned 64-bit number, rounded if over 2^53: for sizes and offsets, which are checked against the file's. */
  u64(at: number): number {
    this.need(at, 8)
    const a = this.view.getUint32(at, this.little)
    const b = this.view.getUint32(at + 4, this.little)
    return this.little ? b * TWO32 + a : a * TWO32 + b
  }

  /** A 64-bit number as signed. */
  i64(at: number): number {
    this.need(at, 8)
    const high = this.view.getInt32(this.little ? at + 4 : at, this.little)
    const low = this.view.getUint32(this.little ? at : at + 4, this.little)
    return high * TWO32 + low
  }

  /** An address of `size` bytes (4 or 8). */
  address(at: number, size: number): number {
    return size === 8 ? this.i64(at) : this.u32(at)
  }

  /** A size or offset of `size` bytes (4 or 8). */
  word(at: number, size: number): number {
    return size === 8 ? this.u64(at) : this.u32(at)
  }
}
