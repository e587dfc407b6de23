// Files of a control group that hold one number (cgroup v2: memory.max, memory.high, memory.current; v1:
// memory.limit_in_bytes, memory.usage_in_bytes). A bare number says nothing of itself: these, and only
// these, are told by their names.

import { DecodeError } from '../../base/errors.ts'
import type { MemorySnapshot } from '../../model/memory.ts'

const LIMIT = /(?:^|[/\\])memory\.(?:max|high|limit_in_bytes)(?:\.txt)?$/
const USAGE = /(?:^|[/\\])memory\.(?:current|usage_in_bytes)(?:\.txt)?$/

/** v1 has no word for "no limit": it is the largest number of pages. */
const NO_LIMIT = 2 ** 62

/** Whether a file of this name holds a limit, or a usage, of a container. */
export function isCgroupFile(name: string): boolean {
  return LIMIT.test(name) || USAGE.test(name)
}

/** Throws DecodeError. */
export function decodeCgroupFile(name: string, text: string): MemorySnapshot {
  const word = text.trim()
  if (word === 'max') return {}
  if (!/^\d{1,20}$/.test(word)) throw new DecodeError('memory', 0, 'neither a number of bytes nor "max"')
  const bytes = Number(word)
  if (USAGE.test(name)) return { containerUsage: bytes }
  return bytes >= NO_LIMIT ? {} : { containerLimit: bytes }
}
