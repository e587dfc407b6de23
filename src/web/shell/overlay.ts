// What lies over the page: one thing at a time.

import { signal } from '@preact/signals'

export type Overlay = 'palette' | 'keys' | 'compare' | 'save-config'

export const overlay = signal<Overlay | undefined>(undefined)
/** What the palette begins with. */
export const paletteStart = signal('')

export function openPalette(text = ''): void {
  paletteStart.value = text
  overlay.value = 'palette'
}

export function closeOverlay(): void {
  overlay.value = undefined
}
