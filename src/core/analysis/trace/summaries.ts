import { EVENT, type EventBlock, type EventSink, NAME, STATE, type TraceTables } from '../../model/trace.ts'
import { GoroutineAccounts, isSystemGoroutine } from './goroutines.ts'
import { UserRegions } from './regions.ts'
import { UserTasks } from './tasks.ts'

/**
 * Goroutines, user regions and user tasks of a trace. They are one sink because regions look into the
 * accounts of goroutines at the moment of an event. Call `finish` after the last event.
 */
export class TraceSummaries implements EventSink {
  /** Empty before the first event. */
  goroutines = new GoroutineAccounts(0, 0n)
  readonly regions = new UserRegions()
  readonly tasks = new UserTasks()
  private tables: TraceTables | undefined
  private lastTime = 0

  block(b: EventBlock, tables: TraceTables): void {
    if (this.tables === undefined) this.goroutines = new GoroutineAccounts(tables.minor, tables.start)
    this.tables = tables
    const { goroutines, regions, tasks } = this
    goroutines.ensure(tables)
    regions.ensure(tables)
    tasks.ensure(tables)
    for (let i = 0; i < b.length; i++) {
      switch (b.kind[i]) {
        case EVENT.Sync:
          goroutines.sync(b.time[i])
          break
        case EVENT.GoTransition:
          if (b.from[i] !== b.to[i]) this.transition(b, i, tables)
          break
        case EVENT.ProcTransition:
          if (b.to[i] === STATE.Idle && b.from[i] !== STATE.Idle) goroutines.procIdle(b.res[i], b.time[i])
          break
        case EVENT.RangeBegin:
        case EVENT.RangeActive:
          goroutines.rangeOpen(b, i, b.kind[i] === EVENT.RangeActive)
          break
        case EVENT.RangeEnd:
          goroutines.rangeEnd(b, i)
          break
        case EVENT.RegionBegin:
          if (!goroutines.isKnown(b.g[i])) break
          regions.begin(b, i, goroutines)
          tasks.addRegion(b.res[i], b.g[i])
          break
        case EVENT.RegionEnd:
          if (!goroutines.isKnown(b.g[i])) break
          if (regions.finish(b, i, goroutines)) tasks.addRegion(b.res[i], b.g[i])
          break
        case EVENT.TaskBegin:
          tasks.beginOrEnd(b, i, true)
          break
        case EVENT.TaskEnd:
          tasks.beginOrEnd(b, i, false)
          break
        case EVENT.Log:
          tasks.addLog(b, i)
          break
      }
    }
    if (b.length > 0) this.lastTime = b.time[b.length - 1]
  }

  /** Closes whatever is open at the end of the trace. */
  finish(): void {
    const { goroutines, tables } = this
    if (tables === undefined) return
    for (let g = 0; g < tables.goroutines.count; g++) {
      if (!goroutines.isKnown(g)) continue
      goroutines.close(g, this.lastTime, goroutines.unset)
      this.endRegions(g, tables, undefined, 0)
    }
  }

  private transition(b: EventBlock, i: number, tables: TraceTables): void {
    const { goroutines, regions } = this
    const g = b.res[i]
    if (g < 0) return
    const from = b.from[i]
    const appears = from === STATE.Undetermined || from === STATE.NotExist
    // The reference crashes on a goroutine that was never introduced; readers let none through.
    if (!appears && !goroutines.isKnown(g)) return
    if (appears) {
      if (goroutines.findsAgain(b, i)) regions.dropOpen(g)
      else regions.forget(g)
    }
    goroutines.leave(b, i)
    if (from === STATE.NotExist) regions.inherit(b, i, goroutines.isKnown(b.g[i]) ? b.g[i] : -1)
    if (goroutines.name[g] === NAME.empty && b.extra[i] > 0)
      goroutines.name[g] = tables.stacks.fn.a[tables.stacks.root(b.extra[i])]
    if (!goroutines.arrive(b, i)) return
    goroutines.close(g, b.time[i], b.time[i])
    this.endRegions(g, tables, b, i)
  }

  private endRegions(g: number, tables: TraceTables, b: EventBlock | undefined, i: number): void {
    const { goroutines, regions } = this
    if (!regions.hasOpen(g)) return
    const system = isSystemGoroutine(tables.strings.get(goroutines.name[g]))
    regions.finishAll(g, goroutines, system, b, i)
  }
}
