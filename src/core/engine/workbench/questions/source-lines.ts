// The lines of a function with their weights: what its source is shown with.

import { type FunctionLines, functionLines } from '../../../analysis/function-lines.ts'
import { Origins } from '../../../analysis/origin.ts'
import { type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface SourceLines extends FunctionLines {
  /** Unit of all weights. */
  readonly unit: string
  /** What percentages are of. */
  readonly whole: number
  readonly difference: boolean
  /** Callers that were left out. */
  readonly moreCallers: number
}

/** Callers and calls that are worth a line. */
const MOST_CALLERS = 12
const MOST_CALLS = 400

/** The function `fn` by its full name. */
export async function answer(
  w: Workbench,
  { query, fn }: { query: ProfileQuery; fn: string },
): Promise<SourceLines> {
  const { profile, value, total, difference } = await preparedProfile(w, query)
  return w.memo.of('function lines', [query, fn], () => {
    const origins = new Origins(profile)
    const lines = functionLines(profile, fn, value, (name) => {
      const o = origins.ofName(name)
      return o === 'main' || o === 'module'
    })
    return {
      ...lines,
      files: lines.files.map((f) => ({ ...f, calls: f.calls.slice(0, MOST_CALLS) })),
      callers: lines.callers.slice(0, MOST_CALLERS),
      moreCallers: Math.max(0, lines.callers.length - MOST_CALLERS),
      unit: profile.sampleTypes[value].unit,
      whole: Number(total),
      difference,
    }
  })
}
