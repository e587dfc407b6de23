// What of the runtime a file seems to hold, by a look at its ends: enough to say which views are worth a tab.

import { isDump } from '../capture/file-kind.ts'
import { endsInStatistics } from './questions/memory-account.ts'
import type { WorkbenchFile } from './workbench.ts'

export type RuntimeHint = 'gc' | 'sched' | 'allocs' | 'dumps' | 'memory'

const HEAD = 1 << 18
const TAIL = 1 << 16
/** Goroutine profiles are small: larger files are not looked through. */
const MAX_PROFILE = 8 << 20

const LINES: readonly (readonly [RuntimeHint, RegExp])[] = [
  ['gc', /\bgc ?\d+(?: @|\(\d+\):)/],
  ['sched', /\bSCHED \d+ms:/],
  ['allocs', /\btrace(?:alloc|free)\(/],
]

const latin1 = new TextDecoder('latin1')

/** Views of the runtime's own that have something to show in a file. May be wrong about what lies deep in a large log. */
export function runtimeHints({ kind, bytes }: WorkbenchFile): RuntimeHint[] {
  if (kind === 'memory' || endsInStatistics(kind, bytes)) return ['memory']
  if (kind === 'profile')
    // An entry of the table of strings (field 6, 9 bytes) that is just this word: the sample type.
    return bytes.length <= MAX_PROFILE && /2\tgoroutine|^goroutine profile: /.test(latin1.decode(bytes))
      ? ['dumps']
      : []
  if (kind !== 'log' && kind !== 'text') return []
  const text = `${latin1.decode(bytes.subarray(0, HEAD))}\n${latin1.decode(bytes.subarray(Math.max(HEAD, bytes.length - TAIL)))}`
  const found = LINES.filter(([, pattern]) => pattern.test(text)).map(([hint]) => hint)
  // Allocations come with stacks that look like those of dumps.
  if (found.includes('allocs')) return found
  return isDump(bytes.subarray(0, HEAD)) || isDump(bytes.subarray(Math.max(0, bytes.length - TAIL)))
    ? [...found, 'dumps']
    : found
}
