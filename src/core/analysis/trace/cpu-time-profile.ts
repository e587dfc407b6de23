// Time on and off processors as a profile, which every report and format of profiles can take.

import type { Profile } from '../../model/profile.ts'
import { type Label, ProfileBuilder } from '../../model/profile-builder.ts'
import { type CpuTimes, className, type TimeAt } from './cpu-time.ts'

/** Sample types of the profile, all in nanoseconds. */
export const TIME_TYPES = ['wall', 'on-cpu', 'off-cpu'] as const
export type TimeType = (typeof TIME_TYPES)[number]

export interface TimeProfileOptions {
  /** What was waited for as a frame above the stack's leaf, for flame graphs; else it is only in labels. */
  readonly reasonFrames?: boolean
  /** Goroutines as frames below the root; `times` must tell them apart. */
  readonly goroutineFrames?: boolean
  /** Which times to take; all unless given. */
  readonly only?: (at: TimeAt) => boolean
  /** Duration of the trace, ns, and when it was taken, ns since 1970 (0 = not known). */
  readonly durationNs?: number
}

/** The profile: a sample for each stack and class of time, with the labels `state`, `reason` and `goroutine`. */
export function cpuTimeProfile(t: CpuTimes, o: TimeProfileOptions = {}): Profile {
  const b = new ProfileBuilder()
  const { strings, stacks, goroutines } = t.tables
  b.sampleTypes = TIME_TYPES.map((type) => ({ type, unit: 'nanoseconds' }))
  b.defaultSampleType = 'wall'
  b.periodType = { type: 'trace', unit: 'count' }
  b.period = 1
  b.durationNanos = o.durationNs ?? 0
  const functions = new Map<string, number>()
  const fnOf = (name: string, filename: string): number => {
    const key = `${filename}\n${name}`
    let fn = functions.get(key)
    if (fn === undefined) {
      fn = b.addFunction(name, { filename })
      functions.set(key, fn)
    }
    return fn
  }
  // By frame, not by pc: inlined calls of one pc are frames of their own.
  const locations = new Map<number, number>()
  const locationOf = (frame: number): number => {
    let location = locations.get(frame)
    if (location === undefined) {
      const fn = fnOf(strings.get(stacks.fn.a[frame]), strings.get(stacks.file.a[frame]))
      location = b.addLocation({ address: stacks.pc[frame], lines: [{ fn, line: stacks.line[frame] }] })
      locations.set(frame, location)
    }
    return location
  }
  const named = new Map<string, number>()
  const nameOnly = (name: string): number => {
    let location = named.get(name)
    if (location === undefined) {
      location = b.addLocation({ lines: [{ fn: fnOf(name, '') }] })
      named.set(name, location)
    }
    return location
  }
  for (const at of t.times) {
    if (o.only?.(at) === false) continue
    const frames = stacks.frame.a.subarray(stacks.start.a[at.stack], stacks.start.a[at.stack + 1])
    const stack = Array.from(frames, locationOf)
    if (o.reasonFrames && !at.at.on) stack.unshift(nameOnly(`[${className(at.at)}]`))
    const labels: Label[] = [{ key: 'state', text: at.at.state }]
    if (at.at.reason !== '') labels.push({ key: 'reason', text: at.at.reason })
    if (at.goroutine >= 0) {
      const id = goroutines.id(at.goroutine)
      labels.push({ key: 'goroutine', num: id })
      if (o.goroutineFrames) {
        const name = strings.get(t.startFunction[at.goroutine])
        stack.push(nameOnly(`[goroutine ${id}${name === '' ? '' : ` ${name}`}]`))
      }
    }
    b.addSample(stack, [at.time, at.at.on ? at.time : 0, at.at.on ? 0 : at.time], labels)
  }
  return b.done()
}
