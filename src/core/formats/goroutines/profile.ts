// Between goroutines and profiles: a dump as a profile of counts, as runtime/pprof would write it, and a
// goroutine profile as groups without states.

import type { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import { FRAME, GOROUTINE, type Goroutines } from '../../model/goroutines.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'

/** The name that the runtime's printer shortens. */
const PANIC = 'panic'

/** Which goroutines go into a profile. */
export interface ProfileOfGoroutines {
  /** Row of the table; false leaves it out. All if not given. */
  readonly keep?: (row: number) => boolean
}

/**
 * The goroutines as a profile with one value, goroutine/count. Labels of a sample are those of the goroutine, and
 * `state`, `wait` (whole minutes, where there are any) and, if there are several dumps, `dump` (from 1).
 */
export function profileOfGoroutines(g: Goroutines, o: ProfileOfGoroutines = {}): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'goroutine', unit: 'count' }]
  b.periodType = { type: 'goroutine', unit: 'count' }
  b.period = 1
  const { frames, calls, stacks, table, strings, labelSets } = g
  /** Frame row -> location, 0 = none yet. Inlined calls are locations of their own: the text has no addresses. */
  const locations = new Uint32Array(frames.count + 1)
  const functions = new Map<string, number>()
  const locationOf = (frame: number): number => {
    if (locations[frame] !== 0) return locations[frame]
    const printed = strings.get(frames.fn[frame])
    const name = printed === PANIC ? 'runtime.gopanic' : printed
    const filename = strings.get(frames.file[frame])
    const key = `${name}\n${filename}`
    let fn = functions.get(key)
    if (fn === undefined) {
      fn = b.addFunction(name, { filename })
      functions.set(key, fn)
    }
    locations[frame] = b.addLocation({ lines: [{ fn, line: frames.line[frame] }] })
    return locations[frame]
  }
  const groups = new Map<string, { row: number; dump: number; weight: number }>()
  for (let dump = 0; dump < g.dumps.length; dump++) {
    for (let row = g.dumps[dump].start; row < g.dumps[dump].end; row++) {
      if (table.flags[row] & GOROUTINE.threadStack || o.keep?.(row) === false) continue
      const key = `${table.stack[row]} ${table.state[row]} ${table.minutes[row]} ${table.labelSet[row]} ${dump}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { row, dump, weight: table.weight[row] })
      else group.weight += table.weight[row]
    }
  }
  const stack: number[] = []
  for (const { row, dump, weight } of groups.values()) {
    stack.length = 0
    const s = table.stack[row]
    for (let k = stacks.start[s]; k < stacks.start[s + 1]; k++)
      stack.push(locationOf(calls.frame[stacks.call[k]]))
    const labels = []
    const set = table.labelSet[row]
    for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++)
      labels.push({ key: strings.get(labelSets.key[l]), text: strings.get(labelSets.str[l]) })
    if (table.state[row] !== 0) labels.push({ key: 'state', text: strings.get(table.state[row]) })
    if (table.minutes[row] > 0) labels.push({ key: 'wait', num: table.minutes[row], unit: 'minutes' })
    if (g.dumps.length > 1) labels.push({ key: 'dump', num: dump + 1 })
    b.addSample(stack, [weight], labels)
  }
  return b.done()
}

/** Functions of the runtime and of sync that only goroutines in one state are in, and the state's name. */
const STATE_OF_FUNCTION: Readonly<Record<string, string>> = {
  'runtime.chansend': 'chan send',
  'runtime.chansend1': 'chan send',
  'runtime.chanrecv': 'chan receive',
  'runtime.chanrecv1': 'chan receive',
  'runtime.chanrecv2': 'chan receive',
  'runtime.selectgo': 'select',
  'runtime.block': 'select (no cases)',
  'runtime.netpollblock': 'IO wait',
  'internal/poll.runtime_pollWait': 'IO wait',
  'time.Sleep': 'sleep',
  'sync.runtime_notifyListWait': 'sync.Cond.Wait',
  'sync.runtime_SemacquireMutex': 'sync.Mutex.Lock',
  'internal/sync.runtime_SemacquireMutex': 'sync.Mutex.Lock',
  'sync.runtime_SemacquireRWMutex': 'sync.RWMutex.Lock',
  'sync.runtime_SemacquireRWMutexR': 'sync.RWMutex.RLock',
  'sync.runtime_SemacquireWaitGroup': 'sync.WaitGroup.Wait',
  'sync.runtime_Semacquire': 'semacquire',
  'internal/runtime/syscall.Syscall6': 'syscall',
  'internal/runtime/syscall/linux.Syscall6': 'syscall',
  'runtime/internal/syscall.Syscall6': 'syscall',
  'syscall.Syscall': 'syscall',
  'syscall.Syscall6': 'syscall',
  'runtime.cgocall': 'syscall',
}
/** Frames of the leaf that are looked at: gopark and what calls it are at most as many. */
const LEAF_FRAMES = 6

/** The state that the innermost frames give away; '' if they do not. A profile itself has no states. */
export function stateOfLeaf(names: readonly string[]): string {
  for (const name of names.slice(0, LEAF_FRAMES))
    if (Object.hasOwn(STATE_OF_FUNCTION, name)) return STATE_OF_FUNCTION[name]
  return ''
}

/** True for a profile that counts goroutines (goroutine, goroutineleak). */
export function isGoroutineProfile(p: Profile): boolean {
  return p.sampleTypes.some((t) => /^goroutine/.test(t.type))
}

/** Adds a goroutine profile as one dump of groups. */
export function addGoroutineProfile(b: GoroutineBuilder, source: number, p: Profile): void {
  const value = Math.max(
    0,
    p.sampleTypes.findIndex((t) => /^goroutine/.test(t.type)),
  )
  const dump = b.openDump('profile', source, 0)
  const draft = b.dumpAt(dump)
  draft.profileName = p.sampleTypes[value].type
  /** Location -> calls, innermost first. */
  const callsOf: (number[] | undefined)[] = []
  const calls: number[] = []
  /** Call -> name of its function. */
  const nameOf: string[] = []
  for (let sample = 0; sample < p.samples.count; sample++) {
    const weight = Number(p.samples.value[value].get(sample))
    if (!(weight > 0)) continue
    calls.length = 0
    for (let k = p.samples.stackStart[sample]; k < p.samples.stackEnd[sample]; k++) {
      const location = p.samples.frame[k]
      callsOf[location] ??= callsOfLocation(b, p, location, nameOf)
      calls.push(...callsOf[location])
    }
    const set = p.samples.labelSet[sample]
    for (let l = p.labelSets.start[set]; l < p.labelSets.start[set + 1]; l++)
      if (p.labelSets.str[l] !== 0)
        b.labels.addText(
          b.strings.intern(p.strings.get(p.labelSets.key[l])),
          b.strings.intern(p.strings.get(p.labelSets.str[l])),
        )
    draft.profileTotal += weight
    b.addGoroutine({
      dump,
      goid: -1,
      weight,
      state: b.strings.intern(stateOfLeaf(calls.slice(0, LEAF_FRAMES).map((c) => nameOf[c]))),
      minutes: 0,
      flags: draft.profileName === 'goroutineleak' ? GOROUTINE.leaked : 0,
      bubble: 0,
      creator: 0,
      createdBy: 0,
      stack: b.stackOf(calls, calls.length),
      labelSet: b.labels.endSet(),
      thread: -1,
    })
  }
}

function callsOfLocation(b: GoroutineBuilder, p: Profile, location: number, nameOf: string[]): number[] {
  const { locations, lines, functions, strings } = p
  const out: number[] = []
  const end = locations.lineEnd[location]
  for (let l = locations.lineStart[location]; l < end; l++) {
    const fn = lines.fn[l]
    const frame = b.frame(
      b.strings.intern(strings.get(functions.name[fn])),
      b.strings.intern(strings.get(functions.filename[fn])),
      Math.min(Math.max(0, Number(lines.line.get(l))), 0xffffffff),
      0,
      l + 1 < end ? FRAME.inlined : 0,
    )
    const call = b.call(frame, 0)
    nameOf[call] = strings.get(functions.name[fn])
    out.push(call)
  }
  if (out.length === 0) {
    const name = `0x${locations.address.get(location).toString(16)}`
    out.push(b.call(b.frame(b.strings.intern(name), 0, 0, 0, 0), 0))
  }
  return out
}
