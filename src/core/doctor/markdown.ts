import type { Diagnosis, Finding } from './finding.ts'

/** The diagnosis as Markdown, for tickets and pull requests. Names of functions come from strangers: all is escaped. */
export function printMarkdown(d: Diagnosis): string {
  const lines = [`# Diagnosis`, '', summary(d), '']
  for (const f of d.findings) lines.push(...findingLines(f), '')
  const undecided = d.checked.filter((c) => c.result === 'not enough data')
  if (undecided.length > 0) {
    lines.push('## Not judged', '')
    for (const c of undecided)
      lines.push(`- ${code(c.rule)}: needs ${c.needs.map((n) => n.replaceAll('|', ' or ')).join(' and ')}`)
    lines.push('')
  }
  return lines.join('\n')
}

function summary(d: Diagnosis): string {
  const clear = d.checked.filter((c) => c.result === 'clear').length
  const sources = d.sources.map((s) => code(s.name)).join(', ')
  return `${d.findings.length} found, ${clear} clear, from ${sources}.`
}

function findingLines(f: Finding): string[] {
  return [
    `## ${f.severity}: ${plain(f.title)}`,
    '',
    `Cause ${code(f.cause)}, confidence ${f.confidence.toFixed(2)}.`,
    ...(f.culprits.length > 0
      ? [
          `Look at ${f.culprits.map(code).join(', ')}${f.place ? ` (${code(`${f.place.file}:${f.place.line}`)})` : ''}.`,
        ]
      : []),
    '',
    ...f.evidence.map(
      (e) => `- ${code(e.source)}: ${plain(e.text)}${e.view === undefined ? '' : ` (${code(e.view)})`}`,
    ),
    '',
    plain(f.why),
    '',
    ...f.remedy.map((r, i) => `${i + 1}. ${plain(r)}`),
    '',
    `Check: ${plain(f.verify)}`,
  ]
}

/** Text that Markdown and HTML take as text. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|&]/g, (c) =>
    c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`,
  )
}

/** Text as code: fenced by more backticks than it holds. */
function code(text: string): string {
  const flat = text.replace(/[\r\n]/g, ' ')
  const fence = '`'.repeat(1 + Math.max(0, ...[...flat.matchAll(/`+/g)].map((m) => m[0].length)))
  return flat.includes('`') ? `${fence} ${flat} ${fence}` : `${fence}${flat}${fence}`
}
