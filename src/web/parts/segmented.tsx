// A choice of few, all of them to be seen.

import type { ComponentChildren } from 'preact'

export interface Choice<T extends string> {
  readonly id: T
  readonly title: ComponentChildren
  /** More words, shown on hover. */
  readonly hint?: string
  readonly disabled?: boolean
}

/** One of several. Arrow keys choose, as in a group of radio buttons. */
export function Segmented<T extends string>(props: {
  readonly label: string
  readonly choices: readonly Choice<T>[]
  readonly value: T
  readonly onChoose: (id: T) => void
}) {
  const { label, choices, value, onChoose } = props
  const usable = choices.filter((c) => !c.disabled)
  const move = (e: KeyboardEvent): void => {
    if (e.ctrlKey || e.metaKey || e.altKey) return
    const step = /^Arrow(Right|Down)$/.test(e.key) ? 1 : /^Arrow(Left|Up)$/.test(e.key) ? -1 : 0
    if (step === 0) return
    e.preventDefault()
    e.stopPropagation()
    const at = usable.findIndex((c) => c.id === value)
    const next = usable[(at + step + usable.length) % usable.length]
    if (next === undefined) return
    onChoose(next.id)
    const buttons = (e.currentTarget as HTMLElement).querySelectorAll('button')
    buttons[choices.indexOf(next)]?.focus()
  }
  return (
    <span class="seg" role="radiogroup" aria-label={label} onKeyDown={move}>
      {choices.map((c, i) => (
        <button
          type="button"
          role="radio"
          key={c.id}
          class={c.id === value ? 'on' : ''}
          aria-checked={c.id === value}
          tabIndex={c.id === value || (i === 0 && !choices.some((x) => x.id === value)) ? 0 : -1}
          disabled={c.disabled}
          title={c.hint}
          onClick={() => onChoose(c.id)}
        >
          {c.title}
        </button>
      ))}
    </span>
  )
}
