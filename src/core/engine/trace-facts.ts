// Everything there is to know of a trace, in two readings.

import { TraceCounts } from '../analysis/trace/counts.ts'
import { factsMmu } from '../analysis/trace/facts-mmu.ts'
import { GcEvents } from '../analysis/trace/gc.ts'
import { TraceSummaries } from '../analysis/trace/summaries.ts'
import { UtilizationEvents } from '../analysis/trace/utilization.ts'
import { FactsViews } from '../analysis/trace/viewer/facts-views.ts'
import { Unblocks } from '../analysis/trace/viewer/related.ts'
import { SummarizedTrace, viewSubjects } from '../analysis/trace/viewer/viewer-trace.ts'
import { AllWaits } from '../analysis/trace/waiting-profiles.ts'
import { readTrace } from '../formats/trace/read-trace.ts'
import { FactsGroups, type TraceFindings, traceFacts, viewFacts } from '../reports/trace/facts.ts'
import { jsonText } from '../reports/trace/json-text.ts'
import { entryMeter } from '../reports/trace/viewer-json.ts'
import { runTrace } from './trace-run.ts'

/** The share of the first reading in all the work; views make the second one long. */
const FIRST = 0.2

/**
 * The document of `goscope trace facts` as text, piece by piece. The first reading finds goroutines,
 * tasks and regions; the second one makes the profiles and views that are about some of them. `progress`
 * is told the share of both that is done.
 *
 * Throws, before the first piece, what runTrace throws.
 */
export function* traceFactsText(
  bytes: Uint8Array,
  progress: (share: number) => void = () => {},
): Generator<string> {
  const tell = (before: number, share: number) => (at: number) =>
    progress(before + (share * at) / bytes.length)
  const makeSinks = () => {
    const counts = new TraceCounts()
    const gc = new GcEvents()
    const utilization = new UtilizationEvents()
    const waits = new AllWaits()
    const unblocks = new Unblocks()
    const summaries = new TraceSummaries()
    const usable = [counts, gc, utilization, waits, unblocks]
    return { usable, delivered: [summaries], counts, gc, utilization, waits, unblocks, summaries }
  }
  const run = runTrace(bytes, makeSinks, { progress: tell(0, FIRST) })
  const { usable, delivered, usableEnd, end } = run
  const { summaries } = delivered
  summaries.finish()
  usable.waits.finish(delivered.waits)
  const findings: TraceFindings = {
    counts: usable.counts,
    gc: usable.gc.facts(),
    waits: usable.waits,
    tables: usableEnd.tables,
    endTime: usableEnd.lastTime,
    summaries,
    summaryTables: end.tables,
    partial: end.error && { validBytes: end.validBytes, size: end.size },
  }
  const groups = new FactsGroups(findings)
  const trace = new SummarizedTrace(summaries, end.tables, usable.unblocks, usableEnd.lastTime)
  const subjects = viewSubjects(summaries, end.tables)
  const views = new FactsViews(trace, subjects, usableEnd.events, entryMeter())
  readTrace(bytes, [...views.sinks, groups.waits], {
    limit: usableEnd.events,
    progress: tell(FIRST, 1 - FIRST),
  })
  const { views: made, splitRanges } = views.finish()
  const document = {
    ...traceFacts(findings, groups),
    mmu: factsMmu(usable.utilization),
    views: viewFacts(made),
    splitRanges,
  }
  yield* jsonText(document)
}
