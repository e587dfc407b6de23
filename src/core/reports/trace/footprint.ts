// `-d=footprint`: what each type of event takes of a trace.

import type { DecodeError } from '../../base/errors.ts'
import { fixed2, padRight } from '../../base/go-fmt.ts'
import { EVENT_SPECS, tableEnd } from '../../formats/trace/v2/events.ts'
import { walkRaw } from '../../formats/trace/v2/raw.ts'

const TYPES = 256
/** Blanks between columns. */
const PADDING = 2

/** The table, ready to print; or what kept the trace from being read, since sums of a part would mislead. */
export function footprint(
  bytes: Uint8Array,
  progress: (bytes: number) => void = () => undefined,
): string | DecodeError {
  const counts = new Float64Array(TYPES)
  const sizes = new Float64Array(TYPES)
  let events = 0
  const { minor, error } = walkRaw(bytes, {
    event(e) {
      counts[e.type]++
      sizes[e.type] += e.size
      if ((++events & 0xfffff) === 0) progress(e.end)
    },
  })
  if (error !== undefined) return error
  const known = minor < 22 ? 0 : tableEnd(minor)
  const rows = Array.from({ length: TYPES }, (_, type) => ({ type, count: counts[type], size: sizes[type] }))
  rows.sort((a, b) => b.size - a.size)
  const percent = (part: number, whole: number): string => `${fixed2((part / whole) * 100)}%`
  return table([
    ['Event', 'Bytes', '%', 'Count', '%'],
    ['-', '-', '-', '-', '-'],
    ...rows.map(({ type, count, size }) => [
      type < known ? (EVENT_SPECS[type]?.name ?? '') : `<unknown (${type})>`,
      String(size),
      percent(size, bytes.length),
      String(count),
      percent(count, events),
    ]),
  ])
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => PADDING + Math.max(...rows.map((row) => row[column].length)))
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : padRight(cell, widths[column]))).join('')
  return rows.map((row) => `${line(row)}\n`).join('')
}
