// Runs before the page's program is there: the worker starts, and fetches the sources, while that still loads. What the
// worker says meanwhile waits in a list. Imports as little as it can.

import { readBoot } from './boot.ts'
import type { LoadedFile, ReadingFile } from './worker.ts'

export interface EarlyWorker {
  readonly worker: Worker
  /** What it has said so far. */
  readonly heard: (LoadedFile | ReadingFile)[]
}

declare global {
  var goscopeEarly: EarlyWorker | undefined
}

const { mode, sources } = readBoot()
// In a single file everything is there at once, and the worker's program is in the page.
if (mode !== 'single' && sources.length > 0) {
  const worker = new Worker(new URL('worker.js', document.baseURI), { type: 'module' })
  const heard: (LoadedFile | ReadingFile)[] = []
  worker.onmessage = ({ data }) => heard.push(data)
  worker.postMessage({
    kind: 'load',
    sources: sources.map((s) => ({ name: s.name, url: new URL(s.url ?? '', document.baseURI).href })),
  })
  globalThis.goscopeEarly = { worker, heard }
}
