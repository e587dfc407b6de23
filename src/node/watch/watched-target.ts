// One program that is watched: its server or agent, its process and the machine, each asked at its own pace. One that
// hangs keeps the others from nothing.

import type { Values } from '../../core/analysis/live/metrics.ts'
import type { MachineMoment, Moment, ProcessMoment, ProgramMoment } from '../../core/analysis/live/moment.ts'
import { readingOf } from '../../core/analysis/live/reading.ts'
import { SeriesStore } from '../../core/analysis/live/series.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import { Cgroups } from '../proc/cgroup-files.ts'
import { ProcError } from '../proc/read-proc.ts'
import { readMachine, readProcess } from './read-process.ts'

/** Where a program's own numbers come from: its server or a gops agent. */
export interface ProgramSource {
  poll(signal: AbortSignal): Promise<ProgramMoment>
  close(): void
}

/** What a target is, as far as it is known now. */
export interface TargetFacts {
  /** Address or process for people. */
  readonly shown: string
  /** What `goscope capture` is to be given. */
  readonly argument: string
  readonly pid: number | undefined
  /** Name of the program; '' as long as it is not known. */
  readonly program: string
  /** For names of files. */
  readonly name: string
  readonly goVersion: string
}

/** One row of a recording and of the page. */
export interface Reading {
  readonly at: number
  readonly values: Values
  /** Why numbers are missing; '' if none are. */
  readonly problem: string
  /** Since when the program has not answered, ms; 0 if it did. */
  readonly silentMs: number
  /** The process has ended. */
  readonly ended: boolean
}

export interface WatchedOptions {
  readonly facts: TargetFacts
  readonly source: ProgramSource | undefined
  /** Finds the process anew: once the program answers, and after it has ended. */
  readonly findProcess: ((signal: AbortSignal) => Promise<Partial<TargetFacts>>) | undefined
  /** Readings that are kept for charts. */
  readonly history: number
}

/** Not more often than once in so many ticks. */
const FIND_AGAIN = 5

export class WatchedTarget {
  facts: TargetFacts
  readonly series: SeriesStore
  /** The newest of all parts. */
  moment: Moment | undefined
  latest: Reading | undefined
  /** The newest value of each metric, however old. */
  last: Values = {}
  private readonly source: ProgramSource | undefined
  private readonly findProcess: WatchedOptions['findProcess']
  private readonly cgroups = process.platform === 'linux' ? new Cgroups() : undefined
  private readonly control = new AbortController()
  private pending: Promise<void> | undefined
  private answered: ProgramMoment | undefined
  private lastAnswer = Date.now()
  private failure = ''
  private ticks = 0

  constructor(o: WatchedOptions) {
    this.facts = o.facts
    this.source = o.source
    this.findProcess = o.findProcess
    this.series = new SeriesStore(o.history)
  }

  close(): void {
    this.control.abort(new UserError('ended'))
    this.source?.close()
  }

  /** Looks at everything, and waits at most `graceMs` for the program's answer; a later one counts for the next tick. */
  async tick(graceMs: number): Promise<Reading> {
    this.ticks++
    if (this.source !== undefined) {
      this.pending ??= this.ask(this.source).finally(() => {
        this.pending = undefined
      })
      let timer: NodeJS.Timeout | undefined
      const grace = new Promise((resolve) => {
        timer = setTimeout(resolve, graceMs)
      })
      await Promise.race([this.pending, grace])
      clearTimeout(timer)
    }
    const program = this.answered
    this.answered = undefined
    const { process: looked, ended } = this.lookAtProcess()
    // This machine's numbers say nothing of a program on another.
    const machine = looked === undefined ? undefined : readMachine()
    const reading = this.join(program, looked, machine, ended)
    this.latest = reading
    this.last = { ...this.last, ...reading.values }
    this.series.add(reading.values)
    return reading
  }

  private join(
    program: ProgramMoment | undefined,
    looked: ProcessMoment | undefined,
    machine: MachineMoment | undefined,
    ended: boolean,
  ): Reading {
    const at = Date.now()
    const now: Moment = {
      at,
      ...(program !== undefined && { program }),
      ...(looked !== undefined && { process: looked }),
      ...(machine !== undefined && { machine }),
    }
    const values = readingOf(this.moment, now)
    // A part that is missing this time is compared with its last when it is there again.
    this.moment = { ...this.moment, ...now }
    const silent = this.source !== undefined && program === undefined
    const silentMs = silent ? Math.max(1, at - this.lastAnswer) : 0
    return { at, values, silentMs, ended, problem: silent ? this.failure : '' }
  }

  private lookAtProcess(): { process: ProcessMoment | undefined; ended: boolean } {
    const { pid } = this.facts
    if (pid === undefined || this.cgroups === undefined) return { process: undefined, ended: false }
    try {
      return { process: readProcess(pid, this.cgroups), ended: false }
    } catch (e) {
      if (!(e instanceof ProcError)) throw e
      // Behind the same address there may be another soon.
      if (this.findProcess !== undefined) this.facts = { ...this.facts, pid: undefined }
      return { process: undefined, ended: true }
    }
  }

  private async ask(source: ProgramSource): Promise<void> {
    try {
      this.answered = await source.poll(this.control.signal)
      this.lastAnswer = Date.now()
      this.failure = ''
      const { goVersion } = this.answered.memory ?? {}
      if (this.facts.goVersion === '' && goVersion !== undefined) this.facts = { ...this.facts, goVersion }
      const search = this.facts.pid === undefined && (this.ticks === 1 || this.ticks % FIND_AGAIN === 0)
      if (search && this.findProcess !== undefined)
        this.facts = { ...this.facts, ...(await this.findProcess(this.control.signal)) }
    } catch (e) {
      if (!(e instanceof UserError || e instanceof DecodeError)) throw e
      this.failure = e.message
    }
  }
}
