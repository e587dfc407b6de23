// What must hold of a v1 trace once its events are in order.

import { DecodeError } from '../../../base/errors.ts'
import type { Int } from '../../../base/int64.ts'
import { V1Cursor } from './cursor.ts'
import { blocks, PLAIN, V1 } from './event-types.ts'
import type { V1File } from './v1-file.ts'

const DEAD = 0
const RUNNABLE = 1
const RUNNING = 2
const WAITING = 3
/** Of a goroutine that was never created. */
const UNKNOWN = 4

/** How an unblocking is shown that is not by the goroutine that did it: marks[row]. */
export const BY = { itself: 0, timer: 1, network: 2 } as const

/**
 * Checks events in their order. Throws DecodeError at the first that cannot be. Returns row -> BY of
 * GoUnblock events.
 */
export function validate(file: V1File, order: Uint32Array): Uint8Array {
  const checker = new Checker(file)
  for (const row of order) checker.check(row)
  return checker.by
}

class Checker {
  readonly by: Uint8Array
  private readonly file: V1File
  private readonly at: V1Cursor
  /** By goroutine (row + 1; 0 = outside of goroutines, which counts as running). */
  private readonly state: Uint8Array
  private readonly assisting: Uint8Array
  /** The last thing that it did was to wait for the network. */
  private readonly onNetwork: Uint8Array
  /** Open regions, task and name of each in turn. */
  private readonly regions = new Map<number, Int[]>()
  /** By proc: runs, its goroutine, sweeps. */
  private readonly runs: Uint8Array
  private readonly runsG: Uint32Array
  private readonly sweeps: Uint8Array
  private readonly tasks = new Set<Int>()
  private collecting = false
  private stopped = false

  constructor(file: V1File) {
    this.file = file
    this.at = new V1Cursor(file.bytes)
    this.by = new Uint8Array(file.events.count)
    const goroutines = file.goroutines.count + 1
    this.state = new Uint8Array(goroutines).fill(UNKNOWN)
    this.state[0] = RUNNING
    this.assisting = new Uint8Array(goroutines)
    this.onNetwork = new Uint8Array(goroutines)
    this.runs = new Uint8Array(file.procs.count)
    this.runsG = new Uint32Array(file.procs.count)
    this.sweeps = new Uint8Array(file.procs.count)
  }

  check(row: number): void {
    const { events } = this.file
    const type = PLAIN[events.type[row]]
    const g = events.g[row]
    const p = events.proc[row]
    switch (type) {
      case V1.ProcStart:
        this.must(this.runs[p] === 0, row, 'a P starts that is running')
        this.runs[p] = 1
        return
      case V1.ProcStop:
        this.must(this.runs[p] === 1, row, 'a P stops that is not running')
        this.must(this.runsG[p] === 0, row, 'a P stops while it runs a goroutine')
        this.runs[p] = 0
        return
      case V1.GCStart:
        this.must(!this.collecting, row, 'a GC cycle starts within another one')
        this.collecting = true
        return
      case V1.GCDone:
        this.must(this.collecting, row, 'a GC cycle ends that did not start')
        this.collecting = false
        return
      case V1.STWStart:
        this.must(!this.stopped, row, 'the world is stopped twice')
        this.stopped = true
        return
      case V1.STWDone:
        this.must(this.stopped, row, 'the world starts that was not stopped')
        this.stopped = false
        return
      case V1.GCSweepStart:
        this.must(this.sweeps[p] === 0, row, 'a P sweeps within sweeping')
        this.sweeps[p] = 1
        return
      case V1.GCSweepDone:
        this.must(this.sweeps[p] === 1, row, 'a P ends sweeping that did not start')
        this.sweeps[p] = 0
        return
      case V1.GCMarkAssistStart:
        this.must(this.assisting[g] === 0, row, 'a goroutine assists within an assist')
        this.assisting[g] = 1
        return
      case V1.GCMarkAssistDone:
        // The start may lie before the trace.
        this.assisting[g] = 0
        return
      case V1.UserTaskCreate: {
        this.at.pos = events.args[row]
        const task = this.at.uint()
        this.must(!this.tasks.has(task), row, 'a task is created that exists')
        this.tasks.add(task)
        return
      }
      case V1.UserTaskEnd:
        this.at.pos = events.args[row]
        this.tasks.delete(this.at.uint())
        return
      case V1.UserRegion:
        this.region(row, g)
        return
      default:
        this.goroutine(row, type, g, p)
    }
  }

  private goroutine(row: number, type: number, g: number, p: number): void {
    switch (type) {
      case V1.GoWaiting:
      case V1.GoInSyscall:
        this.must(this.state[g] === RUNNABLE, row, 'a goroutine waits that is not runnable')
        this.set(g, WAITING)
        return
      case V1.GoCreate: {
        this.mustRun(row, g, p)
        const created = this.mentioned(row)
        this.must(this.state[created] === UNKNOWN, row, 'a goroutine is created that exists')
        this.set(created, RUNNABLE)
        return
      }
      case V1.GoStart:
      case V1.GoStartLabel:
        this.must(this.state[g] === RUNNABLE, row, 'a goroutine starts that is not runnable')
        this.must(this.runsG[p] === 0, row, 'a goroutine starts on a P that runs one')
        this.set(g, RUNNING)
        this.runsG[p] = g
        return
      case V1.GoEnd:
      case V1.GoStop:
        this.leave(row, g, p, DEAD)
        if (type === V1.GoEnd) this.regions.delete(g)
        return
      case V1.GoSched:
      case V1.GoPreempt:
        this.leave(row, g, p, RUNNABLE)
        return
      case V1.GoSysCall:
        this.must(g !== 0, row, 'a system call of no goroutine')
        this.mustRun(row, g, p)
        this.onNetwork[g] = 0
        return
      case V1.GoSysBlock: {
        const onNetwork = this.onNetwork[g]
        this.leave(row, g, p, WAITING)
        this.onNetwork[g] = onNetwork
        return
      }
      case V1.GoSysExit:
        this.must(this.state[g] === WAITING, row, 'a system call ends of a goroutine that does not wait')
        this.set(g, RUNNABLE)
        return
      case V1.GoUnblock:
        this.unblock(row, g, p)
        return
      default:
        if (!blocks(type)) return
        this.leave(row, g, p, WAITING)
        if (type === V1.GoBlockNet) this.onNetwork[g] = 1
    }
  }

  private unblock(row: number, g: number, p: number): void {
    const timer = this.file.timers.has(g)
    this.must(this.state[g] === RUNNING, row, 'a goroutine unblocks another one and does not run')
    this.must(timer || this.runsG[p] === g, row, 'a goroutine unblocks another one and is not on its P')
    const other = this.mentioned(row)
    this.must(this.state[other] === WAITING, row, 'a goroutine is unblocked that does not wait')
    this.by[row] = this.onNetwork[other] === 1 ? BY.network : timer ? BY.timer : BY.itself
    this.set(other, RUNNABLE)
  }

  private region(row: number, g: number): void {
    this.at.pos = this.file.events.args[row]
    const task = this.at.uint()
    const mode = this.at.uint()
    const name = this.at.uint()
    this.must(mode === 0 || mode === 1, row, `a region's mode is ${mode}`)
    const open = this.regions.get(g)
    if (mode === 0) {
      if (open === undefined) this.regions.set(g, [task, name])
      else open.push(task, name)
      return
    }
    // The start may lie before the trace.
    if (open === undefined || open.length === 0) return
    const same = open.pop() === name && open.pop() === task
    this.must(same, row, 'a region ends that is not the innermost one')
  }

  private mustRun(row: number, g: number, p: number): void {
    this.must(this.state[g] === RUNNING, row, 'a goroutine acts that does not run')
    this.must(this.runsG[p] === g, row, 'a goroutine acts that is not on its P')
  }

  private leave(row: number, g: number, p: number, state: number): void {
    this.must(g !== 0, row, 'no goroutine leaves its P')
    this.mustRun(row, g, p)
    this.set(g, state)
    this.runsG[p] = 0
  }

  private set(g: number, state: number): void {
    this.state[g] = state
    this.onNetwork[g] = 0
  }

  private mentioned(row: number): number {
    this.at.pos = this.file.events.args[row]
    return this.file.goroutines.find(this.at.int()) + 1
  }

  private must(holds: boolean, row: number, message: string): void {
    if (!holds) throw new DecodeError('trace', this.file.events.args[row], message)
  }
}
