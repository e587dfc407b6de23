// Which lines are the runtime's: by their first words, wherever on the line these stand.

import { bytesOf } from './cursor.ts'

/** What a keyword begins. */
export const WORD = {
  none: 0,
  gc: 1,
  oldGc: 2,
  gcRemark: 3,
  pacer: 4,
  scav: 5,
  scvg: 6,
  forcedScvg: 7,
  init: 8,
  sched: 9,
  schedCut: 10,
  detail: 11,
  alloc: 12,
} as const
export type Word = (typeof WORD)[keyof typeof WORD]

/** A prefix is looked through for so many bytes. */
const LONGEST_PREFIX = 320

const words = (...texts: string[]): Uint8Array[] => texts.map(bytesOf)
const [
  SCHED,
  PACER,
  SCAV,
  SCVG,
  INIT,
  ALLOC,
  FREE,
  GC,
  FORCED_SCVG,
  GC_FORCED,
  QUEUE,
  SCAN_TOTAL,
  SCAN_CLASS,
  CUT,
] = words(
  'SCHED ',
  'pacer: ',
  'scav ',
  'scvg',
  'init ',
  'tracealloc(0x',
  'tracefree(0x',
  'tracegc()',
  'forced scvg: ',
  'GC forced',
  'checkfinalizers: queue: ',
  'scan: total ',
  'scan: class ',
  'gomaxprocs=',
)
const END_GC = bytesOf('end tracegc')
const PACER_NEXT = words('assist ratio=', 'sweep done', 'H_m_prev=')
const STATUS = bytesOf(': status=')
const OF_P = bytesOf(': p=')
const WORK = bytesOf(' KiB work')

const isDigit = (c: number): boolean => c >= 48 && c <= 57

function has(b: Uint8Array, at: number, to: number, w: Uint8Array): boolean {
  if (to - at < w.length) return false
  for (let i = 1; i < w.length; i++) if (b[at + i] !== w[i]) return false
  return b[at] === w[0]
}

function behindDigits(b: Uint8Array, at: number, to: number): number {
  while (at < to && isDigit(b[at])) at++
  return at
}

/** The keyword at b[at]; the line ends at `to`. Enough of it is looked at to say that the line is the runtime's. */
export function wordAt(b: Uint8Array, at: number, to: number): Word {
  switch (b[at]) {
    case 103: {
      // g
      if (b[at + 1] !== 99) return has(b, at, to, CUT) ? WORD.schedCut : WORD.none
      const spaced = b[at + 2] === 32
      const from = at + (spaced ? 3 : 2)
      const end = behindDigits(b, from, to)
      if (end === from || end + 2 >= to) return WORD.none
      if (spaced) return b[end] === 32 && b[end + 1] === 64 && isDigit(b[end + 2]) ? WORD.gc : WORD.none
      return b[end] === 40 && isDigit(b[end + 1]) ? WORD.oldGc : WORD.none
    }
    case 83: // S
      return has(b, at, to, SCHED) && isDigit(b[at + 6]) ? WORD.sched : WORD.none
    case 80: // P
    case 77: // M
    case 71: {
      // G
      const end = behindDigits(b, at + 1, to)
      if (end === at + 1) return has(b, at, to, GC_FORCED) ? WORD.gcRemark : WORD.none
      return has(b, end, to, b[at] === 77 ? OF_P : STATUS) ? WORD.detail : WORD.none
    }
    case 112: {
      // p
      if (!has(b, at, to, PACER)) return WORD.none
      const known = isDigit(b[at + 7]) || b[at + 7] === 45 || PACER_NEXT.some((w) => has(b, at + 7, to, w))
      return known ? WORD.pacer : WORD.none
    }
    case 115: {
      // s
      if (b[at + 1] === 99 && b[at + 2] === 97) {
        if (has(b, at, to, SCAN_TOTAL) || has(b, at, to, SCAN_CLASS)) return WORD.gcRemark
        if (!has(b, at, to, SCAV)) return WORD.none
        let end = behindDigits(b, at + 5, to)
        if (b[end] === 32 && isDigit(b[end + 1])) end = behindDigits(b, end + 1, to)
        return has(b, end, to, WORK) ? WORD.scav : WORD.none
      }
      // The number of a scavenge that the program asked for is -1.
      const next = b[at + 4]
      return has(b, at, to, SCVG) && (next === 58 || next === 45 || isDigit(next)) ? WORD.scvg : WORD.none
    }
    case 105: {
      // i
      if (!has(b, at, to, INIT)) return WORD.none
      let end = at + 5
      while (end < to && b[end] !== 32) end++
      return b[end + 1] === 64 && isDigit(b[end + 2]) && end + 2 < to ? WORD.init : WORD.none
    }
    case 116: // t
      return b[at + 1] === 114 && (has(b, at, to, ALLOC) || has(b, at, to, FREE) || has(b, at, to, GC))
        ? WORD.alloc
        : WORD.none
    case 102: // f
      return has(b, at, to, FORCED_SCVG) ? WORD.forcedScvg : WORD.none
    case 101: // e
      return has(b, at, to, END_GC) ? WORD.alloc : WORD.none
    case 99: // c
      return has(b, at, to, QUEUE) ? WORD.gcRemark : WORD.none
    default:
      return WORD.none
  }
}

/** First bytes of keywords: nothing else needs a closer look. */
const FIRST = new Uint8Array(256)
for (const c of 'gSPMGpsitf') FIRST[c.charCodeAt(0)] = 1
/** Second bytes, by which most of these are told from ordinary text. */
const SECOND = new Uint8Array(256)
for (const c of 'cCan0123456789r') SECOND[c.charCodeAt(0)] = 1
SECOND['o'.charCodeAt(0)] = 1

/** Where behind the start of the line a keyword stands; -1 if there is none. */
export function findWord(b: Uint8Array, start: number, end: number): number {
  const to = Math.min(end - 8, start + LONGEST_PREFIX)
  for (let at = start + 1; at < to; at++) {
    if (FIRST[b[at]] === 0 || SECOND[b[at + 1]] === 0) continue
    const word = wordAt(b, at, end)
    if (word === WORD.none || word === WORD.schedCut) continue
    // These are specific enough to stand behind anything; the others begin a word.
    if (word === WORD.gc || word === WORD.oldGc || word === WORD.sched || word === WORD.alloc) return at
    const c = b[at - 1]
    if (c === 32 || c === 9 || c === 34 || c === 58 || c === 93 || c === 124) return at
  }
  return -1
}
