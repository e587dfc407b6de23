// Samples one by one, the heaviest first; each opens to its stack.

import { useMemo, useRef, useState } from 'preact/hooks'
import { ORIGINS } from '../../core/analysis/origin.ts'
import { groupDigits, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { OpenStack, SampleRows } from '../../core/engine/workbench/questions/profile-samples.ts'
import { go, param } from '../address.ts'
import { useKeys } from '../keys.ts'
import { copyText } from '../parts/clipboard.ts'
import { FilterBox } from '../parts/filter-box.tsx'
import { FunctionMenu, type FunctionMenuAt, useFunctionKeys } from '../parts/function-actions.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { sortByNumber, sortByText } from '../parts/sort-rows.ts'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { tableSort } from '../parts/table-state.ts'
import { useAnswer } from '../session.ts'
import { hovered, idsOf, profileQuery, selected } from '../state.ts'
import { typeId, typeTitle } from './top-columns.tsx'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const query = profileQuery.value
  const find = param('q')
  const open = idsOf(param('samples.open'))
  const { value, error, progress } = useAnswer(
    'profile-samples',
    query && { query, find, regexp: param('qre') !== '0', open },
  )
  const last = useRef<SampleRows>(undefined)
  if (value !== undefined) last.current = value
  const shown = value ?? last.current
  // While one types, an expression may be wrong for a moment: what was found before stays.
  if (error !== undefined && (error.defect || shown === undefined)) return <Failed error={error} />
  if (shown === undefined) return <Loading what="listing samples" {...(progress && { progress })} />
  return <Samples v={shown} open={open} problem={error?.message ?? ''} />
}

const SORT = '-value'

function Samples({
  v,
  open,
  problem,
}: {
  readonly v: SampleRows
  readonly open: readonly number[]
  readonly problem: string
}) {
  const table = useTable()
  const [menu, setMenu] = useState<FunctionMenuAt>()
  const type = v.types[v.selected]!
  const difference = (profileQuery.value?.base?.length ?? 0) > 0
  const sort = tableSort('samples', SORT)
  const n = v.rows.length
  const order = useMemo(() => {
    const all = new Uint32Array(n).map((_, i) => i)
    const { column, descending } = sort
    if (column === 'depth') return sortByNumber(all, (i) => v.depth[i]!, descending)
    if (column === 'labels') return sortByText(all, (i) => v.labels[v.label[i]!]!, descending)
    if (column === 'name') return sortByText(all, (i) => v.names[v.leaf[i]!]!, descending)
    const other = v.types.find((_, k) => `t-${typeId(v.types, k)}` === column) ?? type
    return sortByNumber(all, (i) => Math.abs(other.value[i]!), descending)
  }, [v, sort.column, sort.descending])
  // Rows of the table: samples, then frames of the stacks that are open, each at its place behind them.
  const frames = useMemo(() => openFrames(v, order), [v, order])
  const columns = useMemo(() => columnsOf(v, frames, difference), [v, frames, difference])
  const toggle = (row: number): void => {
    const id = v.rows[row]!
    const list = open.includes(id) ? open.filter((o) => o !== id) : [...open, id]
    go({ set: { 'samples.open': list.length === 0 ? undefined : list.join(',') } }, { replace: true })
  }
  const nameOf = (row: number): string =>
    row < n ? v.names[v.leaf[row]!]! : frames.stack[row - n]!.names[frames.at[row - n]!]!
  const active = useRef(-1)
  useFunctionKeys('Tables', () => selected.value)
  useKeys('Tables', {
    'Shift+c': {
      does: 'copy the stack',
      run: () => {
        const row = active.current
        const stack = row < 0 ? undefined : row < n ? stackOf(v, row) : frames.stack[row - n]
        if (stack !== undefined) copyText(stackText(stack), 'the stack')
      },
    },
  })
  return (
    <>
      <div class="bar0">
        <FilterBox
          filter={{ rows: param('q') === '' ? undefined : v.rows, problem, key: 'q', count: v.all }}
          what="samples by function"
        />
        {open.length > 0 && (
          <button
            type="button"
            class="ctl q"
            onClick={() => go({ set: { 'samples.open': undefined } }, { replace: true })}
          >
            Close all
          </button>
        )}
        {v.stacks.length > 0 && (
          <button
            type="button"
            class="ctl"
            title="Copy the stacks that are open"
            onClick={() => copyText(v.stacks.map(stackText).join('\n'), `${v.stacks.length} stacks`)}
          >
            Copy {v.stacks.length === 1 ? 'stack' : 'stacks'}
          </button>
        )}
        <TableMenu table={table} />
      </div>
      <Table
        id="samples"
        label="Samples"
        count={n + frames.stack.length}
        columns={columns}
        data={columns}
        rows={frames.rows}
        ordered
        sort={SORT}
        handle={table}
        tree={{
          level: (row) => (row < n ? 0 : 1),
          open: (row) => (row < n ? open.includes(v.rows[row]!) : undefined),
          toggle,
        }}
        onSelect={(row, by) => {
          active.current = row
          if (row >= n || by === 'pointer') go({ set: { sel: nameOf(row) } }, { replace: by === 'key' })
        }}
        onAction={(row) => (row < n ? toggle(row) : go({ view: 'source', set: { sel: nameOf(row) } }))}
        onMenu={(row, x, y) => setMenu({ name: nameOf(row), x, y })}
        onHover={(row) => {
          hovered.value = row < 0 ? '' : nameOf(row)
        }}
        rowClass={(row) =>
          `${row >= n ? 'sample-frame' : ''}${hovered.value !== '' && nameOf(row) === hovered.value ? ' same' : ''}`
        }
        empty={
          v.all === 0 ? (
            <Empty title="There are no samples">The profile is empty, as it is shown.</Empty>
          ) : (
            <Empty title="Nothing found">No stack of {groupDigits(v.all)} has a function that matches.</Empty>
          )
        }
      />
      {menu !== undefined && <FunctionMenu at={menu} onClose={() => setMenu(undefined)} />}
    </>
  )
}

function stackOf(v: SampleRows, row: number): OpenStack | undefined {
  return v.stacks.find((s) => s.row === v.rows[row])
}

/** As Go prints stacks: a function, and under it where. */
function stackText(s: OpenStack): string {
  return `${s.names
    .map((name, i) => `${displayName(name)}${s.places[i] === '' ? '' : `\n\t${displayName(s.places[i]!)}`}`)
    .join('\n')}\n`
}

interface Frames {
  /** All rows of the table, in their order. */
  readonly rows: Uint32Array
  /** By row behind the samples: whose frame it is, and which. */
  readonly stack: readonly OpenStack[]
  readonly at: readonly number[]
}

function openFrames(v: SampleRows, order: Uint32Array): Frames {
  const n = v.rows.length
  if (v.stacks.length === 0) return { rows: order, stack: [], at: [] }
  const byRow = new Map(v.stacks.map((s) => [s.row, s]))
  const stack: OpenStack[] = []
  const at: number[] = []
  const rows: number[] = []
  for (const i of order) {
    rows.push(i)
    const s = byRow.get(v.rows[i]!)
    if (s === undefined) continue
    for (let k = 0; k < s.names.length; k++) {
      rows.push(n + stack.length)
      stack.push(s)
      at.push(k)
    }
  }
  return { rows: Uint32Array.from(rows), stack, at }
}

function columnsOf(v: SampleRows, f: Frames, difference: boolean): Column[] {
  const n = v.rows.length
  const type = v.types[v.selected]!
  const show = difference ? signedValueText : valueText
  let largest = 0
  for (const x of type.value) largest = Math.max(largest, Math.abs(x))
  const ofSample = (text: (row: number) => string) => (row: number) => (row < n ? text(row) : '')
  const place = (row: number): string => f.stack[row - n]!.places[f.at[row - n]!]!
  const columns: Column[] = [
    {
      id: 'name',
      title: 'Stack, by its leaf',
      kind: 'name',
      width: 260,
      text: (row) =>
        row < n
          ? displayName(v.names[v.leaf[row]!]!)
          : `  ${displayName(f.stack[row - n]!.names[f.at[row - n]!]!)} ${displayName(place(row))}`,
      cell: (row) => {
        if (row < n)
          return (
            <>
              <FunctionName name={v.names[v.leaf[row]!]!} />
              {v.root[row] !== v.leaf[row] && (
                <span class="row-place cut">from {displayName(v.names[v.root[row]!]!).slice(0, 120)}</span>
              )}
            </>
          )
        const s = f.stack[row - n]!
        const k = f.at[row - n]!
        const where = place(row)
        return (
          <>
            <i class={`dot org ${ORIGINS[s.origin[k]!] ?? ''}`} />
            <FunctionName name={s.names[k]!} inlined={s.inlined[k] === 1} />
            <span class="row-place cut" title={displayName(where)}>
              {displayName(where.slice(where.lastIndexOf('/') + 1))}
            </span>
          </>
        )
      },
    },
    {
      id: 'value',
      title: typeTitle(type.type),
      kind: 'number',
      width: 160,
      text: ofSample((row) => show(type.value[row]!, type.unit, param('u') || 'auto')),
      value: (row) => (row < n ? Math.abs(type.value[row]!) : Number.NaN),
      share: ofSample((row) => shareText(type.value[row]!, v.whole)),
      bar: (row) => (row < n && largest > 0 ? Math.abs(type.value[row]!) / largest : 0),
      barClass: (row) => (row < n && type.value[row]! < 0 ? 's less' : 's'),
      cellClass: (row) => (!difference || row >= n ? '' : type.value[row]! > 0 ? 'plus' : 'minus'),
    },
  ]
  for (const [k, t] of v.types.entries())
    if (k !== v.selected)
      columns.push({
        id: `t-${typeId(v.types, k)}`,
        title: typeTitle(t.type),
        kind: 'number',
        width: 100,
        from: 700 + k * 100,
        text: ofSample((row) => show(t.value[row]!, t.unit)),
        value: (row) => (row < n ? Math.abs(t.value[row]!) : Number.NaN),
      })
  columns.push({
    id: 'depth',
    title: 'Depth',
    hint: 'Frames of the stack, inlined ones too',
    kind: 'number',
    width: 66,
    from: 560,
    text: ofSample((row) => groupDigits(v.depth[row]!)),
    value: (row) => (row < n ? v.depth[row]! : Number.NaN),
  })
  if (v.labels.some((l) => l !== ''))
    columns.push({
      id: 'labels',
      title: 'Labels',
      width: 240,
      from: 640,
      text: ofSample((row) => displayName(v.labels[v.label[row]!]!)),
    })
  return columns
}
