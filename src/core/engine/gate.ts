// Whether a change is let through: `goscope gate` in a pipeline.

import { type Change, canBeSignificant } from '../analysis/compare/compare.ts'

export interface GateLimits {
  /** Largest change for the worse that passes, as a share: 0.05. */
  readonly maxRegression: number
  readonly alpha: number
  /** Functions below this share of their group's total on both sides are noise. */
  readonly leastShare: number
}

export type Verdict = 'regression' | 'improvement' | 'same' | 'not enough data'

export interface Judged {
  readonly change: Change
  readonly verdict: Verdict
}

export interface GateResult {
  readonly judged: readonly Judged[]
  readonly failed: boolean
}

/**
 * Judges each change. A regression must be larger than the limit and more than chance; with too few sources a
 * side to tell, nothing fails: one noisy sample never stops a build.
 */
export function judge(changes: readonly Change[], limits: GateLimits): GateResult {
  const totals = new Map<string, number>()
  for (const c of changes) if (c.name === 'total') totals.set(c.group, Math.max(c.from || 0, c.to || 0))
  const judged = changes
    .filter((c) => {
      const total = c.unit === 'share' ? 1 : totals.get(c.group)
      return total === undefined || Math.max(c.from || 0, c.to || 0) >= limits.leastShare * total
    })
    .map((change) => ({ change, verdict: verdictOf(change, limits) }))
  return { judged, failed: judged.some((j) => j.verdict === 'regression') }
}

function verdictOf(c: Change, limits: GateLimits): Verdict {
  if (!canBeSignificant(c.before.length, c.after.length, limits.alpha)) return 'not enough data'
  if (c.p > limits.alpha || c.worse === 0) return 'same'
  const ratio = c.from === 0 ? Number.POSITIVE_INFINITY * Math.sign(c.change) : c.ratio
  if (ratio * c.worse > limits.maxRegression) return 'regression'
  return ratio * c.worse < -limits.maxRegression ? 'improvement' : 'same'
}
