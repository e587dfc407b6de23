// Names of functions and files in the last column of a table: the path quiet, the function strong, cut
// on the left to what fits.

import {
  fitName,
  type NameParts,
  splitEntry,
  splitFilePath,
  splitFunctionName,
} from '../../../core/analysis/display-names.ts'
import { cellWidth } from '../../../core/base/people-fmt.ts'
import { dots, own, paint, type Style, safeName, type Tone } from './style.ts'
import type { LastCell } from './table.ts'

/** What entries of a report are. */
export type Entries = 'functions' | 'lines' | 'files' | 'addresses'

/** The cell of an entry's name; `suffix` (such as ` (inline)`) is quiet, and first to go. `tone` is the function's. */
export function nameCell(
  style: Style,
  name: string,
  entries: Entries,
  suffix = '',
  tone: Tone = 'strong',
): LastCell {
  const clean = safeName(name)
  if (entries === 'files') return (width) => painted(style, splitFilePath(clean), width, suffix, tone)
  if (entries === 'functions') return (width) => painted(style, splitFunctionName(clean), width, suffix, tone)
  const { address: digits, name: fn, place } = splitEntry(clean)
  const address = digits.replace(/^0*/, '0x').replace(/^0x$/, '')
  return (width) => {
    const front = address === '' ? '' : `${paint(style, 'quiet', address)} `
    let room = width - (address === '' ? 0 : address.length + 1)
    if (place === '') return front + painted(style, splitFunctionName(fn), room, suffix, tone)
    // The place gives way before the function: directories first.
    const parts = splitFilePath(place)
    const least = Math.min(cellWidth(parts.fn), room >> 1)
    const forName = Math.max(room - least - 1, room >> 1)
    const shownName = fitName(splitFunctionName(fn), forName, dots(style))
    room -= cellWidth(shownName.path) + cellWidth(shownName.fn) + 1
    const shownPlace = fitName(parts, room, dots(style))
    const where = paint(style, 'quiet', shownPlace.path + shownPlace.fn)
    return `${front}${join(style, shownName, tone)} ${where}`
  }
}

function painted(style: Style, parts: NameParts, width: number, suffix: string, tone: Tone): string {
  const tail = own(style, suffix)
  const whole = fitName(parts, width - cellWidth(tail), dots(style))
  if (tail !== '' && whole.path === parts.path && whole.fn === parts.fn)
    return join(style, whole, tone) + paint(style, 'quiet', tail)
  return join(style, fitName(parts, width, dots(style)), tone)
}

function join(style: Style, parts: NameParts, tone: Tone): string {
  return paint(style, 'quiet', parts.path) + paint(style, tone, parts.fn)
}
