// A regular expression as a tree: what regexp-syntax.ts reads, and the quick road and the engine are made from.

/** A set of characters in brackets, or one escape such as \d standing alone. */
export type ClassPart =
  | { readonly kind: 'range'; readonly lo: number; readonly hi: number }
  /** An ASCII set by its Perl letter (d, s, w) or POSIX name (alpha, xdigit, ...). */
  | { readonly kind: 'ascii'; readonly name: string; readonly negated: boolean }
  /** A Unicode category or script by the one name Go and re2js share. */
  | { readonly kind: 'unicode'; readonly name: string; readonly negated: boolean }

export type SimpleKind =
  | 'empty'
  | 'any'
  | 'any-but-newline'
  | 'begin-text'
  | 'end-text'
  | 'begin-line'
  | 'end-line'
  | 'word-boundary'
  | 'not-word-boundary'

export type SyntaxShape =
  | { readonly kind: SimpleKind }
  /** Characters in a row, never a lone surrogate. `fold`: (?i) is on. */
  | { readonly kind: 'literal'; readonly text: string; readonly fold: boolean }
  | {
      readonly kind: 'class'
      readonly parts: readonly ClassPart[]
      readonly negated: boolean
      readonly fold: boolean
    }
  /** `max` -1: no limit. `*`, `+` and `?` are {0,}, {1,} and {0,1}. */
  | { readonly kind: 'repeat'; readonly sub: Syntax; readonly min: number; readonly max: number }
  | { readonly kind: 'capture'; readonly sub: Syntax }
  | { readonly kind: 'concat'; readonly subs: readonly Syntax[] }
  | { readonly kind: 'alternate'; readonly subs: readonly Syntax[] }

/** What Go limits, per node. The tree is never higher than 1000, so walking it may recurse. */
interface Measures {
  readonly height: number
  /** Instructions the node compiles to, by Go's estimate. */
  readonly size: number
  /** Copies that nested counted repetitions make of the innermost node. */
  readonly copies: number
}

export type Syntax = SyntaxShape & Measures
