// Time on and off processors of a trace, or of a part of it.

import { CpuTimeSink, type CpuTimes } from '../analysis/trace/cpu-time.ts'
import { SelectSink } from '../analysis/trace/select.ts'
import { damageOf } from './trace-damage.ts'
import { runTrace } from './trace-run.ts'
import { type SelectionQuestion, selectionOf } from './trace-selection.ts'
import type { TraceDamage } from './trace-summary.ts'

export interface TraceTimes {
  readonly version: string
  /** Of the trace, or of the time that was chosen. */
  readonly durationNs: number
  readonly damage: TraceDamage | undefined
  /** undefined if there were no events. */
  readonly times: CpuTimes | undefined
}

export interface TimesOptions extends SelectionQuestion {
  readonly byGoroutine?: boolean
  /** Waits of the runtime's own goroutines too. */
  readonly system?: boolean
}

/** Sums time by stack. Throws what runTrace throws, and UserError if the trace has not what is asked for. */
export function traceTimes(
  bytes: Uint8Array,
  o: TimesOptions,
  progress: (share: number) => void = () => {},
): TraceTimes {
  const selection = selectionOf(bytes, o)
  const run = runTrace(
    bytes,
    () => {
      const cpu = new CpuTimeSink(o.byGoroutine ?? false)
      const select = selection && new SelectSink(selection, [cpu])
      return { usable: [select ?? cpu], delivered: [], cpu, select }
    },
    { progress: (at) => progress(at / Math.max(1, bytes.length)) },
  )
  const { select, cpu } = run.usable
  select?.finish()
  const { lastTime, tables } = run.usableEnd
  const durationNs = select?.duration(lastTime) ?? lastTime
  return {
    version: `go 1.${tables.minor}`,
    durationNs,
    damage: damageOf(run.end),
    times: cpu.done(durationNs, o.system ?? false),
  }
}
