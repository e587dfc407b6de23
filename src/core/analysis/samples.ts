import { GrowIds, GrowU32 } from '../base/grow.ts'
import type { LabelSetTable, Profile, SampleTable } from '../model/profile.ts'

/** The samples of the given rows, in that order. Frames are shared. */
export function pickSamples(t: SampleTable, rows: ArrayLike<number>): SampleTable {
  const pick = (from: Uint32Array): Uint32Array => {
    const out = new Uint32Array(rows.length)
    for (let i = 0; i < out.length; i++) out[i] = from[rows[i]]
    return out
  }
  return {
    count: rows.length,
    stackStart: pick(t.stackStart),
    stackEnd: pick(t.stackEnd),
    frame: t.frame,
    labelSet: pick(t.labelSet),
    value: t.value.map((c) => c.gather(rows)),
  }
}

/** The profile with only the samples for which `keep` holds; itself if that is all. */
export function keepSamples(p: Profile, keep: (row: number) => boolean): Profile {
  const rows = new GrowU32(p.samples.count)
  for (let row = 0; row < p.samples.count; row++) if (keep(row)) rows.push(row)
  if (rows.length === p.samples.count) return p
  return { ...p, samples: pickSamples(p.samples, rows.done()) }
}

/** The profile with each stack rewritten: `write` appends the new frames of a row to the column. */
export function rewriteStacks(p: Profile, write: (row: number, out: GrowIds) => void): Profile {
  const frame = new GrowIds(p.samples.frame.length)
  const stackStart = new Uint32Array(p.samples.count)
  const stackEnd = new Uint32Array(p.samples.count)
  for (let row = 0; row < p.samples.count; row++) {
    stackStart[row] = frame.length
    write(row, frame)
    stackEnd[row] = frame.length
  }
  return { ...p, samples: { ...p.samples, frame: frame.done(), stackStart, stackEnd } }
}

/** Marks the label sets that samples have: 1 per set in use. */
export function usedLabelSets(p: Profile): Uint8Array {
  const used = new Uint8Array(p.labelSets.count)
  const { labelSet } = p.samples
  for (let row = 0; row < labelSet.length; row++) used[labelSet[row]] = 1
  return used
}

/** The profile with other label sets; `renumber` goes from the old sets to the new. */
export function withLabelSets(p: Profile, labelSets: LabelSetTable, renumber: Uint32Array): Profile {
  const labelSet = p.samples.labelSet.map((set) => renumber[set])
  return { ...p, labelSets, samples: { ...p.samples, labelSet } }
}
