// The door to execution traces of every version.

import type { EventSink } from '../../model/trace.ts'
import { traceMinor } from './header.ts'
import type { ReadOptions, TraceEnd } from './trace-end.ts'
import { readV1 } from './v1/read-v1.ts'
import { readV2 } from './v2/read-v2.ts'

export type { ReadOptions, TraceEnd, TraceGap } from './trace-end.ts'

/**
 * Reads a whole trace and gives its events to the sinks, block by block, in order of time. Damage ends
 * the reading and is returned, not thrown. Throws DecodeError where nothing can be read at all: a
 * header that is not a trace's or of an unknown version, or a v1 file with any damage.
 */
export function readTrace(
  bytes: Uint8Array,
  sinks: readonly EventSink[],
  options: ReadOptions = {},
): TraceEnd {
  const steps = readTraceSteps(bytes, sinks, options)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/**
 * The same in steps of some 65 000 events, between which others may have their turn. `next` throws what
 * readTrace throws.
 */
export function readTraceSteps(
  bytes: Uint8Array,
  sinks: readonly EventSink[],
  options: ReadOptions = {},
): Generator<void, TraceEnd> {
  const minor = traceMinor(bytes)
  const read = minor < 22 ? readV1 : readV2
  return read(bytes, minor, sinks, options)
}
