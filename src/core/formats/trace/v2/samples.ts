import { goSort } from '../../../base/go-sort.ts'
import type { TraceTables } from '../../../model/trace.ts'
import type { TraceClock } from './clock.ts'
import { EV } from './events.ts'
import { NONE, type WideValues } from './wide.ts'
import type { WireReader } from './wire.ts'

/** CPU samples of a generation, in order of time once `arrange` was called. */
export class Samples {
  /** Codes as read, five to a sample: time, m, p, g, stack. */
  private codes: number[] = []
  private at: number[] = []
  /** Time -> row in `codes` and the other columns. */
  private order: number[] = []
  private time: number[] = []
  private readonly wide = new Map<number, bigint>()
  /** Samples delivered so far. */
  private next = 0
  private readonly wides: WideValues
  private readonly tables: TraceTables

  constructor(wides: WideValues, tables: TraceTables) {
    this.wides = wides
    this.tables = tables
  }

  clear(): void {
    this.codes = []
    this.at = []
    this.order = []
    this.time = []
    this.wide.clear()
    this.next = 0
  }

  /** Reads a batch of samples. */
  read(wire: WireReader): void {
    wire.byte()
    while (!wire.done) {
      const at = wire.pos
      if (wire.byte() !== EV.CPUSample) wire.fail('a CPU sample should start here', at)
      for (let i = 0; i < 5; i++) this.codes.push(wire.uint())
      this.at.push(at)
    }
  }

  /** Converts times and sorts, as the reference sorts: unstable, but always the same way. */
  arrange(clock: TraceClock): void {
    const { codes, order, time, wide } = this
    for (let i = 0; i < this.at.length; i++) {
      order.push(i)
      time.push(clock.at(codes[i * 5]))
      if (clock.wide !== undefined) wide.set(i, clock.wide)
    }
    const less = (i: number, j: number): boolean => {
      const a = order[i]
      const b = order[j]
      return time[a] < time[b] || (time[a] === time[b] && wide.size > 0 && this.exact(a) < this.exact(b))
    }
    const swap = (i: number, j: number): void => {
      const row = order[i]
      order[i] = order[j]
      order[j] = row
    }
    goSort(order.length, { less, swap })
  }

  /** Time of the next sample, Infinity if there is none. */
  get nextTime(): number {
    return this.next < this.order.length ? this.time[this.order[this.next]] : Number.POSITIVE_INFINITY
  }

  get nextWide(): bigint | undefined {
    return this.wide.get(this.order[this.next])
  }

  get nextAt(): number {
    return this.at[this.order[this.next]]
  }

  get thread(): number {
    const code = this.codes[this.order[this.next] * 5 + 1]
    return code === NONE ? -1 : this.tables.threads.intern(this.wides.signed(code))
  }

  get proc(): number {
    const code = this.codes[this.order[this.next] * 5 + 2]
    return code === NONE ? -1 : this.tables.procs.intern(this.wides.signed(code))
  }

  get goroutine(): number {
    const code = this.codes[this.order[this.next] * 5 + 3]
    return code === NONE || code === 0 ? -1 : this.tables.goroutines.intern(this.wides.signed(code))
  }

  /** Code of the stack's id. */
  get stack(): number {
    return this.codes[this.order[this.next] * 5 + 4]
  }

  skip(): void {
    this.next++
  }

  private exact(row: number): bigint {
    return this.wide.get(row) ?? BigInt(this.time[row])
  }
}
