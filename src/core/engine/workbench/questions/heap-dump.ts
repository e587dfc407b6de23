// What a heap dump holds: types, and what the top of the dominator tree is.

import { addressText } from '../../../model/heap-dump.ts'
import { buildHeapReport, type HeapReport } from '../../../reports/heap-report.ts'
import { heapFiles, openHeap } from '../heap-analysis.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

export interface HeapDumpAnswer {
  readonly files: readonly { readonly file: number; readonly name: string; readonly bytes: number }[]
  /** The file that is shown; -1 if there is none, and then nothing else is here. */
  readonly file: number
  readonly data?: {
    readonly version: string
    readonly heapStart: string
    readonly objects: number
    readonly live: { readonly objects: number; readonly bytes: number }
    readonly dead: { readonly objects: number; readonly bytes: number }
    /** Live only by a guess, and only until finalizers have run. */
    readonly guessed: { readonly objects: number; readonly bytes: number }
    readonly forFinalizers: { readonly objects: number; readonly bytes: number }
    /** The node that dominates all. */
    readonly top: number
    /** Numbers of types, as `heap-objects` wants them, by rows of report.types. */
    readonly typeIds: readonly number[]
    readonly report: Omit<HeapReport, 'allocatedBy'>
    readonly complete: boolean
    readonly remarks: readonly string[]
  }
}

/** Rows of each table. */
const ROWS = 1000

export async function answer(
  w: Workbench,
  { file }: { readonly file?: number },
  x: Asking,
): Promise<HeapDumpAnswer> {
  const all = heapFiles(w)
  const files = all.map((f) => ({ file: f.id, name: f.name, bytes: f.bytes.length }))
  const chosen = all.find((f) => f.id === file) ?? all[0]
  if (chosen === undefined) return { files, file: -1 }
  const { analysis: a, problems } = await openHeap(chosen, x)
  const { allocatedBy: _, ...report } = buildHeapReport(a, undefined, { limit: ROWS })
  const idOf = new Map<string, number>()
  for (let type = 0; type < a.types.count; type++)
    idOf.set(typeKey(a.types.name(type), a.sums.bytes[type], a.sums.objects[type]), type)
  return {
    files,
    file: chosen.id,
    data: {
      version: a.dump.params.version,
      heapStart: addressText(a.dump.params, 0),
      objects: a.dump.objects.count,
      live: a.live,
      dead: a.dead,
      guessed: a.guessed,
      forFinalizers: a.forFinalizers,
      top: a.graph.top,
      typeIds: report.types.map((t) => idOf.get(typeKey(t.name, t.bytes, t.objects)) ?? -1),
      report,
      complete: a.dump.complete,
      remarks: problems.map((p) => `${p.message} at byte ${p.offset}`),
    },
  }
}

/** Rows of the report have no numbers of types; two types of one name differ in what they take. */
const typeKey = (name: string, bytes: number, objects: number): string => `${name} ${bytes} ${objects}`
