// Bytes of any source, piece by piece: what reads logs and dumps needs no more memory than a piece.

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DecodeError, UserError } from '../core/base/errors.ts'
import { GrowBytes } from '../core/base/grow.ts'
import type { FetchOptions } from './fetch.ts'
import { unpackZstd, wrapperOf } from './inflate.ts'
import { maxInputBytes } from './limits.ts'

export interface ReadBytesOptions {
  /** How an address is fetched. */
  readonly live?: FetchOptions & { readonly seconds?: number; readonly timeout?: number }
  /** Is told, now and then, how many bytes of the source (as stored) were read, and its size; -1 if unknown. */
  readonly progress?: (stored: number, size: number) => void
}

/** Small enough to stay in the processor's cache while its lines are read, large enough to cost few calls. */
const CHUNK_BYTES = 256 * 1024
/** Bytes that tell what a source is packed with. */
const MAGIC_BYTES = 4

/**
 * The content of a source: a file, '-' for standard input, or an address (see source-url.ts; a file of that
 * name comes first). What is packed with gzip or zstd is unpacked. A chunk is valid until the next is asked
 * for: its memory is used again. Answers of servers are held as a whole, as large as maxRemoteBytes allows.
 *
 * Throws UserError that names the source, DecodeError where packed data is damaged (what came before it has
 * been handed out by then).
 */
export async function* readChunks(
  source: string,
  options: ReadBytesOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const fetched = await fetchAddress(source, options)
  const name = fetched?.name ?? (source === '-' ? 'standard input' : source)
  const stored = fetched === undefined ? storedChunks(source, name, options) : [fetched.bytes]
  const chunks = withWholeMagic(stored[Symbol.iterator]())
  let unpacked = 0
  try {
    for await (const chunk of unpackedChunks(chunks)) {
      unpacked += chunk.length
      yield chunk
    }
  } catch (e) {
    if (e instanceof DecodeError) throw new DecodeError(e.format, e.offset, `${name}: ${e.message}`)
    if ((e as NodeJS.ErrnoException).code === 'Z_BUF_ERROR')
      throw new DecodeError(
        'gzip',
        unpacked,
        `${name}: the gzip data ends early after ${unpacked} unpacked bytes`,
      )
    if (/^Z_/.test(String((e as NodeJS.ErrnoException).code)))
      throw new DecodeError(
        'gzip',
        unpacked,
        `${name}: the gzip data is damaged after ${unpacked} unpacked bytes`,
      )
    throw e
  }
}

/** The whole content. Throws UserError if there are more than `cap` bytes, and as readChunks does. */
export async function readAll(
  source: string,
  cap = maxInputBytes(),
  options: ReadBytesOptions = {},
): Promise<Uint8Array> {
  const out = new GrowBytes(CHUNK_BYTES)
  for await (const chunk of readChunks(source, options)) {
    if (out.length + chunk.length > cap)
      throw new UserError(`${source}: larger than the ${cap} bytes that are read of such a file`)
    out.append(chunk)
  }
  return out.a.subarray(0, out.length)
}

async function fetchAddress(
  source: string,
  { live = {} }: ReadBytesOptions,
): Promise<{ bytes: Uint8Array; name: string } | undefined> {
  // What addresses have: most names of files need no second look, and no code for it.
  if (!/:|^\/\//.test(source) || existsSync(source)) return undefined
  const { profileAddress } = await import('./source-url.ts')
  const address = profileAddress(source, live.seconds ?? 0, live.timeout ?? 0)
  if (address === undefined) return undefined
  const { fetchContent } = await import('./fetch.ts')
  try {
    return { bytes: await fetchContent(address, live), name: address.shown }
  } catch (e) {
    if (e instanceof UserError) throw new UserError(`${address.shown}: ${e.message}`)
    throw e
  }
}

/** What lies in the file, packed or not. */
function* storedChunks(source: string, name: string, o: ReadBytesOptions): Generator<Uint8Array, void> {
  const buffer = new Uint8Array(CHUNK_BYTES)
  const fd = source === '-' ? 0 : open(source, name)
  try {
    const { size } = o.progress ? fstatSync(fd) : { size: 0 }
    for (let stored = 0; ; ) {
      const n = readSome(fd, buffer, name)
      if (n === 0) return
      stored += n
      o.progress?.(stored, size > 0 ? size : -1)
      yield buffer.subarray(0, n)
    }
  } finally {
    if (fd !== 0) closeSync(fd)
  }
}

function open(path: string, name: string): number {
  try {
    return openSync(path, 'r')
  } catch (e) {
    throw fileError(e, name)
  }
}

function readSome(fd: number, buffer: Uint8Array, name: string): number {
  for (;;) {
    try {
      return readSync(fd, buffer)
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw fileError(e, name)
      // A terminal or pipe that another process has made non-blocking.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

function fileError(e: unknown, name: string): unknown {
  switch ((e as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new UserError(`${name}: no such file`)
    case 'ENOTDIR':
      return new UserError(`${name}: no such file (a part of its path is not a folder)`)
    case 'EISDIR':
      return new UserError(`${name}: is a folder; name the file in it`)
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${name}: may not be read by this user (permission denied)`)
    case 'ENXIO':
      return new UserError(`${name}: this is a socket; unix:${name} asks the program behind it`)
    case 'EIO':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'ERR_INVALID_ARG_VALUE':
      return new UserError(`${name}: cannot be read (${(e as Error).message})`)
    default:
      return e
  }
}

/** The same pieces; the first is made of several if it were too short to tell what the data is packed with. */
function* withWholeMagic(chunks: Iterator<Uint8Array>): Generator<Uint8Array, void> {
  const head = new GrowBytes(MAGIC_BYTES)
  try {
    while (head.length < MAGIC_BYTES) {
      const next = chunks.next()
      if (next.done) break
      if (head.length === 0 && next.value.length >= MAGIC_BYTES) {
        yield next.value
        break
      }
      head.append(next.value)
    }
    if (head.length > 0) yield head.a.subarray(0, head.length)
    for (;;) {
      const next = chunks.next()
      if (next.done) return
      yield next.value
    }
  } finally {
    chunks.return?.()
  }
}

async function* unpackedChunks(chunks: Generator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  const first = chunks.next()
  if (first.done) return
  const wrapper = wrapperOf(first.value)
  const all = function* (): Generator<Uint8Array, void> {
    yield first.value as Uint8Array
    yield* chunks
  }
  if (wrapper === 'zstd') yield* unpackZstd(all())
  else if (wrapper === 'gzip') yield* gunzip(all())
  // zlib has no magic that a text could not begin with.
  else yield* all()
}

async function* gunzip(packed: Generator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  // The stream keeps what it was given until another thread has read it.
  const copies = function* (): Generator<Uint8Array, void> {
    for (const chunk of packed) yield chunk.slice()
  }
  const stream = createGunzip({ chunkSize: CHUNK_BYTES })
  const input = Readable.from(copies(), { objectMode: true, highWaterMark: 2 })
  input.on('error', (e) => stream.destroy(e))
  input.pipe(stream)
  try {
    yield* stream as AsyncIterable<Uint8Array>
  } finally {
    input.destroy()
    stream.destroy()
  }
}
