// The table of functions: self and total of every sample type, or what changed.

import { useMemo, useRef, useState } from 'preact/hooks'
import { groupDigits, shareText, valueText } from '../../core/base/people-fmt.ts'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import { go, param } from '../address.ts'
import { FilterBox, useFilter } from '../parts/filter-box.tsx'
import { FunctionMenu, type FunctionMenuAt, useFunctionKeys } from '../parts/function-actions.tsx'
import { typeWords } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { Table, type TableHandle, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { withoutChips } from '../shell/options.ts'
import { hovered, profileQuery, profiles, selected } from '../state.ts'
import { useAlso } from './top-also.ts'
import { type By, differenceColumns, packagePattern, plainColumns, rowKey, rowText } from './top-columns.tsx'
import type { ViewProps } from './view.ts'

const GRANULARITIES: readonly { readonly id: By; readonly title: string; readonly hint: string }[] = [
  { id: 'functions', title: 'Functions', hint: 'One row a function' },
  { id: 'lines', title: 'Lines', hint: 'One row a line of code' },
  { id: 'files', title: 'Files', hint: 'One row a source file' },
  { id: 'packages', title: 'Packages', hint: 'One row a package' },
  { id: 'addresses', title: 'Addresses', hint: 'One row an instruction' },
]

/** pprof's granularity, or ours. */
function shownBy(): By {
  if (param('top.by') === 'packages') return 'packages'
  const g = param('g')
  return g === 'lines' || g === 'files' || g === 'addresses' ? g : 'functions'
}

function showBy(by: By): void {
  go({
    set:
      by === 'packages'
        ? { 'top.by': 'packages' }
        : { 'top.by': undefined, g: by === 'functions' ? undefined : by },
  })
}

export function View(_props: ViewProps) {
  const query = profileQuery.value
  const by = shownBy()
  const packages = by === 'packages'
  const { value, error, progress, pending } = useAnswer(
    'profile-functions',
    query && { query, ...(packages && { packages }) },
  )
  const several = (query?.base?.length ?? 0) > 1 && (query?.of.length ?? 0) > 1
  const tested = useAnswer(
    'profile-significance',
    several && query ? { query, ...(packages && { packages }) } : undefined,
  )
  if (error !== undefined) return <Failed error={error} title="These functions cannot be shown" />
  if (value === undefined) return <Loading what="adding up functions" {...(progress && { progress })} />
  return <Functions rows={value} by={by} tested={several ? tested.value : undefined} stale={pending} />
}

function Functions(props: {
  readonly rows: FunctionRows
  readonly by: By
  readonly tested: Parameters<typeof differenceColumns>[4]
  readonly stale: boolean
}) {
  const { rows: f, by, tested } = props
  const table = useTable()
  const [menu, setMenu] = useState<FunctionMenuAt>()
  const filter = useFilter('q', f.names.length, (row) => rowText(f, row), f)
  const also = useAlso(f, by === 'packages')
  const difference = f.sides !== undefined
  const measure = param('top.of') === 'self' ? 'self' : 'total'
  const unit = param('u') || 'auto'
  const sum = useSums(table, f)
  const columns = useMemo(
    () =>
      difference ? differenceColumns(f, by, measure, unit, tested) : plainColumns(f, by, unit, also, sum),
    [f, by, difference, measure, unit, tested, also],
  )
  // Names of functions are what is selected everywhere; files and packages are rows of this table alone.
  const named = by !== 'files' && by !== 'packages'
  const rowOf = useMemo(() => {
    const out = new Map<string, number>()
    for (let row = f.names.length - 1; row >= 0; row--) out.set(f.names[row]!, row)
    return out
  }, [f])
  const own = useRef('')
  const [other, setOther] = useState(-1)
  const selectedRow = !named ? other : selectedRowOf(f, rowOf, own.current)
  useFunctionKeys('Tables', () => (named ? selected.value : ''))
  const nameOf = (row: number): string => (named ? f.names[row]! : '')
  return (
    <>
      <div class="bar0">
        <FilterBox filter={filter} what={by} />
        <Segmented label="Granularity" choices={GRANULARITIES} value={by} onChoose={showBy} />
        {difference && (
          <Segmented
            label="Compare"
            choices={[
              { id: 'total', title: 'Total' },
              { id: 'self', title: 'Self' },
            ]}
            value={measure}
            onChoose={(id) => go({ set: { 'top.of': id === 'total' ? undefined : id } })}
          />
        )}
        <TableMenu table={table} />
      </div>
      <Remarks f={f} />
      <Table
        id="top"
        label={difference ? `What changed, by ${by}` : `${groupDigits(f.names.length)} ${by}`}
        count={f.names.length}
        columns={columns}
        data={columns}
        rows={filter.rows}
        sort={difference ? '-change' : '-total'}
        selected={selectedRow}
        handle={table}
        onSelect={(row, how) => {
          if (!named) setOther(row)
          else {
            own.current = rowKey(f, row)
            go({ set: { sel: f.names[row]! } }, { replace: how === 'key' })
          }
        }}
        onAction={(row) => {
          if (by === 'packages')
            go({
              set: { 'top.by': undefined, g: undefined, q: packagePattern(f.names[row]!), qre: undefined },
            })
          else if (by === 'files') go({ set: { g: 'lines', q: `${f.names[row]!}:`, qre: '0' } })
          else go({ view: 'source', set: { sel: f.names[row]! } })
        }}
        {...(named && {
          onMenu: (row: number, x: number, y: number) => setMenu({ name: f.names[row]!, x, y }),
          onHover: (row: number) => {
            hovered.value = row < 0 ? '' : nameOf(row)
          },
          rowClass: (row: number) => (hovered.value !== '' && f.names[row] === hovered.value ? 'same' : ''),
        })}
        empty={
          f.names.length === 0 ? (
            <Empty title="There is nothing in this profile">
              {f.samples === 0 ? 'It holds no samples' : 'Its samples have no stacks'}
              {param('t') !== '' || param('f') !== '' ? ' that the filters and transforms leave.' : '.'}
            </Empty>
          ) : (
            <Empty title="Nothing found">
              No {NOUNS[by]} of {groupDigits(f.names.length)} matches.
            </Empty>
          )
        }
      />
      {menu !== undefined && <FunctionMenu at={menu} onClose={() => setMenu(undefined)} />}
    </>
  )
}

const NOUNS: Readonly<Record<By, string>> = {
  functions: 'function',
  lines: 'line',
  files: 'file',
  packages: 'package',
  addresses: 'address',
}

/** The row of the selected function: the one that was clicked where several have its name. */
function selectedRowOf(f: FunctionRows, rowOf: ReadonlyMap<string, number>, own: string): number {
  const name = selected.value
  const row = rowOf.get(name) ?? -1
  if (row < 0 || own === '' || !own.startsWith(`${name}\0`) || rowKey(f, row) === own) return row
  for (let i = row; i < f.names.length; i++) if (rowKey(f, i) === own) return i
  return row
}

/** What the rows up to one take in the order of the table, computed when first asked of an order. */
function useSums(table: TableHandle, f: FunctionRows): (row: number) => number {
  const known = useRef<{ order: Uint32Array; sums: Float64Array }>(undefined)
  return (row) => {
    if (known.current?.order !== table.order) {
      const { self } = f.types[f.selected]!
      const sums = new Float64Array(f.names.length)
      let sum = 0
      for (const r of table.order) {
        sum += self[r]!
        sums[r] = sum
      }
      known.current = { order: table.order, sums }
    }
    return known.current.sums[row]!
  }
}

/** What must be known to read the table right. */
function Remarks({ f }: { readonly f: FunctionRows }) {
  const lines = withoutChips(f.remarks)
  const type = f.types[f.selected]!
  const sides = f.sides?.[f.selected]
  if (sides !== undefined && sides.before > 0) {
    const { before, after } = sides
    const other = f.types.findIndex(
      (t, k) => k !== f.selected && t.unit === 'count' && f.sides![k]!.before > 0,
    )
    const work = other < 0 ? undefined : f.sides![other]!
    const ratio = work === undefined ? 1 : work.after / work.before
    lines.push(
      `${valueText(before, type.unit)} before, ${valueText(after, type.unit)} after (${
        after >= before ? '+' : ''
      }${shareText(after - before, before)}).${
        ratio > 1.5 || ratio < 1 / 1.5
          ? ` Unequal work: ${valueText(work!.before, 'count')} and ${valueText(work!.after, 'count')} ${typeWords(f.types[other]!.type)}.`
          : ''
      }`,
    )
    const of = profileQuery.value?.of.length ?? 0
    const base = profileQuery.value?.base?.length ?? 0
    if (of === 1 && base === 1) {
      const per = profiles.value?.profiles.find((p) => p.id === profileQuery.value!.of[0])?.samples ?? 0
      lines.push(
        `One profile a side, ${groupDigits(per)} kinds of stacks after: small changes may be chance. More profiles a side give each row its chance.`,
      )
    }
  }
  if (f.samples === 1) lines.push('One sample: what it shows may be chance.')
  if (lines.length === 0) return null
  return (
    <div class="remarks" role="note">
      {lines.map((l) => (
        <p key={l}>{l}</p>
      ))}
    </div>
  )
}
