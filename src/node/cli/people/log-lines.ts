// What the views of a log's garbage collector and of its scheduler have in common.

import { ABSENT, shareText, timeText } from '../../../core/base/people-fmt.ts'
import type { RuntimeLog } from '../../../core/model/runtime-log.ts'
import { type FittingColumn, fittingTable, moreLine, textCell, valueColumn } from './fact-lines.ts'
import { processName } from './log-input.ts'
import type { Style } from './style.ts'
import { wrapLines } from './table.ts'

/** A time in ms, as logs have them; NaN is absent. */
export const ms = (v: number): string => (Number.isNaN(v) ? ABSENT : timeText(v * 1e6))
/** A share of 1; NaN is absent. */
export const share = (v: number): string => (Number.isNaN(v) ? ABSENT : shareText(v, 1))

/** The processes of a log, `all`, with columns for those `rows` of them that are listed. */
export function processTable(
  style: Style,
  log: RuntimeLog,
  shown: number,
  all: number,
  rows: readonly { readonly process: number }[],
  columns: readonly FittingColumn[],
): string[] {
  const name = (process: number): string => processName(log.processes[process]!, log.processes)
  return [
    ...wrapLines(style, `The log is of ${all} processes; --process shows another:`),
    ...fittingTable(style, [valueColumn('process', rows, (p) => String(p.process + 1)), ...columns], {
      title: '',
      cells: rows.map((p) => textCell(style, name(p.process), p.process === shown ? 'strong' : undefined)),
    }),
    ...moreLine(style, all - rows.length),
  ]
}
