import { asUint, type Int } from '../../../base/int64.ts'
import type { TraceTables } from '../../../model/trace.ts'
import type { ViewerEmitter } from './emitter.ts'

/** States of goroutines that the viewer counts. */
export const COUNTED = { dead: 0, runnable: 1, running: 2, waiting: 3, waitingGc: 4 } as const

/** Several emitters as one: views of one mode differ in what they leave out, and are made together. */
export class Emitters {
  readonly all: readonly ViewerEmitter[]
  private readonly texts = new Map<string, string>()
  private readonly counted = [0, 0, 0, 0, 0]

  constructor(all: readonly ViewerEmitter[]) {
    this.all = all
  }

  use(tables: TraceTables): void {
    for (const e of this.all) e.use(tables)
  }

  /** One string for all that are equal: maps find it by its identity. */
  sameText(text: string): string {
    const known = this.texts.get(text)
    if (known !== undefined) return known
    this.texts.set(text, text)
    return text
  }

  slice(
    name: string,
    group: string,
    start: number,
    end: number,
    tid: Int,
    stack: number,
    endStack: number,
    blocked = '',
  ): void {
    for (const e of this.all) e.slice(name, group, start, end, tid, stack, endStack, blocked)
  }

  instant(name: string, time: number, tid: Int, stack: number, category = ''): void {
    for (const e of this.all) e.instant(name, time, tid, stack, category)
  }

  scheduleInstant(name: string, time: number, tid: Int, stack: number, thread: Int, proc: Int): void {
    for (const e of this.all) e.scheduleInstant(name, time, tid, stack, thread, proc)
  }

  arrow(name: string, start: number, from: Int, stack: number, end: number, to: Int): void {
    for (const e of this.all) e.arrow(name, start, from, stack, end, to)
  }

  /** A goroutine goes from one of COUNTED to another. */
  goroutineCount(time: number, from: number, to: number): void {
    if (from === to) return
    const { counted } = this
    counted[from]--
    counted[to]++
    // Broken traces make counts negative, which are unsigned on the wire.
    const running = asUint(counted[COUNTED.running])
    const runnable = asUint(counted[COUNTED.runnable])
    const waitingGc = asUint(counted[COUNTED.waitingGc])
    for (const e of this.all) e.goroutineCounts(time, running, runnable, waitingGc)
  }

  threadCount(time: number, delta: number): void {
    for (const e of this.all) e.threadCount(time, delta)
  }

  heapAllocated(time: number, bytes: Int): void {
    for (const e of this.all) e.heapAllocated(time, bytes)
  }

  heapGoal(time: number, bytes: Int): void {
    for (const e of this.all) e.heapGoal(time, bytes)
  }
}
