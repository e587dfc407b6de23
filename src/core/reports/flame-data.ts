// The flame picture's data for its own script: columns as JSON that is safe in HTML, XML and scripts alike.

import { ORIGIN_TITLES, ORIGINS } from '../analysis/origin.ts'
import { sameFamily, scale } from '../base/units.ts'
import { visibleText } from '../base/visible-text.ts'
import {
  countOf,
  type FlameDoc,
  flameNotices,
  flameSubtitle,
  originIndex,
  rootLabel,
  selfByOrigin,
} from './flame.ts'
import type { FlameBoxes } from './flame-layout.ts'

/** JSON in ASCII without `<`, `>` and `&`: nothing in it can end the element that it stands in. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** How the script is to write values: as times (from ns), sizes (from bytes) or counts. */
function valueKind(unit: string): { kind: 'time' | 'bytes' | 'count'; factor: number; unit: string } {
  if (sameFamily(unit, 'ns')) return { kind: 'time', factor: scale(1, unit, 'ns').value, unit: '' }
  if (sameFamily(unit, 'bytes')) return { kind: 'bytes', factor: scale(1, unit, 'bytes').value, unit: '' }
  const silent = /^(counts?|samples?|units?|)$/.test(unit)
  return { kind: 'count', factor: 1, unit: silent ? '' : visibleText(unit) }
}

/** How many functions the list of the heaviest shows. */
const LISTED = 200

function heaviest(column: Float64Array, most: number): number[] {
  return Array.from(column.keys())
    .sort((a, b) => Math.abs(column[b]) - Math.abs(column[a]) || a - b)
    .slice(0, most)
}

/**
 * Columns of the boxes: `f` frame, `d` depth, `w` width in units of weight, `s` self, `t` total (differences
 * only, elsewhere it is w), `i` 1 for inlined. Where they lie follows from depth and width, in order.
 */
export function flameData(doc: FlameDoc, boxes: FlameBoxes, producer: string): string {
  const { tree, profile } = doc
  const { strings } = profile
  const renumber = new Map<number, number>()
  const sums = tree.frameSums!
  const frames = {
    name: [] as string[],
    line: [] as number[],
    origin: [] as number[],
    self: [] as number[],
    total: [] as number[],
  }
  const fileIds = new Map<string, number>()
  const files: string[] = []
  const fileOf: number[] = []
  const frameOf = (row: number): number => {
    let id = renumber.get(row)
    if (id !== undefined) return id
    id = renumber.size
    renumber.set(row, id)
    const name = strings.get(tree.frames.name[row])
    const file = visibleText(strings.get(tree.frames.file[row]))
    let fileId = fileIds.get(file)
    if (fileId === undefined) {
      fileId = files.push(file) - 1
      fileIds.set(file, fileId)
    }
    frames.name.push(row === 0 ? visibleText(rootLabel(doc)) : visibleText(name))
    fileOf.push(fileId)
    frames.line.push(tree.frames.line[row])
    frames.origin.push(row === 0 ? -1 : originIndex(doc, row))
    frames.self.push(sums.self[row])
    frames.total.push(sums.total[row])
    return id
  }
  const { count } = boxes
  const f = new Array<number>(count)
  const s = new Array<number>(count)
  const t = new Array<number>(count)
  const i = new Array<number>(count)
  for (let box = 0; box < count; box++) {
    const row = boxes.row[box]
    f[box] = frameOf(tree.frame[row])
    s[box] = tree.self.f[row]
    t[box] = tree.total.f[row]
    i[box] = tree.inlined[row]
  }
  // Functions that occur in no frame that is left, but that a list of the heaviest must not miss.
  for (const column of [sums.total, sums.self])
    for (const row of heaviest(column, LISTED)) if (row !== 0 && column[row] !== 0) frameOf(row)
  return inertJson({
    title: visibleText(doc.title),
    subtitle: visibleText(flameSubtitle(doc)),
    type: visibleText(doc.type),
    value: valueKind(doc.unit),
    whole: Math.abs(Number(doc.whole)),
    by: doc.by,
    inverted: doc.inverted,
    signed: tree.signed !== undefined,
    middle: boxes.middle,
    lessFrom: boxes.lessFrom,
    stacks: countOf(doc.samples, 'stack'),
    notices: flameNotices(doc).map(visibleText),
    producer: visibleText(producer),
    origins: ORIGINS.map((o) => [o, ORIGIN_TITLES[o]]),
    files,
    originSelf: [...selfByOrigin(doc)],
    frame: { ...frames, file: fileOf },
    functions: sums.total.reduce(
      (n, v, row) => (row > 0 && (v !== 0 || sums.self[row] !== 0) ? n + 1 : n),
      0,
    ),
    box: {
      f,
      d: [...boxes.depth],
      w: [...boxes.width],
      s,
      ...(tree.signed !== undefined && { t }),
      i,
    },
  })
}
