// Views of the runtime's own: logs, dumps, memory. See views/index.ts.

import type { FileEntry } from '../../core/engine/workbench/questions/files.ts'
import { profiles } from '../state.ts'
import { hasKind, type ViewEntry } from './view.ts'

const holds =
  (hint: FileEntry['holds'][number]) =>
  (files: readonly FileEntry[]): boolean =>
    files.some((f) => f.holds.includes(hint))

/** Several profiles of one kind and of different times. */
function hasSeries(): boolean {
  const times = new Map<string, Set<number>>()
  for (const { kind, timeNanos, made } of profiles.value?.profiles ?? []) {
    if (made || timeNanos === 0) continue
    const known = times.get(kind) ?? new Set()
    times.set(kind, known.add(timeNanos))
  }
  return [...times.values()].some((t) => t.size > 1)
}

export const RUNTIME_VIEWS: readonly ViewEntry[] = [
  {
    id: 'dumps',
    title: 'Goroutines',
    group: 'runtime',
    needs: holds('dumps'),
    empty: {
      what: 'goroutines in groups: what they wait for, who blocks whom, what grows from dump to dump',
      command: 'curl -o dump.txt "http://localhost:6060/debug/pprof/goroutine?debug=2"',
    },
    load: () => import('./dumps.tsx'),
  },
  {
    id: 'gc',
    title: 'GC',
    group: 'runtime',
    needs: holds('gc'),
    empty: {
      what: 'every collection with its pauses, the heap it found and left, and its share of CPU',
      command: 'GODEBUG=gctrace=1 ./server 2> gctrace.log',
    },
    load: () => import('./gc.tsx'),
  },
  {
    id: 'sched',
    title: 'Scheduler',
    group: 'runtime',
    needs: holds('sched'),
    empty: {
      what: 'processors, run queues and threads over time, and what they say of the program',
      command: 'GODEBUG=schedtrace=100,scheddetail=1 ./server 2> schedtrace.log',
    },
    load: () => import('./sched.tsx'),
  },
  {
    id: 'allocs',
    title: 'Allocation log',
    group: 'runtime',
    needs: holds('allocs'),
    empty: {
      what: 'every allocation and every free with its stack, and how long objects live (Go 1.1 to 1.21)',
      command: 'GODEBUG=allocfreetrace=1 ./server 2> allocs.log',
    },
    load: () => import('./allocs.tsx'),
  },
  {
    id: 'memory',
    title: 'Memory',
    group: 'runtime',
    needs: holds('memory'),
    empty: {
      what: 'where the resident set goes, from the system down to live objects',
      command: 'goscope capture http://localhost:6060 -o capture',
    },
    load: () => import('./memory.tsx'),
  },
  {
    id: 'heapdump',
    title: 'Heap dump',
    group: 'runtime',
    needs: hasKind('heapdump'),
    empty: {
      what: 'types, what holds what, and the way to every object. A program writes it with debug.WriteHeapDump(f.Fd())',
      command: 'goscope open heapdump.bin',
    },
    load: () => import('./heapdump.tsx'),
  },
  {
    id: 'series',
    title: 'Growth',
    group: 'runtime',
    needs: hasSeries,
    empty: {
      what: 'what grows from one profile to the next',
      command: 'goscope capture --continuous 5m localhost:6060 -o growth',
    },
    load: () => import('./series.tsx'),
  },
  {
    id: 'bench',
    title: 'Benchmarks',
    group: 'runtime',
    needs: hasKind('bench'),
    empty: {
      what: 'how results spread, and how they scale with processors and sizes',
      command: 'go test -bench . -count 10 -cpu 1,2,4 | tee bench.txt',
    },
    load: () => import('./bench.tsx'),
  },
]
