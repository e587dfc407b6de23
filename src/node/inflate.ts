import { createGunzip, createInflate } from 'node:zlib'
import { DecodeError } from '../core/base/errors.ts'

/** What wraps the content, by its first bytes. */
export type Wrapper = 'gzip' | 'zlib' | 'zstd' | 'none'

export function wrapperOf(head: Uint8Array): Wrapper {
  const [a = 0, b = 0, c = 0, d = 0] = head
  if (a === 0x1f && b === 0x8b) return 'gzip'
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd'
  // RFC 1950: method 8, window up to 32 KiB, and a check of the two bytes.
  if ((a & 0x0f) === 8 && a >> 4 <= 7 && (a * 256 + b) % 31 === 0 && b !== 0) return 'zlib'
  return 'none'
}

/** Upper bound of what the packed bytes hold, where the format tells; else a guess. */
export function unpackedSizeHint(packed: Uint8Array, wrapper: Wrapper): number {
  if (wrapper === 'none') return packed.length
  if (wrapper === 'gzip' && packed.length >= 18) {
    const size = new DataView(packed.buffer, packed.byteOffset + packed.length - 4, 4).getUint32(0, true)
    // Deflate packs at most 1032 to 1, so a larger size is damage (or a file of several members).
    if (size >= packed.length / 2 && size <= packed.length * 1032) return size
  }
  return packed.length * 4
}

const CHUNK = 256 * 1024

/** Empty frames in a row that are believed. */
const EMPTY_FRAMES = 1000

/** Hands on what the library unpacks. It has no word for damage, but gives nothing, again and again. */
function takeZstd(chunks: Iterator<Uint8Array>, take: (chunk: Uint8Array) => void): void {
  let unpacked = 0
  const next = (): IteratorResult<Uint8Array> | undefined => {
    try {
      return chunks.next()
    } catch {
      return undefined
    }
  }
  for (let empty = 0; ; ) {
    const chunk = next()
    if (chunk?.done) return
    empty = chunk?.value.length === 0 ? empty + 1 : 0
    if (chunk === undefined || empty > EMPTY_FRAMES) {
      const message = `the zstd data is damaged or ends early after ${unpacked} unpacked bytes`
      throw new DecodeError('zstd', unpacked, message)
    }
    unpacked += chunk.value.length
    take(chunk.value)
  }
}

/**
 * Unpacks and hands on chunk by chunk. Unpacking runs on another core while `take` works on the chunk
 * before. Throws DecodeError for damage, and whatever `take` throws.
 */
export async function unpack(
  packed: Uint8Array,
  wrapper: Wrapper,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  if (wrapper === 'none') {
    take(packed)
    return
  }
  if (wrapper === 'zstd') {
    const { ZSTDDecoder } = await import('zstddec/stream')
    const decoder = new ZSTDDecoder()
    await decoder.init()
    takeZstd(decoder.decodeStreaming([packed]), take)
    return
  }
  await new Promise<void>((resolve, reject) => {
    const stream =
      wrapper === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createInflate({ chunkSize: CHUNK })
    let unpacked = 0
    let waiting: Uint8Array[] = []
    let scheduled = false
    let ended = false
    const work = (): void => {
      scheduled = false
      const chunks = waiting
      waiting = []
      try {
        for (const chunk of chunks) take(chunk)
      } catch (e) {
        stream.destroy()
        reject(e)
        return
      }
      if (ended && waiting.length === 0) resolve()
      else if (stream.isPaused()) stream.resume()
    }
    const schedule = (): void => {
      // Not at once: the next chunk is asked for only when this handler has returned.
      if (!scheduled) setImmediate(work)
      scheduled = true
    }
    stream.on('data', (chunk: Uint8Array) => {
      unpacked += chunk.length
      waiting.push(chunk)
      if (waiting.length > 8) stream.pause()
      schedule()
    })
    stream.on('end', () => {
      ended = true
      schedule()
    })
    stream.on('error', (e: NodeJS.ErrnoException) => {
      const cut = e.code === 'Z_BUF_ERROR'
      const how = cut ? 'ends early' : `is damaged (${e.message})`
      reject(
        new DecodeError(wrapper, unpacked, `the ${wrapper} data ${how} after ${unpacked} unpacked bytes`),
      )
    })
    stream.end(packed)
  })
}
