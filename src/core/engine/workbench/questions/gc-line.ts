// The line of the log that a cycle was read from.

import { decodeUtf8, displayable, encodeUtf8 } from '../../../base/utf8.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

/** Longest line that is shown. */
const MOST = 2000

/** The nth line (from 0, for logs of several runs) of collection `number`; '' if it is not found. */
export async function answer(
  w: Workbench,
  { file, number, nth = 0 }: { readonly file: number; readonly number: number; readonly nth?: number },
  x: Asking,
): Promise<{ readonly text: string; readonly offset: number }> {
  const { bytes } = w.file(file)
  const wanted = encodeUtf8(String(number))
  let left = nth
  for (let at = bytes.indexOf(0x67); at >= 0; at = bytes.indexOf(0x67, at + 1)) {
    if ((at & 0xfffff) === 0) await x.breathe()
    // `gc N @` of new versions, `gcN(` of old ones.
    if (bytes[at + 1] !== 0x63) continue
    const from = at + (bytes[at + 2] === 0x20 ? 3 : 2)
    let k = 0
    while (k < wanted.length && bytes[from + k] === wanted[k]) k++
    const next = bytes[from + k]
    if (k < wanted.length || (next !== 0x28 && !(next === 0x20 && bytes[from + k + 1] === 0x40))) continue
    if (left-- > 0) continue
    const start = bytes.lastIndexOf(0x0a, at) + 1
    const end = bytes.indexOf(0x0a, at)
    const line = bytes.subarray(start, Math.min(end < 0 ? bytes.length : end, start + MOST))
    return { text: displayable(decodeUtf8(line)), offset: start }
  }
  return { text: '', offset: -1 }
}
