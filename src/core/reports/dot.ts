// The call graph in Graphviz's language, drawn as the reference draws it: boxes grow and redden with
// weight, labels hang off their node, dotted edges go over functions that are not shown.

import { shortenFunctionName } from '../analysis/function-names.ts'
import { cumValue, flatValue, meanOf } from '../analysis/graph.ts'
import { compareTags, type Tag, tagCum, tagFlat } from '../analysis/label-tags.ts'
import { compareEdges, groupEdges, type TrimmedGraph } from '../analysis/trim.ts'
import { baseName } from '../base/go-path.ts'
import { absInt, addInt, cmpInt, type Int, intFromFloat, mulInt, quoInt } from '../base/int64.ts'
import { autoLabel, percentage, scale } from '../base/units.ts'
import {
  cutMiddle,
  LABEL_LENGTH,
  LEGEND_LINES,
  pictureLabel,
  pictureText,
  TOOLTIP_LENGTH,
} from './picture-text.ts'
import { type Report, reportGraph, reportLabels, type Sink, selectUnit, ValueFormat } from './report.ts'

export interface DotDoc {
  readonly title: string
  readonly labels: readonly string[]
  readonly graph: TrimmedGraph
  readonly total: Int
  readonly unit: string
}

/** The graph that pictures show. */
export function buildDot(r: Report): DotDoc {
  const graph = reportGraph(r, { visual: true, edges: 'all', treeAllowed: true })
  const unit = selectUnit(r, graph)
  const { profile: p } = r
  const file = p.mappings.count > 0 ? p.strings.get(p.mappings.file[1]) : ''
  return {
    title: file === '' ? '' : baseName(file),
    labels: reportLabels(r, graph, new ValueFormat(r.options, unit), true),
    graph,
    total: r.total,
    unit,
  }
}

/** Graphviz's escapes; line breaks become left-justified ones. */
function escapeDot(s: string): string {
  return s.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\l')
}

/** Boxes of labels at a node of the graph, at most. */
export const MAX_NODELETS = 4

/** How the texts of a profile are written into the graph. */
interface Lettering {
  /** For places where the reference escapes nothing: the graph's title, names of labels and files, units. */
  readonly plain: (s: string) => string
  readonly label: (s: string) => string
  /** Name of a tag: labels as `key:value`, joined by Graphviz's own line breaks (`\n`). */
  readonly tag: (s: string) => string
  readonly tooltip: (s: string) => string
  readonly legend: (lines: readonly string[]) => readonly string[]
  /** Applied to a box's label as a whole, when its parts have been written. */
  readonly box: (label: string) => string
}

const AS_THE_REFERENCE: Lettering = {
  plain: (s) => s,
  label: escapeDot,
  tag: (s) => s,
  tooltip: escapeDot,
  legend: (lines) => lines,
  box: (label) => label,
}

/** Prints the graph byte for byte as the reference does, which some names make unreadable to Graphviz. */
export function printDot(doc: DotDoc, r: Report, out: Sink): void {
  new DotPrinter(doc, new ValueFormat(r.options, doc.unit), AS_THE_REFERENCE).print(out)
}

/**
 * Prints the graph for our own pictures: the same, but no name can break out of its string, and long ones
 * are cut. Remarks on the sink say so.
 */
export function printPictureDot(doc: DotDoc, r: Report, out: Sink): void {
  const cut = new Set<string>()
  const upTo =
    (most: number) =>
    (s: string): string => {
      if (s.length > most) cut.add(s)
      return pictureText(cutMiddle(s, most))
    }
  const lettering: Lettering = {
    plain: upTo(LABEL_LENGTH),
    label: upTo(LABEL_LENGTH),
    tag: (s) => s.split('\\n').map(upTo(LABEL_LENGTH)).join('\\n'),
    tooltip: upTo(TOOLTIP_LENGTH),
    legend: (lines) =>
      lines.length <= LEGEND_LINES
        ? lines
        : [...lines.slice(0, LEGEND_LINES - 1), `… and ${lines.length - LEGEND_LINES + 1} more lines`],
    box: pictureLabel,
  }
  new DotPrinter(doc, new ValueFormat(r.options, doc.unit), lettering).print(out)
  if (cut.size > 0)
    out.remark?.(
      cut.size === 1
        ? `a name of more than ${LABEL_LENGTH} characters is shortened in the picture`
        : `${cut.size} names of more than ${LABEL_LENGTH} characters are shortened in the picture`,
    )
}

class DotPrinter {
  private readonly doc: DotDoc
  private readonly g: TrimmedGraph
  private readonly format: ValueFormat
  private readonly letter: Lettering
  /** |total|, for shares that decide colours and widths. */
  private readonly size: number

  constructor(doc: DotDoc, format: ValueFormat, letter: Lettering) {
    this.doc = doc
    this.g = doc.graph
    this.format = format
    this.letter = letter
    this.size = Number(absInt(doc.total))
  }

  print(out: Sink): void {
    const { g } = this
    out.text(`digraph "${this.doc.title === '' ? 'unnamed' : this.letter.plain(this.doc.title)}" {\n`)
    out.text('node [style=filled fillcolor="#f8f8f8"]\n')
    out.text(this.legend())
    const id = new Uint32Array(g.nodes.count)
    g.order.forEach((node, i) => {
      id[node] = i + 1
    })
    const outOf = groupEdges(g.edges, g.removed, 'from', g.nodes.count)
    let maxFlat = 0
    for (const node of g.order) maxFlat = Math.max(maxFlat, this.flat(node))
    const withTags = new Uint8Array(g.nodes.count)
    const edges: number[] = []
    for (const node of g.order) {
      out.text(this.node(node, id[node], maxFlat))
      const mine = outOf.rows.subarray(outOf.start[node], outOf.start[node + 1])
      const nodelets = this.nodelets(node, id[node], mine.length > 0)
      if (nodelets !== '') withTags[node] = 1
      out.text(nodelets)
      for (const e of mine) edges.push(e)
    }
    // Heaviest first: a hint to the layout.
    edges.sort(compareEdges(g.edges, g.names))
    for (const e of edges)
      out.text(this.edge(e, id[g.edges.from[e]], id[g.edges.to[e]], withTags[g.edges.from[e]] === 1))
    out.text('}\n')
  }

  /** Units come from the profile, too. */
  private value(v: Int): string {
    return this.letter.plain(this.format.value(v))
  }

  private flat(node: number): number {
    return Number(absInt(flatValue(this.g.weights, node)))
  }

  private legend(): string {
    const { title } = this.doc
    const labels = this.letter.legend(this.doc.labels).map(this.letter.label)
    if (labels.length === 0) return ''
    const text = labels.join('\\l')
    const tooltip = title === '' ? '' : ` tooltip="${this.letter.plain(title)}"`
    return `subgraph cluster_L { "${labels[0]}" [shape=box fontsize=16 label="${this.letter.box(text)}\\l"${tooltip}] }\n`
  }

  private share(v: Int): string {
    return percentage(v, this.doc.total).trim()
  }

  private node(node: number, id: number, maxFlat: number): string {
    const flat = flatValue(this.g.weights, node)
    const cum = cumValue(this.g.weights, node)
    const flatText = this.value(flat)
    let cumText = flatText
    let label = this.multilineName(node)
    label += flat !== 0 ? `${flatText} (${this.share(flat)})` : '0'
    if (cum !== flat) {
      cumText = this.value(cum)
      label += `${flat !== 0 ? '\\n' : ' '}of ${cumText} (${this.share(cum)})`
    }
    // Sizes 8 to 24, by the root of the share so that differences stay visible at the small end.
    const size = Number(absInt(flat))
    let fontSize = 8
    if (maxFlat !== 0 && size !== 0 && size <= maxFlat) fontSize += Math.ceil(16 * Math.sqrt(size / maxFlat))
    const score = Number(cum) / this.size
    const tooltip = `${this.letter.tooltip(this.g.names.printed(node))} (${cumText})`
    const colors = `color="${dotColor(score, false)}" fillcolor="${dotColor(score, true)}"`
    return `N${id} [label="${this.letter.box(label)}" id="node${id}" fontsize=${fontSize} shape=box tooltip="${tooltip}" ${colors}]\n`
  }

  private multilineName(node: number): string {
    const { names } = this.g
    const name = this.letter
      .label(shortenFunctionName(names.name(node)))
      .replaceAll('::', '\\n')
      // Go's "[...]" for type arguments is kept from the line breaks below.
      .replaceAll('[...]', '[…]')
      .replaceAll('.', '\\n')
    const file = this.letter.plain(baseName(names.file(node)))
    const parts = names.components(node, name, names.file(node) === '' ? '' : file)
    // Without both, what names the node is not from here.
    const named = name !== '' || names.file(node) !== ''
    return `${(named ? parts : parts.map(this.letter.plain)).join('\\n')}\\n`
  }

  /** Boxes for the labels of a node. Nodes that call others show flat weights only. */
  private nodelets(node: number, id: number, byFlat: boolean): string {
    if (this.g.tags === undefined) return ''
    const { text, numeric } = this.g.tags.of(node)
    let s = ''
    text
      .sort(compareTags(byFlat))
      .slice(0, MAX_NODELETS)
      .forEach((tag, i) => {
        const w = byFlat ? tagFlat(tag) : tagCum(tag)
        if (w === 0) return
        const weight = this.value(w)
        const at = `N${id}_${i}`
        s += `${at} [label = "${this.letter.box(this.letter.tag(tag.name))}" id="${at}" fontsize=8 shape=box3d tooltip="${weight}"]\n`
        s += `N${id} -> ${at} [label=" ${weight}" weight=100 tooltip="${weight}" labeltooltip="${weight}"]\n`
        const numbers = numeric.get(tag.name)
        if (numbers !== undefined) s += this.numericNodelets(numbers, byFlat, at)
      })
    const plain = numeric.get('')
    if (plain !== undefined) s += this.numericNodelets(plain, byFlat, `N${id}`)
    return s
  }

  private numericNodelets(tags: readonly Tag[], byFlat: boolean, source: string): string {
    let s = ''
    collapseTags(tags, byFlat).forEach((tag, i) => {
      const cum = tagCum(tag)
      const flat = tagFlat(tag)
      const solid = byFlat || flat === cum
      const w = solid ? flat : cum
      if (w === 0) return
      const weight = this.value(w)
      // The reference writes the source's own N twice.
      const at = `N${source}_${i}`
      const style = solid ? '' : ' style="dotted"'
      s += `${at} [label = "${this.letter.box(this.letter.tag(tag.name))}" id="${at}" fontsize=8 shape=box3d tooltip="${weight}"]\n`
      s += `${source} -> ${at} [label=" ${weight}" weight=100 tooltip="${weight}" labeltooltip="${weight}"${style}]\n`
    })
    return s
  }

  private edge(e: number, from: number, to: number, hasNodelets: boolean): string {
    const { edges, names } = this.g
    const w = meanOf(edges.weight.get(e), edges.divisor?.get(e))
    const text = this.value(w)
    let attributes = `label=" ${text}${edges.inline[e] === 1 ? '\\n (inline)' : ''}"`
    const { total } = this.doc
    if (total !== 0) {
      // A weight may exceed the total in differences.
      const level = (parts: number): number => {
        const n = absInt(quoInt(mulInt(w, parts), total))
        return 1 + Number(cmpInt(n, parts) < 0 ? n : parts)
      }
      const weight = level(100)
      const width = level(5)
      if (weight > 1) attributes += ` weight=${weight}`
      if (width > 1) attributes += ` penwidth=${width}`
      attributes += ` color="${dotColor(Number(w) / this.size, false)}"`
    }
    const residual = edges.residual[e] === 1
    const caller = this.letter.tooltip(names.printed(edges.from[e]))
    const callee = this.letter.tooltip(names.printed(edges.to[e]))
    const tooltip = `"${caller} ${residual ? '...' : '->'} ${callee} (${text})"`
    attributes += ` tooltip=${tooltip} labeltooltip=${tooltip}`
    if (residual) attributes += ' style="dotted"'
    if (hasNodelets) attributes += ' minlen=2'
    return `N${from} -> N${to} [${attributes}]\n`
  }
}

/** Numeric tags in at most MAX_NODELETS groups: the heaviest, each with the others that are nearest to it. */
export function collapseTags(tags: readonly Tag[], byFlat: boolean): Tag[] {
  const sorted = [...tags].sort(compareTags(byFlat))
  if (sorted.length <= MAX_NODELETS) return sorted
  const groups = sorted.slice(0, MAX_NODELETS).map((t) => [t])
  for (const t of sorted.slice(MAX_NODELETS)) {
    let nearest = 0
    let distance = tagDistance(t, groups[0][0])
    for (let i = 1; i < groups.length; i++) {
      const d = tagDistance(t, groups[i][0])
      if (d < distance) {
        nearest = i
        distance = d
      }
    }
    groups[nearest].push(t)
  }
  return groups.map(joinGroup).sort(compareTags(byFlat))
}

function tagDistance(t: Tag, u: Tag): number {
  return Math.abs(scale(u.value, u.unit, t.unit).value - Number(t.value))
}

/** One tag for a group; its name is the range of values, each in its own unit. */
function joinGroup(group: readonly Tag[]): Tag {
  const [first] = group
  const none = { unit: '', value: 0, flatDivisor: 0, cumDivisor: 0 }
  if (group.length === 1)
    return { ...none, name: autoLabel(first.value, first.unit), flat: tagFlat(first), cum: tagCum(first) }
  let min = first
  let max = first
  let flat: Int = 0
  let cum: Int = 0
  let flatDivisor: Int = 0
  let cumDivisor: Int = 0
  for (const t of group) {
    if (cmpInt(intFromFloat(scale(t.value, t.unit, min.unit).value), min.value) < 0) min = t
    if (cmpInt(intFromFloat(scale(t.value, t.unit, max.unit).value), max.value) > 0) max = t
    flat = addInt(flat, t.flat)
    cum = addInt(cum, t.cum)
    flatDivisor = addInt(flatDivisor, t.flatDivisor)
    cumDivisor = addInt(cumDivisor, t.cumDivisor)
  }
  return {
    ...none,
    name: `${autoLabel(min.value, min.unit)}..${autoLabel(max.value, max.unit)}`,
    flat: meanOf(flat, flatDivisor),
    cum: meanOf(cum, cumDivisor),
  }
}

/**
 * Colour of a score from -1 (green) over 0 (grey) to 1 (red): dark for lines, pale for backgrounds. The
 * curve moves small scores away from grey.
 */
function dotColor(score: number, background: boolean): string {
  const value = background ? 0.93 : 0.7
  let saturation = background ? 0.1 : 1
  let s = Math.max(-1, Math.min(1, score))
  if (Math.abs(s) < 0.2) saturation *= Math.abs(s) / 0.2
  s = Math.sign(s) * Math.abs(s) ** (1 - 0.7)
  const faded = value * (1 - saturation * Math.abs(s))
  const [r, g] = s < 0 ? [faded, value] : [value, faded]
  const b = value * (1 - saturation)
  const hex = (v: number): string =>
    Math.trunc(v * 255)
      .toString(16)
      .padStart(2, '0')
  return `#${hex(r)}${hex(g)}${hex(b)}`
}
