// What stands between the parentheses of a frame (runtime/traceback.go, printArgs): words of the argument
// memory in hex, `{...}` around the parts of a struct, string, slice or interface.

export interface Argument {
  /** The word in hex with its 0x; '' where it was not printed (`_`, `...`). */
  readonly hex: string
  /** Whether the word was live at the call. `0x1?` may be what lay in its place before. */
  readonly certain: boolean
  /** How many braces are around it. */
  readonly depth: number
}

/** At most so many are printed, nested ones included (internal/abi TraceArgsLimit is 10). */
const MOST = 64

/** The words of an argument text, in order. What is not of the form is left out. */
export function parseArguments(text: string): Argument[] {
  const out: Argument[] = []
  let depth = 0
  for (const m of text.matchAll(/[{}]|(0x[0-9a-f]{1,16})(\??)|_|\.\.\./g)) {
    if (m[0] === '{') depth++
    else if (m[0] === '}') depth--
    else out.push({ hex: m[1] ?? '', certain: m[1] !== undefined && m[2] === '', depth })
    if (out.length >= MOST) break
  }
  return out
}

/** Whether a word can be the address of something: neither small nor a kernel address. */
export function isAddress(hex: string): boolean {
  return hex.length >= 7 && hex.length <= 18 && !/^0xffff/.test(hex)
}
