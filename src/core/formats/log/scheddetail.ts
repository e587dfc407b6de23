// The P, M and G lines of GODEBUG=schedtrace=X,scheddetail=1. Sources: docs/formats.md.

import { bytesOf, type Cursor } from './cursor.ts'
import { onlyBlanks } from './gctrace.ts'
import { numberOrWord } from './schedtrace.ts'

const SPACE = 32
const EQUALS = 61
const STATUS = bytesOf(': status=')
const M_AT = bytesOf(') m=')
const LOCKED_AT = bytesOf(' lockedm=')

/** Fields are read in any order, as versions differ; their names are compared by hash. */
const nameHash = (s: string): number => {
  let h = 0
  for (const c of s) h = (Math.imul(h, 31) + c.charCodeAt(0)) | 0
  return h
}
const SCHEDTICK = nameHash('schedtick')
const P_STATUS_FIELD = nameHash('status')
const RUNQSIZE = nameHash('runqsize')
const P_FIELD = nameHash('p')
const CURG = nameHash('curg')
const SPINNING = nameHash('spinning')
const BLOCKED = nameHash('blocked')
const LOCKEDG = nameHash('lockedg')

/** The last P, M or G line. -1 stands for none (`nil`), NaN for what was not printed. */
export class DetailLineParser {
  id = 0
  status = 0
  // P
  schedtick = 0
  queue = 0
  // M
  p = 0
  curg = 0
  spinning = 0
  blocked = 0
  lockedg = 0
  // G
  m = 0
  lockedm = 0
  /** Where the wait reason stands in the cursor's bytes. */
  reasonFrom = 0
  reasonTo = 0

  /** The cursor stands behind `P`. False if the line is not wholly understood. */
  parseP(c: Cursor): boolean {
    this.schedtick = this.queue = this.status = Number.NaN
    return this.fields(c, (name, v) => {
      if (name === P_STATUS_FIELD) this.status = v
      else if (name === SCHEDTICK) this.schedtick = v
      else if (name === RUNQSIZE) this.queue = v
    })
      ? this.status + this.schedtick + this.queue >= 0
      : false
  }

  /** The cursor stands behind `M`. */
  parseM(c: Cursor): boolean {
    this.p = this.curg = this.spinning = this.blocked = this.lockedg = Number.NaN
    return this.fields(c, (name, v) => {
      if (name === P_FIELD) this.p = v
      else if (name === CURG) this.curg = v
      else if (name === SPINNING) this.spinning = v
      else if (name === BLOCKED) this.blocked = v
      else if (name === LOCKEDG) this.lockedg = v
    })
      ? this.p >= -1 && this.curg >= -1 && this.blocked >= 0
      : false
  }

  /** The cursor stands behind `G`. */
  parseG(c: Cursor): boolean {
    this.id = c.uint()
    if (!c.word(STATUS)) return false
    this.status = c.uint()
    if (!c.byte(40)) return false
    this.reasonFrom = c.at
    // A reason may have parentheses itself: what closes it is the last one.
    let at = c.end - 1
    while (at > c.at && !(c.b[at] === 41 && c.b[at + 1] === 32)) at--
    this.reasonTo = at
    c.at = at
    if (!c.word(M_AT)) return false
    this.m = numberOrWord(c)
    if (!c.word(LOCKED_AT)) return false
    this.lockedm = numberOrWord(c)
    return onlyBlanks(c) && this.id >= 0 && this.status >= 0 && this.m >= -1 && this.lockedm >= -1
  }

  /** `#: name=value name=value …`. */
  private fields(c: Cursor, take: (name: number, value: number) => void): boolean {
    this.id = c.uint()
    if (!c.byte(58)) return false
    while (c.byte(SPACE)) {
      let h = 0
      let letters = 0
      for (; !c.done && c.peek !== EQUALS && c.peek !== SPACE; c.at++, letters++)
        h = (Math.imul(h, 31) + c.b[c.at]) | 0
      if (letters === 0) continue
      if (!c.byte(EQUALS)) return false
      const from = c.at
      const v = numberOrWord(c)
      // `preemptoff=` has a text, or nothing.
      if (!c.done && c.peek !== SPACE) {
        c.at = from
        while (!c.done && c.peek !== SPACE) c.at++
        continue
      }
      take(h, v)
    }
    return c.done && this.id >= 0
  }
}
