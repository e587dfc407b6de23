// What can be done now, by name: for the palette. Parts of the page and views bring their own.

import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { IconName } from './parts/icons.tsx'

export interface Command {
  readonly id: string
  readonly title: string
  /** Other words by which people look for it, such as those of pprof's menus. */
  readonly words?: string
  /** As keys are named: `Shift+c`. */
  readonly keys?: string
  readonly icon?: IconName
  /** What stands behind it, dimmed: where it leads, what it is now. */
  readonly hint?: string
  readonly run: () => void
  /** Opens it in the second panel, where that makes sense. */
  readonly beside?: () => void
}

type Provider = { list: () => readonly Command[] }

const providers = signal<readonly Provider[]>([])

/** All commands that can be given now, those of views before those of the frame. */
export function activeCommands(): Command[] {
  const known = new Map<string, Command>()
  for (const p of [...providers.value].reverse())
    for (const c of p.list()) if (!known.has(c.id)) known.set(c.id, c)
  return [...known.values()]
}

/** Commands of a component while it is there. */
export function useCommands(list: () => readonly Command[]): void {
  const provider = useRef<Provider>({ list })
  provider.current.list = list
  useEffect(() => {
    const own = provider.current
    providers.value = [...providers.peek(), own]
    return () => {
      providers.value = providers.peek().filter((p) => p !== own)
    }
  }, [])
}
