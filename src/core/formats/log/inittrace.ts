// Lines of GODEBUG=inittrace=1 (Go 1.16 on): `init PACKAGE @# ms, # ms clock, # bytes, # allocs`.

import { decodeUtf8 } from '../../base/utf8.ts'
import { INIT_COLUMNS } from '../../model/gc-log.ts'
import { bytesOf, type Cursor } from './cursor.ts'
import { onlyBlanks } from './gctrace.ts'

const MS = bytesOf(' ms, ')
const MS_CLOCK = bytesOf(' ms clock, ')
const BYTES = bytesOf(' bytes, ')
const ALLOCS = bytesOf(' allocs')

/** Parses them into a row that is used again for each. */
export class InitLineParser {
  /** By INIT_COLUMNS; `process` and `name` are the caller's to set. */
  readonly row = new Float64Array(INIT_COLUMNS.length)
  /** The package of the last line. */
  name = ''

  /** The cursor stands behind `init `. False if the line is not wholly understood. */
  parse(c: Cursor): boolean {
    const { row } = this
    const from = c.at
    while (!c.done && c.peek !== 32) c.at++
    const to = c.at
    if (to === from || !c.byte(32) || !c.byte(64)) return false
    row[2] = c.number()
    if (!c.word(MS)) return false
    row[3] = c.number()
    if (!c.word(MS_CLOCK)) return false
    row[4] = c.number()
    if (!c.word(BYTES)) return false
    row[5] = c.number()
    if (!c.word(ALLOCS) || !onlyBlanks(c)) return false
    this.name = decodeUtf8(c.b.subarray(from, to))
    return row[2] + row[3] + row[4] + row[5] >= 0
  }
}
