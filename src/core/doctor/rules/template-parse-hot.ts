import { hotKindRule } from './hot-kind.ts'

export const templateParseHot = hotKindRule({
  id: 'template-parse-hot',
  title: 'Templates parsed again and again',
  docs: 'Parsing a template lexes its text and builds a tree (and html/template escapes it once more on first use); executing it needs neither. A program that parses at start spends nothing measurable on it.',
  reference: 'https://pkg.go.dev/text/template#Must',
  what: 'parses templates',
  kinds: ['templateParse'],
  cpu: 0.1,
  critical: 0.4,
  bytes: 0.2,
  explains: {
    sameCulprit: ['alloc-hot-loop', 'missing-prealloc', 'reflect-format-heavy'],
    always: ['gc-churn-small-heap'],
  },
  why: 'The tree of a template does not change between two uses, and one template can be executed by all goroutines at once.',
  remedy: [
    'parse once, in a package variable: var page = template.Must(template.ParseFS(files, "*.html"))',
    'for templates of users keep the parsed ones in a bounded cache by their text',
  ],
  verify: 'after the change no text/template/parse is in the CPU profile',
})
