// Lines of GODEBUG=gcpacertrace=1. They begin with `pacer: `. Sources: docs/formats.md.

import { PACER_COLUMNS, PACER_KIND, type PacerColumn } from '../../model/gc-log.ts'
import { bytesOf, type Cursor } from './cursor.ts'
import { onlyBlanks } from './gctrace.ts'

const C = Object.fromEntries(PACER_COLUMNS.map((n, i) => [n, i])) as Readonly<Record<PacerColumn, number>>
const ASSIST = bytesOf('assist ratio=')
const SCAN = bytesOf(' (scan ')
const MB_IN = bytesOf(' MB in ')
const ARROW = bytesOf('->')
const WORKERS = bytesOf(' MB) workers=')
const CPU = bytesOf('% CPU (')
const EXPECTED_FOR = bytesOf(' exp.) for ')
const WORK = bytesOf(' B work (')
const EXPECTED_IN = bytesOf(' B exp.) in ')
const TO = bytesOf(' B -> ')
// The delta sign is two or three bytes of UTF-8, and other loggers may have mangled it.
const GOAL = bytesOf('goal ')
const CONS_MARK = bytesOf(', cons/mark ')
const RESET = bytesOf('[controller reset]')
const SWEEP = bytesOf('sweep done at heap size ')
const ALLOCATED = bytesOf('MB; allocated ')
const DURING = bytesOf('MB during sweep; swept ')
const OF_SPANS = bytesOf('MB of spans; swept ')
const PAGES_AT = bytesOf(' pages at ')
const PAGES_PER_BYTE = bytesOf(' pages/byte')
const OLD = bytesOf('H_m_prev=')
const SPACE = 32
const PLUS = 43

/** Columns of the values of the line of Go 1.5 to 1.17, by their names in it. */
const OLD_NAMES: readonly (readonly [name: Uint8Array, column: number, factor: number])[] = [
  [bytesOf('h_t='), C.triggerRatio, 1],
  [bytesOf('H_T='), C.triggerBytes, 1],
  [bytesOf('h_a='), C.actualRatio, 1],
  [bytesOf('H_a='), C.liveBytes, 1],
  [bytesOf('h_g='), C.goalRatio, 1],
  [bytesOf('H_g='), C.goalBytes, 1],
  [bytesOf('u_a='), C.cpuPercent, 100],
  [bytesOf('u_g='), C.cpuGoalPercent, 100],
  [bytesOf('W_a='), C.heapWork, 1],
]

/** Parses pacer lines into a row that is used again for each. */
export class PacerLineParser {
  /** By PACER_COLUMNS; `process` and `gc` are the caller's to set. */
  readonly row = new Float64Array(PACER_COLUMNS.length)

  /** The cursor stands behind `pacer: `. False if the line is not wholly understood. */
  parse(c: Cursor): boolean {
    this.row.fill(Number.NaN)
    if (c.word(ASSIST)) return this.start(c)
    if (c.word(SWEEP)) return this.sweep(c)
    if (c.word(OLD)) return this.oldEnd(c)
    return this.end(c)
  }

  private start(c: Cursor): boolean {
    const { row } = this
    row[C.kind] = PACER_KIND.start
    row[C.assistRatio] = c.number()
    if (!c.word(SCAN)) return false
    row[C.scanMB] = c.uint()
    if (!c.word(MB_IN)) return false
    row[C.triggerMB] = c.uint()
    if (!c.word(ARROW)) return false
    row[C.goalMB] = c.uint()
    if (!c.word(WORKERS)) return false
    row[C.workers] = c.uint()
    // The sign that older versions print before a fraction is a second plus.
    if (!c.byte(PLUS)) return false
    row[C.fraction] = c.number()
    return onlyBlanks(c) && row[C.workers] >= 0
  }

  private end(c: Cursor): boolean {
    const { row } = this
    row[C.kind] = PACER_KIND.end
    row[C.cpuPercent] = c.number()
    if (!c.word(CPU)) return false
    row[C.cpuGoalPercent] = c.number()
    if (!c.word(EXPECTED_FOR)) return false
    row[C.heapWork] = c.number()
    if (!c.byte(PLUS)) return false
    row[C.stackWork] = c.number()
    if (!c.byte(PLUS)) return false
    row[C.globalsWork] = c.number()
    if (!c.word(WORK)) return false
    row[C.expectedWork] = c.number()
    if (!c.word(EXPECTED_IN)) return false
    row[C.triggerBytes] = c.number()
    if (!c.word(TO)) return false
    row[C.liveBytes] = c.number()
    while (!c.done && c.peek !== 103) c.at++
    if (!c.word(GOAL)) return false
    row[C.goalDelta] = c.number()
    if (!c.word(CONS_MARK)) return false
    row[C.consMark] = c.number()
    if (!c.byte(41)) return false
    row[C.reset] = c.word(RESET) ? 1 : 0
    return onlyBlanks(c) && row[C.liveBytes] >= 0
  }

  private sweep(c: Cursor): boolean {
    const { row } = this
    row[C.kind] = PACER_KIND.sweep
    row[C.heapMB] = c.number()
    if (!c.word(ALLOCATED)) return false
    row[C.allocatedMB] = c.number()
    if (!c.word(DURING) && !c.word(OF_SPANS)) return false
    row[C.pages] = c.number()
    if (!c.word(PAGES_AT)) return false
    row[C.pagesPerByte] = c.number()
    return c.word(PAGES_PER_BYTE) && onlyBlanks(c)
  }

  private oldEnd(c: Cursor): boolean {
    const { row } = this
    row[C.kind] = PACER_KIND.end
    c.number()
    while (c.byte(SPACE)) {
      const known = OLD_NAMES.find(([name]) => c.word(name))
      if (known !== undefined) row[known[1]] = c.number() * known[2]
      else while (!c.done && c.peek !== SPACE) c.at++
    }
    return c.done && row[C.liveBytes] >= 0 && !Number.isNaN(row[C.cpuPercent])
  }
}
