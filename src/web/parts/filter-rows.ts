// Which rows a filter leaves: by plain text, or by a regular expression as Go has them.

import { engineFor } from '../../core/base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../../core/base/regexp.ts'

/** Tells whether a text is what was looked for. */
export type TextTest = (text: string) => boolean

/**
 * A test of texts, whatever their case. Rejects with RegexpError for a wrong expression; undefined for '' (which
 * leaves everything).
 */
export async function textTest(pattern: string, regexp: boolean): Promise<TextTest | undefined> {
  if (pattern === '') return undefined
  if (!regexp) {
    const wanted = pattern.toLowerCase()
    return (text) => text.toLowerCase().includes(wanted)
  }
  const folded = `(?i)${pattern}`
  const engine = await engineFor([folded])
  const compiled = compileRegexp(folded, engine)
  return (text) => compiled.test(text)
}

/** What is wrong with an expression, in one line without the part that was not written by the reader. */
export function patternProblem(e: unknown): string {
  if (e instanceof RegexpError) return e.message.replace('(?i)', '')
  throw e
}

/** The rows from 0 to `count` whose text passes. */
export function filterRows(count: number, text: (row: number) => string, test: TextTest): Uint32Array {
  const out = new Uint32Array(count)
  let n = 0
  for (let row = 0; row < count; row++) if (test(text(row))) out[n++] = row
  return out.subarray(0, n)
}
