// A flame graph, ready to be drawn.

import { layoutBoxes } from '../../../analysis/flame/boxes.ts'
import { type PathFrame, samplesOnPath } from '../../../analysis/flame/path-samples.ts'
import { labelRows } from '../../../analysis/flame/row-labels.ts'
import { ORIGINS } from '../../../analysis/origin.ts'
import { pickSamples } from '../../../analysis/samples.ts'
import { FrameOrigins, packageOf } from '../../../analysis/transform/frame-names.ts'
import { pivotFunctions, sandwichCuts } from '../../../analysis/transform/sandwich.ts'
import { UserError } from '../../../base/errors.ts'
import { engineFor } from '../../../base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../../../base/regexp.ts'
import { compareText } from '../../../base/utf8.ts'
import type { Profile } from '../../../model/profile.ts'
import { buildFlame, type FlameDoc, leftWeight } from '../../../reports/flame.ts'
import { reportTotal } from '../../../reports/report.ts'
import { mergedProfile, type PreparedProfile, type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface FlameParams {
  readonly query: ProfileQuery
  /** From the roots to what they call, or from the leaves up to their callers. */
  readonly mode: 'down' | 'up'
  /** Only what this function calls (down) or what calls it (up), from its outermost call on. */
  readonly fn?: string
  /** The same of all functions whose name or file this regular expression matches, from the outermost of them on. */
  readonly pivot?: string
  readonly by: 'function' | 'line'
  readonly order: 'weight' | 'name'
  /** Of a difference; see BoxOptions. */
  readonly widths: 'sum' | 'sides'
  /** 'first' leaves out of a large profile what is too light to be seen, and is quick. */
  readonly detail: 'first' | 'all'
  /** Tells which value of this label most of each box carries. */
  readonly label?: string
  /** Only the samples on this path, in more detail. */
  readonly path?: readonly PathFrame[]
}

/** Frames that some box shows; row 0 is the whole profile. */
export interface FlameFrames {
  readonly names: readonly string[]
  readonly files: readonly string[]
  /** Row of `files`. */
  readonly file: Uint32Array
  /** By line the line, by function where it begins; 0 if unknown. */
  readonly line: Float64Array
  /** Row of ORIGINS. */
  readonly origin: Uint8Array
  readonly packages: readonly string[]
  /** Row of `packages`. */
  readonly package: Uint32Array
  /** In all samples, wherever it stands: as the leaf, and at all. */
  readonly self: Float64Array
  readonly total: Float64Array
}

/** At most so many boxes are laid out; the lightest paths give way, and can be asked for with `path`. */
const MOST_BOXES = 2_000_000
/** A first view of a large profile leaves out paths of a smaller share. */
const FIRST_SHARE = 1 / 8000
/** Profiles of fewer frames on their stacks are shown as a whole at once. */
const SMALL = 600_000
const HUGE = 8_000_000

/** Rejects with DecodeError or UserError. */
export async function answer(w: Workbench, params: FlameParams) {
  const { query, mode, by, path = [] } = params
  const prepared = await preparedProfile(w, query)
  const { value, difference, total } = prepared
  const inverted = mode === 'up'
  const pivots = await pivotsOf(w, params, prepared)
  const whole = pivots === undefined ? prepared.profile : cut(w, query, prepared, pivots, inverted)
  const profile = path.length === 0 ? whole : onPath(whole, path, inverted)
  const first = params.detail === 'first' && profile.samples.frame.length > SMALL
  const doc = buildFlame(profile, {
    value,
    by,
    inverted,
    difference,
    maxRows: MOST_BOXES,
    leastShare: first ? FIRST_SHARE : 0,
    whole: total,
    title: '',
    filters: [],
  })
  const labels = params.label === undefined ? undefined : labelRows(profile, value, doc.tree, params.label)
  const boxes = layoutBoxes(doc.tree, {
    ...(labels && { labels }),
    widths: params.widths,
    order: params.order,
    values: profile.samples.value[value].f,
    compare: (a, b) => compareText(nameOf(doc, a), nameOf(doc, b)) || a - b,
  })
  const { frames, rows } = framesOf(doc, boxes.frame)
  for (let box = 0; box < boxes.count; box++) boxes.frame[box] = rows[boxes.frame[box]]
  const before = await wholeOf(w, query, prepared)
  return {
    frames,
    boxes,
    type: doc.type,
    unit: doc.unit,
    difference: doc.tree.signed !== undefined,
    /** What percentages are of. */
    whole: Math.abs(Number(total)),
    /** All there is before filters and transforms. */
    everything: before,
    samples: doc.samples,
    detail: first ? ('first' as const) : ('all' as const),
    /** Everything at once would take seconds: details come when one zooms in. */
    huge: profile.samples.frame.length > HUGE,
    /** What was left out: paths (those under them not counted), their weight, and that each is lighter than `least`. */
    trimmed: { count: doc.tree.leftCount, weight: leftWeight(doc.tree), least: doc.leastWeight },
    /** Values of the label, of which `boxes.label` are rows, and their sums in what is drawn. */
    labels: labels && { values: labels.values, weight: labels.weight },
    /** The functions that it is a sandwich of. */
    pivots,
    remarks: prepared.remarks,
  }
}

export const fresh = true

export type FlameTree = Awaited<ReturnType<typeof answer>>

/** What is kept of the stacks for one half of a sandwich; both halves are cut at once. */
function cut(
  w: Workbench,
  q: ProfileQuery,
  p: PreparedProfile,
  pivots: readonly string[],
  inverted: boolean,
): Profile {
  const cuts = w.memo.of('sandwich', [q, pivots], () => sandwichCuts(p.profile, pivots))
  return inverted ? cuts.callers : cuts.callees
}

async function pivotsOf(
  w: Workbench,
  { query, fn, pivot }: FlameParams,
  { profile }: PreparedProfile,
): Promise<readonly string[] | undefined> {
  if (pivot === undefined) return fn === undefined ? undefined : [fn]
  return w.memo.of('pivots', [query, pivot], async () => {
    try {
      const re = compileRegexp(pivot, await engineFor([pivot]))
      return pivotFunctions(profile, (text) => re.test(text))
    } catch (e) {
      if (e instanceof RegexpError) throw new UserError(e.message)
      throw e
    }
  })
}

function onPath(p: Profile, path: readonly PathFrame[], inverted: boolean): Profile {
  return { ...p, samples: pickSamples(p.samples, samplesOnPath(p, path, inverted)) }
}

async function wholeOf(w: Workbench, q: ProfileQuery, { value }: PreparedProfile): Promise<number> {
  const merged = await mergedProfile(w, q)
  return w.memo.of('whole', [q.of, q.base, q.options?.norm, value], () =>
    value < merged.samples.value.length ? Math.abs(Number(reportTotal(merged, value, undefined))) : 0,
  )
}

function nameOf(doc: FlameDoc, frame: number): string {
  return doc.profile.strings.get(doc.tree.frames.name[frame])
}

/** The frames that are drawn, and the number that each row of the tree's frames gets. */
function framesOf(doc: FlameDoc, used: Uint32Array): { frames: FlameFrames; rows: Uint32Array } {
  const { tree, profile } = doc
  const rows = new Uint32Array(tree.frames.count)
  for (let i = 0; i < used.length; i++) rows[used[i]] = 1
  rows[0] = 1
  let count = 0
  for (let row = 0; row < rows.length; row++) if (rows[row] === 1) rows[row] = count++
  const origins = new FrameOrigins(profile)
  const names: string[] = []
  const files = new Index()
  const packages = new Index()
  const file = new Uint32Array(count)
  const pkg = new Uint32Array(count)
  const line = new Float64Array(count)
  const origin = new Uint8Array(count)
  const self = new Float64Array(count)
  const total = new Float64Array(count)
  const sums = tree.frameSums!
  for (let row = 0; row < rows.length; row++) {
    if (rows[row] === 0 && row > 0) continue
    const name = row === 0 ? '' : nameOf(doc, row)
    const at = names.push(name) - 1
    file[at] = files.of(profile.strings.get(tree.frames.file[row]))
    line[at] = tree.frames.line[row]
    origin[at] = ORIGINS.indexOf(origins.of(name))
    pkg[at] = packages.of(packageOf(name))
    self[at] = sums.self[row]
    total[at] = sums.total[row]
  }
  return {
    frames: {
      names,
      files: files.texts,
      file,
      line,
      origin,
      packages: packages.texts,
      package: pkg,
      self,
      total,
    },
    rows,
  }
}

/** Numbers texts in the order of their first mention. */
class Index {
  readonly texts: string[] = []
  private readonly rows = new Map<string, number>()

  of(text: string): number {
    let row = this.rows.get(text)
    if (row === undefined) {
      row = this.texts.push(text) - 1
      this.rows.set(text, row)
    }
    return row
  }
}
