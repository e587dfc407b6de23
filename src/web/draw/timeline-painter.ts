// Paints a timeline: spans as one picture, everything else over it.

import type { TimelineFlows } from '../../core/engine/workbench/questions/timeline-flows.ts'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { TimelinePath } from '../../core/engine/workbench/questions/timeline-path.ts'
import type { TaskTracks } from '../../core/engine/workbench/questions/timeline-tasks.ts'
import type { TimelineWindow } from '../../core/engine/workbench/questions/timeline-window.ts'
import type { Palette } from './palette.ts'
import {
  abgr,
  areaTop,
  GOROUTINE_TOKENS,
  LANE_TOKENS,
  QUIET_TOKENS,
  type Raster,
  rasterCounts,
  rasterTrack,
  type StateLook,
  stateLook,
} from './timeline-raster.ts'
import { type Row, rowsIn } from './timeline-rows.ts'
import { axisTicks, type Span, timeText } from './timeline-scale.ts'

/** What was answered for a window, and which rows of it are which tracks. */
export interface SceneData {
  readonly window: TimelineWindow
  /** Row key -> index of the track. */
  readonly tracks: ReadonlyMap<string, number>
  /** Group -> index in the counts; -1 = all. */
  readonly groups: ReadonlyMap<number, number>
}

export interface Marker {
  readonly time: number
  readonly note: string
}

export interface Scene {
  readonly overview: TimelineOverview
  readonly rows: readonly Row[]
  readonly view: Span
  /** px scrolled. */
  readonly top: number
  readonly data: SceneData | undefined
  readonly flows: TimelineFlows | undefined
  /** Row keys of the tracks that flows name. */
  readonly flowRows: readonly string[]
  readonly path: TimelinePath | undefined
  readonly tasks: TaskTracks | undefined
  /** Chosen range. */
  readonly range: Span | undefined
  readonly markers: readonly Marker[]
  /** Selected row and time; its goroutine's row in the tables, -1 = none. */
  readonly selected: { readonly key: string; readonly from: number; readonly to: number } | undefined
  readonly chosen: number
  readonly hovered: { readonly key: string; readonly from: number; readonly to: number } | undefined
  /** Texts that rows match. */
  readonly found: ReadonlySet<string>
}

const GRID = 8

export class TimelinePainter {
  width = 0
  height = 0
  /** ms that the last picture took. */
  lastMs = 0
  private readonly base: HTMLCanvasElement
  private readonly over: HTMLCanvasElement
  private readonly baseContext: CanvasRenderingContext2D
  private readonly context: CanvasRenderingContext2D
  private image: ImageData | undefined
  private raster: Raster = { width: 0, height: 0, pixels: new Uint32Array(0) }
  private ratio = 1
  private colours: Palette
  private states: StateLook
  private lanes: StateLook
  /** What the runtime's own goroutines wait for says nothing. */
  private quiet: StateLook
  private readonly widths = new Map<string, number>()

  constructor(base: HTMLCanvasElement, over: HTMLCanvasElement, colours: Palette) {
    this.base = base
    this.over = over
    const opaque = base.getContext('2d')
    const context = over.getContext('2d')
    if (opaque === null || context === null) throw new Error('this browser has no canvas')
    this.baseContext = opaque
    this.context = context
    this.colours = colours
    this.states = stateLook(GOROUTINE_TOKENS, colours)
    this.lanes = stateLook(LANE_TOKENS, colours)
    this.quiet = stateLook(QUIET_TOKENS, colours)
  }

  recolour(colours: Palette): void {
    this.colours = colours
    this.states = stateLook(GOROUTINE_TOKENS, colours)
    this.lanes = stateLook(LANE_TOKENS, colours)
    this.quiet = stateLook(QUIET_TOKENS, colours)
  }

  resize(width: number, height: number, ratio: number): void {
    if (width === this.width && height === this.height && ratio === this.ratio) return
    this.width = width
    this.height = height
    this.ratio = ratio
    // The picture of spans has whole pixels of the screen, up to two for one of the page.
    const r = Math.min(2, ratio)
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.max(1, Math.round(width * r))
      canvas.height = Math.max(1, Math.round(height * r))
    }
    this.ratio = r
    this.image = undefined
  }

  paint(s: Scene): void {
    const start = performance.now()
    const { context: g, ratio } = this
    if (this.width === 0) return
    this.paintSpans(s)
    g.setTransform(ratio, 0, 0, ratio, 0, 0)
    g.clearRect(0, 0, this.width, this.height)
    const [from, to] = rowsIn(s.rows, s.top, s.top + this.height)
    for (let i = from; i < to; i++) this.row(s, s.rows[i]!)
    this.stops(s)
    this.range(s)
    this.markers(s)
    if (s.path !== undefined) this.path(s, s.path)
    if (s.flows !== undefined) this.flows(s, s.flows)
    this.outline(s, s.hovered, this.colours('text-2'))
    this.outline(s, s.selected, this.colours('accent'))
    this.gaps(s)
    this.lastMs = performance.now() - start
  }

  /** Horizontal place of a time. */
  x(s: Scene, time: number): number {
    return ((time - s.view.from) / (s.view.to - s.view.from)) * this.width
  }

  private paintSpans(s: Scene): void {
    const { base, baseContext } = this
    let image = this.image
    if (image === undefined) {
      image = baseContext.createImageData(base.width, base.height)
      this.image = image
      this.raster = {
        width: base.width,
        height: base.height,
        pixels: new Uint32Array(image.data.buffer),
      }
    }
    const { raster, ratio } = this
    raster.pixels.fill(0)
    this.grid(s)
    const { data } = s
    if (data !== undefined) {
      const [from, to] = rowsIn(s.rows, s.top, s.top + this.height)
      const mine = abgr(this.colours('st-mine'))
      const system = abgr(this.colours('st-system'))
      const collector = abgr(this.colours('st-gc'))
      const { window: w } = data
      const span = { from: w.from, to: w.to }
      for (let i = from; i < to; i++) {
        const row = s.rows[i]!
        const top = (row.y - s.top) * ratio
        const height = row.height * ratio
        if (row.kind === 'counts' || row.kind === 'group') {
          const at = data.groups.get(row.kind === 'counts' ? -1 : (row.group ?? -1))
          if (at === undefined) continue
          const columns = w.width
          const offset = at * w.slots.length * columns
          const most = areaTop(w.counts, offset, w.slots, columns)
          rasterCounts(
            raster,
            w.counts,
            offset,
            w.slots,
            columns,
            span,
            s.view,
            top,
            height,
            most,
            this.states,
          )
          continue
        }
        const track = data.tracks.get(row.key)
        if (row.track === undefined || track === undefined) continue
        const lane = row.track.kind !== 'g'
        const own = !lane && row.track.row === s.chosen
        rasterTrack(raster, w.tracks, track, top, height, s.view, {
          states: lane ? this.lanes : row.tone === 'user' ? this.states : this.quiet,
          running: own ? mine : row.tone === 'system' ? system : row.tone === 'collector' ? collector : 0,
          chosen: lane && s.chosen >= 0 ? mine : 0,
          chosenItem: s.chosen + 1,
          system,
          runs: 3,
        })
      }
    }
    baseContext.putImageData(image, 0, 0)
  }

  /** Lines of the axis, under everything. */
  private grid(s: Scene): void {
    const { raster, ratio } = this
    const colour = abgr(this.colours('line-1'))
    for (const t of axisTicks(s.view, this.width).times) {
      const x = Math.round(this.x(s, t) * ratio)
      if (x < 0 || x >= raster.width) continue
      for (let i = x; i < raster.pixels.length; i += raster.width) raster.pixels[i] = colour
    }
  }

  private row(s: Scene, row: Row): void {
    const y = row.y - s.top
    const { context: g } = this
    switch (row.kind) {
      case 'head':
        g.fillStyle = this.colours('bg-2')
        g.fillRect(0, y, this.width, row.height - 1)
        break
      case 'heap':
        this.heap(s, y, row.height)
        break
      case 'gc':
        this.collections(s, y, row.height)
        break
      case 'samples':
        this.samples(s, y, row.height)
        break
      case 'logs':
        this.logs(s, y, row.height)
        break
      case 'counts':
      case 'group':
        this.rule(y + row.height)
        break
      case 'task':
        this.task(s, row, y)
        break
      case 'track':
        if (s.found.has(row.key)) {
          g.fillStyle = this.colours('match')
          g.fillRect(0, y + 1, 3, row.height - 2)
        }
        this.trackTexts(s, row, y)
        break
    }
  }

  private rule(y: number): void {
    const { context: g } = this
    g.fillStyle = this.colours('line-1')
    g.fillRect(0, y - 1, this.width, 1)
  }

  private trackTexts(s: Scene, row: Row, y: number): void {
    const track = s.data?.tracks.get(row.key)
    if (s.data === undefined || track === undefined) return
    const { context: g } = this
    const { tracks, regions, assists, samples } = s.data.window
    const first = tracks.first[track]!
    const last = tracks.first[track + 1]!
    for (let i = 0; i < assists.track.length; i++) {
      if (assists.track[i] !== track) continue
      const a = this.x(s, assists.start[i]!)
      const b = Math.max(a + 1, this.x(s, assists.end[i]!))
      g.fillStyle = this.colours('st-assist')
      g.fillRect(a, y + row.height - 4, b - a, 3)
    }
    if (row.height >= 18) {
      g.font = this.font(11)
      g.textBaseline = 'middle'
      g.textAlign = 'left'
      for (let i = firstAtOrAfter(tracks.labelAt, first); i < tracks.labelAt.length; i++) {
        const e = tracks.labelAt[i]!
        if (e >= last) break
        const state = tracks.state[e]!
        // In hairlines and narrow bars there is no room for words.
        const lane = row.track?.kind !== 'g'
        const tall = lane ? state === 3 || state === 4 || state === 5 : state === 3 || state === 5
        const a = Math.max(0, this.x(s, tracks.start[e]!))
        const b = Math.min(this.width, this.x(s, tracks.end[e]!))
        const text = this.fitted(tracks.labels[i]!, b - a - 10)
        if (text === '') continue
        if (tall) {
          g.fillStyle = this.colours('on-state')
          g.fillText(text, a + 5, y + row.height / 2 + 0.5)
        } else if (state >= 7 && row.height >= 28) {
          g.fillStyle = this.colours('text-2')
          g.fillText(text, a + 5, y + row.height - 6)
        }
      }
    }
    for (let i = 0; i < regions.track.length; i++) {
      if (regions.track[i] !== track) continue
      const a = this.x(s, regions.start[i]!)
      const b = Math.max(a + 1, this.x(s, regions.end[i]!))
      if (b < 0 || a > this.width) continue
      const h = row.height >= 18 ? 3 : 2
      const at = y + 1 + Math.min(regions.depth[i]!, 2) * (h + 1)
      g.fillStyle = this.colours(`cat-${1 + (hash(regions.names[i]!) % 12)}`)
      g.fillRect(a, at, b - a, h)
    }
    g.fillStyle = this.colours('text-1')
    for (let i = 0; i < samples.track.length; i++)
      if (samples.track[i] === track) {
        const x = this.x(s, samples.time[i]!)
        g.fillRect(x - 0.5, y + row.height - 5, 1, 4)
      }
  }

  /** The longest form of a text that fits: whole, without path, cut; '' if nothing does. */
  private fitted(text: string, width: number): string {
    if (width < 14) return ''
    if (this.measure(text) <= width) return text
    const short = text.replace(/[\w.~-]+\//g, '')
    if (short !== text && this.measure(short) <= width) return short
    const words = short.split(' ')
    if (words.length > 1 && /^G\d+$/.test(words[0]!)) return this.measure(words[0]!) <= width ? words[0]! : ''
    const method = /\.([^.]+)$/.exec(short)?.[1]
    if (method !== undefined && this.measure(method) <= width) return method
    const letters = Math.floor((width - 8) / 6.2)
    return letters >= 3 ? `${(method ?? short).slice(0, letters)}…` : ''
  }

  private measure(text: string): number {
    let width = this.widths.get(text)
    if (width === undefined) {
      if (this.widths.size > 5000) this.widths.clear()
      width = this.context.measureText(text).width
      this.widths.set(text, width)
    }
    return width
  }

  private font(size: number, weight = 400): string {
    return `${weight} ${size}px ${this.colours('font-ui') || 'system-ui'}`
  }

  private heap(s: Scene, y: number, height: number): void {
    const heap = s.data?.window.heap
    this.rule(y + height)
    if (heap === undefined || s.data === undefined) return
    const { context: g } = this
    const { window: w } = s.data
    const most = Math.max(1, s.overview.heap)
    const Y = (v: number): number => y + height - 3 - (v / most) * (height - 8)
    const X = (c: number): number => this.x(s, w.from + ((w.to - w.from) * c) / w.width)
    g.beginPath()
    let begun = false
    let firstX = 0
    let lastX = 0
    for (let c = 0; c < w.width; c++) {
      const low = heap.min[c]!
      const high = heap.max[c]!
      if (Number.isNaN(high)) continue
      const x = X(c)
      if (x < -20 || x > this.width + 20) continue
      if (!begun) {
        g.moveTo(x, Y(low))
        firstX = x
        begun = true
      }
      // Where a column has both, the line falls from the one to the other.
      g.lineTo(x, Y(low))
      if (high !== low) g.lineTo(x, Y(high))
      lastX = X(c + 1)
      g.lineTo(lastX, Y(high))
    }
    if (begun) {
      g.strokeStyle = this.colours('line-c1')
      g.lineWidth = 1.5
      g.stroke()
      g.lineTo(lastX, y + height - 2)
      g.lineTo(firstX, y + height - 2)
      g.globalAlpha = 0.14
      g.fillStyle = this.colours('line-c1')
      g.fill()
      g.globalAlpha = 1
    }
    g.lineWidth = 1
    g.setLineDash([4, 3])
    g.strokeStyle = this.colours('text-3')
    g.beginPath()
    let at = Number.NaN
    for (let c = 0; c < w.width; c++) {
      const v = heap.goal[c]!
      if (Number.isNaN(v) || v <= 0) continue
      const x = X(c)
      if (x < -20 || x > this.width + 20) continue
      if (Number.isNaN(at)) g.moveTo(x, Y(v))
      else g.lineTo(x, Y(at))
      g.lineTo(x, Y(v))
      g.lineTo(X(c + 1), Y(v))
      at = v
    }
    g.stroke()
    g.setLineDash([])
  }

  private collections(s: Scene, y: number, height: number): void {
    const { context: g } = this
    this.rule(y + height)
    g.font = this.font(11, 600)
    g.textBaseline = 'middle'
    let covered = -1
    for (const m of s.overview.marks) {
      const a = this.x(s, m.start)
      const b = this.x(s, m.end)
      if (b < 0 || a > this.width || b < covered) continue
      const x0 = Math.max(-2, a)
      const x1 = Math.min(this.width + 2, Math.max(a + 1, b))
      covered = x1
      g.fillStyle = this.colours('st-gc')
      if (x1 - x0 > 4) {
        g.beginPath()
        g.roundRect(x0, y + 4, x1 - x0, height - 8, 2)
        g.fill()
      } else g.fillRect(x0, y + 4, x1 - x0, height - 8)
      if (x1 - x0 > 74) {
        g.fillStyle = this.colours('on-state')
        g.textAlign = 'center'
        g.fillText(`mark ${timeText(m.end - m.start)}`, (x0 + x1) / 2, y + height / 2 + 0.5)
      }
    }
    covered = -1
    g.fillStyle = this.colours('st-stw')
    for (const p of s.overview.stops) {
      const a = this.x(s, p.start)
      const b = Math.max(a + 2, this.x(s, p.end))
      if (b < 0 || a > this.width || b < covered + 1) continue
      covered = b
      g.fillRect(a, y + 1, b - a, height - 3)
    }
    g.textAlign = 'left'
  }

  /** Stopped worlds go over all tracks. */
  private stops(s: Scene): void {
    const { context: g } = this
    g.fillStyle = this.colours('st-stw')
    let covered = -1
    let lines = 0
    for (const p of s.overview.stops) {
      const a = this.x(s, p.start)
      const width = this.x(s, p.end) - a
      if (a + width < 0 || a > this.width || a + width < covered + 3) continue
      // Wide enough to be seen as time; else a thin line, unless there are so many that they would hide the rest.
      if (width < 1.5 && ++lines > 120) continue
      covered = a + width
      g.globalAlpha = width >= 1.5 ? 0.16 : 0.28
      g.fillRect(a, 0, Math.max(1, width), this.height)
    }
    g.globalAlpha = 1
  }

  private samples(s: Scene, y: number, height: number): void {
    this.rule(y + height)
    if (s.data === undefined) return
    const { context: g } = this
    const { window: w } = s.data
    let most = 1
    for (const n of w.samples.counts) if (n > most) most = n
    g.fillStyle = this.colours('text-2')
    for (let c = 0; c < w.width; c++) {
      const n = w.samples.counts[c]!
      if (n === 0) continue
      const x = this.x(s, w.from + ((w.to - w.from) * (c + 0.5)) / w.width)
      if (x < 0 || x > this.width) continue
      const h = Math.max(3, (n / most) * (height - 6))
      g.fillRect(x - 0.5, y + height - 3 - h, 1, h)
    }
  }

  private logs(s: Scene, y: number, height: number): void {
    this.rule(y + height)
    if (s.data === undefined) return
    const { context: g } = this
    const { logs } = s.data.window
    g.font = this.font(11)
    g.textBaseline = 'middle'
    g.textAlign = 'left'
    for (let i = 0; i < logs.time.length; i++) {
      const x = this.x(s, logs.time[i]!)
      if (x < -200 || x > this.width) continue
      g.fillStyle = this.colours('line-c2')
      g.beginPath()
      g.moveTo(x, y + 3)
      g.lineTo(x + 4, y + height / 2)
      g.lineTo(x, y + height - 4)
      g.lineTo(x - 4, y + height / 2)
      g.fill()
      const next = i + 1 < logs.time.length ? this.x(s, logs.time[i + 1]!) : this.width
      const text = this.fitted(logs.texts[i]!, next - x - 16)
      if (text === '') continue
      g.fillStyle = this.colours('text-2')
      g.fillText(text, x + 7, y + height / 2)
    }
  }

  private task(s: Scene, row: Row, y: number): void {
    const { tasks } = s
    if (tasks === undefined || row.task === undefined) return
    const { context: g } = this
    const start = tasks.start[row.task]!
    const end = tasks.end[row.task]!
    const a = Math.max(-4, this.x(s, Math.max(0, start)))
    const b = Math.min(this.width + 4, this.x(s, Math.min(s.overview.end, end)))
    if (b < 0 || a > this.width) return
    const name = tasks.names[row.task]!
    g.fillStyle = this.colours(`cat-${1 + (hash(name) % 12)}`)
    const x1 = Math.max(a + 2, b)
    g.fillRect(a, y + 3, x1 - a, row.height - 6)
    g.font = this.font(11)
    g.textBaseline = 'middle'
    const text = this.fitted(
      `${name} ${end === Number.POSITIVE_INFINITY ? '(not ended)' : timeText(end - Math.max(0, start))}`,
      x1 - Math.max(0, a) - 10,
    )
    if (text !== '') {
      g.fillStyle = this.colours('on-fill')
      g.fillText(text, Math.max(0, a) + 5, y + row.height / 2 + 0.5)
    }
  }

  private range(s: Scene): void {
    if (s.range === undefined) return
    const { context: g } = this
    const a = this.x(s, s.range.from)
    const b = this.x(s, s.range.to)
    g.fillStyle = this.colours('veil')
    g.fillRect(a, 0, b - a, this.height)
    g.fillStyle = this.colours('accent')
    g.fillRect(Math.round(a), 0, 1, this.height)
    g.fillRect(Math.round(b), 0, 1, this.height)
  }

  private markers(s: Scene): void {
    const { context: g } = this
    g.fillStyle = this.colours('line-c2')
    for (const m of s.markers) {
      const x = Math.round(this.x(s, m.time))
      if (x < 0 || x > this.width) continue
      for (let y = 0; y < this.height; y += 6) g.fillRect(x, y, 1, 3)
    }
  }

  private gaps(s: Scene): void {
    const gaps = s.overview.damage?.gaps ?? []
    const { context: g } = this
    for (const gap of gaps) {
      const a = this.x(s, gap.from)
      const b = Math.max(a + 2, this.x(s, gap.to))
      if (b < 0 || a > this.width) continue
      g.fillStyle = this.colours('warning-quiet')
      g.fillRect(a, 0, b - a, this.height)
      g.fillStyle = this.colours('warning')
      for (let y = 0; y < this.height; y += GRID) {
        g.fillRect(a, y, 1, 4)
        g.fillRect(b - 1, y + 4, 1, 4)
      }
    }
  }

  private middleOf(s: Scene, key: string): number | undefined {
    // The last one is the row itself: one that is pinned stands twice.
    const row = s.rows.find((r) => r.key === key)
    return row === undefined ? undefined : row.y - s.top + row.height / 2
  }

  private flows(s: Scene, f: TimelineFlows): void {
    const { context: g } = this
    const middles = s.flowRows.map((key) => this.middleOf(s, key))
    g.strokeStyle = this.colours('text-1')
    g.fillStyle = this.colours('text-1')
    g.lineWidth = 1
    const count = f.toTime.length
    g.globalAlpha = count > 400 ? 0.25 : count > 120 ? 0.4 : 0.7
    const lines = new Path2D()
    const heads = new Path2D()
    for (let i = 0; i < count; i++) {
      const y0 = middles[f.fromTrack[i]!]
      const y1 = middles[f.toTrack[i]!]
      if (y0 === undefined || y1 === undefined) continue
      if (Math.max(y0, y1) < 0 || Math.min(y0, y1) > this.height) continue
      const x0 = this.x(s, f.fromTime[i]!)
      const x1 = Math.max(x0, this.x(s, f.toTime[i]!))
      if (x1 < 0 || x0 > this.width) continue
      const bow = 10 + Math.min(26, Math.abs(y1 - y0) / 14)
      const down = y1 > y0 ? 1 : -1
      lines.moveTo(x0, y0)
      lines.bezierCurveTo(x0 + bow, y0 + 6 * down, x1 + bow, y1 - 6 * down, x1 + 3, y1)
      heads.moveTo(x1, y1)
      heads.lineTo(x1 + 6, y1 - 3.5)
      heads.lineTo(x1 + 6, y1 + 3.5)
      heads.closePath()
    }
    g.stroke(lines)
    g.fill(heads)
    g.globalAlpha = 1
  }

  /** One line through the goroutines that the time went through. */
  private path(s: Scene, p: TimelinePath): void {
    const { context: g } = this
    const keys = new Map<number, number>()
    for (const row of s.rows)
      if (row.track?.kind === 'g' && !keys.has(row.track.row))
        keys.set(row.track.row, row.y - s.top + row.height / 2)
    const line = new Path2D()
    let before: { x: number; y: number } | undefined
    const outside: { x0: number; x1: number }[] = []
    let lastX = -1
    for (let i = 0; i < p.start.length; i++) {
      const x0 = this.x(s, p.start[i]!)
      const x1 = this.x(s, p.end[i]!)
      if (x1 < -50 || x0 > this.width + 50) continue
      const y = keys.get(p.piece[i]!)
      if (y === undefined) {
        outside.push({ x0, x1 })
        before = undefined
        continue
      }
      if (x1 - lastX < 0.3 && before !== undefined && before.y === y) continue
      if (before === undefined) line.moveTo(x0, y)
      else if (before.y !== y) line.lineTo(x0, y)
      line.lineTo(x1, y)
      before = { x: x1, y }
      lastX = x1
    }
    g.lineJoin = 'round'
    g.strokeStyle = this.colours('bg-0')
    g.lineWidth = 5
    g.globalAlpha = 0.6
    g.stroke(line)
    g.globalAlpha = 1
    g.strokeStyle = this.colours('accent')
    g.lineWidth = 2.5
    g.stroke(line)
    g.lineWidth = 1
    const own = keys.get(p.goroutine.row)
    if (own === undefined) return
    // Goroutines without a row here: dashes on the one whose path it is.
    g.fillStyle = this.colours('accent')
    for (const { x0, x1 } of outside)
      for (let x = x0; x < x1; x += 6) g.fillRect(x, own - 1, Math.min(3, x1 - x), 2)
  }

  private outline(s: Scene, at: Scene['selected'], colour: string): void {
    if (at === undefined) return
    const { context: g } = this
    for (const row of s.rows) {
      if (row.key !== at.key || row.kind === 'head') continue
      const y = row.y - s.top
      if (y > this.height || y + row.height < 0) continue
      const a = Math.max(-3, this.x(s, at.from))
      const b = Math.min(this.width + 3, this.x(s, at.to))
      if (b < 0 || a > this.width) continue
      g.strokeStyle = colour
      g.lineWidth = 1.5
      g.strokeRect(a - 0.5, y + 0.75, Math.max(3, b - a + 1), row.height - 1.5)
      g.lineWidth = 1
    }
  }
}

function firstAtOrAfter(list: Int32Array, value: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (list[mid]! < value) low = mid + 1
    else high = mid
  }
  return low
}

/** A small number that stays the same for a name. */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return (h >>> 8) & 0xffff
}
