// Whether the details are there: as the address says, else where there is room for them.

import { signal } from '@preact/signals'
import { address, go, param } from '../address.ts'

/** From here on details are open at first, px of the window: a selection must not change the layout. */
const ROOMY = '(min-width: 1500px)'

const query = matchMedia(ROOMY)
const roomy = signal(query.matches)
query.addEventListener('change', () => {
  roomy.value = query.matches
})

export function detailsOpen(): boolean {
  const said = param('details')
  return said === '' ? roomy.value : said === '1'
}

/** Opens or closes them. */
export function toggleDetails(): void {
  const open = detailsOpen()
  const initial = roomy.peek() === !open
  if (address.peek().view !== '')
    go({ set: { details: initial ? undefined : open ? '0' : '1' } }, { replace: true })
}
