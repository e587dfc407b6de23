import type { Int } from '../../../base/int64.ts'
import type { EventSink } from '../../../model/trace.ts'
import { ViewerTee } from './entry.ts'
import {
  focusTaskView,
  goroutineView,
  taskView,
  type ViewerTrace,
  type ViewMode,
  type ViewSelection,
  wholeView,
} from './selection.ts'
import { type EntryMeter, ViewSplitter } from './split.ts'
import { ViewerSummary, type ViewFacts } from './summary.ts'
import { TraceView, type ViewOutput } from './view.ts'

/** Which views the document of facts tells of. */
export interface ViewSubjects {
  /** Ids of goroutines, and of tasks. */
  readonly goroutines: readonly Int[]
  readonly tasks: readonly Int[]
}

interface Plan extends ViewOutput {
  readonly summary: ViewerSummary
}

/**
 * All views of the document of facts, made in one pass over the events: give it as a sink a trace's
 * events once more, then ask. `usable` is how many events come before the last good point.
 */
export class FactsViews {
  readonly sinks: readonly EventSink[]
  /** Undefined where there is no such view. */
  private readonly plans = new Map<string, Plan | undefined>()
  private readonly views: readonly TraceView[]
  private readonly splitter: ViewSplitter

  constructor(trace: ViewerTrace, subjects: ViewSubjects, usable: number, measure: EntryMeter) {
    this.splitter = new ViewSplitter(measure)
    this.plan('proc', wholeView('proc'))
    this.plan('thread', wholeView('thread'))
    for (const id of subjects.goroutines) this.plan(`goid=${id}`, goroutineView(trace, id))
    for (const id of subjects.tasks) {
      this.plan(`taskid=${id}`, taskView(trace, id))
      this.plan(`focustask=${id}`, focusTaskView(trace, id))
    }
    this.views = MODES.map((mode) => this.ofMode(mode))
      .filter((plans) => plans.length > 0)
      .map((plans) => new TraceView(plans, usable))
    this.sinks = this.views
  }

  /** After the last event: the summaries by name, null where there is no such view; and the number of ranges. */
  finish(): { views: Record<string, ViewFacts | null>; splitRanges: number | null } {
    const sound = new Set<ViewMode>()
    for (const view of this.views) if (view.finish()) sound.add(view.mode)
    const views: Record<string, ViewFacts | null> = {}
    for (const [name, plan] of this.plans)
      views[name] = plan !== undefined && sound.has(plan.selection.mode) ? plan.summary.facts() : null
    return { views, splitRanges: sound.has('proc') ? this.splitter.ranges().length : null }
  }

  private plan(name: string, selection: ViewSelection | undefined): void {
    if (this.plans.has(name)) return
    const summary = new ViewerSummary()
    const sink = name === 'proc' ? new ViewerTee([summary, this.splitter]) : summary
    this.plans.set(name, selection && { selection, sink, summary })
  }

  private ofMode(mode: ViewMode): Plan[] {
    return [...this.plans.values()]
      .filter((plan) => plan !== undefined)
      .filter((p) => p.selection.mode === mode)
  }
}

const MODES: readonly ViewMode[] = ['proc', 'thread', 'goroutine']
