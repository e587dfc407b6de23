// The last values of each metric of one target, for small charts.

import { isMetricName, type MetricName, type Values } from './metrics.ts'

/** Keeps the newest `capacity` values of each metric; NaN where one was missing. */
export class SeriesStore {
  private readonly capacity: number
  private readonly columns = new Map<MetricName, Float64Array>()
  /** Readings so far. */
  private count = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  add(values: Values): void {
    for (const name of Object.keys(values)) {
      if (isMetricName(name) && !this.columns.has(name))
        this.columns.set(name, new Float64Array(this.capacity).fill(Number.NaN))
    }
    const at = this.count % this.capacity
    for (const [name, column] of this.columns) column[at] = values[name] ?? Number.NaN
    this.count++
  }

  /** The newest `n` values, oldest first. */
  last(name: MetricName, n: number): number[] {
    const column = this.columns.get(name)
    if (column === undefined) return []
    const length = Math.min(n, this.count, this.capacity)
    return Array.from({ length }, (_, k) => column[(this.count - length + k) % this.capacity])
  }
}
