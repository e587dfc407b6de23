// The page's end of the worker that lays graphs out. One graph at a time: who asks for another ends the one before.

import type { GraphOrder, GraphPlaces } from './draw/graph-layout.ts'
import type { GraphNews } from './graph-worker.ts'
import { openWorker } from './open-worker.ts'

export class LayoutStopped extends Error {
  override name = 'LayoutStopped'
}

interface Running {
  readonly id: number
  readonly resolve: (p: GraphPlaces) => void
  readonly reject: (e: Error) => void
}

const state: { worker?: Worker; running?: Running | undefined; next: number } = { next: 1 }

function worker(): Worker {
  if (state.worker === undefined) {
    const w = openWorker('graph-worker')
    w.onmessage = ({ data }: MessageEvent<GraphNews>) => {
      const r = state.running
      if (r === undefined || r.id !== data.id) return
      state.running = undefined
      if ('places' in data) r.resolve(data.places)
      else r.reject(new Error(data.error))
    }
    w.onerror = (e) => {
      state.running?.reject(new Error(`the worker that lays graphs out failed: ${e.message}`))
      state.running = undefined
      delete state.worker
    }
    state.worker = w
  }
  return state.worker
}

/** Starts the worker, which takes a moment to compile Graphviz. */
export function warmLayout(): void {
  worker()
}

/** Ends what is under way. */
export function stopLayout(): void {
  const r = state.running
  if (r === undefined) return
  state.worker?.terminate()
  delete state.worker
  state.running = undefined
  r.reject(new LayoutStopped('stopped'))
}

/** Lays a graph out. Rejects with LayoutStopped if it was stopped, or in Graphviz' words. */
export function layOut(order: GraphOrder): Promise<GraphPlaces> {
  stopLayout()
  return new Promise((resolve, reject) => {
    const id = state.next++
    state.running = { id, resolve, reject }
    worker().postMessage({ id, order })
  })
}
