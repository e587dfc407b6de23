// The line that begins a goroutine (runtime/traceback.go, goroutineheader):
//
//   goroutine 7 [chan receive, 3 minutes, locked to thread]:
//   goroutine 7 gp=0xc000006a80 m=nil [select (durable), synctest bubble 1]:    GOTRACEBACK=system, and throws
//   goroutine 7 [select (leaked)]:                                             Go 1.26, goroutine leak profile
//   goroutine 7 [running labels:{"handler": "quote"}]:                         Go 1.26 with tracebacklabels=1
//   goroutine 7 [running] {handler: quote, path: "/a b"}:                      Go 1.27

import { decodeUtf8 } from '../../base/utf8.ts'
import { GOROUTINE } from '../../model/goroutines.ts'

/** What stands in the brackets and behind them. */
export interface HeaderTail {
  readonly state: string
  readonly minutes: number
  /** Bits of GOROUTINE. */
  readonly flags: number
  readonly bubble: number
  readonly labels: readonly (readonly [key: string, value: string])[]
  /** Marks that no known version prints. */
  readonly unknown: readonly string[]
}

const TAIL =
  /^\[([^\],]*?)((?: \((?:leaked|scan|durable|synctest)\))*)((?:, [^,\]{]*)*?)(?: labels:\{(.*)\})?\](?: \{(.*)\})?:$/s

/** Longer headers are not believed: labels are short. */
const LONGEST = 1 << 16

/** Takes apart `[state, ...]:`; undefined if it is not of that form. */
export function parseHeaderTail(bytes: Uint8Array): HeaderTail | undefined {
  if (bytes.length > LONGEST) return undefined
  const m = TAIL.exec(decodeUtf8(bytes))
  if (m === null) return undefined
  let flags = 0
  if (m[2].includes('(leaked)')) flags |= GOROUTINE.leaked
  if (m[2].includes('(scan)')) flags |= GOROUTINE.scan
  if (/\((durable|synctest)\)/.test(m[2])) flags |= GOROUTINE.durable
  let minutes = 0
  let bubble = 0
  const unknown: string[] = []
  for (const mark of m[3].split(', ').slice(1)) {
    const number = /^(?:(\d{1,9}) minutes?|synctest (?:bubble|group) (\d{1,9}))$/.exec(mark)
    if (number?.[1] !== undefined) minutes = Number(number[1])
    else if (number?.[2] !== undefined) bubble = Number(number[2])
    else if (mark === 'locked to thread') flags |= GOROUTINE.locked
    else unknown.push(mark)
  }
  return { state: m[1], minutes, flags, bubble, labels: parseLabels(m[4] ?? m[5] ?? ''), unknown }
}

const LABEL_PART = /"((?:[^"\\]|\\.)*)"|([^":,]*)/sy

/** `key: value, "other key": "other value"`. What is not of that form ends the list. */
export function parseLabels(text: string): [string, string][] {
  const out: [string, string][] = []
  let at = 0
  const part = (): string => {
    LABEL_PART.lastIndex = at
    const m = LABEL_PART.exec(text)
    at += m?.[0].length ?? 0
    return m === null ? '' : m[1] === undefined ? m[2] : unquote(m[1])
  }
  while (at < text.length) {
    const key = part()
    const colon = /^: ?/.exec(text.slice(at, at + 2))
    if (colon === null) break
    at += colon[0].length
    out.push([key, part()])
    const comma = /^, ?/.exec(text.slice(at, at + 2))
    if (comma === null) break
    at += comma[0].length
  }
  return out
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** Text between Go's double quotes. */
function unquote(s: string): string {
  return s.replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[0-7]{3}|.)/gis, (all, e: string) => {
    if (/^[xuU][0-9a-f]/i.test(e) && e.length > 1) {
      const code = Number.parseInt(e.slice(1), 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : all
    }
    return ESCAPES[e] ?? e
  })
}
