import { TraceSummarizer, type TraceSummary } from '../analysis/trace/summary.ts'
import { runTrace } from './trace-run.ts'

/** What stopped the reading of a damaged trace, and how much of it was read. */
export interface TraceDamage {
  readonly message: string
  readonly offset: number
  readonly validBytes: number
  readonly size: number
}

export interface SummarizedFile extends TraceSummary {
  readonly damage: TraceDamage | undefined
}

/** Reads a trace and sums up its usable part. Throws what runTrace throws. `progress` is told the share that was read. */
export function summarizeTrace(
  bytes: Uint8Array,
  progress: (share: number) => void = () => {},
): SummarizedFile {
  const makeSinks = () => {
    const summarizer = new TraceSummarizer()
    return { usable: summarizer.sinks, delivered: [], summarizer }
  }
  const { usable, usableEnd, end } = runTrace(bytes, makeSinks, {
    progress: (at) => progress(at / Math.max(1, bytes.length)),
  })
  const summary = usable.summarizer.done(usableEnd.tables, {
    events: usableEnd.events,
    time: usableEnd.lastTime,
  })
  const { error } = end
  return {
    ...summary,
    damage: error && {
      message: error.message,
      offset: error.offset,
      validBytes: end.validBytes,
      size: end.size,
    },
  }
}
