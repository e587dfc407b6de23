// Minimum mutator utilization: the curve of one way to count, and the worst windows of a length.

import { mmuPlot } from '../../../analysis/trace/mmu-plot.ts'
import type { UtilizationFlags } from '../../../analysis/trace/utilization.ts'
import type { Asking } from '../question.ts'
import { traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'

/** Windows in ns, utilization from 0 to 1. */
export interface MmuAnswer {
  /** undefined where the trace tells nothing of it. */
  readonly curve?: {
    readonly window: Float64Array
    /** The MMU; with percentiles the utilization that windows reach but for the worst 0, 0.1, 1 and 5 %. */
    readonly lines: readonly Float64Array[]
    readonly quantiles: readonly number[]
    readonly xMin: number
    readonly xMax: number
  }
  /** Of the window that was asked for, worst first. */
  readonly worst: readonly { readonly time: number; readonly util: number }[]
  readonly durationNs: number
}

/** Worst windows that are listed. */
const WORST = 10

/** `window`: length of the windows that are looked for, ns. */
export function answer(
  w: Workbench,
  {
    file,
    flags,
    percentiles,
    window,
  }: { file: number; flags: UtilizationFlags; percentiles: boolean; window?: number },
  x: Asking,
): MmuAnswer {
  const r = traceReading(w, file, x)
  const curve = r.mmu(flags)
  if (curve === undefined) return { worst: [], durationNs: r.endTime }
  const plot = w.memo.of('mmu', [file, flags, percentiles], () => mmuPlot(curve, percentiles))
  const quantiles = plot.quantiles ?? [0]
  return {
    curve: {
      window: Float64Array.from(plot.curve, (p) => p[0]),
      lines: quantiles.map((_, k) => Float64Array.from(plot.curve, (p) => p[k + 1])),
      quantiles,
      xMin: plot.xMin,
      xMax: plot.xMax,
    },
    worst: window === undefined ? [] : [...curve.worst(window, WORST)],
    durationNs: r.endTime,
  }
}
