// How workers start: from their files beside the page, or out of the page itself where everything is in one file.

/** Programs of workers by name, which the loader of a single file unpacks before the page starts. */
declare global {
  var goscopePrograms: Readonly<Record<string, string>> | undefined
}

/** Starts the worker `name`: `name.js` beside the page. */
export function openWorker(name: string): Worker {
  const program = globalThis.goscopePrograms?.[name]
  if (program === undefined) return new Worker(new URL(`${name}.js`, document.baseURI), { type: 'module' })
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
