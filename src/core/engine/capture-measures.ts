// What of a capture is compared by `goscope diff` and `goscope gate`: measures of every source in it.

import { benchMeasures } from '../analysis/compare/bench-measures.ts'
import type { Measure } from '../analysis/compare/compare.ts'
import { memoryMeasures } from '../analysis/compare/memory-measures.ts'
import { type ProfileMeasureOptions, profileMeasures } from '../analysis/compare/profile-measures.ts'
import { traceMeasures } from '../analysis/compare/trace-measures.ts'
import { selectSampleType } from '../analysis/sample-type.ts'
import { Capture } from '../doctor/capture.ts'
import { type CaptureParts, PROFILE_KINDS, type ProfileKind } from '../doctor/capture-parts.ts'

export interface MeasureOptions {
  readonly by: ProfileMeasureOptions['by']
  readonly normalize: boolean
  /** Sample type of profiles, '' for the usual one of each kind. */
  readonly sampleType: string
}

/** Sample types by kind where the profile's last one is not what is usually compared. */
const USUAL: Partial<Record<ProfileKind, string>> = { heap: 'inuse_space', allocs: 'alloc_space' }

/**
 * The measures of one source (a file or a capture folder): one list, or for `go test -bench` output with
 * -count as many as there are repetitions. Throws UserError for a sample type that a profile lacks.
 */
export function captureMeasures(parts: CaptureParts, o: MeasureOptions): Measure[][] {
  const capture = new Capture(parts)
  const out: Measure[] = []
  for (const kind of PROFILE_KINDS) {
    const newest = capture.series(kind).at(-1)
    if (newest === undefined) continue
    const { profile } = newest
    const usual = profile.sampleTypes.findIndex((t) => t.type === USUAL[kind])
    const type = o.sampleType === '' && usual >= 0 ? usual : selectSampleType(profile, o.sampleType)
    const by = kind === 'goroutine' || kind === 'goroutineleak' ? 'stacks' : o.by
    const group = `${kind}, ${profile.sampleTypes[type].type}, ${by}`
    out.push(...profileMeasures(profile, { type, by, normalize: o.normalize, group }))
  }
  if (capture.memory !== undefined) out.push(...memoryMeasures(capture.memory))
  const trace = parts.traces.at(-1)
  if (trace !== undefined) out.push(...traceMeasures(trace.activity))
  const benches = benchMeasures(parts.benches)
  if (benches.length === 0) return [out]
  return benches.map((measures, k) => (k === 0 ? [...out, ...measures] : measures))
}

/** Functions and stacks that a profile or trace lacks took nothing in it; a quantity that a source lacks is unknown. */
export function absentIsZero(group: string): boolean {
  return group.startsWith('trace: ') || PROFILE_KINDS.some((kind) => group.startsWith(`${kind}, `))
}
