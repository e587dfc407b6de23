import type { ProfileFormat } from '../format.ts'
import { bytesOf, indexOfWord } from './cursor.ts'

const ALLOC = bytesOf('tracealloc(0x')
const FREE = bytesOf('tracefree(0x')

/** Logs of GODEBUG=allocfreetrace=1: the only ones of the runtime's logs that hold a profile. */
export const allocFreeTrace: ProfileFormat = {
  id: 'allocfreetrace',
  title: 'allocation trace (GODEBUG=allocfreetrace=1)',
  produces: 'profile',
  extensions: ['.log'],
  sniff: (head) => (holds(head, ALLOC) || holds(head, FREE) ? 0.95 : 0),
  load: async () => (await import('./codec.ts')).codec,
}

/** Whether the word is in the head, and what is in front of it is text: no profile, which may hold it as a name. */
function holds(head: Uint8Array, word: Uint8Array): boolean {
  const at = indexOfWord(head, word, 0, head.length)
  return at >= 0 && !head.subarray(0, at).some((c) => c < 9)
}
