// Rewrites stacks frame by frame, inlined ones included. A location of which only some lines are left becomes a new
// location over the same lines of the table; frames that are made up get a function, a line and a location of their
// own. Columns of what is left alone are shared.

import { GrowIds, GrowU32 } from '../../base/grow.ts'
import { Int64Column } from '../../base/int64.ts'
import type { Profile } from '../../model/profile.ts'
import { pickSamples } from '../samples.ts'
import type { FrameNames } from './frame-names.ts'

export const DROPPED = 0
export const KEPT = 1
/** The frame becomes one made up, named `became`. */
export const REPLACED = 2

/** One stack, from the root to the leaf. */
export class StackFrames {
  length = 0
  /** String id of each frame's name. */
  name = new Uint32Array(64)
  /** What becomes of it: DROPPED, KEPT (so they come in), REPLACED. */
  fate = new Uint8Array(64)
  /** Name of the frame in its place, where it is REPLACED: a string id. */
  became = new Uint32Array(64)

  /** Makes room for `length` frames, all KEPT. */
  reset(length: number): void {
    if (length > this.name.length) {
      this.name = new Uint32Array(length * 2)
      this.fate = new Uint8Array(length * 2)
      this.became = new Uint32Array(length * 2)
    }
    this.length = length
    this.fate.fill(KEPT, 0, length)
  }

  drop(from: number, to: number): void {
    this.fate.fill(DROPPED, from, to)
  }

  /** One made-up frame in the place of [from, to). */
  fold(from: number, to: number, name: number): void {
    this.fate[from] = REPLACED
    this.became[from] = name
    this.drop(from + 1, to)
  }
}

/**
 * The profile with stacks rewritten. `edit` gets each stack that holds a location marked in `touched` (all stacks if
 * not given) and decides the fate of its frames; false drops the sample. `file` is the source file of made-up frames, a
 * string id.
 */
export function rewriteFrames(
  p: Profile,
  names: FrameNames,
  edit: (stack: StackFrames) => boolean,
  { touched, file = 0 }: { readonly touched?: Uint8Array; readonly file?: number } = {},
): Profile {
  const { samples } = p
  const { start, name } = names
  const made = new MadeLocations(p, file)
  const stack = new StackFrames()
  const frame = new GrowIds(Math.max(64, samples.frame.length))
  const stackStart = new Uint32Array(samples.count)
  const stackEnd = new Uint32Array(samples.count)
  const kept = new GrowU32(samples.count)
  const { frame: locations } = samples
  for (let row = 0; row < samples.count; row++) {
    const from = samples.stackStart[row]
    const to = samples.stackEnd[row]
    stackStart[row] = frame.length
    frame.reserve(to - from)
    let length = 0
    let look = touched === undefined
    for (let i = from; i < to; i++) {
      const location = locations[i]
      length += start[location + 1] - start[location]
      if (touched !== undefined && touched[location] === 1) look = true
    }
    if (look) {
      stack.reset(length)
      let at = 0
      for (let i = to - 1; i >= from; i--) {
        const end = start[locations[i] + 1]
        for (let k = start[locations[i]]; k < end; k++) stack.name[at++] = name[k]
      }
      if (!edit(stack)) continue
      for (let i = from; i < to; i++) {
        const location = locations[i]
        at -= start[location + 1] - start[location]
        writeLocation(stack, at, start[location + 1] - start[location], location, made, frame)
      }
    } else for (let i = from; i < to; i++) frame.push(locations[i])
    stackEnd[row] = frame.length
    kept.push(row)
  }
  const rewritten = { ...samples, frame: frame.done(), stackStart, stackEnd }
  return {
    ...made.apply(p),
    samples: kept.length === samples.count ? rewritten : pickSamples(rewritten, kept.done()),
  }
}

/** Appends what is left of one location, whose frames are stack[at, at + count), leaf first. */
function writeLocation(
  stack: StackFrames,
  at: number,
  count: number,
  location: number,
  made: MadeLocations,
  out: GrowIds,
): void {
  const { fate } = stack
  if (count === 1) {
    if (fate[at] === KEPT) out.push(location)
    else if (fate[at] === REPLACED) out.push(made.ofName(stack.became[at]))
    return
  }
  // Frame at + k, counted from the function itself, is line count - 1 - k of the location.
  for (let k = count - 1; k >= 0; ) {
    if (fate[at + k] !== KEPT) {
      if (fate[at + k] === REPLACED) out.push(made.ofName(stack.became[at + k]))
      k--
      continue
    }
    const last = k
    while (k >= 0 && fate[at + k] === KEPT) k--
    const whole = last === count - 1 && k < 0
    out.push(whole ? location : made.ofLines(location, count - 1 - last, count - 1 - k))
  }
}

/** Locations that a rewriting needs and the profile does not have. */
class MadeLocations {
  private readonly p: Profile
  private readonly file: number
  private readonly nextLocation: number
  private readonly firstLine: number
  /** The location that a new one is part of, 0 for made-up frames. */
  private readonly source: number[] = []
  private readonly lineStart: number[] = []
  private readonly lineEnd: number[] = []
  /** Made-up functions: string ids, one line each. */
  private readonly functions: number[] = []
  private readonly byName = new Map<number, number>()
  private readonly byLines = new Map<string, number>()

  constructor(p: Profile, file: number) {
    this.p = p
    this.file = file
    this.nextLocation = p.locations.count + 1
    this.firstLine = p.lines.count
  }

  /** The location of a made-up frame. */
  ofName(name: number): number {
    let row = this.byName.get(name)
    if (row === undefined) {
      const line = this.firstLine + this.functions.push(name) - 1
      row = this.add(0, line, line + 1)
      this.byName.set(name, row)
    }
    return row
  }

  /** Lines [from, to) of a location, counted from its first. */
  ofLines(location: number, from: number, to: number): number {
    const key = `${location},${from},${to}`
    let row = this.byLines.get(key)
    if (row === undefined) {
      const first = this.p.locations.lineStart[location]
      row = this.add(location, first + from, first + to)
      this.byLines.set(key, row)
    }
    return row
  }

  private add(source: number, lineStart: number, lineEnd: number): number {
    this.source.push(source)
    this.lineStart.push(lineStart)
    this.lineEnd.push(lineEnd)
    return this.nextLocation + this.source.length - 1
  }

  /** The profile with these locations. */
  apply(p: Profile): Profile {
    if (this.source.length === 0) return p
    const { locations: l, lines, functions: f } = p
    const { source } = this
    const from = <T extends Uint32Array | Uint8Array>(column: T): number[] => source.map((row) => column[row])
    const zeros = this.functions.map(() => 0)
    const firstFunction = f.count + 1
    return {
      ...p,
      locations: {
        count: l.count + source.length,
        id: longer(l.id, freeIds(l.id, source.length)),
        mapping: longer32(l.mapping, from(l.mapping)),
        address: longer(
          l.address,
          source.map((row) => l.address.f[row]),
        ),
        lineStart: longer32(l.lineStart, this.lineStart),
        lineEnd: longer32(l.lineEnd, this.lineEnd),
        folded: Uint8Array.from([...l.folded, ...from(l.folded)]),
      },
      lines: {
        count: lines.count + this.functions.length,
        fn: longer32(
          lines.fn,
          this.functions.map((_, k) => firstFunction + k),
        ),
        line: longer(lines.line, zeros),
        column: longer(lines.column, zeros),
      },
      functions: {
        count: f.count + this.functions.length,
        id: longer(f.id, freeIds(f.id, this.functions.length)),
        name: longer32(f.name, this.functions),
        systemName: longer32(f.systemName, this.functions),
        filename: longer32(
          f.filename,
          this.functions.map(() => this.file),
        ),
        startLine: longer(f.startLine, zeros),
      },
    }
  }
}

function longer32(column: Uint32Array, more: readonly number[]): Uint32Array {
  const out = new Uint32Array(column.length + more.length)
  out.set(column)
  out.set(more, column.length)
  return out
}

/** `more` are doubles: of addresses beyond 2^53 the nearest, as they are shown nowhere. */
function longer(column: Int64Column, more: readonly number[]): Int64Column {
  const out = new Float64Array(column.length + more.length)
  out.set(column.f)
  out.set(more, column.length)
  return new Int64Column(out, column.wide)
}

/** Ids that no row has. */
function freeIds(ids: Int64Column, count: number): number[] {
  const used = new Set(ids.f)
  const out: number[] = []
  for (let id = ids.length; out.length < count; id++) if (!used.has(id)) out.push(id)
  return out
}
