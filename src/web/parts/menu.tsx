// Menus: behind a button, or at a point of a view. Keys as in the ARIA pattern: arrows, Home, End, first letters.

import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useEscape } from '../keys.ts'
import { Icon, type IconName } from './icons.tsx'
import { Keycaps } from './kbd.tsx'

/** Where a list hangs: below (or above) a rectangle, or at a point. */
export interface MenuAnchor {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const EDGE = 8

/** Something that floats at an anchor, closed by Esc and by a press elsewhere. */
export function Popover(props: {
  readonly anchor: MenuAnchor
  readonly align?: 'start' | 'end'
  readonly onClose: () => void
  /** The element that opened it: a press on that is its own business. */
  readonly owner?: Element | null
  readonly class?: string
  readonly role?: 'menu' | 'dialog'
  readonly label: string
  readonly children: ComponentChildren
}) {
  const { anchor, align = 'start', onClose, owner, label, role = 'dialog', children } = props
  const box = useRef<HTMLDivElement>(null)
  const before = useRef(document.activeElement)
  const [at, setAt] = useState<{ left: number; top: number; height: number }>()
  const close = (): void => {
    onClose()
    if (before.current instanceof HTMLElement) before.current.focus()
  }
  useEscape('overlay', true, close)
  const place = (): void => {
    const el = box.current
    if (el === null) return
    const { offsetWidth: w, scrollHeight: h } = el
    const wanted = align === 'end' ? anchor.right - w : anchor.left
    const left = Math.max(EDGE, Math.min(wanted, innerWidth - w - EDGE))
    const below = innerHeight - anchor.bottom - EDGE - 4
    const above = anchor.top - EDGE - 4
    const up = below < Math.min(h, 240) && above > below
    const height = up ? above : below
    setAt({ left, top: up ? anchor.top - 4 - Math.min(h, height) : anchor.bottom + 4, height })
  }
  useLayoutEffect(place, [anchor.left, anchor.right, anchor.top, anchor.bottom])
  useEffect(() => {
    const out = (e: Event): void => {
      const to = e.target
      if (!(to instanceof Node) || box.current?.contains(to) || owner?.contains(to)) return
      onClose()
    }
    addEventListener('pointerdown', out, true)
    addEventListener('resize', onClose)
    return () => {
      removeEventListener('pointerdown', out, true)
      removeEventListener('resize', onClose)
    }
  })
  useEffect(() => {
    const first = box.current?.querySelector<HTMLElement>('[data-first], [role^=menuitem]:not(:disabled)')
    ;(first ?? box.current)?.focus()
  }, [])
  return (
    <div
      ref={box}
      class={`pop ${props.class ?? ''}`}
      {...{ role, 'aria-label': label }}
      tabIndex={-1}
      style={
        at === undefined
          ? { visibility: 'hidden' }
          : { left: `${at.left}px`, top: `${at.top}px`, maxHeight: `${at.height}px` }
      }
      onKeyDown={role === 'menu' ? moveInMenu : undefined}
    >
      {children}
    </div>
  )
}

function moveInMenu(e: KeyboardEvent): void {
  const items = [
    ...(e.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>(
      '[role^=menuitem]:not(:disabled)',
    ),
  ]
  const at = items.indexOf(document.activeElement as HTMLButtonElement)
  const to = (i: number): void => {
    e.preventDefault()
    e.stopPropagation()
    items[(i + items.length) % items.length]?.focus()
  }
  if (items.length === 0) return
  if (e.key === 'ArrowDown') to(at + 1)
  else if (e.key === 'ArrowUp') to(at < 0 ? -1 : at - 1)
  else if (e.key === 'Home') to(0)
  else if (e.key === 'End') to(-1)
  else if (e.key.length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey && !e.altKey) {
    const letter = e.key.toLowerCase()
    const next = [...items.keys()]
      .map((i) => (at + 1 + i) % items.length)
      .find((i) => items[i]!.textContent?.trim().toLowerCase().startsWith(letter))
    if (next === undefined) e.stopPropagation()
    else to(next)
  }
}

/** A button that opens a menu; `children` gets what closes it. */
export function MenuButton(props: {
  readonly label: string
  readonly button: ComponentChildren
  readonly class?: string
  readonly menuClass?: string
  readonly align?: 'start' | 'end'
  readonly role?: 'menu' | 'dialog'
  readonly title?: string
  readonly disabled?: boolean
  readonly children: (close: () => void) => ComponentChildren
}) {
  const { label, button, align, children, title, role = 'menu', disabled } = props
  const el = useRef<HTMLButtonElement>(null)
  const [anchor, setAnchor] = useState<MenuAnchor>()
  const close = (): void => setAnchor(undefined)
  const open = (): void => setAnchor(el.current?.getBoundingClientRect())
  return (
    <>
      <button
        ref={el}
        type="button"
        class={props.class ?? 'ctl'}
        aria-label={label}
        aria-haspopup={role}
        aria-expanded={anchor !== undefined}
        title={title}
        disabled={disabled}
        onClick={() => (anchor === undefined ? open() : close())}
        onKeyDown={(e) => {
          if (e.key !== 'ArrowDown' || anchor !== undefined) return
          e.preventDefault()
          e.stopPropagation()
          open()
        }}
      >
        {button}
      </button>
      {anchor !== undefined && (
        <Popover
          anchor={anchor}
          owner={el.current}
          label={label}
          role={role}
          onClose={close}
          {...(align && { align })}
          {...(props.menuClass && { class: props.menuClass })}
        >
          {children(() => {
            close()
            el.current?.focus()
          })}
        </Popover>
      )}
    </>
  )
}

/** A menu at a point, as for a right click. */
export function ContextMenu(props: {
  readonly x: number
  readonly y: number
  readonly label: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}) {
  const { x, y, label, onClose, children } = props
  return (
    <Popover anchor={{ left: x, right: x, top: y, bottom: y }} label={label} role="menu" onClose={onClose}>
      {children}
    </Popover>
  )
}

export function MenuItem(props: {
  readonly onSelect: () => void
  readonly icon?: IconName
  /** Set for what can be on or off; `radio` for one of several. */
  readonly checked?: boolean
  readonly radio?: boolean
  /** As keys are named: `Shift+c`. */
  readonly keys?: string
  readonly hint?: ComponentChildren
  readonly disabled?: boolean
  readonly children: ComponentChildren
}) {
  const { onSelect, icon, checked, radio, keys, hint, disabled, children } = props
  return (
    <button
      type="button"
      class="mi"
      role={checked === undefined ? 'menuitem' : radio ? 'menuitemradio' : 'menuitemcheckbox'}
      {...(checked !== undefined && { 'aria-checked': checked })}
      disabled={disabled}
      tabIndex={-1}
      onClick={onSelect}
      onPointerMove={(e) => e.currentTarget.focus({ preventScroll: true })}
    >
      <span class="mi-mark">{checked ? <Icon name="check" /> : icon && <Icon name={icon} />}</span>
      <span class="grow cut">{children}</span>
      {hint !== undefined && <span class="t3 xs">{hint}</span>}
      {keys !== undefined && <Keycaps name={keys} />}
    </button>
  )
}

export function MenuTitle({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="mt" role="presentation">
      {children}
    </div>
  )
}

export function MenuLine() {
  return <hr class="ml" />
}
