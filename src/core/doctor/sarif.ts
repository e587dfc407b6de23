import { displayable } from '../base/utf8.ts'
import type { Diagnosis, Finding, Severity } from './finding.ts'
import type { Rule } from './rule.ts'

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  warning: 'warning',
  info: 'note',
}

/**
 * The diagnosis as SARIF 2.1.0 (OASIS), which editors and code review show at file and line. Paths that
 * are not absolute are left relative to the repository, as -trimpath and modules have them.
 */
export function sarifOf(d: Diagnosis, rules: readonly Rule[], version: string): object {
  const used = [...new Set(d.findings.map((f) => f.cause))]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'goscope doctor',
            version,
            rules: used.map((id) => {
              const rule = rules.find((r) => r.id === id)
              return {
                id,
                shortDescription: { text: rule?.title ?? id },
                ...(rule && { fullDescription: { text: rule.docs } }),
                ...(rule?.reference !== undefined && { helpUri: rule.reference }),
              }
            }),
          },
        },
        results: d.findings.map((f) => resultOf(f, used.indexOf(f.cause))),
      },
    ],
  }
}

function resultOf(f: Finding, ruleIndex: number): object {
  const text = [
    f.title,
    f.why,
    ...f.evidence.map((e) => `${e.source}: ${e.text}`),
    ...f.remedy.map((r) => `Do: ${r}`),
    `Check: ${f.verify}`,
  ].join('\n')
  return {
    ruleId: f.cause,
    ruleIndex,
    level: LEVELS[f.severity],
    rank: Math.round(f.confidence * 1000) / 10,
    message: { text: displayable(text) },
    locations: [
      {
        ...(f.place && {
          physicalLocation: {
            artifactLocation: { uri: uriOf(f.place.file) },
            region: { startLine: f.place.line },
          },
        }),
        logicalLocations: f.culprits.map((name) => ({
          fullyQualifiedName: displayable(name),
          kind: 'function',
        })),
      },
    ],
  }
}

function uriOf(file: string): string {
  const path = displayable(file).replaceAll('\\', '/')
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  if (path.startsWith('/')) return `file://${encoded}`
  return /^[A-Za-z]:\//.test(path)
    ? `file:///${path.slice(0, 2)}${encoded.slice(encoded.indexOf('/'))}`
    : encoded
}
