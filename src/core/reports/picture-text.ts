// Texts of a profile on their way into a picture. Names come from strangers: what would end a string of
// Graphviz's language, turn the writing direction or make the document ill-formed is shown, not obeyed.

/** Longest name in a box, in UTF-16 units. A box is as wide as its longest line. */
export const LABEL_LENGTH = 400
/** Longest text that comes up under the pointer. Each name is in the tooltips of all its edges. */
export const TOOLTIP_LENGTH = 2000
/** Most lines of the legend: comments of a profile are without limit. */
export const LEGEND_LINES = 60

const UNPAIRED = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
// C0 and C1 controls but the line feed, marks that turn the writing direction, and what XML 1.0 has no
// place for.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const UNSEEN = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g

/** The text cut to `most` units in all, without its middle: both ends of a function's name tell something. */
export function cutMiddle(s: string, most: number): string {
  if (s.length <= most) return s
  const tail = (most - 1) >> 1
  return `${s.slice(0, most - 1 - tail)}…${s.slice(s.length - tail)}`
}

/**
 * The text as an escaped string of Graphviz's language, without its quotes: line breaks become
 * left-justified ones, bad bytes U+FFFD, unseen characters `\x1b` or `\u202e`. Graphviz reads character
 * references such as `&lt;` in all strings, so each ampersand becomes one.
 */
export function pictureText(s: string): string {
  return s
    .replace(UNPAIRED, '\uFFFD')
    .replace(UNSEEN, (c) => {
      if (c === '\t') return ' '
      const code = c.charCodeAt(0).toString(16)
      return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
    })
    .replaceAll('&', '&amp;')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\l')
}

/**
 * The label with a blank before an empty first line: Graphviz up to 16 writes into memory of others when
 * it measures one (mdaines/viz-js issue 204).
 */
export function pictureLabel(label: string): string {
  return /^\\[nlr]/.test(label) ? ` ${label}` : label
}
