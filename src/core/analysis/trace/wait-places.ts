// Where goroutines waited, by reason and stack, as profiles of delay: what a block profile does not count
// (sleeps, the network) and waits that had not ended when the trace did.

import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { EVENT, type EventBlock, type EventSink, STATE, type TraceTables } from '../../model/trace.ts'
import { capacityFor, widerF64, widerI32 } from './columns.ts'

interface Sum {
  count: number
  ns: number
}

/** Sums waits. Feed it with all events, then ask `done`. */
export class WaitPlacesSink implements EventSink {
  // Per goroutine; since < 0 = it does not wait.
  private since = new Float64Array(0)
  private reason = new Int32Array(0)
  private stack = new Int32Array(0)
  /** Reason (string id) -> row of stacks -> sum. */
  private readonly sums = new Map<number, Map<number, Sum>>()
  private last = 0
  private tables: TraceTables | undefined

  block(b: EventBlock, tables: TraceTables): void {
    this.tables = tables
    this.ensure(tables.goroutines.count)
    for (let i = 0; i < b.length; i++) {
      if (b.kind[i] !== EVENT.GoTransition) continue
      const g = b.res[i]
      if (this.since[g] >= 0 && b.to[i] !== STATE.Waiting) this.close(g, b.time[i])
      if (b.to[i] !== STATE.Waiting || this.since[g] >= 0) continue
      const initial = b.from[i] === STATE.Undetermined
      // A goroutine found waiting has waited all along. Its stack is in the event's second one.
      this.since[g] = initial ? 0 : b.time[i]
      this.reason[g] = b.name[i]
      this.stack[g] = b.extra[i] > 0 ? b.extra[i] : b.stack[i]
    }
    if (b.length > 0) this.last = b.time[b.length - 1]
  }

  /** By reason ('sleep', 'network', 'select', …): contentions and their delay. `end` is the time of the last event. */
  done(end = this.last): ReadonlyMap<string, Profile> {
    const { tables } = this
    if (tables === undefined) return new Map()
    for (let g = 0; g < this.since.length; g++) if (this.since[g] >= 0) this.close(g, end)
    return new Map(
      [...this.sums].map(([reason, sums]) => [tables.strings.get(reason), profileOf(sums, tables)]),
    )
  }

  private ensure(count: number): void {
    const had = this.since.length
    if (count <= had) return
    const n = capacityFor(count)
    this.since = widerF64(this.since, n)
    this.since.fill(-1, had)
    this.reason = widerI32(this.reason, n)
    this.stack = widerI32(this.stack, n)
  }

  private close(g: number, time: number): void {
    let sums = this.sums.get(this.reason[g])
    if (sums === undefined) {
      sums = new Map()
      this.sums.set(this.reason[g], sums)
    }
    let sum = sums.get(this.stack[g])
    if (sum === undefined) {
      sum = { count: 0, ns: 0 }
      sums.set(this.stack[g], sum)
    }
    sum.count++
    sum.ns += time - this.since[g]
    this.since[g] = -1
  }
}

function profileOf(sums: ReadonlyMap<number, Sum>, tables: TraceTables): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'contentions', unit: 'count' },
    { type: 'delay', unit: 'nanoseconds' },
  ]
  const { strings, stacks } = tables
  const functions = new Map<string, number>()
  // By frame, not by pc: inlined calls of one pc are frames of their own.
  const locations = new Map<number, number>()
  const locationOf = (frame: number): number => {
    let location = locations.get(frame)
    if (location !== undefined) return location
    const key = `${stacks.fn.a[frame]} ${stacks.file.a[frame]}`
    let fn = functions.get(key)
    if (fn === undefined) {
      fn = b.addFunction(strings.get(stacks.fn.a[frame]), { filename: strings.get(stacks.file.a[frame]) })
      functions.set(key, fn)
    }
    location = b.addLocation({ address: stacks.pc[frame], lines: [{ fn, line: stacks.line[frame] }] })
    locations.set(frame, location)
    return location
  }
  for (const [row, { count, ns }] of sums) {
    const frames = stacks.frame.a.subarray(stacks.start.a[row], stacks.start.a[row + 1])
    b.addSample(Array.from(frames, locationOf), [count, Math.round(ns)])
  }
  return b.done()
}
