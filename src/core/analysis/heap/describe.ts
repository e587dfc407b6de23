// Nodes and ways in words.

import { addressText, type HeapDump } from '../../model/heap-dump.ts'
import type { HeapAnalysis } from './analyse.ts'
import { type HeapGraph, wayTo } from './graph.ts'
import { HOLDER } from './holders.ts'

export interface HeapPlace {
  readonly kind: 'object' | 'variable' | 'goroutine' | 'frame' | 'finalizer' | 'other' | 'top'
  /** The name of the variable, function or type. */
  readonly name: string
  /** What else there is to say, '' if nothing. */
  readonly detail: string
}

/** What a node is. */
export function placeOf(a: HeapAnalysis, node: number): HeapPlace {
  const { graph, dump } = a
  if (node === graph.top) return { kind: 'top', name: 'the heap', detail: '' }
  if (node < graph.objects) {
    return {
      kind: 'object',
      name: a.types.name(a.types.of(node)),
      detail: addressText(dump.params, dump.objects.address(node)),
    }
  }
  return holderPlace(a, node - graph.objects)
}

function holderPlace(a: HeapAnalysis, holder: number): HeapPlace {
  const { holders, dump, names } = a
  const of = holders.of[holder]
  switch (holders.kind[holder]) {
    case HOLDER.variable: {
      const variable = holders.variable[holder]
      if (variable >= 0 && names !== undefined)
        return { kind: 'variable', name: names.variableName(variable), detail: 'global variable' }
      const segment = holders.segment[holder] === 1 ? 'bss' : 'data'
      const name = `${segment}+0x${holders.offset[holder].toString(16)}`
      return { kind: 'variable', name, detail: 'global variable' }
    }
    case HOLDER.goroutine: {
      const { name, state } = goroutineWords(dump, of)
      const detail = `goroutine ${dump.goroutines.id[of]}${state === '' ? '' : ` [${state}]`}`
      return { kind: 'goroutine', name, detail }
    }
    case HOLDER.frame:
      return { kind: 'frame', name: frameName(a, of), detail: `frame of goroutine ${goroutineOf(a, of)}` }
    case HOLDER.guess:
      return {
        kind: 'frame',
        name: frameName(a, of),
        detail: `frame of goroutine ${goroutineOf(a, of)}, not certain`,
      }
    case HOLDER.finalizer:
      return { kind: 'finalizer', name: finalizerName(a, of), detail: 'finalizer' }
    case HOLDER.queued:
      return { kind: 'finalizer', name: finalizerName(a, of), detail: 'finalizer that is about to run' }
    case HOLDER.finalized:
      return { kind: 'finalizer', name: finalizerName(a, of), detail: 'kept until its finalizer has run' }
    default:
      return { kind: 'other', name: dump.otherRoots[of] ?? 'root', detail: 'root' }
  }
}

/** `0` to `6` of a goroutine's status, without the scan bit. */
const STATUS: readonly string[] = ['idle', 'runnable', 'running', 'syscall', 'waiting', '', 'dead']

/** Functions in which every goroutine begins, and those that the compiler puts in front of the first one. */
const FIRST = /^runtime\.(goexit|main|mstart|rt0_go)\b|\.gowrap\d+$/

/** The function a goroutine was started with, and what it does. */
export function goroutineWords(dump: HeapDump, goroutine: number): { name: string; state: string } {
  const { goroutines: g, frames, strings } = dump
  let name = ''
  for (let f = g.firstFrame[goroutine + 1] - 1; f >= g.firstFrame[goroutine]; f--) {
    const fn = strings.get(frames.fn[f])
    name = name === '' || FIRST.test(name) ? fn : name
  }
  const status = STATUS[g.status[goroutine] & 0xfff] ?? ''
  return { name, state: status === 'waiting' ? strings.get(g.waitReason[goroutine]) || status : status }
}

function frameName(a: HeapAnalysis, frame: number): string {
  return a.dump.strings.get(a.dump.frames.fn[frame])
}

/** The id of the goroutine that a frame is of. */
function goroutineOf(a: HeapAnalysis, frame: number): number {
  const { firstFrame, id, count } = a.dump.goroutines
  let low = 0
  let high = count
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (firstFrame[middle] <= frame) low = middle
    else high = middle
  }
  return id[low]
}

/** The function of a finalizer. */
export function finalizerName(a: HeapAnalysis, finalizer: number): string {
  const code = a.dump.finalizers.code[finalizer]
  const name = a.names?.functionAt(code) ?? ''
  return name === '' ? `function at ${addressText(a.dump.params, code)}` : name
}

/** One step of a way: a node, and by what of it the next one is held. */
export interface HeapStep {
  readonly node: number
  readonly place: HeapPlace
  /** `.next`, `[3]` or `+16` of the node, where the pointer to the next one stands; '' if unknown. */
  readonly by: string
}

/** The shortest way from a holder to a node; empty if nothing holds it. */
export function wayInWords(a: HeapAnalysis, node: number): HeapStep[] {
  const way = wayTo(a.graph, node)
  return way.map((n, k) => ({
    node: n,
    place: placeOf(a, n),
    by: k + 1 < way.length ? pointerPlace(a, n, way[k + 1]) : '',
  }))
}

function pointerPlace(a: HeapAnalysis, from: number, to: number): string {
  const { graph: g, dump, holders, names } = a
  if (from < g.objects) {
    const offset = offsetOf(g, dump.objects.kinds, dump.objects.kind[from], from, to)
    return offset < 0 ? '' : a.types.fieldAt(from, offset) || `+${offset}`
  }
  const holder = from - g.objects
  if (to >= g.objects) return ''
  for (let k = holders.start[holder]; k < holders.start[holder + 1]; k++) {
    if (holders.target[k] !== to) continue
    const offset = holders.targetOffset[k]
    if (holders.kind[holder] === HOLDER.variable) {
      const segment = holders.segment[holder] === 1 ? 'bss' : 'data'
      return names?.fieldOfVariable(segment, offset) ?? ''
    }
    if (holders.kind[holder] === HOLDER.frame || holders.kind[holder] === HOLDER.guess)
      return names?.localAt(holders.of[holder], offset) ?? ''
    return ''
  }
  return ''
}

/** Offset of an object's first pointer to another, -1 if there is none. */
function offsetOf(
  g: HeapGraph,
  kinds: { readonly start: Uint32Array; readonly offset: Uint32Array },
  kind: number,
  from: number,
  to: number,
): number {
  const first = g.inner.start[from]
  for (let k = first; k < g.inner.start[from + 1]; k++)
    if (g.inner.to[k] === to) return kinds.offset[kinds.start[kind] + (k - first)]
  return -1
}
