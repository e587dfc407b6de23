// Tests for simple patterns without a regular expression engine of our own.
//
// A pattern is taken apart into chains, of which one has to match: characters of fixed number, cut by
// gaps (`.*`). The runs between gaps are searched for from left to right, each from where the last
// one ended; taking the earliest place is always right, since a run has a fixed length and a gap may
// have any. So a text is read once per chain, times the length of the pattern at worst, as in Go.
// JavaScript's own RegExp sees the runs only: no quantifier ever reaches it, so it cannot backtrack.
//
// What does not fit is left to the engine: repetition in the middle of a pattern other than `.*`,
// lines, Unicode classes, folding beyond ASCII letters, anything large.

import type { ClassPart, Syntax } from './regexp-tree.ts'

export type TextTest = (text: string) => boolean

// Work per character of text is bounded by the atoms of all chains together.
const MAX_CHAINS = 64
const MAX_ATOMS = 512
// Chains are copied for every repetition; beyond this, loading the engine is cheaper.
const MAX_COPIES = 64

type Atom =
  | { readonly kind: 'text'; readonly text: string }
  /** One character of a set, or a word boundary, as JavaScript spells it. */
  | { readonly kind: 'native'; readonly source: string; readonly newline: boolean }
  | { readonly kind: 'begin' | 'end' | 'gap' }
  /** x*: matches the empty text too, so at an end of the pattern that is not anchored it goes without saying. */
  | { readonly kind: 'any-number' }
  /** x+: as good as one x at an end of the pattern that is not anchored. */
  | { readonly kind: 'some'; readonly of: readonly Chain[] }

type Chain = readonly Atom[]

/** A test for the pattern, undefined if it is not simple. Texts may hold escaped bytes (utf8.ts). */
export function quickTest(syntax: Syntax): TextTest | undefined {
  const open = expand(syntax)
  if (!open) return undefined
  const chains: Chain[] = []
  for (const chain of open) if (!settle(chain, chains)) return undefined
  const plain = chains.filter((chain) => !chain.some((a) => a.kind === 'gap'))
  const gapped = chains.filter((chain) => chain.some((a) => a.kind === 'gap'))
  const tests = gapped.map(gapTest)
  if (plain.length > 0) tests.unshift(plainTest(plain))
  return tests.length === 1 ? tests[0] : (text) => tests.some((test) => test(text))
}

// From the tree to chains.

function cost(chains: readonly Chain[]): number {
  let n = 0
  for (const chain of chains) {
    for (const a of chain) n += a.kind === 'text' ? a.text.length : a.kind === 'some' ? cost(a.of) + 1 : 1
  }
  return n
}

function bounded(chains: readonly Chain[]): readonly Chain[] | undefined {
  return chains.length <= MAX_CHAINS && cost(chains) <= MAX_ATOMS ? chains : undefined
}

function product(a: readonly Chain[], b: readonly Chain[]): readonly Chain[] | undefined {
  if (a.length * b.length > MAX_CHAINS) return undefined
  return bounded(a.flatMap((x) => b.map((y) => [...x, ...y])))
}

function expand(node: Syntax): readonly Chain[] | undefined {
  switch (node.kind) {
    case 'empty':
      return [[]]
    case 'begin-text':
      return [[{ kind: 'begin' }]]
    case 'end-text':
      return [[{ kind: 'end' }]]
    case 'any':
      return [[{ kind: 'native', source: '[^]', newline: true }]]
    case 'any-but-newline':
      return [[{ kind: 'native', source: '[^\\n]', newline: false }]]
    case 'word-boundary':
      return [[{ kind: 'native', source: '\\b', newline: false }]]
    // V8 finds \B inside a surrogate pair, even with the u flag.
    case 'not-word-boundary':
    case 'begin-line':
    case 'end-line':
      return undefined
    case 'literal': {
      const chain = node.fold ? foldedAtoms(node.text) : textAtoms(node.text)
      return chain && bounded([chain])
    }
    case 'class': {
      const atom = node.fold ? undefined : classAtom(node.parts, node.negated)
      return atom && [[atom]]
    }
    case 'capture':
      return expand(node.sub)
    case 'concat': {
      let all: readonly Chain[] | undefined = [[]]
      for (const sub of node.subs) {
        const next = expand(sub)
        all = next && product(all, next)
        if (!all) return undefined
      }
      return all
    }
    case 'alternate': {
      const all: Chain[] = []
      for (const sub of node.subs) {
        const next = expand(sub)
        if (!next) return undefined
        all.push(...next)
        if (!bounded(all)) return undefined
      }
      return all
    }
    case 'repeat':
      return expandRepeat(node.sub, node.min, node.max)
  }
}

function expandRepeat(sub: Syntax, min: number, max: number): readonly Chain[] | undefined {
  if (max < 0 && min === 0) {
    if (sub.kind === 'any-but-newline') return [[{ kind: 'gap' }]]
    return [[{ kind: 'any-number' }]]
  }
  const one = Math.max(min, max) > MAX_COPIES ? undefined : expand(sub)
  if (!one) return undefined
  let copies: readonly Chain[] | undefined = [[]]
  if (max < 0) {
    const gap = sub.kind === 'any-but-newline'
    for (let k = gap ? 0 : 1; k < min && copies; k++) copies = product(copies, one)
    return copies && product(copies, [[gap ? { kind: 'gap' } : { kind: 'some', of: one }]])
  }
  const all: Chain[] = []
  for (let k = 0; k <= max; k++) {
    if (k >= min) all.push(...copies)
    copies = product(copies, one)
    if (!copies || !bounded(all)) return k === max ? bounded(all) : undefined
  }
  return all
}

function textAtoms(text: string): Chain | undefined {
  // Go sees a bad byte as U+FFFD; a text shows it as a lone surrogate.
  return text.includes('\uFFFD') ? undefined : [{ kind: 'text', text }]
}

function foldedAtoms(text: string): Chain | undefined {
  const atoms: Atom[] = []
  for (const c of text) {
    if (c > '\x7f') return undefined
    const lower = c.toLowerCase()
    const upper = c.toUpperCase()
    // Two letters have a third form: the Kelvin sign and the long s.
    const third = lower === 'k' ? '\u212A' : lower === 's' ? '\u017F' : ''
    if (lower === upper) atoms.push({ kind: 'text', text: c })
    else atoms.push({ kind: 'native', source: `[${lower}${upper}${third}]`, newline: false })
  }
  return atoms
}

// Go's Perl classes: ASCII only, and \s without the vertical tab.
const PERL_SETS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  d: [[0x30, 0x39]],
  s: [
    [0x09, 0x0a],
    [0x0c, 0x0d],
    [0x20, 0x20],
  ],
  w: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
}

/** A class of ASCII characters or its negation: escaped bytes then count as Go's U+FFFD does. */
function classAtom(parts: readonly ClassPart[], negated: boolean): Atom | undefined {
  let source = ''
  let newline = false
  const inverse = parts.length === 1 && parts[0].kind === 'ascii' && parts[0].negated
  for (const part of parts) {
    if (part.kind === 'unicode') return undefined
    const ranges = part.kind === 'range' ? [[part.lo, part.hi] as const] : PERL_SETS[part.name]
    if (!ranges || (part.kind === 'ascii' && part.negated && !inverse)) return undefined
    for (const [lo, hi] of ranges) {
      if (hi > 0x7f) return undefined
      source += `${hexEscape(lo)}-${hexEscape(hi)}`
      if (lo <= 0x0a && hi >= 0x0a) newline = true
    }
  }
  const complement = negated !== inverse
  return { kind: 'native', source: `[${complement ? '^' : ''}${source}]`, newline: newline !== complement }
}

function hexEscape(c: number): string {
  return `\\x${c.toString(16).padStart(2, '0')}`
}

// Settling: what stands at an end that is not anchored and may be empty is dropped.

/** Adds the settled forms of a chain to `out`; false if it has none. */
function settle(chain: Chain, out: Chain[]): boolean {
  let from = 0
  while (from < chain.length && isOptional(chain[from])) from++
  const first = chain[from]
  if (first?.kind === 'some') {
    return first.of.every((one) => settle([...one, ...chain.slice(from + 1)], out))
  }
  let to = chain.length
  while (to > from && isOptional(chain[to - 1])) to--
  const last = chain[to - 1]
  if (to > from && last.kind === 'some') {
    return last.of.every((one) => settle([...chain.slice(from, to - 1), ...one], out))
  }
  const settled = chain.slice(from, to)
  while (settled.length > 1 && settled[1].kind === 'begin' && settled[0].kind === 'begin') settled.shift()
  while (settled.length > 1 && settled.at(-1)?.kind === 'end' && settled.at(-2)?.kind === 'end') settled.pop()
  let gap = false
  let newline = false
  for (const [i, a] of settled.entries()) {
    if (a.kind === 'some' || a.kind === 'any-number') return false
    if ((a.kind === 'begin' && i > 0) || (a.kind === 'end' && i < settled.length - 1)) return false
    if (a.kind === 'gap') gap = true
    if ((a.kind === 'text' && a.text.includes('\n')) || (a.kind === 'native' && a.newline)) newline = true
  }
  // Gaps end with their line: see gapTest.
  if (gap && newline) return false
  out.push(settled)
  return bounded(out) !== undefined
}

function isOptional(a: Atom): boolean {
  return a.kind === 'gap' || a.kind === 'any-number'
}

// From chains to tests.

interface Run {
  /** The text, undefined if the run needs more than text. */
  readonly text: string | undefined
  readonly source: string
}

function runOf(atoms: Chain): Run {
  let text: string | undefined = ''
  let source = ''
  for (const a of atoms) {
    if (a.kind === 'text') {
      source += quote(a.text)
      if (text !== undefined) text += a.text
    } else if (a.kind === 'native') {
      source += a.source
      text = undefined
    }
  }
  return { text, source }
}

function quote(text: string): string {
  return text.replace(/[\0-/:-@[-`{-\x7f]/g, (c) => hexEscape(c.charCodeAt(0)))
}

/** Chains without gaps: all of them in one pass. */
function plainTest(chains: readonly Chain[]): TextTest {
  const begins = (chain: Chain): boolean => chain[0]?.kind === 'begin'
  const ends = (chain: Chain): boolean => chain.at(-1)?.kind === 'end'
  const only = chains.length === 1 ? chains[0] : undefined
  const text = only && runOf(only).text
  if (only && text !== undefined) {
    if (begins(only)) return ends(only) ? (s) => s === text : (s) => s.startsWith(text)
    return ends(only) ? (s) => s.endsWith(text) : (s) => s.includes(text)
  }
  const sources = chains.map((c) => `${begins(c) ? '^' : ''}${runOf(c).source}${ends(c) ? '$' : ''}`)
  const native = new RegExp(sources.join('|'), 'u')
  return (s) => native.test(s)
}

/** Where the next run ends that starts at `from` or later, -1 if there is none. */
type Finder = (line: string, from: number) => number

function gapTest(chain: Chain): TextTest {
  const begin = chain[0].kind === 'begin'
  const end = chain[chain.length - 1].kind === 'end'
  const runs: Atom[][] = [[]]
  for (const a of chain) {
    if (a.kind === 'gap') runs.push([])
    else runs[runs.length - 1].push(a)
  }
  const finders = runs.map((atoms, i) => finder(runOf(atoms), begin && i === 0, end && i === runs.length - 1))
  const fits = (line: string): boolean => {
    let at = 0
    for (const find of finders) {
      at = find(line, at)
      if (at < 0) return false
    }
    return true
  }
  return (text) => {
    // What does not match with gaps across lines does not match at all.
    if (!fits(text)) return false
    if (!text.includes('\n')) return true
    const lines = text.split('\n')
    if (begin) return (!end || lines.length === 1) && fits(lines[0])
    if (end) return fits(lines[lines.length - 1])
    return lines.some(fits)
  }
}

function finder({ text, source }: Run, begin: boolean, end: boolean): Finder {
  if (text !== undefined) {
    const n = text.length
    if (begin) return (line) => (line.startsWith(text) ? n : -1)
    if (end) return (line, from) => (line.length - n >= from && line.endsWith(text) ? line.length : -1)
    return (line, from) => {
      const at = line.indexOf(text, from)
      return at < 0 ? -1 : at + n
    }
  }
  const native = new RegExp(`${begin ? '^(?:' : ''}${source}${begin ? ')' : ''}${end ? '$' : ''}`, 'gu')
  return (line, from) => {
    native.lastIndex = from
    return native.test(line) ? native.lastIndex : -1
  }
}
