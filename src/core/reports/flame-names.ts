// Names in frames: what is shown where there is little room, and hostile characters made visible.

import { collapseTypeArguments, splitFunctionName } from '../analysis/display-names.ts'
import { displayable } from '../base/utf8.ts'

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

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\0-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/g
const UNPAIRED = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * Text that may be shown anywhere: characters that are not seen or turn the writing direction become
 * \x1b or \u202e; bytes that are no UTF-8, and halves of characters, become U+FFFD.
 */
export function visibleText(s: string): string {
  return displayable(s)
    .replace(UNPAIRED, '\ufffd')
    .replace(CONTROLS, (c) => {
      const code = c.charCodeAt(0)
      if (code >= 0xfff9 && code <= 0xfffd) return c
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, '0')}`
        : `\\u${code.toString(16).padStart(4, '0')}`
    })
}

/** Text as XML and HTML have it between tags and in attributes. The characters must be visible ones. */
export function markupText(s: string): string {
  return s.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}
