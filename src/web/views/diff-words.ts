// What is to be said of a comparison, so that nobody reads more out of it than is in it.

import { valueText } from '../../core/base/people-fmt.ts'
import type { DiffPair, DiffTotal } from '../../core/engine/workbench/questions/diff-totals.ts'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import type { ProfileEntry } from '../../core/engine/workbench/questions/profiles.ts'
import { typeWords } from '../parts/name.tsx'
import { kindTitle, splitSource } from '../shell/source-split.ts'

/** Kinds whose sums tell how much work a side did, in the order of tiles. */
const WORK: readonly string[] = ['cpu', 'allocs', 'heap', 'mutex', 'block', 'goroutine']

/** What is compared, and behind it the other kinds of profiles that lie beside both sides. */
export function otherPairs(
  all: readonly ProfileEntry[],
  before: readonly ProfileEntry[],
  after: readonly ProfileEntry[],
): DiffPair[] {
  const ids = (list: readonly ProfileEntry[]): number[] => list.map((p) => p.id)
  const folders = (list: readonly ProfileEntry[]): Set<string> =>
    new Set(list.map((p) => splitSource(p.name).folder))
  const own: DiffPair = { before: ids(before), after: ids(after) }
  const a = folders(before)
  const b = folders(after)
  // Within one folder nobody knows which file belongs to which side.
  if ([...a].some((folder) => b.has(folder))) return [own]
  const kinds = WORK.filter(
    (kind) => kind !== after[0]?.kind && (kind !== 'heap' || after[0]?.kind !== 'allocs'),
  )
  const within = (kind: string, where: Set<string>): number[] =>
    ids(
      all.filter((p) => p.kind === kind && !p.made && p.samples > 0 && where.has(splitSource(p.name).folder)),
    )
  const others = kinds.flatMap((kind): DiffPair[] => {
    const pair = { before: within(kind, a), after: within(kind, b) }
    // Snapshots add up to nothing: one a folder, or none.
    return pair.before.length === a.size && pair.after.length === b.size ? [pair] : []
  })
  return [own, ...others]
}

const TITLES: ReadonlyMap<string, string> = new Map([
  ['cpu cpu', 'CPU sampled'],
  ['cpu samples', 'Samples'],
  ['alloc_space', 'Bytes allocated'],
  ['alloc_objects', 'Objects allocated'],
  ['inuse_space', 'Bytes in use'],
  ['inuse_objects', 'Objects in use'],
  ['mutex delay', 'Waited for mutexes'],
  ['mutex contentions', 'Contended locks'],
  ['block delay', 'Blocked'],
  ['block contentions', 'Blocking calls'],
  ['goroutine goroutine', 'Goroutines'],
])

export function totalTitle(kind: string, type: string): string {
  return TITLES.get(`${kind} ${type}`) ?? TITLES.get(type) ?? `${kindTitle(kind)} ${typeWords(type)}`
}

/** Both values and their unit, which stands once where both have the same. */
export function sideTexts(
  before: number,
  after: number,
  unit: string,
): [from: string, to: string, unit: string] {
  const split = (v: number): [string, string] => {
    const text = valueText(v, unit)
    const cut = text.lastIndexOf('\u202f')
    // Groups of digits are divided by the same sign.
    return cut < 0 || /\d$/.test(text) ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)]
  }
  const [a, ua] = split(before)
  const [b, ub] = split(after)
  return ua === ub || a === '0' ? [a, b, ub] : [valueText(before, unit), b, ub]
}

/** Rows whose change is no larger than chance makes it, and the size below which that is so for the largest of them. */
export interface Chance {
  /** 1 where it may be chance. */
  readonly rows: Uint8Array
  /** In the unit of the selected type; 0 where nothing can be said. */
  readonly limit: number
}

/** Two standard deviations: 19 of 20 differences of equal sides are smaller. */
const DEVIATIONS = 2

/**
 * Which changes may be chance, where a value is a count of samples (as CPU time is): counts scatter by their square
 * roots.
 */
export function mayBeChance(f: FunctionRows, measure: 'self' | 'total'): Chance {
  const rows = new Uint8Array(f.names.length)
  const type = f.types[f.selected]
  const count = f.types.findIndex((t) => t.type === 'samples' && t.unit === 'count')
  const sides = f.sides
  if (type?.before === undefined || sides === undefined || count < 0) return { rows, limit: 0 }
  const samples = sides[count]!.before + sides[count]!.after
  const size = samples === 0 ? 0 : (sides[f.selected]!.before + sides[f.selected]!.after) / samples
  if (size === 0) return { rows, limit: 0 }
  let limit = 0
  for (let row = 0; row < rows.length; row++) {
    const before = Math.abs(type.before[measure][row]!) / size
    const change = type[measure][row]! / size
    const after = Math.abs(before + change)
    const scatter = DEVIATIONS * Math.sqrt(before + after)
    if (change === 0 || Math.abs(change) >= scatter) continue
    rows[row] = 1
    limit = Math.max(limit, Math.abs(change) * size)
  }
  return { rows, limit }
}

export interface Remark {
  readonly mark: 'info' | 'warning'
  readonly text: string
  /** What would help. */
  readonly offer?: 'same'
}

/** Sides whose amounts of work differ by more than this are said to have done unequal work. */
const UNEQUAL = 1.25

/** What has to be known to read a comparison right. */
export function remarksOf(
  f: FunctionRows,
  totals: readonly DiffTotal[],
  o: { readonly several: boolean; readonly chance: number },
): Remark[] {
  const out: Remark[] = []
  const type = f.types[f.selected]
  const own = totals.find((t) => t.pair === 0 && t.type === type?.type)
  if (own !== undefined) {
    const [m, n] = own.counts
    const [x, y] = own.durations
    if (m !== n)
      out.push({
        mark: 'warning',
        text: `${m} profile${m > 1 ? 's' : ''} before, ${n} after, each side added up: the larger side has more for that alone.`,
        offer: 'same',
      })
    else if (x > 0 && y > 0 && differ(x, y, 1.1))
      out.push({
        mark: 'warning',
        text: `${valueText(x, 'nanoseconds')} were profiled before, ${valueText(y, 'nanoseconds')} after.`,
        offer: 'same',
      })
  }
  const work = unequalWork(f, totals)
  if (work !== '') out.push({ mark: 'warning', text: work })
  else if (own !== undefined && type?.type === 'cpu')
    out.push({
      mark: 'info',
      text: 'Equal time is not equal work: a profile does not say how much was done in it.',
    })
  if (o.several) return out
  if (o.chance > 0)
    out.push({
      mark: 'info',
      text: `One profile a side: changes up to about ${valueText(o.chance, type?.unit ?? '')} may be chance, and are dimmed. Several a side give each row its chance.`,
    })
  else if (own !== undefined && own.counts[0] === 1)
    out.push({
      mark: 'info',
      text: 'One profile a side: nothing tells what is chance. Several a side give each row its chance.',
    })
  return out
}

const differ = (a: number, b: number, factor: number): boolean => a > b * factor || b > a * factor

/** A sentence where counts of calls or objects show that a side did more; '' else. */
function unequalWork(f: FunctionRows, totals: readonly DiffTotal[]): string {
  const type = f.types[f.selected]
  const own = totals.find((t) => t.pair === 0 && t.type === type?.type)
  if (type === undefined || own === undefined || own.before <= 0 || own.after <= 0) return ''
  const ratio = own.after / own.before
  const counts = totals.filter(
    (t) =>
      t.unit === 'count' &&
      t.before > 0 &&
      t.after > 0 &&
      t.type !== 'samples' &&
      t.type !== 'goroutine' &&
      !/^inuse_/.test(t.type) &&
      !(t.pair === 0 && t.type === type.type),
  )
  const odd = counts.find((t) => differ(t.after / t.before / ratio, 1, UNEQUAL))
  if (odd === undefined) return ''
  const name = odd.type.replaceAll('_', ' ').replace(/^alloc objects$/, 'allocated objects')
  return `Equal time is not equal work: ${name} went from ${valueText(odd.before, odd.unit)} to ${valueText(odd.after, odd.unit)} (${percentOf(odd)}), so the two sides did not do the same.`
}

function percentOf(t: DiffTotal): string {
  const by = (t.after / t.before - 1) * 100
  return `${by > 0 ? '+' : '−'}${Math.abs(by).toFixed(0)}\u202f%`
}
