import type { Int } from '../../../base/int64.ts'
import type { EventSink } from '../../../model/trace.ts'
import { ViewerTee } from './entry.ts'
import {
  focusTaskView,
  goroutineView,
  taskView,
  type ViewerTrace,
  type ViewSelection,
  wholeView,
} from './selection.ts'
import { type EntryMeter, ViewSplitter } from './split.ts'
import { ViewerSummary, type ViewFacts } from './summary.ts'
import { TraceView } from './view.ts'

/** Which views the document of facts tells of. */
export interface ViewSubjects {
  /** Ids of goroutines, and of tasks. */
  readonly goroutines: readonly Int[]
  readonly tasks: readonly Int[]
}

interface Plan {
  readonly view: TraceView
  readonly summary: ViewerSummary
}

/**
 * All views of the document of facts, made in one pass over the events: give it as a sink a trace's
 * events once more, then ask. `usable` is how many events come before the last good point.
 */
export class FactsViews {
  readonly sinks: readonly EventSink[]
  private readonly plans = new Map<string, Plan | undefined>()
  private readonly splitter: ViewSplitter

  constructor(trace: ViewerTrace, subjects: ViewSubjects, usable: number, measure: EntryMeter) {
    this.splitter = new ViewSplitter(measure)
    const plan = (name: string, selection: ViewSelection | undefined): void => {
      if (this.plans.has(name)) return
      const summary = new ViewerSummary()
      const sink = name === 'proc' ? new ViewerTee([summary, this.splitter]) : summary
      const made = selection && { view: new TraceView(selection, sink, usable), summary }
      this.plans.set(name, made)
    }
    plan('proc', wholeView('proc'))
    plan('thread', wholeView('thread'))
    for (const id of subjects.goroutines) plan(`goid=${id}`, goroutineView(trace, id))
    for (const id of subjects.tasks) {
      plan(`taskid=${id}`, taskView(trace, id))
      plan(`focustask=${id}`, focusTaskView(trace, id))
    }
    this.sinks = [...this.plans.values()].flatMap((p) => (p === undefined ? [] : [p.view]))
  }

  /** After the last event: the summaries by name, null where there is no such view; and the number of ranges. */
  finish(): { views: Record<string, ViewFacts | null>; splitRanges: number | null } {
    const views: Record<string, ViewFacts | null> = {}
    for (const [name, plan] of this.plans) views[name] = plan?.view.finish() ? plan.summary.facts() : null
    return { views, splitRanges: views.proc === null ? null : this.splitter.ranges().length }
  }
}
