// The pages of an execution trace. See views/index.ts.

import { hasKind, type ViewEntry } from './view.ts'

const trace = hasKind('trace')
const command = 'curl -o trace.out "http://localhost:6060/debug/pprof/trace?seconds=5"'

export const TRACE_PAGES: readonly ViewEntry[] = [
  {
    id: 'trace',
    title: 'Trace',
    group: 'trace',
    needs: trace,
    empty: { what: 'what an execution trace comes to', command },
    load: () => import('./trace.tsx'),
  },
  {
    id: 'trace-goroutines',
    title: 'Goroutine times',
    group: 'trace',
    needs: trace,
    empty: { what: 'what goroutines did with their time, by start function and one by one', command },
    load: () => import('./trace-goroutines.tsx'),
  },
  {
    id: 'trace-waits',
    title: 'Waits',
    group: 'trace',
    needs: trace,
    empty: {
      what: 'where goroutines waited for the network, each other, the kernel or a processor',
      command,
    },
    load: () => import('./trace-waits.tsx'),
  },
  {
    id: 'trace-tasks',
    title: 'Tasks',
    group: 'trace',
    needs: trace,
    empty: { what: 'user tasks with their latencies', command },
    load: () => import('./trace-tasks.tsx'),
  },
  {
    id: 'trace-regions',
    title: 'Regions',
    group: 'trace',
    needs: trace,
    empty: { what: 'user regions with their latencies', command },
    load: () => import('./trace-regions.tsx'),
  },
  {
    id: 'trace-mmu',
    title: 'MMU',
    group: 'trace',
    needs: trace,
    empty: { what: 'what the collector leaves to the program, in the worst window of each length', command },
    load: () => import('./trace-mmu.tsx'),
  },
  {
    id: 'trace-diff',
    title: 'Trace diff',
    group: 'trace',
    needs: (files) => files.filter((f) => f.kind === 'trace').length > 1,
    empty: { what: 'what changed from one trace to another', command: 'goscope open before.out after.out' },
    load: () => import('./trace-diff.tsx'),
  },
]
