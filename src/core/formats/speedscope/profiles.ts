// The two kinds of profiles of a speedscope file, brought to one form: stacks with a weight each.

import { GrowU32 } from '../../base/grow.ts'
import type { ProblemLog } from '../format.ts'
import { arrayAt, fail, type Json, type JsonObject, kind, numberAt } from './json.ts'
import { isSpeedscopeUnit, type SpeedscopeUnit } from './units.ts'

/** Frames of all stacks together: beyond it memory gets out of hand. No honest file comes near. */
const MAX_FRAMES = 1 << 26

/** Below the most entries that V8 allows a Map. */
const MAX_NODES = 16_000_000

export interface StackWeights {
  readonly name: string
  readonly unit: SpeedscopeUnit
  /** The stack of row r is frame[start[r], start[r + 1]), root first, rows of the file's frames. */
  readonly start: Uint32Array
  readonly frame: Uint32Array
  readonly weight: Float64Array
}

/** Reads profiles[index]; `frames` is the number of shared frames. Throws DecodeError. */
export function stackWeights(
  profile: JsonObject,
  index: number,
  frames: number,
  problems: ProblemLog,
): StackWeights {
  const where = `profiles[${index}]`
  const name = typeof profile.name === 'string' ? profile.name : ''
  let unit: SpeedscopeUnit = 'none'
  if (isSpeedscopeUnit(profile.unit)) unit = profile.unit
  else problems.add('a profile has no unit that is known; its values are taken as counts', -1)
  if (profile.type === 'sampled') return { name, unit, ...sampled(profile, where, frames, problems) }
  if (profile.type === 'evented') return { name, unit, ...evented(profile, where, frames, problems) }
  return fail(
    `${where}.type is ${typeof profile.type === 'string' ? 'another text' : kind(profile.type)}, not "sampled" or "evented"`,
  )
}

type Rows = Pick<StackWeights, 'start' | 'frame' | 'weight'>

function sampled(profile: JsonObject, where: string, frames: number, problems: ProblemLog): Rows {
  const samples = arrayAt(profile.samples, `${where}.samples`)
  const weights = arrayAt(profile.weights, `${where}.weights`)
  if (samples.length !== weights.length) {
    problems.add('a profile has not as many weights as samples; those without the other are left out', -1)
  }
  const count = Math.min(samples.length, weights.length)
  const start = new GrowU32(count + 1)
  const frame = new GrowU32(count * 8)
  const weight = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    start.push(frame.length)
    const stack = arrayAt(samples[row], `${where}.samples[${row}]`)
    frame.reserve(stack.length)
    for (let i = 0; i < stack.length; i++) {
      if (!isFrame(stack[i], frames)) badFrame(stack[i], `${where}.samples[${row}][${i}]`, frames)
      frame.push(stack[i] as number)
    }
    weight[row] = numberAt(weights[row], `${where}.weights[${row}]`)
  }
  start.push(frame.length)
  return { start: start.done(), frame: frame.done(), weight }
}

function isFrame(v: Json | undefined, frames: number): boolean {
  return typeof v === 'number' && v >= 0 && v < frames && Number.isInteger(v)
}

function badFrame(v: Json | undefined, where: string, frames: number): never {
  const what = typeof v === 'number' ? `${v}` : kind(v)
  return fail(`${where} is ${what}, but the file has ${frames} frames, numbered from 0`)
}

/**
 * Open and close events. A profile has no order in time, so the time spent in equal stacks is added
 * up at once, on the nodes of a call tree; otherwise a deep stack with many events would give a
 * sample of its full depth for each.
 */
function evented(profile: JsonObject, where: string, frames: number, problems: ProblemLog): Rows {
  const events = arrayAt(profile.events, `${where}.events`)
  const tree = new CallTree(frames)
  /** Frame -> how many times it is open: tells in one step whether a close event can be met. */
  const open = new Map<number, number>()
  const close = (): void => {
    const f = tree.leave()
    open.set(f, (open.get(f) ?? 0) - 1)
  }
  let last = numberAt(profile.startValue ?? 0, `${where}.startValue`)
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as JsonObject
    if (typeof event !== 'object' || event === null)
      fail(`${where}.events[${i}] is ${kind(event)}, not an object`)
    const { frame, type } = event
    if (!isFrame(frame, frames)) badFrame(frame, `${where}.events[${i}].frame`, frames)
    const at = numberAt(event.at, `${where}.events[${i}].at`)
    // The first event may lie before the start; nothing is open then.
    if (at > last || i === 0) {
      tree.spend(at - last)
      last = at
    } else if (at < last)
      problems.add('events are out of order; late ones count from the time before them', -1)
    const f = frame as number
    if (type === 'O') {
      tree.enter(f)
      open.set(f, (open.get(f) ?? 0) + 1)
    } else if (type !== 'C') fail(`${where}.events[${i}].type is neither "O" nor "C"`)
    else if ((open.get(f) ?? 0) === 0)
      problems.add('a frame is closed that is not open; the event is left out', -1)
    else {
      while (tree.top !== f) {
        problems.add('a frame is closed while frames it called are open; those end with it', -1)
        close()
      }
      close()
    }
  }
  if (tree.depth > 0) {
    problems.add('frames are still open where the events end; they last until the end of the profile', -1)
    const end = numberAt(profile.endValue ?? last, `${where}.endValue`)
    if (end > last) tree.spend(end - last)
  }
  return tree.rows(where)
}

class CallTree {
  /** Node -> parent and frame; node 0 is the root, which has no frame. Parents come before children. */
  private readonly parent = new GrowU32(256)
  private readonly frame = new GrowU32(256)
  private readonly nodeDepth = new GrowU32(256)
  private self = new Float64Array(256)
  private readonly child = new Map<number, number>()
  private readonly frames: number
  private node = 0

  constructor(frames: number) {
    this.frames = frames
    this.parent.push(0)
    this.frame.push(0)
    this.nodeDepth.push(0)
  }

  get depth(): number {
    return this.nodeDepth.a[this.node]
  }

  /** Frame of the innermost open call; -1 if none is open. */
  get top(): number {
    return this.node === 0 ? -1 : this.frame.a[this.node]
  }

  enter(frame: number): void {
    // Both factors stay below 2^26.5 for any file that JSON.parse can read, so the key is exact.
    const key = this.node * this.frames + frame
    let node = this.child.get(key)
    if (node === undefined) {
      node = this.parent.length
      if (node >= MAX_NODES) fail(`a profile has more than ${MAX_NODES} different stacks`)
      this.child.set(key, node)
      this.parent.push(this.node)
      this.frame.push(frame)
      this.nodeDepth.push(this.nodeDepth.a[this.node] + 1)
    }
    this.node = node
  }

  /** Ends the innermost call; gives its frame. */
  leave(): number {
    const frame = this.frame.a[this.node]
    this.node = this.parent.a[this.node]
    return frame
  }

  spend(time: number): void {
    if (this.node >= this.self.length) {
      const grown = new Float64Array(Math.max(this.self.length * 2, this.node + 1))
      grown.set(this.self)
      this.self = grown
    }
    this.self[this.node] += time
  }

  rows(where: string): Rows {
    const self = this.self
    let count = 0
    let total = 0
    // Time in the root is time in no call.
    for (let node = 1; node < this.parent.length && node < self.length; node++) {
      if (self[node] === 0) continue
      count++
      total += this.nodeDepth.a[node]
    }
    if (total > MAX_FRAMES) fail(`the stacks of ${where} have more than ${MAX_FRAMES} frames together`)
    const start = new Uint32Array(count + 1)
    const frame = new Uint32Array(total)
    const weight = new Float64Array(count)
    let row = 0
    let end = 0
    for (let node = 1; node < this.parent.length && node < self.length; node++) {
      if (self[node] === 0) continue
      weight[row++] = self[node]
      end += this.nodeDepth.a[node]
      start[row] = end
      let at = end
      for (let n = node; n !== 0; n = this.parent.a[n]) frame[--at] = this.frame.a[n]
    }
    return { start, frame, weight }
  }
}
