// `goscope diff`: what changed between two sides, whatever they are.

import { canBeSignificant, compareMeasures } from '../../../core/analysis/compare/compare.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { absentIsZero } from '../../../core/engine/capture-measures.ts'
import { changeLines } from '../people/change-lines.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { writeJson } from '../people/json.ts'
import { measuresOf, needSides, splitSides } from '../people/sides.ts'
import { paint, styleFor } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'

interface DiffFlags {
  readonly by?: 'flat' | 'cum' | 'stacks'
  readonly normalize?: boolean
  readonly sampleType?: string
  readonly alpha?: number
  readonly limit?: number
  readonly json?: boolean
  readonly color?: 'auto' | 'always' | 'never'
  readonly width?: number
}

const BY = ['flat', 'cum', 'stacks'] as const

const FLAGS = {
  by: { kind: 'enum', values: BY, brief: 'what of profiles is compared', optional: true },
  normalize: {
    kind: 'boolean',
    brief: 'shares of each profile instead of values',
    optional: true,
    withNegated: false,
  },
  sampleType: {
    kind: 'parsed',
    parse: String,
    brief: 'sample type of profiles',
    placeholder: 'TYPE',
    optional: true,
  },
  alpha: {
    kind: 'parsed',
    parse: Number,
    brief: 'level of significance; 0.05 if not set',
    placeholder: 'P',
    optional: true,
  },
  limit: {
    kind: 'parsed',
    parse: Number,
    brief: 'rows of a table, 0 for all; 15 if not set',
    placeholder: 'N',
    optional: true,
  },
  json: { kind: 'boolean', brief: 'one JSON document, goscope.diff/1', optional: true, withNegated: false },
  color: { kind: 'enum', values: ['auto', 'always', 'never'], brief: 'colours', optional: true },
  width: { kind: 'parsed', parse: Number, brief: 'width of lines', placeholder: 'N', optional: true },
} as const

const TAKES_VALUE = new Set(['--by', '--sample-type', '--alpha', '--limit', '-n', '--color', '--width'])

export const spec: CommandSpec<DiffFlags> = {
  name: 'diff',
  summary: 'what changed, between any two sides',
  args: 'BEFORE... -- AFTER...',
  flags: FLAGS,
  aliases: { n: 'limit' },
  groups: [
    ['What', ['by', 'normalize', 'sampleType', 'alpha']],
    ['Output', ['limit', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope diff before.pb.gz after.pb.gz', 'two profiles'],
    ['goscope diff old/*.pb.gz -- new/*.pb.gz', 'several a side: then it says what is more than chance'],
    ['goscope diff monday/ -- today/', 'whole captures'],
    ['goscope diff old.txt -- new.txt', 'output of go test -bench -count 10'],
  ],
  notes: [
    'Several sources a side are compared by the Mann-Whitney test: p is the probability that chance alone makes as large a difference. Four a side are the least that can reach 0.05.',
  ],
}

const LIMIT = 15

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const sides = splitSides(argv, TAKES_VALUE)
  const parsed = await parseCommand(spec, sides.flags)
  if (parsed === undefined) return 0
  const { flags } = parsed
  needSides('diff', sides)
  const o = {
    by: flags.by ?? 'flat',
    normalize: flags.normalize === true,
    sampleType: flags.sampleType ?? '',
  }
  const alpha = flags.alpha ?? 0.05
  const before = await measuresOf(sides.before, o)
  const after = await measuresOf(sides.after, o)
  const changes = compareMeasures(before, after, absentIsZero)
  if (flags.json) {
    const finite = (v: number): number | null => (Number.isFinite(v) ? v : null)
    writeJson({
      schema: 'goscope.diff/1',
      before: sides.before.map(displayable),
      after: sides.after.map(displayable),
      alpha,
      changes: changes.map((c) => ({
        ...c,
        group: displayable(c.group),
        name: displayable(c.name),
        from: finite(c.from),
        to: finite(c.to),
        change: finite(c.change),
        ratio: finite(c.ratio),
        significant: c.before.length > 1 && c.after.length > 1 && c.p <= alpha,
      })),
    })
    return 0
  }
  const style = styleFor(flags)
  const lines = changeLines(style, changes, flags.limit ?? LIMIT, alpha)
  if (!canBeSignificant(before.length, after.length, alpha)) {
    const text = `${before.length} and ${after.length} sources: too few to tell a change from chance at p=${alpha}; 4 a side are enough`
    lines.push('', ...wrapLines(style, text).map((l) => paint(style, 'quiet', l)))
  }
  writeLines(lines)
  return 0
}
