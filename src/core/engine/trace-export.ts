// A trace, or a part of it, in the formats of other tools.

import { cpuTimeProfile, TIME_TYPES, type TimeType } from '../analysis/trace/cpu-time-profile.ts'
import { SelectSink } from '../analysis/trace/select.ts'
import type { ViewMode } from '../analysis/trace/viewer/selection.ts'
import { TraceView } from '../analysis/trace/viewer/view.ts'
import { UserError } from '../base/errors.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { encodeFolded } from '../formats/folded/encode.ts'
import { encodeProfile } from '../formats/pprof/encode.ts'
import { readTrace } from '../formats/trace/read-trace.ts'
import type { EventSink } from '../model/trace.ts'
import { PerfettoTrace } from '../reports/trace/perfetto.ts'
import { ViewerJson } from '../reports/trace/viewer-json.ts'
import { damageOf } from './trace-damage.ts'
import { type SelectionQuestion, selectionOf } from './trace-selection.ts'
import type { TraceDamage } from './trace-summary.ts'
import { traceTimes } from './trace-times.ts'

export const EXPORT_FORMATS = ['pprof', 'folded', 'chrome', 'perfetto'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportOptions extends SelectionQuestion {
  readonly format: ExportFormat
  /** chrome: whose lanes. */
  readonly lanes?: ViewMode
  /** folded: which time; pprof has all. */
  readonly type?: TimeType
  /** pprof, folded: goroutines apart, and waits of the runtime's own. */
  readonly byGoroutine?: boolean
  readonly system?: boolean
}

/**
 * Writes a trace in another format, piece by piece; profile.proto is not compressed. Returns what is missing of a
 * damaged trace. Throws what runTrace throws, and UserError if the trace has not what is asked for.
 */
export function exportTrace(
  bytes: Uint8Array,
  o: ExportOptions,
  write: (piece: Uint8Array) => void,
  progress: (share: number) => void = () => {},
): TraceDamage | undefined {
  if (o.format === 'pprof' || o.format === 'folded') return exportProfile(bytes, o, write, progress)
  const selection = selectionOf(bytes, o)
  // What is written cannot be taken back, so the end of what is usable must be known before.
  const end = readTrace(bytes, [])
  if (end.error !== undefined && end.usable === 0) throw end.error
  const made = o.format === 'perfetto' ? perfettoSink(write) : chromeSink(write, o.lanes ?? 'proc')
  const select = selection && new SelectSink(selection, [made.sink])
  const { lastTime } = readTrace(bytes, [select ?? made.sink], {
    limit: end.usable,
    progress: (at) => progress(at / Math.max(1, bytes.length)),
  })
  select?.finish()
  made.finish(select?.duration(lastTime) ?? lastTime)
  return damageOf(end)
}

interface Made {
  readonly sink: EventSink
  readonly finish: (end: number) => void
}

function perfettoSink(write: (piece: Uint8Array) => void): Made {
  const sink = new PerfettoTrace(write)
  return { sink, finish: (end) => sink.finish(end) }
}

function chromeSink(write: (piece: Uint8Array) => void, mode: ViewMode): Made {
  const json = new ViewerJson((text) => write(encodeUtf8(text)))
  const selection = {
    mode,
    from: 0,
    to: Number.POSITIVE_INFINITY,
    focus: undefined,
    lanes: undefined,
    tasks: [],
  }
  const sink = new TraceView([{ selection, sink: json }])
  return {
    sink,
    finish: () => {
      if (!sink.finish()) throw new UserError('the trace contradicts itself: there is no such view of it')
      json.finish()
    },
  }
}

function exportProfile(
  bytes: Uint8Array,
  o: ExportOptions,
  write: (piece: Uint8Array) => void,
  progress: (share: number) => void,
): TraceDamage | undefined {
  const { times, durationNs, damage } = traceTimes(bytes, o, progress)
  if (times === undefined) throw new UserError('the trace has no events')
  const folded = o.format === 'folded'
  const type = o.type ?? 'wall'
  const profile = cpuTimeProfile(times, {
    durationNs,
    reasonFrames: folded,
    goroutineFrames: folded && (o.byGoroutine ?? false),
  })
  const pieces = folded
    ? encodeFolded(profile, { sampleType: TIME_TYPES.indexOf(type), tool: { name: 'goscope', version: '' } })
    : encodeProfile(profile)
  for (const piece of pieces) write(piece)
  return damage
}
