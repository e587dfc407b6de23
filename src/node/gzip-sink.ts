import { constants, crc32, deflateRaw } from 'node:zlib'
import { encodeUtf8 } from '../core/base/utf8.ts'
import type { Sink } from '../core/reports/report.ts'

/** Bytes that one task packs. Large enough that starting over costs little, small enough to spread. */
const BLOCK = 1 << 20
/** How far back deflate looks (RFC 1951). */
const WINDOW = 1 << 15

/**
 * Packs what is written into one gzip member, block by block on other threads while more is being
 * made. Each block but the last ends on a byte (a sync flush) and begins with the window of the one
 * before as dictionary, so the blocks joined are one valid stream.
 */
export class GzipSink implements Sink {
  private readonly level: number
  private readonly packed: Promise<Uint8Array>[] = []
  private block = new Uint8Array(BLOCK)
  private length = 0
  private window: Uint8Array | undefined
  private crc = 0
  private size = 0

  constructor(level = constants.Z_DEFAULT_COMPRESSION) {
    this.level = level
  }

  text(s: string): void {
    this.bytes(encodeUtf8(s))
  }

  bytes(b: Uint8Array): void {
    let at = 0
    while (at < b.length) {
      const n = Math.min(b.length - at, BLOCK - this.length)
      this.block.set(b.subarray(at, at + n), this.length)
      this.length += n
      at += n
      if (this.length === BLOCK) this.pack(constants.Z_SYNC_FLUSH)
    }
  }

  private pack(finishFlush: number): void {
    const block = this.block.subarray(0, this.length)
    this.crc = crc32(block, this.crc)
    this.size += block.length
    const dictionary = this.window
    this.window = block.subarray(Math.max(0, block.length - WINDOW))
    this.block = new Uint8Array(BLOCK)
    this.length = 0
    // Room for the whole result, so that a task is one call.
    const options = {
      level: this.level,
      finishFlush,
      chunkSize: BLOCK + 1024,
      ...(dictionary && { dictionary }),
    }
    this.packed.push(
      new Promise((resolve, reject) => {
        deflateRaw(block, options, (error, result) => (error ? reject(error) : resolve(result)))
      }),
    )
  }

  /** Ends the output and gives it piece by piece. */
  async *finish(): AsyncGenerator<Uint8Array> {
    this.pack(constants.Z_FINISH)
    // RFC 1952: deflate, no name, no time, unknown system.
    yield Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255)
    for (const p of this.packed) yield await p
    const tail = new DataView(new ArrayBuffer(8))
    tail.setUint32(0, this.crc, true)
    tail.setUint32(4, this.size % 2 ** 32, true)
    yield new Uint8Array(tail.buffer)
  }
}
