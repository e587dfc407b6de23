// What the address says of a flame view, and how its actions change that.

import {
  encodeTransforms,
  FOLD_PARTS,
  type FoldPart,
  type Transform,
  type TransformOp,
} from '../../core/engine/workbench/transforms.ts'
import { go, param } from '../address.ts'
import { COLOURINGS, type Colouring } from '../draw/flame-colours.ts'
import type { PanelId } from '../keys.ts'
import { transforms } from '../state.ts'

export const LAYOUTS = ['icicle', 'flame', 'callers', 'sandwich'] as const

/** The root on top; the root at the bottom; from the leaves to their callers; callers and callees of one function. */
export type Layout = (typeof LAYOUTS)[number]

export interface FlameState {
  readonly layout: Layout
  /** '' for what suits the profile. */
  readonly colour: Colouring | ''
  /** The key of the label that colours are by; '' for none. */
  readonly label: string
  readonly widths: 'sum' | 'sides'
  readonly order: 'weight' | 'name'
  readonly by: 'function' | 'line'
  /** The function of a sandwich. */
  readonly fn: string
  /** pprof's `p`: a regular expression, a sandwich of all functions that it matches; '' for none. */
  readonly pivot: string
  /** Whether callers of the selected function stand below. */
  readonly callers: boolean
}

/** Parts of the view that are zoomed by themselves. */
export type Pane = 'main' | 'callers' | 'callees'

/** Two flame views side by side have parameters of their own. */
export function keyOf(panel: PanelId, name: string): string {
  return `${panel === 'main' ? 'flame' : 'flame2'}.${name}`
}

function oneOf<T extends string>(all: readonly T[], text: string, otherwise: T): T {
  return all.find((x) => x === text) ?? otherwise
}

/** In pprof's addresses these are its root: no pivot. */
function pivotOf(pattern: string): string {
  return pattern === '^$' || pattern === '^root$' ? '' : pattern
}

export function flameState(panel: PanelId): FlameState {
  const p = (name: string): string => param(keyOf(panel, name))
  return {
    layout: oneOf(LAYOUTS, p('layout'), 'icicle'),
    colour: oneOf<Colouring | ''>(COLOURINGS, p('colour'), ''),
    label: param('label'),
    widths: p('widths') === 'sides' ? 'sides' : 'sum',
    order: p('order') === 'name' ? 'name' : 'weight',
    by: p('by') === 'line' || (p('by') === '' && param('g') === 'lines') ? 'line' : 'function',
    fn: p('fn'),
    pivot: pivotOf(param('p')),
    callers: p('callers') === '1',
  }
}

const PANES: readonly Pane[] = ['main', 'callers', 'callees']
const PLACE = ['zoom', 'x', 'y'] as const

/** Where one looks in a pane: a path, a range within it, rows scrolled. */
export function placeKey(panel: PanelId, pane: Pane, what: (typeof PLACE)[number]): string {
  return keyOf(panel, pane === 'main' ? what : `${pane}.${what}`)
}

/** Parameters that mean nothing once other stacks are shown. */
function noPlaces(panel: PanelId): Record<string, undefined> {
  return Object.fromEntries(
    PANES.flatMap((pane) => PLACE.map((what) => [placeKey(panel, pane, what), undefined])),
  )
}

/** Changes the view's own parameters; '' takes one out. */
export function setFlame(panel: PanelId, change: Readonly<Record<string, string>>, replace = false): void {
  const set = Object.fromEntries(Object.entries(change).map(([k, v]) => [keyOf(panel, k), v || undefined]))
  go({ set }, { replace })
}

export function setLayout(panel: PanelId, layout: Layout, fn: string): void {
  go({
    set: {
      ...noPlaces(panel),
      p: undefined,
      [keyOf(panel, 'layout')]: layout === 'icicle' ? undefined : layout,
      ...(layout === 'sandwich' && { [keyOf(panel, 'fn')]: fn || undefined }),
    },
  })
}

/** A sandwich of all functions that an expression matches; '' ends it. What was searched for has been found. */
export function setPivot(panel: PanelId, pattern: string): void {
  go({ set: { ...noPlaces(panel), p: pattern || undefined, ...(pattern !== '' && { q: undefined }) } })
}

function setTransforms(panel: PanelId, list: readonly Transform[]): void {
  go({ set: { ...noPlaces(panel), t: encodeTransforms(list) || undefined } })
}

const same = (a: Transform, b: Transform): boolean => a.op === b.op && a.name === b.name

/** Adds a transform on top, unless it is what was added last. */
export function addTransform(panel: PanelId, op: TransformOp, name: string): void {
  const list = transforms.value
  const last = list.at(-1)
  const t = { op, name }
  if (last === undefined || !same(last, t)) setTransforms(panel, [...list, t])
}

export function toggleTransform(panel: PanelId, op: TransformOp, name: string): void {
  const t = { op, name }
  const list = transforms.value
  setTransforms(panel, list.some((x) => same(x, t)) ? list.filter((x) => !same(x, t)) : [...list, t])
}

export function hasTransform(op: TransformOp, name: string): boolean {
  return transforms.value.some((x) => same(x, { op, name }))
}

/** Takes one out. */
export function dropTransform(panel: PanelId, index: number): void {
  setTransforms(
    panel,
    transforms.value.filter((_, i) => i !== index),
  )
}

/** Goes back to one: what came after it is undone. */
export function backToTransform(panel: PanelId, index: number): void {
  setTransforms(panel, transforms.value.slice(0, index + 1))
}

const PART_TITLES: Readonly<Record<FoldPart, string>> = {
  runtime: 'the runtime',
  alloc: 'allocation',
  gc: 'the collector',
  sched: 'the scheduler',
  syscall: 'system calls',
  map: 'maps',
  chan: 'channels',
}

export function partTitle(part: string): string {
  return PART_TITLES[FOLD_PARTS.find((p) => p === part) ?? 'runtime']
}

const VERBS: Readonly<Record<TransformOp, string>> = {
  focus: 'focus',
  from: 'from',
  drop: 'drop',
  hide: 'hide',
  merge: 'merge',
  recursion: 'fold recursion of',
  cycles: 'fold cycles of',
  package: 'fold package',
  mine: 'only my code',
  fold: 'fold',
}

/** What a transform does in two or three words; the function's name stands apart. */
export function transformText({ op, name }: Transform): { readonly verb: string; readonly name: string } {
  if (op === 'mine') return { verb: name === 'module' ? 'only my code and modules' : VERBS.mine, name: '' }
  if (op === 'fold') return { verb: `fold ${partTitle(name)}`, name: '' }
  if (name === '' && (op === 'recursion' || op === 'cycles'))
    return { verb: op === 'recursion' ? 'fold recursion' : 'fold all cycles', name: '' }
  return { verb: VERBS[op], name }
}
