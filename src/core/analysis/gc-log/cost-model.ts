// What other settings of the collector would cost, from the lines of a log alone.
//
// A cycle comes when the program has allocated what lies between the live heap and the goal; it costs what
// marking the live heap costs, whatever the goal. So cycles per second are allocation rate / headroom, and CPU
// is cycles times what one cost here. Goals are the runtime's (Go 1.18 on count stacks and globals as roots):
// live + (live + stacks + globals) * GOGC / 100, at least 4 MB * GOGC / 100.

/** Smaller live heaps, which the runtime prints in whole MB, say nothing of limits. */
const LEAST_FOR_LIMITS = 4

/** What the model goes by. MB of 2^20 bytes, CPU seconds. */
export interface ModelInput {
  readonly live: number
  /** Stacks and globals; 0 where not printed. */
  readonly roots: number
  readonly goal: number
  /** MB per second. */
  readonly allocationRate: number
  /** MB per cycle. */
  readonly allocationPerCycle: number
  readonly cpuPerCycle: number
  readonly procs: number
}

export interface ModelRow {
  /** GOGC, or GOMEMLIMIT with GOGC=off. */
  readonly setting: 'GOGC' | 'GOMEMLIMIT'
  /** Percent of GOGC; MB of the limit. */
  readonly value: number
  /** Largest heap, MB. */
  readonly heap: number
  readonly cyclesPerSecond: number
  /** Of all processors. */
  readonly cpuShare: number
  /** The runtime never lets the collector take more than half of the CPU: the heap then grows past the limit. */
  readonly beyondLimit: boolean
}

export interface CostModel {
  readonly input: ModelInput
  /** What the model says of the setting that was in force, to be held against what was measured. */
  readonly gogc: readonly ModelRow[]
  readonly limits: readonly ModelRow[]
}

const GOGC_VALUES = [25, 50, 100, 200, 400, 800] as const
/** Limits as multiples of what is live and roots. */
const LIMIT_FACTORS = [1.1, 1.25, 1.5, 2, 4] as const
const MIN_HEAP = 4
const LIMITER = 0.5

/** The heap goal of a GOGC, MB. */
export function goalOf(live: number, roots: number, gogc: number): number {
  return Math.max(live + ((live + roots) * gogc) / 100, (MIN_HEAP * gogc) / 100)
}

/** undefined if the log does not tell enough: no times, no CPU, nothing allocated. */
export function costModel(input: ModelInput): CostModel | undefined {
  const { live, roots, goal, allocationRate, allocationPerCycle, cpuPerCycle, procs } = input
  const values = [live, goal, allocationRate, allocationPerCycle, cpuPerCycle, procs]
  if (values.some((v) => !Number.isFinite(v)) || allocationRate <= 0 || goal <= live) return undefined
  // Cycles begin before the goal, and sometimes end behind it: the share of the headroom that is used stays.
  const used = Math.min(2, Math.max(0.1, allocationPerCycle / (goal - live)))
  const row = (setting: ModelRow['setting'], value: number, heap: number): ModelRow => {
    const cyclesPerSecond = allocationRate / (used * Math.max(heap - live, 0.01))
    const cpuShare = (cyclesPerSecond * cpuPerCycle) / procs
    return {
      setting,
      value,
      heap,
      cyclesPerSecond,
      cpuShare: Math.min(cpuShare, LIMITER),
      beyondLimit: cpuShare > LIMITER,
    }
  }
  const need = live + roots
  return {
    input,
    gogc: GOGC_VALUES.map((g) => row('GOGC', g, goalOf(live, roots, g))),
    limits: (need < LEAST_FOR_LIMITS ? [] : LIMIT_FACTORS)
      .map((f) => Math.max(1, Math.ceil(need * f)))
      .filter((limit, k, all) => limit > need && all.indexOf(limit) === k)
      .map((limit) => row('GOMEMLIMIT', limit, limit - roots)),
  }
}

/**
 * The GOGC that explains the goals: the median over cycles; NaN if goals are too small to tell (the runtime prints
 * whole MB) or are not printed. `live`, `roots` and `goal` are by cycle; a goal follows from the cycle before.
 */
export function guessGogc(live: Float64Array, roots: Float64Array, goal: Float64Array): number {
  const guesses: number[] = []
  for (let i = 1; i < goal.length; i++) {
    const base = live[i - 1] + roots[i - 1]
    // Rounded down to whole MB (half of one is missing on average), smaller heaps say nothing.
    if (base >= 16) guesses.push(((goal[i] - live[i - 1]) / (base + 0.5)) * 100)
  }
  if (guesses.length < 3) return Number.NaN
  guesses.sort((a, b) => a - b)
  return guesses[guesses.length >> 1]
}
