import { cutRight } from '../../../core/base/people-fmt.ts'
import { ELIDED_UNKNOWN, FRAME } from '../../../core/model/goroutines.ts'
import { dots, paint, type Style, safeName } from '../people/style.ts'
import type { Look } from './look.ts'
import { fullPlace, functionName } from './names.ts'

/** A stack: the program's frames stand out, arguments as printed. `most` frames, 0 for all. */
export function stackLines(style: Style, look: Look, stack: number, row: number, most: number): string[] {
  const { goroutines: g, origins } = look
  const lines: string[] = []
  const from = g.stacks.start[stack]!
  const to = g.stacks.start[stack + 1]!
  const end = most > 0 && to - from > most + 1 ? from + most : to
  const frameLine = (frame: number, args: string, before: string): string => {
    const inlined = g.frames.flags[frame]! & FRAME.inlined ? ' (inlined)' : ''
    const room = Math.max(8, style.width - 4 - before.length)
    const name = cutRight(`${functionName(g, frame)}${args}`, room, dots(style))
    const place = `${fullPlace(g, frame)}${inlined}`
    const tone = origins.isUser(frame) ? 'strong' : 'quiet'
    const first = `    ${before}${paint(style, tone, name)}`
    return name.length + place.length + 2 <= room
      ? `${first}  ${paint(style, 'quiet', place)}`
      : `${first}\n        ${paint(style, 'quiet', cutRight(place, Math.max(8, style.width - 8), dots(style)))}`
  }
  let repeated = 0
  for (let k = from; k < end; k++) {
    if (g.stacks.elided[stack] !== 0 && k - from === g.stacks.elidedAt[stack])
      lines.push(elidedLine(style, look, stack))
    const call = g.stacks.call[k]!
    const frame = g.calls.frame[call]!
    // A recursion is the same line again and again.
    const same = k > from && frame === g.calls.frame[g.stacks.call[k - 1]!]
    repeated = same ? repeated + 1 : 0
    if (repeated > RECURSION) {
      const next = k + 1 < end ? g.calls.frame[g.stacks.call[k + 1]!] : 0
      if (next !== frame)
        lines.push(paint(style, 'quiet', `    ${dots(style)} the same ${repeated - RECURSION} more times`))
      continue
    }
    const args = safeName(g.strings.get(g.calls.args[call]!))
    lines.push(frameLine(frame, args === '' || args === '...' ? '' : `(${args})`, ''))
  }
  if (end < to)
    lines.push(paint(style, 'quiet', `    ${dots(style)} ${to - end} more frames; --stacks for all`))
  else if (g.stacks.elided[stack] !== 0 && g.stacks.elidedAt[stack]! >= to - from)
    lines.push(elidedLine(style, look, stack))
  const created = g.table.createdBy[row]!
  if (created !== 0) {
    const by = g.table.creator[row]!
    lines.push(frameLine(created, by > 0 ? ` in goroutine ${by}` : '', 'started by '))
  }
  return lines.flatMap((l) => l.split('\n'))
}

/** How often the same frame is shown in a row, after the first. */
const RECURSION = 2

function elidedLine(style: Style, look: Look, stack: number): string {
  const n = look.goroutines.stacks.elided[stack]!
  return paint(
    style,
    'quiet',
    `    ${dots(style)} ${n === ELIDED_UNKNOWN ? 'more frames' : `${n} frames`} left out by the runtime`,
  )
}
