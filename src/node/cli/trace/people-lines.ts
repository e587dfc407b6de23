// What the reports of a trace for people have in common.

import { fitName, splitFunctionName } from '../../../core/analysis/display-names.ts'
import { originOf } from '../../../core/analysis/origin.ts'
import type { NamedPlace } from '../../../core/analysis/trace/places.ts'
import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { bytesText, countText, timeText } from '../../../core/base/people-fmt.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { damageText, type TraceDamage } from '../../../core/engine/trace-summary.ts'
import { dots, own, paint, type Style, safeName } from '../people/style.ts'
import { flowLines, wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'
import { Progress } from './progress.ts'
import { damage, readTraceFile } from './trace-file.ts'

/** The only source among a command's arguments. Throws UserError. */
export function oneTrace(name: string, args: readonly string[]): string {
  const [source] = args
  if (source === undefined || args.length > 1)
    throw new UserError(`one trace is wanted: goscope ${name} TRACE (see goscope ${name} --help)`)
  return source
}

/** Reads a trace and computes something of it, with progress for people. Throws UserError. */
export async function ofTrace<T>(
  name: string,
  source: string,
  compute: (bytes: Uint8Array, progress: (share: number) => void) => T,
): Promise<T> {
  const progress = new Progress('reading the trace')
  try {
    const bytes = await readTraceFile(source)
    return compute(bytes, (share) => progress.tell(share))
  } catch (e) {
    if (e instanceof UserError) throw new UserError(`goscope ${name}: ${e.message}`)
    if (e instanceof DecodeError) throw new UserError(`goscope ${name}: ${damage(e, source)}`)
    throw e
  } finally {
    progress.done()
  }
}

/** The first lines of a report: version, duration, further pieces, which part of the trace it is of, and what was lost. */
export function traceHead(
  style: Style,
  t: { readonly version: string; readonly durationNs: number; readonly damage: TraceDamage | undefined },
  further: readonly string[] = [],
  part: readonly string[] = [],
): string[] {
  const lines = flowLines(style, [
    { text: t.version, tone: 'strong' },
    { text: timeText(t.durationNs), tone: 'accent' },
    ...further.map((text) => ({ text })),
    ...part.map((text) => ({ text: safeName(text), tone: 'info' as const })),
  ])
  if (t.damage === undefined) return lines
  const { message, offset } = damageText(t.damage)
  const text = `damaged: ${safeName(message)} at byte ${offset}; ${bytesText(t.damage.lost)} of ${bytesText(t.damage.size)} are not in what follows`
  return [...lines, ...wrapLines(style, own(style, text)).map((l) => paint(style, 'warning', l))]
}

/** A function's name in at most `room` cells. */
export function functionText(style: Style, name: string, room: number, file = ''): string {
  const shown = fitName(splitFunctionName(safeName(name)), room, dots(style))
  return `${paint(style, 'quiet', shown.path)}${paint(style, originOf(name, file), shown.fn)}`
}

/** A place by its function; a dash for none. */
export function placeText(style: Style, place: NamedPlace | undefined, room: number): string {
  return place === undefined ? paint(style, 'quiet', '–') : functionText(style, place.fn, room, place.file)
}

/** The line that says how many rows were left out; none if all are there. */
export function moreLines(style: Style, shown: number, all: number): string[] {
  if (shown >= all) return []
  return wrapLines(style, `${dots(style)} ${all - shown} more; --limit 0 for all`).map((l) =>
    paint(style, 'quiet', l),
  )
}

/** `1 goroutine`, `16 goroutines`. */
export function counted(n: number, noun: string): string {
  return `${countText(n)} ${n === 1 ? noun : `${noun}s`}`
}

/** The first `limit` of a list, all for 0. */
export function firstOf<T>(list: readonly T[], limit: number): readonly T[] {
  return limit > 0 ? list.slice(0, limit) : list
}

/** Writes a document: maps as objects, integers beyond 2^53 and not finite numbers as JSON can have them. */
export function writeTraceJson(doc: object): void {
  writeLines([
    JSON.stringify(
      doc,
      (_, v: unknown) => {
        if (typeof v === 'string') return displayable(v)
        if (typeof v === 'bigint') return v.toString()
        return v instanceof Map ? Object.fromEntries(v) : v
      },
      2,
    ),
  ])
}
