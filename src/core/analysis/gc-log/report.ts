// What the collections of one process say, in numbers.

import { GC_SHAPE, GC_SHAPES, type GcColumn, PHASES } from '../../model/gc-log.ts'
import type { RuntimeLog } from '../../model/runtime-log.ts'
import { type CostModel, costModel, guessGogc } from './cost-model.ts'
import { type Cycles, cyclesOf } from './cycles.ts'
import { meanOf, medianOf, type Spread, spreadOf } from './spread.ts'
import { robustTrend, type Trend } from './trend.ts'

export interface PhaseReport {
  readonly name: string
  readonly stopped: boolean
  /** ms */
  readonly wall: Spread
  /** CPU ms over all cycles; NaN where none is printed of the phase alone. */
  readonly cpu: number
}

export interface CpuReport {
  /** CPU ms over all cycles that the program could not use: all but idle marking. */
  readonly busy: number
  readonly assist: number
  readonly background: number
  readonly idle: number
  readonly stopped: number
  /** Shares of the CPU time of all processors in the time covered. */
  readonly busyShare: number
  readonly idleShare: number
  /** Share of assists, which goroutines do instead of their work, of the busy time. */
  readonly assistShare: number
  readonly perCycle: number
}

export interface HeapReport {
  /** MB. Live heap after marking. */
  readonly live: Spread
  readonly firstLive: number
  readonly lastLive: number
  /** Largest heap at the end of a cycle (at its start in Go 1.4 and older). */
  readonly peak: number
  readonly goal: Spread
  readonly lastGoal: number
  readonly stacks: number
  readonly globals: number
  /** MB that were allocated over all cycles, in one, and per second. */
  readonly allocated: number
  readonly allocatedPerCycle: number
  readonly allocationRate: number
  /** How often the heap had outgrown its goal when the cycle ended. */
  readonly overGoal: number
}

/** growing: the live heap rises over the later three quarters, in both halves of them, by more than rounding. */
export type TrendVerdict = 'growing' | 'shrinking' | 'steady' | 'too short'

export interface GcReport {
  readonly process: number
  readonly version: string
  readonly cycles: number
  /** One cycle in so many is behind the numbers. */
  readonly stride: number
  /** s; NaN if unknown. */
  readonly from: number
  readonly to: number
  readonly perSecond: number
  readonly procs: number
  readonly forced: number
  readonly leakChecks: number
  /** As printed with the last cycle: since the start of the process. */
  readonly printedPercent: number
  readonly phases: readonly PhaseReport[]
  /** Times with the world stopped, ms each, and their share of the time covered. */
  readonly pauses: Spread
  readonly pauseShare: number
  readonly cpu: CpuReport | undefined
  readonly heap: HeapReport
  /** Live heap in MB over s. */
  readonly trend: Trend | undefined
  readonly trendVerdict: TrendVerdict
  /** NaN if it cannot be told. */
  readonly gogc: number
  readonly model: CostModel | undefined
}

/** The report of a process with collections. */
export function gcReport(log: RuntimeLog, process: number): GcReport {
  const cycles = cyclesOf(log, process)
  const { stride } = cycles
  const col = cycles.column
  const shape = col('shape')[cycles.count - 1]
  const seconds = cycles.to - cycles.from
  const procs = col('procs')[cycles.count - 1]
  const alone = log.processes.length === 1
  const pauses = pauseSpread(cycles, stride, alone ? longestStop(log, shape) : Number.NaN)
  const cpu = cpuReport(cycles, seconds, procs)
  const heap = heapReport(cycles, seconds, alone ? log.gc.rows.max('after') : Number.NaN)
  const trend = robustTrend(cycles.time, liveOf(cycles))
  const globals = col('globals')
  const roots = col('stacks').map((v, i) => (v || 0) + (globals[i] || 0))
  const sum = (name: GcColumn): number => col(name).reduce((a, v) => a + (v || 0), 0) * stride
  return {
    process,
    version: GC_SHAPES[shape],
    cycles: cycles.count * stride,
    stride,
    from: cycles.from,
    to: cycles.to,
    perSecond: (cycles.count * stride) / seconds,
    procs,
    forced: sum('forced'),
    leakChecks: sum('leakCheck'),
    printedPercent: col('percent')[cycles.count - 1],
    phases: phaseReports(cycles, shape),
    pauses,
    pauseShare: pauses.sum / 1000 / seconds,
    cpu,
    heap,
    trend,
    trendVerdict: verdictOf(cycles, trend),
    gogc: guessGogc(col('live'), roots, col('goal')),
    model:
      cpu &&
      costModel({
        // Printed rounded down to whole MB: half of one is missing on average.
        live: heap.live.mean + 0.5,
        roots: meanOf(roots) || 0,
        goal: heap.goal.mean,
        allocationRate: heap.allocationRate,
        allocationPerCycle: heap.allocatedPerCycle,
        cpuPerCycle: cpu.perCycle / 1000,
        procs,
      }),
  }
}

/** Live heap after each cycle, MB. Older versions print it with the cycle behind. */
export function liveOf(cycles: Cycles): Float64Array {
  const live = cycles.column('live')
  const previous = cycles.column('livePrevious')
  return live.map((v, i) => (Number.isNaN(v) ? (previous[i + 1] ?? Number.NaN) : v))
}

/** Times with the world stopped in each cycle, in order: phases that follow each other are one pause. ms; NaN for none. */
export function pausesOf(cycles: Cycles): Float64Array[] {
  const shapes = cycles.column('shape')
  const walls = (['wall0', 'wall1', 'wall2', 'wall3', 'wall4'] as const).map((n) => cycles.column(n))
  const out = [0, 1].map(() => new Float64Array(cycles.count).fill(Number.NaN))
  for (let i = 0; i < cycles.count; i++) {
    let pause = 0
    let open = false
    for (const [k, phase] of PHASES[shapes[i]].entries()) {
      if (!phase.stopped) {
        if (open) pause++
        open = false
        continue
      }
      out[pause][i] = (open ? out[pause][i] : 0) + walls[k][i]
      open = true
    }
  }
  return out
}

/** The longest phase with the world stopped in all rows, kept or not; NaN where several phases make one pause. */
function longestStop(log: RuntimeLog, shape: number): number {
  if (shape < GC_SHAPE.go5) return Number.NaN
  const last = shape === GC_SHAPE.go5 ? 'wall4' : 'wall2'
  return Math.max(log.gc.rows.max('wall0'), log.gc.rows.max(last))
}

function pauseSpread(cycles: Cycles, stride: number, longest: number): Spread {
  const pauses = pausesOf(cycles)
  const all = new Float64Array(cycles.count * pauses.length)
  for (const [k, p] of pauses.entries()) all.set(p, k * cycles.count)
  const s = spreadOf(all)
  return { ...s, count: s.count * stride, sum: s.sum * stride, max: Number.isNaN(longest) ? s.max : longest }
}

function phaseReports(cycles: Cycles, shape: number): PhaseReport[] {
  const cpu = (names: readonly GcColumn[]): number =>
    names.reduce((sum, n) => sum + cycles.column(n).reduce((a, v) => a + v, 0) * cycles.stride, 0)
  const phases = PHASES[shape]
  return phases.map((phase, k) => {
    let ms = Number.NaN
    if (phase.name === 'sweep termination') ms = cpu(['cpuSweepTerm'])
    else if (phase.name === 'mark termination') ms = cpu(['cpuMarkTerm'])
    else if (phase.name === 'mark and scan') ms = cpu(['cpuAssist', 'cpuBackground', 'cpuIdle'])
    const wall = spreadOf(cycles.column(`wall${k}` as GcColumn))
    return { ...phase, wall: { ...wall, sum: wall.sum * cycles.stride }, cpu: ms }
  })
}

function cpuReport(cycles: Cycles, seconds: number, procs: number): CpuReport | undefined {
  const sum = (name: GcColumn): number =>
    cycles.column(name).reduce((a, v) => a + (v || 0), 0) * cycles.stride
  if (Number.isNaN(cycles.column('cpuAssist')[cycles.count - 1])) return undefined
  const assist = sum('cpuAssist')
  const background = sum('cpuBackground')
  const idle = sum('cpuIdle')
  const stopped = sum('cpuSweepTerm') + sum('cpuMarkTerm')
  const busy = assist + background + stopped
  const whole = seconds * procs * 1000
  return {
    busy,
    assist,
    background,
    idle,
    stopped,
    busyShare: busy / whole,
    idleShare: idle / whole,
    assistShare: busy > 0 ? assist / busy : 0,
    perCycle: busy / (cycles.count * cycles.stride),
  }
}

function heapReport(cycles: Cycles, seconds: number, largest: number): HeapReport {
  const { count, stride } = cycles
  const live = liveOf(cycles)
  const after = cycles.column('after')
  const before = cycles.column('before')
  const goal = cycles.column('goal')
  const end = Number.isNaN(after[0]) ? before : after
  const allocated = new Float64Array(count).fill(Number.NaN)
  // Only between cycles that follow each other: where rows were thinned out they do not.
  const number = cycles.column('number')
  for (let i = 1; i < count; i++)
    if (stride === 1 && number[i] === number[i - 1] + 1) allocated[i] = Math.max(0, end[i] - live[i - 1])
  if (stride > 1)
    // The heap at the end of a cycle less what then lives is about what came since the cycle before.
    for (let i = 0; i < count; i++) allocated[i] = Math.max(0, end[i] - live[i])
  const perCycle = meanOf(allocated)
  let over = 0
  for (let i = 0; i < count; i++) if (after[i] > goal[i]) over++
  const cycleCount = count * stride
  return {
    live: spreadOf(live),
    firstLive: firstOf(live),
    lastLive: firstOf(live.slice().reverse()),
    peak: Number.isNaN(largest) ? spreadOf(end).max : largest,
    goal: spreadOf(goal),
    lastGoal: goal[count - 1],
    stacks: medianOf(cycles.column('stacks')),
    globals: medianOf(cycles.column('globals')),
    allocated: perCycle * cycleCount,
    allocatedPerCycle: perCycle,
    allocationRate: (perCycle * cycleCount) / seconds,
    overGoal: over * stride,
  }
}

function firstOf(values: Float64Array): number {
  return values.find((v) => !Number.isNaN(v)) ?? Number.NaN
}

/** Growth that rounding to whole MB, or a program that warms up, cannot explain. */
const LEAST_GROWTH_MB = 2
const LEAST_GROWTH = 0.1

function verdictOf(cycles: Cycles, whole: Trend | undefined): TrendVerdict {
  const live = liveOf(cycles)
  // A program that starts grows: what counts is what it does later.
  const start = cycles.count >> 2
  const half = start + ((cycles.count - start) >> 1)
  const trend = (from: number, to?: number): Trend | undefined =>
    robustTrend(cycles.time.subarray(from, to), live.subarray(from, to))
  const later = trend(start)
  if (whole === undefined || later === undefined || cycles.count < 12) return 'too short'
  const change = later.last - later.first
  if (Math.abs(change) < Math.max(LEAST_GROWTH_MB, LEAST_GROWTH * medianOf(live))) return 'steady'
  const halves = [trend(start, half), trend(half)]
  if (later.low > 0 && halves.every((t) => t !== undefined && t.slope > 0)) return 'growing'
  if (later.high < 0 && halves.every((t) => t !== undefined && t.slope < 0)) return 'shrinking'
  return 'steady'
}
