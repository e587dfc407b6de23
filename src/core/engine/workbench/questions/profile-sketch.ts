// A flame graph of a few levels, small enough to stand in a text: what lies below a function.

import { buildCallTree } from '../../../analysis/call-tree.ts'
import { ORIGINS } from '../../../analysis/origin.ts'
import { FrameOrigins } from '../../../analysis/transform/frame-names.ts'
import { sandwichCuts } from '../../../analysis/transform/sandwich.ts'
import { type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface Sketch {
  readonly names: readonly string[]
  /** 0: the function itself. */
  readonly level: Uint32Array
  /** Left end and width, as shares of the function. */
  readonly at: Float64Array
  readonly width: Float64Array
  /** Index of ORIGINS. */
  readonly origin: Uint8Array
  readonly inlined: Uint8Array
  readonly total: number
  readonly unit: string
}

export const fresh = true

/** Narrower frames are not drawn. */
const NARROWEST = 0.004

/** The function and what it calls, down to `levels`; no frames if it is not there, or takes nothing. */
export async function answer(
  w: Workbench,
  params: { readonly query: ProfileQuery; readonly name: string; readonly levels: number },
): Promise<Sketch> {
  const prepared = await preparedProfile(w, params.query)
  const { value } = prepared
  const p = sandwichCuts(prepared.profile, [params.name]).callees
  const { samples } = p
  const weight = samples.value[value].f.reduce((sum, v) => sum + Math.abs(v), 0)
  const tree = buildCallTree(p, { value, by: 'function', inverted: false, leastWeight: weight * NARROWEST })
  const origins = new FrameOrigins(p)
  const names: string[] = []
  const level: number[] = []
  const at: number[] = []
  const width: number[] = []
  const origin: number[] = []
  const inlined: number[] = []
  const whole = tree.total.f[0]
  let rows: { row: number; x: number }[] = []
  const children = (row: number, x: number): { row: number; x: number }[] =>
    Array.from({ length: tree.childCount[row] }, (_, k) => {
      const child = { row: tree.firstChild[row] + k, x }
      x += Math.max(0, tree.total.f[child.row])
      return child
    })
  if (whole > 0) rows = children(0, 0)
  for (let depth = 0; depth < params.levels && rows.length > 0; depth++) {
    const next: typeof rows = []
    for (const { row, x } of rows) {
      const total = tree.total.f[row]
      if (total < whole * NARROWEST) continue
      const name = p.strings.get(tree.frames.name[tree.frame[row]])
      names.push(name)
      level.push(depth)
      at.push(x / whole)
      width.push(total / whole)
      origin.push(ORIGINS.indexOf(origins.of(name)))
      inlined.push(tree.inlined[row])
      next.push(...children(row, x))
    }
    rows = next
  }
  return {
    names,
    level: Uint32Array.from(level),
    at: Float64Array.from(at),
    width: Float64Array.from(width),
    origin: Uint8Array.from(origin),
    inlined: Uint8Array.from(inlined),
    total: whole,
    unit: p.sampleTypes[value].unit,
  }
}
