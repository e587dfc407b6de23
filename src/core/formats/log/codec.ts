import { DecodeError, type Problem } from '../../base/errors.ts'
import type { Decoded, ProfileCodec } from '../format.ts'
import { allocProfile } from './alloc-profile.ts'
import { LogReader } from './read-log.ts'

/** Reads logs of allocfreetrace as profiles. */
export const codec: ProfileCodec = {
  decode(bytes): Decoded {
    const reader = new LogReader()
    reader.push(bytes)
    const log = reader.end()
    if (log.allocs.allocations === 0)
      throw new DecodeError('allocfreetrace', 0, 'no allocation of GODEBUG=allocfreetrace=1 in it')
    const problems: Problem[] = [...log.lines.problems]
    if (log.lines.strange.count > 0)
      problems.push({
        message: 'lines that look like the runtime’s and were not understood',
        offset: log.lines.strange.first[0].offset,
        count: log.lines.strange.count,
      })
    return { profile: allocProfile(log.allocs), problems }
  },
}
