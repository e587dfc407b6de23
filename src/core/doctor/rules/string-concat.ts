import { hotKindRule } from './hot-kind.ts'

export const stringConcat = hotKindRule({
  id: 'string-concat',
  title: 'Strings built with += in a loop',
  docs: 'runtime.concatstrings copies both operands into a new string. Joining a few short strings is cheap; where it takes much of the CPU time or makes most of the garbage, a growing string is copied for every piece that is added, which is quadratic.',
  reference: 'https://pkg.go.dev/strings#Builder',
  what: 'joins strings with +',
  kinds: ['concatStrings'],
  cpu: 0.12,
  critical: 0.4,
  bytes: 0.5,
  explains: { sameCulprit: ['alloc-hot-loop'], always: ['gc-churn-small-heap'] },
  why: 'Strings cannot grow: every + allocates a new one and copies both sides, so a text built piece by piece is copied as many times as it has pieces, and every copy but the last is garbage.',
  remedy: [
    'write the pieces to a strings.Builder (Grow it if the size is known)',
    'or append to a []byte that is reused, with strconv.Append… for numbers',
  ],
  verify: 'runtime.concatstrings is gone from the CPU profile and allocated bytes per piece of work fall',
})
