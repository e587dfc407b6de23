// Keys: each part of the page says what its keys do, one listener hears them, and `?` lists them.

import { createContext } from 'preact'
import { useContext, useLayoutEffect, useRef } from 'preact/hooks'

/** `Ctrl+k`, `Shift+n`, `/`, `ArrowUp`; Ctrl means Cmd on a Mac. */
export interface KeyAction {
  readonly does: string
  readonly run: () => void
  /** Whether it also works while a text field has the focus. */
  readonly inFields?: boolean
  /** Left out of the overlay: another key is listed for the same. */
  readonly hidden?: boolean
}

export type Keys = Readonly<Record<string, KeyAction>>

export interface KeyGroup {
  readonly title: string
  readonly keys: Keys
}

export type PanelId = 'main' | 'beside'

/** Which panel a component stands in: of two views with the same keys, the one that is used has them. */
export const PanelOf = createContext<PanelId | undefined>(undefined)

/** Where the last click or focus was. */
const active: { panel: PanelId } = { panel: 'main' }

export function usePanel(panel: PanelId): void {
  active.panel = panel
}

interface Slot {
  title: string
  keys: Keys
  readonly panel: PanelId | undefined
  readonly everywhere: boolean
}

const slots: Slot[] = []

/** Those that get a key first stand first. */
function ranked(): Slot[] {
  const rank = (s: Slot): number =>
    s.everywhere ? 3 : s.panel === active.panel ? 0 : s.panel === undefined ? 1 : 2
  return slots
    .map((slot, i) => ({ slot, i }))
    .sort((a, b) => rank(a.slot) - rank(b.slot) || b.i - a.i)
    .map(({ slot }) => slot)
}

/** All keys that work now, for the overlay: general ones first. */
export function activeKeys(): readonly KeyGroup[] {
  const out = new Map<string, Record<string, KeyAction>>()
  for (const { title, keys } of ranked().reverse()) out.set(title, { ...out.get(title), ...keys })
  return [...out].map(([title, keys]) => ({ title, keys }))
}

/** Keys of a component while it is there. `everywhere`: only what no view wants. */
export function useKeys(title: string, keys: Keys, { everywhere = false } = {}): void {
  const panel = useContext(PanelOf)
  const slot = useRef<Slot>({ title, keys, panel, everywhere })
  slot.current.title = title
  slot.current.keys = keys
  // Before the next key can come.
  useLayoutEffect(() => {
    const own = slot.current
    slots.push(own)
    return () => void slots.splice(slots.indexOf(own), 1)
  }, [])
}

/** What Esc takes back, in this order: one step each time. */
const STEPS = ['overlay', 'search', 'selection', 'zoom', 'pivot', 'transform'] as const

export type EscapeStep = (typeof STEPS)[number]

interface Escape {
  step: EscapeStep
  active: boolean
  run: () => void
  readonly panel: PanelId | undefined
}

const escapes: Escape[] = []

/** What Esc does here while `on`; the newest of the lowest step gets it. */
export function useEscape(step: EscapeStep, on: boolean, run: () => void): void {
  const panel = useContext(PanelOf)
  const own = useRef<Escape>({ step, active: on, run, panel })
  Object.assign(own.current, { step, active: on, run })
  useLayoutEffect(() => {
    const entry = own.current
    escapes.push(entry)
    return () => void escapes.splice(escapes.indexOf(entry), 1)
  }, [])
}

/** One step out; whether there was one. */
export function escapeOnce(): boolean {
  for (const step of STEPS) {
    const found = escapes.filter((e) => e.active && e.step === step)
    const first = found.findLast((e) => e.panel === active.panel) ?? found.at(-1)
    if (first === undefined) continue
    first.run()
    return true
  }
  return false
}

/** How a key event is written. Shift counts for letters and named keys; for signs it is in the sign. */
export function keyName(
  e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): string {
  const parts: string[] = []
  if (e.ctrlKey || e.metaKey) parts.push('Ctrl')
  if (e.altKey) parts.push('Alt')
  if (e.shiftKey && (e.key.length > 1 || /[a-z]/i.test(e.key))) parts.push('Shift')
  // With Caps Lock a letter comes as a capital without Shift.
  parts.push(/^[A-Z]$/.test(e.key) ? e.key.toLowerCase() : e.key)
  return parts.join('+')
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  ' ': 'Space',
  '-': '−',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  ContextMenu: 'Menu',
}

/** A key as it is shown, one cap each: `Ctrl`, `K`. */
export function keyCaps(name: string): string[] {
  // "+" itself is written "+" or "Ctrl++".
  const parts = name.endsWith('+')
    ? [
        ...name
          .slice(0, -1)
          .split('+')
          .filter((p) => p !== ''),
        '+',
      ]
    : name.split('+')
  return parts.map((p) => SIGNS[p] ?? (p === 'Shift' ? '⇧' : /^[a-z]$/.test(p) ? p.toUpperCase() : p))
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
      !/^(checkbox|radio|button|range|color)$/.test((target as HTMLInputElement).type)))

/** Keys that a control of its own uses, and which nobody may take from it. */
const isControl = (target: EventTarget | null, key: string): boolean =>
  target instanceof HTMLElement &&
  (key === 'Enter' || key === ' ') &&
  target.closest('button, a[href], summary, [role=menuitem], input') !== null

addEventListener('keydown', (e) => {
  if (e.defaultPrevented || e.isComposing) return
  if (e.key === 'Escape') {
    if (escapeOnce()) e.preventDefault()
    return
  }
  // Under a dialog nothing may move.
  if (document.querySelector('dialog[open]') !== null) return
  const name = keyName(e)
  const field = isField(e.target)
  for (const { keys } of ranked()) {
    const action = keys[name]
    if (action === undefined || (field && !action.inFields) || isControl(e.target, name)) continue
    e.preventDefault()
    action.run()
    return
  }
})
