// One dump as the page asks for it: which one, which of its goroutines, what makes stacks alike.

import { FrameOrigins } from '../../analysis/goroutines/code.ts'
import { type Comparison, compareDumps } from '../../analysis/goroutines/compare.ts'
import { type Similarity, StackKeys } from '../../analysis/goroutines/groups.ts'
import { ORIGINS } from '../../analysis/origin.ts'
import { GOROUTINE, type Goroutines } from '../../model/goroutines.ts'
import type { Asking } from './question.ts'
import { type DumpMoment, type WorkbenchDumps, workbenchDumps } from './runtime-sources.ts'
import type { Workbench } from './workbench.ts'

/** Which goroutines: `dump` is Goroutines.dumps' index (the newest moment's if not given), `q` a text or id to look for. */
export interface DumpQuery {
  readonly dump?: number
  /** Another dump to hold it against; if not given, all are. */
  readonly against?: number
  readonly by?: Similarity
  readonly q?: string
  readonly state?: string
}

export interface DumpLook {
  readonly dumps: WorkbenchDumps
  readonly g: Goroutines
  readonly origins: FrameOrigins
  readonly moment: DumpMoment
  /** Rows of the chosen dump that pass the filter. */
  readonly rows: readonly number[]
  /** Goroutines of the dump before the filter. */
  readonly whole: number
}

/** The chosen dump; undefined if there is none. */
export async function lookAtDump(w: Workbench, q: DumpQuery, x: Asking): Promise<DumpLook | undefined> {
  const dumps = await workbenchDumps(w, x)
  const { goroutines: g, moments } = dumps
  const moment = moments.find((m) => m.dump === q.dump) ?? moments.at(-1)
  if (moment === undefined) return undefined
  const keep = filterOf(g, q)
  const rows: number[] = []
  let whole = 0
  const { start, end } = g.dumps[moment.dump]
  for (let row = start; row < end; row++) {
    if (g.table.flags[row] & GOROUTINE.threadStack) continue
    whole += g.table.weight[row]
    if (keep(row)) rows.push(row)
  }
  return { dumps, g, origins: new FrameOrigins(g), moment, rows, whole }
}

/** Tests rows of the table: state, and a text in function, file, state, label or id. */
function filterOf(g: Goroutines, { q = '', state }: DumpQuery): (row: number) => boolean {
  const { table, strings, stacks, calls, frames, labelSets } = g
  const wanted = q.trim().toLowerCase()
  const goid = /^#?\d+$/.test(wanted) ? Number(wanted.replace('#', '')) : -1
  const ofString: (boolean | undefined)[] = []
  const has = (id: number): boolean => {
    ofString[id] ??= strings.get(id).toLowerCase().includes(wanted)
    return ofString[id]
  }
  const ofStack: (boolean | undefined)[] = []
  const hasStack = (stack: number): boolean => {
    if (ofStack[stack] === undefined) {
      ofStack[stack] = false
      for (let k = stacks.start[stack]; k < stacks.start[stack + 1] && !ofStack[stack]; k++) {
        const frame = calls.frame[stacks.call[k]]
        ofStack[stack] = has(frames.fn[frame]) || has(frames.file[frame])
      }
    }
    return ofStack[stack] === true
  }
  const hasLabel = (set: number): boolean => {
    for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++) {
      const text = `${strings.get(labelSets.key[l])}=${strings.get(labelSets.str[l])}`
      if (text.toLowerCase().includes(wanted)) return true
    }
    return false
  }
  return (row) => {
    if (state !== undefined && strings.get(table.state[row]) !== state) return false
    if (wanted === '') return true
    if (goid >= 0) return table.goid[row] === goid
    return (
      has(table.state[row]) ||
      hasStack(table.stack[row]) ||
      has(frames.fn[table.createdBy[row]]) ||
      hasLabel(table.labelSet[row])
    )
  }
}

/** The keys by which groups of different dumps are the same, and how they changed. */
export interface DumpChanges {
  readonly keys: StackKeys
  readonly comparison: Comparison | undefined
  /** The moments that are compared, in order. */
  readonly moments: readonly DumpMoment[]
}

/** Compares the chosen dump with the one that was asked for, or with all. */
export function changesOf({ dumps, g, origins, moment }: DumpLook, q: DumpQuery): DumpChanges {
  const against = dumps.moments.find((m) => m.dump === q.against)
  const moments =
    against === undefined || against === moment
      ? dumps.moments.filter((m) => m.kind !== 'crash' || m === moment)
      : [against, moment]
  // Kinds of dumps show different frames of the runtime, and profiles no go statements.
  const kinds = new Set(moments.map((m) => g.dumps[m.dump].kind))
  const by = q.by === undefined || q.by === 'arguments' ? 'lines' : q.by
  const keys = new StackKeys(g, kinds.size > 1 ? 'user' : by, origins, kinds.size === 1)
  const rows = moments.flatMap((m) => {
    const { start, end } = g.dumps[m.dump]
    return Array.from({ length: end - start }, (_, k) => start + k)
  })
  return {
    keys,
    comparison: compareDumps(
      g,
      keys,
      rows,
      moments.map((m) => m.dump),
    ),
    moments,
  }
}

/** A place in the code, for the page. `origin` is an index of ORIGINS. */
export interface FrameWords {
  readonly name: string
  /** Path and line; '' if unknown. */
  readonly place: string
  readonly origin: number
}

export function frameWords(g: Goroutines, origins: FrameOrigins, frame: number): FrameWords {
  if (frame === 0) return { name: '', place: '', origin: 255 }
  const file = g.strings.get(g.frames.file[frame])
  return {
    name: g.strings.get(g.frames.fn[frame]),
    place: file === '' ? '' : `${file}:${g.frames.line[frame]}`,
    origin: ORIGINS.indexOf(origins.of(frame)),
  }
}
