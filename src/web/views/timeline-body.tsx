// The timeline itself: minimap, axis, tracks with their labels, and the panel beside them.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { SpanDetails } from '../../core/engine/workbench/questions/timeline-span.ts'
import type { TaskTracks } from '../../core/engine/workbench/questions/timeline-tasks.ts'
import type { TimelineWindow } from '../../core/engine/workbench/questions/timeline-window.ts'
import { param } from '../address.ts'
import { palette } from '../draw/palette.ts'
import { type Fetched, TimelineFeed } from '../draw/timeline-feed.ts'
import { type Row, rowsIn } from '../draw/timeline-rows.ts'
import { heldSpan, type Span, spanText, timeText } from '../draw/timeline-scale.ts'
import { paintAxis, paintMinimap } from '../draw/timeline-strips.ts'
import { type Place, TimelineSurface } from '../draw/timeline-surface.ts'
import { useEscape, useKeys } from '../keys.ts'
import { ContextMenu } from '../parts/menu.tsx'
import { AskError, ask, type Progress, useAnswer } from '../session.ts'
import { viewNote } from '../shell/status-bar.tsx'
import { TimelineDetails } from './timeline-details.tsx'
import { AxisCanvas, Brush, type Hover, hoverAt, Label, spoken, Tip, TrackMenu } from './timeline-parts.tsx'
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
