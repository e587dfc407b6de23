// Which frame of a stack to name to people, and goroutines by what they start with.

import type { Int } from '../../base/int64.ts'
import type { TraceTables } from '../../model/trace.ts'
import { originOf } from '../origin.ts'

/** Part of a program, as a trace names it. */
export interface NamedPlace {
  readonly fn: string
  readonly file: string
  readonly line: Int
}

/** Finds the frame worth naming, and remembers it by stack. */
export class Places {
  private readonly tables: TraceTables
  /** Stack row -> frame row + 1, 0 = not looked at so far. */
  private readonly frames: number[] = []
  /** Frame row -> 1 = the user's or a module's, 2 = the standard library's, 3 = the runtime's. */
  private readonly rank: number[] = []

  constructor(tables: TraceTables) {
    this.tables = tables
  }

  /**
   * The nearest frame of the user's or a module's; else the outermost that is not the runtime's; else the
   * outermost. A row of the table of frames, 0 if there is no stack.
   */
  frame(stack: number): number {
    if (stack <= 0) return 0
    const known = this.frames[stack]
    if (known !== undefined && known > 0) return known - 1
    while (this.frames.length <= stack) this.frames.push(0)
    const frame = this.find(stack)
    this.frames[stack] = frame + 1
    return frame
  }

  /** The place of a frame; undefined for row 0. */
  place(frame: number): NamedPlace | undefined {
    if (frame === 0) return undefined
    const { stacks, strings } = this.tables
    return {
      fn: strings.get(stacks.fn.a[frame]),
      file: strings.get(stacks.file.a[frame]),
      line: stacks.line[frame],
    }
  }

  /** The function that a stack is in itself: its leaf. '' if there is no stack. */
  leafName(stack: number): string {
    const { stacks, strings } = this.tables
    if (stack <= 0 || stacks.start.a[stack] === stacks.start.a[stack + 1]) return ''
    return strings.get(stacks.fn.a[stacks.frame.a[stacks.start.a[stack]]])
  }

  private find(stack: number): number {
    const { stacks } = this.tables
    const from = stacks.start.a[stack]
    const to = stacks.start.a[stack + 1]
    let outermost = 0
    for (let i = from; i < to; i++) {
      const frame = stacks.frame.a[i]
      const rank = this.rankOf(frame)
      if (rank === 1) return frame
      if (rank === 2) outermost = frame
    }
    return outermost !== 0 || from === to ? outermost : stacks.frame.a[to - 1]
  }

  private rankOf(frame: number): number {
    const known = this.rank[frame]
    if (known !== undefined && known > 0) return known
    while (this.rank.length <= frame) this.rank.push(0)
    const { stacks, strings } = this.tables
    const name = strings.get(stacks.fn.a[frame])
    const origin = originOf(name, strings.get(stacks.file.a[frame]))
    const rank = origin === 'main' || origin === 'module' ? 1 : /^runtime[./]/.test(name) ? 3 : 2
    this.rank[frame] = rank
    return rank
  }
}

/** Goroutines of the runtime that do the collector's work. */
export const COLLECTOR = /^runtime\.(gcBgMarkWorker|bgsweep|bgscavenge|forcegchelper)/
