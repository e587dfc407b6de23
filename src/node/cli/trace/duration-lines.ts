// What the reports of user tasks and regions have in common.

import type { DurationStats } from '../../../core/analysis/trace/duration-stats.ts'
import { UserError } from '../../../core/base/errors.ts'
import type { Int } from '../../../core/base/int64.ts'
import { countText, timeText } from '../../../core/base/people-fmt.ts'
import { bar, barWidth, own, paint, type Style, safeName } from '../people/style.ts'
import { type Column, tableLines } from '../people/table.ts'
import { OUTPUT_FLAGS, type OutputFlags, SELECT_FLAGS } from './select-flags.ts'

export interface SpanFlags extends OutputFlags {
  readonly type?: string
  readonly from?: number
  readonly to?: number
  readonly goroutine?: Int
}

export const SPAN_FLAGS = {
  type: {
    kind: 'parsed',
    parse: String,
    brief: 'only this type',
    placeholder: 'TYPE',
    optional: true,
  },
  from: SELECT_FLAGS.from,
  to: SELECT_FLAGS.to,
  goroutine: SELECT_FLAGS.goroutine,
  ...OUTPUT_FLAGS,
} as const

/** Those of a type, or all. Throws UserError if there is none of that type. */
export function typesOf<T extends { readonly type: string }>(
  command: string,
  what: string,
  types: readonly T[],
  type: string | undefined,
): readonly T[] {
  if (type === undefined) return types
  const found = types.filter((t) => t.type === type)
  if (found.length > 0) return found
  const names = types.slice(0, 8).map((t) => t.type)
  throw new UserError(
    `goscope ${command}: the trace has no ${what} ${type}${names.length > 0 ? `; it has ${names.join(', ')}` : ''}`,
  )
}

/** Columns of how long things took. */
export function durationColumns(rows: readonly (DurationStats & { readonly open: number })[]): Column[] {
  const time = (title: string, of: (row: DurationStats) => number): Column => ({
    title,
    align: 'right',
    cells: rows.map((r) => ({ text: r.count > 0 ? timeText(of(r)) : '–' })),
  })
  return [
    { title: 'count', align: 'right', cells: rows.map((r) => ({ text: countText(r.count) })) },
    {
      title: 'open',
      align: 'right',
      cells: rows.map((r) => ({
        text: countText(r.open),
        tone: r.open > 0 ? ('plain' as const) : ('quiet' as const),
      })),
    },
    time('p50', (r) => r.p50),
    time('p90', (r) => r.p90),
    time('p99', (r) => r.p99),
    time('longest', (r) => r.max),
    time('all', (r) => r.total),
  ]
}

/** How durations are distributed; none where there are too few to tell. */
export function histogramLines(style: Style, name: string, d: DurationStats): string[] {
  if (d.histogram.length < 2) return []
  const most = Math.max(...d.histogram.map(([, count]) => count))
  const width = barWidth(style)
  return [
    '',
    paint(style, 'strong', `How long ${safeName(name)} took`),
    ...tableLines(
      style,
      [
        { title: 'from', align: 'right', cells: d.histogram.map(([from]) => ({ text: timeText(from) })) },
        {
          title: 'count',
          align: 'right',
          cells: d.histogram.map(([, count]) => ({ text: countText(count) })),
        },
      ],
      {
        title: '',
        cells: d.histogram.map(
          ([, count]) =>
            () =>
              width > 0 ? paint(style, 'accent', own(style, bar(style, count / most, width))) : '',
        ),
      },
      true,
    ),
  ]
}
