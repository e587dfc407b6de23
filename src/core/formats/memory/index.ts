// Memory statistics in the forms in which programs and systems give them, told apart by content.

import { DecodeError } from '../../base/errors.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import type { MemorySnapshot } from '../../model/memory.ts'
import { decodeCgroupFile, isCgroupFile } from './cgroup.ts'
import { decodeMemoryJson, isMemoryJson } from './json.ts'
import { decodeMemStatsText } from './memstats-text.ts'
import { decodeSmaps, decodeStatus } from './proc.ts'

export { isCgroupFile } from './cgroup.ts'

export type MemoryKind = 'memstats' | 'metrics' | 'smaps' | 'status'

/** Largest file that is taken for statistics: smaps of a process with a million mappings has some 700 MB, more is no use. */
export const MAX_MEMORY_BYTES = 1 << 30

/** What kind of memory statistics begins with `head` (4 KiB or all of it); undefined if none. */
export function sniffMemory(head: Uint8Array): MemoryKind | undefined {
  const text = decodeUtf8(head)
  if (/^[\da-f]+-[\da-f]+ [r-][w-][x-][ps] [\da-f]+ [\da-f]+:[\da-f]+ \d+/.test(text)) return 'smaps'
  if (/^Name:\t.*\n(Umask|State):\t/.test(text)) return 'status'
  if (/^\s*\{/.test(text)) return isMemoryJson(text)
  // The statistics stand at the end of a heap profile in text form.
  if (/^heap profile: |^# runtime\.MemStats|^# Alloc = \d+/m.test(text)) return 'memstats'
  return undefined
}

/** Decodes statistics of any kind; the name matters for files of control groups only. Throws DecodeError. */
export function decodeMemory(bytes: Uint8Array, name = ''): MemorySnapshot {
  if (isCgroupFile(name)) return decodeCgroupFile(name, decodeUtf8(bytes.subarray(0, 64)))
  const kind = sniffMemory(bytes.subarray(0, 4096))
  if (bytes.length > MAX_MEMORY_BYTES)
    throw new DecodeError('memory', MAX_MEMORY_BYTES, 'too large for memory statistics')
  switch (kind) {
    case 'memstats':
    case 'metrics': {
      const text = decodeUtf8(bytes)
      return /^\s*\{/.test(text) ? decodeMemoryJson(text) : decodeMemStatsText(text)
    }
    case 'smaps':
      return decodeSmaps(decodeUtf8(bytes))
    case 'status':
      return decodeStatus(decodeUtf8(bytes))
    default:
      throw new DecodeError(
        'memory',
        0,
        'no memory statistics: wanted runtime.MemStats or runtime/metrics as JSON, /debug/vars, heap?debug=1, smaps, maps or status',
      )
  }
}
