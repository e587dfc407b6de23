// Runs the rules and makes of their findings what a reader wants: one defect is one finding, the most costly first.

import type { Capture } from './capture.ts'
import { type Checked, type Diagnosis, type Finding, SEVERITIES } from './finding.ts'
import type { Rule } from './rule.ts'

/** Runs `rules` over the capture. Throws nothing but what a defect throws. */
export function diagnose(capture: Capture, rules: readonly Rule[]): Diagnosis {
  const checked: Checked[] = []
  const found: { readonly rule: Rule; readonly finding: Finding }[] = []
  for (const rule of rules) {
    const missing = rule.needs.filter((kinds) => !capture.has(kinds))
    const findings = missing.length > 0 ? undefined : rule.check(capture)
    if (findings === undefined)
      checked.push({
        rule: rule.id,
        result: 'not enough data',
        needs: missing.length > 0 ? missing : rule.needs,
      })
    else {
      checked.push({ rule: rule.id, result: findings.length > 0 ? 'found' : 'clear', needs: [] })
      for (const finding of findings) found.push({ rule, finding })
    }
  }
  const kept: Finding[] = []
  for (const { rule, finding } of found) {
    const by = found.find(
      (other) => other.finding !== finding && explains(other.rule, other.finding, finding),
    )
    if (by === undefined) kept.push(finding)
    else {
      const at = checked.findIndex((c) => c.rule === rule.id)
      checked[at] = { rule: rule.id, result: 'explained', needs: [], by: by.finding.cause }
    }
  }
  for (const f of kept) {
    const at = checked.findIndex((c) => c.rule === f.cause && c.result === 'explained')
    if (at >= 0) checked[at] = { rule: f.cause, result: 'found', needs: [] }
  }
  kept.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      b.cost - a.cost ||
      b.confidence - a.confidence ||
      (a.cause < b.cause ? -1 : 1),
  )
  const sources = capture.parts.sources.map((s) => ({
    name: s.name,
    kind: s.kind,
    problems: s.problems.map((p) => p.message),
  }))
  return { sources, findings: kept, checked }
}

/** Whether `symptom` is only a consequence of `cause`. */
function explains(rule: Rule, cause: Finding, symptom: Finding): boolean {
  if (cause.severity === 'info' || symptom.root || rule.explains === undefined) return false
  if (rule.explains.always?.includes(symptom.cause)) return true
  if (!rule.explains.sameCulprit?.includes(symptom.cause)) return false
  const names = new Set(cause.culprits.map(functionOfClosure))
  return symptom.culprits.length === 0 || symptom.culprits.some((c) => names.has(functionOfClosure(c)))
}

/** A closure counts as the function that it stands in, type arguments do not count: `main.run[...].func1` is `main.run`. */
export function functionOfClosure(name: string): string {
  return name.replace(/\[.*\]/, '').replace(/(\.func\d+|\.gowrap\d+|\.deferwrap\d+|-range\d+|\.\d+)+$/, '')
}
