// What the doctor says: the document of `goscope doctor --json` (schema goscope.doctor/1).

export const SEVERITIES = ['critical', 'warning', 'info'] as const

export type Severity = (typeof SEVERITIES)[number]

/** A number that can be checked, and where. */
export interface Evidence {
  /** Name of the source as in `sources`. */
  readonly source: string
  readonly text: string
  readonly value?: number
  /** Of `value`: 'share' (0 to 1), 'seconds', 'bytes', 'count', '1/s', … */
  readonly unit?: string
  /** The command that shows it. */
  readonly view?: string
}

/** A place in source code. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
}

export interface Finding {
  /** Id of the cause: that of the rule, unless a rule tells several apart. */
  readonly cause: string
  readonly severity: Severity
  /** 0 to 1: how sure, given the number of samples and how many sources agree. */
  readonly confidence: number
  /** The claim with its number, in one sentence without a full stop. */
  readonly title: string
  /** Functions of the user's code to look at, the first one first. */
  readonly culprits: readonly string[]
  /** Where the first culprit is, if the evidence says. */
  readonly place?: Place
  readonly evidence: readonly Evidence[]
  readonly why: string
  /** What to change, the best first. */
  readonly remedy: readonly string[]
  /** How to see that the change worked. */
  readonly verify: string
  /**
   * What it costs, as a share of what is scarce there (CPU time, waiting, live memory), 0 to 1: findings of
   * one severity are ordered by it.
   */
  readonly cost: number
  /** A setting, or another fact that no other finding can explain. */
  readonly root?: boolean
}

/** How a rule ended. */
export interface Checked {
  readonly rule: string
  readonly result: 'clear' | 'found' | 'explained' | 'not enough data'
  /** Of a rule without data: kinds of sources that would settle it. */
  readonly needs: readonly string[]
  /** Of an explained finding: the cause that explains it. */
  readonly by?: string
}

export interface Diagnosis {
  readonly sources: readonly {
    readonly name: string
    readonly kind: string
    readonly problems: readonly string[]
  }[]
  readonly findings: readonly Finding[]
  readonly checked: readonly Checked[]
}
