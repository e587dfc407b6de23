import { TraceSummarizer, type TraceSummary } from '../analysis/trace/summary.ts'
import { WaitPlacesSink } from '../analysis/trace/wait-places.ts'
import type { Profile } from '../model/profile.ts'
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
  return summarize(bytes, undefined, progress).summary
}

/** The same, and where goroutines waited: by reason, profiles of delay. */
export function summarizeWithWaits(bytes: Uint8Array): {
  readonly summary: SummarizedFile
  readonly waits: ReadonlyMap<string, Profile>
} {
  return summarize(
    bytes,
    () => new WaitPlacesSink(),
    () => {},
  )
}

function summarize(
  bytes: Uint8Array,
  makePlaces: (() => WaitPlacesSink) | undefined,
  progress: (share: number) => void,
): { readonly summary: SummarizedFile; readonly waits: ReadonlyMap<string, Profile> } {
  const makeSinks = () => {
    const summarizer = new TraceSummarizer()
    const places = makePlaces?.()
    const usable = places === undefined ? summarizer.sinks : [...summarizer.sinks, places]
    return { usable, delivered: [], summarizer, places }
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
    waits: usable.places?.done(usableEnd.lastTime) ?? new Map(),
    summary: {
      ...summary,
      damage: error && {
        message: error.message,
        offset: error.offset,
        validBytes: end.validBytes,
        size: end.size,
      },
    },
  }
}
