// The chart of mutator utilization: windows on a logarithmic axis, utilization from 0 to 1.

export interface MmuFrame {
  /** Of the plot itself, CSS pixels. */
  readonly width: number
  readonly height: number
  /** Shortest and longest window, ns. */
  readonly xMin: number
  readonly xMax: number
}

/** Where a window stands, px. */
export function windowX(f: MmuFrame, window: number): number {
  const from = Math.log(f.xMin)
  const to = Math.log(Math.max(f.xMax, f.xMin * 1.0001))
  return ((Math.log(Math.max(f.xMin, window)) - from) / (to - from)) * f.width
}

export function utilY(f: MmuFrame, util: number): number {
  return (1 - Math.min(1, Math.max(0, util))) * f.height
}

/** A line as an SVG path. */
export function mmuPath(f: MmuFrame, windows: ArrayLike<number>, util: ArrayLike<number>): string {
  let path = ''
  for (let i = 0; i < windows.length; i++)
    path += `${i === 0 ? 'M' : 'L'}${windowX(f, windows[i]!).toFixed(1)},${utilY(f, util[i]!).toFixed(1)}`
  return path
}

/** The point nearest to a place; -1 if there is none. */
export function nearestPoint(f: MmuFrame, windows: ArrayLike<number>, x: number): number {
  let best = -1
  let distance = Number.POSITIVE_INFINITY
  for (let i = 0; i < windows.length; i++) {
    const d = Math.abs(windowX(f, windows[i]!) - x)
    if (d < distance) {
      best = i
      distance = d
    }
  }
  return best
}

/** Powers of ten from the shortest to the longest window, ns. */
export function windowTicks(f: Pick<MmuFrame, 'xMin' | 'xMax'>): number[] {
  const ticks: number[] = []
  for (let e = Math.ceil(Math.log10(f.xMin) - 1e-9); 10 ** e <= f.xMax * 1.0001 && ticks.length < 20; e++)
    ticks.push(10 ** e)
  return ticks
}
