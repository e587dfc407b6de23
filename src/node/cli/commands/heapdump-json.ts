// goscope.heapdump/1 and goscope.heapdump-diff/1.

import type { HeapAnalysis } from '../../../core/analysis/heap/analyse.ts'
import type { ChangeRow, HeapComparison } from '../../../core/analysis/heap/compare.ts'
import type { HeapPlace, HeapStep } from '../../../core/analysis/heap/describe.ts'
import type { Problem } from '../../../core/base/errors.ts'
import { addressText } from '../../../core/model/heap-dump.ts'
import type { HeapReport } from '../../../core/reports/heap-report.ts'
import { jsonInt, jsonText } from '../people/json.ts'
import { previewText } from './heapdump-lines.ts'

const place = (p: HeapPlace): object => ({
  kind: p.kind,
  name: jsonText(p.name),
  ...(p.detail !== '' && { detail: jsonText(p.detail) }),
})

/** Steps of a way at most; a list of a million nodes is one way. */
const MAX_STEPS = 64

const way = (steps: readonly HeapStep[]): object[] => {
  const shown =
    steps.length <= MAX_STEPS ? steps : [...steps.slice(0, MAX_STEPS / 2), ...steps.slice(-MAX_STEPS / 2)]
  return shown.map((s) => ({ ...place(s.place), ...(s.by !== '' && { by: jsonText(s.by) }) }))
}

export function heapJson(file: string, a: HeapAnalysis, r: HeapReport, problems: readonly Problem[]): object {
  const { dump } = a
  const { params } = dump
  return {
    schema: 'goscope.heapdump/1',
    source: jsonText(file),
    problems: problems.map((p) => ({ ...p, message: jsonText(p.message) })),
    complete: dump.complete,
    rootsComplete: a.rootsComplete,
    format: `go${params.format}`,
    goVersion: jsonText(params.version),
    arch: jsonText(params.arch),
    cpus: params.cpus,
    pointerSize: params.pointerSize,
    heapStart: addressText(params, 0),
    bytes: dump.bytes,
    reachable: a.live,
    perhapsHeld: a.guessed,
    forFinalizers: a.forFinalizers,
    garbage: a.dead,
    falseObjects: dump.falseObjects,
    typed: a.types.named,
    roots: dump.roots.count,
    goroutineCount: dump.goroutines.count,
    threads: dump.threads,
    memStats: Object.fromEntries([...dump.memStats].map(([k, v]) => [k, jsonInt(v)])),
    holderCount: r.treeCount,
    holders: r.tree.map((h) => ({
      ...place(h.place),
      count: h.count,
      retained: h.retained,
      shallow: h.shallow,
      uncertain: h.uncertain,
      inside: h.inside.map((i) => ({
        ...place(i.place),
        retained: i.retained,
        shallow: i.shallow,
        times: i.times,
      })),
      ...(h.way.length > 0 && { wayLength: h.way.length, way: way(h.way) }),
    })),
    typeCount: r.typeCount,
    types: r.types.map((t) => ({ ...t, name: jsonText(t.name) })),
    containers: r.containers.map((c) => ({
      ...place(c.place),
      retained: c.retained,
      shallow: c.shallow,
      references: c.references,
      dominates: c.children,
      wayLength: c.way.length,
      way: way(c.way),
    })),
    duplicates:
      r.duplicates === undefined
        ? null
        : {
            wasted: r.duplicates.wasted,
            contents: r.duplicates.groups,
            objects: r.duplicates.objects,
            bytes: r.duplicates.bytes,
            top: r.duplicates.top.map((d) => ({
              wasted: d.wasted,
              count: d.count,
              length: d.length,
              exact: d.exact,
              address: addressText(params, dump.objects.address(d.object)),
              preview: jsonText(previewText(d)),
            })),
          },
    goroutines: r.goroutines.map((g) => ({ ...g, name: jsonText(g.name), state: jsonText(g.state) })),
    finalizerCount: r.finalizerCount,
    finalizers: r.finalizers.map((f) => ({ ...f, fn: jsonText(f.fn), type: jsonText(f.type) })),
    largestGarbage: r.dead.map(place),
    allocatedBy: Object.fromEntries([...r.allocatedBy].map(([k, v]) => [k, v.map(jsonText)])),
    notes: r.notes.map(jsonText),
  }
}

export function comparisonJson(older: string, newer: string, c: HeapComparison, limit: number): object {
  const rows = (all: readonly ChangeRow[]): object[] =>
    (limit > 0 ? all.slice(0, limit) : all).map((r) => ({ ...r, name: jsonText(r.name) }))
  const summary = (source: string, s: HeapComparison['before']): object => ({
    source: jsonText(source),
    reachable: s.live,
    garbage: s.dead,
    goroutines: s.goroutines,
  })
  return {
    schema: 'goscope.heapdump-diff/1',
    before: summary(older, c.before),
    after: summary(newer, c.after),
    holderCount: c.holders.length,
    holders: rows(c.holders),
    typeCount: c.types.length,
    types: rows(c.types),
  }
}
