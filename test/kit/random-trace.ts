// Traces for tests of laws: whatever the choices, goroutines go from state to state as the scheduler lets them.

import * as fc from 'fast-check'
import { HandmadeTrace } from '../../src/core/analysis/trace/handmade-events.ts'

const PROCS = 3
const GOROUTINES = 6
const REASONS = [
  'chan receive',
  'sync',
  'network',
  'sleep',
  'select',
  'GC mark assist wait for work',
] as const

type State = 'NotExist' | 'Runnable' | 'Running' | 'Waiting' | 'Syscall'

/** Choices that randomTrace turns into events. */
export const choices = fc.array(
  fc.record({
    g: fc.integer({ min: 1, max: GOROUTINES }),
    by: fc.integer({ min: 0, max: GOROUTINES }),
    p: fc.integer({ min: 0, max: PROCS - 1 }),
    what: fc.integer({ min: 0, max: 99 }),
    after: fc.integer({ min: 1, max: 50 }),
  }),
  { maxLength: 120 },
)

export interface RandomTrace {
  readonly trace: HandmadeTrace
  readonly end: number
  /** Goroutine id -> [time, state] of each change, NotExist at its end. Those from before the trace begin at 0. */
  readonly history: ReadonlyMap<number, readonly (readonly [time: number, state: State])[]>
}

/** Goroutines 1 to 3 are there when the trace begins; the others are created. */
export function randomTrace(list: typeof choices extends fc.Arbitrary<infer T> ? T : never): RandomTrace {
  const trace = new HandmadeTrace(1000n, 4 * list.length + 64)
  const state = new Map<number, State>()
  const procOf = new Map<number, number>()
  const onProc = new Map<number, number>()
  const history = new Map<number, [number, State][]>()
  let time = 0
  const stack = (g: number, what: number): string[] => [
    `leaf${what % 4}`,
    `main.f${what % 3}`,
    `main.start${g % 2}`,
  ]
  const go = (g: number, to: State, o: Parameters<HandmadeTrace['goroutine']>[4] = {}): void => {
    const from = state.get(g)
    trace.goroutine(time, g, from ?? 'Undetermined', to, o)
    const known = history.get(g)
    if (known === undefined) history.set(g, [[from === undefined ? 0 : time, to]])
    else known.push([time, to])
    state.set(g, to)
  }
  trace.sync(0, 1)
  for (let g = 1; g <= 3; g++) {
    time += 1
    go(g, 'Waiting', { reason: 'select', created: ['leaf', `main.start${g % 2}`] })
  }
  for (let g = 4; g <= GOROUTINES; g++) state.set(g, 'NotExist')
  const leave = (g: number): void => {
    const p = procOf.get(g)
    if (p !== undefined) onProc.delete(p)
    procOf.delete(g)
  }
  for (const { g, by, p, what, after } of list) {
    const now = state.get(g)
    const runner = by > 0 && state.get(by) === 'Running' && by !== g ? by : undefined
    const context = runner === undefined ? {} : { g: runner, p: procOf.get(runner) ?? 0 }
    time += after
    const at = stack(g, what)
    if (now === 'NotExist')
      go(g, 'Runnable', { ...context, stack: at, created: ['leaf', `main.start${g % 2}`] })
    else if (now === 'Waiting') go(g, 'Runnable', { ...context, stack: runner === undefined ? [] : at })
    else if (now === 'Runnable' && !onProc.has(p)) {
      onProc.set(p, g)
      procOf.set(g, p)
      go(g, 'Running', { p, stack: [] })
    } else if (now === 'Running') {
      const own = { g, p: procOf.get(g) ?? 0, stack: at }
      if (what < 50) {
        leave(g)
        go(g, 'Waiting', { ...own, reason: REASONS[what % REASONS.length] as string })
      } else if (what < 70) {
        leave(g)
        go(g, 'Runnable', { ...own, reason: 'preempted' })
      } else if (what < 90) go(g, 'Syscall', own)
      else {
        leave(g)
        go(g, 'NotExist', { ...own, stack: [] })
      }
    } else if (now === 'Syscall') {
      if (what < 60) go(g, 'Running', { g, p: procOf.get(g) ?? 0 })
      else {
        leave(g)
        go(g, 'Runnable', { g })
      }
    }
  }
  trace.sync(time + 5, 2)
  return { trace, end: time + 5, history }
}
