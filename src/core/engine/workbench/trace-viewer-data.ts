// What /jsontrace answers: the viewer data of a part of a trace, chosen by the reference's parameters.

import { Unblocks } from '../../analysis/trace/viewer/related.ts'
import {
  focusTaskView,
  goroutineView,
  taskView,
  type ViewSelection,
  wholeView,
} from '../../analysis/trace/viewer/selection.ts'
import { TraceView } from '../../analysis/trace/viewer/view.ts'
import { SummarizedTrace } from '../../analysis/trace/viewer/viewer-trace.ts'
import { UserError } from '../../base/errors.ts'
import { asSigned, type Int, toInt } from '../../base/int64.ts'
import { readTrace } from '../../formats/trace/read-trace.ts'
import { ViewerJson } from '../../reports/trace/viewer-json.ts'
import type { TraceReading } from './trace-reading.ts'

/** Parameters as they stand in the address; undefined or '' where they do not. */
export interface ViewerQuery {
  readonly view?: string | undefined
  readonly goid?: string | undefined
  readonly focustask?: string | undefined
  readonly taskid?: string | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
}

/**
 * Writes the document piece by piece. Throws UserError, before the first piece, if there is no such goroutine or
 * task, or a number is none: the reference then answers nothing.
 */
export function writeViewerData(
  bytes: Uint8Array,
  r: TraceReading,
  q: ViewerQuery,
  write: (text: string) => void,
): void {
  const selection = selectionOf(bytes, r, q)
  let range: [number, number] | undefined
  if (given(q.start) && given(q.end)) range = [indexOf('start', q.start), indexOf('end', q.end)]
  const json = range === undefined ? new ViewerJson(write) : new ViewerJson(write, range[0], range[1])
  const view = new TraceView([{ selection, sink: json }])
  readTrace(bytes, [view], { limit: r.usableEnd.events })
  if (!view.finish()) throw new UserError('failed to generate trace: its events contradict each other')
  json.finish()
}

function selectionOf(bytes: Uint8Array, r: TraceReading, q: ViewerQuery): ViewSelection {
  const unblocks = new Unblocks()
  const trace = new SummarizedTrace(r.summaries, r.summaryTables, unblocks, r.endTime)
  if (given(q.goid)) {
    const id = asSigned(idOf('goid', q.goid))
    // Who woke whom matters to no other page, so that it is looked for here.
    if (trace.goroutine(id) !== undefined) readTrace(bytes, [unblocks], { limit: r.usableEnd.events })
    return goroutineView(trace, id) ?? nothing(`failed to find goroutine ${id}`)
  }
  if (given(q.focustask)) {
    const id = idOf('focustask', q.focustask)
    return focusTaskView(trace, id) ?? nothing(`failed to find task with id ${id}`)
  }
  if (given(q.taskid)) {
    const id = idOf('taskid', q.taskid)
    return taskView(trace, id) ?? nothing(`failed to find task with id ${id}`)
  }
  return wholeView(q.view === 'thread' ? 'thread' : 'proc')
}

function given(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

function nothing(message: string): never {
  throw new UserError(message)
}

const MAX_U64 = 2n ** 64n - 1n

function idOf(name: string, text: string): Int {
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= MAX_U64) return toInt(BigInt(text))
  return nothing(`failed to parse ${name} parameter "${text}"`)
}

function indexOf(name: string, text: string): number {
  return /^[+-]?\d{1,19}$/.test(text) ? Number(text) : nothing(`failed to parse ${name} parameter "${text}"`)
}
