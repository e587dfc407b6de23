// Draws pictures in a thread of its own, so that a layout which takes too long can be stopped.

import { parentPort } from 'node:worker_threads'
import { type Graphviz, LayoutError, openGraphviz } from './graphviz.ts'
import { type DrawnPicture, drawPicture, type PictureFormat } from './picture.ts'

export interface PictureJob {
  readonly dot: string
  readonly format: PictureFormat
}

export type PictureAnswer =
  | { readonly picture: DrawnPicture }
  /** `layout`: the graph is to blame and the message is for the user. */
  | { readonly failure: string; readonly layout: boolean }

const port = parentPort
if (port !== null) {
  let loading: Promise<Graphviz> | undefined = openGraphviz()
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
