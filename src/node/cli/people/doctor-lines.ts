// A diagnosis for people, after look.md: the claim with its number, what to do, how to check it.

import { padEnd } from '../../../core/base/people-fmt.ts'
import type { Compared } from '../../../core/doctor/compare.ts'
import type { Diagnosis, Evidence, Finding, Severity } from '../../../core/doctor/finding.ts'
import { bar, own, paint, type Style, safeName } from './style.ts'
import { wrapLines } from './table.ts'

const MARKS: Readonly<Record<Severity, readonly [string, string]>> = {
  critical: ['✖', '[!!]'],
  warning: ['▲', '[!]'],
  info: ['●', '[i]'],
}

/** Lines of evidence per finding unless all are asked for. */
const EVIDENCE = 3

/** All of a diagnosis. `verbose` adds why, every piece of evidence and what each rule found. */
export function diagnosisLines(style: Style, d: Diagnosis, verbose: boolean): string[] {
  const lines: string[] = []
  for (const f of d.findings) lines.push(...findingLines(style, f, verbose), '')
  if (d.findings.length === 0)
    lines.push(paint(style, 'ok', own(style, `${style.unicode ? '✔' : '[ok]'} nothing wrong was found`)), '')
  lines.push(...summaryLines(style, d, verbose))
  return lines
}

function findingLines(style: Style, f: Finding, verbose: boolean): string[] {
  const mark = MARKS[f.severity][style.unicode ? 0 : 1]!
  const label = padEnd(`${mark} ${f.severity}`, style.unicode ? 11 : 14)
  const indent = ' '.repeat(label.length + 1)
  const lines = wrapLines(style, `${label} ${safeName(f.title)}`, indent)
  lines[0] = lines[0]!.replace(label, () => paint(style, f.severity, label))
  const at = f.place === undefined ? '' : `, ${safeName(f.place.file)}:${f.place.line}`
  const who = f.culprits.length === 0 ? '' : `in ${f.culprits.map(safeName).join(', ')}${at}`
  lines.push(...quiet(style, `${indent}${[f.cause, who].filter((t) => t !== '').join('  ')}`, indent))
  const evidence = verbose ? f.evidence : f.evidence.slice(0, EVIDENCE)
  for (const e of evidence) lines.push(...evidenceLines(style, e, f.severity, indent, verbose))
  if (verbose) lines.push(...wrapLines(style, `${padEnd('  why', indent.length)}${safeName(f.why)}`, indent))
  const remedy = verbose ? f.remedy : f.remedy.slice(0, 1)
  for (const r of remedy)
    lines.push(...wrapLines(style, `${padEnd('  do', indent.length)}${safeName(r)}`, indent))
  lines.push(...wrapLines(style, `${padEnd('  check', indent.length)}${safeName(f.verify)}`, indent))
  if (verbose)
    lines.push(
      ...quiet(style, `${padEnd('  sure', indent.length)}${Math.round(f.confidence * 100)} %`, indent),
    )
  return lines
}

function evidenceLines(
  style: Style,
  e: Evidence,
  severity: Severity,
  indent: string,
  verbose: boolean,
): string[] {
  const width = style.bars && style.width >= 100 ? 24 : 0
  const drawn =
    width > 0 && e.unit === 'share' && e.value !== undefined
      ? `${padEnd(bar(style, e.value, width), width)} `
      : ''
  const lines = wrapLines(style, `${indent}${drawn}${safeName(e.text)}  ${safeName(e.source)}`, indent)
  if (drawn !== '') lines[0] = lines[0]!.replace(drawn, () => paint(style, severity, drawn))
  if (verbose && e.view !== undefined) lines.push(...quiet(style, `${indent}${safeName(e.view)}`, indent))
  return lines
}

function summaryLines(style: Style, d: Diagnosis, verbose: boolean): string[] {
  const clear = d.checked.filter((c) => c.result === 'clear')
  const open = d.checked.filter((c) => c.result === 'not enough data')
  const explained = d.checked.filter((c) => c.result === 'explained')
  const parts = [`${d.findings.length} found`, `${clear.length} clear`]
  if (explained.length > 0) parts.push(`${explained.length} explained by others`)
  if (open.length > 0) parts.push(`${open.length} without enough data`)
  const lines = wrapLines(style, parts.join(', '))
  if (verbose) {
    for (const c of explained) lines.push(...quiet(style, `  ${c.rule}: explained by ${c.by}`))
    for (const c of open)
      lines.push(
        ...quiet(
          style,
          `  ${c.rule}: needs ${c.needs.map((n) => n.replaceAll('|', ' or ')).join(' and ')}`,
          '    ',
        ),
      )
    if (clear.length > 0)
      lines.push(...quiet(style, `  clear: ${clear.map((c) => c.rule).join(', ')}`, '    '))
  } else if (open.length > 0) {
    // What is there already held too little.
    const has = (kind: string): boolean =>
      d.sources.some((s) => s.kind === kind || s.kind.startsWith(`${kind}/`))
    const needs = new Set(
      open.flatMap((c) => c.needs.filter((n) => !n.split('|').some(has)).map((n) => n.split('|')[0]!)),
    )
    const capture = needs.size > 0 ? `a capture with ${[...needs].join(', ')}` : 'a longer capture'
    lines.push(...quiet(style, `  ${capture} would settle those; -v for all`, '    '))
  }
  for (const s of d.sources)
    for (const p of s.problems)
      lines.push(
        ...wrapLines(style, paint(style, 'warning', `  ${safeName(s.name)}: ${safeName(p)}`), '    '),
      )
  return lines
}

/** What became of each finding. */
export function comparedLines(style: Style, compared: readonly Compared[]): string[] {
  const tones = { new: 'critical', worse: 'critical', same: 'quiet', better: 'ok', gone: 'ok' } as const
  const lines = compared.flatMap((c) => {
    const f = c.after ?? c.before!
    const was =
      c.before !== undefined && c.after !== undefined ? ` (before: ${safeName(c.before.title)})` : ''
    const wrapped = wrapLines(
      style,
      `${padEnd(c.change, 7)}${f.severity}  ${f.cause}: ${safeName(f.title)}${was}`,
      ' '.repeat(7),
    )
    wrapped[0] = wrapped[0]!.replace(c.change, () => paint(style, tones[c.change], c.change))
    return wrapped
  })
  return lines.length > 0 ? lines : ['nothing was found before or after']
}

function quiet(style: Style, text: string, indent = ''): string[] {
  return wrapLines(style, text, indent).map((l) => paint(style, 'quiet', l))
}
