// What /mmu?mode=plot and ?mode=details answer.

import { mmuPlot } from '../../analysis/trace/mmu-plot.ts'
import type { UtilizationFlags } from '../../analysis/trace/utilization.ts'
import { shortestFloat } from '../../base/go-fmt.ts'
import type { TraceReading } from './trace-reading.ts'

/** The ids of the reference's switches, joined by `|`; unknown ones mean nothing. */
export function mmuFlags(text: string): { flags: UtilizationFlags; percentiles: boolean } {
  const ids = new Set(text.split('|'))
  const has = (id: string): boolean => ids.has(id)
  return {
    flags: {
      perProc: has('perProc'),
      stw: has('stw'),
      background: has('background'),
      assist: has('assist'),
      sweep: has('sweep'),
    },
    percentiles: has('mut'),
  }
}

/** The chart; undefined where the trace tells nothing of utilization. */
export function mmuPlotJson(r: TraceReading, flags: string): string | undefined {
  const asked = mmuFlags(flags)
  const curve = r.mmu(asked.flags)
  if (curve === undefined) return undefined
  const { xMin, xMax, quantiles, curve: points } = mmuPlot(curve, asked.percentiles)
  return `${JSON.stringify({ curve: points, quantiles, xMax, xMin })}\n`
}

/** The worst windows of a length in ns. Their times are those of the trace's own clock, as in the reference. */
export function mmuDetailsJson(r: TraceReading, flags: string, window: number): string | undefined {
  const curve = r.mmu(mmuFlags(flags).flags)
  if (curve === undefined) return undefined
  const start = Number(r.tables.start)
  const worst = curve.worst(window, 10).map(({ time, util }) => {
    const at = start + time
    // A trace that is not split has no range of entries, and the reference writes zeros.
    const url = `/trace?view=proc&start=0&end=0#${shortestFloat(at / 1e6)}:${shortestFloat((at + window) / 1e6)}`
    return `{"Time":${at},"MutatorUtil":${util},"URL":${JSON.stringify(url).replaceAll('&', '\\u0026')}}`
  })
  return worst.length === 0 ? 'null\n' : `[${worst.join(',')}]\n`
}
