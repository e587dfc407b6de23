import { headLines } from '../folded/text-input.ts'
import { parseHeader } from './header.ts'

/** "\t  address symbol": the tab and the padding are perf's. */
const FRAME = /^\t *[0-9a-f]{1,16}(?: \S|$)/
const PERF_COMMENT = /^# (?:captured on *:|cmdline : .*\bperf\b|perf version :)/

/** How much a head looks like the output of `perf script`. */
export function sniffPerfScript(head: Uint8Array): number {
  const text = headLines(head)
  if (text === null) return 0
  let headers = 0
  let complete = 0
  let frames = 0
  let loose = 0
  let comments = 0
  let other = 0
  let open = false
  const lines = text.lastWhole ? text.lines : text.lines.slice(0, -1)
  for (const line of lines) {
    if (line.trim() === '') open = false
    else if (line.startsWith('#')) {
      if (PERF_COMMENT.test(line)) comments++
    } else if (FRAME.test(line)) {
      if (open) frames++
      else loose++
    } else {
      const h = line.startsWith('\t') ? null : parseHeader(line)
      open = h !== null
      if (h === null) other++
      else {
        headers++
        if (h.tid >= 0 && (h.seconds >= 0 || h.period !== -1) && h.event !== '') complete++
      }
    }
  }
  if (headers > 0 && frames > 0) return other <= headers ? 1 : 0.6
  if (comments >= 2) return 0.9
  // No call chains: samples of one line each.
  if (complete >= 2 && other === 0) return 0.7
  // -F ip,sym: frames alone.
  return loose >= 2 && headers + other === 0 ? 0.6 : 0
}
