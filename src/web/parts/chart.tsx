// A chart over one axis: uPlot has axes, scales and the cursor, draw/chart-paint.ts the series. Drag chooses a range,
// a click or Enter selects, arrows move the cursor, and every chart can be shown as a table or saved as a picture.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { ABSENT } from '../../core/base/people-fmt.ts'
import { go, param } from '../address.ts'
import { lowerBound, nearestIndex, type Plot, paintSeries, type SeriesKind } from '../draw/chart-paint.ts'
import { palette } from '../draw/palette.ts'
import { Icon } from './icons.tsx'
import { type Column, Table } from './table.tsx'

export interface ChartSeries {
  readonly label: string
  /** Ascending; the chart's own if not given. */
  readonly x?: ArrayLike<number>
  readonly values: ArrayLike<number>
  /** What tables and read-outs say, where it is not what is drawn (columns that stand on others). */
  readonly said?: ArrayLike<number>
  readonly kind: SeriesKind
  /** Of its colour. */
  readonly token: string
  readonly fill?: boolean
  readonly dash?: boolean
  readonly barWidth?: number
  /** Measured by the axis on the right. */
  readonly right?: boolean
  /** How its values are written, where not as the axis does. */
  readonly text?: (v: number) => string
  /** Not in tables and read-outs: it only helps the eye. */
  readonly silent?: boolean
}

export interface ChartProps {
  /** Unique in the page: names its state in the address. */
  readonly id: string
  readonly title: string
  /** What tables and the cursor go by: x of the rows, ascending. */
  readonly x: ArrayLike<number>
  readonly xTitle: string
  readonly xText: (v: number) => string
  readonly yText: (v: number) => string
  readonly series: readonly ChartSeries[]
  readonly log?: boolean
  /** Of y: whether only whole numbers, or powers of two, are worth a line. */
  readonly steps?: 'whole' | 'bytes'
  /** Of y: what it shows at least. */
  readonly least?: readonly [number, number]
  readonly rightText?: (v: number) => string
  readonly rightLeast?: readonly [number, number]
  /** What all of x is, where that is more than the values have: charts that stand below each other then agree. */
  readonly whole?: readonly [number, number]
  /** Room at the right for an axis that a chart above or below has. */
  readonly rightRoom?: boolean
  /** Where the axis of x has words; round values if not given. */
  readonly xAt?: readonly number[]
  /** What part of x is shown; all if not given. */
  readonly range?: readonly [number, number] | undefined
  readonly onRange?: (range: readonly [number, number] | undefined) => void
  /** The selected row of x; -1 for none. */
  readonly selected?: number
  readonly selectedText?: string
  readonly onSelect?: (row: number) => void
  /** Charts of one key share the cursor. */
  readonly sync?: string
  /** Small words beside the legend, such as 'log scale'. */
  readonly note?: string
  /** CSS pixels of the plot with its axis. */
  readonly height: number
}

export function Chart(props: ChartProps) {
  const { id, title, series, note } = props
  const asTable = param('table') === id
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const now = useRef(props)
  now.current = props
  const drawn = useRef<
    { readonly u: uPlot; readonly colours: unknown; readonly props: ChartProps } | undefined
  >(undefined)
  const [at, setAt] = useState(-1)
  const colours = palette.value

  useEffect(() => {
    const element = host.current
    if (asTable || element === null) return
    const u = makePlot(element, now, setAt)
    plot.current = u
    const resized = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element
      if (clientWidth > 0 && (clientWidth !== u.width || clientHeight !== u.height))
        u.setSize({ width: clientWidth, height: clientHeight })
    })
    resized.observe(element)
    return () => {
      resized.disconnect()
      u.destroy()
      plot.current = undefined
    }
  }, [asTable, id, props.log])

  useEffect(() => {
    const u = plot.current
    if (u === undefined) return
    const before = drawn.current
    if (before?.u !== u || before.colours !== colours || !sameDrawing(before.props, props)) {
      drawn.current = { u, colours, props }
      u.batch(() => {
        u.setData(dataOf(props) as uPlot.AlignedData, false)
        const [min, max] = shownRange(props)
        u.setScale('x', { min, max })
      })
      u.redraw(true, true)
    }
    placeMarker(u, props)
    // Moving the cursor draws nothing anew: these props are then the same object.
  }, [props, colours])

  const keys = (e: KeyboardEvent): void => {
    const { x, range, onRange, onSelect } = props
    if (x.length === 0) return
    const step = e.shiftKey ? 10 : 1
    const [from, to] = shownRange(props)
    const first = lowerBound(x, from)
    const last = Math.max(first, lowerBound(x, to + 1e-12 * Math.abs(to)) - 1)
    const here = at >= first && at <= last ? at : (props.selected ?? -1) >= first ? props.selected! : first
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at < 0 ? here : Math.min(last, here + step),
      ArrowLeft: at < 0 ? here : Math.max(first, here - step),
      Home: first,
      End: last,
    }
    const to2 = moves[e.key]
    const zoomed = e.key === '+' || e.key === '=' ? 0.5 : e.key === '-' ? 2 : 0
    if (to2 !== undefined) {
      setAt(to2)
      const u = plot.current
      if (u !== undefined)
        u.setCursor({ left: u.valToPos(x[to2]!, 'x'), top: u.over.clientHeight / 2 }, false)
    } else if (e.key === 'Enter') onSelect?.(here)
    else if (zoomed > 0 && onRange !== undefined) {
      const width = ((to - from) * zoomed) / 2
      const middle = Math.min(Math.max(x[here]!, from), to)
      const [low, high] = wholeRange(props)
      onRange(
        middle - width <= low && middle + width >= high
          ? undefined
          : [Math.max(low, middle - width), Math.min(high, middle + width)],
      )
    } else if ((e.key === '0' || e.key === 'Escape') && range !== undefined) onRange?.(undefined)
    else return
    e.preventDefault()
    e.stopPropagation()
  }

  const said = at >= 0 && at < props.x.length ? readOut(props, at) : undefined
  return (
    <figure
      class="chart"
      data-chart={id}
      style={{ flexGrow: props.height, maxHeight: `${props.height * 1.8 + 34}px` }}
    >
      <figcaption class="chart-head">
        <span class="b">{title}</span>
        <span class="grow" />
        {series
          .filter((s) => !s.silent)
          .map((s) => (
            <span class="lg" key={s.label}>
              <i
                class={
                  s.kind === 'bars' || s.kind === 'points' || s.fill ? 'k-area' : s.dash ? 'k-dash' : 'k-line'
                }
                style={{ '--k': `var(--${s.token})` }}
              />
              {s.label}
            </span>
          ))}
        {note !== undefined && <span class="t3 xs">{note}</span>}
        <button
          type="button"
          class={`ctl q ic sm-ic${asTable ? ' on' : ''}`}
          aria-pressed={asTable}
          aria-label={`${title}: show as table`}
          title="Show as table"
          onClick={() => go({ set: { table: asTable ? undefined : id } })}
        >
          <Icon name="list" />
        </button>
        <button
          type="button"
          class="ctl q ic sm-ic"
          aria-label={`${title}: save as PNG`}
          title="Save as PNG"
          disabled={asTable}
          onClick={() => {
            if (plot.current !== undefined) savePicture(plot.current, props, colours)
          }}
        >
          <Icon name="download" />
        </button>
      </figcaption>
      {asTable ? (
        <ChartTable {...props} />
      ) : (
        <div
          class="chart-plot"
          ref={host}
          style={{ minHeight: `${props.height}px` }}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the cursor is moved with arrows
          tabIndex={0}
          role="group"
          aria-label={`${title}: chart; arrows move the cursor, Enter selects, plus and minus zoom`}
          onKeyDown={keys}
        />
      )}
      {said !== undefined && !asTable && (
        <div class={`tip chart-tip${said.side}`}>
          <div class="b">{said.head}</div>
          {said.rows.map((r) => (
            <div class="chart-tip-row" key={r.label}>
              <i style={{ '--k': `var(--${r.token})` }} />
              <span class="t2">{r.label}</span>
              <span class="num">{r.text}</span>
            </div>
          ))}
        </div>
      )}
      <div class="sr-only" aria-live="polite">
        {said !== undefined && `${said.head}: ${said.rows.map((r) => `${r.label} ${r.text}`).join(', ')}`}
      </div>
    </figure>
  )

  function readOut(p: ChartProps, row: number) {
    const [from, to] = shownRange(p)
    return {
      head: p.xText(p.x[row]!),
      side: p.x[row]! > (from + to) / 2 ? ' at-left' : '',
      rows: p.series
        .filter((s) => !s.silent)
        .map((s) => ({ label: s.label, token: s.token, text: textAt(p, s, row) })),
    }
  }
}

/** A series' value at a row of the chart's x: of another x the one in force there. NaN if there is none. */
function valueAt(p: ChartProps, s: ChartSeries, row: number): number {
  const values = s.said ?? s.values
  if (s.x === undefined) return values[row] ?? Number.NaN
  const x = p.x[row]!
  const at = lowerBound(s.x, x)
  return values[s.x[at] === x ? at : at - 1] ?? Number.NaN
}

function textAt(p: ChartProps, s: ChartSeries, row: number): string {
  const v = valueAt(p, s, row)
  return Number.isNaN(v) ? ABSENT : (s.text ?? (s.right ? p.rightText : p.yText) ?? p.yText)(v)
}

function wholeRange({ x, series, whole }: ChartProps): [number, number] {
  if (whole !== undefined && whole[1] > whole[0]) return [whole[0], whole[1]]
  let low = x.length > 0 ? x[0]! : 0
  let high = x.length > 0 ? x[x.length - 1]! : 1
  for (const s of series) {
    const own = s.x ?? x
    if (own.length === 0) continue
    low = Math.min(low, own[0]!)
    high = Math.max(high, own[own.length - 1]! + (s.barWidth ?? 0))
  }
  return high > low ? [low, high] : [low - 0.5, low + 0.5]
}

function shownRange(p: ChartProps): [number, number] {
  return p.range === undefined ? wholeRange(p) : [p.range[0], p.range[1]]
}

/** uPlot wants rows for its cursor only: it draws nothing of them. */
function dataOf({ x }: ChartProps): (Float64Array | number[])[] {
  const rows = x instanceof Float64Array ? x : Float64Array.from(x)
  return [rows, rows]
}

/** Least and most of the values that are shown. */
function extent(p: ChartProps, right: boolean): [number, number] {
  const [from, to] = shownRange(p)
  const least = right ? p.rightLeast : p.least
  let low = least?.[0] ?? Number.POSITIVE_INFINITY
  let high = least?.[1] ?? Number.NEGATIVE_INFINITY
  for (const s of p.series) {
    if ((s.right ?? false) !== right) continue
    const x = s.x ?? p.x
    const end = Math.min(x.length, lowerBound(x, to) + 1)
    for (let i = Math.max(0, lowerBound(x, from) - 1); i < end; i++) {
      const v = s.values[i]!
      if (Number.isNaN(v) || (p.log && v <= 0)) continue
      if (v < low) low = v
      if (v > high) high = v
    }
  }
  if (!(high >= low)) return p.log ? [1, 10] : [0, 1]
  if (p.log)
    return [10 ** Math.floor(Math.log10(low) + 1e-9), 10 ** Math.ceil(Math.log10(high) - 1e-9 || 0.1)]
  if (high === low) return low === 0 ? [0, 1] : [Math.min(0, low), high + Math.abs(high) * 0.1]
  return [low, high + (high - low) * 0.06]
}

/** Of the axis at the right, CSS pixels. */
const RIGHT = 48

/** Distances between the lines of the grid. */
const STEPS = {
  bytes: Array.from({ length: 50 }, (_, k) => 2 ** k),
  whole: Array.from({ length: 36 }, (_, k) => [1, 2, 5][k % 3]! * 10 ** Math.floor(k / 3)),
}

function powersOfTen(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => 10 ** (first + k))
}

function makePlot(
  element: HTMLElement,
  now: { readonly current: ChartProps },
  setAt: (row: number) => void,
): uPlot {
  const { log = false, sync } = now.current
  const colour = (token: string) => (): string => palette.peek()(token)
  const font = `11px ${getComputedStyle(document.body).fontFamily}`
  const axis: uPlot.Axis = {
    stroke: colour('text-3'),
    font,
    grid: { stroke: colour('line-1'), width: 1 },
    ticks: { show: false },
    gap: 4,
  }
  const hasRight = now.current.series.some((s) => s.right)
  const u = new uPlot(
    {
      width: Math.max(80, element.clientWidth),
      height: Math.max(60, element.clientHeight),
      legend: { show: false },
      padding: [6, hasRight ? 0 : now.current.rightRoom ? RIGHT : 10, 0, 0],
      scales: {
        x: { time: false, range: () => shownRange(now.current) },
        y: { range: () => extent(now.current, false), ...(log && { distr: 3 as const }) },
        right: { range: () => extent(now.current, true) },
      },
      axes: [
        {
          ...axis,
          size: 22,
          grid: { show: false },
          values: (_u, v) => v.map((t) => now.current.xText(t)),
          ...(now.current.xAt !== undefined && { splits: () => [...now.current.xAt!] }),
          space: 90,
        },
        {
          ...axis,
          size: 58,
          space: 34,
          values: (_u, v) => v.map((t) => now.current.yText(t)),
          ...(now.current.steps !== undefined && { incrs: STEPS[now.current.steps] }),
          ...(log && {
            splits: (_u: uPlot, _axis: number, low: number, high: number) => powersOfTen(low, high),
          }),
        },
        ...(hasRight
          ? [
              {
                ...axis,
                scale: 'right',
                side: 1 as const,
                size: RIGHT,
                space: 34,
                grid: { show: false },
                values: (_u: uPlot, v: number[]) =>
                  v.map((t) => (now.current.rightText ?? now.current.yText)(t)),
              },
            ]
          : []),
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      cursor: {
        y: false,
        points: { show: false },
        // Whether a range means something may be known later only.
        drag: { x: true, y: false, setScale: false },
        ...(sync !== undefined && { sync: { key: sync, setSeries: false } }),
        bind: {
          dblclick: () => () => {
            now.current.onRange?.(undefined)
            return null
          },
        },
      },
      hooks: {
        draw: [
          (self) => {
            paint(self, now.current)
            placeMarker(self, now.current)
          },
        ],
        setCursor: [
          (self) => {
            const { left, idx } = self.cursor
            setAt(left === undefined || left < 0 || idx === null || idx === undefined ? -1 : idx)
          },
        ],
        setSelect: [
          (self) => {
            const { left, width } = self.select
            if (width < 4) return
            const range = [self.posToVal(left, 'x'), self.posToVal(left + width, 'x')] as const
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            now.current.onRange?.(range)
          },
        ],
      },
    },
    dataOf(now.current) as uPlot.AlignedData,
    element,
  )
  let downAt = 0
  u.over.addEventListener('pointerdown', (e) => {
    downAt = e.clientX
  })
  u.over.addEventListener('click', (e) => {
    if (Math.abs(e.clientX - downAt) > 3) return
    const row = nearestIndex(now.current.x, u.posToVal(e.offsetX, 'x'))
    if (row >= 0) now.current.onSelect?.(row)
  })
  return u
}

function plotOf(u: uPlot, scale: string): Plot {
  const { left, top, width, height } = u.bbox
  return {
    ctx: u.ctx,
    left,
    top,
    width,
    height,
    ratio: devicePixelRatio,
    x: (v) => u.valToPos(v, 'x', true),
    y: (v) => u.valToPos(v, scale, true),
  }
}

function paint(u: uPlot, p: ChartProps): void {
  const colours = palette.peek()
  const [from, to] = shownRange(p)
  for (const s of p.series) {
    const { kind, fill, dash, barWidth, token, values } = s
    paintSeries(
      plotOf(u, s.right ? 'right' : 'y'),
      s.x ?? p.x,
      values,
      {
        kind,
        colour: colours(token),
        ...(fill && { fill }),
        ...(dash && { dash }),
        ...(barWidth !== undefined && { barWidth }),
      },
      from,
      to,
    )
  }
}

/** Whether two charts look the same but for what is selected. */
function sameDrawing(a: ChartProps, b: ChartProps): boolean {
  const numbers = (p: ChartProps): string =>
    JSON.stringify([p.range, p.whole, p.least, p.rightLeast, p.log, p.height, p.rightRoom, p.xAt])
  return (
    a.x === b.x &&
    a.series.length === b.series.length &&
    a.series.every((s, k) => {
      const t = b.series[k]!
      return s.values === t.values && s.kind === t.kind && s.token === t.token && sameValues(s.x, t.x)
    }) &&
    numbers(a) === numbers(b)
  )
}

/** Few values may be made anew each time; many are compared by what they are. */
function sameValues(a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || a.length !== b.length || a.length > 5000) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** A line at the selected row: an element of its own, so that choosing another row draws nothing anew. */
function placeMarker(u: uPlot, p: ChartProps): void {
  let marker = u.over.querySelector<HTMLElement>('.chart-selected')
  if (marker === null) {
    marker = document.createElement('div')
    marker.className = 'chart-selected'
    u.over.append(marker)
  }
  const x = p.x[p.selected ?? -1]
  const left = x === undefined ? -1 : u.valToPos(x, 'x')
  const width = u.over.clientWidth
  marker.hidden = left < -1 || left > width + 1 || x === undefined
  marker.style.left = `${left}px`
  marker.textContent = p.selectedText ?? ''
  marker.classList.toggle('at-right', left > width * 0.75)
}

/** The rows of the part that is shown. */
function ChartTable(p: ChartProps) {
  const [from, to] = shownRange(p)
  const rows = useMemo(() => {
    const first = lowerBound(p.x, from)
    const end = lowerBound(p.x, to + 1e-9 * Math.abs(to) + 1e-12)
    return Uint32Array.from({ length: Math.max(0, end - first) }, (_, k) => first + k)
  }, [p.x, from, to])
  const columns: Column[] = [
    {
      id: 'x',
      title: p.xTitle,
      kind: 'number',
      width: 110,
      text: (row) => p.xText(p.x[row]!),
      value: (row) => p.x[row]!,
    },
    ...p.series
      .filter((s) => !s.silent)
      .map(
        (s, k): Column => ({
          id: `s${k}`,
          title: s.label,
          kind: 'number',
          width: 120,
          text: (row) => textAt(p, s, row),
          value: (row) => valueAt(p, s, row),
        }),
      ),
  ]
  return (
    <div class="chart-table" style={{ height: `${p.height}px` }}>
      <Table
        id={`${p.id}.t`}
        label={p.title}
        count={p.x.length}
        rows={rows}
        columns={columns}
        data={p.x}
        sort="x"
        selected={p.selected ?? -1}
        {...(p.onSelect && { onSelect: p.onSelect })}
      />
    </div>
  )
}

function savePicture(u: uPlot, p: ChartProps, colours: (token: string) => string): void {
  const source = u.ctx.canvas
  const head = 28 * devicePixelRatio
  const canvas = document.createElement('canvas')
  canvas.width = source.width
  canvas.height = source.height + head
  const ctx = canvas.getContext('2d')
  if (ctx === null) return
  const family = getComputedStyle(document.body).fontFamily
  ctx.fillStyle = colours('bg-1')
  ctx.fillRect(0, 0, canvas.width, canvas.height)
  ctx.fillStyle = colours('text-1')
  ctx.font = `600 ${12 * devicePixelRatio}px ${family}`
  ctx.fillText(p.title, 12 * devicePixelRatio, 19 * devicePixelRatio)
  let right = canvas.width - 12 * devicePixelRatio
  ctx.font = `${11 * devicePixelRatio}px ${family}`
  for (const s of [...p.series].reverse()) {
    if (s.silent) continue
    ctx.fillStyle = colours('text-2')
    right -= ctx.measureText(s.label).width
    ctx.fillText(s.label, right, 19 * devicePixelRatio)
    right -= 16 * devicePixelRatio
    ctx.fillStyle = colours(s.token)
    ctx.fillRect(right, 11 * devicePixelRatio, 11 * devicePixelRatio, 8 * devicePixelRatio)
    right -= 12 * devicePixelRatio
  }
  ctx.drawImage(source, 0, head)
  canvas.toBlob((blob) => {
    if (blob === null) return
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${p.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.png`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  })
}
