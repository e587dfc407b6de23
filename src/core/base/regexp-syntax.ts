// Go's regular expression syntax (package regexp/syntax of Go 1.26, Perl flags), read into a tree.
//
// The messages are Go's to the letter, because people compare them; so is the order in which faults
// are noticed. Greed, captures and names are read and forgotten: we only ask whether a text matches.

import { POSIX_CLASSES, unicodeTable } from './regexp-names.ts'
import type { ClassPart, SimpleKind, Syntax, SyntaxShape } from './regexp-tree.ts'

/** A pattern that Go's regexp.Compile refuses; the message is the one Go gives. */
export class RegexpError extends Error {
  override readonly name = 'RegexpError'
}

const MAX_HEIGHT = 1000
const MAX_SIZE = Math.floor((128 << 20) / 40)
const MAX_REPEAT = 1000
const MAX_RUNE = 0x10ffff
// Ours: (?:(?:(?:a*)b*)c*) is flattened level by level, which is quadratic. Real patterns need a few steps.
const MAX_FLATTENING = 1 << 24

const FOLD = 1
const MULTI_LINE = 2
const DOT_NEWLINE = 4
// (?U) swaps greed, which no test can see; the bit exists so that the flag is accepted.
const UNGREEDY = 8

/** A parenthesis that is open, or the whole pattern. */
interface Group {
  readonly capture: boolean
  /** Flags to go back to when it closes. */
  readonly flags: number
  readonly alternatives: Syntax[]
  items: Syntax[]
}

/**
 * Reads a pattern as Go's regexp.Compile does. Bytes that are not UTF-8 stand as U+DC80..U+DCFF
 * (see utf8.ts) and are refused as Go refuses them.
 * @throws RegexpError
 */
export function parseRegexp(pattern: string): Syntax {
  return new Parser(pattern).parse()
}

class Parser {
  private readonly source: string
  private at = 0
  private flags = 0
  private group: Group
  private readonly outer: Group[] = []
  private flattened = 0

  constructor(pattern: string) {
    this.source = pattern
    this.group = { capture: false, flags: 0, alternatives: [], items: [] }
  }

  parse(): Syntax {
    const s = this.source
    let lastRepeat = -1
    while (this.at < s.length) {
      const start = this.at
      let repeat = -1
      switch (s[start]) {
        case '(':
          this.openParen()
          break
        case ')':
          this.closeParen()
          break
        case '|':
          this.at++
          this.group.alternatives.push(this.concat())
          this.group.items = []
          break
        case '^':
          this.simple(this.flags & MULTI_LINE ? 'begin-line' : 'begin-text', 1)
          break
        case '$':
          this.simple(this.flags & MULTI_LINE ? 'end-line' : 'end-text', 1)
          break
        case '.':
          this.simple(this.flags & DOT_NEWLINE ? 'any' : 'any-but-newline', 1)
          break
        case '[':
          this.bracketClass()
          break
        case '*':
        case '+':
        case '?':
          this.at++
          this.repeat(s[start] === '+' ? 1 : 0, s[start] === '?' ? 1 : -1, start, lastRepeat)
          repeat = start
          break
        case '{': {
          const counts = this.counts()
          if (counts) {
            this.repeat(counts[0], counts[1], start, lastRepeat)
            repeat = start
          } else {
            this.at = start + 1
            this.literal(0x7b)
          }
          break
        }
        case '\\':
          this.escape()
          break
        default:
          this.literal(this.nextRune())
      }
      lastRepeat = repeat
    }
    const whole = this.alternate()
    if (this.outer.length > 0) throw failure('missing closing )', s)
    return whole
  }

  /** The pattern from one offset to another, as errors quote it. */
  private cut(from: number, to = this.at): string {
    return this.source.slice(from, to)
  }

  /** Steps over one character; -1 at the end. */
  private nextRune(): number {
    const c = this.source.codePointAt(this.at)
    if (c === undefined) return -1
    if (isEscapedByte(c)) throw failure('invalid UTF-8', this.source.slice(this.at))
    this.at += c > 0xffff ? 2 : 1
    // Any other lone surrogate leaves this program as U+FFFD (encodeUtf8), so that is what Go would see.
    return isSurrogate(c) ? 0xfffd : c
  }

  private checkUtf8(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const c = text.codePointAt(i)!
      if (isEscapedByte(c)) throw failure('invalid UTF-8', text.slice(i))
      if (c > 0xffff) i++
    }
  }

  // Building the tree.

  private push(shape: SyntaxShape, height = 1, size = 1, copies = 1): Syntax {
    const node = this.node(shape, height, size, copies)
    this.group.items.push(node)
    return node
  }

  private node(shape: SyntaxShape, height: number, size: number, copies: number): Syntax {
    // Go starts counting only where repetition could make a small pattern large.
    if (copies > 1 && size > MAX_SIZE) throw failure('expression too large', this.source)
    if (height > MAX_HEIGHT) throw failure('expression nests too deeply', this.source)
    return { ...shape, height, size, copies }
  }

  private simple(kind: SimpleKind, length: number): void {
    this.at += length
    this.push({ kind })
  }

  private literal(rune: number): void {
    const fold = (this.flags & FOLD) !== 0
    // \x{D800} is accepted and matches nothing. As text it could join with its neighbour to a pair.
    if (isSurrogate(rune)) {
      this.push({ kind: 'class', parts: [{ kind: 'range', lo: rune, hi: rune }], negated: false, fold })
    } else this.push({ kind: 'literal', text: String.fromCodePoint(rune), fold })
  }

  private repeat(min: number, max: number, start: number, lastRepeat: number): void {
    if (this.source[this.at] === '?') this.at++
    if (lastRepeat >= 0) throw failure('invalid nested repetition operator', this.cut(lastRepeat))
    const items = this.group.items
    const sub = items.pop()
    if (!sub) throw failure('missing argument to repetition operator', this.cut(start))
    const times = max < 0 ? min : max
    const size = max >= 0 ? max * sub.size + max - min : min === 0 ? 2 + sub.size : 1 + min * sub.size
    const copies = max === 0 ? 1 : Math.max(1, times) * sub.copies
    const node = this.node({ kind: 'repeat', sub, min, max }, sub.height + 1, Math.max(1, size), copies)
    if (copies > MAX_REPEAT) throw failure('invalid repeat count', this.cut(start))
    items.push(node)
  }

  /** What stands in the open group since its last `|`. */
  private concat(): Syntax {
    const subs: Syntax[] = []
    for (const item of this.group.items) {
      if (item.kind === 'concat') for (const sub of this.flatten(item.subs)) appendJoined(subs, sub)
      else appendJoined(subs, item)
    }
    if (subs.length === 0) return this.node({ kind: 'empty' }, 1, 1, 1)
    if (subs.length === 1) return subs[0]
    let size = 0
    for (const sub of subs) size += sub.size
    return this.node({ kind: 'concat', subs }, tallest(subs) + 1, size, mostCopies(subs))
  }

  /** The whole content of the open group. */
  private alternate(): Syntax {
    const last = this.concat()
    if (this.group.alternatives.length === 0) return last
    const subs: Syntax[] = []
    for (const sub of [...this.group.alternatives, last]) {
      if (sub.kind === 'alternate') for (const inner of this.flatten(sub.subs)) subs.push(inner)
      else subs.push(sub)
    }
    let size = subs.length - 1
    for (const sub of subs) size += sub.size
    // Go turns a|b|[c-e] into one class, which counts as one level.
    const height = subs.every(isOneCharacter) ? 1 : tallest(subs) + 1
    return this.node({ kind: 'alternate', subs }, height, size, mostCopies(subs))
  }

  private flatten(subs: readonly Syntax[]): readonly Syntax[] {
    this.flattened += subs.length
    if (this.flattened > MAX_FLATTENING) throw failure('expression too large', this.source)
    return subs
  }

  // Groups.

  private open(capture: boolean): void {
    this.outer.push(this.group)
    this.group = { capture, flags: this.flags, alternatives: [], items: [] }
  }

  private closeParen(): void {
    const content = this.alternate()
    const { capture, flags } = this.group
    const parent = this.outer.pop()
    if (!parent) throw failure('unexpected )', this.source)
    this.at++
    this.flags = flags
    this.group = parent
    if (!capture) parent.items.push(content)
    else this.push({ kind: 'capture', sub: content }, content.height + 1, content.size + 2, content.copies)
  }

  private openParen(): void {
    const start = this.at
    const s = this.source
    this.at++
    if (s[this.at] !== '?') {
      this.open(true)
      return
    }
    // Go looks for a name only where at least one character follows the '<'.
    const nameAt = s.startsWith('?P<', this.at) ? start + 4 : s.startsWith('?<', this.at) ? start + 3 : 0
    if (nameAt > 0 && s.length > nameAt) {
      const end = s.indexOf('>', start)
      if (end < 0) {
        this.checkUtf8(s.slice(start))
        throw failure('invalid named capture', s.slice(start))
      }
      const name = s.slice(nameAt, end)
      this.checkUtf8(name)
      if (!/^[A-Za-z0-9_]+$/.test(name)) throw failure('invalid named capture', s.slice(start, end + 1))
      this.at = end + 1
      this.open(true)
      return
    }
    this.at++
    this.flagGroup(start)
  }

  /** (?flags) and (?flags:...), from behind the question mark. */
  private flagGroup(start: number): void {
    let on = 0
    let off = 0
    let negative = false
    let sawFlag = false
    for (;;) {
      const c = this.nextRune()
      const flag = flagOf(c)
      if (flag !== 0) {
        if (negative) off |= flag
        else on |= flag
        sawFlag = true
      } else if (c === 0x2d && !negative) {
        negative = true
        sawFlag = false
      } else if ((c === 0x3a || c === 0x29) && (!negative || sawFlag)) {
        if (c === 0x3a) this.open(false)
        this.flags = (this.flags | on) & ~off
        return
      } else throw failure('invalid or unsupported Perl syntax', this.cut(start))
    }
  }

  /** {n}, {n,} or {n,m} at the cursor, which it steps over; undefined if the brace is only a brace. */
  private counts(): [number, number] | undefined {
    const counts = /\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/y
    counts.lastIndex = this.at
    const m = counts.exec(this.source)
    if (!m) return undefined
    const start = this.at
    this.at = counts.lastIndex
    const min = Number(m[1])
    const max = m[2] === undefined ? min : m[3] === undefined ? -1 : Number(m[3])
    if (min > MAX_REPEAT || max > MAX_REPEAT || (max >= 0 && min > max)) {
      throw failure('invalid repeat count', this.cut(start))
    }
    return [min, max]
  }

  // Escapes and classes.

  private escape(): void {
    const s = this.source
    const anchor = ANCHOR_ESCAPES.get(s[this.at + 1] ?? '')
    if (anchor) {
      this.simple(anchor, 2)
      return
    }
    switch (s[this.at + 1]) {
      case 'C':
        throw failure('invalid escape sequence', '\\C')
      case 'Q': {
        const close = s.indexOf('\\E', this.at + 2)
        const end = close < 0 ? s.length : close
        this.at += 2
        while (this.at < end) {
          // Go cuts the text at \E first, so that is where the quotation of a bad byte ends.
          if (isEscapedByte(s.codePointAt(this.at)!)) throw failure('invalid UTF-8', this.cut(this.at, end))
          this.literal(this.nextRune())
        }
        this.at = close < 0 ? end : end + 2
        return
      }
    }
    const part = this.classEscape()
    if (part) this.push({ kind: 'class', parts: [part], negated: false, fold: (this.flags & FOLD) !== 0 })
    else this.literal(this.runeEscape())
  }

  /** \d and its like or \p{...} at the cursor, if there is one. */
  private classEscape(): ClassPart | undefined {
    const s = this.source
    if (s[this.at] !== '\\') return undefined
    const letter = s[this.at + 1] ?? ''
    if (letter !== '' && 'dDsSwW'.includes(letter)) {
      this.at += 2
      const lower = letter.toLowerCase()
      return { kind: 'ascii', name: lower, negated: letter !== lower }
    }
    if (letter !== 'p' && letter !== 'P') return undefined
    const start = this.at
    this.at += 2
    let name: string
    if (this.nextRune() !== 0x7b) name = this.cut(start + 2)
    else {
      const end = s.indexOf('}', start)
      if (end < 0) {
        this.checkUtf8(s.slice(start))
        throw failure('invalid character class range', s.slice(start))
      }
      name = s.slice(start + 3, end)
      this.checkUtf8(name)
      this.at = end + 1
    }
    const inverse = name.startsWith('^')
    const table = unicodeTable(inverse ? name.slice(1) : name)
    if (table === '') throw failure('invalid character class range', this.cut(start))
    return { kind: 'unicode', name: table, negated: (letter === 'P') !== inverse }
  }

  /** An escape that stands for one character. */
  private runeEscape(): number {
    const s = this.source
    const start = this.at
    this.at++
    if (this.at >= s.length) throw failure('trailing backslash at end of expression', '')
    const c = this.nextRune()
    const simple = SIMPLE_ESCAPES.get(c)
    if (simple !== undefined) return simple
    if (c >= 0x30 && c <= 0x37 && (c === 0x30 || isOctal(s.charCodeAt(this.at)))) {
      let r = c - 0x30
      for (let i = 1; i < 3 && isOctal(s.charCodeAt(this.at)); i++) r = r * 8 + s.charCodeAt(this.at++) - 0x30
      return r
    }
    if (c === 0x78) {
      const r = this.hexEscape()
      if (r >= 0) return r
    } else if (c < 0x80 && !isAlphanumeric(c)) return c
    throw failure('invalid escape sequence', this.cut(start))
  }

  /** The digits behind \x; -1 if they are wrong, with the cursor behind the last character looked at. */
  private hexEscape(): number {
    if (this.at >= this.source.length) return -1
    const c = this.nextRune()
    if (c !== 0x7b) {
      const high = hexDigit(c)
      const low = hexDigit(this.nextRune())
      return high < 0 || low < 0 ? -1 : high * 16 + low
    }
    let r = 0
    for (let digits = 0; ; digits++) {
      const d = this.nextRune()
      if (d === 0x7d) return digits === 0 ? -1 : r
      const v = hexDigit(d)
      if (v < 0) return -1
      r = r * 16 + v
      if (r > MAX_RUNE) return -1
    }
  }

  private bracketClass(): void {
    const s = this.source
    const start = this.at
    this.at++
    const negated = s[this.at] === '^'
    if (negated) this.at++
    const parts: ClassPart[] = []
    for (let first = true; first || s[this.at] !== ']'; first = false) {
      const part = this.posixClass() ?? this.classEscape()
      if (part) {
        parts.push(part)
        continue
      }
      const from = this.at
      const lo = this.classRune(start)
      let hi = lo
      if (s[this.at] === '-' && this.at + 1 < s.length && s[this.at + 1] !== ']') {
        this.at++
        hi = this.classRune(start)
        if (hi < lo) throw failure('invalid character class range', this.cut(from))
      }
      parts.push({ kind: 'range', lo, hi })
    }
    this.at++
    this.push({ kind: 'class', parts, negated, fold: (this.flags & FOLD) !== 0 })
  }

  private classRune(classStart: number): number {
    if (this.at >= this.source.length) throw failure('missing closing ]', this.cut(classStart))
    return this.source[this.at] === '\\' ? this.runeEscape() : this.nextRune()
  }

  /** [:name:] at the cursor, inside brackets. */
  private posixClass(): ClassPart | undefined {
    const s = this.source
    if (!s.startsWith('[:', this.at)) return undefined
    const end = s.indexOf(':]', this.at + 2)
    if (end < 0) return undefined
    const start = this.at
    const negated = s[start + 2] === '^'
    const name = s.slice(start + (negated ? 3 : 2), end)
    if (!POSIX_CLASSES.has(name)) throw failure('invalid character class range', s.slice(start, end + 2))
    this.at = end + 2
    return { kind: 'ascii', name, negated }
  }
}

const ANCHOR_ESCAPES: ReadonlyMap<string, SimpleKind> = new Map([
  ['A', 'begin-text'],
  ['z', 'end-text'],
  ['b', 'word-boundary'],
  ['B', 'not-word-boundary'],
])

const SIMPLE_ESCAPES = new Map([
  [0x61, 0x07],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x76, 0x0b],
])

function failure(what: string, where: string): RegexpError {
  return new RegexpError(`error parsing regexp: ${what}: \`${where}\``)
}

function appendJoined(subs: Syntax[], next: Syntax): void {
  const last = subs.at(-1)
  if (last?.kind === 'literal' && next.kind === 'literal' && last.fold === next.fold) {
    subs[subs.length - 1] = { ...last, text: last.text + next.text, size: last.size + next.size }
  } else subs.push(next)
}

function tallest(subs: readonly Syntax[]): number {
  return subs.reduce((h, sub) => Math.max(h, sub.height), 0)
}

function mostCopies(subs: readonly Syntax[]): number {
  return subs.reduce((n, sub) => Math.max(n, sub.copies), 1)
}

function isOneCharacter(node: Syntax): boolean {
  return (
    node.kind === 'class' ||
    node.kind === 'any' ||
    node.kind === 'any-but-newline' ||
    (node.kind === 'literal' && node.size === 1)
  )
}

function flagOf(c: number): number {
  if (c === 0x69) return FOLD
  if (c === 0x6d) return MULTI_LINE
  if (c === 0x73) return DOT_NEWLINE
  return c === 0x55 ? UNGREEDY : 0
}

function isSurrogate(c: number): boolean {
  return c >= 0xd800 && c <= 0xdfff
}

/** A byte that is not UTF-8, as utf8.ts writes it. */
function isEscapedByte(c: number): boolean {
  return c >= 0xdc80 && c <= 0xdcff
}

function isOctal(c: number): boolean {
  return c >= 0x30 && c <= 0x37
}

function isAlphanumeric(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)
}

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30
  const lower = c | 0x20
  return c > 0 && lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
