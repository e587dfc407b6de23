// Before and after: what became of each finding.

import { functionOfClosure } from './diagnose.ts'
import type { Diagnosis, Finding } from './finding.ts'

export type Change = 'new' | 'worse' | 'same' | 'better' | 'gone'

export interface Compared {
  readonly change: Change
  readonly before?: Finding
  readonly after?: Finding
}

/** A cost that changed by less than this part of itself is the same: one run differs from the next by as much. */
const NOISE = 0.2

/** Pairs findings of one cause by their culprits, then by order; worst first. */
export function compareDiagnoses(before: Diagnosis, after: Diagnosis): Compared[] {
  const left = [...before.findings]
  const out: Compared[] = []
  for (const finding of after.findings) {
    const names = new Set(finding.culprits.map(functionOfClosure))
    const same = left.filter((f) => f.cause === finding.cause)
    const pair = same.find((f) => f.culprits.some((c) => names.has(functionOfClosure(c)))) ?? same[0]
    if (pair === undefined) {
      out.push({ change: 'new', after: finding })
      continue
    }
    left.splice(left.indexOf(pair), 1)
    const ratio = pair.cost > 0 ? finding.cost / pair.cost : 1
    const change = ratio > 1 + NOISE ? 'worse' : ratio < 1 - NOISE ? 'better' : 'same'
    out.push({ change, before: pair, after: finding })
  }
  for (const finding of left) out.push({ change: 'gone', before: finding })
  const order: readonly Change[] = ['new', 'worse', 'same', 'better', 'gone']
  return out.sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change))
}
