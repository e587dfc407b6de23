// Paints a flame graph on two canvases: boxes and labels below, outlines of what is hovered and selected above, so
// that following the pointer repaints no box.
//
// Boxes are written as pixels, a line for each depth, copied down the height of the row: that costs the same however
// many boxes there are. Only labels and outlines go through the canvas.

import { BOX_INLINED, BOX_RECURSIVE, type FlameBoxes } from '../../core/analysis/flame/boxes.ts'
import type { FlameFrames } from '../../core/engine/workbench/questions/flame-tree.ts'
import {
  boxAt,
  depthOf,
  depthsOf,
  type Fills,
  fillLine,
  firstBeyond,
  mix,
  type Range,
  WideBoxes,
} from './flame-geometry.ts'
import { fitLabel, type Label, LetterWidths, labelsOf } from './flame-labels.ts'

/** Everything that is painted, apart from where one looks. */
export interface Scene {
  readonly boxes: FlameBoxes
  readonly frames: FlameFrames
  readonly fills: Fills
  /** Frames that a search matches; undefined while there is none. */
  readonly marked: Uint8Array | undefined
  /** Text on fills, and the quieter one for paths, by frame. */
  readonly ink: readonly [text: string, path: string][]
  /** Frame -> row of `ink`. */
  readonly inkOf: Uint8Array
  /** Said behind the name where there is room, such as a change; '' for nothing. */
  readonly behind: ((box: number) => string) | undefined
  readonly rootLabel: string
  readonly rootInk: string
  readonly font: string
  /** Name as it is written, never as it would be obeyed. */
  readonly shown: (name: string) => string
  readonly outline: {
    readonly hover: string
    readonly selected: string
    readonly cursor: string
    /** The line between less and more. */
    readonly middle: string
  }
}

/** Where one looks. */
export interface Look {
  readonly range: Range
  /** CSS pixels scrolled from the root's side. */
  readonly top: number
  /** The root is at the bottom. */
  readonly up: boolean
  /** Height of a row with its gap, CSS pixels. */
  readonly row: number
  /** So many rows at the root are left out. */
  readonly skip: number
}

export interface Marks {
  /** Boxes in order. */
  readonly hovered: Uint32Array
  readonly selected: Uint32Array
  /** The box that keys move; -1 if there is none. */
  readonly cursor: number
}

/** Boxes narrower than this (CSS pixels) have no label. */
const LEAST_LABEL = 18
/** And narrower than this neither round corners nor a line at the foot. */
const LEAST_ROUND = 6
const PAD = 5

export class FlamePainter {
  private readonly base: CanvasRenderingContext2D
  private readonly over: CanvasRenderingContext2D
  private image: ImageData | undefined
  private pixels = new Uint32Array(0)
  private line = new Uint32Array(0)
  private readonly wide = new WideBoxes()
  private widths: LetterWidths
  private font = ''
  private labels: (Label[] | undefined)[] = []
  private labelsFor: FlameFrames | undefined
  /** CSS pixels. */
  width = 0
  height = 0
  private dpr = 1
  /** How long the last painting took. */
  lastMs = 0

  constructor(base: HTMLCanvasElement, over: HTMLCanvasElement) {
    this.base = base.getContext('2d', { alpha: false })!
    this.over = over.getContext('2d')!
    this.widths = this.newWidths()
  }

  private newWidths(): LetterWidths {
    return new LetterWidths((text) => this.base.measureText(text).width)
  }

  /** Whether the size has changed. */
  resize(width: number, height: number, dpr: number): boolean {
    if (width === this.width && height === this.height && dpr === this.dpr && this.image) return false
    Object.assign(this, { width, height, dpr })
    const [w, h] = [Math.max(1, Math.round(width * dpr)), Math.max(1, Math.round(height * dpr))]
    for (const { canvas } of [this.base, this.over]) {
      canvas.width = w
      canvas.height = h
    }
    this.image = this.base.createImageData(w, h)
    this.pixels = new Uint32Array(this.image.data.buffer)
    this.line = new Uint32Array(w)
    this.font = ''
    return true
  }

  /** Height of all rows. */
  contentHeight(scene: Scene, look: Look): number {
    return Math.max(0, depthsOf(scene.boxes) - look.skip) * look.row
  }

  /** Upper edge of a depth's row. */
  private rowY(depth: number, look: Look): number {
    const at = depth - look.skip
    return look.up ? this.height - (at + 1) * look.row + look.top : at * look.row - look.top
  }

  /** Depths in sight: first and last. */
  private depths(b: FlameBoxes, look: Look): [first: number, last: number] {
    const first = Math.max(0, Math.floor((look.top - 1) / look.row))
    const last = Math.floor((look.top + this.height) / look.row)
    return [first + look.skip, Math.min(depthsOf(b) - 1, last + look.skip)]
  }

  paint(scene: Scene, look: Look): void {
    const started = performance.now()
    const { image, pixels, line, dpr } = this
    if (image === undefined) return
    const { boxes, fills } = scene
    const { width: w, height: h } = image
    pixels.fill(fills.background)
    const row = Math.round(look.row * dpr)
    const gap = Math.max(1, Math.round(dpr))
    const texts: [depth: number, from: number, to: number][] = []
    const { wide } = this
    wide.count = 0
    const [first, last] = this.depths(boxes, look)
    for (let depth = first; depth <= last; depth++) {
      const from = wide.count
      fillLine(boxes, depth, look.range, line, fills, gap, LEAST_ROUND * dpr, wide)
      const y = Math.round(this.rowY(depth, look) * dpr)
      const top = Math.max(0, y)
      const bottom = Math.min(h, y + row - gap)
      for (let k = top; k < bottom; k++) pixels.set(line, k * w)
      this.finish(scene, from, y, y + row - gap - 1)
      texts.push([depth, from, wide.count])
    }
    this.base.putImageData(image, 0, 0)
    this.write(scene, look, texts)
    this.lastMs = performance.now() - started
  }

  /** Round corners, and the line at the foot of inlined frames, of boxes that lie in pixel rows [top, bottom]. */
  private finish(scene: Scene, from: number, top: number, bottom: number): void {
    const { wide, pixels, image } = this
    const { width: w, height: h } = image!
    const { background } = scene.fills
    const { flags } = scene.boxes
    const dash = Math.max(1, Math.round(2 * this.dpr))
    for (let k = from; k < wide.count; k++) {
      const left = wide.left[k]!
      const right = wide.right[k]! - 1
      for (const y of [top, bottom]) {
        if (y < 0 || y >= h) continue
        for (const x of [left, right]) pixels[y * w + x] = mix(pixels[y * w + x]!, background, 0.25)
      }
      if ((flags[wide.box[k]!]! & BOX_INLINED) === 0) continue
      const y = bottom - dash + 1
      if (y < 0 || y >= h) continue
      // Half the text's colour: dark on light fills, light on dark ones.
      const fill = pixels[y * w + ((left + right) >> 1)]!
      const ink = mix(fill, luminance(fill) > 110 ? 0xff000000 : 0xffffffff, 0.5)
      for (let x = left + dash; x <= right - dash; x++) if (((x - left) / dash) & 1) pixels[y * w + x] = ink
    }
  }

  private write(scene: Scene, look: Look, rows: readonly [number, number, number][]): void {
    const { base: g, wide, dpr } = this
    const { frame, flags } = scene.boxes
    g.setTransform(dpr, 0, 0, dpr, 0, 0)
    if (this.font !== scene.font) {
      this.font = scene.font
      g.font = scene.font
      this.widths = this.newWidths()
      this.labels = []
    }
    g.font = scene.font
    g.textBaseline = 'middle'
    if (this.labelsFor !== scene.frames) {
      this.labelsFor = scene.frames
      this.labels = []
    }
    let ink = ''
    const inkIs = (wanted: string): void => {
      if (ink === wanted) return
      ink = wanted
      g.fillStyle = wanted
    }
    for (const [depth, from, to] of rows) {
      const y = this.rowY(depth, look) + (look.row - 1) / 2 + 0.5
      for (let k = from; k < to; k++) {
        const box = wide.box[k]!
        let x = wide.left[k]! / dpr
        let room = wide.right[k]! / dpr - x - 2 * PAD + 1
        if (room + 2 * PAD < LEAST_LABEL) continue
        if (box === 0) {
          inkIs(scene.rootInk)
          g.fillText(scene.rootLabel, x + PAD + 1, y, room)
          continue
        }
        const f = frame[box]!
        const [text, quiet] = scene.ink[scene.inkOf[f]!]!
        if ((flags[box]! & BOX_RECURSIVE) !== 0 && room > 22) {
          inkIs(quiet)
          g.fillText('↻', x + PAD, y)
          x += 13
          room -= 13
        }
        const label = this.labelFor(scene, f, room)
        if (label === undefined) continue
        if (label.path !== '') {
          inkIs(quiet)
          g.fillText(label.path, x + PAD, y)
        }
        inkIs(text)
        g.fillText(label.fn, x + PAD + label.pathWidth, y)
        if (scene.behind === undefined) continue
        const more = scene.behind(box)
        if (label.width + 2 * PAD + this.widths.text(more) <= room) {
          inkIs(quiet)
          g.fillText(more, x + PAD + label.width + 2 * PAD, y)
        }
      }
    }
    const { middle } = scene.boxes
    if (middle > 0) {
      const { from, to } = look.range
      inkIs(scene.outline.middle)
      g.fillRect(Math.round(((middle - from) / (to - from)) * this.width) - 1, 0, 1, this.height)
    }
  }

  /** The label of a frame in so much room; undefined if none fits. */
  labelFor(scene: Scene, frame: number, room: number): Label | undefined {
    return fitLabel(this.labelsOfFrame(scene, frame), room, this.widths)
  }

  private labelsOfFrame(scene: Scene, frame: number): Label[] {
    this.labels[frame] ??= labelsOf(scene.shown(scene.frames.names[frame]!), this.widths)
    return this.labels[frame]!
  }

  /** Outlines of what is hovered, selected and where keys are. */
  paintMarks(scene: Scene, look: Look, marks: Marks): void {
    const { over: g, dpr } = this
    g.setTransform(dpr, 0, 0, dpr, 0, 0)
    g.clearRect(0, 0, this.width, this.height)
    const outline = (boxes: Uint32Array, colour: string, thick: number): void => {
      if (boxes.length === 0) return
      g.strokeStyle = colour
      g.fillStyle = colour
      g.lineWidth = thick
      this.eachVisible(scene.boxes, look, boxes, (x, y, w) => {
        if (w < 3) g.fillRect(x, y, Math.max(1, w), look.row - 1)
        else g.strokeRect(x + thick / 2, y + thick / 2, w - thick, look.row - 1 - thick)
      })
    }
    outline(marks.selected, scene.outline.selected, 1.5)
    outline(marks.hovered, scene.outline.hover, 1.5)
    if (marks.cursor >= 0) outline(Uint32Array.of(marks.cursor), scene.outline.cursor, 2)
  }

  /** Calls `see` for the boxes of a list (in order) that are in sight, at most once a pixel. */
  private eachVisible(
    b: FlameBoxes,
    look: Look,
    list: Uint32Array,
    see: (x: number, y: number, width: number) => void,
  ): void {
    const { from, to } = look.range
    const scale = this.width / (to - from)
    const [first, last] = this.depths(b, look)
    for (let depth = first; depth <= last; depth++) {
      const end = b.depthStart[depth + 1]!
      let k = lowerBound(list, firstBeyond(b, depth, from))
      while (k < list.length && list[k]! < end) {
        const box = list[k]!
        const left = (b.x[box]! - from) * scale
        if (left >= this.width) break
        const x = Math.max(0, left)
        const right = Math.min(this.width, left + b.width[box]! * scale)
        const w = right - x
        see(x, this.rowY(depth, look), w > 3 ? w - 1 : w)
        // Those that begin in the same pixel are seen as this one.
        k =
          w >= 1
            ? k + 1
            : Math.max(k + 1, lowerBound(list, firstBeyond(b, depth, from + (Math.floor(x) + 1) / scale)))
      }
    }
  }

  /** The box at a place of the canvas in CSS pixels; -1 if there is none. */
  boxAt(scene: Scene, look: Look, x: number, y: number): number {
    const depth = Math.floor((look.up ? this.height - y + look.top : y + look.top) / look.row) + look.skip
    const pixel = (look.range.to - look.range.from) / this.width
    return boxAt(scene.boxes, depth, look.range.from + x * pixel, pixel)
  }

  /** Where a box is on the canvas, cut to it. */
  placeOf(scene: Scene, look: Look, box: number): { x: number; y: number; width: number; depth: number } {
    const { x, width } = scene.boxes
    const { from, to } = look.range
    const scale = this.width / (to - from)
    const depth = depthOf(scene.boxes, box)
    const left = Math.max(0, (x[box]! - from) * scale)
    const right = Math.min(this.width, (x[box]! + width[box]! - from) * scale)
    return { x: left, y: this.rowY(depth, look), width: right - left, depth }
  }
}

function lowerBound(list: Uint32Array, value: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (list[mid]! < value) low = mid + 1
    else high = mid
  }
  return low
}

const luminance = (pixel: number): number =>
  0.3 * (pixel & 0xff) + 0.59 * ((pixel >>> 8) & 0xff) + 0.11 * ((pixel >>> 16) & 0xff)
