// Texts of strangers for the eyes of people: nothing in them hides, steers what shows them, or turns its neighbours.

/** Nothing to do for these, which nearly all names are. */
const PLAIN = /^[ -~]*$/

/**
 * What is obeyed instead of being seen: controls, line ends, marks that turn the writing direction; and what is not
 * seen at all, so that two names look the same: joiners, variation selectors, tags, fillers, all spaces but the one of
 * ASCII, the wide one of CJK, and the narrow one that stands in our own numbers. Besides them halves of characters and
 * code points that are none.
 */
const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb]|(?![ \u202f\u3000])\p{Zs}/gu

/**
 * The text with all that is not seen as `\x1b`, `\u202e` or `\u{e0041}`; bytes that are no UTF-8 (see utf8.ts) as
 * `\xff`. Markup is not escaped.
 */
export function visibleText(s: string): string {
  return PLAIN.test(s) ? s : s.replace(UNSEEN, escapeOf)
}

function escapeOf(c: string): string {
  const code = c.codePointAt(0)!
  const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code
  if (byte < 0x100) return `\\x${byte.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}

/** The same of the first `most` UTF-16 units; an ellipsis stands for the rest. */
export function visibleStart(s: string, most: number): string {
  if (s.length <= most) return visibleText(s)
  // No half of a character at the cut.
  const end = /[\ud800-\udbff]/.test(s[most - 1]!) ? most - 1 : most
  return `${visibleText(s.slice(0, end))}…`
}
