import type { Int } from '../../base/int64.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import type { WaitingProfile } from './waiting-profiles.ts'

/**
 * A waiting profile as a profile of contentions and their delay: one location for each pc, one function
 * for each name in a file.
 */
export function waitsToProfile(waits: WaitingProfile | undefined): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'contentions', unit: 'count' },
    { type: 'delay', unit: 'nanoseconds' },
  ]
  b.periodType = { type: 'trace', unit: 'count' }
  b.period = 1
  if (waits === undefined) return b.done()
  const { strings, stacks } = waits.tables
  const locations = new Map<Int, number>()
  const functions = new Map<string, number>()
  const locationOf = (frame: number): number => {
    const pc = stacks.pc[frame]
    const known = locations.get(pc)
    if (known !== undefined) return known
    const key = `${stacks.fn.a[frame]} ${stacks.file.a[frame]}`
    let fn = functions.get(key)
    if (fn === undefined) {
      fn = b.addFunction(strings.get(stacks.fn.a[frame]), { filename: strings.get(stacks.file.a[frame]) })
      functions.set(key, fn)
    }
    const location = b.addLocation({ address: pc, lines: [{ fn, line: stacks.line[frame] }] })
    locations.set(pc, location)
    return location
  }
  for (let k = 0; k < waits.stack.length; k++) {
    const row = waits.stack[k]
    const frames = stacks.frame.a.subarray(stacks.start.a[row], stacks.start.a[row + 1])
    b.addSample(Array.from(frames, locationOf), [waits.count[k], waits.delay[k]])
  }
  return b.done()
}
