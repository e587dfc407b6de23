// How much each side of a comparison took in all: of what is compared, and of other profiles taken at the same times.

import { harmonize } from '../../../analysis/scale.ts'
import { UserError } from '../../../base/errors.ts'
import type { ValueType } from '../../../model/profile.ts'
import type { Workbench } from '../workbench.ts'

/** Files of one kind on both sides. */
export interface DiffPair {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

/** Sums of a sample type that both sides have, in the same unit. */
export interface DiffTotal extends ValueType {
  /** Index of the pair. */
  readonly pair: number
  readonly before: number
  readonly after: number
  /** Profiles a side. */
  readonly counts: readonly [before: number, after: number]
  /** ns that the profiles of a side cover together, 0 if not known. */
  readonly durations: readonly [before: number, after: number]
}

/** Whole sums, without filters. Pairs that have nothing in common are left out. Rejects with DecodeError. */
export async function answer(
  w: Workbench,
  { pairs }: { pairs: readonly DiffPair[] },
): Promise<readonly DiffTotal[]> {
  const out: DiffTotal[] = []
  for (const [pair, { before, after }] of pairs.entries()) {
    const opened = await Promise.all([...before, ...after].map((id) => w.profile(id)))
    if (opened.length === 0) continue
    try {
      const profiles = harmonize(opened.map((o) => o.profile))
      const side = (k: number, later: boolean): number =>
        profiles.reduce((sum, p, i) => {
          if (i >= before.length !== later) return sum
          return sum + p.samples.value[k].f.reduce((a, b) => a + b, 0)
        }, 0)
      const time = (later: boolean): number =>
        profiles.reduce(
          (sum, p, i) => (i >= before.length === later ? sum + Number(p.durationNanos) : sum),
          0,
        )
      for (const [k, t] of profiles[0].sampleTypes.entries())
        out.push({
          ...t,
          pair,
          before: side(k, false),
          after: side(k, true),
          counts: [before.length, after.length],
          durations: [time(false), time(true)],
        })
    } catch (e) {
      if (!(e instanceof UserError)) throw e
    }
  }
  return out
}
