// The samples under one path of frames, and what matches a search: both without a tree.

import type { Profile } from '../../model/profile.ts'
import { type FrameNames, frameNames } from '../transform/frame-names.ts'

/** A frame on a path, as a tree's table of frames has it. */
export interface PathFrame {
  readonly name: string
  /** Where frames are lines: file and line too. */
  readonly file?: string
  readonly line?: number
}

/**
 * Samples whose stack begins with the path, from the root, or `inverted` from the leaf. Linear in the samples and in
 * what they share of the path.
 */
export function samplesOnPath(p: Profile, path: readonly PathFrame[], inverted: boolean): Uint32Array {
  const steps = path.map((frame) => framesLike(p, frame))
  const { start } = steps[0] ?? { start: new Uint32Array(0) }
  const { count, stackStart, stackEnd, frame } = p.samples
  const out = new Uint32Array(count)
  let found = 0
  for (let row = 0; row < count; row++) {
    let step = 0
    let i = inverted ? stackStart[row] : stackEnd[row] - 1
    while (step < steps.length && (inverted ? i < stackEnd[row] : i >= stackStart[row])) {
      const first = start[frame[i]]
      const size = start[frame[i] + 1] - first
      let k = 0
      for (; k < size && step < steps.length; k++, step++)
        // Frames of a location are listed with the function itself first.
        if (steps[step].like[inverted ? first + size - 1 - k : first + k] === 0) break
      if (k < size) break
      i += inverted ? 1 : -1
    }
    if (step === steps.length) out[found++] = row
  }
  return out.subarray(0, found)
}

/** Frame of a location -> 1 if it is this one. */
function framesLike(p: Profile, frame: PathFrame): { start: Uint32Array; like: Uint8Array } {
  const { start, name } = frameNames(p)
  const id = p.strings.intern(frame.name)
  const like = new Uint8Array(name.length)
  const { lineStart, lineEnd } = p.locations
  const file = frame.file === undefined ? 0 : p.strings.intern(frame.file)
  for (let location = 1; location <= p.locations.count; location++)
    for (let k = start[location]; k < start[location + 1]; k++) {
      if (name[k] !== id) continue
      const line = lineEnd[location] - 1 - (k - start[location])
      const at = line >= lineStart[location] ? line : -1
      if (frame.line === undefined || at < 0) like[k] = 1
      else if (p.lines.line.f[at] === frame.line && p.functions.filename[p.lines.fn[at]] === file) like[k] = 1
    }
  return { start, like }
}

export interface MatchWeight {
  /** Sum of the samples with a match on their stack, each once. */
  readonly total: number
  /** In differences: of the magnitudes of those below and above 0. */
  readonly before: number
  readonly after: number
  readonly samples: number
}

/** What the samples with a frame whose name matches add up to. Linear in the frames. */
export function weightOfMatches(p: Profile, value: number, test: (name: string) => boolean): MatchWeight {
  const names = frameNames(p)
  const has = matchingLocations(p, names, test)
  const { count, stackStart, stackEnd, frame } = p.samples
  const values = p.samples.value[value].f
  let before = 0
  let after = 0
  let samples = 0
  for (let row = 0; row < count; row++) {
    const v = values[row]
    if (v === 0) continue
    for (let i = stackStart[row]; i < stackEnd[row]; i++)
      if (has[frame[i]] === 1) {
        if (v > 0) after += v
        else before -= v
        samples++
        break
      }
  }
  return { total: after - before, before, after, samples }
}

function matchingLocations(p: Profile, names: FrameNames, test: (name: string) => boolean): Uint8Array {
  const known = new Uint8Array(p.strings.count)
  const out = new Uint8Array(p.locations.count + 1)
  for (let location = 1; location <= p.locations.count; location++)
    for (let k = names.start[location]; k < names.start[location + 1]; k++) {
      const id = names.name[k]
      if (known[id] === 0) known[id] = test(p.strings.get(id)) ? 2 : 1
      if (known[id] === 2) out[location] = 1
    }
  return out
}
