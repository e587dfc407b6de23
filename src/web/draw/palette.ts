// The colours of the tokens, for canvases: read once per theme.

import { computed } from '@preact/signals'
import { colourBlind, dark } from '../theme.ts'

export type Palette = (token: string) => string

/** Gives the value of a token by its name without the dashes: `palette.value('org-main')`. */
export const palette = computed<Palette>(() => {
  // Both are followed; the style sheet has what they say.
  void dark.value
  void colourBlind.value
  const style = getComputedStyle(document.documentElement)
  const known = new Map<string, string>()
  return (token) => {
    let value = known.get(token)
    if (value === undefined) {
      value = style.getPropertyValue(`--${token}`).trim()
      known.set(token, value)
    }
    return value
  }
})
