// The worker that lays graphs out: Graphviz, compiled to WebAssembly. It gets boxes and calls as numbers, so no name of
// a profile ever reaches it; who waits too long ends it.

import { instance } from '@viz-js/viz'
import type { GraphOrder, GraphPlaces } from './draw/graph-layout.ts'
import { dotOf, readPlaces } from './draw/graph-layout.ts'

/** From the worker. */
export type GraphNews =
  | { readonly id: number; readonly places: GraphPlaces }
  | { readonly id: number; readonly error: string }

const viz = instance()

addEventListener('message', ({ data }: MessageEvent<{ id: number; order: GraphOrder }>) => {
  void layOut(data)
})

async function layOut({ id, order }: { id: number; order: GraphOrder }): Promise<void> {
  const answer = (news: GraphNews): void => postMessage(news)
  try {
    const result = (await viz).render(dotOf(order), { format: 'json0', engine: 'dot' })
    if (result.status === 'success') answer({ id, places: readPlaces(result.output, order) })
    else {
      const first = result.errors.find((e) => e.level === 'error') ?? result.errors[0]
      answer({ id, error: first?.message ?? 'Graphviz does not say why' })
    }
  } catch (e) {
    // The compiled C recurses along paths of the graph.
    const deep = e instanceof RangeError || (e instanceof Error && e.name === 'RuntimeError')
    answer({ id, error: deep ? 'the graph is too deep or too large for Graphviz' : String(e) })
  }
}
