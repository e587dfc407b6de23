// Draws pictures in a thread of its own, so that a layout which takes too long can be stopped.

import { parentPort } from 'node:worker_threads'
import type { Picture } from '../../core/reports/index.ts'
import { type Graphviz, LayoutError, openGraphviz } from './graphviz.ts'
import { type DrawnPicture, drawPicture } from './picture.ts'

export interface PictureJob {
  readonly dot: string
  readonly format: Picture
}

export type PictureAnswer =
  | { readonly picture: DrawnPicture }
  /** `layout`: the graph is to blame and the message is for the user. */
  | { readonly failure: string; readonly layout: boolean }

/** A graph with all that graphs of reports have. */
const SMALL = `digraph "g" {
node [style=filled fillcolor="#f8f8f8"]
subgraph cluster_L { "a" [shape=box fontsize=16 label="a\\l" tooltip="a"] }
N1 [label="a\\nb" id="node1" shape=box tooltip="a" color="#b20000" fillcolor="#edd5d5"]
N1_0 [label = "c" shape=box3d]
N1 -> N1_0 [label=" 1" weight=100]
N1 -> N2 [label=" 1" weight=9 penwidth=2 color="#b20000" tooltip="b" labeltooltip="b" style="dotted" minlen=2]
N2 -> N3 N1 -> N3 N3 -> N4 N4 -> N2 N4 -> N4 [label=" 1"]
}`

/** Loads Graphviz and has V8 compile it: a quarter of the time of the first graph, spent while nobody waits. */
async function warmGraphviz(): Promise<Graphviz> {
  const graphviz = await openGraphviz()
  graphviz(SMALL, 'svg')
  return graphviz
}

const port = parentPort
if (port !== null) {
  let loading: Promise<Graphviz> | undefined = warmGraphviz()
  // A failure to load is told to whoever asks for the first picture.
  loading.catch(() => {})
  port.on('message', async ({ dot, format }: PictureJob) => {
    try {
      loading ??= openGraphviz()
      const picture = await drawPicture(await loading, dot, format)
      const bytes = new Uint8Array(picture.bytes)
      port.postMessage({ picture: { ...picture, bytes } } satisfies PictureAnswer, [bytes.buffer])
    } catch (e) {
      loading = undefined
      const layout = e instanceof LayoutError
      const failure = layout ? e.message : e instanceof Error ? (e.stack ?? e.message) : String(e)
      port.postMessage({ failure, layout } satisfies PictureAnswer)
    }
  })
}
