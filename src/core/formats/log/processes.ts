// Which process a line is of: by what stands in front of it, and by counts and times that went back.

import type { LogProcess } from '../../model/runtime-log.ts'

/** Processes that are told apart; restarts beyond go to the last one of their source. */
const MAX_PROCESSES = 256
/** Processes of one source that may take turns, as two on one terminal do. */
const MAX_TURNS = 8

interface Process {
  readonly source: number
  readonly run: number
  readonly offset: number
  lines: number
  wallFrom: number
  wallTo: number
  /** What its last lines said; 0 and -1 before the first. */
  gc: number
  gcTime: number
  sched: number
  init: number
}

export class Processes {
  readonly all: Process[] = []
  /** Whether there were more than are told apart. */
  overflow = false
  /** By source: its processes, the one of the last line last. */
  private readonly bySource: number[][] = []

  /** The process of the last line of this source; a new one if it is the first. */
  current(source: number, wall: number, offset: number): number {
    const id = this.last(source)
    return this.line(id < 0 ? this.start(source, wall, offset) : id, wall)
  }

  /** The process of collection `number` at `time` s since its start (NaN where not printed). */
  ofGc(source: number, number: number, time: number, wall: number, offset: number): number {
    let id = this.last(source)
    if (id < 0 || !followsGc(this.all[id], number, time, true)) {
      id = this.find(source, (p) => followsGc(p, number, time, true))
      // Lines may be lost: a larger number and a later time will do, unless another process has the very next one.
      if (id < 0) id = this.find(source, (p) => followsGc(p, number, time, false))
      if (id < 0) id = this.start(source, wall, offset)
    }
    const p = this.all[id]
    p.gc = number
    if (!Number.isNaN(time)) p.gcTime = time
    return this.line(id, wall)
  }

  /** The process of a snapshot at `time` ms since its start. */
  ofSched(source: number, time: number, wall: number, offset: number): number {
    let id = this.last(source)
    if (id < 0 || time < this.all[id].sched) {
      id = this.find(source, (p) => time >= p.sched)
      if (id < 0) id = this.start(source, wall, offset)
    }
    if (!Number.isNaN(time)) this.all[id].sched = time
    return this.line(id, wall)
  }

  /** The process of a package initialised at `time` ms since its start. */
  ofInit(source: number, time: number, wall: number, offset: number): number {
    let id = this.last(source)
    if (id < 0 || time < this.all[id].init) id = this.start(source, wall, offset)
    this.all[id].init = time
    return this.line(id, wall)
  }

  done(sources: readonly string[]): LogProcess[] {
    return this.all.map((p) => ({
      source: sources[p.source],
      run: p.run,
      offset: p.offset,
      lines: p.lines,
      wallFrom: p.wallFrom,
      wallTo: p.wallTo,
    }))
  }

  private last(source: number): number {
    return this.bySource[source]?.at(-1) ?? -1
  }

  /** A process of the source that fits, the latest first; it becomes the current one. -1 if there is none. */
  private find(source: number, fits: (p: Process) => boolean): number {
    const own = this.bySource[source] ?? []
    for (let k = own.length - 1; k >= Math.max(0, own.length - MAX_TURNS); k--) {
      const id = own[k]
      if (!fits(this.all[id])) continue
      own.splice(k, 1)
      own.push(id)
      return id
    }
    return -1
  }

  private start(source: number, wall: number, offset: number): number {
    while (this.bySource.length <= source) this.bySource.push([])
    const own = this.bySource[source]
    if (this.all.length >= MAX_PROCESSES) {
      this.overflow = true
      if (own.length === 0) own.push(0)
      const id = own[own.length - 1]
      Object.assign(this.all[id], { gc: 0, gcTime: 0, sched: -1, init: -1 })
      return id
    }
    const runs = this.all.reduce((n, p) => (p.source === source ? n + 1 : n), 1)
    const p = {
      source,
      run: runs,
      offset,
      lines: 0,
      wallFrom: wall,
      wallTo: wall,
      gc: 0,
      gcTime: 0,
      sched: -1,
      init: -1,
    }
    own.push(this.all.push(p) - 1)
    return this.all.length - 1
  }

  private line(id: number, wall: number): number {
    const p = this.all[id]
    p.lines++
    if (!Number.isNaN(wall)) {
      if (Number.isNaN(p.wallFrom)) p.wallFrom = wall
      p.wallTo = wall
    }
    return id
  }
}

/** Whether a collection can be the process's next; `next`: the very next number. */
function followsGc(p: Process, number: number, time: number, next: boolean): boolean {
  if (time < p.gcTime) return false
  if (next) return number === p.gc + 1 || (p.gc === 0 && p.gcTime === 0)
  return number > p.gc
}
