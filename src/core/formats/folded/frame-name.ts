import { hexInt, type Int } from '../../base/int64.ts'
import type { Profile } from '../../model/profile.ts'

/**
 * What stands for a location without a function's name: `[base name of its binary]`, which is what
 * pprof's reports print, else its address, else `<unknown>`.
 */
export function unnamedFrame(profile: Profile, location: number): string {
  const file = profile.strings.get(profile.mappings.file[profile.locations.mapping[location]])
  if (file !== '') return `[${baseName(file)}]`
  const address: Int = profile.locations.address.get(location)
  return address === 0 ? '<unknown>' : `0x${hexInt(address)}`
}

/** The last element of a path, trailing slashes left aside. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '') return path === '' ? '' : '/'
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** Frames of every location, as ids that the caller chose. */
export interface LocationFrames {
  /** The frames of location row l are frame[start[l], start[l + 1]): the function itself first, the innermost inlined callee last. */
  readonly start: Uint32Array
  readonly frame: Uint32Array
}

/**
 * Expands locations to frames: one for each inlined function, `frameOfLine(line, location)`, and one
 * for a location without lines, `frameOfNone(location)`. Row 0 has none.
 */
export function locationFrames(
  profile: Profile,
  frameOfLine: (line: number, location: number) => number,
  frameOfNone: (location: number) => number,
): LocationFrames {
  const { count, lineStart, lineEnd } = profile.locations
  const start = new Uint32Array(count + 2)
  let total = 0
  for (let location = 1; location <= count; location++) {
    start[location] = total
    total += Math.max(1, lineEnd[location] - lineStart[location])
  }
  start[count + 1] = total
  const frame = new Uint32Array(total)
  for (let location = 1; location <= count; location++) {
    let at = start[location]
    if (lineEnd[location] === lineStart[location]) frame[at] = frameOfNone(location)
    for (let line = lineEnd[location] - 1; line >= lineStart[location]; line--) {
      frame[at++] = frameOfLine(line, location)
    }
  }
  return { start, frame }
}
