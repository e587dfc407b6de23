// Peek: the calls that lead to a function and those that it makes, opened row by row to any depth.

import { useMemo, useState } from 'preact/hooks'
import { ORIGINS } from '../../core/analysis/origin.ts'
import { groupDigits, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { FunctionRows } from '../../core/engine/workbench/questions/profile-functions.ts'
import type { PeekRows } from '../../core/engine/workbench/questions/profile-peek.ts'
import { go, param } from '../address.ts'
import { FilterBox, useFilter } from '../parts/filter-box.tsx'
import { FunctionMenu, type FunctionMenuAt, useFunctionKeys } from '../parts/function-actions.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { hovered, idsOf, profileQuery, selected } from '../state.ts'
import { nameColumn } from './top-columns.tsx'
import type { ViewProps } from './view.ts'

export function View(_props: ViewProps) {
  const whole = profileQuery.value
  // Peek is by function, whatever the tables are by.
  const query = whole && { ...whole, options: { ...whole.options, g: '' } }
  const { value, error, progress } = useAnswer('profile-functions', query && { query })
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined || query === undefined)
    return <Loading what="adding up functions" {...(progress && { progress })} />
  if (value.names.length === 0)
    return <Empty title="There is nothing in this profile">It has no stacks, as it is shown.</Empty>
  return <Peek f={value} query={query} />
}

type Query = NonNullable<typeof profileQuery.value>

function Peek({ f, query }: { readonly f: FunctionRows; readonly query: Query }) {
  const [menu, setMenu] = useState<FunctionMenuAt>()
  const filter = useFilter('q', f.names.length, (row) => f.names[row]!, f)
  const type = f.types[f.selected]!
  const heaviest = useMemo(() => {
    let best = -1
    const consider = (row: number): void => {
      if (best < 0 || Math.abs(type.total[row]!) > Math.abs(type.total[best]!)) best = row
    }
    if (filter.rows !== undefined) for (const row of filter.rows) consider(row)
    else for (let row = 0; row < f.names.length; row++) consider(row)
    return best < 0 ? '' : f.names[best]!
  }, [f, filter.rows])
  const name = selected.value === '' ? heaviest : selected.value
  useFunctionKeys('Tables', () => name)
  const columns = useMemo((): Column[] => {
    const show = f.sides === undefined ? valueText : signedValueText
    return [
      { ...nameColumn(f, 'functions'), width: 140 },
      {
        id: 'total',
        title: 'Total',
        kind: 'number',
        width: 84,
        text: (row) => show(type.total[row]!, type.unit, param('u') || 'auto'),
        value: (row) => (f.sides === undefined ? type.total[row]! : Math.abs(type.total[row]!)),
      },
    ]
  }, [f, param('u')])
  const ask = (on: string, x: number, y: number): void => setMenu({ name: on, x, y })
  return (
    <div class="peek">
      <div class="peek-list col">
        <div class="bar0">
          <FilterBox filter={filter} what="functions" />
        </div>
        <Table
          id="peek"
          label="Functions"
          count={f.names.length}
          columns={columns}
          data={columns}
          rows={filter.rows}
          sort="-total"
          selected={f.names.indexOf(name)}
          onSelect={(row, how) => go({ set: { sel: f.names[row]! } }, { replace: how === 'key' })}
          onMenu={(row, x, y) => ask(f.names[row]!, x, y)}
          empty={<Empty title="Nothing found">No function of {groupDigits(f.names.length)} matches.</Empty>}
        />
      </div>
      <div class="peek-calls col">
        {name === '' ? (
          <Empty title="No function is selected" />
        ) : (
          <>
            <Calls side="callers" query={query} name={name} f={f} onMenu={ask} />
            <Calls side="callees" query={query} name={name} f={f} onMenu={ask} />
          </>
        )}
      </div>
      {menu !== undefined && <FunctionMenu at={menu} onClose={() => setMenu(undefined)} />}
    </div>
  )
}

function Calls(props: {
  readonly side: 'callers' | 'callees'
  readonly query: Query
  readonly name: string
  readonly f: FunctionRows
  onMenu(name: string, x: number, y: number): void
}) {
  const { side, query, name, f } = props
  const key = `peek.${side}`
  // What is open is of one function: another one begins closed.
  const [of, list] = splitOpen(param(key))
  const open = of === hashOf(name) ? idsOf(list) : []
  const { value, error, progress } = useAnswer('profile-peek', { query, name, side, open })
  const setOpen = (ids: readonly number[]): void =>
    go(
      { set: { [key]: ids.length === 0 ? undefined : `${hashOf(name)}:${ids.join(',')}` } },
      { replace: true },
    )
  const table = useTable()
  const type = f.types[f.selected]!
  const columns = useMemo(
    () => (value === undefined ? [] : callColumns(value, side, type.unit, f)),
    [value, side, f, param('u')],
  )
  const at = f.names.indexOf(name)
  return (
    <section class="peek-side" aria-label={side}>
      <header class="ph">
        <b class="b">{side === 'callers' ? 'Calls to' : 'Calls from'}</b>
        <span class="cut m" title={displayName(name).slice(0, 4000)}>
          {displayName(name).slice(0, 400)}
        </span>
        {at >= 0 && (
          <span>
            {valueText(
              side === 'callers' ? type.total[at]! : type.total[at]! - type.self[at]!,
              type.unit,
              param('u') || 'auto',
            )}
            {side === 'callees' && type.self[at] !== 0 && (
              <span class="t3"> and {valueText(type.self[at]!, type.unit, param('u') || 'auto')} itself</span>
            )}
          </span>
        )}
        <span class="grow" />
        {open.length > 0 && (
          <button type="button" class="ctl q" onClick={() => setOpen([])}>
            Close all
          </button>
        )}
        <TableMenu table={table} />
      </header>
      {error !== undefined ? (
        <Failed error={error} />
      ) : value === undefined ? (
        <Loading what="following calls" {...(progress && { progress })} />
      ) : (
        <Table
          id={key}
          label={side === 'callers' ? `Calls to ${displayName(name)}` : `Calls from ${displayName(name)}`}
          count={value.ids.length}
          columns={columns}
          data={value}
          ordered
          handle={table}
          tree={{
            level: (row) => value.level[row]!,
            open: (row) => (value.state[row] === 0 ? undefined : value.state[row] === 2),
            toggle: (row) => {
              const id = value.ids[row]!
              setOpen(open.includes(id) ? open.filter((o) => o !== id) : [...open, id])
            },
          }}
          onMenu={(row, x, y) => {
            if (value.ids[row]! >= 0) props.onMenu(value.names[row]!, x, y)
          }}
          onHover={(row) => {
            hovered.value = row < 0 ? '' : value.names[row]!
          }}
          rowClass={(row) => (hovered.value !== '' && value.names[row] === hovered.value ? 'same' : '')}
          onAction={(row) => {
            if (value.ids[row]! >= 0) go({ set: { sel: value.names[row]! } })
          }}
          empty={
            <p class="t2">
              {value.whole === 0
                ? 'The function is not in this profile, as it is shown.'
                : side === 'callers'
                  ? 'Nothing called it: stacks begin here.'
                  : 'It calls nothing that took a sample.'}
            </p>
          }
        />
      )}
    </section>
  )
}

function callColumns(v: PeekRows, side: string, unit: string, f: FunctionRows): Column[] {
  const show = f.sides === undefined ? valueText : signedValueText
  const to = param('u') || 'auto'
  const whole = f.wholes[f.selected]!
  const columns: Column[] = [
    {
      id: 'name',
      title: side === 'callers' ? 'Caller' : 'Callee',
      kind: 'name',
      width: 220,
      sortable: false,
      text: (row) => (v.ids[row]! < 0 ? 'lighter ones, left out' : displayName(v.names[row]!)),
      cell: (row) =>
        v.ids[row]! < 0 ? (
          <span class="t3 cut">lighter ones, left out</span>
        ) : (
          <FunctionName name={v.names[row]!} inlined={v.inlined[row] === 1} />
        ),
    },
    {
      id: 'weight',
      title: 'Weight',
      hint: side === 'callers' ? 'Of the calls on this path' : 'With all that it calls, on this path',
      kind: 'number',
      width: 150,
      sortable: false,
      text: (row) => show(v.total[row]!, unit, to),
      share: (row) => shareText(v.total[row]!, v.whole),
      bar: (row) => (v.whole === 0 ? 0 : Math.abs(v.total[row]! / v.whole)),
      barClass: (row) => `o ${ORIGINS[v.origin[row]!] ?? ''}`,
      cellClass: (row) => (f.sides === undefined ? '' : v.total[row]! > 0 ? 'plus' : 'minus'),
    },
    {
      id: 'all',
      title: 'Of all',
      kind: 'number',
      width: 70,
      from: 520,
      sortable: false,
      text: (row) => shareText(v.total[row]!, whole),
    },
  ]
  if (side === 'callees')
    columns.push({
      id: 'self',
      title: 'Self',
      hint: 'In it itself, on this path',
      kind: 'number',
      width: 84,
      from: 520,
      sortable: false,
      text: (row) => show(v.self[row]!, unit, to),
    })
  return columns
}

/** Which function what is open belongs to, in few characters. */
function hashOf(name: string): string {
  let h = 5381
  for (let i = 0; i < name.length; i++) h = (Math.imul(h, 33) ^ name.charCodeAt(i)) >>> 0
  return h.toString(36)
}

function splitOpen(text: string): readonly [string, string] {
  const cut = text.indexOf(':')
  return cut < 0 ? ['', ''] : [text.slice(0, cut), text.slice(cut + 1)]
}
