import type { DecodeError } from '../../base/errors.ts'
import type { TraceTables } from '../../model/trace.ts'

/** How reading a trace ended. */
export interface TraceEnd {
  readonly tables: TraceTables
  /** Delivered events, Syncs included. */
  readonly events: number
  /** Time of the last delivered event, ns since the start; 0 if there were none. */
  readonly lastTime: number
  /** What stopped the reading; undefined if the file was read to its end, gaps or not. */
  readonly error: DecodeError | undefined
  /**
   * Events up to and including the last Sync before the error: what analyses may use (format.md 11).
   * The same as `events` where there was no error, and with `resume`.
   */
  readonly usable: number
  /** Bytes consumed up to the last good point. */
  readonly validBytes: number
  readonly size: number
  /** What was left out, in order of time. Empty without `resume`. */
  readonly gaps: readonly TraceGap[]
  /** Batches of experiments that this program knows nothing about: stepped over. */
  readonly skipped: number
}

/** A stretch of a damaged file that was left out. */
export interface TraceGap {
  /** Time of the last event before, and of the first one after it, ns since the start. */
  readonly from: number
  readonly to: number
  /** The bytes [offset, end) were not understood, or not used because of what was wrong there. */
  readonly offset: number
  readonly end: number
  readonly reason: string
}

export interface ReadOptions {
  /** Stop, as if the file ended there, after this many events. */
  readonly limit?: number
  /** Called now and then with the bytes read so far. */
  readonly progress?: (bytes: number) => void
  /**
   * After damage go on at the next generation that can be read. What is known of goroutines, procs and
   * threads starts anew there, as at the start of a trace. Only v2 traces have generations.
   */
  readonly resume?: boolean
}
