// Which part of a damaged trace a consumer may look at.

import { readTrace } from '../formats/trace/read-trace.ts'
import type { ReadOptions, TraceEnd } from '../formats/trace/trace-end.ts'
import type { EventSink } from '../model/trace.ts'

/** The sinks of one pass over a trace. A maker may return them in an object with more fields of its own. */
export interface TraceSinks {
  /** May see only what lies before the last good point: analyses, profiles, pages. */
  readonly usable: readonly EventSink[]
  /** See every event that was read, those between the last good point and the damage too: summaries. */
  readonly delivered: readonly EventSink[]
}

/** A trace that was read for its consumers. */
export interface TraceRun<S extends TraceSinks> {
  /** Ask these for what the `usable` sinks found. */
  readonly usable: S
  /** Ask these for what the `delivered` sinks found. The same object as `usable` where there was no damage. */
  readonly delivered: S
  /** How the reading of the whole file ended; its tables are those of the `delivered` sinks. */
  readonly end: TraceEnd
  /** How the part ended that the `usable` sinks saw, with the tables their rows refer to. */
  readonly usableEnd: TraceEnd
}

/**
 * Reads a trace for sinks of both kinds. What was read without damage is read once. After damage the part
 * up to the last good point is read again for a second set of `usable` sinks: those of the first set saw
 * too much.
 *
 * Throws what readTrace throws, and the DecodeError that ended the reading if nothing usable came before it.
 */
export function runTrace<S extends TraceSinks>(
  bytes: Uint8Array,
  makeSinks: () => S,
  options: Omit<ReadOptions, 'limit'> = {},
): TraceRun<S> {
  const delivered = makeSinks()
  const end = readTrace(bytes, [...delivered.usable, ...delivered.delivered], options)
  if (end.error !== undefined && end.usable === 0) throw end.error
  if (end.usable === end.events) return { usable: delivered, delivered, end, usableEnd: end }
  const usable = makeSinks()
  const usableEnd = readTrace(bytes, usable.usable, { limit: end.usable })
  return { usable, delivered, end, usableEnd }
}
