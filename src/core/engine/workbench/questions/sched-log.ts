// The scheduler's log: every snapshot as a row, and what they say together.

import {
  type SchedReport,
  schedProcesses,
  schedReport,
  snapshotsOf,
} from '../../../analysis/sched-log/report.ts'
import { SCHED_COLUMNS, type SchedColumn } from '../../../model/sched-log.ts'
import type { Asking } from '../question.ts'
import { chosenSource, type LogSource, logRemarks, logSources, runtimeLog } from '../runtime-sources.ts'
import type { Workbench } from '../workbench.ts'

export interface SchedLogAnswer {
  readonly sources: readonly LogSource[]
  /** Of `sources`; -1 if there is none, and then nothing else is here. */
  readonly at: number
  readonly data?: {
    readonly report: SchedReport
    /** Units as in the log: `time` in ms since the start of the process. */
    readonly columns: Readonly<Record<SchedColumn, Float64Array>>
    readonly remarks: readonly string[]
  }
}

export async function answer(
  w: Workbench,
  params: { readonly file?: number; readonly process?: number },
  x: Asking,
): Promise<SchedLogAnswer> {
  const sources = await logSources(w, x, (log) =>
    schedProcesses(log).map(({ process, snapshots }) => ({ process, lines: snapshots })),
  )
  const source = chosenSource(sources, params)
  if (source === undefined) return { sources, at: -1 }
  const log = runtimeLog(w.file(source.file))
  const of = snapshotsOf(log, source.process)
  const columns = Object.fromEntries(SCHED_COLUMNS.map((name) => [name, of(name)]))
  return {
    sources,
    at: sources.indexOf(source),
    data: {
      report: schedReport(log, source.process),
      columns: columns as Record<SchedColumn, Float64Array>,
      remarks: logRemarks(log),
    },
  }
}
