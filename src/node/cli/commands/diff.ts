// `goscope diff`: what changed between two sides, whatever they are.

import type { FlagParametersForType } from '@stricli/core'
import { canBeSignificant, compareMeasures } from '../../../core/analysis/compare/compare.ts'
import { absentIsZero } from '../../../core/engine/capture-measures.ts'
import { changeLines } from '../people/change-lines.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { quietLines } from '../people/fact-lines.ts'
import { flag, number } from '../people/flag-kinds.ts'
import { type OutputFlags, outputFlags } from '../people/flags.ts'
import { jsonText, writeJson } from '../people/json.ts'
import {
  ALPHA,
  changeJson,
  measuresOf,
  needSides,
  type SideFlags,
  sideFlags,
  splitSides,
} from '../people/sides.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

interface DiffFlags extends OutputFlags, SideFlags {
  readonly limit?: number
}

const flags: FlagParametersForType<DiffFlags> = {
  ...sideFlags,
  ...outputFlags,
  json: flag('one JSON document, goscope.diff/1'),
  limit: number('rows of a table, 0 for all; 15 if not set'),
}

export const spec: CommandSpec<DiffFlags> = {
  name: 'diff',
  summary: 'what changed, between any two sides',
  args: 'BEFORE... -- AFTER...',
  flags,
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
  const sides = splitSides(argv, spec)
  const parsed = await parseCommand(spec, sides.flags)
  if (parsed === undefined) return 0
  const { flags: given } = parsed
  needSides('diff', sides)
  const alpha = given.alpha ?? ALPHA
  const { before, after } = await measuresOf(sides, given)
  const changes = compareMeasures(before, after, absentIsZero)
  if (given.json) {
    writeJson({
      schema: 'goscope.diff/1',
      before: sides.before.map(jsonText),
      after: sides.after.map(jsonText),
      alpha,
      changes: changes.map((c) => ({
        ...changeJson(c),
        significant: c.before.length > 1 && c.after.length > 1 && c.p <= alpha,
      })),
    })
    return 0
  }
  const style = styleFor(given)
  const lines = changeLines(style, changes, given.limit ?? LIMIT, alpha)
  if (!canBeSignificant(before.length, after.length, alpha)) {
    const few = `${before.length} and ${after.length} sources: too few to tell a change from chance at p=${alpha}; 4 a side are enough`
    lines.push('', ...quietLines(style, few))
  }
  writeLines(lines)
  return 0
}
