// Keys: each view says what its keys do, one listener hears them, and `?` lists them.

import { useEffect } from 'preact/hooks'

/** `Ctrl+k`, `Shift+N`, `/`, `ArrowUp`; Ctrl means Cmd on a Mac. */
export interface KeyAction {
  readonly does: string
  readonly run: () => void
  /** Whether it also works while a text field has the focus. */
  readonly inFields?: boolean
}

export interface KeyGroup {
  readonly title: string
  readonly keys: Readonly<Record<string, KeyAction>>
}

/** The newest group that knows a key gets it. */
const groups: KeyGroup[] = []

/** All keys that work now, for the overlay. */
export function activeKeys(): readonly KeyGroup[] {
  return groups
}

/** Keys of a component while it is there. */
export function useKeys(title: string, keys: Readonly<Record<string, KeyAction>>): void {
  useEffect(() => {
    const group = { title, keys }
    groups.push(group)
    return () => void groups.splice(groups.indexOf(group), 1)
  })
}

/** How a key event is written. Shift counts for letters and named keys; for signs it is in the sign. */
export function keyName(
  e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string {
  const parts: string[] = []
  if (e.ctrlKey || e.metaKey) parts.push('Ctrl')
  if (e.altKey) parts.push('Alt')
  if (e.shiftKey && (e.key.length > 1 || /[a-z]/i.test(e.key))) parts.push('Shift')
  parts.push(/^[A-Z]$/.test(e.key) ? e.key.toLowerCase() : e.key)
  return parts.join('+')
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

addEventListener('keydown', (e) => {
  if (e.defaultPrevented || e.isComposing) return
  const name = keyName(e)
  const field = isField(e.target)
  for (let i = groups.length - 1; i >= 0; i--) {
    const action = groups[i]!.keys[name]
    if (action === undefined || (field && !action.inFields)) continue
    e.preventDefault()
    action.run()
    return
  }
})
