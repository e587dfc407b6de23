// What happened in one user task.

import { UserError } from '../../../base/errors.ts'
import { toInt } from '../../../base/int64.ts'
import type { Asking } from '../question.ts'
import { traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'
import { partsOf, type TaskEvents, taskEvents } from './trace-task-list.ts'

/** `task` is its id, in decimal. Throws UserError if there is no such task. */
export function answer(w: Workbench, { file, task }: { file: number; task: string }, x: Asking): TaskEvents {
  const r = traceReading(w, file, x)
  const row = /^\d{1,20}$/.test(task) ? r.summaryTables.tasks.find(toInt(BigInt(task))) : -1
  if (!r.summaries.tasks.isKnown(row)) throw new UserError(`the trace has no task ${task}`)
  return taskEvents(r, row, partsOf(w, file, r))
}
