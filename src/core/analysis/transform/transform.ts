// The changes a reader makes to what is shown: each from profile to profile, so that all views show the same.
//
// Frames are told by the function's name, inlined ones like others. All but focus, drop and from keep every sample and
// so the total; each, done twice, does no more than done once.

import type { Profile } from '../../model/profile.ts'
import { FUNCTION_KINDS } from '../function-kinds.ts'
import type { Origin } from '../origin.ts'
import { keepSamples } from '../samples.ts'
import {
  type FrameNames,
  FrameOrigins,
  foldedFrame,
  frameNames,
  packageFrame,
  packageOf,
} from './frame-names.ts'
import { rewriteFrames, type StackFrames } from './rewrite-stacks.ts'

/** Operations in the order of menus. */
export const TRANSFORM_OPS = [
  'focus',
  'from',
  'drop',
  'hide',
  'merge',
  'recursion',
  'cycles',
  'package',
  'mine',
  'fold',
] as const

export type TransformOp = (typeof TRANSFORM_OPS)[number]

/**
 * - focus, drop: samples with the function, or without it
 * - from: the same as focus, and its callers are cut off (above the outermost call, where it is recursive)
 * - hide: the function's frames go; what it takes itself becomes its caller's
 * - merge: the function and all it calls become its caller's own; where nothing called it, it stays and is the leaf
 * - recursion: calls of the function directly by itself become one; with name '' those of all functions
 * - cycles: all between the outermost and the innermost call of the function on a stack goes; '' for all functions
 * - package: neighbouring frames of the package `name` become one
 * - mine: only your code; all else is its nearest caller's of yours, and what you did not call one frame by part.
 *   name 'module' keeps modules as well, else ''
 * - fold: runs of runtime frames become one, from the first frame of the part `name` (of FOLD_PARTS) on
 */
export interface Transform {
  readonly op: TransformOp
  readonly name: string
}

/** What `fold` knows: the whole runtime, each run by its first part; or one part of it. */
export const FOLD_PARTS = ['runtime', 'alloc', 'gc', 'sched', 'syscall', 'map', 'chan'] as const

export type FoldPart = (typeof FOLD_PARTS)[number]

const IN_RUNTIME: ReadonlySet<Origin> = new Set(['runtime', 'alloc', 'gc', 'sched', 'syscall'])

/** Applies transforms in their order. A part of `fold` that does not exist folds nothing. */
export function applyTransforms(p: Profile, transforms: readonly Transform[]): Profile {
  return transforms.reduce(applyTransform, p)
}

export function applyTransform(p: Profile, { op, name }: Transform): Profile {
  const names = frameNames(p)
  const id = p.strings.intern(name)
  switch (op) {
    case 'focus':
    case 'drop': {
      const has = locationsWith(p, names, (n) => n === id)
      const { frame, stackStart, stackEnd } = p.samples
      return keepSamples(p, (row) => {
        for (let i = stackStart[row]; i < stackEnd[row]; i++) if (has[frame[i]] === 1) return op === 'focus'
        return op === 'drop'
      })
    }
    case 'from':
      return rewriteFrames(p, names, (s) => {
        const at = s.name.indexOf(id)
        if (at < 0 || at >= s.length) return false
        s.drop(0, at)
        return true
      })
    case 'hide':
      return onStacksWith(p, names, id, (s) => {
        for (let i = 0; i < s.length; i++) if (s.name[i] === id) s.drop(i, i + 1)
      })
    case 'merge':
      return onStacksWith(p, names, id, (s) => s.drop(Math.max(1, s.name.indexOf(id)), s.length))
    case 'recursion':
      if (name === '') return rewriteAll(p, names, (s) => dropDirect(s, 0))
      return onStacksWith(p, names, id, (s) => dropDirect(s, id))
    case 'cycles':
      return name === '' ? dropAllCycles(p, names) : onStacksWith(p, names, id, (s) => dropCycle(s, id))
    case 'package':
      return foldPackage(p, names, name)
    case 'mine':
      return onlyMine(p, names, name === 'module')
    case 'fold':
      return foldRuntime(p, names, name)
  }
}

function rewriteAll(p: Profile, names: FrameNames, edit: (s: StackFrames) => void): Profile {
  return rewriteFrames(p, names, (s) => {
    edit(s)
    return true
  })
}

/** Marks locations that hold a frame with such a name. */
function locationsWith(p: Profile, names: FrameNames, is: (name: number) => boolean): Uint8Array {
  const out = new Uint8Array(p.locations.count + 1)
  for (let location = 1; location <= p.locations.count; location++)
    for (let k = names.start[location]; k < names.start[location + 1]; k++)
      if (is(names.name[k])) out[location] = 1
  return out
}

function onStacksWith(p: Profile, names: FrameNames, id: number, edit: (s: StackFrames) => void): Profile {
  const has = locationsWith(p, names, (n) => n === id)
  if (!has.includes(1)) return p
  return rewriteFrames(
    p,
    names,
    (s) => {
      edit(s)
      return true
    },
    { touched: has },
  )
}

/** Of neighbouring frames of a function (0: of any) the innermost stays: its line is where time was spent. */
function dropDirect(s: StackFrames, id: number): void {
  for (let i = 0; i + 1 < s.length; i++)
    if (s.name[i] === s.name[i + 1] && (id === 0 || s.name[i] === id)) s.drop(i, i + 1)
}

function dropCycle(s: StackFrames, id: number): void {
  const first = s.name.indexOf(id)
  let last = s.length - 1
  while (s.name[last] !== id) last--
  s.drop(first, last)
}

/** From the root on: whenever a function is met again, all since its first call goes. */
function dropAllCycles(p: Profile, names: FrameNames): Profile {
  /** Name -> its place on the path + 1. */
  const place = new Uint32Array(p.strings.count)
  const path: number[] = []
  return rewriteAll(p, names, (s) => {
    for (let i = 0; i < s.length; i++) {
      const before = place[s.name[i]]
      if (before > 0)
        while (path.length >= before) {
          const gone = path.pop()!
          place[s.name[gone]] = 0
          s.drop(gone, gone + 1)
        }
      path.push(i)
      place[s.name[i]] = path.length
    }
    for (const i of path) place[s.name[i]] = 0
    path.length = 0
  })
}

/** A class per name, found once: 0 before it is. */
class NameClasses {
  private readonly p: Profile
  private readonly known: Uint8Array
  private readonly find: (name: string) => number

  /** `find` gives 1 or more. */
  constructor(p: Profile, find: (name: string) => number) {
    this.p = p
    this.known = new Uint8Array(p.strings.count)
    this.find = find
  }

  of(id: number): number {
    const known = this.known[id]
    if (known !== 0) return known
    const found = this.find(this.p.strings.get(id))
    this.known[id] = found
    return found
  }
}

function foldPackage(p: Profile, names: FrameNames, pkg: string): Profile {
  const frame = p.strings.intern(packageFrame(pkg))
  const classes = new NameClasses(p, (name) => (pkg !== '' && packageOf(name) === pkg ? 2 : 1))
  const has = locationsWith(p, names, (n) => classes.of(n) === 2)
  if (!has.includes(1)) return p
  const edit = (s: StackFrames): boolean => {
    for (let i = 0; i < s.length; i++) {
      if (classes.of(s.name[i]) !== 2) continue
      const from = i
      while (i + 1 < s.length && classes.of(s.name[i + 1]) === 2) i++
      s.fold(from, i + 1, frame)
    }
    return true
  }
  return rewriteFrames(p, names, edit, { touched: has, file: fileOfPackage(p, classes) })
}

/** A file of the package, from which its origin can be told: a string id, 0 if no file is known. */
function fileOfPackage(p: Profile, classes: NameClasses): number {
  const { count, name, filename } = p.functions
  for (let fn = 1; fn <= count; fn++)
    if (filename[fn] !== 0 && classes.of(name[fn]) === 2) return filename[fn]
  return 0
}

/** Frames under which a goroutine runs whatever it does: they say nothing of whose time it is. */
const BOTTOM = /^runtime\.(goexit|main|mstart\w*|rt0_go|systemstack|mcall|asmcgocall)(\.abi0)?$/

function onlyMine(p: Profile, names: FrameNames, modules: boolean): Profile {
  const origins = new FrameOrigins(p)
  const MINE = 1
  const SILENT = 2
  const OTHER = 3
  const classes = new NameClasses(p, (name) => {
    const o = origins.of(name)
    if (o === 'main' || (modules && o === 'module')) return MINE
    return o === 'runtime' || BOTTOM.test(name) ? SILENT : OTHER
  })
  const folded = new Map<number, number>()
  const foldedOf = (id: number): number => {
    let frame = folded.get(id)
    if (frame === undefined) {
      const origin = classes.of(id) === SILENT ? 'runtime' : origins.of(p.strings.get(id))
      frame = p.strings.intern(foldedFrame(origin))
      folded.set(id, frame)
    }
    return frame
  }
  return rewriteAll(p, names, (s) => {
    let mine = false
    let other = -1
    for (let i = 0; i < s.length; i++) {
      const c = classes.of(s.name[i])
      if (c === MINE) mine = true
      else if (c === OTHER && other < 0) other = i
    }
    if (!mine) {
      if (s.length > 0) s.fold(0, s.length, foldedOf(s.name[Math.max(0, other)]))
      return
    }
    for (let i = 0; i < s.length; i++) if (classes.of(s.name[i]) !== MINE) s.drop(i, i + 1)
  })
}

function foldRuntime(p: Profile, names: FrameNames, part: string): Profile {
  const origins = new FrameOrigins(p)
  const OUTSIDE = 1
  const INSIDE = 2
  const STARTS = 3
  const classes = new NameClasses(p, (name) => {
    const o = origins.of(name)
    if (partOf(name, o, part)) return STARTS
    return IN_RUNTIME.has(o) ? INSIDE : OUTSIDE
  })
  const has = locationsWith(p, names, (n) => classes.of(n) === STARTS)
  if (!has.includes(1)) return p
  const one = part === 'runtime' ? 0 : p.strings.intern(`runtime (${part})`)
  const folded = new Map<number, number>()
  const foldedOf = (id: number): number => {
    if (one !== 0) return one
    let frame = folded.get(id)
    if (frame === undefined) {
      const name = p.strings.get(id)
      const origin = BOTTOM.test(name) ? 'runtime' : origins.of(name)
      frame = p.strings.intern(name.startsWith('runtime (') ? name : foldedFrame(origin))
      folded.set(id, frame)
    }
    return frame
  }
  const plain = p.strings.intern(foldedFrame('runtime'))
  const edit = (s: StackFrames): boolean => {
    for (let i = 0; i < s.length; i++) {
      if (classes.of(s.name[i]) !== STARTS) continue
      const from = i
      let frame = foldedOf(s.name[i])
      while (i + 1 < s.length && classes.of(s.name[i + 1]) !== OUTSIDE) {
        i++
        // The first frame that says which part it is names the run.
        if (frame === plain) frame = foldedOf(s.name[i])
      }
      s.fold(from, i + 1, frame)
    }
    return true
  }
  return rewriteFrames(p, names, edit, { touched: has })
}

function partOf(name: string, origin: Origin, part: string): boolean {
  if (part === 'runtime') return IN_RUNTIME.has(origin)
  if (name === `runtime (${part})`) return true
  if (part === 'map')
    return (
      FUNCTION_KINDS.mapAccess.test(name) ||
      FUNCTION_KINDS.growMap.test(name) ||
      /^runtime\.makemap/.test(name)
    )
  if (part === 'chan') return FUNCTION_KINDS.channel.test(name) || /^runtime\.makechan/.test(name)
  return IN_RUNTIME.has(origin) && origin === part
}
