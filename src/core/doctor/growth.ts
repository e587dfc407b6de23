// What grows from one profile to the next: the shape of every leak.

import { StackFacts } from '../analysis/stack-facts.ts'
import type { Capture } from './capture.ts'
import type { CapturedProfile, ProfileKind } from './capture-parts.ts'

/** Weights of one function of the user's code over a series of profiles. */
export interface Growth {
  readonly name: string
  /** One per profile, oldest first. */
  readonly weights: readonly number[]
  /** Last less first. */
  readonly gained: number
  /** Share of the newest profile. */
  readonly share: number
}

export interface Series {
  readonly profiles: readonly CapturedProfile[]
  readonly facts: readonly StackFacts[]
  /** By what the functions gained, most first; only functions that grew. */
  readonly grown: readonly Growth[]
  /** Totals of the profiles. */
  readonly totals: readonly number[]
  /** Seconds from the first profile to the last; 0 if unknown. */
  readonly seconds: number
}

/**
 * The growth of a sample type over all profiles of a kind, by the nearest user function of each stack.
 * undefined with fewer than `least` profiles of it.
 */
export function seriesOf(
  capture: Capture,
  kind: ProfileKind,
  type: string | undefined,
  least = 3,
): Series | undefined {
  const profiles = capture.series(kind)
  if (profiles.length < least) return undefined
  const facts = profiles.map(({ profile }) => {
    const at =
      type === undefined
        ? profile.sampleTypes.length - 1
        : profile.sampleTypes.findIndex((t) => t.type === type)
    return new StackFacts(profile, Math.max(0, at))
  })
  const weights = new Map<string, number[]>()
  facts.forEach((f, k) => {
    for (const c of f.all().culprits) {
      let w = weights.get(c.name)
      if (w === undefined) {
        w = facts.map(() => 0)
        weights.set(c.name, w)
      }
      w[k] = c.weight
    }
  })
  const last = facts[facts.length - 1]
  const grown = [...weights]
    .map(([name, w]) => ({
      name,
      weights: w,
      gained: w[w.length - 1] - w[0],
      share: last.share(w[w.length - 1]),
    }))
    .filter((g) => g.gained > 0)
    .sort((a, b) => b.gained - a.gained || (a.name < b.name ? -1 : 1))
  const seconds =
    (Number(profiles[profiles.length - 1].profile.timeNanos) - Number(profiles[0].profile.timeNanos)) / 1e9
  return { profiles, facts, grown, totals: facts.map((f) => f.total), seconds: Math.max(0, seconds) }
}

/** Times at which the profiles of a series were taken, seconds since the first; their numbers where they have no times. */
export function timesOf(profiles: readonly CapturedProfile[]): number[] {
  const at = profiles.map((p) => Number(p.profile.timeNanos) / 1e9)
  return at.every((t, k) => t > 0 && (k === 0 || t > at[k - 1]))
    ? at.map((t) => t - at[0])
    : at.map((_, k) => k)
}

/** What counts as growth that goes on. */
export interface GrowthLimits {
  /** Steps down that are noise, as a share of what was gained in all. */
  readonly slack?: number
  /** Least rate of the last step, as a share of the mean rate; 0 where the last profile may show an earlier state. */
  readonly last?: number
}

/** Least share of the growth that must come in the second half of the time: a leak has half of it there. */
const LATE = 0.3
/** Largest share of the growth in a single step: one jump that then stays is a cache that was filled. */
const JUMP = 0.85

/** Whether a series keeps growing, and is not about to level out. `times` are as of timesOf. */
export function keepsGrowing(
  weights: readonly number[],
  times: readonly number[],
  limits: GrowthLimits = {},
): boolean {
  const { slack = 0.1, last = 0 } = limits
  const n = weights.length
  const gained = weights[n - 1] - weights[0]
  if (gained <= 0) return false
  if (n < 3) return true
  let steepest = 0
  for (let k = 1; k < n; k++) {
    const step = weights[k] - weights[k - 1]
    if (step < -slack * gained) return false
    steepest = Math.max(steepest, step)
  }
  const span = times[n - 1] - times[0]
  const late = weights[n - 1] - valueAt(weights, times, times[0] + span / 2)
  const lastRate = (weights[n - 1] - weights[n - 2]) / Math.max(1e-9, times[n - 1] - times[n - 2])
  return (
    steepest <= JUMP * gained && late >= LATE * gained && lastRate >= (last * gained) / Math.max(1e-9, span)
  )
}

/** The value at a time between those known. */
function valueAt(weights: readonly number[], times: readonly number[], time: number): number {
  const k = Math.max(
    1,
    times.findIndex((t) => t >= time),
  )
  const part = (time - times[k - 1]) / Math.max(1e-9, times[k] - times[k - 1])
  return weights[k - 1] + part * (weights[k] - weights[k - 1])
}
