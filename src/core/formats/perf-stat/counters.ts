import type { PerfCounter, PerfStat } from '../../model/perf-stat.ts'

/** A counter as one line gives it. */
export interface CounterLine {
  readonly event: string
  /** NaN for a counter that did not count. */
  readonly value: number
  readonly unit: string
  readonly state: PerfCounter['state']
  readonly running: number
  readonly deviation: number
  /** Seconds since the start, of -I; NaN without. */
  readonly time: number
}

interface Sum {
  value: number
  unit: string
  state: PerfCounter['state']
  running: number
  lines: number
  deviation: number
}

/** Sums the lines of one report: perf prints one per interval (-I) and per processor, socket or thread. */
export class ReportBuilder {
  target = ''
  runs = 1
  started = ''
  elapsed = Number.NaN
  user = Number.NaN
  sys = Number.NaN
  private readonly form: PerfStat['form']
  private readonly sums = new Map<string, Sum>()
  private lastTime = Number.NaN
  private intervals = 0

  constructor(form: PerfStat['form']) {
    this.form = form
  }

  get isEmpty(): boolean {
    return this.sums.size === 0
  }

  add(line: CounterLine): void {
    if (!Number.isNaN(line.time) && line.time !== this.lastTime) {
      this.intervals++
      this.lastTime = line.time
    }
    const sum = this.sums.get(line.event)
    if (sum === undefined) {
      const { value, unit, state, running, deviation } = line
      this.sums.set(line.event, { value, unit, state, running, lines: 1, deviation })
      return
    }
    sum.lines++
    sum.running += line.running
    if (line.state !== 'counted') return
    // An interval in which the program did not run has no count.
    sum.value = sum.state === 'counted' ? sum.value + line.value : line.value
    sum.state = 'counted'
    if (line.unit !== '') sum.unit = line.unit
    sum.deviation = line.deviation
  }

  done(): PerfStat {
    return {
      target: this.target,
      form: this.form,
      runs: this.runs,
      intervals: this.intervals,
      started: this.started,
      counters: Array.from(this.sums, ([event, s]) => ({
        event,
        value: s.value,
        unit: s.unit,
        state: s.state,
        running: s.running / s.lines,
        deviation: s.deviation,
      })),
      elapsed: Number.isNaN(this.elapsed) ? this.lastTime : this.elapsed,
      user: this.user,
      sys: this.sys,
    }
  }
}

/** What stands in the place of a value. */
export function stateOf(word: string): PerfCounter['state'] {
  if (word === '<not counted>') return 'not counted'
  return word === '<not supported>' ? 'not supported' : 'counted'
}

/** Marks between groups of three digits, besides point and comma. */
const GROUPS = /[\u202f\u00a0'’ ]/g

/**
 * A number as perf prints it in the user's locale: `1,234,567`, `1.234.567`, `12,34`. Counts have no
 * fraction, so that one mark before three digits groups them; other values have one. NaN if it is none.
 */
export function localeNumber(text: string, isCount: boolean): number {
  const digits = text.replace(GROUPS, '')
  if (!/^\d[\d.,]*$/.test(digits)) return Number.NaN
  const marks = digits.match(/[.,]/g) ?? []
  const last = marks.at(-1)
  const isGroup =
    last === undefined ||
    (marks.length > 1 && marks.every((m) => m === last)) ||
    (marks.length === 1 && isCount && /[.,]\d{3}$/.test(digits))
  if (isGroup) return Number(digits.replace(/[.,]/g, ''))
  const at = digits.lastIndexOf(last)
  return Number(`${digits.slice(0, at).replace(/[.,]/g, '')}.${digits.slice(at + 1)}`)
}
