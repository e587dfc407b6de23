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

/** A rank and a place in one number. */
const PLACES = 2 ** 24

/**
 * Where in the name the word stands best: rank * PLACES + place, -1 if it is not there. `fn` is where the function's own
 * name begins, `last` where its last part does, `at` a place where the word is.
 */
function bestPlace(name: string, lower: string, fn: number, last: number, word: string, at: number): number {
  let best = -1
  for (let i = at; i >= 0; i = lower.indexOf(word, i + 1)) {
    let rank: number
    if (i === fn || i === last || i === 0) {
      if (i + word.length === name.length) rank = FITS.exact
      else rank = i === 0 && fn > 0 && last > 0 ? FITS.pathPart : FITS.prefix
    } else if (i > fn) rank = startsPart(name, i) ? FITS.part : FITS.inFunction
    else rank = startsPart(name, i) ? FITS.pathPart : FITS.anywhere
    if (best < 0 || rank * PLACES + i < best) best = rank * PLACES + i
    if (rank === FITS.exact) break
  }
  return best
}

/** The best fit of a word; undefined if it does not fit. */
function fitOf(name: string, lower: string, fn: number, word: string): Fit | undefined {
  const at = lower.indexOf(word)
  if (at < 0) return lettersFit(name, lower, fn, word)
  const best = bestPlace(name, lower, fn, lower.lastIndexOf('.') + 1, word, at)
  const place = best % PLACES
  return { rank: Math.floor(best / PLACES), ranges: [[place, place + word.length]] }
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

/** Letters and digits of a text as bits: a name that lacks one of a word's cannot fit it. */
function lettersOf(lower: string): number {
  let bits = 0
  for (let i = 0; i < lower.length; i++) {
    const c = lower.charCodeAt(i)
    if (c >= 97 && c <= 122) bits |= 1 << (c - 97)
    else if (c >= 48 && c <= 57) bits |= 1 << (26 + ((c - 48) >> 1))
    else if (c >= 128) bits |= 1 << 31
  }
  return bits
}

/** The heaviest so many names are looked at for single letters: a search has to be done between two keys. */
const LETTER_LOOKS = 4000

/** Many names, searched again and again. */
export class NameIndex {
  readonly names: readonly string[]
  /** Rows of `names`, heaviest first; what follows is in this order. */
  private readonly order: Uint32Array
  private readonly lower: readonly string[]
  /** All of them in one text, a line each: looking through that is many times faster than through each. */
  private readonly text: string
  /** Where the lines begin, and the end. */
  private readonly start: Uint32Array
  /** Where the function's own name begins in the name, and its last part. */
  private readonly fn: Int32Array
  private readonly last: Int32Array
  private readonly letters: Int32Array

  constructor(names: readonly string[], weight: Float64Array) {
    this.names = names
    const size = weight.map(Math.abs)
    this.order = Uint32Array.from(names.keys()).sort((a, b) => size[b] - size[a])
    this.lower = Array.from(this.order, (row) => names[row].toLowerCase())
    this.text = this.lower.join('\n')
    this.start = new Uint32Array(names.length + 1)
    for (let i = 0; i < names.length; i++) this.start[i + 1] = this.start[i] + this.lower[i].length + 1
    this.fn = Int32Array.from(this.order, (row) => splitFunctionName(names[row]).path.length)
    this.last = Int32Array.from(this.order, (row) => names[row].lastIndexOf('.') + 1)
    this.letters = Int32Array.from(this.lower, lettersOf)
  }

  /**
   * The best `limit` rows for the words, those that fit alike by weight, and how many fit. Without words the heaviest.
   * Fits of single letters are looked for, and counted, only where whole words do not give enough.
   */
  search(text: string, limit: number): { rows: number[]; count: number } {
    const words = searchWords(text)
    if (words.length === 0) return { rows: [...this.order.subarray(0, limit)], count: this.names.length }
    const found = Array.from({ length: RANKS }, (): number[] => [])
    let count = this.findWords(words, found, limit)
    if (count < limit) count += this.findLetters(words, found, limit - count)
    return { rows: found.flat().slice(0, limit), count }
  }

  private findWords(words: readonly string[], found: number[][], limit: number): number {
    const { start } = this
    const rarest = words.reduce((a, b) => (b.length > a.length ? b : a))
    let count = 0
    let i = 0
    for (let at = this.text.indexOf(rarest); at >= 0; at = this.text.indexOf(rarest, start[i])) {
      while (start[i + 1] <= at) i++
      let rank = this.rankOf(i, rarest, at - start[i])
      for (const word of words) {
        if (word === rarest || rank < 0) continue
        const place = this.lower[i].indexOf(word)
        rank = place < 0 ? -1 : Math.max(rank, this.rankOf(i, word, place))
      }
      if (rank >= 0) {
        count++
        if (found[rank].length < limit) found[rank].push(this.order[i])
      }
      if (++i >= this.names.length) break
    }
    return count
  }

  /** Rank of a word that is in the name at `at`. */
  private rankOf(i: number, word: string, at: number): number {
    const name = this.names[this.order[i]]
    return Math.floor(bestPlace(name, this.lower[i], this.fn[i], this.last[i], word, at) / PLACES)
  }

  private findLetters(words: readonly string[], found: number[][], limit: number): number {
    const wanted = lettersOf(words.join(''))
    let count = 0
    let looks = LETTER_LOOKS
    for (let i = 0; i < this.names.length && count < limit && looks > 0; i++) {
      if ((this.letters[i] & wanted) !== wanted) continue
      // Those that hold all words are found.
      if (words.every((w) => this.lower[i].includes(w))) continue
      looks--
      const fit = fitAll(this.names[this.order[i]], this.lower[i], this.fn[i], words)
      if (fit === undefined) continue
      count++
      found[fit.rank].push(this.order[i])
    }
    return count
  }
}
