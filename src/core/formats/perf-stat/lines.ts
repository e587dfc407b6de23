// One line of a report, in each of the forms that perf prints (tools/perf/util/stat-display.c;
// perf-stat(1), CSV FORMAT and JSON FORMAT).

import { type CounterLine, localeNumber, stateOf } from './counters.ts'

const EVENT = /^[A-Za-z_][^\s#]*$/
const NONE = { running: 1, deviation: Number.NaN, time: Number.NaN }

/** A line for people: `[time] [CPU0 | S0 2 | comm-12] 1,234 [msec] event  # metric  ( +- 1.2% )  (83.3%)`; undefined for others. */
export function textLine(line: string): CounterLine | undefined {
  const running = /\((\d+[.,]\d+)%\)\s*$/.exec(line)
  const deviation = /\( *\+- +(\d+[.,]\d+)% *\)/.exec(line)
  const left = line
    .replace(/\s#.*$/, '')
    .replace(/\( *\+-.*$/, '')
    .replace(/\(\d+[.,]\d+%\)\s*$/, '')
  const tokens = left
    .replace(/<not (counted|supported)>/g, '<not\u0001$1>')
    .split(/[ \t]+/)
    .filter((t) => t !== '')
  const event = tokens.at(-1) ?? ''
  if (tokens.length < 2 || !EVENT.test(event)) return undefined
  const isValue = (t: string): boolean => /^\d[\d.,'’\u202f\u00a0]*$/.test(t) || t.startsWith('<not\u0001')
  const at = isValue(tokens.at(-2)!) ? tokens.length - 2 : tokens.length - 3
  const word = tokens[at]
  if (word === undefined || !isValue(word)) return undefined
  const unit = at === tokens.length - 2 ? '' : tokens[at + 1]
  const first = at > 0 ? tokens[0] : ''
  return {
    event,
    unit,
    state: stateOf(word.replace('\u0001', ' ')),
    value: localeNumber(word, unit === ''),
    running: running === null ? 1 : localeNumber(running[1], false) / 100,
    deviation: deviation === null ? Number.NaN : localeNumber(deviation[1], false) / 100,
    time: localeNumber(first, false),
  }
}

/** Separators that `-x` is used with. */
const SEPARATORS = [',', ';', '\t', '|', ':', ' ']

/** The separator with which a line is one of -x; undefined if it is none. */
export function separatorOf(line: string): string | undefined {
  return SEPARATORS.find((s) => csvLine(line, s) !== undefined)
}

/** A line of -x: `[time,][CPU0,][count of processors,]value,unit,event,[deviation%,]run time,running%[,metric,unit]`. */
export function csvLine(line: string, separator: string): CounterLine | undefined {
  const f = line.trim().split(separator)
  const value = (text: string): number =>
    separator === ',' ? Number(text || Number.NaN) : localeNumber(text, false)
  const isNumber = (text: string): boolean => /^\d[\d.,]*$/.test(text)
  for (let i = 0; i + 4 < f.length; i++) {
    const isValue = isNumber(f[i]) || /^<not (counted|supported)>$/.test(f[i])
    if (!isValue || isNumber(f[i + 1]) || !EVENT.test(f[i + 2])) continue
    let at = i + 2
    let event = f[at]
    // Terms of an event may hold the separator: cpu/event=0x3c,umask=0x0/.
    while ((event.match(/\//g)?.length ?? 0) === 1 && at + 1 < f.length && at < i + 12)
      event += separator + f[++at]
    const deviated = /^[\d.,]+%$/.test(f[at + 1] ?? '')
    const run = deviated ? at + 2 : at + 1
    if (!isNumber(f[run] ?? '') || !isNumber(f[run + 1] ?? '')) continue
    return {
      event,
      unit: f[i + 1],
      state: stateOf(f[i]),
      value: value(f[i]),
      running: value(f[run + 1]) / 100,
      deviation: deviated ? value(f[at + 1].slice(0, -1)) / 100 : Number.NaN,
      time: i > 0 && isNumber(f[0].trim()) ? value(f[0].trim()) : Number.NaN,
    }
  }
  return undefined
}

/** A line of -j; undefined for one without a counter (metrics alone) and for what is no JSON. */
export function jsonLine(line: string): CounterLine | undefined {
  let doc: unknown
  try {
    // perf prints values that it cannot compute as bare words.
    doc = JSON.parse(line.replace(/: *-?(nan|inf)\b/g, ': null'))
  } catch {
    return undefined
  }
  if (typeof doc !== 'object' || doc === null) return undefined
  const d = doc as Readonly<Record<string, unknown>>
  const { event } = d
  const counted = d['counter-value']
  if (typeof event !== 'string' || (typeof counted !== 'string' && typeof counted !== 'number'))
    return undefined
  const number = (key: string, none: number): number => (typeof d[key] === 'number' ? d[key] : none)
  const word = String(counted)
  const unit = typeof d.unit === 'string' ? d.unit : ''
  return {
    ...NONE,
    event,
    unit,
    state: stateOf(word),
    value: localeNumber(word, false),
    running: number('pcnt-running', 100) / 100,
    deviation: number('variance', Number.NaN) / 100,
    time: number('interval', Number.NaN),
  }
}
