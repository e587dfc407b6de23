// The large engine behind regexp.ts: the library re2js, loaded when a pattern asks for it.
//
// re2js never sees a pattern of the user. It gets our own tree written out again in the plainest
// RE2 syntax, so it does not matter where its parser and Go's disagree (table names, nested classes
// such as [[:]], error texts, names given twice, size limits).
//
// One difference stays: its Unicode tables are version 17 and Go 1.26 has 15. Characters that were
// unassigned in 15 may belong to \p{L} and its like here and not there.

import type { RegexpEngine } from './regexp.ts'
import { needsEngine } from './regexp.ts'
import { RegexpError } from './regexp-syntax.ts'
import type { ClassPart, Syntax } from './regexp-tree.ts'

// Instructions by Go's estimate. Go allows 3.3 million, for which re2js would want gigabytes; patterns
// come in profiles too (drop_frames), so from strangers. Real ones have hundreds.
const MAX_SIZE = 100_000

/** Loads the engine. Cheap when it was loaded before: the module system remembers. */
export async function loadRe2Engine(): Promise<RegexpEngine> {
  const { RE2JS, RE2JSSyntaxException } = await import('re2js')
  return (syntax, source) => {
    if (syntax.size > MAX_SIZE) throw tooLarge('expression too large', source)
    try {
      const compiled = RE2JS.compile(plainPattern(syntax))
      return (text) => compiled.test(text)
    } catch (e) {
      // Its syntax is ours, so this can only be a limit on size or depth.
      if (!(e instanceof RE2JSSyntaxException)) throw e
      throw tooLarge(e.getDescription(), source)
    }
  }
}

function tooLarge(how: string, source: string): RegexpError {
  return new RegexpError(`error parsing regexp: ${how}: \`${source}\``)
}

/** The engine if one of the patterns needs it: what compileRegexp wants to be given for any of them. */
export async function engineFor(patterns: Iterable<string>): Promise<RegexpEngine | undefined> {
  for (const pattern of patterns) if (needsEngine(pattern)) return loadRe2Engine()
  return undefined
}

// Writing the tree. Every form below stands for itself under a following quantifier.

function plainPattern(node: Syntax): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)'
    case 'any':
      return '(?s:.)'
    case 'any-but-newline':
      return '.'
    case 'begin-text':
      return '\\A'
    case 'end-text':
      return '\\z'
    case 'begin-line':
      return '(?m:^)'
    case 'end-line':
      return '(?m:$)'
    case 'word-boundary':
      return '\\b'
    case 'not-word-boundary':
      return '\\B'
    case 'literal':
      return node.fold ? `(?i:${plainText(node.text)})` : `(?:${plainText(node.text)})`
    case 'class':
      return plainClass(node.parts, node.negated, node.fold)
    case 'capture':
      return `(?:${plainPattern(node.sub)})`
    case 'concat':
      return `(?:${node.subs.map(plainPattern).join('')})`
    case 'alternate':
      return `(?:${node.subs.map(plainPattern).join('|')})`
    case 'repeat':
      return `(?:${plainPattern(node.sub)}${quantifier(node.min, node.max)})`
  }
}

function quantifier(min: number, max: number): string {
  if (max < 0) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`
}

function plainText(text: string): string {
  let out = ''
  for (const c of text) out += /^[A-Za-z0-9]$/.test(c) ? c : runeEscape(c.codePointAt(0)!)
  return out
}

function runeEscape(rune: number): string {
  return `\\x{${rune.toString(16)}}`
}

function plainClass(parts: readonly ClassPart[], negated: boolean, fold: boolean): string {
  const inside = [...new Set(parts.map(plainPart))].join('')
  const set = `[${negated ? '^' : ''}${inside}]`
  return fold ? `(?i:${set})` : set
}

function plainPart(part: ClassPart): string {
  switch (part.kind) {
    case 'range':
      return `${runeEscape(part.lo)}-${runeEscape(part.hi)}`
    case 'ascii':
      if (part.name.length === 1) return `\\${part.negated ? part.name.toUpperCase() : part.name}`
      return `[:${part.negated ? '^' : ''}${part.name}:]`
    case 'unicode':
      return `\\${part.negated ? 'P' : 'p'}{${part.name}}`
  }
}
