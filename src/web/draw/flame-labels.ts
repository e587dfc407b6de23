// The text in a box: the longest that fits of the full name, pkg.(*T).m, (*T).m, m, the beginning of m, nothing.

import { collapseTypeArguments, splitFunctionName } from '../../core/analysis/display-names.ts'

/** Widths of texts in one font. Sums of single letters: kerning is a pixel in a name, and asking costs more. */
export class LetterWidths {
  private readonly measure: (text: string) => number
  private readonly ascii = new Float32Array(128).fill(-1)
  private readonly others = new Map<string, number>()

  constructor(measure: (text: string) => number) {
    this.measure = measure
  }

  letter(c: string): number {
    const code = c.charCodeAt(0)
    if (c.length === 1 && code < 128) {
      let w = this.ascii[code]!
      if (w < 0) {
        w = this.measure(c)
        this.ascii[code] = w
      }
      return w
    }
    let w = this.others.get(c)
    if (w === undefined) {
      w = this.measure(c)
      this.others.set(c, w)
    }
    return w
  }

  text(s: string): number {
    let sum = 0
    for (const c of s) sum += this.letter(c)
    return sum
  }
}

/** A text in two levels: what leads to the function, and the function. */
export interface Label {
  readonly path: string
  readonly fn: string
  /** Width of `path` and of both. */
  readonly pathWidth: number
  readonly width: number
}

/** Longer names are cut before they are measured: nothing that long fits. */
const LONGEST = 400

/** The labels that a name can have, longest first. */
export function labelsOf(shown: string, widths: LetterWidths): Label[] {
  const name = shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
  const { path, fn } = splitFunctionName(name)
  const pkg = path.slice(path.lastIndexOf('/') + 1)
  const short = collapseTypeArguments(fn)
  // Of a package folded into one frame the package is what matters.
  const last = short === '*' ? `${pkg}*` : (/^\(?\*?[\w[\]…]+\)?\.(.+)$/.exec(short)?.[1] ?? short)
  const texts: [string, string][] = [
    [path, fn],
    [pkg, fn],
    [pkg, short],
    ['', short === '*' ? last : fn],
    ['', short === '*' ? last : short],
    ['', last],
  ]
  const out: Label[] = []
  for (const [p, f] of texts) {
    if (out.some((l) => l.path === p && l.fn === f)) continue
    const pathWidth = widths.text(p)
    out.push({ path: p, fn: f, pathWidth, width: pathWidth + widths.text(f) })
  }
  return out
}

/** Fewer letters than this say nothing. */
const LEAST_LETTERS = 2

/** The longest label that fits into `room`; the beginning of the last one if none does; undefined if that says nothing. */
export function fitLabel(labels: readonly Label[], room: number, widths: LetterWidths): Label | undefined {
  for (const label of labels) if (label.width <= room) return label
  const { fn } = labels[labels.length - 1]!
  const dots = widths.letter('…')
  let width = 0
  let text = ''
  let letters = 0
  for (const c of fn) {
    const w = widths.letter(c)
    if (width + w + dots > room) break
    width += w
    text += c
    letters++
  }
  return letters < LEAST_LETTERS ? undefined : { path: '', fn: `${text}…`, pathWidth: 0, width: width + dots }
}
