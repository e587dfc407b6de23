import type { Capture } from './capture.ts'
import type { Finding } from './finding.ts'

/** A named number of a rule, for docs/doctor.md. */
export interface Threshold {
  readonly value: number
  readonly meaning: string
}

/**
 * One cause that the doctor knows. A rule is a pure function over the capture; what it computes from
 * profiles is shared through `Capture`, so rules may ask freely.
 */
export interface Rule {
  /** The cause's id, unique. */
  readonly id: string
  readonly title: string
  /** What it looks for, from what, and why that is a sign: prose for docs/doctor.md. */
  readonly docs: string
  /** Where the rule comes from: documentation of Go, an issue, an article. */
  readonly reference?: string
  readonly thresholds: Readonly<Record<string, Threshold>>
  /**
   * Kinds of sources (see capture.ts), each entry alternatives joined by "|"; without one of each entry
   * the rule is not run and reports "not enough data".
   */
  readonly needs: readonly string[]
  /** Findings; none if all is well; undefined if what is there does not suffice (too few samples). */
  check(capture: Capture): readonly Finding[] | undefined
  /**
   * Causes whose findings are only symptoms of this one. A finding of such a cause is dropped if it shares a
   * culprit with a finding of this rule at warning or above, or whatever its culprits for those in `always`.
   */
  readonly explains?: { readonly sameCulprit?: readonly string[]; readonly always?: readonly string[] }
}

/** Keeps the types of thresholds while a rule is written. */
export function rule<T extends Readonly<Record<string, Threshold>>>(
  r: Omit<Rule, 'check' | 'thresholds'> & {
    readonly thresholds: T
    check(capture: Capture, t: { readonly [K in keyof T]: number }): readonly Finding[] | undefined
  },
): Rule {
  const values = Object.fromEntries(Object.entries(r.thresholds).map(([k, t]) => [k, t.value])) as {
    readonly [K in keyof T]: number
  }
  return { ...r, check: (capture) => r.check(capture, values) }
}
