// Names in frames: what is shown where there is little room.

import { collapseTypeArguments, splitFunctionName } from '../analysis/display-names.ts'

/** Names longer than this are not taken apart. */
const LONGEST = 4096

/** What may stand in a frame, from the whole name to the least: `a/b.(*T).m`, `b.(*T).m`, `(*T).m`, `m`. */
export function frameLabels(name: string): string[] {
  if (name.length > LONGEST) return [name]
  const { path, fn } = splitFunctionName(name)
  if (path === '') return [name]
  const short = collapseTypeArguments(fn)
  const method = /^\(?\*?[^.()]+\)?\.(.+)$/.exec(short)
  const out = [name, path.slice(path.lastIndexOf('/') + 1) + fn, fn, short]
  if (method !== null) out.push(method[1])
  return out.filter((label, i) => i === 0 || label !== out[i - 1])
}

/** Text as XML and HTML have it between tags and in attributes. The characters must be visible ones (`visibleText`). */
export function markupText(s: string): string {
  return s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}
