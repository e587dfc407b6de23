import type { BenchRun } from '../../model/bench.ts'
import type { Measure } from './compare.ts'
import { median } from './statistics.ts'

/** Units of which more is better (testing.B.SetBytes and custom rates). */
const MORE_IS_BETTER = /\/s$/

/** One list of measures a repetition: the k-th run of each benchmark (-count) is part of the k-th source. */
export function benchMeasures(runs: readonly BenchRun[]): Measure[][] {
  const sources: Measure[][] = []
  const seen = new Map<string, number>()
  for (const run of runs) {
    const name = `${run.pkg === '' ? '' : `${run.pkg}.`}${run.name}-${run.procs}`
    const k = seen.get(name) ?? 0
    seen.set(name, k + 1)
    sources[k] ??= []
    for (const [unit, value] of run.values)
      sources[k].push({
        group: `benchmarks, ${unit}`,
        name,
        unit,
        value,
        worse: MORE_IS_BETTER.test(unit) ? -1 : 1,
      })
  }
  return sources
}

/** How a benchmark scales with GOMAXPROCS (-cpu 1,2,4): one row a number of processors. */
export interface Scaling {
  readonly name: string
  readonly rows: readonly {
    readonly procs: number
    readonly nsPerOp: number
    readonly speedup: number
    readonly efficiency: number
  }[]
}

/** Scaling of benchmarks that ran with several values of -cpu, by the medians of their times. */
export function benchScaling(runs: readonly BenchRun[]): Scaling[] {
  const times = new Map<string, Map<number, number[]>>()
  for (const run of runs) {
    const ns = run.values.get('ns/op')
    if (ns === undefined) continue
    const byProcs = times.get(run.name) ?? new Map<number, number[]>()
    times.set(run.name, byProcs)
    const list = byProcs.get(run.procs) ?? []
    byProcs.set(run.procs, [...list, ns])
  }
  return [...times]
    .filter(([, byProcs]) => byProcs.size > 1)
    .map(([name, byProcs]) => {
      const points = [...byProcs]
        .sort((a, b) => a[0] - b[0])
        .map(([procs, list]) => ({ procs, nsPerOp: median(list) }))
      const [first] = points
      return {
        name,
        rows: points.map(({ procs, nsPerOp }) => {
          const speedup = first.nsPerOp / nsPerOp
          return { procs, nsPerOp, speedup, efficiency: speedup / (procs / first.procs) }
        }),
      }
    })
}
