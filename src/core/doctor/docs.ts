import type { Rule } from './rule.ts'

/** docs/doctor.md: every rule, what it looks for, from what, and its thresholds. */
export function printDoctorDocs(rules: readonly Rule[]): string {
  const lines = [
    '# The doctor’s rules',
    '',
    'Made from the rules by `UPDATE=1 npx vitest run src/core/doctor/docs.test.ts`; do not edit by hand. The ids are those of `cause` in `goscope doctor --json`.',
    '',
    '| cause | what it means |',
    '|---|---|',
    ...rules.map((r) => `| [${r.id}](#${r.id}) | ${r.title} |`),
  ]
  for (const r of rules) lines.push('', ...ruleLines(r))
  return `${lines.join('\n')}\n`
}

function ruleLines(r: Rule): string[] {
  const explained = [...(r.explains?.always ?? []), ...(r.explains?.sameCulprit ?? [])]
  return [
    `## ${r.id}`,
    '',
    `**${r.title}.** ${r.docs}`,
    '',
    `Needs: ${r.needs.map((n) => n.replaceAll('|', ' or ')).join('; and ')}.`,
    ...(explained.length > 0 ? [`Explains, as its symptoms: ${explained.join(', ')}.`] : []),
    ...(r.reference !== undefined ? [`More: ${r.reference}`] : []),
    '',
    '| threshold | value | meaning |',
    '|---|---|---|',
    ...Object.entries(r.thresholds).map(([name, t]) => `| ${name} | ${t.value} | ${t.meaning} |`),
  ]
}
