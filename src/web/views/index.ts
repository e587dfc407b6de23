// All views, in the order of tabs.

import { RUNTIME_VIEWS } from './runtime-views.ts'
import { hasKind, type ViewEntry } from './view.ts'

const profile = hasKind('profile')
const PROFILE_EMPTY = {
  what: 'where time or memory goes',
  command: 'goscope capture http://localhost:6060 -o capture',
}

export const VIEWS: readonly ViewEntry[] = [
  {
    id: 'top',
    title: 'Top',
    group: 'profile',
    needs: profile,
    empty: PROFILE_EMPTY,
    load: () => import('./top.tsx'),
  },
  ...RUNTIME_VIEWS,
]
