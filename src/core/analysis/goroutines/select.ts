import type { Goroutines } from '../../model/goroutines.ts'

export interface GoroutineFilter {
  /** Tests of function and file names; a stack is kept if one frame (or its creator) passes. */
  readonly focus?: (name: string) => boolean
  /** A stack is left out if one frame passes. */
  readonly ignore?: (name: string) => boolean
  readonly state?: (name: string) => boolean
  /** Whole minutes of waiting, at least. */
  readonly minMinutes?: number
  /** Exactly these goroutines. */
  readonly goids?: ReadonlySet<number>
  /** Tests of `key=value` of the labels. */
  readonly label?: (text: string) => boolean
}

/** Rows of the table that pass the filter, in order. */
export function selectGoroutines(g: Goroutines, f: GoroutineFilter): number[] {
  const { table, strings, stacks, calls, frames, labelSets } = g
  const out: number[] = []
  const byFrame = (test: (name: string) => boolean): ((frame: number) => boolean) => {
    const known: (boolean | undefined)[] = []
    return (frame) => {
      known[frame] ??= test(strings.get(frames.fn[frame])) || test(strings.get(frames.file[frame]))
      return known[frame]
    }
  }
  const byStack = (test: (frame: number) => boolean): ((stack: number) => boolean) => {
    const known: (boolean | undefined)[] = []
    return (stack) => {
      if (known[stack] === undefined) {
        known[stack] = false
        for (let k = stacks.start[stack]; k < stacks.start[stack + 1] && !known[stack]; k++)
          known[stack] = test(calls.frame[stacks.call[k]])
      }
      return known[stack] as boolean
    }
  }
  const focusFrame = f.focus && byFrame(f.focus)
  const focusStack = focusFrame && byStack(focusFrame)
  const ignoreStack = f.ignore && byStack(byFrame(f.ignore))
  const hasLabel = (set: number): boolean => {
    for (let l = labelSets.start[set]; l < labelSets.start[set + 1]; l++)
      if (f.label?.(`${strings.get(labelSets.key[l])}=${strings.get(labelSets.str[l])}`)) return true
    return false
  }
  for (let row = 0; row < table.count; row++) {
    if (f.minMinutes !== undefined && table.minutes[row] < f.minMinutes) continue
    if (f.goids !== undefined && !f.goids.has(table.goid[row])) continue
    if (f.state !== undefined && !f.state(strings.get(table.state[row]))) continue
    if (f.label !== undefined && !hasLabel(table.labelSet[row])) continue
    if (ignoreStack?.(table.stack[row])) continue
    if (focusStack && !focusStack(table.stack[row]) && !focusFrame?.(table.createdBy[row])) continue
    out.push(row)
  }
  return out
}
