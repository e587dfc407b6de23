// How the worker starts: from its file beside the page, or out of the page itself where everything is in one file.

/** Id of the element that holds the worker's program in a single file: gzip, base64. */
const WORKER_ELEMENT = 'worker'

/** The worker's program, unpacked by the loader of a single file before the page starts. */
declare global {
  var goscopeWorker: string | undefined
}

export function openWorker(): Worker {
  const program = globalThis.goscopeWorker
  if (program === undefined) return new Worker(new URL('worker.js', document.baseURI), { type: 'module' })
  return new Worker(URL.createObjectURL(new Blob([program], { type: 'text/javascript' })))
}

/** Bytes in an element of the page: base64 of whatever the source is packed with. */
export function embeddedBytes(id: string): Uint8Array {
  const text = document.getElementById(id)?.textContent?.trim() ?? ''
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

export { WORKER_ELEMENT }
