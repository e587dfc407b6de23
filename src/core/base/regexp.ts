// Regular expressions as Go has them (RE2 syntax, linear time), for names and labels.
//
// Two roads: most patterns people type are simple and are tested with the means of the language
// (regexp-quick.ts); the others need an engine, which is large and therefore handed in by whoever
// runs the program: `await engineFor(patterns)` of re2-engine.ts.

import { quickTest } from './regexp-quick.ts'
import { parseRegexp } from './regexp-syntax.ts'
import type { Syntax } from './regexp-tree.ts'
import { displayable } from './utf8.ts'

export { RegexpError } from './regexp-syntax.ts'

/** A compiled pattern. */
export interface Regexp {
  /** The pattern as it was written. */
  readonly source: string
  /**
   * Whether the text holds a match anywhere. Bytes that are not UTF-8 (U+DC80..U+DCFF, see utf8.ts)
   * are each the character U+FFFD, as in Go. Time is linear in the text.
   */
  test(text: string): boolean
}

/**
 * Matches what the quick road cannot: makes a test from a parsed pattern. Texts come without escaped
 * bytes. Only re2-engine.ts makes one; everyone else just passes it on.
 */
export type RegexpEngine = (syntax: Syntax, source: string) => (text: string) => boolean

/**
 * Whether compileRegexp wants an engine for this pattern. False for a pattern that is wrong:
 * compileRegexp says what is wrong with it without one.
 */
export function needsEngine(pattern: string): boolean {
  try {
    return quickTest(parseRegexp(pattern)) === undefined
  } catch {
    return false
  }
}

/**
 * Compiles a pattern.
 * @throws RegexpError if Go would refuse the pattern, with Go's message.
 * @throws Error if `needsEngine(pattern)` and no engine is given: a defect of the caller.
 */
export function compileRegexp(pattern: string, engine?: RegexpEngine): Regexp {
  const syntax = parseRegexp(pattern)
  const quick = quickTest(syntax)
  if (quick) return { source: pattern, test: quick }
  if (!engine) throw new Error(`no engine was loaded for the regular expression ${pattern}`)
  const matches = engine(syntax, pattern)
  return { source: pattern, test: (text) => matches(displayable(text)) }
}
