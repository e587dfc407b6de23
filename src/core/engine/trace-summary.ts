import { TraceSummarizer, type TraceSummary } from '../analysis/trace/summary.ts'
import { readTrace } from '../formats/trace/read-trace.ts'
import type { TraceGap } from '../formats/trace/trace-end.ts'
import type { EventSink } from '../model/trace.ts'

/** What is wrong with a damaged trace. */
export interface TraceDamage {
  /** What stopped the reading for good, and where; undefined if the end of the file was reached. */
  readonly error: { readonly message: string; readonly offset: number } | undefined
  /** What was left out on the way. */
  readonly gaps: readonly TraceGap[]
  /** Bytes that are not in the summary, and all. */
  readonly lost: number
  readonly size: number
}

export interface SummarizedFile extends TraceSummary {
  readonly damage: TraceDamage | undefined
  /** Batches of experiments that this version knows nothing about. */
  readonly skipped: number
}

/**
 * Reads a trace and sums it up, with all that can be read of a damaged one: up to the damage, and from the
 * next generation on. `more` sinks are fed on the way. Throws DecodeError if nothing can be read. `progress` is told the share that was read.
 */
export function summarizeTrace(
  bytes: Uint8Array,
  progress: (share: number) => void = () => {},
  more: readonly EventSink[] = [],
): SummarizedFile {
  const summarizer = new TraceSummarizer()
  const end = readTrace(bytes, [...summarizer.sinks, ...more], {
    resume: true,
    progress: (at) => progress(at / Math.max(1, bytes.length)),
  })
  if (end.error !== undefined && end.events === 0) throw end.error
  const summary = summarizer.done(end.tables, { events: end.events, time: end.lastTime })
  const { error, gaps } = end
  const lost = gaps.reduce(
    (sum, g) => sum + g.end - g.offset,
    error === undefined ? 0 : end.size - end.validBytes,
  )
  return {
    ...summary,
    damage:
      error === undefined && gaps.length === 0
        ? undefined
        : { error: error && { message: error.message, offset: error.offset }, gaps, lost, size: end.size },
    skipped: end.skipped,
  }
}

/** The damage in one sentence. */
export function damageText(d: TraceDamage): { readonly message: string; readonly offset: number } {
  const first = d.error ?? { message: d.gaps[0].reason, offset: d.gaps[0].offset }
  const where =
    d.gaps.length > 0 ? `; ${d.gaps.length} ${d.gaps.length === 1 ? 'gap' : 'gaps'} in the trace` : ''
  return { message: `${first.message}${where}`, offset: first.offset }
}
