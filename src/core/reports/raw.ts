// The profile as text, for debugging (Profile.String of google/pprof).

import { padLeft } from '../base/go-fmt.ts'
import { formatDuration, formatTimeFull } from '../base/go-time.ts'
import { hexInt, type Int } from '../base/int64.ts'
import { compareText } from '../base/utf8.ts'
import { MAPPING_HAS, type Profile } from '../model/profile.ts'
import type { Report, Sink } from './report.ts'

/** Raw shows the profile itself: there is nothing to build. */
export function buildRaw(r: Report): Profile {
  return r.profile
}

const FLUSH = 1 << 16

export function printRaw(p: Profile, r: Report, out: Sink): void {
  let text = header(p, r)
  const flush = (): void => {
    if (text.length > FLUSH) {
      out.text(text)
      text = ''
    }
  }
  const labels = new Map<number, string>()
  const labelText = (set: number): string => {
    let s = labels.get(set)
    if (s === undefined) {
      s = setText(p, set)
      labels.set(set, s)
    }
    return s
  }
  const { samples, locations } = p
  // Ids of locations as text, each made once: stacks are most of the output.
  const idText = Array.from({ length: locations.count + 1 }, (_, row) => `${locations.id.get(row)} `)
  for (let row = 0; row < samples.count; row++) {
    for (const column of samples.value) text += ` ${padLeft(String(column.get(row)), 10)}`
    text += ': '
    for (let i = samples.stackStart[row]; i < samples.stackEnd[row]; i++) text += idText[samples.frame[i]]
    text += `\n${labelText(samples.labelSet[row])}`
    flush()
  }
  text += 'Locations\n'
  for (let loc = 1; loc <= locations.count; loc++) {
    text += locationText(p, loc)
    flush()
  }
  text += 'Mappings\n'
  for (let m = 1; m <= p.mappings.count; m++) text += `${mappingText(p, m)}\n`
  out.text(text)
}

function header(p: Profile, r: Report): string {
  const lines = p.comments.map((c) => `Comment: ${c}`)
  if (p.docUrl !== '') lines.push(`Doc: ${p.docUrl}`)
  lines.push(`PeriodType: ${p.periodType.type} ${p.periodType.unit}`, `Period: ${p.period}`)
  if (p.timeNanos !== 0) lines.push(`Time: ${formatTimeFull(p.timeNanos, r.zones)}`)
  // Go's %.4v of a duration cuts its text to four characters.
  if (p.durationNanos !== 0)
    lines.push(`Duration: ${[...formatDuration(p.durationNanos)].slice(0, 4).join('')}`)
  const types = p.sampleTypes.map(
    (t) => `${t.type}/${t.unit}${t.type === p.defaultSampleType ? '[dflt]' : ''} `,
  )
  lines.push('Samples:', types.join('').trim())
  return `${lines.join('\n')}\n`
}

/** The label lines of a set: text labels on one, numeric ones on the next. */
function setText(p: Profile, set: number): string {
  const t = p.labelSets
  const text = new Map<number, string[]>()
  const numeric = new Map<number, number[]>()
  for (let row = t.start[set]; row < t.start[set + 1]; row++) {
    const key = t.key[row]
    if (t.str[row] !== 0) addTo(text, key, p.strings.get(t.str[row]))
    else addTo(numeric, key, row)
  }
  const line = (parts: string[]): string =>
    parts.length === 0 ? '' : `                ${parts.sort(compareText).join(' ')}\n`
  const value = (rows: number[]): string => {
    const units = rows.some((row) => t.unit[row] !== 0)
    return rows.map((row) => `${t.num.get(row)}${units ? ` ${p.strings.get(t.unit[row])}` : ''}`).join(' ')
  }
  return (
    line([...text].map(([key, values]) => `${p.strings.get(key)}:[${values.join(' ')}]`)) +
    line([...numeric].map(([key, rows]) => `${p.strings.get(key)}:[${value(rows)}]`))
  )
}

function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

const hex = (v: Int): string => `0x${hexInt(v)}`

function locationText(p: Profile, loc: number): string {
  const { locations: l, lines, functions: f } = p
  let start = `${padLeft(String(l.id.get(loc)), 6)}: ${hex(l.address.get(loc))} `
  if (l.mapping[loc] !== 0) start += `M=${p.mappings.id.get(l.mapping[loc])} `
  if (l.folded[loc] === 1) start += '[F] '
  if (l.lineStart[loc] === l.lineEnd[loc]) return `${start}\n`
  let text = ''
  for (let i = l.lineStart[loc]; i < l.lineEnd[loc]; i++) {
    const fn = lines.fn[i]
    const place = `${p.strings.get(f.filename[fn])}:${lines.line.get(i)}:${lines.column.get(i)}`
    const system = f.name[fn] === f.systemName[fn] ? '' : `(${p.strings.get(f.systemName[fn])})`
    text += `${start}${p.strings.get(f.name[fn])} ${place} s=${f.startLine.get(fn)}${system}\n`
    start = '             '
  }
  return text
}

function mappingText(p: Profile, m: number): string {
  const t = p.mappings
  const range = `${hex(t.start.get(m))}/${hex(t.limit.get(m))}/${hex(t.offset.get(m))}`
  const has = (bit: number, text: string): string => ((t.has[m] & bit) === 0 ? '' : text)
  const bits =
    has(MAPPING_HAS.functions, '[FN]') +
    has(MAPPING_HAS.filenames, '[FL]') +
    has(MAPPING_HAS.lineNumbers, '[LN]') +
    has(MAPPING_HAS.inlineFrames, '[IN]')
  return `${t.id.get(m)}: ${range} ${p.strings.get(t.file[m])} ${p.strings.get(t.buildId[m])} ${bits}`
}
