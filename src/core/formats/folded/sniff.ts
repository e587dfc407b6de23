import { headLines } from './text-input.ts'

const COUNTED = /[ \t][-+]?\d+(?:\.\d*)?[ \t]*$/
const COMMENT = /^#/
// Lines of other things that have semicolons and may end in a number.
const OTHER =
  /^\s*(?:\[?\d{4}[-/]\d\d[-/]\d\d[ T]|\d+\.\d+\.\d+\.\d+\s|.*" \d{3} |<[!?/a-zA-Z][^;]*[\s>=]|[{}"]|--- |goroutine |SCHED |gc \d|https?:)/
// Of the formats in this folder's neighbourhood and of Go's logs: one such line and it is not ours.
const NEVER =
  /^(?:# ?runtime\.MemStats|#\t0x|heap profile:|heap_v2\/|goroutine profile: total|threadcreate profile: total|--- |goroutine \d+ |SCHED \d+ms:|gc \d+ @|# =====)/

/**
 * How much a head looks like folded stacks. `named` is whether the file's name says so.
 * Semicolons between frames are what makes it sure; lines of one frame each look like any word list.
 */
export function sniffFolded(head: Uint8Array, named: boolean): number {
  const text = headLines(head)
  if (text === null) return 0
  const { lines } = text
  const cut = text.lastWhole ? -1 : lines.length - 1
  let counted = 0
  let stacks = 0
  let other = 0
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]
    if (NEVER.test(line)) return 0
    if (line.trim() === '' || COMMENT.test(line)) continue
    if (COUNTED.test(line) && !OTHER.test(line)) {
      counted++
      // A blank after the semicolon is how prose and code write it.
      if (line.includes(';') && !/;\s/.test(line.replace(COUNTED, ''))) stacks++
    } else if (i !== cut) other++
  }
  if (counted === 0) {
    const only = lines.length === 1 && cut === 0 && head.length >= 1024 ? lines[0] : ''
    return only !== '' && looksLikeOneStack(only) ? (named ? 0.4 : 0.3) : 0
  }
  if (other * 2 > counted) return 0
  if (other * 5 > counted) return stacks * 2 < counted ? 0 : named ? 0.5 : 0.3
  if (stacks * 2 >= counted) return other === 0 ? 0.9 : 0.6
  if (stacks > 0) return named ? 0.5 : 0.45
  return named && other === 0 ? 0.3 : 0
}

/** A first line longer than the head: its count is out of sight, so the frames must speak for themselves. */
function looksLikeOneStack(line: string): boolean {
  if (/[="'{}\\]|;\s/.test(line)) return false
  const frames = line.split(';')
  return frames.length >= 8 && frames.every((f) => f.length > 0 && f.length <= 400)
}
