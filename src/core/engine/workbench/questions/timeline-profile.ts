// A range of time as a profile that flame graphs and tables open like any other.

import { cpuTimeProfile } from '../../../analysis/trace/cpu-time-profile.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'
import { type RangeParams, rangeSum } from './timeline-range.ts'

export interface RangeProfileParams extends RangeParams {
  /** On processors; off them; off them, with what was waited for as a frame. */
  readonly which: 'on' | 'off' | 'wait'
  /** What to call it. */
  readonly name: string
}

export interface RangeProfile {
  /** Id of the file that was made. */
  readonly file: number
  /** Name of its sample type. */
  readonly sampleType: string
}

const made = new WeakMap<Workbench, Map<string, RangeProfile>>()

/** The profile, made once: asking again gives the same file. */
export async function answer(w: Workbench, p: RangeProfileParams, x: Asking): Promise<RangeProfile> {
  let known = made.get(w)
  if (known === undefined) {
    known = new Map()
    made.set(w, known)
  }
  const key = JSON.stringify([p.file, p.from, p.to, p.goroutines, p.which])
  const before = known.get(key)
  if (before !== undefined) return before
  const { flame } = await rangeSum(w, p, x)
  const profile = cpuTimeProfile(
    { ...flame, times: flame.times.map((t) => ({ ...t, time: Math.round(t.time) })) },
    {
      reasonFrames: p.which === 'wait',
      only: (at) => at.at.on === (p.which === 'on') && at.time >= 0.5,
      durationNs: Math.round(p.to - p.from),
    },
  )
  const sampleType = p.which === 'on' ? 'on-cpu' : 'off-cpu'
  const { id } = w.addProfile(p.name, { ...profile, defaultSampleType: sampleType })
  const result = { file: id, sampleType }
  known.set(key, result)
  return result
}
