import { createGunzip, createInflate, gunzipSync, inflateSync } from 'node:zlib'
import { DecodeError, UserError } from '../core/base/errors.ts'

/** What wraps the content, by its first bytes. */
export type Wrapper = 'gzip' | 'zlib' | 'zstd' | 'none'

export function wrapperOf(head: Uint8Array): Wrapper {
  const [a = 0, b = 0, c = 0, d = 0] = head
  if (a === 0x1f && b === 0x8b) return 'gzip'
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd'
  // RFC 1950: method 8, window of 32 KiB as all write it, and a check of the two bytes. Smaller windows are not
  // believed: 0x48 begins one unpacked CPU profile in 31 as well (its time, field 9).
  if (a === 0x78 && (a * 256 + b) % 31 === 0) return 'zlib'
  return 'none'
}

/**
 * Upper bound of what `length` packed bytes hold, where the format tells; else a guess. `tail` are the last 4 of
 * them, or nothing if they are not known.
 */
export function unpackedSizeHint(length: number, tail: Uint8Array, wrapper: Wrapper): number {
  if (wrapper === 'none') return length
  if (wrapper === 'gzip' && length >= 18 && tail.length === 4) {
    const size = new DataView(tail.buffer, tail.byteOffset, 4).getUint32(0, true)
    // Deflate packs at most 1032 to 1, so a larger size is damage (or a file of several members).
    if (size >= length / 2 && size <= length * 1032) return size
  }
  return length * 4
}

const CHUNK = 256 * 1024

/** Empty frames in a row that are believed. */
const EMPTY_FRAMES = 1000

/**
 * Unpacks zstd data piece by piece, in constant memory. The library has no word for damage, but gives
 * nothing, again and again. Throws DecodeError.
 */
export async function* unpackZstd(packed: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { ZSTDDecoder } = await import('zstddec/stream')
  const decoder = new ZSTDDecoder()
  await decoder.init()
  const chunks = decoder.decodeStreaming(packed)
  let unpacked = 0
  const next = (): IteratorResult<Uint8Array> | undefined => {
    try {
      return chunks.next()
    } catch (e) {
      // Of the reader behind, not of the library.
      if (e instanceof UserError) throw e
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
    yield chunk.value
  }
}

/** What is this small when packed is unpacked at once: another thread would take longer to start. */
const SMALL = 256 * 1024
const SMALL_UNPACKED = 4 * 1024 * 1024

/** The content of small packed data; undefined if it is not small, or damaged. */
function unpackSmall(packed: Uint8Array, wrapper: 'gzip' | 'zlib'): Uint8Array | undefined {
  if (packed.length > SMALL) return undefined
  try {
    const unpackAtOnce = wrapper === 'gzip' ? gunzipSync : inflateSync
    return unpackAtOnce(packed, { maxOutputLength: SMALL_UNPACKED })
  } catch {
    // The other way will say what is wrong, and where.
    return undefined
  }
}

/** Pieces of packed data that wait for the other thread: while it works on one, the next is there. */
const PIECES_AHEAD = 2

/**
 * Unpacks and hands on chunk by chunk. Unpacking runs on another core while `take` works on the chunk
 * before. Packed data may come in pieces, each of which must stay as it is until the second one after it is asked
 * for. Throws DecodeError for damage, and whatever `take` and the pieces throw.
 */
export async function unpack(
  packed: Uint8Array | Iterable<Uint8Array>,
  wrapper: Wrapper,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const pieces = packed instanceof Uint8Array ? [packed] : packed
  if (wrapper === 'none') {
    for (const piece of pieces) take(piece)
    return
  }
  if (wrapper === 'zstd') {
    for await (const chunk of unpackZstd(pieces)) take(chunk)
    return
  }
  const small = packed instanceof Uint8Array ? unpackSmall(packed, wrapper) : undefined
  if (small !== undefined) {
    take(small)
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
    const more = pieces[Symbol.iterator]()
    let allWritten = false
    const write = (failed?: Error | null): void => {
      if (failed || allWritten) return
      try {
        const piece = more.next()
        allWritten = piece.done === true
        if (piece.done) stream.end()
        else stream.write(piece.value, write)
      } catch (e) {
        stream.destroy()
        reject(e)
      }
    }
    for (let n = 0; n < PIECES_AHEAD; n++) write()
  })
}
