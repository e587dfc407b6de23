import type { MmuCurve } from './mmu.ts'

/** What the chart of `/mmu` draws. Windows in ns. */
export interface MmuPlot {
  readonly xMin: number
  readonly xMax: number
  readonly quantiles: readonly number[] | null
  /** [window, MMU], or [window, utilization at each quantile]. */
  readonly curve: readonly (readonly number[])[]
}

/** Shares of windows that the chart leaves out, besides none: p99.9, p99 and p95. */
const QUANTILES = [0, 1 - 0.999, 1 - 0.99, 1 - 0.95]

const POINTS = 100

/** The curve over six orders of magnitude of windows, from one at which hardly anything is left. */
export function mmuPlot(curve: MmuCurve, withQuantiles: boolean): MmuPlot {
  let xMin = 1e9
  while (xMin > 1 && curve.mmu(xMin) >= 0.0001) xMin = Math.max(1, Math.floor(xMin / 1000))
  // A trace without length still has a chart, of nothing.
  const xMax = Math.max(1, Math.min(xMin * 1e6, curve.duration))
  const from = Math.log(xMin)
  const to = Math.log(xMax)
  const points: number[][] = []
  for (let i = 0; i < POINTS; i++) {
    const window = Math.floor(Math.exp((i / (POINTS - 1)) * (to - from) + from))
    points.push([window, ...(withQuantiles ? curve.quantiles(window, QUANTILES) : [curve.mmu(window)])])
  }
  return { xMin, xMax, quantiles: withQuantiles ? QUANTILES : null, curve: points }
}
