// Pieces that the parts of the view share.

import { cutRight } from '../../../core/base/people-fmt.ts'
import { plural } from '../people/head.ts'
import { dots, own, paint, type Style, safeName } from '../people/style.ts'
import type { Cell } from '../people/table.ts'
import type { Look } from './look.ts'

export function stateOf(look: Look, row: number): string {
  const { table, strings } = look.goroutines
  return safeName(strings.get(table.state[row]!))
}

export function more(style: Style, n: number, noun: string): string[] {
  return [paint(style, 'quiet', `    ${dots(style)} ${plural(style, n, `more ${noun}`)}; --limit 0 for all`)]
}

/** Pieces with two blanks between as far as they fit in `room` cells; the first is cut if it must be. */
export function fitted(style: Style, cells: readonly Cell[], room: number): string {
  let out = ''
  let used = 0
  for (const cell of cells) {
    if (cell.text === '') continue
    const text = own(style, cell.text)
    if (used === 0) {
      const cut = cutRight(text, room, dots(style))
      out = paint(style, cell.tone, cut)
      used = cut.length
    } else if (used + 2 + text.length <= room) {
      out += `  ${paint(style, cell.tone, text)}`
      used += 2 + text.length
    }
  }
  return out
}
