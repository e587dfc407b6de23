// Colours of a flame graph's boxes, as pixels.

import type { FlameBoxes } from '../../core/analysis/flame/boxes.ts'
import { ORIGINS } from '../../core/analysis/origin.ts'
import type { FlameFrames, FlameTree } from '../../core/engine/workbench/questions/flame-tree.ts'
import { type Fills, type Matches, mix } from './flame-geometry.ts'
import type { Palette } from './palette.ts'

export const COLOURINGS = ['origin', 'package', 'label', 'difference', 'one'] as const

/** By whose code it is, by package, by the values of a label, by what changed, or all alike. */
export type Colouring = (typeof COLOURINGS)[number]

/** A token's colour as a pixel (little endian RGBA, opaque). Tokens of fills are `#rrggbb`. */
export function pixelOf(colour: string): number {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour)?.[1] ?? short(colour)
  const v = Number.parseInt(hex, 16)
  return (0xff000000 | ((v & 0xff) << 16) | (v & 0xff00) | (v >>> 16)) >>> 0
}

function short(colour: string): string {
  const [, r = '8', g = '8', b = '8'] = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour) ?? []
  return `${r}${r}${g}${g}${b}${b}`
}

const CATEGORIES = 12

/** Which of the colours of categories a name has: the same one everywhere, for ever. */
export function categoryOf(name: string): { readonly token: string; readonly lighter: boolean } {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  h = (h ^ (h >>> 13)) >>> 0
  return { token: `cat-${(h % CATEGORIES) + 1}`, lighter: ((h >>> 9) & 1) === 1 }
}

/** How much of the background a lighter step of a category has. */
const LIGHTER = 0.24
/** What is left of a frame's colour while others match a search. */
const DIMMED = 0.46

export interface ColourNeeds {
  readonly boxes: FlameBoxes
  readonly frames: FlameFrames
  readonly colouring: Colouring
  /** Of the label by which colours are, if they are. */
  readonly labels: FlameTree['labels']
  /** What percentages are of. */
  readonly whole: number
  readonly palette: Palette
  /** Frames that a search matches: 1 each. */
  readonly marked: Uint8Array | undefined
  readonly matches: Matches | undefined
}

/** Which fill each box has. */
export function fillsOf(n: ColourNeeds): Fills {
  const { boxes, palette, marked, matches } = n
  const background = pixelOf(palette('bg-1'))
  const match = pixelOf(palette('match'))
  const byChange = n.colouring === 'difference' && boxes.before !== undefined
  const byFrame = frameColours(n, background)
  byFrame[0] = pixelOf(palette('bg-3'))
  let byBox: Uint32Array | undefined
  let part: Float32Array | undefined
  if (byChange) {
    byBox = changeColours(n, background)
    if (boxes.middle === 0) part = changedParts(boxes)
    byBox[0] = byFrame[0]
  } else if (byLabel(n)) {
    byBox = labelColours(n, background)
    part = boxes.labelShare
    byBox[0] = byFrame[0]
  } else if (marked !== undefined)
    for (let f = 1; f < byFrame.length; f++)
      byFrame[f] = marked[f] === 1 ? match : mix(byFrame[f]!, background, DIMMED)
  const zero = pixelOf(palette('diff-zero'))
  return {
    byFrame,
    byBox,
    background,
    matchesBefore: matches?.before,
    match,
    part,
    rest: marked === undefined ? zero : mix(zero, background, DIMMED),
  }
}

function frameColours({ frames, colouring, palette }: ColourNeeds, background: number): Uint32Array {
  const out = new Uint32Array(frames.names.length)
  if (colouring === 'package') {
    const byPackage = frames.packages.map((name) => {
      if (name === '') return pixelOf(palette('org-runtime'))
      const { token, lighter } = categoryOf(name)
      const colour = pixelOf(palette(token))
      return lighter ? mix(colour, background, 1 - LIGHTER) : colour
    })
    for (let f = 0; f < out.length; f++) out[f] = byPackage[frames.package[f]!]!
    return out
  }
  if (colouring === 'origin') {
    const byOrigin = ORIGINS.map((o) => pixelOf(palette(`org-${o}`)))
    for (let f = 0; f < out.length; f++) out[f] = byOrigin[frames.origin[f]!]!
    return out
  }
  // All alike: two steps of one hue, so that neighbours differ.
  const one = pixelOf(palette('org-std'))
  const other = mix(one, background, 1 - LIGHTER)
  for (let f = 0; f < out.length; f++) out[f] = categoryOf(frames.names[f]!).lighter ? one : other
  return out
}

/** Shares of the whole from which a change is worth the next step of colour. */
const STEPS: readonly number[] = [0, 0.004, 0.02, 0.1]

/** -3 to 3: much less, ..., much more; 0 is the same. */
export function changeStep(change: number, whole: number): number {
  if (change === 0) return 0
  const share = whole > 0 ? Math.abs(change) / whole : 1
  let step = 0
  for (let k = 1; k < STEPS.length; k++) if (share > STEPS[k]!) step = k
  return change < 0 ? -step : step
}

/** The token of a step, below 0.4 % the grey of what is the same. */
export function changeToken(step: number): string {
  return step === 0 ? 'diff-zero' : `diff-${step < 0 ? 'minus' : 'plus'}-${Math.abs(step)}`
}

function changeColours({ boxes, whole, palette, marked }: ColourNeeds, background: number): Uint32Array {
  const steps = [-3, -2, -1, 0, 1, 2, 3].map((s) => pixelOf(palette(changeToken(s))))
  const dimmed = steps.map((c) => mix(c, background, DIMMED))
  const match = pixelOf(palette('match'))
  const out = new Uint32Array(boxes.count)
  for (let i = 1; i < out.length; i++) {
    // On two sides of a line a box is what was added there, or taken away.
    const change =
      boxes.middle === 0 ? boxes.total[i]! : boxes.x[i]! < boxes.middle ? -boxes.width[i]! : boxes.width[i]!
    const step = changeStep(change, whole) + 3
    if (marked === undefined) out[i] = steps[step]!
    else out[i] = marked[boxes.frame[i]!] === 1 ? match : dimmed[step]!
  }
  return out
}

function byLabel({ colouring, labels }: ColourNeeds): boolean {
  return colouring === 'label' && labels !== undefined
}

/** By the value that most of a box carries. */
function labelColours({ boxes, labels, palette, marked }: ColourNeeds, background: number): Uint32Array {
  const byValue = Uint32Array.from(labels!.values, (value) => {
    const { token, lighter } = labelToken(value)
    const colour = pixelOf(palette(token))
    return lighter ? mix(colour, background, 1 - LIGHTER) : colour
  })
  const dimmed = byValue.map((c) => mix(c, background, DIMMED))
  const match = pixelOf(palette('match'))
  const out = new Uint32Array(boxes.count)
  for (let i = 1; i < out.length; i++) {
    const value = boxes.label![i]!
    if (marked === undefined) out[i] = byValue[value]!
    else out[i] = marked[boxes.frame[i]!] === 1 ? match : dimmed[value]!
  }
  return out
}

/** The colour of a label's value; '' is what has none. */
function labelToken(value: string): ReturnType<typeof categoryOf> {
  return value === '' ? { token: 'diff-zero', lighter: false } : categoryOf(value)
}

/** The part of each box that the change takes: the rest is on both sides, before and after. */
function changedParts(boxes: FlameBoxes): Float32Array {
  const out = new Float32Array(boxes.count).fill(1)
  for (let i = 1; i < boxes.count; i++)
    if (boxes.width[i]! > 0) out[i] = Math.min(1, Math.abs(boxes.total[i]!) / boxes.width[i]!)
  return out
}

export interface LegendEntry {
  readonly title: string
  /** CSS colour. */
  readonly colour: string
  readonly weight: number
}

/** What each colour in the graph itself took. */
export function originLegend(
  frames: FlameFrames,
  palette: Palette,
  titles: Readonly<Record<string, string>>,
): LegendEntry[] {
  const sums = new Float64Array(ORIGINS.length)
  const seen = new Set(frames.origin.subarray(1))
  for (let f = 1; f < frames.self.length; f++) sums[frames.origin[f]!]! += frames.self[f]!
  return ORIGINS.flatMap((o, k) =>
    seen.has(k) ? [{ title: titles[o]!, colour: palette(`org-${o}`), weight: sums[k]! }] : [],
  )
}

export function packageLegend(frames: FlameFrames, palette: Palette, most: number): LegendEntry[] {
  const sums = new Float64Array(frames.packages.length)
  for (let f = 1; f < frames.self.length; f++) sums[frames.package[f]!]! += frames.self[f]!
  return categoryLegend(sums, palette, most, (k) => {
    const name = frames.packages[k]!
    return name === ''
      ? { title: 'no package', token: 'org-runtime', lighter: false }
      : { title: name, ...categoryOf(name) }
  })
}

/** The values of a label, and what each took. */
export function labelLegend(
  labels: NonNullable<FlameTree['labels']>,
  palette: Palette,
  most: number,
): LegendEntry[] {
  return categoryLegend(labels.weight, palette, most, (k) => {
    const value = labels.values[k]!
    return { title: value === '' ? 'without it' : value, ...labelToken(value) }
  })
}

/** The heaviest rows, and the others together. */
function categoryLegend(
  sums: Float64Array,
  palette: Palette,
  most: number,
  look: (row: number) => { readonly title: string; readonly token: string; readonly lighter: boolean },
): LegendEntry[] {
  const rows = [...sums.keys()]
    .filter((k) => sums[k] !== 0)
    .sort((a, b) => Math.abs(sums[b]!) - Math.abs(sums[a]!))
  const entries = rows.slice(0, most).map((k): LegendEntry => {
    const { title, token, lighter } = look(k)
    const colour = lighter
      ? `color-mix(in srgb, ${palette(token)}, ${palette('bg-1')} ${LIGHTER * 100}%)`
      : palette(token)
    return { title, colour, weight: sums[k]! }
  })
  const rest = rows.slice(most)
  if (rest.length > 0)
    entries.push({
      title: `${rest.length} more`,
      colour: palette('bg-4'),
      weight: rest.reduce((sum, k) => sum + sums[k]!, 0),
    })
  return entries
}
