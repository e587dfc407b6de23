import { isOfKind } from '../analysis/function-kinds.ts'
import type { Profile } from '../model/profile.ts'
import type { ProfileKind } from './capture-parts.ts'

/** What kind of profile it is, told from its sample types and, for contention, from its stacks. */
export function profileKind(p: Profile): ProfileKind {
  const types = new Set(p.sampleTypes.map((t) => t.type))
  if (types.has('cpu')) return 'cpu'
  if (types.has('inuse_space') || types.has('alloc_space') || types.has('inuse_objects'))
    return p.defaultSampleType.startsWith('alloc') ? 'allocs' : 'heap'
  for (const kind of ['goroutine', 'goroutineleak', 'threadcreate'] as const) if (types.has(kind)) return kind
  if (types.has('contentions') && types.has('delay')) return blockOrMutex(p)
  return 'profile'
}

/**
 * Both have the same types. A mutex profile blames who unlocks (or unlocks on the way, as in the runtime's
 * own locks), a block profile who waits.
 */
function blockOrMutex(p: Profile): ProfileKind {
  let unlocks = 0
  let waits = 0
  const { samples, locations, lines, functions, strings } = p
  for (let s = 0; s < samples.count; s++) {
    if (samples.stackStart[s] === samples.stackEnd[s]) continue
    const loc = samples.frame[samples.stackStart[s]]
    if (locations.lineStart[loc] === locations.lineEnd[loc]) continue
    const name = strings.get(functions.name[lines.fn[locations.lineStart[loc]]])
    if (
      isOfKind(name, 'unlock') ||
      /^runtime\.(unlock|_LostContendedRuntimeLock|semrelease|goready|gcStopTheWorld)/.test(name) ||
      /_LostContended/.test(name)
    )
      unlocks++
    else waits++
  }
  return unlocks > waits ? 'mutex' : 'block'
}
