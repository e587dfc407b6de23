// What transforms tell frames by: the function's name, its package, and whose code it is.

import { locationFrames, unnamedFrame } from '../../formats/folded/frame-name.ts'
import type { Profile } from '../../model/profile.ts'
import { splitFunctionName } from '../display-names.ts'
import { ORIGINS, type Origin, Origins } from '../origin.ts'

/** Names of the frames of all locations, as string ids. */
export interface FrameNames {
  /** The frames of location l are name[start[l], start[l + 1]): the function itself first, the innermost inlined callee last. */
  readonly start: Uint32Array
  readonly name: Uint32Array
}

export function frameNames(p: Profile): FrameNames {
  const without = (location: number): number => p.strings.intern(unnamedFrame(p, location))
  const { start, frame } = locationFrames(
    p,
    (line, location) => p.functions.name[p.lines.fn[line]] || without(location),
    without,
  )
  return { start, name: frame }
}

/** The import path of a function's package (a namespace elsewhere); '' if its name has none. */
export function packageOf(name: string): string {
  if (isFoldedRuntime(name)) return 'runtime'
  return splitFunctionName(name).path.replace(/(\.|::)$/, '')
}

/** What the frames of a package are called when they are one. */
export function packageFrame(pkg: string): string {
  return `${pkg}.*`
}

/** What frames of an origin are called when they are one. */
const FOLDED: Readonly<Record<Origin, string>> = {
  main: 'your code',
  module: 'modules',
  std: 'standard library',
  runtime: 'runtime',
  alloc: 'runtime (alloc)',
  gc: 'runtime (gc)',
  sched: 'runtime (sched)',
  syscall: 'runtime (syscall)',
  cgo: 'native code',
}

export function foldedFrame(origin: Origin): string {
  return FOLDED[origin]
}

const ORIGIN_OF_FOLDED: ReadonlyMap<string, Origin> = new Map([
  ...ORIGINS.map((o): [string, Origin] => [FOLDED[o], o]),
  ['runtime (map)', 'runtime'],
  ['runtime (chan)', 'runtime'],
])

/** Whether it is the name of runtime frames folded into one. */
function isFoldedRuntime(name: string): boolean {
  return name === 'runtime' || (name.startsWith('runtime (') && ORIGIN_OF_FOLDED.has(name))
}

/** Tells the origins of frames, folded ones too. */
export class FrameOrigins {
  private readonly origins: Origins

  constructor(p: Profile) {
    this.origins = new Origins(p)
  }

  /** 'cgo' for what has no name. */
  of(name: string): Origin {
    return this.ofName(name) ?? 'cgo'
  }

  /** undefined for what is no function, such as a frame made of a label. */
  ofName(name: string): Origin | undefined {
    return ORIGIN_OF_FOLDED.get(name) ?? this.origins.ofName(name)
  }

  /** The origin of a source file; undefined for what is none. */
  ofFile(file: string): Origin | undefined {
    return this.origins.ofFile(file)
  }
}
