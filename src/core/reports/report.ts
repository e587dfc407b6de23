// What all reports share: the profile as filtered for them, the value that they show, and the text of
// values and headers.

import { trimCallTree } from '../analysis/call-tree-graph.ts'
import { cumValue, flatValue, type GraphInput } from '../analysis/graph.ts'
import type { LabelUnits } from '../analysis/labels.ts'
import { buildNodes, type NodeOptions } from '../analysis/nodes.ts'
import { cutoff, type TrimmedGraph, type TrimOptions, trimGraph } from '../analysis/trim.ts'
import { baseName } from '../base/go-path.ts'
import { formatTime, type ZoneLookup } from '../base/go-time.ts'
import { absInt, addInt, cmpInt, type Int, intFromFloat, mulInt, quoInt } from '../base/int64.ts'
import type { Regexp } from '../base/regexp.ts'
import { autoLabel, percentage, scale, scaledLabel } from '../base/units.ts'
import { encodeUtf8, firstBytes } from '../base/utf8.ts'
import type { Profile } from '../model/profile.ts'
import type { ReportFiles } from './report-files.ts'
import { trimSourcePath } from './source-path.ts'

/** A report's settings, resolved from the config, the command and the profile. */
export interface ReportOptions {
  /** Sample type shown, and the one that it is divided by for a mean. */
  readonly value: number
  readonly divisor?: number
  /** Its name for headers (with `mean_` in front for a mean) and the unit it is in. */
  readonly sampleType: string
  readonly sampleUnit: string
  /** Unit to print in; 'minimum' and 'auto' choose. */
  readonly outputUnit: string
  /** What values are multiplied with before they are printed. */
  readonly ratio: number
  readonly cumSort: boolean
  readonly callTree: boolean
  readonly dropNegative: boolean
  readonly compactLabels: boolean
  readonly nodeCount: number
  readonly nodeFraction: number
  readonly edgeFraction: number
  readonly activeFilters: readonly string[]
  readonly labelUnits: LabelUnits
  readonly trimPath: string
  readonly sourcePath: string
  readonly intelSyntax: boolean
  /** The command's argument: which functions to show. */
  readonly symbol?: Regexp
}

/** Everything a report is made from. */
export interface Report {
  readonly profile: Profile
  /** What percentages are of. */
  readonly total: Int
  readonly options: ReportOptions
  readonly zones: ZoneLookup
  /** For reports that read executables or source. */
  readonly files?: ReportFiles
}

/** Takes a report's text. Large reports come in many pieces. */
export interface Sink {
  text(s: string): void
  bytes(b: Uint8Array): void
  /** Takes a remark on the report for the user, where somebody listens. */
  readonly remark?: (text: string) => void
}

/** A sink that keeps everything, for tests and small documents. */
export class TextSink implements Sink {
  private readonly parts: string[] = []
  private readonly decoder = new TextDecoder()

  text(s: string): void {
    this.parts.push(s)
  }

  bytes(b: Uint8Array): void {
    this.parts.push(this.decoder.decode(b))
  }

  toString(): string {
    return this.parts.join('')
  }

  toBytes(): Uint8Array {
    return encodeUtf8(this.toString())
  }
}

/** Label that marks samples of the base in a difference. */
export const BASE_LABEL = 'pprof::base'

/**
 * Total of a report: the sum of the samples' absolute values; of those of the base alone if there are
 * any that are not 0. With a divisor, their mean.
 */
export function reportTotal(p: Profile, value: number, divisor: number | undefined): Int {
  const base = baseLabelSets(p)
  const v = p.samples.value[value]
  const d = divisor === undefined ? undefined : p.samples.value[divisor]
  const all: [Int, Int] = [0, 0]
  const inBase: [Int, Int] = [0, 0]
  for (let row = 0; row < p.samples.count; row++) {
    const x = absInt(v.get(row))
    const y = d === undefined ? 0 : d.get(row)
    all[0] = addInt(all[0], x)
    all[1] = addInt(all[1], y)
    if (base !== undefined && base[p.samples.labelSet[row]] === 1) {
      inBase[0] = addInt(inBase[0], x)
      inBase[1] = addInt(inBase[1], y)
    }
  }
  const [total, div] = inBase[0] > 0 ? inBase : all
  return div === 0 ? total : quoInt(total, div)
}

/** Label set -> 1 if it marks samples of the base; undefined if none does. */
export function baseLabelSets(p: Profile): Uint8Array | undefined {
  const t = p.labelSets
  let out: Uint8Array | undefined
  for (let set = 0; set < t.count; set++)
    for (let row = t.start[set]; row < t.start[set + 1]; row++)
      if (
        t.str[row] !== 0 &&
        p.strings.get(t.key[row]) === BASE_LABEL &&
        p.strings.get(t.str[row]) === 'true'
      ) {
        out ??= new Uint8Array(t.count)
        out[set] = 1
      }
  return out
}

/** Text of values, in one unit. */
export class ValueFormat {
  private readonly o: ReportOptions
  readonly unit: string

  constructor(o: ReportOptions, unit: string = o.outputUnit) {
    this.o = o
    this.unit = unit
  }

  value(v: Int): string {
    const { ratio } = this.o
    const scaled = ratio > 0 && ratio !== 1 ? intFromFloat(Number(v) * ratio) : v
    return scaledLabel(scaled, this.o.sampleUnit, this.unit)
  }
}

/** Builds the graph that the report shows, with what its printing needs to know. */
export function reportGraph(
  r: Report,
  o: Pick<TrimOptions, 'visual' | 'edges'> & {
    readonly objectFiles?: boolean
    readonly treeAllowed?: boolean
  },
): TrimmedGraph {
  const { options } = r
  const input = graphInput(r, { objectFiles: o.objectFiles ?? false })
  const trim: TrimOptions = {
    nodeFraction: options.nodeFraction,
    edgeFraction: options.edgeFraction,
    nodeCount: options.nodeCount,
    cumSort: options.cumSort,
    dropNegative: options.dropNegative,
    visual: o.visual,
    edges: typeof o.edges === 'object' ? o.edges : o.edges,
    ...(o.visual && {
      tags: {
        numericKey: 'bytes',
        numericUnit: options.labelUnits.unit.get('bytes') ?? '',
        format: (v: Int, unit: string) => scaledLabel(v, unit, options.outputUnit),
        hiddenKey: BASE_LABEL,
      },
    }),
  }
  return options.callTree && o.treeAllowed ? trimCallTree(input, trim) : trimGraph(input, trim)
}

/** The profile as nodes, with paths cut as trim_path and source_path say. */
export function graphInput(r: Report, o: Pick<NodeOptions, 'objectFiles'>): GraphInput {
  const { trimPath, sourcePath } = r.options
  return {
    profile: r.profile,
    nodes: buildNodes(r.profile, {
      ...o,
      trimPath: (path) => trimSourcePath(path, trimPath, sourcePath),
    }),
    value: r.options.value,
    ...(r.options.divisor !== undefined && { divisor: r.options.divisor }),
  }
}

/**
 * The unit for all values of a report with output unit 'minimum': that of the smallest value shown, or of a
 * hundred times it where the total is larger still. `integers` is for formats without decimals.
 */
export function selectUnit(r: Report, g: TrimmedGraph, integers = false): string {
  const { outputUnit, sampleUnit, ratio } = r.options
  if (outputUnit !== 'minimum' || g.order.length === 0) return outputUnit
  let least: Int = 0
  for (const node of g.order) {
    let v = absInt(flatValue(g.weights, node))
    if (v === 0) v = absInt(cumValue(g.weights, node))
    if (v > 0 && (least === 0 || v < least)) least = v
  }
  let most = r.total
  if (least === 0) least = most
  if (ratio > 0 && ratio !== 1) {
    least = intFromFloat(Number(least) * ratio)
    most = intFromFloat(Number(most) * ratio)
  }
  const unitOf = (v: Int): string => scale(v, sampleUnit, 'minimum').unit
  let unit = unitOf(least)
  if (unit !== unitOf(most) && !integers && cmpInt(mulInt(least, 100), most) < 0)
    unit = unitOf(mulInt(least, 100))
  return unit === '' ? sampleUnit : unit
}

/** Header lines that describe the profile. */
export function profileLabels(r: Report, format: ValueFormat): string[] {
  const { profile: p, options: o } = r
  const labels: string[] = []
  if (p.mappings.count > 0) {
    const file = p.strings.get(p.mappings.file[1])
    const buildId = p.strings.get(p.mappings.buildId[1])
    if (file !== '') labels.push(`File: ${baseName(file)}`)
    if (buildId !== '') labels.push(`Build ID: ${buildId}`)
  }
  for (const c of p.comments) if (!c.startsWith('#')) labels.push(c)
  if (o.sampleType !== '') labels.push(`Type: ${o.sampleType}`)
  if (p.docUrl !== '') labels.push(`Doc: ${p.docUrl}`)
  if (p.timeNanos !== 0) labels.push(`Time: ${formatTime(p.timeNanos, r.zones)}`)
  if (p.durationNanos !== 0) {
    const duration = autoLabel(p.durationNanos, 'nanoseconds')
    const nanos = scale(r.total, o.sampleUnit, 'nanoseconds')
    const share =
      nanos.unit === 'ns' && nanos.value !== 0
        ? `(${percentage(intFromFloat(nanos.value), p.durationNanos)})`
        : ''
    labels.push(`Duration: ${duration}, Total samples = ${format.value(r.total)} ${share}`)
  }
  return labels
}

/** All header lines of a report with a graph. `full` is for pictures. */
export function reportLabels(r: Report, g: TrimmedGraph, format: ValueFormat, full: boolean): string[] {
  const { options: o, total } = r
  const labels = full || !o.compactLabels ? profileLabels(r, format) : []
  if (o.activeFilters.length > 0) {
    labels.push('Active filters:')
    for (const f of o.activeFilters) {
      const cut = firstBytes(f, 80)
      labels.push(`   ${cut}${cut === f ? '' : '…'}`)
    }
  }
  let shown: Int = 0
  for (const node of g.order) shown = addInt(shown, flatValue(g.weights, node))
  labels.push(
    `Showing nodes accounting for ${format.value(shown)}, ${percentage(shown, total).trim()} of ${format.value(total)} total`,
  )
  if (total !== 0) {
    const dropped = (n: number, what: string, weight: string, fraction: number): void => {
      const least = format.value(cutoff(total, fraction))
      if (n > 0) labels.push(`Dropped ${n} ${what}${n > 1 ? 's' : ''} (${weight} <= ${least})`)
    }
    dropped(g.droppedNodes, 'node', 'cum', o.nodeFraction)
    if (full) dropped(g.droppedEdges, 'edge', 'freq', o.edgeFraction)
    if (g.order.length > 0 && g.order.length < g.candidates)
      labels.push(`Showing top ${g.order.length} nodes out of ${g.candidates}`)
  }
  // The empty line sets it apart from the figures.
  if (full) labels.push('\nSee https://git.io/JfYMW for how to read the graph')
  return labels
}
