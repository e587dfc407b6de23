// Lines about memory that is given back: `scvg…` up to Go 1.13 (part of gctrace), `scav …` of
// GODEBUG=scavtrace=1 from Go 1.14 on. Sources: docs/formats.md.

import { type GcLog, SCAVENGE_COLUMNS, type ScavengeColumn } from '../../model/gc-log.ts'
import { bytesOf, type Cursor } from './cursor.ts'
import { onlyBlanks } from './gctrace.ts'

const C = Object.fromEntries(SCAVENGE_COLUMNS.map((n, i) => [n, i])) as Readonly<
  Record<ScavengeColumn, number>
>
const WORK = bytesOf(' KiB work')
const BACKGROUND = bytesOf(' (bg), ')
const EAGER = bytesOf(' KiB work (eager), ')
const NOW = bytesOf(' KiB now, ')
const TOTAL = bytesOf(' KiB total, ')
const COMMA = bytesOf(', ')
const UTIL = bytesOf('% util')
const FORCED = bytesOf(' (forced)')
const RESET = bytesOf(' [controller reset]')
const INUSE = bytesOf('inuse: ')
const IDLE = bytesOf(', idle: ')
const SYS = bytesOf(', sys: ')
const RELEASED = bytesOf(', released: ')
const CONSUMED = bytesOf(', consumed: ')
const MB = bytesOf(' (MB)')
const MB_RELEASED = bytesOf(' MB released')
const GC_FORCED = bytesOf('GC forced')
const SPACE = 32

/** Parses scavenger lines into a row that is used again for each. */
export class ScavengeLineParser {
  /** By SCAVENGE_COLUMNS; `process`, `gc` and `wall` are the caller's to set. */
  readonly row = new Float64Array(SCAVENGE_COLUMNS.length)

  /** The cursor stands behind `scav `. False if the line is not wholly understood. */
  parse(c: Cursor): boolean {
    const { row } = this
    row.fill(Number.NaN)
    let work = c.uint()
    // Up to Go 1.18 the number of the scavenger's generation comes first.
    const next = c.b[c.at + 1]
    if (c.peek === SPACE && c.at + 1 < c.end && next >= 48 && next <= 57) {
      c.at++
      work = c.uint()
    }
    row[C.work] = work
    if (!c.word(WORK)) return false
    if (c.word(BACKGROUND)) {
      row[C.shape] = 3
      row[C.workBackground] = work
      row[C.workEager] = c.uint()
      row[C.work] = work + row[C.workEager]
      if (!c.word(EAGER)) return false
      row[C.released] = c.uint()
      if (!c.word(NOW)) return false
    } else {
      row[C.shape] = 2
      if (!c.word(COMMA)) return false
      row[C.released] = c.uint()
      if (!c.word(TOTAL)) return false
    }
    row[C.utilization] = c.uint()
    if (!c.word(UTIL)) return false
    row[C.forced] = c.word(FORCED) ? 1 : 0
    c.word(RESET)
    return onlyBlanks(c) && row[C.work] >= 0
  }

  /** The cursor stands behind `scvg`. False if not wholly understood; 'remark' for `GC forced`, which is no row. */
  parseOld(c: Cursor, log: GcLog, forced: boolean): boolean | 'remark' {
    const { row } = this
    row.fill(Number.NaN)
    const asked = c.byte(45)
    c.uint()
    if (!c.byte(58) || !c.byte(SPACE)) return false
    if (c.word(GC_FORCED)) {
      log.periodic++
      return onlyBlanks(c) ? 'remark' : false
    }
    row[C.forced] = forced || asked ? 1 : 0
    if (c.word(INUSE)) {
      row[C.shape] = 1
      row[C.inuseMB] = c.uint()
      if (!c.word(IDLE)) return false
      row[C.idleMB] = c.uint()
      if (!c.word(SYS)) return false
      row[C.sysMB] = c.uint()
      if (!c.word(RELEASED)) return false
      row[C.released] = c.uint() * 1024
      if (!c.word(CONSUMED)) return false
      row[C.consumedMB] = c.uint()
      return c.word(MB) && onlyBlanks(c)
    }
    row[C.shape] = 0
    row[C.work] = c.uint() * 1024
    return c.word(MB_RELEASED) && onlyBlanks(c) && row[C.work] >= 0
  }
}
