// Dark, light, or as the system says; and which colours differences have. A matter of the reader, not of what is
// shown: kept by the browser, not in the address.

import { computed, effect, signal } from '@preact/signals'

export type Theme = 'system' | 'dark' | 'light'

const STORE = 'goscope-theme'
const DIFF_STORE = 'goscope-diff'

/** Browsers may refuse to keep anything, as for pages from disk. */
function kept(key: string): string {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Then it lasts as long as the page.
  }
}

const known = kept(STORE)
export const theme = signal<Theme>(known === 'dark' || known === 'light' ? known : 'system')
/** Whether differences are orange and blue. */
export const colourBlind = signal(kept(DIFF_STORE) === 'cb')

const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(system.matches)
system.addEventListener('change', () => {
  systemDark.value = system.matches
})

/** Which one is in force. Canvases that follow it read their colours again. */
export const dark = computed(() => (theme.value === 'system' ? systemDark.value : theme.value === 'dark'))

export function startTheme(): void {
  effect(() => {
    const { dataset } = document.documentElement
    if (theme.value === 'system') delete dataset.theme
    else dataset.theme = theme.value
    if (colourBlind.value) dataset.diff = 'cb'
    else delete dataset.diff
    keep(STORE, theme.value)
    keep(DIFF_STORE, colourBlind.value ? 'cb' : '')
  })
}

/** To the other one of what is seen now. */
export function toggleTheme(): void {
  theme.value = dark.value ? 'light' : 'dark'
}
