// The flame graph as an SVG: a picture for whatever draws SVG, and where a browser shows it as a document its
// script puts the interactive view (flame-script.ts) over it.

import { rowWeight } from '../analysis/call-tree.ts'
import { ORIGIN_TITLES, ORIGINS } from '../analysis/origin.ts'
import { valueText } from '../base/people-fmt.ts'
import { visibleText } from '../base/visible-text.ts'
import {
  countOf,
  type FlameDoc,
  flameNotices,
  flameSubtitle,
  originIndex,
  rootLabel,
  selfByOrigin,
} from './flame.ts'
import { flameData } from './flame-data.ts'
import type { FlameFileOptions } from './flame-html.ts'
import { type FlameBoxes, layoutFlame } from './flame-layout.ts'
import { frameLabels, markupText } from './flame-names.ts'
import { FLAME_SCRIPT } from './flame-script.ts'
import { flameStyle, pictureStyle } from './flame-style.ts'

const WIDTH = 1200
const MARGIN = 12
const ROW = 20
const TOP = 84
/** Narrower frames are not drawn in the picture; the script draws them when it is zoomed in. */
const LEAST_PX = 0.5
const FONT_PX = 11.5

/** The whole file. */
export function flameSvg(doc: FlameDoc, o: FlameFileOptions): string {
  const boxes = layoutFlame(doc.tree, 0)
  const picture = new Picture(doc, boxes).draw()
  const title = `${markupText(visibleText(doc.title))} – flame graph`
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${picture.height}" viewBox="0 0 ${WIDTH} ${picture.height}" role="img" aria-label="${title}">
<title>${title}</title>
<style>${markupText(pictureStyle())}</style>
<g id="goscope-static">
${picture.markup}</g>
<style>${markupText(flameStyle())}</style>
<script type="application/json" id="goscope-data">${flameData(doc, boxes, o.producer)}</script>
<script>${markupText(FLAME_SCRIPT)}</script>
</svg>
`
}

class Picture {
  private readonly doc: FlameDoc
  private readonly boxes: FlameBoxes
  private readonly scale: number
  private readonly shapes = new Map<string, string[]>()
  private readonly texts: string[] = []
  private readonly inlined: string[] = []
  private narrow = 0
  private depth = 0

  constructor(doc: FlameDoc, boxes: FlameBoxes) {
    this.doc = doc
    this.boxes = boxes
    this.scale = (WIDTH - 2 * MARGIN) / (rowWeight(doc.tree, 0) || 1)
  }

  draw(): { markup: string; height: number } {
    const { boxes } = this
    // Boxes come in the order of a walk in depth: what is on top of a narrow one is narrower still.
    for (let box = 0; box < boxes.count; box++) {
      const w = box === 0 ? WIDTH - 2 * MARGIN : boxes.width[box] * this.scale
      if (w < LEAST_PX) this.narrow++
      else this.frame(box, MARGIN + boxes.x[box] * this.scale, w)
    }
    const bottom = TOP + (this.depth + 1) * ROW
    const notes = [...flameNotices(this.doc)]
    if (this.narrow > 0)
      notes.push(
        `${countOf(this.narrow, 'frame')} ${this.narrow === 1 ? 'is' : 'are'} too narrow for this picture; open the file in a browser and zoom in to see them.`,
      )
    const lines = notes.flatMap((note) => wrap(note, 180))
    const height = bottom + 12 + lines.length * 16 + (lines.length > 0 ? 8 : 0)
    const parts: string[] = [
      `<rect class="p-bg" width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
      text(MARGIN, 26, 'p-1', cut(this.doc.title, 120), 'font-size="16" font-weight="600"'),
      text(MARGIN, 46, 'p-2', cut(flameSubtitle(this.doc), 200), 'font-size="12"'),
      this.legend(),
    ]
    for (const [cls, paths] of this.shapes) parts.push(`<path class="p-${cls}" d="${paths.join('')}"/>`)
    if (this.inlined.length > 0)
      parts.push(`<path class="p-i" fill="none" stroke="#32373e" d="${this.inlined.join('')}"/>`)
    if (this.doc.tree.signed !== undefined && boxes.middle > 0) {
      const x = round(MARGIN + boxes.middle * this.scale)
      parts.push(`<path class="p-m" stroke="#171c23" d="M${x} ${TOP + ROW}V${bottom}"/>`)
    }
    parts.push(`<g font-size="${FONT_PX}">`, ...this.texts, '</g>')
    lines.forEach((line, k) => {
      parts.push(text(MARGIN, bottom + 22 + k * 16, 'p-2', line, 'font-size="11"'))
    })
    return { markup: `${parts.join('\n')}\n`, height }
  }

  private frame(box: number, x: number, w: number): void {
    const { doc, boxes } = this
    const row = boxes.row[box]
    const depth = boxes.depth[box]
    if (depth > this.depth) this.depth = depth
    const y = TOP + depth * ROW
    const cls = this.fill(box)
    let paths = this.shapes.get(cls)
    if (paths === undefined) {
      paths = []
      this.shapes.set(cls, paths)
    }
    const drawn = Math.max(0.5, w - (w > 3 ? 1 : 0))
    paths.push(`M${round(x)} ${y}h${round(drawn)}v${ROW - 1}h${round(-drawn)}z`)
    if (doc.tree.inlined[row] === 1 && w > 10)
      this.inlined.push(`M${round(x + 2)} ${y + ROW - 3.5}H${round(x + drawn - 2)}`)
    if (w < 22) return
    const mark = boxes.recursion[box] > 0 ? '↻ ' : ''
    const label = fitLabel(this.labels(box), w - 10 - (mark === '' ? 0 : 13))
    if (label !== '') this.texts.push(text(round(x + 5), y + 14, box === 0 ? 'p-1' : 'p-t', mark + label))
  }

  private fill(box: number): string {
    const { doc, boxes } = this
    if (box === 0) return 'root'
    if (doc.tree.signed !== undefined) {
      const share = boxes.width[box] / (Math.abs(Number(doc.whole)) || 1)
      const step = share > 0.1 ? 3 : share > 0.02 ? 2 : share > 0.004 ? 1 : 0
      return step === 0 ? 'd0' : `d${box >= boxes.lessFrom ? 'm' : 'p'}${step}`
    }
    return `o${originIndex(doc, doc.tree.frame[boxes.row[box]])}`
  }

  private name(box: number): string {
    const { tree, profile } = this.doc
    return profile.strings.get(tree.frames.name[tree.frame[this.boxes.row[box]]])
  }

  private labels(box: number): string[] {
    if (box === 0) return [rootLabel(this.doc)]
    const { tree, by } = this.doc
    const line = by === 'line' ? tree.frames.line[tree.frame[this.boxes.row[box]]] : 0
    const labels = frameLabels(this.name(box).slice(0, 4096)).map(visibleText)
    return line > 0 ? labels.map((label) => `${label}:${line}`) : labels
  }

  private legend(): string {
    const { doc } = this
    const entries: [cls: string, title: string][] = []
    if (doc.tree.signed !== undefined) {
      const { more, less } = doc.tree.signed
      entries.push(
        ['dm3', `less: ${valueText(less[0], doc.unit)}`],
        ['dp3', `more: ${valueText(more[0], doc.unit)}`],
      )
    } else {
      selfByOrigin(doc).forEach((self, o) => {
        if (self !== 0) entries.push([`o${o}`, ORIGIN_TITLES[ORIGINS[o]]])
      })
    }
    let x = MARGIN
    let out = ''
    for (const [cls, title] of entries) {
      out += `<rect class="p-${cls}" x="${round(x)}" y="59" width="9" height="9" rx="2"/>${text(round(x + 14), 67, 'p-2', title, 'font-size="11"')}`
      x += 14 + widthOf(title) * 0.96 + 16
    }
    return out
  }
}

const round = (v: number): number => Math.round(v * 100) / 100

function text(x: number, y: number, cls: string, s: string, attributes = ''): string {
  const content = markupText(visibleText(s))
  return `<text x="${x}" y="${y}" class="${cls}"${attributes === '' ? '' : ` ${attributes}`}>${content}</text>`
}

const cut = (s: string, most: number): string => (s.length > most ? `${s.slice(0, most - 1)}…` : s)

function wrap(s: string, most: number): string[] {
  const out: string[] = []
  let line = ''
  for (const word of s.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > most) {
      out.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  out.push(line)
  return out
}

/** The first label that fits, or the start of the last one; '' if that says nothing. */
function fitLabel(labels: readonly string[], px: number): string {
  for (const label of labels) if (label.length * 3 <= px && widthOf(label) <= px) return label
  let out = ''
  let width = widthOf('…')
  for (const c of labels[labels.length - 1]) {
    width += widthOf(c)
    if (width > px) break
    out += c
  }
  return out.length >= 2 ? `${out}…` : ''
}

/** About how wide a text is at FONT_PX in the wider ones of the fonts that may stand in: fonts cannot be measured here. */
function widthOf(s: string): number {
  let em = 0
  for (const c of s) {
    if (/[\u1100-\uffff]|[\u{10000}-\u{10ffff}]/u.test(c)) em += 1.05
    else if (/[ijlI.,:;'|!()[\]{}tfr/ ]/.test(c)) em += 0.36
    else if (/[mwMW@%…]/.test(c)) em += 0.95
    else em += /[A-Z*]/.test(c) ? 0.7 : 0.61
  }
  return em * FONT_PX
}
