// Executables on disk: read by need, opened once.

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import * as zlib from 'node:zlib'
import { DecodeError, UserError } from '../core/base/errors.ts'
import type { ByteReader } from '../core/binary/byte-reader.ts'
import type { Inflate } from '../core/binary/dwarf-sections.ts'
import { type Executable, openExecutable } from '../core/binary/executable.ts'
import type { BinaryOpener } from '../core/reports/report-files.ts'
import { systemError } from './system-error.ts'

/** A file read at any place. Counts what it reads, for benchmarks. */
export class FileReader implements ByteReader {
  readonly size: number
  /** Bytes read so far. */
  bytesRead = 0
  private readonly fd: number

  /** Throws the system's error. Only regular files have places to read at; for others the size is 0. */
  constructor(path: string) {
    // Opening a pipe would wait for someone to write to it.
    if (!statSync(path).isFile()) {
      this.fd = -1
      this.size = 0
      return
    }
    this.fd = openSync(path, 'r')
    this.size = fstatSync(this.fd).size
  }

  read(offset: number, length: number): Uint8Array {
    if (this.fd < 0 || !(offset >= 0 && offset < this.size && length > 0)) return new Uint8Array(0)
    const bytes = new Uint8Array(Math.min(length, this.size - offset))
    let at = 0
    while (at < bytes.length) {
      const n = readSync(this.fd, bytes, at, bytes.length - at, offset + at)
      // Cut short while we look at it.
      if (n === 0) break
      at += n
    }
    this.bytesRead += at
    return at === bytes.length ? bytes : bytes.subarray(0, at)
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd)
  }
}

/** Executables that are open, by path. */
export class BinaryFiles implements BinaryOpener {
  private readonly opened = new Map<string, { readonly exe: Executable; readonly reader: FileReader }>()
  private zstd: ZstdSync | undefined = (zlib as { zstdDecompressSync?: ZstdSync }).zstdDecompressSync
  private readonly inflate: Inflate = (bytes, size, codec) => {
    // One byte more than promised: too much is damage as well, and must not fill the memory.
    const options = { maxOutputLength: size + 1 }
    if (codec === 'zlib') return zlib.inflateSync(bytes, options)
    if (this.zstd === undefined) throw new Error('not made ready')
    return this.zstd(bytes, options)
  }

  /** Opens an executable, or gives the one that is open already. Throws UserError `open PATH: reason`. */
  open(path: string): Executable {
    const known = this.opened.get(path)
    if (known !== undefined) return known.exe
    let reader: FileReader | undefined
    try {
      reader = new FileReader(path)
      const exe = openExecutable(reader, { inflate: this.inflate })
      this.opened.set(path, { exe, reader })
      return exe
    } catch (e) {
      reader?.close()
      if (e instanceof DecodeError) throw new UserError(`open ${path}: ${e.message}`)
      throw new UserError(systemError('open', path, e))
    }
  }

  /**
   * Loads what the debug information of these files will need: before Node 22.15, unpacking zstd takes a
   * library that can only be started asynchronously. Files that cannot be opened are left for `open` to report.
   */
  async makeReady(paths: Iterable<string>): Promise<void> {
    if (this.zstd !== undefined) return
    for (const path of paths) {
      try {
        if (!hasZstd(this.open(path))) continue
      } catch (e) {
        if (!(e instanceof UserError)) throw e
        continue
      }
      this.zstd = await loadZstd()
      return
    }
  }

  /** Bytes read from all files so far. */
  get bytesRead(): number {
    let sum = 0
    for (const { reader } of this.opened.values()) sum += reader.bytesRead
    return sum
  }

  close(): void {
    for (const { reader } of this.opened.values()) reader.close()
    this.opened.clear()
  }
}

type ZstdSync = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

async function loadZstd(): Promise<ZstdSync> {
  const { ZSTDDecoder } = await import('zstddec')
  const decoder = new ZSTDDecoder()
  await decoder.init()
  return (bytes, options) => decoder.decode(bytes, options.maxOutputLength)
}

/** ELFCOMPRESS_ZSTD (System V ABI) */
const ZSTD = 2

function hasZstd(exe: Executable): boolean {
  const { image } = exe
  return image.sections.some((s) => {
    if (!s.compressed) return false
    const head = image.reader.read(s.offset, 4)
    return head.length === 4 && new DataView(head.buffer, head.byteOffset).getUint32(0, image.little) === ZSTD
  })
}
