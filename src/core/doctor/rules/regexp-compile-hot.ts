import { hotKindRule } from './hot-kind.ts'

export const regexpCompileHot = hotKindRule({
  id: 'regexp-compile-hot',
  title: 'Regular expressions compiled again and again',
  docs: 'Compiling a regular expression parses it and builds a program; matching needs neither. A program that compiles at start spends nothing measurable on it.',
  reference: 'https://pkg.go.dev/regexp#MustCompile',
  what: 'compiles regular expressions',
  kinds: ['regexpCompile'],
  cpu: 0.05,
  critical: 0.3,
  bytes: 0.1,
  explains: { sameCulprit: ['alloc-hot-loop', 'missing-prealloc'], always: ['gc-churn-small-heap'] },
  why: 'Each compilation parses the pattern and builds its program anew; a compiled expression can be used by all goroutines for as long as the program runs.',
  remedy: [
    'compile once, in a package variable: var re = regexp.MustCompile(`…`)',
    'where patterns come from outside, keep the compiled ones in a bounded cache by pattern',
    'for plain prefixes, suffixes and substrings use package strings instead',
  ],
  verify: 'after the change no regexp.compile is in the CPU profile',
})
