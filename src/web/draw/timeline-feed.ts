// Which part of a timeline to ask for, and when: more than is in sight, so that moving has something to show, and not
// more often than answers come.

import type { FlowParams, TimelineFlows } from '../../core/engine/workbench/questions/timeline-flows.ts'
import type {
  TimelineWindow,
  TrackRef,
  WindowParams,
} from '../../core/engine/workbench/questions/timeline-window.ts'
import type { SceneData } from './timeline-painter.ts'
import { type Row, rowsIn } from './timeline-rows.ts'
import type { Span } from './timeline-scale.ts'

/** What is in sight. */
export interface Wanted {
  readonly file: number
  readonly version: number
  readonly end: number
  readonly view: Span
  readonly rows: readonly Row[]
  readonly top: number
  readonly height: number
  readonly width: number
  readonly flows: boolean
}

export interface FeedQuestions {
  window(p: WindowParams): Promise<TimelineWindow>
  flows(p: FlowParams): Promise<TimelineFlows>
}

/** Part of the view that is asked for beside it, on each side. */
const MARGIN = 0.5
/** Another resolution is asked for when pixels of the answer are so much larger or smaller than those of the view. */
const COARSE = 1.5
const FINE = 0.5
/** Waits that are this wide get an arrow, px. */
const ARROW_PIXELS = 3

export interface Fetched {
  readonly data: SceneData
  readonly from: number
  readonly to: number
  /** ns of a column. */
  readonly column: number
  readonly version: number
  readonly file: number
}

export interface FetchedFlows {
  readonly flows: TimelineFlows
  readonly keys: readonly string[]
  readonly of: Fetched
}

/** Whether an answer still serves what is in sight. */
export function serves(f: Fetched | undefined, w: Wanted): boolean {
  if (f === undefined || f.file !== w.file || f.version !== w.version) return false
  const column = (w.view.to - w.view.from) / w.width
  if (f.column > column * COARSE || f.column < column * FINE) return false
  // Less than half of the margin is left.
  const room = (w.view.to - w.view.from) * MARGIN * 0.4
  if (f.from > Math.max(0, w.view.from - room) || f.to < Math.min(w.end, w.view.to + room)) return false
  const [from, to] = rowsIn(w.rows, w.top, w.top + w.height)
  for (let i = from; i < to; i++) {
    const row = w.rows[i]!
    if (row.track !== undefined && !f.data.tracks.has(row.key)) return false
    if (row.kind === 'group' && !f.data.groups.has(row.group ?? -1)) return false
  }
  return true
}

/** The question for what is in sight, with room around it. */
export function questionFor(w: Wanted): {
  readonly params: WindowParams
  readonly keys: string[]
  readonly groups: number[]
} {
  const length = w.view.to - w.view.from
  const from = Math.max(0, Math.floor(w.view.from - length * MARGIN))
  const to = Math.min(Math.max(w.end, w.view.to), Math.ceil(w.view.to + length * MARGIN))
  const width = Math.max(1, Math.min(8192, Math.round((w.width * (to - from)) / length)))
  const [first, last] = rowsIn(w.rows, w.top - w.height / 3, w.top + w.height * 1.33)
  const keys: string[] = []
  const tracks: TrackRef[] = []
  const groups = [-1]
  const known = new Set<string>()
  for (let i = first; i < last; i++) {
    const row = w.rows[i]!
    if (row.kind === 'group' && row.group !== undefined && !groups.includes(row.group)) groups.push(row.group)
    if (row.track === undefined || known.has(row.key)) continue
    known.add(row.key)
    keys.push(row.key)
    tracks.push(row.track)
  }
  return { params: { file: w.file, from, to, width, tracks, groups, heap: true, notes: true }, keys, groups }
}

/** Keeps one question under way at most; the newest wish comes next. */
export class TimelineFeed {
  fetched: Fetched | undefined
  flows: FetchedFlows | undefined
  private readonly ask: FeedQuestions
  private readonly changed: () => void
  private readonly failed: (e: unknown) => void
  private busy = false
  private flowsBusy = false
  private next: Wanted | undefined

  constructor(ask: FeedQuestions, changed: () => void, failed: (e: unknown) => void) {
    this.ask = ask
    this.changed = changed
    this.failed = failed
  }

  /** What is in sight now. */
  want(w: Wanted): void {
    this.next = w
    if (!this.busy && !serves(this.fetched, w)) void this.fetch(w)
    else this.fetchFlows(w)
  }

  private async fetch(w: Wanted): Promise<void> {
    this.busy = true
    try {
      const { params, keys, groups } = questionFor(w)
      const window = await this.ask.window(params)
      this.fetched = {
        data: {
          window,
          tracks: new Map(keys.map((key, i) => [key, i])),
          groups: new Map(groups.map((g, i) => [g, i])),
        },
        from: window.from,
        to: window.to,
        column: (window.to - window.from) / window.width,
        version: window.version,
        file: w.file,
      }
      this.changed()
    } catch (e) {
      this.failed(e)
    } finally {
      this.busy = false
    }
    const { next } = this
    // A newer version is asked for when the page knows of it.
    if (next !== undefined && this.fetched?.version === next.version && !serves(this.fetched, next))
      void this.fetch(next)
    else if (next !== undefined) this.fetchFlows(next)
  }

  private fetchFlows(w: Wanted): void {
    const { fetched } = this
    if (!w.flows || fetched === undefined || this.flowsBusy || this.flows?.of === fetched) return
    const { params, keys } = questionFor(w)
    this.flowsBusy = true
    this.ask
      .flows({
        file: w.file,
        from: params.from,
        to: params.to,
        least: ((w.view.to - w.view.from) / w.width) * ARROW_PIXELS,
        tracks: params.tracks,
      })
      .then(
        (flows) => {
          this.flowsBusy = false
          this.flows = { flows, keys, of: fetched }
          this.changed()
        },
        (e: unknown) => {
          this.flowsBusy = false
          this.failed(e)
        },
      )
  }
}
