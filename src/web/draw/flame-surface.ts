// A flame graph that is looked at: the painter, what part is in sight, how pointer and wheel move that. Paints when
// something has changed, in the next frame of the screen, and otherwise does nothing.

import { depthOf, type Range } from './flame-geometry.ts'
import { FlamePainter, type Look, type Marks, type Scene } from './flame-painter.ts'
import { flameSvg } from './flame-svg.ts'
import {
  between,
  clampRange,
  ease,
  type Fingers,
  fingersAt,
  moveBy,
  pinched,
  zoomAround,
} from './flame-viewport.ts'

export interface SurfaceEvents {
  /** The box under the pointer, -1 for none; the place in CSS pixels of the window. */
  hover(box: number, x: number, y: number): void
  select(box: number): void
  zoom(box: number): void
  menu(box: number, x: number, y: number): void
  /** Moving has come to an end. */
  settled(range: Range, top: number): void
  painted(ms: number): void
  /** The range in sight, at every painting. */
  moved(range: Range): void
}

const NOTHING = new Uint32Array(0)
/** Moved by less, a press is a click. */
const SLACK = 3
/** After the last turn of a wheel, ms. */
const SETTLE = 220

export class FlameSurface {
  readonly painter: FlamePainter
  private readonly host: HTMLElement
  private readonly events: SurfaceEvents
  private scene: Scene | undefined
  private look: Look = { range: { from: 0, to: 1 }, top: 0, up: false, row: 20, skip: 0 }
  private marks: Marks = { hovered: NOTHING, selected: NOTHING, cursor: -1 }
  private readonly undo: (() => void)[] = []
  private frame = 0
  private dirty = false
  private dirtyMarks = false
  private moving:
    | { readonly from: Look; readonly to: Look; readonly start: number; readonly ms: number }
    | undefined
  private drag:
    | { readonly x: number; readonly y: number; readonly look: Look; moved: boolean; readonly id: number }
    | undefined
  /** Pointers that are down, in pixels of the canvas; with two of them one pinches. */
  private readonly down = new Map<number, { x: number; y: number }>()
  private pinch: { readonly from: Fingers; readonly look: Look } | undefined
  private settling: ReturnType<typeof setTimeout> | undefined

  constructor(host: HTMLElement, base: HTMLCanvasElement, over: HTMLCanvasElement, events: SurfaceEvents) {
    this.host = host
    this.events = events
    this.painter = new FlamePainter(base, over)
    const size = new ResizeObserver(() => this.resize())
    size.observe(host)
    this.undo.push(() => size.disconnect())
    this.on('pointerdown', (e) => this.press(e))
    this.on('pointermove', (e) => this.move(e))
    this.on('pointerup', (e) => this.release(e))
    this.on('pointercancel', (e) => {
      this.drag = undefined
      this.lift(e)
    })
    this.on('pointerleave', () => events.hover(-1, 0, 0))
    this.on('dblclick', (e) => {
      const box = this.at(e)
      if (box >= 0) events.zoom(box)
    })
    this.on('contextmenu', (e) => {
      const box = this.at(e)
      if (box < 0) return
      e.preventDefault()
      events.menu(box, e.clientX, e.clientY)
    })
    this.on('wheel', (e) => this.wheel(e), { passive: false })
    this.resize()
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

  private get whole(): number {
    return this.scene?.boxes.width[0] ?? 0
  }

  get range(): Range {
    return this.look.range
  }

  /** Where it is going, or is. */
  private get aim(): Look {
    return this.moving?.to ?? this.look
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.host
    if (clientWidth === 0 || clientHeight === 0) return
    const row = Number.parseFloat(getComputedStyle(this.host).getPropertyValue('--h-frame')) || 20
    if (this.painter.resize(clientWidth, clientHeight, devicePixelRatio || 1) || row !== this.look.row) {
      this.look = this.held({ ...this.look, row })
      // At once: a canvas that was resized is empty.
      if (this.scene !== undefined) {
        this.painter.paint(this.scene, this.look)
        this.painter.paintMarks(this.scene, this.look, this.marks)
      }
    }
  }

  /** What is painted, and the part of it that is in sight; `top` undefined keeps the rows where they are. */
  show(scene: Scene, { up, skip }: Pick<Look, 'up' | 'skip'>, range?: Range, top?: number): void {
    this.scene = scene
    this.moving = undefined
    this.look = this.held({
      ...this.look,
      up,
      skip,
      range: range ?? { from: 0, to: this.whole },
      top: top ?? this.look.top,
    })
    this.ask()
  }

  mark(marks: Partial<Marks>): void {
    this.marks = { ...this.marks, ...marks }
    this.dirtyMarks = true
    this.schedule()
  }

  /** Goes where a box fills the width, and its row is in sight. */
  zoomTo(box: number, animate = true): void {
    const { scene } = this
    if (scene === undefined) return
    const { x, width } = scene.boxes
    const range = { from: x[box]!, to: x[box]! + width[box]! }
    this.goTo({ range, top: this.topFor(depthOf(scene.boxes, box)) }, animate)
  }

  goTo(to: { range?: Range; top?: number }, animate = true): void {
    const target = this.held({ ...this.aim, ...to })
    const ms = animate ? motionMs() : 0
    if (ms === 0) {
      this.moving = undefined
      this.look = target
    } else this.moving = { from: this.look, to: target, start: performance.now(), ms }
    this.ask()
  }

  /** Zooms around the middle, or a place of the canvas. */
  zoomBy(factor: number, x = this.painter.width / 2, animate = true): void {
    const { range } = this.aim
    const at = range.from + (x / this.painter.width) * (range.to - range.from)
    this.goTo({ range: zoomAround(range, at, factor, this.whole) }, animate)
    this.settleSoon()
  }

  /** Brings a box into sight, moving as little as needed. */
  reveal(box: number): void {
    const { scene } = this
    if (scene === undefined || box < 0) return
    const { x, width } = scene.boxes
    const { range } = this.aim
    const size = range.to - range.from
    const [left, right] = [x[box]!, x[box]! + width[box]!]
    const out = right <= range.from || left >= range.to
    // Less than two pixels cannot be seen: nearer, then.
    const tiny = (width[box]! / size) * this.painter.width < 2
    const next = tiny
      ? { from: left - width[box]! * 40, to: right + width[box]! * 40 }
      : out
        ? { from: (left + right - size) / 2, to: (left + right + size) / 2 }
        : range
    this.goTo({ range: clampRange(next, this.whole), top: this.topFor(depthOf(scene.boxes, box)) })
    this.settleSoon()
  }

  /** Opens the menu of a box at a place of the window. */
  menu(box: number, x: number, y: number): void {
    this.events.menu(box, x, y)
  }

  /** What is in sight across, with all its rows. */
  svg(): string {
    return this.scene === undefined ? '' : flameSvg(this.painter, this.scene, this.aim)
  }

  /** What is on the screen. */
  png(): Promise<Blob> {
    const canvas = this.host.querySelector('canvas')
    return new Promise((done, fail) => {
      if (canvas === null) fail(new Error('nothing is drawn'))
      else canvas.toBlob((blob) => (blob === null ? fail(new Error('the picture is too large')) : done(blob)))
    })
  }

  placeOf(box: number): { x: number; y: number; width: number } | undefined {
    if (this.scene === undefined) return undefined
    const place = this.painter.placeOf(this.scene, this.aim, box)
    const host = this.host.getBoundingClientRect()
    return { x: host.left + place.x, y: host.top + place.y, width: place.width }
  }

  /** Where to scroll so that a depth is in sight. */
  private topFor(depth: number): number {
    const { row, skip } = this.look
    const { top } = this.aim
    const { height } = this.painter
    const y = (depth - skip) * row
    if (y < top + row) return Math.max(0, y - row)
    if (y + 3 * row > top + height) return y + 3 * row - height
    return top
  }

  /** Within bounds. */
  private held(look: Look): Look {
    const content = this.scene === undefined ? 0 : this.painter.contentHeight(this.scene, look)
    const most = Math.max(0, content - this.painter.height)
    return {
      ...look,
      range: clampRange(look.range, this.whole || 1),
      top: Math.min(most, Math.max(0, look.top)),
    }
  }

  private ask(): void {
    this.dirty = true
    this.schedule()
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.tick(now))
  }

  private tick(now: number): void {
    this.frame = 0
    const { scene, moving } = this
    if (scene === undefined) return
    if (moving !== undefined) {
      // The clock of frames may be a little behind the one that started it.
      const t = Math.min(1, Math.max(0, (now - moving.start) / moving.ms))
      const e = ease(t)
      this.look = {
        ...moving.to,
        range: t >= 1 ? moving.to.range : between(moving.from.range, moving.to.range, e),
        top: moving.from.top + (moving.to.top - moving.from.top) * e,
      }
      this.dirty = true
      if (t >= 1) this.moving = undefined
      else this.schedule()
    }
    if (this.dirty) {
      this.painter.paint(scene, this.look)
      this.events.painted(this.painter.lastMs)
      this.events.moved(this.look.range)
    }
    if (this.dirty || this.dirtyMarks) this.painter.paintMarks(scene, this.look, this.marks)
    this.dirty = false
    this.dirtyMarks = false
  }

  private at(e: MouseEvent): number {
    if (this.scene === undefined) return -1
    const { left, top } = this.host.getBoundingClientRect()
    return this.painter.boxAt(this.scene, this.look, e.clientX - left, e.clientY - top)
  }

  private press(e: PointerEvent): void {
    if (e.button !== 0) return
    if (e.isPrimary) {
      // The first one: what was lifted outside of the canvas was never heard of.
      this.down.clear()
      this.pinch = undefined
    }
    this.down.set(e.pointerId, this.inside(e))
    if (this.down.size > 1) {
      this.beginPinch()
      return
    }
    this.drag = { x: e.clientX, y: e.clientY, look: this.aim, moved: false, id: e.pointerId }
  }

  private inside(e: PointerEvent): { x: number; y: number } {
    const { left, top } = this.host.getBoundingClientRect()
    return { x: e.clientX - left, y: e.clientY - top }
  }

  private fingers(): Fingers {
    const [a, b] = this.down.values()
    return fingersAt(a!, b!)
  }

  private beginPinch(): void {
    // Neither finger clicks or drags any more, also when one of them is lifted before the other.
    this.drag = undefined
    for (const id of this.down.keys()) this.host.setPointerCapture(id)
    this.events.hover(-1, 0, 0)
    this.pinch = { from: this.fingers(), look: this.aim }
  }

  private lift(e: PointerEvent): boolean {
    this.down.delete(e.pointerId)
    if (this.pinch === undefined) return false
    if (this.down.size === 0) this.pinch = undefined
    this.settle()
    return true
  }

  private movePinch({ from, look }: { readonly from: Fingers; readonly look: Look }): void {
    if (this.down.size < 2) return
    const to = this.fingers()
    const dy = to.y - from.y
    const range = pinched(look.range, this.painter.width, from, to, this.whole)
    this.goTo({ range, top: look.top + (look.up ? dy : -dy) }, false)
  }

  private move(e: PointerEvent): void {
    const { drag, pinch } = this
    if (this.down.has(e.pointerId)) this.down.set(e.pointerId, this.inside(e))
    if (pinch !== undefined) {
      this.movePinch(pinch)
      return
    }
    if (drag === undefined) {
      this.events.hover(this.at(e), e.clientX, e.clientY)
      return
    }
    const [dx, dy] = [e.clientX - drag.x, e.clientY - drag.y]
    if (!drag.moved && Math.abs(dx) <= SLACK && Math.abs(dy) <= SLACK) return
    if (!drag.moved) {
      drag.moved = true
      this.host.setPointerCapture(drag.id)
      this.events.hover(-1, 0, 0)
    }
    const { range, top, up } = drag.look
    const pixel = (range.to - range.from) / this.painter.width
    this.goTo({ range: moveBy(range, -dx * pixel, this.whole), top: top + (up ? dy : -dy) }, false)
  }

  private release(e: PointerEvent): void {
    const { drag } = this
    this.drag = undefined
    if (this.lift(e) || drag === undefined) return
    if (drag.moved) this.settle()
    else this.events.select(this.at(e))
  }

  private wheel(e: WheelEvent): void {
    const { look, painter } = this
    const lines = e.deltaMode === 1 ? 16 : 1
    const [dx, dy] = [e.deltaX * lines, e.deltaY * lines]
    if (e.ctrlKey || e.metaKey) {
      e.preventDefault()
      const { left } = this.host.getBoundingClientRect()
      this.zoomBy(Math.exp(-Math.max(-120, Math.min(120, dy)) * 0.004), e.clientX - left, false)
      return
    }
    const side = e.shiftKey && dx === 0 ? dy : dx
    const down = e.shiftKey ? 0 : dy
    const pixel = (look.range.to - look.range.from) / painter.width
    const next = this.held({
      ...this.aim,
      range: moveBy(this.aim.range, side * pixel, this.whole),
      top: this.aim.top + (look.up ? -down : down),
    })
    if (next.top === this.aim.top && next.range.from === this.aim.range.from) return
    e.preventDefault()
    this.goTo(next, false)
    this.settleSoon()
  }

  private settleSoon(): void {
    clearTimeout(this.settling)
    this.settling = setTimeout(() => this.settle(), SETTLE)
  }

  /** Tells where it has come to rest. */
  settle(): void {
    clearTimeout(this.settling)
    const { range, top } = this.aim
    this.events.settled(range, top)
  }
}

/** How long a move takes: 0 for readers who want none. */
export function motionMs(): number {
  const text = getComputedStyle(document.documentElement).getPropertyValue('--t-move').trim()
  const value = Number.parseFloat(text)
  return Number.isFinite(value) ? (text.endsWith('ms') ? value : value * 1000) : 0
}
