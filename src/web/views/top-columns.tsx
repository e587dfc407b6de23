// The columns of the table of functions, of one profile and of a difference.

import { ORIGINS } from '../../core/analysis/origin.ts'
import { packageOf } from '../../core/analysis/transform/frame-names.ts'
import { ABSENT, NARROW, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import type { Significance } from '../../core/engine/workbench/questions/profile-significance.ts'
import { ChangeBar } from '../parts/change-bar.tsx'
import { typeWords } from '../parts/name.tsx'
import { displayName, FunctionName, PlaceName } from '../parts/name-cells.tsx'
import type { Column } from '../parts/table.tsx'

export type By = 'functions' | 'lines' | 'files' | 'packages' | 'addresses'

const NAME_TITLES: Readonly<Record<By, string>> = {
  functions: 'Function',
  lines: 'Line',
  files: 'File',
  packages: 'Package',
  addresses: 'Address',
}

/** What another profile of the capture says of the same rows. */
export interface Also {
  readonly title: string
  readonly unit: string
  /** By row of the table, NaN where it has no such function. */
  readonly total: Float64Array
}

/** `alloc_space` as people say it. */
export const typeTitle = (type: string): string => {
  const words = typeWords(type)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The sample type in ids of columns: its letters, and its number where an earlier one has the same. */
export function typeId(types: readonly { readonly type: string }[], k: number): string {
  const letters = (t: { readonly type: string }): string => t.type.slice(0, 40).replace(/\W/g, '')
  const id = letters(types[k]!)
  return types.findIndex((t) => letters(t) === id) === k ? id : `${id}${k}`
}

/** The key by which rows of different profiles are the same. */
export const rowKey = (f: Pick<FunctionRows, 'names' | 'places'>, row: number): string =>
  `${f.names[row]}\0${f.places[row]}`

/** What a row is found by: its name first, so that `^main` finds it by any granularity. */
export const rowText = (f: FunctionRows, row: number): string =>
  [f.names[row]!, f.places[row]!, f.addresses?.[row] ?? ''].filter((t) => t !== '').join(' ')

export function nameColumn(f: FunctionRows, by: By): Column {
  return {
    id: 'name',
    title: NAME_TITLES[by],
    kind: 'name',
    width: 220,
    text: (row) => displayName(rowText(f, row)),
    cell: (row) => (
      <>
        {f.addresses?.[row] !== undefined && <code class="row-address">{f.addresses[row]}</code>}
        {by === 'files' || by === 'packages' ? (
          <PlaceName name={f.names[row]!} whole={by === 'packages'} />
        ) : (
          <FunctionName name={f.names[row]!} inlined={f.inlined[row] === 1} />
        )}
        {f.places[row] !== '' && <span class="row-place">{shortPlace(f.places[row]!)}</span>}
      </>
    ),
  }
}

/** File and line without its folders. */
function shortPlace(place: string): string {
  return displayName(place.slice(place.lastIndexOf('/') + 1))
}

/** Columns of one profile. `sum` gives what the rows up to one take, in the order of the table. */
export function plainColumns(
  f: FunctionRows,
  by: By,
  unit: string,
  also: readonly Also[],
  sum: (row: number) => number,
): Column[] {
  const type = f.types[f.selected]!
  const whole = f.wholes[f.selected]!
  const most = largest(type.total)
  const text = (v: number): string => valueText(v, type.unit, unit)
  const bar = (v: number): number => (most === 0 ? 0 : Math.abs(v) / most)
  const columns: Column[] = [
    nameColumn(f, by),
    {
      id: 'self',
      title: 'Self',
      hint: 'Self: in the function itself',
      kind: 'number',
      width: 96,
      text: (row) => text(type.self[row]!),
      value: (row) => type.self[row]!,
      bar: (row) => bar(type.self[row]!),
      barClass: (row) => (type.self[row]! < 0 ? 's less' : 's'),
      cellClass: (row) => (type.self[row]! < 0 ? 'minus' : ''),
    },
    {
      id: 'selfp',
      title: 'Self %',
      hint: 'Self, of all',
      kind: 'number',
      width: 64,
      from: 860,
      text: (row) => shareText(type.self[row]!, whole),
      value: (row) => type.self[row]!,
    },
    {
      id: 'sum',
      title: 'Sum %',
      hint: 'Self of this row and all above it, of all',
      kind: 'number',
      width: 64,
      from: 940,
      sortable: false,
      text: (row) => shareText(sum(row), whole),
    },
    {
      id: 'total',
      title: 'Total',
      hint: 'Total: with all that it calls',
      kind: 'number',
      width: 150,
      text: (row) => text(type.total[row]!),
      value: (row) => type.total[row]!,
      share: (row) => shareText(type.total[row]!, whole),
      bar: (row) => bar(type.total[row]!),
      barClass: (row) => (type.total[row]! < 0 ? 'less' : `o ${ORIGINS[f.origin[row]!] ?? ''}`),
      cellClass: (row) => (type.total[row]! < 0 ? 'minus' : ''),
    },
  ]
  let room = 220 + 96 + 150
  for (const [k, a] of also.entries()) {
    room += 92
    columns.push({
      id: `also${k}`,
      title: a.title,
      hint: `${a.title}, of another profile`,
      kind: 'number',
      width: 92,
      from: room,
      text: (row) => (Number.isNaN(a.total[row]!) ? ABSENT : valueText(a.total[row]!, a.unit)),
      value: (row) => a.total[row]!,
    })
  }
  // The selected type has its columns; self of the others comes where there is room for everything.
  room = Math.max(room, 700)
  const others = f.types.flatMap((t, k) => (k === f.selected ? [] : [{ t, k }]))
  for (const [measure, title] of [
    ['total', ''],
    ['self', ' self'],
  ] as const)
    for (const { t, k } of others) {
      room += 110
      columns.push({
        id: `${typeId(f.types, k)}-${measure}`,
        title: `${typeTitle(t.type)}${title}`,
        hint: `${typeTitle(t.type)}: ${measure === 'self' ? 'in the function itself' : 'with all that it calls'}`,
        kind: 'number',
        width: 110,
        from: room,
        text: (row) => valueText(t[measure][row]!, t.unit),
        value: (row) => t[measure][row]!,
        cellClass: (row) => (t[measure][row]! < 0 ? 'minus' : ''),
      })
    }
  return columns
}

/** Columns of a difference, by self or by total. */
export function differenceColumns(
  f: FunctionRows,
  by: By,
  measure: 'self' | 'total',
  unit: string,
  significance: Significance | undefined,
): Column[] {
  const type = f.types[f.selected]!
  const change = type[measure]
  const before = type.before![measure]
  const after = (row: number): number => before[row]! + change[row]!
  const sides = f.sides![f.selected]!
  const whole = Math.max(sides.before, sides.after)
  const most = largest(change)
  const text = (v: number): string => (v === 0 ? ABSENT : valueText(v, type.unit, unit))
  const word = (row: number): string =>
    change[row] === 0 ? '' : before[row] === 0 ? 'new' : after(row) === 0 ? 'gone' : ''
  const columns: Column[] = [
    nameColumn(f, by),
    {
      id: 'before',
      title: 'Before',
      kind: 'number',
      width: 84,
      text: (row) => text(before[row]!),
      value: (row) => before[row]!,
    },
    {
      id: 'after',
      title: 'After',
      kind: 'number',
      width: 84,
      text: (row) => text(after(row)),
      value: after,
    },
    {
      id: 'change',
      title: 'Change',
      hint: `Change of ${measure}; ordered by its size`,
      kind: 'number',
      width: 200,
      text: (row) => `${signedValueText(change[row]!, type.unit, unit)}${word(row) && ` ${word(row)}`}`,
      value: (row) => Math.abs(change[row]!),
      cell: (row) => (
        <ChangeBar
          change={change[row]!}
          most={most}
          whole={whole}
          text={signedValueText(change[row]!, type.unit, unit)}
          word={word(row)}
        />
      ),
    },
    {
      id: 'relative',
      title: 'Relative',
      hint: 'Change, of what it was before',
      kind: 'number',
      width: 78,
      from: 700,
      text: (row) => relativeText(before[row]!, change[row]!),
      value: (row) => (before[row] === 0 ? Number.NaN : change[row]! / Math.abs(before[row]!)),
      cellClass: (row) =>
        before[row] === 0 ? '' : change[row]! > 0 ? 'plus' : change[row]! < 0 ? 'minus' : '',
    },
    {
      id: 'points',
      title: 'Of all',
      hint: 'Change of its share of all, in percentage points',
      kind: 'number',
      width: 78,
      from: 860,
      text: (row) => pointsText(points(row)),
      value: (row) => Math.abs(points(row)),
      cellClass: (row) => (points(row) > 0 ? 'plus' : points(row) < 0 ? 'minus' : ''),
    },
  ]
  function points(row: number): number {
    const share = (v: number, of: number): number => (of === 0 ? 0 : v / of)
    return share(after(row), sides.after) - share(before[row]!, sides.before)
  }
  if (significance !== undefined) {
    const rowOf = new Map(significance.keys.map((key, i) => [key, i]))
    const p = (row: number): number => {
      const at = rowOf.get(rowKey(f, row))
      return at === undefined ? Number.NaN : significance[measure][at]!
    }
    columns.push({
      id: 'p',
      title: 'Chance',
      hint: `Probability of such a difference by chance (Mann-Whitney, ${significance.before} and ${significance.after} profiles)`,
      kind: 'number',
      width: 84,
      text: (row) => chanceText(p(row)),
      value: p,
      cellClass: (row) => (p(row) <= 0.05 ? 'b' : 'dim'),
    })
  }
  return columns
}

function chanceText(p: number): string {
  if (Number.isNaN(p)) return ABSENT
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}

/** `−21.1 %` of what was before; nothing where there was nothing. */
function relativeText(before: number, change: number): string {
  if (before === 0 || change === 0) return change === 0 ? '0' : ABSENT
  const percent = (change / Math.abs(before)) * 100
  const size = Math.abs(percent)
  const digits =
    size >= 1000 ? '999' : size >= 100 ? size.toFixed(0) : size < 0.05 ? '< 0.1' : size.toFixed(1)
  return `${size >= 1000 ? '> ' : ''}${change > 0 ? '+' : '−'}${digits}${NARROW}%`
}

function pointsText(share: number): string {
  const points = share * 100
  if (points === 0) return '0'
  const size = Math.abs(points) < 0.05 ? '< 0.1' : Math.abs(points).toFixed(1)
  return `${points > 0 ? '+' : '−'}${size}${NARROW}pp`
}

function largest(column: Float64Array): number {
  let most = 0
  for (let i = 0; i < column.length; i++) most = Math.max(most, Math.abs(column[i]!))
  return most
}

/** The package of a row's name, for what leads from packages to their functions. */
export const packagePattern = (pkg: string): string =>
  `^${pkg.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')}${packageOf(`${pkg}.f`) === pkg ? '\\.' : '::'}`
