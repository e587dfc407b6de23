import { allUtilizationFlags, MmuCurve } from './mmu.ts'
import type { UtilizationEvents } from './utilization.ts'

/** Windows of the document of facts: 1 µs to 1 s. */
const WINDOWS = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

/** `mmu` of the document of facts: for each way to count the MMU of seven windows, null where there is none. */
export function factsMmu(events: UtilizationEvents): Record<string, number[] | null> {
  const out: Record<string, number[] | null> = {}
  for (const { name, flags } of allUtilizationFlags()) {
    const series = events.series(flags)
    const curve = series && new MmuCurve(series)
    out[name] = curve === undefined || curve.undefined ? null : WINDOWS.map((w) => curve.mmu(w))
  }
  return out
}
