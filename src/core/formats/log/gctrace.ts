// Lines of GODEBUG=gctrace=1, every form of them. Sources: docs/formats.md.

import { GC_COLUMNS, GC_SHAPE, type GcColumn, type GcLog, OLD_GC_COLUMNS } from '../../model/gc-log.ts'
import { bytesOf, type Cursor } from './cursor.ts'

const C = Object.fromEntries(GC_COLUMNS.map((n, i) => [n, i])) as Readonly<Record<GcColumn, number>>
const WALL = C.wall0
const MS_CLOCK = bytesOf(' ms clock, ')
const MS_CPU = bytesOf(' ms cpu, ')
const ARROW = bytesOf('->')
const OLD_ARROW = bytesOf(' -> ')
const MB = bytesOf(' MB')
const GOAL = bytesOf(' MB goal')
const STACKS = bytesOf(' MB stacks')
const GLOBALS = bytesOf(' MB globals')
const COMMA = bytesOf(', ')
const FORCED = bytesOf(' (forced)')
const LEAK_CHECK = bytesOf(' (checking for goroutine leaks)')
const US = bytesOf(' us, ')
const OLD_MS = bytesOf(' ms, ')
const OBJECTS = bytesOf(') objects, ')
const OBJECTS_BEFORE = bytesOf(' (')
const GOROUTINES = bytesOf(' goroutines, ')
const SWEEPS = bytesOf(' sweeps, ')
const HANDOFF = bytesOf(') handoff, ')
const STEAL = bytesOf(') steal, ')
const YIELDS = bytesOf(' yields')
const PLUS = 43
const SLASH = 47
const SPACE = 32

/** Parses collections into a row that is used again for each. */
export class GcLineParser {
  /** The last line's values, by GC_COLUMNS; `process` and `wall` are the caller's to set. */
  readonly row = new Float64Array(GC_COLUMNS.length)
  /** The same for OLD_GC_COLUMNS; only of lines whose shape is Go 1.4 or older. */
  readonly old = new Float64Array(OLD_GC_COLUMNS.length)

  /** A line `gc # @#s #%: …`; the cursor stands behind `gc `. False if it is not wholly understood. */
  parse(c: Cursor): boolean {
    const { row } = this
    row.fill(Number.NaN)
    if (!c.decimal(row, C.number) || !c.byte(SPACE) || !c.byte(64)) return false
    if (!c.decimal(row, C.time) || !c.byte(115) || !c.byte(SPACE)) return false
    if (!c.decimal(row, C.percent) || !c.byte(37)) return false
    row[C.leakCheck] = c.peek === SPACE && c.word(LEAK_CHECK) ? 1 : 0
    if (!c.byte(58) || !c.byte(SPACE)) return false
    let phases = 0
    do if (!c.decimal(row, WALL + phases++)) return false
    while (phases < 5 && c.byte(PLUS))
    if ((phases !== 3 && phases !== 5) || !c.word(MS_CLOCK)) return false
    if (!c.decimal(row, C.cpuSweepTerm) || !c.byte(PLUS)) return false
    let scan = 0
    if (phases === 5) {
      // Go 1.5 scans and installs write barriers in phases of their own.
      if (!c.decimal(row, C.cpuAssist) || !c.byte(PLUS)) return false
      if (!c.decimal(row, C.cpuIdle) || !c.byte(PLUS)) return false
      scan = row[C.cpuAssist] + row[C.cpuIdle]
    }
    if (!c.decimal(row, C.cpuAssist) || !c.byte(SLASH)) return false
    if (!c.decimal(row, C.cpuBackground) || !c.byte(SLASH)) return false
    if (!c.decimal(row, C.cpuIdle) || !c.byte(PLUS)) return false
    if (!c.decimal(row, C.cpuMarkTerm) || !c.word(MS_CPU)) return false
    if (phases === 5) row[C.cpuBackground] += scan
    if (!c.decimal(row, C.before) || !c.word(ARROW)) return false
    if (!c.decimal(row, C.after) || !c.word(ARROW)) return false
    if (!c.decimal(row, C.live) || !c.word(MB)) return false
    if (!this.tail(c)) return false
    row[C.shape] = phases === 5 ? GC_SHAPE.go5 : Number.isNaN(row[C.stacks]) ? GC_SHAPE.go6 : GC_SHAPE.go18
    return true
  }

  /** `, # MB goal, # MB stacks, # MB globals, # P (forced)`. */
  private tail(c: Cursor): boolean {
    const { row } = this
    for (;;) {
      if (!c.word(COMMA)) return false
      const v = c.uint()
      if (c.word(GOAL)) row[C.goal] = v
      else if (c.word(STACKS)) row[C.stacks] = v
      else if (c.word(GLOBALS)) row[C.globals] = v
      else if (c.byte(SPACE) && c.byte(80)) {
        row[C.procs] = v
        row[C.forced] = c.word(FORCED) ? 1 : 0
        return v > 0 && onlyBlanks(c)
      } else return false
    }
  }

  /** A line `gc#(#): …` of Go 1.1 to 1.4; the cursor stands behind `gc`. False if it is not wholly understood. */
  parseOld(c: Cursor): boolean {
    const { row, old } = this
    row.fill(Number.NaN)
    old.fill(Number.NaN)
    row[C.number] = old[1] = c.uint()
    if (!c.byte(40)) return false
    row[C.procs] = c.uint()
    if (!c.byte(41) || !c.byte(58) || !c.byte(SPACE)) return false
    let phases = 0
    for (;;) {
      row[WALL + phases] = c.uint()
      phases++
      if (phases === 4 || !c.byte(PLUS)) break
    }
    if (phases === 4) {
      if (!c.word(US)) return false
      for (let k = 0; k < 4; k++) row[WALL + k] /= 1000
    } else if (phases !== 3 || !c.word(OLD_MS)) return false
    const first = c.uint()
    if (!c.word(OLD_ARROW)) return false
    const second = c.uint()
    if (!c.word(MB)) return false
    if (phases === 4) {
      // The world is stopped and nothing is swept yet: this is the heap with its garbage.
      row[C.livePrevious] = first
      row[C.before] = second
      if (!c.word(COMMA)) return false
      old[2] = c.uint()
    } else {
      row[C.before] = first
      row[C.after] = row[C.live] = second
      if (!c.byte(SPACE)) return false
      c.uint()
      if (!c.word(OLD_ARROW)) return false
      old[2] = c.uint()
    }
    if (!c.word(OBJECTS_BEFORE)) return false
    old[3] = c.uint()
    if (!c.byte(45)) return false
    old[4] = c.uint()
    if (!c.word(OBJECTS)) return false
    return this.oldTail(c, phases)
  }

  private oldTail(c: Cursor, phases: number): boolean {
    const { row, old } = this
    let shape: number = phases === 3 ? GC_SHAPE.go1 : GC_SHAPE.go3
    let v = c.uint()
    if (phases === 4) {
      if (c.word(GOROUTINES)) {
        shape = GC_SHAPE.go4
        old[5] = v
        v = c.uint()
      }
      old[6] = v
      if (!c.byte(SLASH)) return false
      old[7] = c.uint()
      if (!c.byte(SLASH)) return false
      old[8] = c.uint()
      if (!c.word(SWEEPS)) return false
      v = c.uint()
    }
    old[9] = v
    if (!c.byte(40)) return false
    old[10] = c.uint()
    if (!c.word(HANDOFF)) return false
    old[11] = c.uint()
    if (!c.byte(40)) return false
    old[12] = c.uint()
    if (!c.word(STEAL)) return false
    old[13] = c.uint()
    if (!c.byte(SLASH)) return false
    old[14] = c.uint()
    if (!c.byte(SLASH)) return false
    old[15] = c.uint()
    row[C.shape] = shape
    row[C.forced] = row[C.leakCheck] = 0
    return c.word(YIELDS) && onlyBlanks(c) && old[15] >= 0 && row[C.before] >= 0
  }
}

/** Whether nothing but blanks is left. */
export function onlyBlanks(c: Cursor): boolean {
  while (c.peek === SPACE || c.peek === 9) c.at++
  return c.done
}

const FORCED_LINE = bytesOf('GC forced')
const SCAN_TOTAL = bytesOf('scan: total ')
const SCAN_CLASS = bytesOf('scan: class ')
const OBJS = bytesOf(' objs')
const QUEUE = bytesOf('checkfinalizers: queue: ')

/** The lines that come with collections and are no collection. False if it is none of them. */
export function parseGcRemark(c: Cursor, log: GcLog): boolean {
  if (c.word(FORCED_LINE)) {
    log.periodic++
    return onlyBlanks(c)
  }
  if (c.word(SCAN_TOTAL)) {
    // Sums of up to three numbers are printed with their total behind '='.
    let objects = c.uint()
    while (c.byte(PLUS)) objects = c.uint()
    if (c.byte(61)) objects = c.uint()
    if (!c.word(OBJS)) return false
    log.scannedObjects = Math.max(0, log.scannedObjects) + objects
    return true
  }
  return c.word(SCAN_CLASS) || c.word(QUEUE)
}
