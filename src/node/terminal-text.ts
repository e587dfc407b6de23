/**
 * Text for a terminal: control and escape characters, and those that turn the writing direction, are
 * shown as \x1b or \u202e instead of being obeyed. Names come from strangers. Line ends and tabs pass.
 */
export function showControls(s: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  return s.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/g, (c) => {
    const code = c.charCodeAt(0)
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
