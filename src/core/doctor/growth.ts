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

/**
 * Whether a series keeps growing: each step up, or down by no more than `slack` of what it has gained so far. One
 * jump that then stays (a cache that was filled) does not count: no single step may be nearly all of the growth.
 */
export function keepsGrowing(weights: readonly number[], slack = 0.1): boolean {
  const gained = weights[weights.length - 1] - weights[0]
  if (gained <= 0) return false
  let steepest = 0
  for (let k = 1; k < weights.length; k++) {
    const step = weights[k] - weights[k - 1]
    if (step < -slack * gained) return false
    steepest = Math.max(steepest, step)
  }
  return weights.length < 3 || steepest <= 0.85 * gained
}
