import { SelectSink } from '../analysis/trace/select.ts'
import { TraceSummarizer } from '../analysis/trace/summary.ts'
import { readTrace } from '../formats/trace/read-trace.ts'
import { damageOf } from './trace-damage.ts'
import { type SelectionQuestion, selectionOf } from './trace-selection.ts'
import { type SummarizedFile, summarizeTrace } from './trace-summary.ts'

/**
 * The summary of a part of a trace, as summarizeTrace gives it of the whole; its times count from the part's
 * start. Throws what that throws, and UserError if the trace has not what is asked for.
 */
export function summarizePart(
  bytes: Uint8Array,
  question: SelectionQuestion,
  progress: (share: number) => void = () => {},
): SummarizedFile {
  const selection = selectionOf(bytes, question)
  if (selection === undefined) return summarizeTrace(bytes, progress)
  const summarizer = new TraceSummarizer()
  const select = new SelectSink(selection, summarizer.sinks)
  const end = readTrace(bytes, [select], {
    resume: true,
    progress: (at) => progress(at / Math.max(1, bytes.length)),
  })
  if (end.error !== undefined && end.events === 0) throw end.error
  select.finish()
  const time = select.duration(end.lastTime)
  const summary = summarizer.done(end.tables, { events: select.events, time })
  return {
    ...summary,
    goroutines: summary.groups.reduce((sum, g) => sum + g.count, 0),
    damage: damageOf(end),
    skipped: end.skipped,
  }
}
