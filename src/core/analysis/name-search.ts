// Finding names by a few letters: how well words fit a name, and which letters they fit. Words are separated by
// spaces and all have to fit; case does not matter.

import { splitFunctionName } from './display-names.ts'

/** How a word fits, best first. */
const FITS = {
  /** It is the function's name, or all of the name. */
  exact: 0,
  /** The function's name, or its last part (of a method), begins with it. */
  prefix: 1,
  /** It stands at the start of a part of the function's name: `Order` in `handleOrder`. */
  part: 2,
  inFunction: 3,
  pathPart: 4,
  anywhere: 5,
  /** Its letters begin parts: `hC` for `handleCheckout`. */
  initials: 6,
  /** Its letters are there in this order, close together. */
  letters: 7,
} as const

const RANKS = 8

/** A stretch of a name, end excluded. */
export type Range = readonly [from: number, to: number]

interface Fit {
  readonly rank: number
  readonly ranges: readonly Range[]
}

/** The words of a query, in small letters. */
export function searchWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== '')
}

const isLetter = (c: number): boolean =>
  (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c >= 128

const isUpper = (c: number): boolean => c >= 65 && c <= 90

/** Whether a part of the name begins at `i`: behind a sign, or at a capital. */
function startsPart(name: string, i: number): boolean {
  if (i === 0) return true
  const c = name.charCodeAt(i)
  const before = name.charCodeAt(i - 1)
  return isLetter(c) && (!isLetter(before) || (isUpper(c) && !isUpper(before)))
}

/** The best fit of a word; undefined if it does not fit. `fn` is where the function's own name begins. */
function fitOf(name: string, lower: string, fn: number, word: string): Fit | undefined {
  const last = lower.lastIndexOf('.') + 1
  let best: Fit | undefined
  const take = (rank: number, at: number): void => {
    if (best === undefined || rank < best.rank) best = { rank, ranges: [[at, at + word.length]] }
  }
  // In the function first; a name has few occurrences.
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
    const end = at + word.length === name.length
    if (end && (at === 0 || at === fn || at === last)) take(FITS.exact, at)
    else if (at === fn || at === last) take(FITS.prefix, at)
    else if (at > fn) take(startsPart(name, at) ? FITS.part : FITS.inFunction, at)
    else take(startsPart(name, at) ? FITS.pathPart : FITS.anywhere, at)
  }
  return best ?? lettersFit(name, lower, fn, word)
}

function lettersFit(name: string, lower: string, fn: number, word: string): Fit | undefined {
  if (word.length < 2) return undefined
  const initials = lettersAt(lower, word, fn, (i) => startsPart(name, i))
  if (initials !== undefined) return { rank: FITS.initials, ranges: initials }
  const letters = lettersAt(lower, word, fn, () => true)
  if (letters === undefined) return undefined
  const span = letters[letters.length - 1][1] - letters[0][0]
  return span > 3 * word.length + 2 ? undefined : { rank: FITS.letters, ranges: letters }
}

function lettersAt(
  lower: string,
  word: string,
  from: number,
  may: (i: number) => boolean,
): Range[] | undefined {
  const out: Range[] = []
  let i = from
  for (const c of word) {
    while (i < lower.length && (lower[i] !== c || !may(i))) i++
    if (i >= lower.length) return undefined
    out.push([i, i + 1])
    i++
  }
  return out
}

/** What a fit of all words is worth: the worst of them counts. */
function fitAll(name: string, lower: string, fn: number, words: readonly string[]): Fit | undefined {
  let rank = 0
  const ranges: Range[] = []
  for (const word of words) {
    const fit = fitOf(name, lower, fn, word)
    if (fit === undefined) return undefined
    rank = Math.max(rank, fit.rank)
    ranges.push(...fit.ranges)
  }
  return { rank, ranges }
}

/** How well the words fit a name or title: less is better, undefined if they do not. */
export function nameRank(name: string, words: readonly string[]): number | undefined {
  return fitAll(name, name.toLowerCase(), splitFunctionName(name).path.length, words)?.rank
}

/** The stretches of the name that the words fit, in order, none overlapping. */
export function matchRanges(name: string, words: readonly string[]): Range[] {
  const lower = name.toLowerCase()
  if (lower.length !== name.length) return []
  const fit = fitAll(name, lower, splitFunctionName(name).path.length, words)
  const out: [number, number][] = []
  for (const [from, to] of [...(fit?.ranges ?? [])].sort((a, b) => a[0] - b[0])) {
    const before = out.at(-1)
    if (before !== undefined && from <= before[1]) before[1] = Math.max(before[1], to)
    else out.push([from, to])
  }
  return out
}

/** Many names, searched again and again. */
export class NameIndex {
  readonly names: readonly string[]
  /** Rows of `names`, heaviest first. */
  private readonly order: Uint32Array
  private readonly lower: readonly string[]
  private readonly fn: Uint16Array

  constructor(names: readonly string[], weight: Float64Array) {
    this.names = names
    this.order = Uint32Array.from(names.keys()).sort((a, b) => Math.abs(weight[b]) - Math.abs(weight[a]))
    this.lower = names.map((n) => n.toLowerCase())
    this.fn = Uint16Array.from(names, (n) => splitFunctionName(n).path.length)
  }

  /** The best `limit` rows for the words, those that fit alike by weight, and how many fit at all. Without words the heaviest. */
  search(text: string, limit: number): { rows: number[]; count: number } {
    const words = searchWords(text)
    if (words.length === 0) return { rows: [...this.order.subarray(0, limit)], count: this.names.length }
    const found = Array.from({ length: RANKS }, (): number[] => [])
    let count = 0
    for (const row of this.order) {
      const fit = fitAll(this.names[row], this.lower[row], this.fn[row], words)
      if (fit === undefined) continue
      count++
      const same = found[fit.rank]
      if (same.length < limit) same.push(row)
    }
    return { rows: found.flat().slice(0, limit), count }
  }
}
