// The page's end of its workers: asks questions, shares answers.

import { type Signal, signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { News } from '../core/engine/workbench/protocol.ts'
import type { AnswerOf, ParamsOf, QuestionName } from '../core/engine/workbench/questions/index.ts'
import { type Boot, readBoot } from './boot.ts'
import type { EarlyWorker } from './early.ts'
import { embeddedBytes, openWorker } from './open-worker.ts'
import type { Load, LoadedFile, ReadingFile } from './worker.ts'

/** Which worker answers: diagnosis has one of its own, so that it holds up nothing. */
export type Bench = 'views' | 'doctor'

export interface Progress {
  readonly done: number
  readonly total: number
  readonly what: string
}

/** Why there is no answer. `defect`: goscope's fault. */
export class AskError extends Error {
  override name = 'AskError'
  readonly defect: boolean
  constructor(message: string, defect: boolean) {
    super(message)
    this.defect = defect
  }
}

/** The files as they come in: known from the start, read one after the other. */
export interface LoadingState {
  /** Files that are in, and of how many. */
  readonly done: number
  readonly total: number
  /** The one that is being read. */
  readonly name: string
  /** Bytes as stored that are in, and of how many; 0 if that is not known. */
  readonly bytes: number
  readonly totalBytes: number
  /** When it began, ms of performance.now(). */
  readonly since: number
}

export const loading: Signal<LoadingState | undefined> = signal(undefined)
/** Grows by one whenever files were added: answers from before are of fewer files. */
export const generation = signal(0)
/** Files that could not be read, and why. */
export const unreadable = signal<readonly { readonly name: string; readonly message: string }[]>([])

/** Files of which only a part came out when they were unpacked, and which. */
export const damaged = signal<readonly { readonly name: string; readonly message: string }[]>([])

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (e: AskError) => void
  readonly progress: ((p: Progress) => void) | undefined
}

class WorkerEnd {
  private readonly worker: Worker
  private readonly waiting = new Map<number, Waiting>()
  private next = 1

  constructor(onFile: (f: LoadedFile | ReadingFile) => void, early?: EarlyWorker) {
    this.worker = early?.worker ?? openWorker('worker')
    // In order, before anything else that it says.
    for (const f of early?.heard ?? []) queueMicrotask(() => onFile(f))
    this.worker.onmessage = ({ data }: MessageEvent<News | LoadedFile | ReadingFile>) => {
      if (data.kind === 'loaded' || data.kind === 'reading') onFile(data)
      else this.hear(data)
    }
    this.worker.onerror = (e) => {
      for (const w of this.waiting.values())
        w.reject(new AskError(`the worker of this page failed: ${e.message}`, true))
      this.waiting.clear()
    }
  }

  load(order: Load): void {
    this.worker.postMessage(order)
  }

  stop(): void {
    this.worker.postMessage({ kind: 'stop' })
  }

  private hear(news: News): void {
    const w = this.waiting.get(news.id)
    if (w === undefined) return
    if (news.kind === 'progress') {
      w.progress?.(news)
      return
    }
    this.waiting.delete(news.id)
    if (news.kind === 'answer') w.resolve(news.value as never)
    else w.reject(new AskError(news.message, news.defect))
  }

  ask<N extends QuestionName>(
    name: N,
    params: ParamsOf<N>,
    progress?: (p: Progress) => void,
  ): { readonly id: number; readonly answer: Promise<AnswerOf<N>> } {
    const id = this.next++
    const answer = new Promise<AnswerOf<N>>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (value: never) => void, reject, progress })
      this.worker.postMessage({ kind: 'ask', id, name, params })
    })
    return { id, answer }
  }

  cancel(id: number): void {
    this.worker.postMessage({ kind: 'cancel', id })
  }
}

const boot: Boot = readBoot()
const ends = new Map<Bench, WorkerEnd>()
/** Everything that was loaded, for workers that start later. */
const loads: Load[] = []

function endOf(bench: Bench): WorkerEnd {
  let end = ends.get(bench)
  if (end === undefined) {
    const early = bench === 'views' ? globalThis.goscopeEarly : undefined
    end = new WorkerEnd(bench === 'views' ? hearFile : () => undefined, early)
    ends.set(bench, end)
    // The one that started early has its first load.
    for (const order of loads.slice(early === undefined ? 0 : 1)) end.load(order)
  }
  return end
}

/** Bytes of the sources of the load that is under way, and of those that are in. */
const sizes: { all: readonly number[]; done: number } = { all: [], done: 0 }

function hearFile(f: LoadedFile | ReadingFile): void {
  const at = loading.peek()
  if (f.kind === 'reading') {
    if (at !== undefined) loading.value = { ...at, name: f.name, bytes: sizes.done + f.bytes }
    return
  }
  sizes.done += sizes.all[f.index] ?? 0
  if (at !== undefined) loading.value = { ...at, done: f.index + 1, name: f.name, bytes: sizes.done }
  if (f.error !== undefined) unreadable.value = [...unreadable.peek(), { name: f.name, message: f.error }]
  if (f.damage !== undefined) damaged.value = [...damaged.peek(), { name: f.name, message: f.damage }]
  if (f.last) {
    loading.value = undefined
    generation.value++
  }
}

function send(order: Load, bytes: readonly number[]): void {
  const open = [...ends.values()]
  loads.push(order)
  sizes.all = bytes
  sizes.done = 0
  loading.value = {
    done: 0,
    total: order.sources.length,
    name: order.sources[0]?.name ?? '',
    bytes: 0,
    totalBytes: bytes.includes(0) ? 0 : bytes.reduce((a, b) => a + b, 0),
    since: performance.now(),
  }
  // A worker that starts now gets all loads by itself.
  endOf('views')
  for (const end of open) end.load(order)
}

/** Reads no more of what is under way; what is in stays. */
export function stopLoading(): void {
  for (const end of ends.values()) end.stop()
}

/** Starts the worker with the sources that the page was given. */
export function startSession(): void {
  const sources = boot.sources.map((s) =>
    s.element === undefined
      ? { name: s.name, url: new URL(s.url ?? '', document.baseURI).href }
      : { name: s.name, packed: embeddedBytes(s.element) },
  )
  if (sources.length > 0)
    send(
      { kind: 'load', sources },
      boot.sources.map((s) => s.bytes),
    )
}

/** Adds files that were dropped or chosen, by the names that they are to have here. They stay in this page. */
export function addFiles(sources: readonly { readonly name: string; readonly file: File }[]): void {
  if (sources.length > 0)
    send(
      { kind: 'load', sources },
      sources.map((s) => s.file.size),
    )
}

/** Adds more sources of the server, such as a capture that it has just taken. */
export function addUrls(sources: readonly { readonly name: string; readonly url: string }[]): void {
  if (sources.length > 0)
    send(
      { kind: 'load', sources },
      sources.map(() => 0),
    )
}

/** Asks once; rejects with AskError. */
export function ask<N extends QuestionName>(
  name: N,
  params: ParamsOf<N>,
  { bench = 'views', progress }: { readonly bench?: Bench; readonly progress?: (p: Progress) => void } = {},
): Promise<AnswerOf<N>> {
  return endOf(bench).ask(name, params, progress).answer
}

/** Asks the server of the page, if there is one. Rejects with AskError, in the server's words where it gave some. */
export async function request(path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
  if (boot.mode !== 'served') throw new AskError('this page has no server', false)
  const body = form && new URLSearchParams({ ...form, token: boot.formToken })
  let answer: Response
  try {
    answer = await fetch(new URL(path, document.baseURI), {
      method: body === undefined ? 'GET' : 'POST',
      credentials: 'same-origin',
      ...(body && { body }),
    })
  } catch {
    throw new AskError('goscope does not answer any more: it was probably stopped', false)
  }
  if (!answer.ok) {
    const said = answer.status < 500 ? (await answer.text()).trim() : ''
    throw new AskError(said || `the server answered ${answer.status}`, false)
  }
  return answer
}

/** Sends a form to the server of the page, with what shows that the page is its own. Rejects with AskError. */
export function post(path: string, form: Readonly<Record<string, string>>): Promise<Response> {
  return request(path, form)
}

/** Makes all views ask again: files were changed in place. */
export function refresh(): void {
  generation.value++
}

export interface Answered<A> {
  /** The newest answer; while the next is under way the one before. */
  readonly value?: A
  readonly error?: AskError
  readonly pending: boolean
  readonly progress?: Progress
}

/** Answers shared by components, newest last. */
const shared = new Map<string, { answer: Promise<unknown>; value?: unknown; done: boolean }>()
const SHARED = 24

/**
 * Asks for a component and follows its parameters; undefined asks nothing. What several components ask at the same
 * time is asked once, and the last few answers are kept.
 */
export function useAnswer<N extends QuestionName>(
  name: N,
  params: ParamsOf<N> | undefined,
  { bench = 'views' }: { readonly bench?: Bench } = {},
): Answered<AnswerOf<N>> {
  const key = params === undefined ? '' : `${bench} ${generation.value} ${name} ${JSON.stringify(params)}`
  const known = shared.get(key)
  const [, redraw] = useState(0)
  const state = useRef<{ key: string; result: Answered<AnswerOf<N>> }>({
    key: '',
    result: { pending: false },
  })
  if (state.current.key !== key) {
    const before = state.current.result.value
    const value = known?.done ? (known.value as AnswerOf<N>) : before
    state.current = {
      key,
      result: { pending: key !== '' && !known?.done, ...(key !== '' && value !== undefined && { value }) },
    }
  }
  useEffect(() => {
    if (params === undefined || known?.done) return
    let gone = false
    const tell = (result: Answered<AnswerOf<N>>): void => {
      if (gone || state.current.key !== key) return
      state.current.result = result
      redraw((n) => n + 1)
    }
    let entry = shared.get(key)
    if (entry === undefined) {
      const progress = (p: Progress): void => {
        const { value } = state.current.result
        tell({ pending: true, progress: p, ...(value !== undefined && { value }) })
      }
      const asked = endOf(bench).ask(name, params, progress)
      const fresh = {
        answer: asked.answer as Promise<unknown>,
        done: false as boolean,
        value: undefined as unknown,
      }
      entry = fresh
      shared.set(key, fresh)
      asked.answer.then(
        (value) => {
          fresh.value = value
          fresh.done = true
        },
        () => shared.delete(key),
      )
      for (const oldest of shared.keys()) {
        if (shared.size <= SHARED) break
        shared.delete(oldest)
      }
    }
    entry.answer.then(
      (value) => tell({ pending: false, value: value as AnswerOf<N> }),
      (e: unknown) =>
        tell({ pending: false, error: e instanceof AskError ? e : new AskError(String(e), true) }),
    )
    return () => {
      gone = true
    }
  }, [key])
  return state.current.result
}
