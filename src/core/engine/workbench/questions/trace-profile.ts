// Where goroutines waited: a profile that the views of profiles open, how long the waits took, and the longest.

import { isSystemGoroutine } from '../../../analysis/trace/goroutines.ts'
import type { WaitKind } from '../../../analysis/trace/waiting-profiles.ts'
import { waitsToProfile } from '../../../analysis/trace/waits-to-profile.ts'
import type { Int } from '../../../base/int64.ts'
import type { Asking } from '../question.ts'
import { partSpans, partText, type TracePart } from '../trace-part.ts'
import { traceReading } from '../trace-reading.ts'
import type { Workbench } from '../workbench.ts'

/** The longest waits that are listed. */
const LONGEST = 50

const TITLES: Readonly<Record<WaitKind, string>> = {
  net: 'network waits',
  sync: 'synchronization waits',
  syscall: 'system calls',
  sched: 'scheduler latency',
}

/** A wait that took long. */
export interface LongWait {
  readonly goroutine: Int
  /** What the goroutine starts with; '' if not known. */
  readonly name: string
  /** ns since the trace's start. */
  readonly start: number
  readonly duration: number
  /** The frame worth naming of where it waited; for scheduler latency of whoever made it ready. */
  readonly fn: string
  readonly line: string
}

export interface WaitAnswer {
  /** The profile's file in the workbench, for `src`. */
  readonly profile: number
  /** Different stacks. */
  readonly stacks: number
  readonly count: number
  readonly total: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  readonly histogram: readonly (readonly [from: number, count: number])[]
  /** Of the whole trace only the program's: goroutines of the runtime wait because there is nothing to do. */
  readonly longest: readonly LongWait[]
  readonly durationNs: number
}

/** Waits of a kind in a part of the trace. Throws UserError if there is no such part. */
export function answer(
  w: Workbench,
  { file, kind, part = {} }: { file: number; kind: WaitKind; part?: TracePart },
  x: Asking,
): WaitAnswer {
  const r = traceReading(w, file, x)
  return w.memo.of('waits', [file, kind, part], () => {
    const spans = partSpans(r, part)
    const { goroutines } = r.summaryTables
    const of = partText(part)
    const name = `${w.file(file).name}: ${TITLES[kind]}${of === '' ? '' : ` of ${of}`}`
    const waits = r.waits.profile(kind, spans, goroutines)
    const made = w.files.find((f) => f.made && f.name === name) ?? w.addProfile(name, waitsToProfile(waits))
    const nameOf = (goroutine: number): string => {
      const row = goroutines.find(r.tables.goroutines.id(goroutine))
      return row < 0 ? '' : r.summaryTables.strings.get(r.summaries.goroutines.name[row])
    }
    const skip = (goroutine: number): boolean => of === '' && isSystemGoroutine(nameOf(goroutine))
    const { longest, ...sums } = r.waits.distribution(kind, spans, goroutines, LONGEST, skip)
    return {
      profile: made.id,
      stacks: waits?.stack.length ?? 0,
      ...sums,
      longest: longest.map(({ goroutine, stack, start, duration }) => {
        const id = r.tables.goroutines.id(goroutine)
        const place = r.places.place(r.places.frame(stack))
        return {
          goroutine: id,
          name: nameOf(goroutine),
          start,
          duration,
          fn: place?.fn ?? '',
          line: place === undefined ? '' : `${place.file}:${place.line}`,
        }
      }),
      durationNs: r.endTime,
    }
  })
}
