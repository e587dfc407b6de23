// The worker of the page: reads files, unpacks them, and answers questions about them.

import type { News, Order } from '../core/engine/workbench/protocol.ts'
import { WorkbenchServer } from '../core/engine/workbench/serve.ts'
import { Workbench } from '../core/engine/workbench/workbench.ts'
import { unpack } from './unpack.ts'

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
}

const bench = new Workbench()
const post = (news: News | LoadedFile, give: ArrayBuffer[] = []): void =>
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

async function load({ sources }: Load): Promise<void> {
  for (const [index, source] of sources.entries()) {
    const { name } = source
    const last = index === sources.length - 1
    try {
      const stored = await bytesOf(source)
      const files = await unpack(name, stored)
      files.forEach((file, k) => {
        bench.add(file.name, file.bytes, file.storedBytes, originOf(source, files.length === 1 ? -1 : k))
      })
      post({ kind: 'loaded', index, name, last })
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

async function bytesOf(source: WorkerSource): Promise<Uint8Array> {
  if (source.packed !== undefined) return source.packed
  if (source.file !== undefined) return new Uint8Array(await source.file.arrayBuffer())
  const answer = await fetch(source.url!, { credentials: 'same-origin' })
  if (!answer.ok) throw new Error((await answer.text()).trim() || `the server answered ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}

addEventListener('message', ({ data }: MessageEvent<Order | Load>) => {
  if (data.kind !== 'load') {
    server.take(data)
    return
  }
  const before = ready
  ready = before.then(() => load(data))
})
