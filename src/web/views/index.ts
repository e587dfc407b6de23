// All views, in the order of tabs.

import { isLive } from '../live.ts'
import { RUNTIME_VIEWS } from './runtime-views.ts'
import { TRACE_PAGES } from './trace-views.ts'
import { hasKind, type ViewEntry } from './view.ts'

const profile = hasKind('profile')
const PROFILE_EMPTY = {
  what: 'where time or memory goes',
  command: 'goscope capture http://localhost:6060 -o capture',
}

export const VIEWS: readonly ViewEntry[] = [
  {
    id: 'findings',
    title: 'Findings',
    group: 'findings',
    needs: (files) => files.length > 0,
    load: () => import('./findings.tsx'),
  },
  {
    id: 'flame',
    title: 'Flame',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./flame.tsx'),
  },
  {
    id: 'top',
    title: 'Top',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./top.tsx'),
  },
  {
    id: 'peek',
    title: 'Peek',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./peek.tsx'),
  },
  {
    id: 'tags',
    title: 'Tags',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./tags.tsx'),
  },
  {
    id: 'samples',
    title: 'Samples',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./samples.tsx'),
  },
  {
    id: 'facts',
    title: 'Facts',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./facts.tsx'),
  },
  {
    id: 'graph',
    title: 'Graph',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./graph.tsx'),
  },
  {
    id: 'source',
    title: 'Source',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./source.tsx'),
  },
  {
    id: 'disasm',
    title: 'Disasm',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./disasm.tsx'),
  },
  {
    id: 'diff',
    title: 'Diff',
    group: 'profile',
    needs: (files) => files.filter((f) => f.kind === 'profile').length > 1,
    empty: { what: 'what changed between two sets of profiles', command: 'goscope open before/ after/' },
    load: () => import('./diff.tsx'),
  },
  {
    id: 'timeline',
    title: 'Timeline',
    group: 'trace',
    needs: hasKind('trace'),
    empty: {
      what: 'what every goroutine, processor and thread did, moment by moment',
      command: 'goscope capture --trace 5s localhost:6060 -o capture',
    },
    load: () => import('./timeline.tsx'),
  },
  ...TRACE_PAGES,
  ...RUNTIME_VIEWS,
  {
    id: 'live',
    title: 'Live',
    group: 'runtime',
    needs: () => isLive,
    empty: { what: 'what a program does now', command: 'goscope watch --web localhost:6060' },
    load: () => import('./live.tsx'),
  },
]
