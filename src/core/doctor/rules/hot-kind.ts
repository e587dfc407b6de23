// The common shape of rules of the form "this much of the CPU time (or of what is allocated) goes into doing
// X, called from here".

import type { FunctionKind } from '../../analysis/function-kinds.ts'
import type { Part } from '../../analysis/stack-facts.ts'
import type { Capture, Facts } from '../capture.ts'
import { functionOfClosure } from '../diagnose.ts'
import type { Evidence, Finding, Severity } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { rule } from '../rule.ts'
import { confidence, peek, percent, shareEvidence, shortName, topOf } from '../words.ts'

/** A program that uses less CPU than this many cores is not slow for want of CPU: then nothing above info is said of CPU time. */
export const BUSY_CORES = 0.1

/** Cores that the program kept busy while its CPU profile ran; 0 if unknown. */
export function busyCores(capture: Capture): number {
  return capture.busyCores
}

/** Severity of a share of CPU time: none of it matters in a program that hardly uses CPU. */
export function cpuSeverity(capture: Capture, share: number, critical: number): Severity {
  const cores = capture.wantedCores
  if (cores > 0 && cores < BUSY_CORES) return 'info'
  return share >= critical ? 'critical' : 'warning'
}

/**
 * Names of the heaviest culprits, those with less than a tenth of the first left out, and behind them who calls the
 * first: what it does wrong is often the caller's to change.
 */
export function topCulprits(part: Part, limit = 3): string[] {
  const first = part.culprits[0]
  if (first === undefined) return []
  const names = part.culprits
    .slice(0, limit)
    .filter((c) => c.weight >= first.weight / 10)
    .map((c) => c.name)
  const caller = part.callers.get(first.name)
  // What main does itself says nothing.
  return caller === undefined || functionOfClosure(caller) === 'main.main'
    ? names
    : [...new Set([...names, caller])]
}

interface HotKind {
  readonly id: string
  readonly title: string
  readonly docs: string
  readonly reference?: string
  /** What it does, as in "68 % of CPU time WHAT". */
  readonly what: string
  readonly kinds: readonly FunctionKind[]
  /** Samples that also have a frame of these kinds are another rule's. */
  readonly without?: readonly FunctionKind[]
  /** Shares of CPU time from which on it is a warning, and critical. */
  readonly cpu: number
  readonly critical: number
  /** Share of allocated bytes that is evidence too (and enough where there is no CPU profile). */
  readonly bytes?: number
  readonly explains?: Rule['explains']
  /** Whether something else is the larger part of the same trouble, so that this is not worth a finding of its own. */
  readonly minor?: (capture: Capture, share: number) => boolean
  /** What another source shows, and from which share of CPU time on it is a warning then. */
  readonly shown?: (capture: Capture) => { readonly cpu: number; readonly evidence: Evidence } | undefined
  /** CPU samples below which nothing is said; LEAST_SAMPLES unless given. */
  readonly samples?: number
  /** Further thresholds for the documentation. */
  readonly more?: Rule['thresholds']
  readonly why: string
  readonly remedy: readonly string[]
  readonly verify: string
}

/** CPU samples in the cause below which nothing is said of it. */
const LEAST_SAMPLES = 5

/** A rule that a share of CPU time, or of allocated bytes, spent in functions of some kinds is too much. */
export function hotKindRule(h: HotKind): Rule {
  return rule({
    id: h.id,
    title: h.title,
    docs: h.docs,
    ...(h.reference !== undefined && { reference: h.reference }),
    thresholds: {
      cpu: { value: h.cpu, meaning: 'share of CPU time from which on it is a warning' },
      critical: { value: h.critical, meaning: 'share of CPU time from which on it is critical' },
      ...(h.bytes !== undefined && {
        bytes: { value: h.bytes, meaning: 'share of allocated bytes that counts as evidence' },
      }),
      samples: { value: h.samples ?? LEAST_SAMPLES, meaning: 'CPU samples below which nothing is said' },
      ...h.more,
    },
    needs: [h.bytes === undefined ? 'profile/cpu' : 'profile/cpu|profile/allocs|profile/heap'],
    ...(h.explains && { explains: h.explains }),
    check: (capture) => check(h, capture),
  })
}

function check(h: HotKind, capture: Capture): readonly Finding[] {
  const ask = (f: Facts | undefined): Part | undefined =>
    f?.facts.with(f.facts.marked(...h.kinds), h.without && f.facts.marked(...h.without))
  const cpu = capture.cpu
  const bytes = h.bytes === undefined ? undefined : capture.allocated('alloc_space')
  const inCpu = ask(cpu)
  const inBytes = ask(bytes)
  const shown = h.shown?.(capture)
  const least = shown?.cpu ?? h.cpu
  const hot = inCpu !== undefined && inCpu.share >= least && inCpu.samples >= (h.samples ?? LEAST_SAMPLES)
  const wasteful = inBytes !== undefined && inBytes.share >= (h.bytes ?? 1)
  if (!hot && !(cpu === undefined && wasteful)) return []
  if (hot && h.minor?.(capture, inCpu.share)) return []
  const part = hot ? inCpu : inBytes!
  const from = hot ? cpu! : bytes!
  const culprits = topCulprits(part)
  const first = culprits[0]
  const place = first === undefined ? undefined : from.facts.placeOf(first)
  const evidence: Evidence[] = []
  if (hot)
    evidence.push(
      shareEvidence(
        cpu!.source,
        inCpu.share,
        `of CPU time ${h.what}`,
        first === undefined ? undefined : topOf(first, cpu!.source),
      ),
    )
  if (hot && shown !== undefined) evidence.push(shown.evidence)
  if (wasteful)
    evidence.push(
      shareEvidence(
        bytes!.source,
        inBytes.share,
        'of all allocated bytes come from it',
        first === undefined ? undefined : peek(first, bytes!.source),
      ),
    )
  return [
    {
      cause: h.id,
      // Without a function of the user’s there is nothing that the user could change.
      severity: first === undefined ? 'info' : hot ? cpuSeverity(capture, part.share, h.critical) : 'warning',
      confidence: confidence(part.samples),
      title: `${percent(part.share)} of ${hot ? 'CPU time' : 'allocated bytes'} ${h.what}${first === undefined ? '' : `, called from ${shortName(first)}`}`,
      culprits,
      ...(place && { place }),
      evidence,
      why: h.why,
      remedy: h.remedy,
      verify: h.verify,
      cost: part.share,
    },
  ]
}
