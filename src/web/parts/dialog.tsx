// A dialog over the page: keeps the focus, and gives it back.

import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useEscape } from '../keys.ts'
import { Icon } from './icons.tsx'

export function Dialog(props: {
  readonly label: string
  readonly onClose: () => void
  readonly class?: string
  readonly children: ComponentChildren
}) {
  const { label, onClose, children } = props
  const el = useRef<HTMLDialogElement>(null)
  useEscape('overlay', true, onClose)
  useLayoutEffect(() => {
    const before = document.activeElement
    const dialog = el.current
    dialog?.showModal()
    dialog?.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={el}
      class={`dlg ${props.class ?? ''}`}
      aria-label={label}
      onCancel={(e) => {
        e.preventDefault()
        onClose()
      }}
      onPointerDown={(e) => {
        // The dialog's own box is filled by its content: a press on the element itself is one on the shade.
        if (e.target === el.current) onClose()
      }}
    >
      <div class="dlg-body">{children}</div>
    </dialog>
  )
}

export function DialogHead({
  title,
  hint,
  onClose,
}: {
  readonly title: string
  readonly hint?: ComponentChildren
  readonly onClose: () => void
}) {
  return (
    <div class="dq">
      <h2 class="b">{title}</h2>
      {hint !== undefined && <span class="t2 sm cut">{hint}</span>}
      <span class="grow" />
      <button type="button" class="ctl q ic" aria-label="Close" title="Close (Esc)" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  )
}
