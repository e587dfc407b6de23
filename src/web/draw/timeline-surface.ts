// A timeline that is looked at: what is in sight, how pointer and wheel move it. Paints when something has changed, in
// the next frame of the screen, and otherwise does nothing.

import type { Palette } from './palette.ts'
import { type Scene, TimelinePainter } from './timeline-painter.ts'
import { type Row, rowAt } from './timeline-rows.ts'
import { betweenSpans, heldSpan, moveSpan, type Span, zoomSpan } from './timeline-scale.ts'

/** A place: a row and a time. */
export interface Place {
  readonly row: Row
  readonly time: number
  /** px of the window. */
  readonly x: number
  readonly y: number
}

export interface TimelineEvents {
  /** At every painting; `moving` while it moves. */
  painted(view: Span, ms: number, moving: boolean): void
  /** Moving has come to an end. */
  settled(view: Span): void
  hover(place: Place | undefined): void
  select(place: Place): void
  open(place: Place): void
  menu(place: Place): void
  /** A range is being drawn (`done` false) or was. */
  range(span: Span | undefined, done: boolean): void
}

const SLACK = 3
const SETTLE_MS = 180
const MOTION_MS = 160

export class TimelineSurface {
  readonly painter: TimelinePainter
  private readonly host: HTMLElement
  private readonly events: TimelineEvents
  private scene: Scene | undefined
  private view: Span = { from: 0, to: 1 }
  private end = 1
  private frame = 0
  private moving: { readonly from: Span; readonly to: Span; readonly start: number } | undefined
  private drag:
    | {
        readonly x: number
        readonly view: Span
        readonly time: number
        readonly kind: 'pan' | 'range'
        moved: boolean
      }
    | undefined
  private settling: ReturnType<typeof setTimeout> | undefined
  private readonly undo: (() => void)[] = []

  /** `host` takes the pointer; the canvases lie in it. `end` is the length of the trace, until a scene has it. */
  constructor(
    host: HTMLElement,
    base: HTMLCanvasElement,
    over: HTMLCanvasElement,
    colours: Palette,
    end: number,
    events: TimelineEvents,
  ) {
    this.end = Math.max(1, end)
    this.host = host
    this.events = events
    this.painter = new TimelinePainter(base, over, colours)
    this.on('pointerdown', (e) => this.press(e))
    this.on('pointermove', (e) => this.move(e))
    this.on('pointerup', (e) => this.release(e))
    this.on('pointercancel', () => {
      this.drag = undefined
    })
    this.on('pointerleave', () => events.hover(undefined))
    this.on('dblclick', (e) => {
      const place = this.placeOf(e)
      if (place !== undefined) events.open(place)
    })
    this.on('contextmenu', (e) => {
      const place = this.placeOf(e)
      if (place === undefined) return
      e.preventDefault()
      events.menu(place)
    })
    this.on('wheel', (e) => this.wheel(e), { passive: false })
  }

  private on<K extends keyof HTMLElementEventMap>(
    name: K,
    run: (e: HTMLElementEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ): void {
    this.host.addEventListener(name, run, options)
    this.undo.push(() => this.host.removeEventListener(name, run, options))
  }

  close(): void {
    cancelAnimationFrame(this.frame)
    clearTimeout(this.settling)
    for (const undo of this.undo) undo()
  }

  /** Where it is, or is going. */
  get aim(): Span {
    return this.moving?.to ?? this.view
  }

  resize(width: number, height: number): void {
    this.painter.resize(width, height, devicePixelRatio || 1)
    this.schedule()
  }

  /** What is painted; the view is the surface's own. */
  show(scene: Omit<Scene, 'view'>): void {
    this.end = Math.max(1, scene.overview.end)
    this.scene = { ...scene, view: this.view }
    this.schedule()
  }

  change(part: Partial<Omit<Scene, 'view'>>): void {
    if (this.scene === undefined) return
    this.scene = { ...this.scene, ...part }
    this.schedule()
  }

  goTo(view: Span, animate = true): void {
    const to = heldSpan(view, this.end)
    if (animate && !matchMedia('(prefers-reduced-motion: reduce)').matches && this.scene !== undefined)
      this.moving = { from: this.view, to, start: performance.now() }
    else {
      this.moving = undefined
      this.view = to
    }
    this.schedule()
    this.settleSoon()
  }

  zoomBy(factor: number, at = (this.aim.from + this.aim.to) / 2, animate = true): void {
    this.goTo(zoomSpan(this.aim, at, factor, this.end), animate)
  }

  moveBy(share: number, animate = true): void {
    this.goTo(moveSpan(this.aim, share, this.end), animate)
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.tick(now))
  }

  private tick(now: number): void {
    this.frame = 0
    const { moving, scene } = this
    if (moving !== undefined) {
      const t = Math.min(1, Math.max(0, (now - moving.start) / MOTION_MS))
      this.view = betweenSpans(moving.from, moving.to, 1 - (1 - t) ** 3)
      if (t >= 1) {
        this.view = moving.to
        this.moving = undefined
      } else this.schedule()
    }
    if (scene === undefined) return
    this.scene = { ...scene, view: this.view }
    this.painter.paint(this.scene)
    this.events.painted(
      this.view,
      this.painter.lastMs,
      this.moving !== undefined || this.drag?.moved === true,
    )
  }

  private settleSoon(): void {
    clearTimeout(this.settling)
    this.settling = setTimeout(() => this.events.settled(this.aim), SETTLE_MS)
  }

  private timeAt(clientX: number): number {
    const { left } = this.host.getBoundingClientRect()
    const share = (clientX - left) / Math.max(1, this.painter.width)
    return this.view.from + share * (this.view.to - this.view.from)
  }

  private placeOf(e: MouseEvent): Place | undefined {
    const { scene } = this
    if (scene === undefined) return undefined
    const { top } = this.host.getBoundingClientRect()
    const row = scene.rows[rowAt(scene.rows, e.clientY - top + scene.top)]
    return row && { row, time: this.timeAt(e.clientX), x: e.clientX, y: e.clientY }
  }

  private press(e: PointerEvent): void {
    if (e.button !== 0) return
    this.drag = {
      x: e.clientX,
      view: this.aim,
      time: this.timeAt(e.clientX),
      kind: e.shiftKey ? 'range' : 'pan',
      moved: false,
    }
  }

  private move(e: PointerEvent): void {
    const { drag } = this
    if (drag === undefined) {
      this.events.hover(this.placeOf(e))
      return
    }
    if (!drag.moved && Math.abs(e.clientX - drag.x) <= SLACK) return
    if (!drag.moved) {
      drag.moved = true
      this.host.setPointerCapture(e.pointerId)
      this.events.hover(undefined)
    }
    if (drag.kind === 'range') {
      this.events.range(this.rangeTo(drag.time, e.clientX), false)
      return
    }
    const share = (drag.x - e.clientX) / Math.max(1, this.painter.width)
    this.moving = undefined
    this.view = moveSpan(drag.view, share, this.end)
    this.schedule()
  }

  private rangeTo(time: number, clientX: number): Span {
    const other = Math.max(0, Math.min(this.end, this.timeAt(clientX)))
    return { from: Math.max(0, Math.min(time, other)), to: Math.min(this.end, Math.max(time, other)) }
  }

  private release(e: PointerEvent): void {
    const { drag } = this
    this.drag = undefined
    if (drag === undefined) return
    if (!drag.moved) {
      const place = this.placeOf(e)
      if (place !== undefined) this.events.select(place)
    } else if (drag.kind === 'range') this.events.range(this.rangeTo(drag.time, e.clientX), true)
    else this.settleSoon()
  }

  private wheel(e: WheelEvent): void {
    const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 200 : 1
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault()
      const factor = Math.exp((-e.deltaY * unit) / 320)
      this.goTo(zoomSpan(this.aim, this.timeAt(e.clientX), factor, this.end), false)
      return
    }
    const sideways = e.shiftKey && e.deltaX === 0 ? e.deltaY : e.deltaX
    // Up and down belong to the rows.
    if (sideways === 0 || (!e.shiftKey && Math.abs(e.deltaY) > Math.abs(sideways))) return
    e.preventDefault()
    this.goTo(moveSpan(this.aim, (sideways * unit) / Math.max(1, this.painter.width), this.end), false)
  }
}
