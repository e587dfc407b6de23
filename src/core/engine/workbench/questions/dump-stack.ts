// The whole stack of a goroutine of a dump.

import { stateMeaning } from '../../../analysis/goroutines/states.ts'
import { ELIDED_UNKNOWN, FRAME, GOROUTINE } from '../../../model/goroutines.ts'
import { type FrameWords, frameWords, lookAtDump } from '../dump-look.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

export interface StackFrameWords extends FrameWords {
  readonly inlined: boolean
  /** As printed between the parentheses; '' if nothing. */
  readonly args: string
}

export interface DumpStack {
  readonly goid: number
  readonly state: string
  readonly meaning: string
  readonly minutes: number
  /** 'locked to a thread' and the like. */
  readonly marks: readonly string[]
  /** Leaf first. */
  readonly frames: readonly StackFrameWords[]
  /** Frames that the runtime left out, and before which of `frames`; 0 for none, -1 if it does not say how many. */
  readonly elided: number
  readonly elidedAt: number
  readonly created: FrameWords
  /** goid of who made it; 0 if not printed. */
  readonly creator: number
  readonly labels: readonly { readonly key: string; readonly value: string }[]
}

const MARKS: readonly (readonly [number, string])[] = [
  [GOROUTINE.locked, 'locked to a thread'],
  [GOROUTINE.leaked, 'leaked: the collector proved that nothing can wake it'],
  [GOROUTINE.durable, 'waits for its synctest bubble only'],
  [GOROUTINE.unavailable, 'ran on another thread: the runtime could not read the stack'],
]

/** `row` is of the table of goroutines. undefined if there is no such row. */
export async function answer(
  w: Workbench,
  { row }: { readonly row: number },
  x: Asking,
): Promise<DumpStack | undefined> {
  const look = await lookAtDump(w, {}, x)
  if (look === undefined || !(row >= 0 && row < look.g.table.count)) return undefined
  const { g, origins } = look
  const { table, strings, stacks, calls, frames, labelSets } = g
  const stack = table.stack[row]
  const out: StackFrameWords[] = []
  for (let k = stacks.start[stack]; k < stacks.start[stack + 1]; k++) {
    const call = stacks.call[k]
    const frame = calls.frame[call]
    out.push({
      ...frameWords(g, origins, frame),
      inlined: (frames.flags[frame] & FRAME.inlined) !== 0,
      args: strings.get(calls.args[call]),
    })
  }
  const set = table.labelSet[row]
  const labels = []
  for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++)
    labels.push({ key: strings.get(labelSets.key[l]), value: strings.get(labelSets.str[l]) })
  const state = strings.get(table.state[row])
  const elided = stacks.elided[stack]
  return {
    goid: table.goid[row],
    state,
    meaning: stateMeaning(state).meaning,
    minutes: table.minutes[row],
    marks: MARKS.flatMap(([bit, text]) => (table.flags[row] & bit ? [text] : [])),
    frames: out,
    elided: elided === ELIDED_UNKNOWN ? -1 : elided,
    elidedAt: stacks.elidedAt[stack],
    created: frameWords(g, origins, table.createdBy[row]),
    creator: table.creator[row],
    labels,
  }
}
