// Going to a function from somewhere outside the views.

import { address, go } from '../address.ts'
import { VIEWS } from '../views/index.ts'

const OF_PROFILES = (id: string): boolean => VIEWS.find((v) => v.id === id)?.group === 'profile'

/** Selects a function, in the view that is there if it shows functions; `beside`: in the second panel. */
export function selectFunction(name: string, beside: boolean): void {
  const { view, params } = address.peek()
  if (beside) {
    const other = params.get('beside') ?? VIEWS.find((v) => v.group === 'profile' && v.id !== view)?.id
    go({ set: { sel: name, beside: other } })
    return
  }
  const stays = OF_PROFILES(view) || OF_PROFILES(params.get('beside') ?? '')
  const first = VIEWS.find((v) => v.group === 'profile')?.id
  go({ set: { sel: name }, ...(!stays && first !== undefined && { view: first }) })
}
