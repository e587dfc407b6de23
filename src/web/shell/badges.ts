// Counts on tabs: what the doctor found in a view.

import { signal } from '@preact/signals'

export interface Badge {
  readonly count: number
  readonly critical: boolean
}

/** By the view's id. Whoever knows sets them. */
export const badges = signal<Readonly<Record<string, Badge>>>({})
