import { EVENT, type EventBlock, type EventSink, NAME, SCOPE, type TraceTables } from '../../model/trace.ts'

/** When goroutines had to help the collector before they could allocate. Feed it with all events, then ask `done`. */
export class AssistSpans implements EventSink {
  /** Goroutine row -> from, to, from, … in order of time, ns since the trace's start. */
  private readonly spans = new Map<number, number[]>()
  private readonly open = new Map<number, number>()
  private syncs = 0

  block(b: EventBlock, _tables: TraceTables): void {
    for (let i = 0; i < b.length; i++) {
      const kind = b.kind[i]
      if (kind === EVENT.Sync) this.syncs++
      if (kind < EVENT.RangeBegin || kind > EVENT.RangeEnd) continue
      if (b.name[i] !== NAME.gcMarkAssist || b.from[i] !== SCOPE.Goroutine) continue
      const g = b.res[i]
      if (kind === EVENT.RangeBegin) this.open.set(g, b.time[i])
      // Later generations repeat what is known; in the first one it began before the trace.
      else if (kind === EVENT.RangeActive) {
        if (!this.open.has(g)) this.open.set(g, this.syncs < 2 ? 0 : b.time[i])
      } else this.close(g, b.time[i])
    }
  }

  /** By goroutine. `end` is the time of the last event. */
  done(end: number): ReadonlyMap<number, readonly number[]> {
    for (const g of [...this.open.keys()]) this.close(g, end)
    return this.spans
  }

  private close(g: number, end: number): void {
    const start = this.open.get(g)
    if (start === undefined) return
    this.open.delete(g)
    const flat = this.spans.get(g)
    if (flat === undefined) this.spans.set(g, [start, end])
    else flat.push(start, end)
  }
}
