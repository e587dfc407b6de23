// A log of allocfreetrace as a profile: what pprof calls a heap profile, but of every allocation, not a sample.

import type { AllocLog } from '../../model/alloc-log.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'

/** Sample types as in heap profiles; `inuse` is what was not freed within the log. Labels: bytes (the size), type. */
export function allocProfile(log: AllocLog): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'alloc_objects', unit: 'count' },
    { type: 'alloc_space', unit: 'bytes' },
    { type: 'inuse_objects', unit: 'count' },
    { type: 'inuse_space', unit: 'bytes' },
  ]
  b.defaultSampleType = 'alloc_space'
  b.periodType = { type: 'space', unit: 'bytes' }
  b.period = 1
  const functions = new Map<string, number>()
  const locations = Uint32Array.from({ length: log.frameLine.length }, (_, frame) => {
    if (frame === 0) return 0
    const name = log.strings.get(log.frameFunction[frame])
    const filename = log.strings.get(log.frameFile[frame])
    const key = `${name}\n${filename}`
    let fn = functions.get(key)
    if (fn === undefined) {
      fn = b.addFunction(name, { filename })
      functions.set(key, fn)
    }
    return b.addLocation({ lines: [{ fn, line: log.frameLine[frame] }] })
  })
  const s = log.bySite
  for (let site = 0; site < s.count; site++) {
    const stack = log.siteStack[site]
    const frames = log.stackFrame.subarray(log.stackStart[stack], log.stackEnd[stack])
    const type = log.typeName[log.siteType[site]]
    b.addSample(
      Array.from(frames, (f) => locations[f]),
      [
        s.objects[site],
        s.bytes[site],
        s.objects[site] - s.freedObjects[site],
        s.bytes[site] - s.freedBytes[site],
      ],
      [
        { key: 'bytes', num: log.siteSize[site], unit: 'bytes' },
        ...(type === 0 ? [] : [{ key: 'type', text: log.strings.get(type) }]),
      ],
    )
  }
  return b.done()
}
