// The text format of Prometheus (exposition format 0.0.4 and OpenMetrics), as far as single values and histograms of
// a Go program need it.

export interface PromSample {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: number
}

const NAME = /^([a-zA-Z_:][\w:]*)(\{|[ \t])/
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,|(?=\}))/y

/**
 * Samples whose names are wanted, in the order of the text. What is no sample is passed over: others' collectors
 * print what they like.
 */
export function parsePrometheus(text: string, wanted: (name: string) => boolean): PromSample[] {
  const out: PromSample[] = []
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end < 0 ? text.length : end)
    at = end < 0 ? text.length : end + 1
    if (line.startsWith('#')) continue
    const name = NAME.exec(line)?.[1]
    if (name === undefined || !wanted(name)) continue
    const sample = parseSample(name, line)
    if (sample !== undefined) out.push(sample)
  }
  return out
}

function parseSample(name: string, line: string): PromSample | undefined {
  const labels = new Map<string, string>()
  let at = name.length
  if (line[at] === '{') {
    LABEL.lastIndex = at + 1
    for (;;) {
      at = LABEL.lastIndex
      const m = LABEL.exec(line)
      if (m === null) break
      labels.set(m[1], unescapeLabel(m[2]))
    }
    const close = /^\s*\}/.exec(line.slice(at))
    if (close === null) return undefined
    at += close[0].length
  }
  const value = parseValue(/^\s+(\S+)/.exec(line.slice(at))?.[1] ?? '')
  return value === undefined ? undefined : { name, labels, value }
}

function unescapeLabel(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)) : text
}

/** A value as strconv.ParseFloat reads it; undefined if it is none. */
function parseValue(word: string): number | undefined {
  if (/^[+]?inf(inity)?$/i.test(word)) return Number.POSITIVE_INFINITY
  if (/^-inf(inity)?$/i.test(word)) return Number.NEGATIVE_INFINITY
  if (/^nan$/i.test(word)) return Number.NaN
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : undefined
}
