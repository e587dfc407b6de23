// Many dumps of goroutines, a moment apart, added up to one profile of wall-clock time: what runs, and what
// waits for what. Dumps share no rows, so frames and stacks are told apart by their text, once a dump each.

import { stateMeaning } from '../analysis/goroutines/states.ts'
import type { Goroutines } from '../model/goroutines.ts'
import { GOROUTINE } from '../model/goroutines.ts'
import type { Profile } from '../model/profile.ts'
import { type Label, ProfileBuilder } from '../model/profile-builder.ts'

/** What a goroutine does, roughly: a dump cannot tell who has a processor from who is next in line. */
export const ACTIVITIES = ['running', 'syscall', 'waiting'] as const
export type Activity = (typeof ACTIVITIES)[number]

/** Frames of the goroutine that writes the dump: it runs because we ask. */
const OWN =
  /^runtime\/pprof\.(writeGoroutineStacks|writeGoroutine|writeRuntimeProfile|runtime_goroutineProfile|pprof_goroutineProfile)/

interface Stack {
  /** Location rows, leaf first. */
  readonly locations: readonly number[]
  readonly labels: readonly Label[]
  samples: number
  nanos: number
}

export interface WallOptions {
  /** Whether the state is a frame as well, at the leaf: `[chan receive]`. */
  readonly stateFrames: boolean
}

export interface StateSum {
  readonly state: string
  readonly activity: Activity
  readonly samples: number
  readonly nanos: number
}

export class WallProfile {
  private readonly options: WallOptions
  private readonly builder = new ProfileBuilder()
  private readonly locations = new Map<string, number>()
  private readonly functions = new Map<string, number>()
  private readonly stacks = new Map<string, Stack>()
  private readonly states = new Map<string, { activity: Activity; samples: number; nanos: number }>()
  private nanos = 0
  private most = 0

  constructor(o: WallOptions) {
    this.options = o
  }

  /** Adds a dump whose goroutines each stand for so much time; returns how many there were, without our own. */
  add(g: Goroutines, nanos: number): number {
    const { table, stacks, calls, strings } = g
    /** Stack row -> its locations; undefined for the stack of our own request. */
    const known = new Map<number, readonly number[] | undefined>()
    const frames: number[] = []
    let count = 0
    for (let row = 0; row < table.count; row++) {
      if (table.flags[row] & GOROUTINE.threadStack) continue
      const stack = table.stack[row]
      if (!known.has(stack)) {
        const list: number[] = []
        let own = false
        for (let k = stacks.start[stack]; k < stacks.start[stack + 1]; k++) {
          const frame = calls.frame[stacks.call[k]]
          own ||= OWN.test(strings.get(g.frames.fn[frame]))
          frames[frame] ??= this.location(g, frame)
          list.push(frames[frame])
        }
        known.set(stack, own ? undefined : list)
      }
      const list = known.get(stack)
      if (list === undefined) continue
      count += table.weight[row]
      this.put(list, g, row, nanos)
    }
    this.most = Math.max(this.most, count)
    return count
  }

  private put(list: readonly number[], g: Goroutines, row: number, nanos: number): void {
    const { table, labelSets, strings } = g
    const state = strings.get(table.state[row]) || 'unknown'
    const weight = table.weight[row]
    const set = table.labelSet[row]
    const own: Label[] = []
    for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++)
      own.push({ key: strings.get(labelSets.key[l]), text: strings.get(labelSets.str[l]) })
    const key = `${list.join()} ${state} ${JSON.stringify(own)}`
    let stack = this.stacks.get(key)
    if (stack === undefined) {
      const activity = activityOf(state)
      const leaf = this.options.stateFrames ? [this.named(`[${state}]`, '', 0)] : []
      const labels = [...own, { key: 'activity', text: activity }, { key: 'state', text: state }]
      stack = { locations: [...leaf, ...list], labels, samples: 0, nanos: 0 }
      this.stacks.set(key, stack)
      if (!this.states.has(state)) this.states.set(state, { activity, samples: 0, nanos: 0 })
    }
    const sum = this.states.get(state)!
    for (const to of [stack, sum]) {
      to.samples += weight
      to.nanos += weight * nanos
    }
    this.nanos += weight * nanos
  }

  private location(g: Goroutines, frame: number): number {
    const { frames, strings } = g
    const printed = strings.get(frames.fn[frame])
    // The runtime's printer shortens this one name.
    const name = printed === 'panic' ? 'runtime.gopanic' : printed
    return this.named(name, strings.get(frames.file[frame]), frames.line[frame])
  }

  private named(name: string, filename: string, line: number): number {
    const inFile = `${name}\n${filename}`
    const key = `${inFile}\n${line}`
    let location = this.locations.get(key)
    if (location === undefined) {
      let fn = this.functions.get(inFile)
      if (fn === undefined) {
        fn = this.builder.addFunction(name, { filename })
        this.functions.set(inFile, fn)
      }
      location = this.builder.addLocation({ lines: [{ fn, line }] })
      this.locations.set(key, location)
    }
    return location
  }

  /** Time of all goroutines together, ns. */
  get totalNanos(): number {
    return this.nanos
  }

  /** Most goroutines of a dump. */
  get mostGoroutines(): number {
    return this.most
  }

  /** Sums by state, most time first. */
  byState(): StateSum[] {
    return [...this.states].map(([state, s]) => ({ state, ...s })).sort((a, b) => b.nanos - a.nanos)
  }

  /**
   * The profile: sample types samples/count and wall/nanoseconds; labels of the goroutine, `activity` and `state`.
   * `period` is the mean time between two dumps, `start` ns since 1970, `duration` ns. To be asked for once.
   */
  done(o: {
    readonly start: bigint
    readonly duration: number
    readonly period: number
    readonly comments: readonly string[]
  }): Profile {
    const b = this.builder
    b.sampleTypes = [
      { type: 'samples', unit: 'count' },
      { type: 'wall', unit: 'nanoseconds' },
    ]
    b.defaultSampleType = 'wall'
    b.periodType = { type: 'wall', unit: 'nanoseconds' }
    b.period = Math.round(o.period)
    b.timeNanos = o.start
    b.durationNanos = Math.round(o.duration)
    b.comments = [...o.comments]
    for (const s of this.stacks.values()) b.addSample(s.locations, [s.samples, Math.round(s.nanos)], s.labels)
    return b.done()
  }
}

/** What a state, as the runtime prints it, amounts to. */
export function activityOf(state: string): Activity {
  const { kind } = stateMeaning(state)
  if (kind === 'running' || kind === 'runnable') return 'running'
  return kind === 'syscall' ? 'syscall' : 'waiting'
}

/** Largest share of its time that a program may spend on being looked at. */
export const MOST_SHARE = 0.05

/**
 * The interval to the next dump, ms: the wanted one, or a longer one if dumps have lately cost more than MOST_SHARE
 * of it. `costs` are those of the last dumps; their mean without the highest counts, so that one bad moment does not.
 */
export function nextInterval(wantedMs: number, costs: readonly number[]): number {
  const sorted = [...costs].sort((a, b) => a - b)
  if (sorted.length > 2) sorted.pop()
  if (sorted.length === 0) return wantedMs
  const mean = sorted.reduce((sum, c) => sum + c, 0) / sorted.length
  return Math.max(wantedMs, mean / MOST_SHARE)
}
