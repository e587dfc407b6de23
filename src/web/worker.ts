// The worker of the page: reads files, unpacks them, and answers questions about them.

import type { News, Order } from '../core/engine/workbench/protocol.ts'
import { WorkbenchServer } from '../core/engine/workbench/serve.ts'
import { Workbench } from '../core/engine/workbench/workbench.ts'
import { joined, tooLarge, UNPACK_LIMITS, unpack } from './unpack.ts'

/** A source of bytes: an address of the page's own server, a file the user chose, or bytes. */
export interface WorkerSource {
  readonly name: string
  readonly url?: string
  readonly file?: File
  readonly packed?: Uint8Array
}

/** To the worker: more files. */
export interface Load {
  readonly kind: 'load'
  readonly sources: readonly WorkerSource[]
}

/** From the worker, for each file of a load. */
export interface LoadedFile {
  readonly kind: 'loaded'
  readonly index: number
  readonly name: string
  readonly last: boolean
  readonly error?: string
  /** What was lost of it, where that much is known before it is decoded. */
  readonly damage?: string
}

/** From the worker, while a file comes in: bytes as stored so far. */
export interface ReadingFile {
  readonly kind: 'reading'
  readonly index: number
  readonly name: string
  readonly bytes: number
}

/** To the worker: read no more. */
export interface Stop {
  readonly kind: 'stop'
}

const bench = new Workbench()
const post = (news: News | LoadedFile | ReadingFile, give: ArrayBuffer[] = []): void =>
  postMessage(news, { transfer: give as Transferable[] })

/** Resolves when everything that was ordered is in. */
let ready: Promise<void> = Promise.resolve()

const channel = new MessageChannel()
const rested: (() => void)[] = []
channel.port1.onmessage = () => rested.shift()?.()
/** Lets other messages have their turn; a timer would wait for 4 ms. */
const breathe = (): Promise<void> =>
  new Promise((done) => {
    rested.push(done)
    channel.port2.postMessage(0)
  })

const server = new WorkbenchServer(bench, () => ready, post, breathe)

/** What stops the reading that is under way. */
const reading = { stop: new AbortController() }

async function load({ sources }: Load): Promise<void> {
  reading.stop = new AbortController()
  const { signal } = reading.stop
  for (const [index, source] of sources.entries()) {
    const { name } = source
    const last = index === sources.length - 1
    try {
      if (signal.aborted) throw new Error('not read: it was stopped')
      post({ kind: 'reading', index, name, bytes: 0 })
      const stored = await bytesOf(source, signal, (bytes) => post({ kind: 'reading', index, name, bytes }))
      const files = await unpack(name, stored)
      files.forEach((file, k) => {
        bench.add(file.name, file.bytes, file.storedBytes, originOf(source, files.length === 1 ? -1 : k))
      })
      const damage = files
        .filter((f) => f.damage !== '')
        .map((f) => (files.length === 1 ? f.damage : `${f.name}: ${f.damage}`))
        .join('; ')
      post({ kind: 'loaded', index, name, last, ...(damage !== '' && { damage }) })
    } catch (e) {
      post({ kind: 'loaded', index, name, last, error: e instanceof Error ? e.message : String(e) })
    }
  }
}

/** By which the server knows a file that it served, for its source and its names. */
function originOf({ url }: WorkerSource, k: number): string {
  const id = url === undefined ? undefined : /\/source\/(\d+)$/.exec(url)?.[1]
  return id === undefined ? '' : k < 0 ? id : `${id}.${k}`
}

/** Every so many ms the page is told how far it is. */
const TELL_MS = 100

async function bytesOf(
  source: WorkerSource,
  signal: AbortSignal,
  tell: (bytes: number) => void,
): Promise<Uint8Array> {
  if (source.packed !== undefined) return source.packed
  if (source.file !== undefined) {
    if (source.file.size > UNPACK_LIMITS.bytes) throw tooLarge(UNPACK_LIMITS.bytes)
    return new Uint8Array(await source.file.arrayBuffer())
  }
  const answer = await fetch(source.url!, { credentials: 'same-origin', signal })
  if (!answer.ok) throw new Error((await answer.text()).trim() || `the server answered ${answer.status}`)
  if (answer.body === null) return new Uint8Array(0)
  const pieces: Uint8Array[] = []
  let size = 0
  let told = performance.now()
  const reader = answer.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
    size += value.length
    if (size > UNPACK_LIMITS.bytes) {
      void reader.cancel()
      throw tooLarge(UNPACK_LIMITS.bytes)
    }
    if (performance.now() - told < TELL_MS) continue
    told = performance.now()
    tell(size)
  }
  return joined(pieces, size)
}

addEventListener('message', ({ data }: MessageEvent<Order | Load | Stop>) => {
  if (data.kind === 'stop') {
    reading.stop.abort(new Error('not read: it was stopped'))
    return
  }
  if (data.kind !== 'load') {
    server.take(data)
    return
  }
  const before = ready
  ready = before.then(() => load(data))
})
