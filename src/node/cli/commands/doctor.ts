// `goscope doctor`: what is wrong, with evidence, and what to do.

import { UserError } from '../../../core/base/errors.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { Capture } from '../../../core/doctor/capture.ts'
import { compareDiagnoses } from '../../../core/doctor/compare.ts'
import { diagnose } from '../../../core/doctor/diagnose.ts'
import { type Diagnosis, SEVERITIES, type Severity } from '../../../core/doctor/finding.ts'
import { RULES } from '../../../core/doctor/index.ts'
import { readCapture } from '../../capture/read-capture.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { comparedLines, diagnosisLines } from '../people/doctor-lines.ts'
import { flag, texts } from '../people/flag-kinds.ts'
import { type OutputFlags, outputFlags } from '../people/flags.ts'
import { packageVersion } from '../people/package-version.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

interface DoctorFlags extends OutputFlags {
  readonly md?: boolean
  readonly sarif?: boolean
  readonly verbose?: boolean
  readonly failOn?: Severity
  readonly before?: readonly string[]
  readonly after?: readonly string[]
}

const FLAGS = {
  ...outputFlags,
  json: flag('one JSON document, goscope.doctor/1'),
  md: flag('Markdown, for a ticket'),
  sarif: flag('SARIF 2.1.0, for editors and code review'),
  verbose: flag('the whole reasoning, and what was clear'),
  failOn: {
    kind: 'enum',
    values: SEVERITIES,
    brief: 'exit status 1 if something is as bad as this',
    optional: true,
  },
  before: texts('sources of before a change; may be given several times', 'SRC'),
  after: texts('sources of after it', 'SRC'),
} as const

export const spec: CommandSpec<DoctorFlags> = {
  name: 'doctor',
  summary: 'what is wrong, with evidence, and what to do',
  args: 'SRC...',
  flags: FLAGS,
  aliases: { v: 'verbose' },
  groups: [
    ['What', ['before', 'after', 'failOn']],
    ['Output', ['verbose', 'json', 'md', 'sarif', 'color', 'width']],
  ],
  examples: [
    ['goscope doctor capture/', 'everything that was captured of a program'],
    ['goscope doctor cpu.pb.gz goroutines.txt gctrace.log', 'whatever there is, each by its content'],
    ['goscope doctor --before monday/ --after today/', 'what is new, worse, better, gone'],
    ['goscope doctor --fail-on warning capture/', 'in a pipeline'],
  ],
  notes: [
    'Severities: critical (most of what is scarce is lost to it), warning (worth a change), info (good to know; a healthy program may have some).',
  ],
}

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const after = [...(flags.after ?? []), ...args]
  if (after.length === 0)
    throw new UserError('which sources? files, capture folders, or addresses; --help has examples')
  const diagnosis = await diagnosisOf(after)
  if (flags.before !== undefined) {
    const before = await diagnosisOf(flags.before)
    const compared = compareDiagnoses(before, diagnosis)
    if (flags.json) writeJson({ schema: 'goscope.doctor-compare/1', compared, before, after: diagnosis })
    else writeLines(comparedLines(styleFor(flags), compared))
  } else await write(diagnosis, flags)
  const level = flags.failOn === undefined ? -1 : SEVERITIES.indexOf(flags.failOn)
  return diagnosis.findings.some((f) => SEVERITIES.indexOf(f.severity) <= level) ? 1 : 0
}

async function diagnosisOf(sources: readonly string[]): Promise<Diagnosis> {
  const parts = await readCapture(sources)
  // To say of what could not be read that nothing is wrong with it would be a lie.
  const [first] = parts.sources
  if (first !== undefined && parts.sources.every((s) => s.kind === 'unknown' || s.kind === 'empty'))
    throw new UserError(`${first.name}: ${first.problems[0]?.message ?? 'the file is empty'}`)
  return diagnose(new Capture(parts), RULES)
}

async function write(d: Diagnosis, flags: Partial<DoctorFlags>): Promise<void> {
  if (flags.json) writeJson({ schema: 'goscope.doctor/1', ...d })
  else if (flags.sarif) {
    const { sarifOf } = await import('../../../core/doctor/sarif.ts')
    writeJson(sarifOf(d, RULES, await packageVersion()))
  } else if (flags.md) {
    const { printMarkdown } = await import('../../../core/doctor/markdown.ts')
    writeLines([displayable(printMarkdown(d))])
  } else writeLines(diagnosisLines(styleFor(flags), d, flags.verbose === true))
}

/** Names come from strangers' files: no halves of characters in JSON. */
function writeJson(doc: object): void {
  writeLines([JSON.stringify(doc, (_, v) => (typeof v === 'string' ? displayable(v) : v), 2)])
}
