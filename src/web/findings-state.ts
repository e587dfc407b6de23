// What the doctor found, for the tabs: how many findings have their evidence in a view.

import { computed, effect, signal } from '@preact/signals'
import { SEVERITIES, type Severity } from '../core/doctor/finding.ts'
import type { FindingsAnswer } from '../core/engine/workbench/questions/findings.ts'
import { address, go, param } from './address.ts'
import { ask, generation, loading } from './session.ts'
import { files } from './state.ts'
import { evidenceLink } from './views/evidence-link.ts'

/** The diagnosis, once there is one. */
export const diagnosis = signal<FindingsAnswer | undefined>(undefined)

/** Captures up to this size (bytes, unpacked) are diagnosed unasked, so that tabs can tell where to look. */
const SMALL = 48 * 2 ** 20
/** What the reader looks at comes first, ms. */
const PATIENCE = 1500

effect(() => {
  const list = files.value ?? []
  const of = generation.value
  if (loading.value !== undefined || list.length < 2 || address.value.view === 'findings') return
  if (list.reduce((sum, f) => sum + f.bytes, 0) > SMALL) return
  const timer = setTimeout(() => {
    ask('findings', {}, { bench: 'doctor' }).then(
      (d) => {
        if (generation.peek() === of) diagnosis.value = d
      },
      // The view of findings says what is wrong.
      () => undefined,
    )
  }, PATIENCE)
  return () => clearTimeout(timer)
})

/** What tells findings apart, in addresses: the cause, and which of several. */
export function findingKeys(d: FindingsAnswer): readonly string[] {
  const seen = new Map<string, number>()
  return d.findings.map(({ cause }) => {
    const n = (seen.get(cause) ?? 0) + 1
    seen.set(cause, n)
    return n === 1 ? cause : `${cause}.${n}`
  })
}

/** Findings that the reader does not count as problems, by their keys. */
export const hiddenFindings = computed<ReadonlySet<string>>(
  () => new Set(param('findings.hide').split(',').filter(Boolean)),
)

/** Hides a finding, or shows it again. */
export function hideFinding(key: string, hide: boolean): void {
  const hidden = new Set(hiddenFindings.value)
  if (hide) hidden.add(key)
  else hidden.delete(key)
  go({ set: { 'findings.hide': hidden.size === 0 ? undefined : [...hidden].join(',') } })
}

export interface FindingCount {
  readonly count: number
  /** The worst of them. */
  readonly severity: Severity
}

/** By id of a view: the findings with evidence there; of `findings` itself: all. Empty until they were looked at. */
export const findingCounts = computed<ReadonlyMap<string, FindingCount>>(() => {
  const out = new Map<string, FindingCount>()
  const d = diagnosis.value
  if (d === undefined) return out
  const keys = findingKeys(d)
  d.findings.forEach((f, i) => {
    if (hiddenFindings.value.has(keys[i]!)) return
    const views = f.evidence.flatMap((e) =>
      e.view === undefined ? [] : (evidenceLink(e.view, files.value ?? [])?.view ?? []),
    )
    for (const view of new Set(['findings', ...views])) {
      const known = out.get(view)
      const severity =
        known !== undefined && SEVERITIES.indexOf(known.severity) < SEVERITIES.indexOf(f.severity)
          ? known.severity
          : f.severity
      out.set(view, { count: (known?.count ?? 0) + 1, severity })
    }
  })
  return out
})
