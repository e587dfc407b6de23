// What loggers put in front of every line: times, host names, process ids.

const TIMES: readonly (readonly [found: RegExp, pattern: string])[] = [
  // RFC 3339, and what Docker, Kubernetes (CRI) and Python make of it.
  [
    /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/,
    '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?',
  ],
  // Go's log package.
  [/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)?/, '\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?'],
  // syslog and journalctl.
  [
    /[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?/,
    '[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?',
  ],
  [/\d\d:\d\d:\d\d(?:[.,]\d+)?/, '\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?'],
  // The kernel's ring buffer and `ts -s`.
  [/\[ *\d+\.\d+\]/, '\\[ *\\d+\\.\\d+\\]'],
  [/\b\d{10}(?:\.\d+)?/, '\\d{10}(?:\\.\\d+)?'],
]

/** Longer ones are not looked for. */
const LONGEST = 256

/** A prefix whose times may change and whose other text may not. */
export class LinePrefix {
  readonly shape: string
  private readonly pattern: RegExp

  /** `text` is a prefix as it was met. */
  constructor(text: string) {
    let shape = ''
    let rest = text
    for (;;) {
      let first: { at: number; length: number; pattern: string } | undefined
      for (const [found, pattern] of TIMES) {
        const m = found.exec(rest)
        if (m !== null && (first === undefined || m.index < first.at))
          first = { at: m.index, length: m[0].length, pattern }
      }
      if (first === undefined) break
      shape += quoteForRegExp(rest.slice(0, first.at)) + first.pattern
      rest = rest.slice(first.at + first.length)
    }
    // Loggers cut blanks at the end of a line, and so the prefix's own where the line is empty.
    this.shape = shape + quoteForRegExp(rest.trimEnd())
    const blanks = rest.length - rest.trimEnd().length
    this.pattern = new RegExp(`^${this.shape}(?:${quoteForRegExp(rest.slice(rest.length - blanks))}|$)`)
  }

  /** Where the line proper begins in b[from, to); -1 if it has another prefix. */
  strip(b: Uint8Array, from: number, to: number): number {
    const m = this.pattern.exec(latin1(b, from, Math.min(to, from + LONGEST)))
    return m === null ? -1 : from + m[0].length
  }
}

function quoteForRegExp(s: string): string {
  return s.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function latin1(b: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...b.subarray(from, to))
}

export const HEADS =
  /(?:goroutine \d+ (?:gp=0x[0-9a-f]+ m=\w+ (?:mp=0x[0-9a-f]+ )?)?\[.*:|WARNING: DATA RACE)$/

/**
 * The prefix of the line b[from, to), if behind it begins a goroutine or a race report; '' if there is
 * none. Lines are looked at only if their last bytes are those of such lines.
 */
export function prefixOf(b: Uint8Array, from: number, to: number): string {
  let end = to
  if (end > from && b[end - 1] === 13) end--
  const last = b[end - 1]
  // "]:", "}:" and "RACE".
  if (!(last === 58 && (b[end - 2] === 93 || b[end - 2] === 125)) && !(last === 69 && b[end - 2] === 67))
    return ''
  const line = latin1(b, from, Math.min(end, from + 4096))
  const m = HEADS.exec(line)
  return m === null || m.index === 0 || m.index > LONGEST ? '' : line.slice(0, m.index)
}

/** The text that Docker's json-file logger wrapped in an object; undefined if the line is none of its. */
export function dockerLine(
  b: Uint8Array,
  from: number,
  to: number,
  decode: (b: Uint8Array) => string,
): string | undefined {
  // {"l
  if (b[from] !== 123 || b[from + 1] !== 34 || b[from + 2] !== 108) return undefined
  const line = decode(b.subarray(from, to))
  if (!line.startsWith('{"log":"')) return undefined
  try {
    const { log } = JSON.parse(line) as { log?: unknown }
    return typeof log === 'string' ? log.replace(/\r?\n$/, '') : undefined
  } catch {
    return undefined
  }
}
