// The timeline itself: minimap, axis, tracks with their labels, and the panel beside them.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { bytesText } from '../../core/base/people-fmt.ts'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { SpanDetails } from '../../core/engine/workbench/questions/timeline-span.ts'
import type { TaskTracks } from '../../core/engine/workbench/questions/timeline-tasks.ts'
import type { TimelineWindow } from '../../core/engine/workbench/questions/timeline-window.ts'
import { address, go, param } from '../address.ts'
import { palette } from '../draw/palette.ts'
import { type Fetched, TimelineFeed } from '../draw/timeline-feed.ts'
import { paintAxis, paintMinimap } from '../draw/timeline-painter.ts'
import { type Row, rowsIn } from '../draw/timeline-rows.ts'
import { heldSpan, momentText, type Span, spanText, timeText } from '../draw/timeline-scale.ts'
import { type Place, TimelineSurface } from '../draw/timeline-surface.ts'
import { useEscape, useKeys } from '../keys.ts'
import { Icon } from '../parts/icons.tsx'
import { ContextMenu, MenuItem, MenuLine } from '../parts/menu.tsx'
import { shortName } from '../parts/name.tsx'
import { AskError, ask, type Progress, useAnswer } from '../session.ts'
import { viewNote } from '../shell/status-bar.tsx'
import { TimelineDetails } from './timeline-details.tsx'
import {
  chooseRange,
  list,
  markers,
  select,
  selectedPlace,
  setLists,
  setMarkers,
  setView,
  toggled,
  toggleFold,
  viewOf,
} from './timeline-state.ts'
import { TimelineTable } from './timeline-table.tsx'
import { Legend } from './timeline-tools.tsx'

export interface BodyProps {
  readonly file: number
  readonly overview: TimelineOverview
  readonly rows: readonly Row[]
  readonly height: number
  readonly tasks: TaskTracks | undefined
  readonly range: Span | undefined
  readonly progress: Progress | undefined
  onSettled(view: Span): void
}

export function TimelineBody(props: BodyProps) {
  const asTable = param('timeline.as') === 'table'
  const [view, setShown] = useState<Span>(() => viewOf(props.overview.end))
  const settled = (v: Span): void => {
    setShown(v)
    props.onSettled(v)
  }
  const place = selectedPlace()
  const row = place && props.rows.find((r) => r.key === place.key)
  const { value: span } = useAnswer(
    'timeline-span',
    row?.track !== undefined && place?.time !== undefined
      ? { file: props.file, track: row.track, time: place.time }
      : undefined,
  )
  const details = row?.track !== undefined && place?.time !== undefined ? span : undefined
  return (
    <div class={param('timeline.side') === '0' ? 'tl whole' : 'tl'}>
      <div class="tl-main">
        {asTable ? (
          <TimelineTable file={props.file} view={view} rows={props.rows} />
        ) : (
          <Canvases {...props} view={view} onSettled={settled} details={details} />
        )}
        <div class="tl-low">
          <Legend stops={props.overview.stops.length > 0} />
        </div>
      </div>
      {param('timeline.side') !== '0' && (
        <TimelineDetails
          file={props.file}
          overview={props.overview}
          rows={props.rows}
          range={props.range}
          view={view}
          row={row}
          details={details}
        />
      )}
    </div>
  )
}

interface Hover {
  readonly place: Place
  readonly from: number
  readonly to: number
}

function Canvases(props: BodyProps & { readonly view: Span; readonly details: SpanDetails | undefined }) {
  const { file, overview, rows, height, tasks, range, details } = props
  const base = useRef<HTMLCanvasElement>(null)
  const over = useRef<HTMLCanvasElement>(null)
  const stage = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const mini = useRef<HTMLCanvasElement>(null)
  const axis = useRef<HTMLCanvasElement>(null)
  const spanLabel = useRef<HTMLSpanElement>(null)
  const live = useRef<HTMLDivElement>(null)
  const surface = useRef<TimelineSurface | undefined>(undefined)
  const [top, setTop] = useState(0)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [hover, setHover] = useState<Hover | undefined>(undefined)
  const [tip, setTip] = useState<Hover | undefined>(undefined)
  const [menu, setMenu] = useState<Place | undefined>(undefined)
  const [drawing, setDrawing] = useState<Span | undefined>(undefined)
  const pointer = useRef<Place | undefined>(undefined)
  const place = selectedPlace()
  const colours = palette.value
  const marks = markers()
  const flowsOn = param('timeline.flows') === '1'
  const now = useRef({
    ...props,
    top,
    size,
    flowsOn,
    marks,
    drawing,
    minimap: undefined as TimelineWindow | undefined,
  })
  const shownRange = drawing ?? range

  const { value: minimap } = useAnswer('timeline-window', {
    file,
    from: 0,
    to: Math.max(1, overview.end),
    width: 1200,
    tracks: [],
    groups: [-1],
    // Another version is another question.
    ...(overview.version > 0 && { version: overview.version }),
  } as Parameters<typeof ask<'timeline-window'>>[1])
  Object.assign(now.current, { ...props, top, size, flowsOn, marks, drawing, minimap, range: shownRange })

  const pathOf = param('timeline.path')
  const path = usePath(file, overview, pathOf, rows, tasks, range)

  const feed = useMemo(
    () =>
      new TimelineFeed(
        { window: (p) => ask('timeline-window', p), flows: (p) => ask('timeline-flows', p) },
        () => {
          // For those who wait for it: nothing else of the page changes.
          if (stage.current !== null) stage.current.dataset.ready = 'true'
          show()
        },
        (e) => {
          viewNote.value = e instanceof AskError ? e.message : String(e)
        },
      ),
    [file],
  )
  const want = (view: Span): void => {
    const n = now.current
    if (n.size.width === 0) return
    feed.want({
      file,
      version: n.overview.version,
      end: n.overview.end,
      view,
      rows: n.rows,
      top: n.top,
      height: n.size.height,
      width: n.size.width,
      flows: n.flowsOn,
    })
  }
  const selectedRow = place && rows.find((r) => r.key === place.key)
  const chosen = selectedRow?.track?.kind === 'g' ? selectedRow.track.row : (details?.goroutine?.row ?? -1)
  const show = (): void => {
    const n = now.current
    const f: Fetched | undefined = feed.fetched
    surface.current?.show({
      overview: n.overview,
      rows: n.rows,
      top: n.top,
      data: f?.data,
      flows: n.flowsOn && feed.flows !== undefined ? feed.flows.flows : undefined,
      flowRows: feed.flows?.keys ?? [],
      path: state.current.path,
      tasks: n.tasks,
      range: n.range,
      markers: n.marks,
      selected: state.current.selected,
      chosen: state.current.chosen,
      hovered: state.current.hovered,
      found: NOTHING,
    })
  }
  const outlineOf = (): { key: string; from: number; to: number } | undefined => {
    if (place === undefined) return undefined
    if (details !== undefined && place.time !== undefined)
      return { key: place.key, from: details.start, to: details.end }
    return { key: place.key, from: 0, to: overview.end }
  }
  const state = useRef<{
    path: typeof path
    selected: ReturnType<typeof outlineOf>
    hovered: ReturnType<typeof outlineOf>
    chosen: number
  }>({ path: undefined, selected: undefined, hovered: undefined, chosen: -1 })
  state.current = {
    path,
    selected: outlineOf(),
    chosen,
    hovered: hover === undefined ? undefined : { key: hover.place.row.key, from: hover.from, to: hover.to },
  }

  const asked = `${param('timeline.from')} ${param('timeline.to')}`
  const followed = useRef(asked)
  // The surface lives as long as the trace is shown.
  useLayoutEffect(() => {
    const s = new TimelineSurface(
      stage.current!,
      base.current!,
      over.current!,
      palette.peek(),
      overview.end,
      {
        painted: (view, ms, moving) => {
          const n = now.current
          if (axis.current !== null) paintAxis(axis.current, palette.peek(), view, n.range, n.marks)
          if (mini.current !== null)
            paintMinimap(mini.current, palette.peek(), n.overview, n.minimap, view, n.range)
          if (spanLabel.current !== null) spanLabel.current.textContent = spanText(view)
          if (!moving) viewNote.value = `drawn in ${ms < 1 ? '< 1' : Math.round(ms)} ms`
          want(view)
        },
        settled: (view) => {
          setView(view, now.current.overview.end)
          // What was written here is no wish to go there: it may have moved on meanwhile.
          followed.current = `${param('timeline.from')} ${param('timeline.to')}`
          now.current.onSettled(view)
        },
        hover: (p) => {
          pointer.current = p
          setHover(
            p === undefined
              ? undefined
              : hoverAt(feed.fetched, p, now.current.overview.end, now.current.tasks),
          )
        },
        select: (p) => {
          stage.current?.focus({ preventScroll: true })
          if (p.row.kind === 'head') {
            setLists(toggleFold(p.row, now.current.overview))
            return
          }
          if (p.row.track !== undefined || p.row.kind === 'task')
            select({ key: p.row.key, time: Math.max(0, p.time) })
          else select(undefined)
        },
        open: (p) => {
          const h = hoverAt(feed.fetched, p, now.current.overview.end, now.current.tasks)
          if (h === undefined || p.row.kind === 'head') return
          const room = (h.to - h.from) * 0.25
          s.goTo({ from: h.from - room, to: h.to + room })
        },
        menu: (p) => setMenu(p),
        range: (span, done) => {
          setDrawing(done ? undefined : span)
          if (done) chooseRange(file, now.current.overview, span)
        },
      },
    )
    surface.current = s
    s.goTo(viewOf(overview.end), false)
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = stage.current!
      setSize({ width: clientWidth, height: clientHeight })
      s.resize(clientWidth, clientHeight)
    })
    observer.observe(stage.current!)
    return () => {
      observer.disconnect()
      s.close()
      surface.current = undefined
    }
  }, [file])
  useEffect(() => {
    surface.current?.painter.recolour(colours)
    show()
  }, [colours])
  useLayoutEffect(show)

  // Links, "back" and the fields of the address move the view.
  useEffect(() => {
    const s = surface.current
    if (s === undefined || followed.current === asked) return
    followed.current = asked
    const to = viewOf(overview.end)
    if (Math.abs(to.from - s.aim.from) > 1 || Math.abs(to.to - s.aim.to) > 1) s.goTo(to)
  }, [asked])
  // A trace of which more was read: what was all stays all.
  const end = useRef(overview.end)
  useEffect(() => {
    const s = surface.current
    if (s !== undefined && (param('timeline.to') !== '' || s.aim.to >= end.current))
      s.goTo(viewOf(overview.end), false)
    end.current = overview.end
  }, [overview.end])

  // What is selected comes into sight.
  const revealed = useRef('')
  useEffect(() => {
    const key = param('timeline.sel')
    if (key === revealed.current || selectedRow === undefined) return
    revealed.current = key
    const box = scroller.current
    if (
      box !== null &&
      (selectedRow.y < box.scrollTop || selectedRow.y + selectedRow.height > box.scrollTop + size.height)
    )
      box.scrollTop = Math.max(0, selectedRow.y - size.height / 2)
    const s = surface.current
    if (s === undefined || place?.time === undefined) return
    if (place.time < s.aim.from || place.time > s.aim.to) {
      const half = (s.aim.to - s.aim.from) / 2
      s.goTo({ from: place.time - half, to: place.time + half })
    }
  })
  useEffect(() => {
    if (live.current !== null && details !== undefined) live.current.textContent = spoken(details)
  }, [details])

  // After a while over one thing its words come up.
  useEffect(() => {
    setTip(undefined)
    if (hover === undefined || menu !== undefined) return
    const timer = setTimeout(() => setTip(hover), 250)
    return () => clearTimeout(timer)
  }, [hover?.place.row.key, hover?.from, hover?.to, menu, param('timeline.sel'), asked])

  const goSpan = (time: number | undefined): void => {
    if (place !== undefined && time !== undefined) select({ key: place.key, time }, { replace: true })
  }
  const stepRow = (step: number): void => {
    const tracks = rows.filter((r) => r.track !== undefined || r.kind === 'task')
    const at = tracks.findIndex((r) => r.key === place?.key)
    const next = tracks[Math.max(0, Math.min(tracks.length - 1, at < 0 ? 0 : at + step))]
    const middle = surface.current === undefined ? 0 : (surface.current.aim.from + surface.current.aim.to) / 2
    if (next !== undefined) select({ key: next.key, time: place?.time ?? middle }, { replace: true })
  }
  const zoomToSelection = (): void => {
    const to = range ?? (details && { from: details.start, to: details.end })
    if (to === undefined) return
    const room = (to.to - to.from) * 0.06
    surface.current?.goTo({ from: to.from - room, to: to.to + room })
  }
  const wokeIt = (): void => {
    if (details?.wokenBy !== undefined)
      select({ key: `g${details.wokenBy.id}`, time: Math.max(0, details.wokenBy.time - 1) })
  }
  const pin = (key = place?.key): void => {
    if (key !== undefined) setLists({ pins: toggled(list('pins'), key) })
  }
  const hide = (key = place?.key): void => {
    if (key === undefined) return
    setLists({ hide: [...list('hide'), key] })
    if (place?.key === key) select(undefined, { replace: true })
  }
  const mark = (time = pointer.current?.time ?? place?.time): void => {
    const s = surface.current
    const at = time ?? (s === undefined ? 0 : (s.aim.from + s.aim.to) / 2)
    setMarkers([...markers(), { time: at, note: '' }])
  }
  const at = (): number | undefined => pointer.current?.time
  useKeys('Timeline', {
    w: { does: 'zoom in', run: () => surface.current?.zoomBy(2, at()) },
    s: { does: 'zoom out', run: () => surface.current?.zoomBy(0.5, at()) },
    a: { does: 'move left', run: () => surface.current?.moveBy(-0.25) },
    d: { does: 'move right', run: () => surface.current?.moveBy(0.25) },
    ArrowLeft: { does: 'move left', hidden: true, run: () => surface.current?.moveBy(-0.1) },
    ArrowRight: { does: 'move right', hidden: true, run: () => surface.current?.moveBy(0.1) },
    ArrowUp: { does: 'track above', run: () => stepRow(-1) },
    ArrowDown: { does: 'track below', run: () => stepRow(1) },
    '+': { does: 'zoom in', hidden: true, run: () => surface.current?.zoomBy(2, at()) },
    '-': { does: 'zoom out', hidden: true, run: () => surface.current?.zoomBy(0.5, at()) },
    z: { does: 'zoom to the range or span', run: zoomToSelection },
    '0': { does: 'the whole trace', run: () => surface.current?.goTo({ from: 0, to: overview.end }) },
    m: { does: 'set a marker', run: () => mark() },
    r: {
      does: 'the selected span as range',
      run: () => details && chooseRange(file, overview, { from: details.start, to: details.end }),
    },
    '.': { does: 'next event of the track', run: () => goSpan(details?.next) },
    ',': { does: 'previous event of the track', run: () => goSpan(details?.previous) },
    g: { does: 'who woke it', run: wokeIt },
    p: { does: 'pin the track', run: () => pin() },
    x: { does: 'hide the track', run: () => hide() },
  })
  const zoomed = param('timeline.from') !== ''
  useEscape('selection', range !== undefined && place === undefined, () =>
    chooseRange(file, overview, undefined),
  )
  useEscape('zoom', zoomed, () => surface.current?.goTo({ from: 0, to: overview.end }))

  const [first, last] = rowsIn(rows, top - 100, top + size.height + 100)
  return (
    <>
      <div class="tl-mini">
        <div class="tl-lab">
          Whole trace
          <span class="grow" />
          <span class="t3">
            {timeText(overview.end)}
            {!overview.complete && ` · ${Math.round(overview.share * 100)} % read`}
          </span>
        </div>
        <Brush
          canvas={mini}
          end={overview.end}
          onView={(v, done) => surface.current?.goTo(v, done)}
          viewOf={() => surface.current?.aim ?? { from: 0, to: 1 }}
        />
      </div>
      <div class="tl-axis">
        <div class="tl-lab">
          <span class="t3" ref={spanLabel} />
        </div>
        <AxisCanvas
          canvas={axis}
          timeAt={(share) => {
            const v = surface.current?.aim ?? { from: 0, to: 1 }
            return v.from + share * (v.to - v.from)
          }}
          onRange={(span, done) => {
            setDrawing(done ? undefined : span)
            if (done) chooseRange(file, overview, heldSpan(span, overview.end))
          }}
        />
      </div>
      <div
        class="tl-scroll scroll"
        ref={scroller}
        onScroll={(e) => {
          const y = e.currentTarget.scrollTop
          setTop(y)
          now.current.top = y
        }}
      >
        <div class="tl-sizer" style={{ height: `${height}px` }}>
          <div class="tl-labels" role="tree" aria-label="Tracks">
            {rows.slice(first, last).map((row, i) => (
              <Label
                key={`${row.pinned ? 'pin ' : ''}${row.key}`}
                row={row}
                index={first + i}
                overview={overview}
                fetched={feed.fetched}
                selected={row.key === place?.key}
                hovered={row.key === hover?.place.row.key}
                onMenu={(x, y) => setMenu({ row, time: at() ?? 0, x, y })}
              />
            ))}
          </div>
        </div>
        <div class="tl-stage-holder">
          <div
            class="tl-stage"
            ref={stage}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
            tabIndex={0}
            role="application"
            aria-roledescription="timeline"
            aria-label={`Timeline, ${rows.length} rows. Arrows choose tracks, full stop and comma events; "Show as table" lists spans.`}
          >
            <canvas ref={base} />
            <canvas ref={over} />
          </div>
        </div>
      </div>
      <div class="sr-only" aria-live="polite" ref={live} />
      {props.progress !== undefined && !overview.complete && (
        <div class="tl-reading" role="status">
          reading the trace · {Math.round((props.progress.done / Math.max(1, props.progress.total)) * 100)} %
        </div>
      )}
      {tip !== undefined && menu === undefined && (
        <Tip file={file} hover={tip} tasks={tasks} overview={overview} fetched={feed.fetched} />
      )}
      {menu !== undefined && (
        <ContextMenu x={menu.x} y={menu.y} label="Track" onClose={() => setMenu(undefined)}>
          <TrackMenu
            place={menu}
            overview={overview}
            rows={rows}
            onDone={() => setMenu(undefined)}
            onPin={() => pin(menu.row.key)}
            onHide={() => hide(menu.row.key)}
            onMark={() => mark(menu.time)}
            onZoom={() => {
              const h = hoverAt(feed.fetched, menu, overview.end, tasks)
              if (h !== undefined)
                surface.current?.goTo({
                  from: h.from - (h.to - h.from) * 0.1,
                  to: h.to + (h.to - h.from) * 0.1,
                })
            }}
            onRange={() => {
              const h = hoverAt(feed.fetched, menu, overview.end, tasks)
              if (h !== undefined) chooseRange(file, overview, h)
            }}
          />
        </ContextMenu>
      )}
    </>
  )
}

const NOTHING: ReadonlySet<string> = new Set()

/** The span (or merged spans) under a place, by what is known here. */
function hoverAt(
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

function spoken(d: SpanDetails): string {
  const who = d.goroutine === undefined ? '' : `goroutine ${d.goroutine.id} ${d.goroutine.name}, `
  const woken = d.wokenBy === undefined ? '' : `, woken by goroutine ${d.wokenBy.id} ${d.wokenBy.name}`
  return `${who}${d.words}${d.reason === '' ? '' : `, ${d.reason}`}, ${timeText(d.end - d.start)}, at ${timeText(d.start)}, event ${d.number} of ${d.of}${woken}`
}

function Label(props: {
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
function Brush({
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
function AxisCanvas({
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

function usePath(
  file: number,
  overview: TimelineOverview,
  key: string,
  rows: readonly Row[],
  tasks: TaskTracks | undefined,
  range: Span | undefined,
) {
  const row = rows.find((r) => r.key === key)
  const goroutine = row?.track?.kind === 'g' ? row.track.row : undefined
  const task = row?.task === undefined ? undefined : tasks?.rows[row.task]
  const { value } = useAnswer(
    'timeline-path',
    key === '' || (goroutine === undefined && task === undefined)
      ? undefined
      : {
          file,
          ...(goroutine !== undefined && { goroutine }),
          ...(task !== undefined && { task }),
          ...(range !== undefined && { from: range.from, to: range.to }),
        },
  )
  void overview
  return key === '' ? undefined : value
}

function Tip({
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

function TrackMenu(props: {
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
