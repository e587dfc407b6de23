import type { TraceEnd } from '../formats/trace/read-trace.ts'
import type { TraceDamage } from './trace-summary.ts'

/** What is missing of a trace of which only the part before the damage is looked at; undefined if nothing is. */
export function damageOf({ error, gaps, validBytes, size }: TraceEnd): TraceDamage | undefined {
  if (error === undefined && gaps.length === 0) return undefined
  const lost = gaps.reduce((sum, g) => sum + g.end - g.offset, error === undefined ? 0 : size - validBytes)
  return { error: error && { message: error.message, offset: error.offset }, gaps, lost, size }
}
