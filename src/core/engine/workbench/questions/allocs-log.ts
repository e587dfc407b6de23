// The log of every allocation (GODEBUG=allocfreetrace=1, Go 1.1 to 1.21): sites, types, sizes, lifetimes.

import { type AllocReport, allocReport } from '../../../analysis/alloc-log/report.ts'
import type { Asking } from '../question.ts'
import { chosenSource, type LogSource, logRemarks, logSources, runtimeLog } from '../runtime-sources.ts'
import type { Workbench } from '../workbench.ts'

export interface AllocsLogAnswer {
  readonly sources: readonly LogSource[]
  /** Of `sources`; -1 if there is none, and then nothing else is here. */
  readonly at: number
  readonly data?: {
    readonly report: AllocReport
    /** Sites that were left out of report.stacks. */
    readonly left: number
    /** Freed objects by how much was allocated while they lived: entry k is for 2^k to 2^(k+1) bytes. */
    readonly lifetimes: Float64Array
    readonly remarks: readonly string[]
  }
}

/** Sites with their stacks at most. */
const SITES = 2000

export async function answer(
  w: Workbench,
  params: { readonly file?: number },
  x: Asking,
): Promise<AllocsLogAnswer> {
  const sources = await logSources(w, x, (log) =>
    log.allocs.allocations + log.allocs.frees > 0
      ? [{ process: 0, lines: log.allocs.allocations + log.allocs.frees }]
      : [],
  )
  const source = chosenSource(sources, params)
  if (source === undefined) return { sources, at: -1 }
  const log = runtimeLog(w.file(source.file))
  const report = allocReport(log.allocs)
  return {
    sources,
    at: sources.indexOf(source),
    data: {
      report: { ...report, stacks: report.stacks.slice(0, SITES) },
      left: Math.max(0, report.stacks.length - SITES),
      lifetimes: log.allocs.lifetimes.inBytes.slice(),
      remarks: logRemarks(log),
    },
  }
}
