// `goscope gate`: passes or fails a change in a pipeline.

import type { FlagParametersForType } from '@stricli/core'
import { compareMeasures } from '../../../core/analysis/compare/compare.ts'
import { UserError } from '../../../core/base/errors.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { absentIsZero } from '../../../core/engine/capture-measures.ts'
import { type GateResult, type Judged, judge } from '../../../core/engine/gate.ts'
import { changeLines, measureText, ratioText } from '../people/change-lines.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { quietLines } from '../people/fact-lines.ts'
import { flag } from '../people/flag-kinds.ts'
import { type OutputFlags, outputFlags } from '../people/flags.ts'
import { writeJson } from '../people/json.ts'
import {
  ALPHA,
  changeJson,
  measuresOf,
  needSides,
  type SideFlags,
  sideFlags,
  splitSides,
} from '../people/sides.ts'
import { paint, type Style, styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

interface GateFlags extends OutputFlags, SideFlags {
  readonly maxRegression?: number
  readonly md?: boolean
  readonly junit?: boolean
}

const flags: FlagParametersForType<GateFlags> = {
  ...sideFlags,
  ...outputFlags,
  maxRegression: {
    kind: 'parsed',
    parse: shareOf,
    brief: 'largest change for the worse that passes; 5% if not set',
    placeholder: 'N%',
    optional: true,
  },
  json: flag('one JSON document, goscope.gate/1'),
  md: flag('Markdown, for a pull request'),
  junit: flag('JUnit XML, for the page of the pipeline'),
}

export const spec: CommandSpec<GateFlags> = {
  name: 'gate',
  summary: 'passes or fails a change in a pipeline',
  args: 'BASE... -- NEW...',
  flags,
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
  const sides = splitSides(argv, spec)
  const parsed = await parseCommand(spec, sides.flags)
  if (parsed === undefined) return 0
  const { flags: given } = parsed
  needSides('gate', sides)
  const limits = {
    maxRegression: given.maxRegression ?? 0.05,
    alpha: given.alpha ?? ALPHA,
    leastShare: LEAST_SHARE,
  }
  const { before, after } = await measuresOf(sides, given)
  const result = judge(compareMeasures(before, after, absentIsZero), limits)
  if (given.json) {
    const judged = result.judged.map(({ change, verdict }) => ({ ...changeJson(change), verdict }))
    writeJson({ schema: 'goscope.gate/1', limits, failed: result.failed, judged })
  } else if (given.md) writeLines(markdown(result, limits.maxRegression))
  else if (given.junit) writeLines(junit(result))
  else writeLines(textLines(styleFor(given), result, limits))
  return result.failed ? 1 : 0
}

function shareOf(text: string): number {
  const m = /^(\d+(?:\.\d+)?)(%?)$/.exec(text)
  if (m === null) throw new UserError(`--max-regression takes a share such as 5% or 0.05, not ${text}`)
  return Number(m[1]) / (m[2] === '%' ? 100 : 1)
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
  const table = (judged: readonly Judged[], rows: number): string[] =>
    changeLines(
      style,
      judged.map((j) => j.change),
      rows,
      limits.alpha,
    )
  if (worse.length > 0) lines.push('', ...table(worse, 0))
  const better = of('improvement')
  if (better.length > 0) lines.push('', 'better', ...table(better, 15))
  if (unsure.length > 0) {
    const few = `${unsure.length} of ${r.judged.length} could not be judged: with fewer than four sources (or -count) a side no change can be told from chance`
    lines.push('', ...quietLines(style, few))
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
