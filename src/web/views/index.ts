// All views, in the order of tabs.

import { isLive } from '../live.ts'
import { RUNTIME_VIEWS } from './runtime-views.ts'
import { hasKind, type ViewEntry } from './view.ts'

const profile = hasKind('profile')
const PROFILE_EMPTY = {
  what: 'where time or memory goes',
  command: 'goscope capture http://localhost:6060 -o capture',
}

export const VIEWS: readonly ViewEntry[] = [
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
