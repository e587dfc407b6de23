// Parts of the timeline's canvas: labels, the strips that are dragged, the tooltip, the menu of a track.

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { bytesText } from '../../core/base/people-fmt.ts'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { SpanDetails } from '../../core/engine/workbench/questions/timeline-span.ts'
import type { TaskTracks } from '../../core/engine/workbench/questions/timeline-tasks.ts'
import { address, go } from '../address.ts'
import type { Fetched } from '../draw/timeline-feed.ts'
import type { Row } from '../draw/timeline-rows.ts'
import { momentText, type Span, timeText } from '../draw/timeline-scale.ts'
import type { Place } from '../draw/timeline-surface.ts'
import { Icon } from '../parts/icons.tsx'
import { MenuItem, MenuLine } from '../parts/menu.tsx'
import { shortName } from '../parts/name.tsx'
import { useAnswer } from '../session.ts'
import { list, select, setLists, toggleFold } from './timeline-state.ts'

/** A span under the pointer. */
export interface Hover {
  readonly place: Place
  readonly from: number
  readonly to: number
}

/** The span (or merged spans) under a place, by what is known here. */
export function hoverAt(
  f: Fetched | undefined,
  place: Place,
  end: number,
  tasks: TaskTracks | undefined,
): Hover | undefined {
  const { row, time } = place
  if (row.kind === 'task' && tasks !== undefined && row.task !== undefined) {
    const from = Math.max(0, tasks.start[row.task]!)
    const to = Math.min(end, tasks.end[row.task]!)
    return time >= from && time <= to ? { place, from, to } : undefined
  }
  const track = f?.data.tracks.get(row.key)
  if (f === undefined || track === undefined) return undefined
  const { first, start, end: ends } = f.data.window.tracks
  let low = first[track]!
  let high = first[track + 1]!
  while (low < high) {
    const mid = (low + high) >> 1
    if (start[mid]! <= time) low = mid + 1
    else high = mid
  }
  const e = low - 1
  if (e < first[track]! || ends[e]! < time) return undefined
  return { place, from: start[e]!, to: ends[e]! }
}

export function spoken(d: SpanDetails): string {
  const who = d.goroutine === undefined ? '' : `goroutine ${d.goroutine.id} ${d.goroutine.name}, `
  const woken = d.wokenBy === undefined ? '' : `, woken by goroutine ${d.wokenBy.id} ${d.wokenBy.name}`
  return `${who}${d.words}${d.reason === '' ? '' : `, ${d.reason}`}, ${timeText(d.end - d.start)}, at ${timeText(d.start)}, event ${d.number} of ${d.of}${woken}`
}

export function Label(props: {
  readonly row: Row
  readonly index: number
  readonly overview: TimelineOverview
  readonly fetched: Fetched | undefined
  readonly selected: boolean
  readonly hovered: boolean
  onMenu(x: number, y: number): void
}) {
  const { row, overview, selected, hovered, onMenu } = props
  const style = { top: `${row.y}px`, height: `${row.height}px` }
  const menu = (e: MouseEvent): void => {
    e.preventDefault()
    onMenu(e.clientX, e.clientY)
  }
  if (row.kind === 'head') {
    const fold = row.open !== undefined
    return (
      <button
        type="button"
        class="tl-head"
        style={style}
        role="treeitem"
        aria-expanded={row.open}
        tabIndex={-1}
        title={shortName(row.label)}
        onClick={() => fold && setLists(toggleFold(row, overview))}
        onContextMenu={menu}
      >
        {fold && <Icon name={row.open ? 'down' : 'right'} />}
        {/* The path is in the title; what tells functions apart must be seen. */}
        <span class="cut">{shortName(row.label.replace(/^[\w.~-]+\/(?:[\w.~-]+\/)*/, ''))}</span>
        <span class="t3 tl-count">{row.note}</span>
      </button>
    )
  }
  const track = row.kind === 'track' || row.kind === 'task' || row.kind === 'more'
  return (
    <div
      class={`tl-lab${track ? ' in' : ''}${selected ? ' on' : ''}${hovered ? ' over' : ''}${row.height < 16 ? ' thin' : ''}`}
      style={style}
      role="treeitem"
      aria-selected={selected}
      onClick={() =>
        (row.kind === 'track' || row.kind === 'task') && select({ key: row.key, time: undefined })
      }
      onContextMenu={menu}
      title={row.note === '' ? row.label : `${row.label} ${shortName(row.note)}`}
    >
      <span class={row.kind === 'track' ? 'm' : ''}>{row.label}</span>
      <span class="grow" />
      <span class="t3 cut">
        {row.kind === 'heap' ? bytesText(overview.heap) : shortName(row.note.replace(/^.*\//, ''))}
      </span>
    </div>
  )
}

/** The whole trace: dragging moves what is in sight, its edges size it, beside it a new part is drawn. */
export function Brush({
  canvas,
  end,
  onView,
  viewOf: current,
}: {
  readonly canvas: { readonly current: HTMLCanvasElement | null }
  readonly end: number
  onView(v: Span, animate: boolean): void
  viewOf(): Span
}) {
  const down = (e: PointerEvent): void => {
    const el = canvas.current!
    const box = el.getBoundingClientRect()
    const time = (x: number): number => Math.max(0, Math.min(end, ((x - box.left) / box.width) * end))
    const view = current()
    const start = time(e.clientX)
    const reach = (end / box.width) * 6
    const whole = view.to - view.from >= end * 0.999
    const kind = whole
      ? 'new'
      : Math.abs(start - view.from) < reach
        ? 'left'
        : Math.abs(start - view.to) < reach
          ? 'right'
          : start > view.from && start < view.to
            ? 'move'
            : 'new'
    el.setPointerCapture(e.pointerId)
    let moved = false
    const move = (m: PointerEvent): void => {
      if (!moved && Math.abs(m.clientX - e.clientX) < 3) return
      moved = true
      const t = time(m.clientX)
      if (kind === 'move') onView({ from: view.from + t - start, to: view.to + t - start }, false)
      else if (kind === 'new') onView({ from: Math.min(start, t), to: Math.max(start, t) }, false)
      else {
        const fixed = kind === 'left' ? view.to : view.from
        onView({ from: Math.min(fixed, t), to: Math.max(fixed, t) }, false)
      }
    }
    const up = (): void => {
      el.removeEventListener('pointermove', move)
      el.removeEventListener('pointerup', up)
      if (moved || whole) return
      const half = (view.to - view.from) / 2
      onView({ from: start - half, to: start + half }, true)
    }
    el.addEventListener('pointermove', move)
    el.addEventListener('pointerup', up)
  }
  return (
    <canvas
      ref={canvas as { current: HTMLCanvasElement }}
      role="img"
      aria-label="The whole trace, goroutines by state"
      onPointerDown={down}
      onDblClick={() => onView({ from: 0, to: end }, true)}
    />
  )
}

/** The axis: dragging on it chooses a range. */
export function AxisCanvas({
  canvas,
  timeAt,
  onRange,
}: {
  readonly canvas: { readonly current: HTMLCanvasElement | null }
  timeAt(share: number): number
  onRange(span: Span, done: boolean): void
}) {
  const down = (e: PointerEvent): void => {
    const el = canvas.current!
    const box = el.getBoundingClientRect()
    const time = (x: number): number => timeAt(Math.max(0, Math.min(1, (x - box.left) / box.width)))
    const start = time(e.clientX)
    el.setPointerCapture(e.pointerId)
    let moved = false
    const span = (m: PointerEvent): Span => {
      const t = time(m.clientX)
      return { from: Math.min(start, t), to: Math.max(start, t) }
    }
    const move = (m: PointerEvent): void => {
      moved ||= Math.abs(m.clientX - e.clientX) > 3
      if (moved) onRange(span(m), false)
    }
    const up = (u: PointerEvent): void => {
      el.removeEventListener('pointermove', move)
      el.removeEventListener('pointerup', up)
      if (moved) onRange(span(u), true)
    }
    el.addEventListener('pointermove', move)
    el.addEventListener('pointerup', up)
  }
  return (
    <canvas
      ref={canvas as { current: HTMLCanvasElement }}
      role="img"
      aria-label="Time axis"
      onPointerDown={down}
      title="Drag to choose a range"
    />
  )
}

export function Tip({
  file,
  hover,
  tasks,
  overview,
}: {
  readonly file: number
  readonly hover: Hover
  readonly tasks: TaskTracks | undefined
  readonly overview: TimelineOverview
  readonly fetched: Fetched | undefined
}) {
  const { place, from, to } = hover
  const { row } = place
  const { value } = useAnswer(
    'timeline-span',
    row.track === undefined ? undefined : { file, track: row.track, time: place.time },
  )
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState<{ left: number; top: number } | undefined>(undefined)
  useLayoutEffect(() => {
    const el = box.current
    if (el === null) return
    const left = Math.min(place.x + 14, innerWidth - el.offsetWidth - 8)
    const below = place.y + 18
    const top = below + el.offsetHeight > innerHeight - 8 ? place.y - el.offsetHeight - 12 : below
    setAt({ left, top })
  }, [value, place.x, place.y])
  const merged =
    value !== undefined && (value.start < from || value.end > to || to - from > value.end - value.start)
  const name = row.task !== undefined ? tasks?.names[row.task] : undefined
  if (row.track !== undefined && value === undefined) return null
  return (
    <div
      class="tip tl-tip"
      ref={box}
      style={{ left: `${at?.left ?? -9999}px`, top: `${at?.top ?? -9999}px`, position: 'fixed' }}
    >
      {value !== undefined ? (
        <>
          <div class="row">
            <b>{value.goroutine === undefined ? row.label : `G${value.goroutine.id}`}</b>
            <span class="m cut">{shortName(value.goroutine?.name ?? '')}</span>
          </div>
          <div>
            {value.words.toLowerCase()}
            {value.reason !== '' && `: ${value.reason}`} <b>{timeText(value.end - value.start)}</b>
            {value.proc !== undefined && <span class="t3"> on P{value.proc}</span>}
          </div>
          {value.stack[0] !== undefined && <div class="m t2 cut">{shortName(value.stack[0].fn)}</div>}
          {value.wokenBy !== undefined && (
            <div class="t2">
              {value.words === 'Waiting' ? 'until' : 'after'} G{value.wokenBy.id}{' '}
              {shortName(value.wokenBy.name)} woke it
            </div>
          )}
          <div class="t3 xs">
            at {momentText(value.start, overview.end / 1e4)}, event {value.number} of {value.of}
            {merged && ' · narrower than a pixel'}
          </div>
        </>
      ) : (
        <>
          <b>{shortName(name ?? row.label)}</b> {timeText(to - from)}
        </>
      )}
    </div>
  )
}

export function TrackMenu(props: {
  readonly place: Place
  readonly overview: TimelineOverview
  readonly rows: readonly Row[]
  onDone(): void
  onPin(): void
  onHide(): void
  onMark(): void
  onZoom(): void
  onRange(): void
}) {
  const { place, overview, rows, onDone } = props
  const { row } = place
  void address.value
  const run = (what: () => void) => () => {
    onDone()
    what()
  }
  const track = row.kind === 'track' || row.kind === 'task'
  const pinned = list('pins').includes(row.key)
  const section = row.kind === 'head' && row.key !== 'pinned'
  const heads = rows.filter((r) => r.kind === 'head' && r.key !== 'pinned').map((r) => r.key)
  const move = (to: number): void => {
    const others = heads.filter((k) => k !== row.key)
    others.splice(Math.max(0, to), 0, row.key)
    setLists({ order: others })
  }
  return (
    <>
      {track && (
        <>
          <MenuItem keys="p" icon="pin" onSelect={run(props.onPin)}>
            {pinned ? 'Unpin' : 'Pin'}
          </MenuItem>
          <MenuItem keys="z" onSelect={run(props.onZoom)}>
            Zoom to this span
          </MenuItem>
          <MenuItem keys="r" onSelect={run(props.onRange)}>
            Take this span as range
          </MenuItem>
          {/^[gk]/.test(row.key) && (
            <MenuItem
              keys="c"
              icon="goroutines"
              onSelect={run(() => go({ set: { 'timeline.path': row.key } }))}
            >
              Critical path
            </MenuItem>
          )}
        </>
      )}
      {section && (
        <>
          <MenuItem onSelect={run(() => setLists(toggleFold(row, overview)))}>
            {row.open ? 'Fold' : 'Unfold'}
          </MenuItem>
          <MenuItem onSelect={run(() => move(0))}>Move to the top</MenuItem>
          <MenuItem onSelect={run(() => move(heads.indexOf(row.key) - 1))}>Move up</MenuItem>
          <MenuItem onSelect={run(() => move(heads.indexOf(row.key) + 1))}>Move down</MenuItem>
          <MenuItem
            onSelect={run(() => setLists({ hide: [...list('hide'), ...heads.filter((k) => k !== row.key)] }))}
          >
            Hide all others
          </MenuItem>
          {list('order').length > 0 && (
            <MenuItem onSelect={run(() => setLists({ order: [] }))}>Usual order</MenuItem>
          )}
        </>
      )}
      <MenuItem keys="m" onSelect={run(props.onMark)}>
        Set a marker here
      </MenuItem>
      <MenuLine />
      <MenuItem keys="x" icon="hide" onSelect={run(props.onHide)}>
        Hide
      </MenuItem>
    </>
  )
}
