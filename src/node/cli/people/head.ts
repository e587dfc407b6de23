// The line above every view of a profile: what program, what was measured, how much of it there is.

import { basename } from 'node:path'
import { addInt, type Int, type Int64Column } from '../../../core/base/int64.ts'
import { countText, shareText, signedValueText, timeText, valueText } from '../../../core/base/people-fmt.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { flagOf } from './flags.ts'
import type { OpenedReport } from './open-report.ts'
import { own, type Style, safeName } from './style.ts'
import { type Cell, flowLines } from './table.ts'

/** The program's name: that of its binary, else that of the source (see shortName). */
export function programOf(p: Profile, source: string): string {
  const file = p.mappings.count > 0 ? p.strings.get(p.mappings.file[1]!) : ''
  const name = file === '' || file.startsWith('[') ? '' : (file.split(/[\\/]/).at(-1) ?? '')
  return safeName(name !== '' ? name : source)
}

function sumOf(column: Int64Column): Int {
  let sum: Int = 0
  for (let row = 0; row < column.length; row++) sum = addInt(sum, column.get(row))
  return sum
}

/** How many events were counted, if the profile has them; else how many stacks have a value. */
export function sampleCount(p: Profile, value: number): { count: Int; what: 'samples' | 'stacks' } {
  const counted = p.sampleTypes.findIndex((t) => t.type === 'samples' && t.unit === 'count')
  if (counted >= 0) {
    return { count: sumOf(p.samples.value[counted]!), what: 'samples' }
  }
  let stacks = 0
  for (const v of p.samples.value[value]!.f) if (v !== 0) stacks++
  return { count: stacks, what: 'stacks' }
}

/** The lines above a view; `further` are pieces for the end of the first, such as "272 functions". */
export function headLines(style: Style, o: OpenedReport, further: readonly string[]): string[] {
  const { report, profile: p } = o
  const { options } = report
  const n = sampleCount(p, options.value)
  const one = n.count === 1 ? n.what.slice(0, -1) : n.what
  const value = (v: Int): string => valueText(v, options.sampleUnit, o.config.unit)
  const net = (): string =>
    signedValueText(sumOf(p.samples.value[options.value]!), options.sampleUnit, o.config.unit)
  const total =
    o.base.length === 0
      ? value(report.total)
      : `${net()} net, ${o.diffBase ? 'of' : 'changes of'} ${value(report.total)}${o.diffBase ? ' in the base' : ''}`
  const inTime = p.durationNanos === 0 ? '' : ` in ${timeText(p.durationNanos)}`
  const profiles = o.sources.length > 1 ? ` (${o.sources.length} profiles)` : ''
  const pieces: Cell[] = [
    { text: programOf(p, o.shortNames[0] ?? ''), tone: 'strong' },
    { text: `${safeName(options.sampleType)}${profiles}`, tone: 'accent' },
    { text: `${total}${inTime}, ${[`${countText(n.count)} ${one}`, ...further].join(', ')}` },
  ]
  const lines = flowLines(style, pieces, '  ')
  const quiet = (text: string): Cell => ({ text, tone: 'quiet' })
  if (o.base.length > 0) {
    const base = o.base.map((b) => safeName(basename(b))).join(', ')
    const shares = `shares are of ${o.diffBase ? 'the base' : 'all changes, up and down'}`
    lines.push(...flowLines(style, [quiet(`less ${base}`), quiet(shares)], '  '))
  }
  const filters = options.activeFilters.map((f) => quiet(safeName(flagText(f))))
  if (filters.length > 0) {
    const left = sumOf(report.profile.samples.value[options.value]!)
    const share = shareText(left, report.total)
    const what = `leaves ${value(left)} (${share})`
    lines.push(...flowLines(style, [...filters, { text: what }], '  '))
  }
  return lines
}

/** `tagfocus=x` of the engine as the flag that it was given by. */
function flagText(filter: string): string {
  const [key = '', ...value] = filter.split('=')
  return `${flagOf(key)} ${value.join('=')}`
}

/** Damage and remarks, one line each, for standard error. */
export function printRemarks(o: Pick<OpenedReport, 'problems' | 'remarks'>, name: string): void {
  for (const p of o.problems) {
    const times = p.count > 1 ? ` (${p.count} times)` : ''
    const at = p.offset >= 0 ? ` at byte ${p.offset}` : ''
    process.stderr.write(`goscope ${name}: ${safeName(p.source)}: ${safeName(p.message)}${at}${times}\n`)
  }
  for (const r of o.remarks) process.stderr.write(`goscope ${name}: ${safeName(r)}\n`)
}

/** `1 function`, `272 functions`. */
export function plural(style: Style, n: number, noun: string): string {
  const many = noun.endsWith('s') ? `${noun}es` : `${noun}s`
  return own(style, `${countText(n)} ${n === 1 ? noun : many}`)
}
