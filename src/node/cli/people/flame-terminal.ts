// The flame graph as lines of a terminal: an icicle, the root on top. A frame is a run of cells; with colour
// they are filled, without it an edge stands in front of each frame and behind the last of a run.

import { splitFunctionName } from '../../../core/analysis/display-names.ts'
import { ORIGIN_TITLES, ORIGINS, type Origin } from '../../../core/analysis/origin.ts'
import { cellWidth, countText, cutRight, shareText, valueText } from '../../../core/base/people-fmt.ts'
import {
  countOf,
  type FlameDoc,
  leftWeight,
  originIndex,
  rootLabel,
  selfByOrigin,
} from '../../../core/reports/flame.ts'
import { type FlameBoxes, layoutFlame } from '../../../core/reports/flame-layout.ts'
import { frameLabels } from '../../../core/reports/flame-names.ts'
import { flameColour } from '../../../core/reports/flame-theme.ts'
import { dots, own, paint, type Style, safeName } from './style.ts'
import { flowLines, wrapLines } from './table.ts'

/** How many colours the terminal says that it has: of 24 bits, 256, or only the user's 16. */
export type Depth = 'true' | '256' | '16'

export function colourDepth(env: Readonly<Record<string, string | undefined>>): Depth {
  if (/truecolor|24bit/i.test(env.COLORTERM ?? '')) return 'true'
  return /256colo/i.test(env.TERM ?? '') ? '256' : '16'
}

export interface FlameLinesOptions {
  /** Rows of frames under the root; 0 for all. */
  readonly depth: number
  readonly colours: Depth
}

/** Cells where the style sets no limit. */
const UNLIMITED = 120
const NARROWEST = 20

/** Cells of a line of the picture. */
export function flameCells(style: Style): number {
  return Math.max(NARROWEST, Number.isFinite(style.width) && style.width > 0 ? style.width : UNLIMITED)
}

/** The picture and what must be said about it. No line is wider than the style. */
export function flameLines(style: Style, doc: FlameDoc, o: FlameLinesOptions): string[] {
  const boxes = layoutFlame(doc.tree, 0)
  const picture = new Icicle(style, doc, boxes, o)
  const lines = picture.draw()
  return [...lines, ...picture.legend(), ...picture.remarks()]
}

interface Cells {
  /** First cell and the one behind the last. */
  readonly from: number
  readonly to: number
  readonly box: number
}

class Icicle {
  private readonly style: Style
  private readonly doc: FlameDoc
  private readonly boxes: FlameBoxes
  private readonly o: FlameLinesOptions
  /** Cells of the picture without the closing edge. */
  private readonly cells: number
  private readonly rows: Cells[][] = []
  private readonly edge: string
  private narrow = 0
  private narrowWeight = 0
  private deep = 0
  private deepest = 0
  private recursive = false
  private inlined = false

  constructor(style: Style, doc: FlameDoc, boxes: FlameBoxes, o: FlameLinesOptions) {
    this.style = style
    this.doc = doc
    this.boxes = boxes
    this.o = o
    this.cells = flameCells(style) - 1
    this.edge = style.unicode ? '▏' : '|'
  }

  draw(): string[] {
    const { boxes } = this
    const scale = this.cells / (boxes.width[0]! || 1)
    let narrowDepth = Number.POSITIVE_INFINITY
    for (let box = 0; box < boxes.count; box++) {
      const depth = boxes.depth[box]!
      // What is on top of a frame without a cell has none either; only the lowest is counted.
      if (depth > narrowDepth) continue
      narrowDepth = Number.POSITIVE_INFINITY
      const x = boxes.x[box]!
      const from = box === 0 ? 0 : Math.round(x * scale)
      const to = box === 0 ? this.cells : Math.round((x + boxes.width[box]!) * scale)
      if (to === from) {
        this.narrow++
        this.narrowWeight += boxes.width[box]!
        narrowDepth = depth
      } else if (this.o.depth > 0 && depth > this.o.depth) {
        this.deep++
        this.deepest = Math.max(this.deepest, depth)
      } else {
        this.rows[depth] ??= []
        this.rows[depth]!.push({ from, to, box })
      }
    }
    const lines = this.rows.map((row) => this.line(row.sort((a, b) => a.from - b.from)))
    if (this.doc.tree.signed !== undefined) lines.splice(1, 0, this.sides(Math.round(boxes.middle * scale)))
    return lines
  }

  /** The line under the root of a difference: which side is which. */
  private sides(middle: number): string {
    const { style, doc } = this
    const { more, less } = doc.tree.signed!
    const minus = own(style, `−${valueText(less[0]!, doc.unit)}`)
    const plus = own(style, `+${valueText(more[0]!, doc.unit)}`)
    const line = style.unicode ? '│' : '|'
    const longest = (room: number, ...choices: string[]): string =>
      choices.find((c) => cellWidth(c) <= room) ?? ''
    const left = longest(middle, `less, ${minus} `, `${minus} `)
    const right = longest(this.cells - middle, ` more, ${plus}`, ` ${plus}`)
    return `${' '.repeat(middle - cellWidth(left))}${paint(style, 'less', left)}${line}${paint(style, 'more', right)}`
  }

  private line(row: readonly Cells[]): string {
    let out = ''
    let at = 0
    // A closing edge is owed where a run of frames ends.
    let open = false
    for (const { from, to, box } of row) {
      if (from > at) {
        out += open ? this.edge + ' '.repeat(from - at - 1) : ' '.repeat(from - at)
        open = false
      }
      out += this.style.color
        ? this.filled(box, to - from)
        : this.edge + this.label(box, to - from - 1).join('')
      open = !this.style.color
      at = to
    }
    return open ? out + this.edge : out
  }

  /** The frame's text in exactly `room` cells: its path, and the rest. */
  private label(box: number, room: number): [path: string, rest: string] {
    const { style } = this
    if (box === 0) return ['', padded(cutRight(own(style, rootLabel(this.doc)), room, dots(style)), room)]
    const { tree, profile, by } = this.doc
    const row = this.boxes.row[box]!
    const frame = tree.frame[row]!
    const name = safeName(profile.strings.get(tree.frames.name[frame]!))
    const line = by === 'line' && tree.frames.line[frame]! > 0 ? `:${tree.frames.line[frame]}` : ''
    const recursion = this.boxes.recursion[box]! > 0
    const mark = recursion ? (style.unicode ? '↻' : '*') : ''
    const left = room - mark.length
    if (left < 1) return ['', ' '.repeat(room)]
    const labels = frameLabels(name)
    const whole = labels.find((l) => l.length <= left * 4 && cellWidth(l) + line.length <= left)
    let text = whole === undefined ? undefined : whole + line
    if (text === undefined) {
      const cut = cutRight(labels.at(-1)!.slice(0, left * 4) + line, left, dots(style))
      text = cellWidth(cut) >= 3 ? cut : ''
    }
    if (text !== '' && recursion) this.recursive = true
    let suffix = ''
    if (tree.inlined[row] === 1 && whole !== undefined && cellWidth(text) + 4 <= left) {
      suffix = ' inl'
      this.inlined = true
    }
    const path = whole === undefined ? '' : splitFunctionName(whole).path
    const front = text === '' ? '' : mark + path
    const rest = text.slice(path.length) + suffix
    return [front, padded(rest, room - cellWidth(front))]
  }

  private filled(box: number, width: number): string {
    const { colours } = this.o
    const [path, rest] = this.label(box, width - 1)
    const fill = this.fill(box)
    if (colours === '16') {
      // Reverse video takes the user's own colours: that of the origin becomes the background.
      const code = box === 0 ? 0 : this.baseColour(box)
      return `\x1b[7${code === 0 ? '' : `;${code}`}m${this.edge}${path}${rest}\x1b[0m`
    }
    const front = (name: string): string => sgr(38, name, colours)
    const back = sgr(48, fill, colours)
    const ink = box === 0 ? 'text-1' : 'on-fill'
    const quiet = fill === 'org-main' ? ink : 'on-fill-2'
    return `\x1b[${back};${front('bg-1')}m${this.edge}${path === '' ? '' : `\x1b[${front(quiet)}m${path}`}\x1b[${front(ink)}m${rest}\x1b[0m`
  }

  private origin(box: number): Origin {
    return ORIGINS[originIndex(this.doc, this.doc.tree.frame[this.boxes.row[box]!]!)]!
  }

  /** The name of the colour that fills a frame. */
  private fill(box: number): string {
    const { doc, boxes } = this
    if (box === 0) return 'bg-4'
    if (doc.tree.signed === undefined) return `org-${this.origin(box)}`
    const share = boxes.width[box]! / (Math.abs(Number(doc.whole)) || 1)
    const step = share > 0.1 ? 3 : share > 0.02 ? 2 : share > 0.004 ? 1 : 0
    return step === 0 ? 'diff-zero' : `diff-${box >= boxes.lessFrom ? 'minus' : 'plus'}-${step}`
  }

  private baseColour(box: number): number {
    if (this.doc.tree.signed !== undefined) return box >= this.boxes.lessFrom ? 32 : 31
    return BASE_COLOURS[this.origin(box)] ?? 0
  }

  /** Whose code the colours stand for, and how much of all it took itself. */
  legend(): string[] {
    const { style, doc, boxes, o } = this
    if (!style.color || doc.tree.signed !== undefined || boxes.count < 2) return []
    const cell = (origin: Origin): string => {
      if (o.colours !== '16') return `\x1b[${sgr(38, `org-${origin}`, o.colours)}m■\x1b[39m`
      const code = BASE_COLOURS[origin]
      return code === undefined ? '■' : `\x1b[${code}m■\x1b[39m`
    }
    const self = selfByOrigin(doc)
    const entries = ORIGINS.flatMap((origin, k) =>
      self[k] === 0
        ? []
        : [
            {
              mark: style.unicode ? cell(origin) : cell(origin).replace('■', '#'),
              text: `${ORIGIN_TITLES[origin]} ${own(style, shareText(self[k]!, doc.whole))}`,
            },
          ],
    )
    const lines = flowLines(
      { ...style, color: false },
      entries.map((e) => ({ text: `\u0001 ${e.text}` })),
    )
    let next = 0
    return ['', ...lines.map((l) => l.replaceAll('\u0001', () => entries[next++]!.mark))]
  }

  /** What is not drawn and what the marks mean. */
  remarks(): string[] {
    const { style, doc } = this
    const { tree } = doc
    const out: string[] = []
    const narrow = this.narrow + tree.leftCount
    if (narrow > 0) {
      const weight = this.narrowWeight + leftWeight(tree)
      out.push(
        `${countOf(narrow, 'frame')} narrower than a column ${narrow === 1 ? 'is' : 'are'} not drawn, nor what ${narrow === 1 ? 'it calls' : 'they call'}: ${valueText(weight, doc.unit)}, ${shareText(weight, doc.whole)} in all.`,
      )
    }
    if (this.deep > 0)
      out.push(
        `${countOf(this.deep, 'frame')} in ${countOf(this.deepest - this.o.depth, 'row')} below ${this.deep === 1 ? 'is' : 'are'} not drawn; --depth 0 draws all.`,
      )
    const marks = [
      this.recursive ? `${style.unicode ? '↻' : '*'} recursion` : '',
      this.inlined ? 'inl inlined' : '',
    ].filter((s) => s !== '')
    if (marks.length > 0) out.push(`${marks.join(', ')}.`)
    if (tree.signed !== undefined)
      out.push(
        `Widths are the size of the change: all that was taken away and all that was added. What did not change has none.`,
      )
    if (tree.count === 1 && tree.leftCount === 0) out.push('There is nothing to draw.')
    return out.flatMap((text) => wrapLines(style, text)).map((l) => paint(style, 'quiet', l))
  }
}

function padded(s: string, width: number): string {
  return s + ' '.repeat(Math.max(0, width - cellWidth(s)))
}

/** Of the 16 colours, those that stand for an origin; the rest has the user's own. */
const BASE_COLOURS: Partial<Record<Origin, number>> = { main: 33, module: 35, std: 36, syscall: 34, cgo: 34 }

/** Where the nearest of 256 colours would be a grey like its neighbours'. */
const NAMED_256: Readonly<Record<string, number>> = {
  'org-main': 94,
  'org-module': 95,
  'org-std': 24,
  'org-runtime': 238,
  'org-alloc': 96,
  'org-gc': 60,
  'org-sched': 23,
  'org-syscall': 65,
  'org-cgo': 58,
  'diff-zero': 237,
  'diff-plus-1': 52,
  'diff-plus-2': 88,
  'diff-plus-3': 124,
  'diff-minus-1': 235,
  'diff-minus-2': 22,
  'diff-minus-3': 28,
}

/** Parameters that set a colour by its name: 38 in front of the foreground's, 48 of the background's. */
function sgr(which: 38 | 48, name: string, depth: Depth): string {
  const colour = flameColour(name, 'dark')
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as [
    number,
    number,
    number,
  ]
  return depth === 'true'
    ? `${which};2;${r};${g};${b}`
    : `${which};5;${NAMED_256[name] ?? nearest256(r, g, b)}`
}

/** The steps of the colour cube of xterm's 256 colours (from 16), and of its greys (from 232). */
const CUBE = [0, 95, 135, 175, 215, 255]

function nearest256(r: number, g: number, b: number): number {
  const step = (v: number): number =>
    CUBE.reduce((best, level, k) => (Math.abs(level - v) < Math.abs(CUBE[best]! - v) ? k : best), 0)
  const distance = (x: number, y: number, z: number): number => (x - r) ** 2 + (y - g) ** 2 + (z - b) ** 2
  const [x, y, z] = [step(r), step(g), step(b)]
  const grey = Math.max(0, Math.min(23, Math.round(((r + g + b) / 3 - 8) / 10)))
  const level = 8 + grey * 10
  return distance(level, level, level) < distance(CUBE[x]!, CUBE[y]!, CUBE[z]!)
    ? 232 + grey
    : 16 + 36 * x + 6 * y + z
}

/** The line above the picture's remarks for those who want more of it. */
export function flameHint(doc: FlameDoc): string {
  return `${countText(doc.tree.count - 1)} frames; -o flame.html writes them to zoom and search in a browser`
}
