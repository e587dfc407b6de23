import { hotKindRule } from './hot-kind.ts'

export const reflectFormatHeavy = hotKindRule({
  id: 'reflect-format-heavy',
  title: 'Time goes into fmt and reflection',
  docs: 'fmt, encoding/json and their like look at each value through reflection and box arguments in interfaces. That is fine at the edges of a program, and dear in its inner loops.',
  reference: 'https://pkg.go.dev/strconv',
  what: 'formats and encodes through reflection',
  kinds: ['format', 'encode', 'reflect'],
  // What an encoder writes to costs what it costs: compression, encryption, the system.
  without: ['compress', 'crypto', 'systemCall'],
  cpu: 0.35,
  critical: 0.7,
  explains: { sameCulprit: ['alloc-hot-loop', 'missing-prealloc'], always: ['gc-churn-small-heap'] },
  why: 'Formatting through interfaces allocates for arguments and finds out the type of each value again on every call; encoding maps and interface values sorts keys and boxes each value besides.',
  remedy: [
    'append numbers with strconv.AppendInt and AppendFloat to a buffer that is reused',
    'give documents struct types instead of map[string]any, and encode to a reused bytes.Buffer',
    'keep fmt for messages that people read',
  ],
  verify:
    'the share of fmt., reflect. and encoding/ in the CPU profile falls; goscope diff shows by how much',
})
