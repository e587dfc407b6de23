// The calls that lead to a function, or those that it makes, as a tree that the reader opens row by row.

import { buildCallTree, type CallTree } from '../../../analysis/call-tree.ts'
import { ORIGINS } from '../../../analysis/origin.ts'
import { FrameOrigins } from '../../../analysis/transform/frame-names.ts'
import { sandwichCuts } from '../../../analysis/transform/sandwich.ts'
import type { Profile } from '../../../model/profile.ts'
import { type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export interface PeekParams {
  readonly query: ProfileQuery
  /** The function's name. */
  readonly name: string
  readonly side: 'callers' | 'callees'
  /** Rows (of `ids`) that are open. */
  readonly open: readonly number[]
}

/** Rows that can be seen, in their order: what is open is followed by what is in it, the heaviest first. */
export interface PeekRows {
  /** What tells rows apart, whatever is open; -1 for what was left out. */
  readonly ids: Int32Array
  readonly names: readonly string[]
  /** 0: direct callers or callees. */
  readonly level: Uint32Array
  /** 0 leaf, 1 closed, 2 open. */
  readonly state: Uint8Array
  readonly inlined: Uint8Array
  /** Index of ORIGINS. */
  readonly origin: Uint8Array
  /** Of callers: 0. */
  readonly self: Float64Array
  readonly total: Float64Array
  /** The function's own total, and what it takes itself. */
  readonly whole: number
  readonly own: number
}

export const fresh = true

/** Frames of stacks beyond which light paths are left out of the tree. */
const MANY_FRAMES = 4e6
/** Share of the function's total below which they are. */
const LIGHT = 1 / 20000

interface Peek {
  readonly profile: Profile
  readonly tree: CallTree
  /** The function itself, 0 if it is not there. */
  readonly root: number
  readonly origins: FrameOrigins
}

function peekTree(w: Workbench, { query, name, side }: PeekParams): Promise<Peek> {
  return w.memo.of('peek tree', [query, name, side], async () => {
    const prepared = await preparedProfile(w, query)
    const { value } = prepared
    const profile = sandwichCuts(prepared.profile, [name])[side]
    const { samples } = profile
    const own = profile.strings.intern(name)
    let frames = 0
    let weight = 0
    for (let row = 0; row < samples.count; row++) {
      frames += samples.stackEnd[row] - samples.stackStart[row]
      weight += Math.abs(samples.value[value].f[row])
    }
    const tree = buildCallTree(profile, {
      value,
      by: 'function',
      inverted: side === 'callers',
      leastWeight: frames > MANY_FRAMES ? weight * LIGHT : 0,
    })
    let root = 0
    for (let k = 0; k < tree.childCount[0]; k++) {
      const row = tree.firstChild[0] + k
      if (tree.frames.name[tree.frame[row]] === own) root = row
    }
    return { profile, tree, root, origins: new FrameOrigins(profile) }
  })
}

/** Callers or callees as far as they are open; no rows if there is no such function. */
export async function answer(w: Workbench, params: PeekParams): Promise<PeekRows> {
  const { profile, tree, root, origins } = await peekTree(w, params)
  const open = new Set(params.open)
  const ids: number[] = []
  const names: string[] = []
  const level: number[] = []
  const stack: { readonly row: number; readonly level: number; readonly left?: number }[] = []
  const totals: number[] = []
  const push = (row: number, at: number): void => {
    // What was left out comes last, so it is pushed first.
    const left = tree.left.f[row]
    if (left !== 0) stack.push({ row: -1, level: at, left })
    for (let k = tree.childCount[row] - 1; k >= 0; k--)
      stack.push({ row: tree.firstChild[row] + k, level: at })
  }
  if (root !== 0) push(root, 0)
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    ids.push(top.row)
    level.push(top.level)
    names.push(top.row < 0 ? '' : profile.strings.get(tree.frames.name[tree.frame[top.row]]))
    totals.push(top.left ?? tree.total.f[top.row])
    if (open.has(top.row)) push(top.row, top.level + 1)
  }
  const of = <T>(read: (row: number) => T, none: T): T[] => ids.map((row) => (row < 0 ? none : read(row)))
  return {
    ids: Int32Array.from(ids),
    names,
    level: Uint32Array.from(level),
    state: Uint8Array.from(
      of((row) => (tree.childCount[row] === 0 && tree.left.f[row] === 0 ? 0 : open.has(row) ? 2 : 1), 0),
    ),
    inlined: Uint8Array.from(of((row) => tree.inlined[row], 0)),
    origin: Uint8Array.from(names, (n) => (n === '' ? 255 : ORIGINS.indexOf(origins.of(n)))),
    self: Float64Array.from(of((row) => (params.side === 'callers' ? 0 : tree.self.f[row]), 0)),
    total: Float64Array.from(totals),
    whole: root === 0 ? 0 : tree.total.f[root],
    own: root === 0 ? 0 : tree.self.f[root],
  }
}
