// The table of the product: any number of rows, drawn only where one looks.
//
//   <Table id="top" label="Functions" count={n} columns={columns} data={answer} sort="-total" … />
//
// A row is a number from 0 to `count`; columns read what they show from typed arrays (no object per row). `id` is the
// prefix of the table's state in the address (order, columns, widths: table-state.ts). `data` is what the columns read
// from: the order is made anew when it changes (or `rows`, or the reader's choice). `rows` are the rows that a filter
// left (filter-rows.ts). Trees: give `tree`, and rows in their order with `ordered`. For a button with "Columns" and
// "Copy as": <TableMenu table={handle} />, with `const handle = useTable()` given to both (table-menu.tsx).
// Keys: arrows, Home, End, Page Up and Down; Enter acts; Ctrl C copies the row; Up from the first row goes to the
// header, where arrows walk and Enter sorts; the menu key asks for `onMenu`. Double click acts as Enter does.

import type { ComponentChildren } from 'preact'
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { visibleStart } from '../../core/base/visible-text.ts'
import { copyText } from './clipboard.ts'
import { Icon } from './icons.tsx'
import { sortByNumber, sortByText } from './sort-rows.ts'
import { TableScroll } from './table-scroll.ts'
import { chosenColumns, columnWidths, setColumnWidth, sortTable, tableSort } from './table-state.ts'
import { tableText } from './table-text.ts'

export interface Column {
  /** In the address; no comma, no colon. */
  readonly id: string
  readonly title: string
  /** What the title leaves out, for its tooltip. */
  readonly hint?: string
  /** Numbers are right-aligned and begin with the largest; the (first) name takes the room that is left. Text if absent. */
  readonly kind?: 'name' | 'number' | 'text'
  /** px; of a name: the least. */
  readonly width: number
  /** As it is shown and copied; '' shows nothing. */
  text(row: number): string
  /** Orders the column by number, NaN for what has none (comes last); without it, it is ordered by its text. */
  value?(row: number): number
  /** Draws the cell, where text alone does not do. */
  cell?(row: number): ComponentChildren
  /** Second, dimmer number of the cell, such as its percentage. */
  share?(row: number): string
  /** Width of the bar in front of the number, 0 to 1, and its class (`s` for self; see table.css). */
  bar?(row: number): number
  readonly barClass?: string | ((row: number) => string)
  /** More of the cell's class, such as `plus` and `minus`. */
  cellClass?(row: number): string
  /** Shown only in tables at least this wide (px), unless the reader chose columns. */
  readonly from?: number
  readonly sortable?: boolean
}

export interface Tree {
  /** From 0. */
  level(row: number): number
  /** Whether it is open; undefined for leaves. */
  open(row: number): boolean | undefined
  toggle(row: number): void
}

export interface TableProps {
  readonly id: string
  /** For screen readers. */
  readonly label: string
  readonly count: number
  readonly columns: readonly Column[]
  readonly data: unknown
  readonly rows?: Uint32Array | undefined
  /** Order before anybody chose: a column's id, with `-` in front for the largest first. */
  readonly sort?: string
  /** Rows stay in the order given; whoever gives them reads `tableSort`. */
  readonly ordered?: boolean
  readonly tree?: Tree
  /** The row that is selected outside; -1 if none. */
  readonly selected?: number
  /** `key`: by arrows, which are many, so better not each a step of the history. */
  onSelect?(row: number, by: 'pointer' | 'key'): void
  /** Enter or double click. */
  onAction?(row: number): void
  /** Right click or menu key, at a place of the window. */
  onMenu?(row: number, x: number, y: number): void
  /** Row under the pointer, -1 if none. */
  onHover?(row: number): void
  rowClass?(row: number): string
  readonly handle?: TableHandle
  /** Shown in place of rows where there are none. */
  readonly empty?: ComponentChildren
}

/** What a table tells those beside it. */
export interface TableHandle {
  id: string
  /** All columns, and those that are shown. */
  columns: readonly Column[]
  shown: readonly Column[]
  /** Rows as they are shown, in their order. */
  order: Uint32Array
}

/** A handle, to be given to a table and to its menu. */
export function useTable(): TableHandle {
  return useRef<TableHandle>({ id: '', columns: [], shown: [], order: new Uint32Array(0) }).current
}

const HEAD = 28
/** Characters of a cell that are drawn. */
const MOST_SHOWN = 1000
/** Arrows held down pass many rows; only where they rest is told. */
const REST_MS = 80

export function Table(props: TableProps) {
  const { id, columns, count, rows, data, tree, selected = -1 } = props
  const uid = useId()
  const initial = props.sort ?? ''
  const sort = tableSort(id, initial)
  const order = useMemo(() => {
    const all = rows ?? new Uint32Array(count).map((_, i) => i)
    const column = props.ordered ? undefined : columns.find((c) => c.id === sort.column)
    if (column === undefined) return all
    return column.value !== undefined
      ? sortByNumber(all, (row) => column.value!(row), sort.descending)
      : sortByText(all, (row) => column.text(row), sort.descending)
  }, [data, rows, count, props.ordered, sort.column, sort.descending])

  const box = useRef<HTMLDivElement>(null)
  const scroll = useRef(new TableScroll()).current
  const [, redraw] = useState(0)
  const [width, setWidth] = useState(0)
  const [active, setActive] = useState(selected)
  /** Column of the header that has the keys, -1 while rows have them. */
  const [head, setHead] = useState(-1)
  scroll.count = order.length

  useLayoutEffect(() => {
    const el = box.current!
    const measure = (): void => {
      scroll.rowHeight = Number.parseFloat(getComputedStyle(el).getPropertyValue('--h-row')) || 24
      scroll.view = Math.max(0, el.clientHeight - HEAD)
      setWidth(el.clientWidth)
      redraw((n) => n + 1)
    }
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  // A new order is looked at from its beginning, but for the one in which the selection was brought into sight.
  const drawnOrder = useRef(order)
  useLayoutEffect(() => {
    if (drawnOrder.current === order) return
    drawnOrder.current = order
    if (props.ordered) scroll.clamp(box.current!)
    else scroll.to(box.current!, 0)
    redraw((n) => n + 1)
  }, [order])
  // What is selected elsewhere comes into sight here.
  useLayoutEffect(() => {
    setActive(selected)
    if (selected < 0 || (selected === active && drawnOrder.current !== order)) return
    const at = order.indexOf(selected)
    if (at >= 0 && scroll.reveal(box.current!, at)) redraw((n) => n + 1)
  }, [selected, data, width > 0])

  const shown = visibleColumns(id, columns, width)
  if (props.handle !== undefined) {
    props.handle.id = id
    props.handle.columns = columns
    props.handle.shown = shown
    props.handle.order = order
  }

  const rest = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(rest.current), [])
  const select = (row: number, by: 'pointer' | 'key'): void => {
    setActive(row)
    setHead(-1)
    clearTimeout(rest.current)
    if (by === 'pointer') props.onSelect?.(row, by)
    else rest.current = setTimeout(() => props.onSelect?.(row, by), REST_MS)
  }

  const sortBy = (c: Column): void => {
    if (c.sortable !== false) sortTable(id, initial, c.id, c.kind === 'number' ? 'down' : 'up')
  }
  const onKeyDown = (e: KeyboardEvent): void => {
    if (e.target !== e.currentTarget) return
    const taken = head >= 0 ? headKey(e) : rowKey(e)
    if (taken) {
      e.preventDefault()
      e.stopPropagation()
    }
  }
  const headKey = (e: KeyboardEvent): boolean => {
    if (e.ctrlKey || e.metaKey || e.altKey) return false
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -shown.length, End: shown.length }[e.key]
    if (step !== undefined) setHead(Math.max(0, Math.min(shown.length - 1, head + step)))
    else if (e.key === 'ArrowDown' || e.key === 'Escape') setHead(-1)
    else if ((e.key === 'Enter' || e.key === ' ') && shown[head] !== undefined) sortBy(shown[head])
    else return false
    return true
  }
  const rowKey = (e: KeyboardEvent): boolean => {
    const at = active < 0 ? -1 : order.indexOf(active)
    const page = Math.max(1, Math.floor(scroll.view / scroll.rowHeight) - 1)
    if ((e.ctrlKey || e.metaKey) && e.key === 'c') {
      if (at < 0 || !(getSelection()?.isCollapsed ?? true)) return false
      copyText(tableText(shown, [active], 'TSV').split('\n')[1]!, 'the row')
      return true
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return false
    if (e.key === 'ContextMenu' || (e.key === 'F10' && e.shiftKey)) {
      if (at < 0 || props.onMenu === undefined) return false
      const area = box.current!.getBoundingClientRect()
      scroll.reveal(box.current!, at)
      const y = area.top + HEAD + at * scroll.rowHeight - scroll.offset + scroll.rowHeight
      props.onMenu(active, area.left + 24, y)
      return true
    }
    if (e.shiftKey) return false
    if (e.key === 'ArrowUp' && at <= 0) {
      setHead(0)
      return true
    }
    const open = at >= 0 ? tree?.open(active) : undefined
    if (e.key === 'ArrowRight' && tree !== undefined) {
      if (open === false) tree.toggle(active)
      else if (open === true) move(at + 1)
      return true
    }
    if (e.key === 'ArrowLeft' && tree !== undefined) {
      if (open === true) tree.toggle(active)
      else if (at >= 0) {
        let up = at - 1
        while (up >= 0 && tree.level(order[up]!) >= tree.level(active)) up--
        if (up >= 0) move(up)
      }
      return true
    }
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: order.length - 1,
    }
    if (to[e.key] !== undefined) move(to[e.key]!)
    else if (e.key === 'Enter' && at >= 0) act(active)
    else return false
    return true
  }
  const move = (to: number): void => {
    const at = Math.max(0, Math.min(order.length - 1, to))
    if (order.length === 0) return
    scroll.reveal(box.current!, at, true)
    select(order[at]!, 'key')
  }
  const act = (row: number): void => {
    clearTimeout(rest.current)
    if (props.onAction !== undefined) props.onAction(row)
    else if (tree?.open(row) !== undefined) tree.toggle(row)
  }

  const rowOf = (e: Event): number => {
    const line = (e.target as Element).closest<HTMLElement>('[data-row]')
    return line === null ? -1 : Number(line.dataset.row)
  }
  const onOwn = (e: Event): boolean => (e.target as Element).closest('a, button, input, .twisty') !== null

  const widths = columnWidths(id)
  const stretched = shown.findIndex((c) => c.kind === 'name' && !widths.has(c.id))
  const tracks = shown.map((c, i) => {
    const w = widths.get(c.id) ?? c.width
    if (i === stretched) return `minmax(${w}px, 1fr)`
    // Where there is much room, bars get some of it: names far from their numbers are hard to follow.
    return c.bar !== undefined && !widths.has(c.id) ? `minmax(${w}px, ${w / 450}fr)` : `${w}px`
  })
  const least = shown.reduce((sum, c) => sum + (widths.get(c.id) ?? c.width), 0)
  const [first, last] = scroll.range()
  const lines = []
  for (let at = first; at < last; at++) lines.push(order[at]!)
  const activeShown = active >= 0 && lines.includes(active)

  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: grids and tree grids have labels
    <div
      ref={box}
      class="grid"
      role={tree === undefined ? 'grid' : 'treegrid'}
      aria-label={props.label}
      aria-rowcount={order.length + 1}
      aria-colcount={shown.length}
      aria-activedescendant={head >= 0 ? `${uid}h${head}` : activeShown ? `${uid}r${active}` : undefined}
      tabIndex={0}
      style={{ '--cols': tracks.join(' '), '--least': `${least}px` }}
      onScroll={(e) => {
        if (scroll.scrolled(e.currentTarget)) redraw((n) => n + 1)
      }}
      onKeyDown={onKeyDown}
      onBlur={() => setHead(-1)}
      onClick={(e) => {
        const row = rowOf(e)
        if (row >= 0 && !onOwn(e)) select(row, 'pointer')
      }}
      onDblClick={(e) => {
        const row = rowOf(e)
        if (row >= 0 && !onOwn(e)) act(row)
      }}
      onContextMenu={(e) => {
        const row = rowOf(e)
        if (row < 0 || props.onMenu === undefined) return
        e.preventDefault()
        select(row, 'pointer')
        props.onMenu(row, e.clientX, e.clientY)
      }}
      {...(props.onHover !== undefined && {
        onPointerOver: (e: PointerEvent) => props.onHover!(rowOf(e)),
        onPointerLeave: () => props.onHover!(-1),
      })}
    >
      <div class="grid-head" role="row" aria-rowindex={1}>
        {shown.map((c, i) => (
          <HeadCell
            key={c.id}
            table={id}
            column={c}
            domId={`${uid}h${i}`}
            focused={head === i}
            sorted={sort.column === c.id ? (sort.descending ? 'descending' : 'ascending') : undefined}
            onSort={() => sortBy(c)}
          />
        ))}
      </div>
      {order.length === 0 && props.empty !== undefined && <div class="grid-empty">{props.empty}</div>}
      <div class="grid-space" role="rowgroup" style={{ height: `${scroll.space}px` }}>
        <div
          class="grid-rows"
          role="presentation"
          style={{ transform: `translateY(${scroll.top(first)}px)` }}
        >
          {lines.map((row, i) => (
            <div
              key={row}
              id={`${uid}r${row}`}
              class={`grid-row${row === active ? ' sel' : ''} ${props.rowClass?.(row) ?? ''}`}
              role="row"
              aria-rowindex={first + i + 2}
              aria-selected={row === active}
              {...(tree !== undefined && {
                'aria-level': tree.level(row) + 1,
                ...(tree.open(row) !== undefined && { 'aria-expanded': tree.open(row)! }),
              })}
              data-row={row}
            >
              {shown.map((c, k) => (
                <Cell key={c.id} column={c} row={row} {...(k === 0 && tree !== undefined && { tree })} />
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

function visibleColumns(id: string, columns: readonly Column[], width: number): readonly Column[] {
  const chosen = chosenColumns(id)
  return columns.filter((c, i) =>
    i === 0 ? true : chosen === undefined ? (c.from ?? 0) <= width : chosen.has(c.id),
  )
}

function Cell(props: { readonly column: Column; readonly row: number; readonly tree?: Tree }) {
  const { column: c, row, tree } = props
  // More can be copied, but nobody reads it here. Whoever forgot where the text comes from is safe, too.
  const text = c.cell === undefined ? visibleStart(c.text(row), MOST_SHOWN) : ''
  const kind = c.kind ?? 'text'
  const dim = kind === 'number' && /^(0|0%|–)$/.test(text) ? ' dim' : ''
  const bar = c.bar?.(row)
  const share = c.share?.(row)
  const open = tree?.open(row)
  return (
    <div class={`cell k-${kind}${dim} ${c.cellClass?.(row) ?? ''}`} role="gridcell">
      {tree !== undefined && (
        <span
          class={`twisty${open === true ? ' open' : ''}`}
          style={{ marginLeft: `${tree.level(row) * 14}px` }}
          onClick={() => open !== undefined && tree.toggle(row)}
        >
          {open !== undefined && <Icon name="right" />}
        </span>
      )}
      {bar !== undefined && (
        <span class="cell-bar">
          <i
            class={typeof c.barClass === 'function' ? c.barClass(row) : (c.barClass ?? '')}
            style={{ width: `${Math.max(0, Math.min(1, bar)) * 100}%` }}
          />
        </span>
      )}
      {c.cell !== undefined ? c.cell(row) : <span class="cut">{text}</span>}
      {share !== undefined && <span class="pc">{share}</span>}
    </div>
  )
}

function HeadCell(props: {
  readonly table: string
  readonly column: Column
  readonly domId: string
  readonly focused: boolean
  readonly sorted: 'ascending' | 'descending' | undefined
  onSort(): void
}) {
  const { column: c, sorted } = props
  const cell = useRef<HTMLDivElement>(null)
  const drag = (e: PointerEvent): void => {
    e.preventDefault()
    e.stopPropagation()
    const grip = e.currentTarget as HTMLElement
    const from = cell.current!.offsetWidth
    const x = e.clientX
    grip.setPointerCapture(e.pointerId)
    grip.onpointermove = (m) => setColumnWidth(props.table, c.id, Math.max(40, from + m.clientX - x))
    grip.onpointerup = () => {
      grip.onpointermove = null
    }
  }
  return (
    <div
      ref={cell}
      id={props.domId}
      class={`cell head k-${c.kind ?? 'text'}${props.focused ? ' focused' : ''}${sorted ? ' sorted' : ''}`}
      role="columnheader"
      aria-sort={sorted ?? 'none'}
      title={c.hint ?? c.title}
      onClick={props.onSort}
    >
      <span class="cut">{c.title}</span>
      {sorted && <span aria-hidden="true">{sorted === 'descending' ? '▾' : '▴'}</span>}
      <i
        class="grid-grip"
        onPointerDown={drag}
        onClick={(e) => e.stopPropagation()}
        onDblClick={() => setColumnWidth(props.table, c.id, undefined)}
      />
    </div>
  )
}
