// Traces of Go 1.11 to 1.21, delivered as if they had been written in today's format.

import { DecodeError } from '../../../base/errors.ts'
import { EVENT, type EventSink } from '../../../model/trace.ts'
import { HEADER_SIZE } from '../header.ts'
import type { ReadOptions, TraceEnd } from '../trace-end.ts'
import { Converter } from './convert.ts'
import { Delivery } from './delivery.ts'
import { orderEvents } from './order.ts'
import { readV1File } from './v1-file.ts'
import { validate } from './validate.ts'

/**
 * Reads a v1 trace, `minor` being 11, 19 or 21 of its header. The whole file is read and checked before
 * the first event is delivered, so nearly all damage is thrown, as a DecodeError; only events that refer to
 * strings or stacks that the file lacks end the reading later.
 */
export function* readV1(
  bytes: Uint8Array,
  minor: number,
  sinks: readonly EventSink[],
  options: ReadOptions,
): Generator<void, TraceEnd> {
  const { progress = () => undefined, limit = Number.POSITIVE_INFINITY } = options
  const size = bytes.length
  // Reading the file is some half of the work: the rest is told as if the other half were read then.
  const file = readV1File(bytes, minor, (at) => progress(at / 2))
  const order = orderEvents(file)
  const by = validate(file, order)
  const out = new Delivery(minor, order.length === 0 ? 0n : -1n, sinks, limit)
  const converter = new Converter(file, order, by, out)
  const sync = (n: number, time: number): void => {
    if (out.full) return
    const b = out.add(EVENT.Sync, time, -1, -1, -1)
    out.block.extra[b] = -1
    out.block.x[b] = n
  }
  const end = (error: DecodeError | undefined, usable: number): TraceEnd => {
    out.flush()
    const { tables, events, lastTime } = out
    const validBytes = error === undefined ? size : HEADER_SIZE
    return { tables, events, lastTime, error, usable, validBytes, size, gaps: [], skipped: 0 }
  }
  if (order.length > 0) {
    sync(1, 0)
    for (let i = 0; i < order.length && !out.full; i++) {
      try {
        converter.convert(order[i])
      } catch (e) {
        if (!(e instanceof DecodeError)) throw e
        return end(e, 1)
      }
      if ((i & 0xffff) !== 0) continue
      progress((size + (size * i) / order.length) / 2)
      yield
    }
  }
  if (order.length > 0) sync(2, converter.endTime)
  else sync(1, 0)
  return end(undefined, out.events)
}
