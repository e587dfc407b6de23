/**
 * Text for a terminal: control and escape characters, and those that turn the writing direction, are
 * shown as \x1b or \u202e instead of being obeyed. Names come from strangers. Line ends and tabs pass.
 * So are bytes that are not UTF-8 (U+DC80..U+DCFF, see core/base/utf8.ts): a terminal of eight bits would obey them.
 */
export function showControls(s: string): string {
  const obeyed =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]|(?<![\ud800-\udbff])[\udc80-\udcff]/g
  return s.replace(obeyed, (c) => {
    const unit = c.charCodeAt(0)
    const code = unit >= 0xdc80 && unit <= 0xdcff ? unit - 0xdc00 : unit
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
