// `goscope gate`: passes or fails a change in a pipeline.

import { compareMeasures } from '../../../core/analysis/compare/compare.ts'
import { UserError } from '../../../core/base/errors.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { absentIsZero } from '../../../core/engine/capture-measures.ts'
import { type GateResult, type Judged, judge } from '../../../core/engine/gate.ts'
import { changeLines, measureText, ratioText } from '../people/change-lines.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { writeJson } from '../people/json.ts'
import { measuresOf, needSides, splitSides } from '../people/sides.ts'
import { paint, type Style, styleFor } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'

interface GateFlags {
  readonly maxRegression?: number
  readonly alpha?: number
  readonly by?: 'flat' | 'cum' | 'stacks'
  readonly normalize?: boolean
  readonly sampleType?: string
  readonly json?: boolean
  readonly md?: boolean
  readonly junit?: boolean
  readonly color?: 'auto' | 'always' | 'never'
  readonly width?: number
}

const switchOf = (brief: string) => ({ kind: 'boolean', brief, optional: true, withNegated: false }) as const

const FLAGS = {
  maxRegression: {
    kind: 'parsed',
    parse: shareOf,
    brief: 'largest change for the worse that passes; 5% if not set',
    placeholder: 'N%',
    optional: true,
  },
  alpha: {
    kind: 'parsed',
    parse: Number,
    brief: 'level of significance; 0.05 if not set',
    placeholder: 'P',
    optional: true,
  },
  by: {
    kind: 'enum',
    values: ['flat', 'cum', 'stacks'],
    brief: 'what of profiles is compared',
    optional: true,
  },
  normalize: switchOf('shares of each profile instead of values'),
  sampleType: {
    kind: 'parsed',
    parse: String,
    brief: 'sample type of profiles',
    placeholder: 'TYPE',
    optional: true,
  },
  json: switchOf('one JSON document, goscope.gate/1'),
  md: switchOf('Markdown, for a pull request'),
  junit: switchOf('JUnit XML, for the page of the pipeline'),
  color: { kind: 'enum', values: ['auto', 'always', 'never'], brief: 'colours', optional: true },
  width: { kind: 'parsed', parse: Number, brief: 'width of lines', placeholder: 'N', optional: true },
} as const

const TAKES_VALUE = new Set(['--max-regression', '--alpha', '--by', '--sample-type', '--color', '--width'])

export const spec: CommandSpec<GateFlags> = {
  name: 'gate',
  summary: 'passes or fails a change in a pipeline',
  args: 'BASE... -- NEW...',
  flags: FLAGS,
  groups: [
    ['What', ['maxRegression', 'alpha', 'by', 'normalize', 'sampleType']],
    ['Output', ['json', 'md', 'junit', 'color', 'width']],
  ],
  examples: [
    ['goscope gate old.txt -- new.txt --max-regression 5%', 'output of go test -bench . -benchmem -count 10'],
    ['goscope gate base/*.pb.gz -- new/*.pb.gz --normalize', 'profiles of several runs a side'],
  ],
  notes: [
    'Exit status 0 if nothing got worse by more than that, 1 if something did. Only what is more than chance counts: with fewer than four sources a side nothing fails, and it says so.',
  ],
}

/** Share of the total below which a function is too small to fail a build. */
const LEAST_SHARE = 0.01

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const sides = splitSides(argv, TAKES_VALUE)
  const parsed = await parseCommand(spec, sides.flags)
  if (parsed === undefined) return 0
  const { flags } = parsed
  needSides('gate', sides)
  const o = {
    by: flags.by ?? 'flat',
    normalize: flags.normalize === true,
    sampleType: flags.sampleType ?? '',
  }
  const limits = {
    maxRegression: flags.maxRegression ?? 0.05,
    alpha: flags.alpha ?? 0.05,
    leastShare: LEAST_SHARE,
  }
  const changes = compareMeasures(
    await measuresOf(sides.before, o),
    await measuresOf(sides.after, o),
    absentIsZero,
  )
  const result = judge(changes, limits)
  if (flags.json)
    writeJson({ schema: 'goscope.gate/1', limits, failed: result.failed, judged: result.judged.map(jsonOf) })
  else if (flags.md) writeLines(markdown(result, limits.maxRegression))
  else if (flags.junit) writeLines(junit(result))
  else writeLines(textLines(styleFor(flags), result, limits))
  return result.failed ? 1 : 0
}

function shareOf(text: string): number {
  const m = /^(\d+(?:\.\d+)?)(%?)$/.exec(text)
  if (m === null) throw new UserError(`--max-regression takes a share such as 5% or 0.05, not ${text}`)
  return Number(m[1]) / (m[2] === '%' ? 100 : 1)
}

function jsonOf({ change: c, verdict }: Judged): object {
  const finite = (v: number): number | null => (Number.isFinite(v) ? v : null)
  return {
    ...c,
    group: displayable(c.group),
    name: displayable(c.name),
    from: finite(c.from),
    to: finite(c.to),
    change: finite(c.change),
    ratio: finite(c.ratio),
    verdict,
  }
}

function textLines(
  style: Style,
  r: GateResult,
  limits: { readonly maxRegression: number; readonly alpha: number },
): string[] {
  const of = (verdict: string): Judged[] => r.judged.filter((j) => j.verdict === verdict)
  const worse = of('regression')
  const unsure = of('not enough data')
  const lines = [
    r.failed
      ? paint(style, 'critical', `failed: ${worse.length} worse by more than ${limits.maxRegression * 100}%`)
      : paint(style, 'ok', `passed: nothing worse by more than ${limits.maxRegression * 100}% beyond chance`),
  ]
  if (worse.length > 0)
    lines.push(
      '',
      ...changeLines(
        style,
        worse.map((j) => j.change),
        0,
        limits.alpha,
      ),
    )
  const better = of('improvement')
  if (better.length > 0)
    lines.push(
      '',
      'better',
      ...changeLines(
        style,
        better.map((j) => j.change),
        15,
        limits.alpha,
      ),
    )
  if (unsure.length > 0) {
    const text = `${unsure.length} of ${r.judged.length} could not be judged: with fewer than four sources (or -count) a side no change can be told from chance`
    lines.push('', ...wrapLines(style, text).map((l) => paint(style, 'quiet', l)))
  }
  return lines
}

function markdown(r: GateResult, max: number): string[] {
  const cell = (text: string): string =>
    displayable(text).replace(/[\\`*_[\]<>|&]/g, (c) => (c === '<' ? '&lt;' : c === '&' ? '&amp;' : `\\${c}`))
  const rows = r.judged.filter((j) => j.verdict === 'regression' || j.verdict === 'improvement')
  return [
    `**${r.failed ? 'Failed' : 'Passed'}**: ${rows.filter((j) => j.verdict === 'regression').length} worse by more than ${max * 100} %, of ${r.judged.length} compared.`,
    '',
    ...(rows.length === 0
      ? []
      : [
          '| | name | before | after | change | p |',
          '|---|---|---:|---:|---:|---:|',
          ...rows.map(
            ({ change: c, verdict }) =>
              `| ${verdict} | ${cell(c.name)} (${cell(c.group)}) | ${measureText(c.from, c.unit)} | ${measureText(c.to, c.unit)} | ${ratioText(c)} | ${c.p.toFixed(3)} |`,
          ),
        ]),
  ]
}

function junit(r: GateResult): string[] {
  const xml = (text: string): string =>
    displayable(text)
      .replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
  const failures = r.judged.filter((j) => j.verdict === 'regression').length
  const skipped = r.judged.filter((j) => j.verdict === 'not enough data').length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="goscope gate" tests="${r.judged.length}" failures="${failures}" skipped="${skipped}">`,
    ...r.judged.map(({ change: c, verdict }) => {
      const head = `  <testcase classname="${xml(c.group)}" name="${xml(c.name)}"`
      if (verdict === 'not enough data')
        return `${head}><skipped message="too few sources to tell from chance"/></testcase>`
      if (verdict !== 'regression') return `${head}/>`
      const message = `${measureText(c.from, c.unit)} to ${measureText(c.to, c.unit)}, ${ratioText(c)}, p=${c.p.toFixed(3)}`
      return `${head}><failure message="${xml(message)}"/></testcase>`
    }),
    '</testsuite>',
  ]
}
