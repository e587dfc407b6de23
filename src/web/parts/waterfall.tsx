// Parts of a whole as a waterfall: each begins where the one before ends, so that they lead from the whole down to nothing.

import type { ComponentChildren } from 'preact'
import { shareText } from '../../core/base/people-fmt.ts'
import { type FallRow, layoutFall } from '../draw/waterfall-layout.ts'

export function Waterfall(props: {
  readonly label: string
  readonly wholeTitle: string
  readonly whole: number
  readonly rows: readonly FallRow[]
  readonly text: (v: number) => string
  readonly selected: string
  readonly onSelect: (id: string) => void
  /** Lines over the chart, such as limits, with their words. */
  readonly marks?: readonly { readonly value: number; readonly title: string }[]
  readonly children?: ComponentChildren
}) {
  const { label, whole, rows, text, selected, onSelect, marks = [] } = props
  const bars = layoutFall(rows, whole)
  const low = Math.min(0, ...bars.map((b) => b.from))
  const near = marks.filter((m) => m.value < whole * 1.6)
  const high = Math.max(whole, 1, ...bars.map((b) => b.to), ...near.map((m) => m.value))
  const place = (v: number): number => ((v - low) / (high - low)) * 100
  const move = (e: KeyboardEvent): void => {
    const at = bars.findIndex((b) => b.id === selected)
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0
    const next = bars[Math.max(0, Math.min(bars.length - 1, at + step))]
    if (step === 0 || next === undefined) return
    e.preventDefault()
    e.stopPropagation()
    onSelect(next.id)
  }
  return (
    <div class="fall" role="listbox" aria-label={label} tabIndex={0} onKeyDown={move}>
      <div class="fall-row whole">
        <span class="b">{props.wholeTitle}</span>
        <span class="num b">{text(whole)}</span>
        <span class="num t3">100%</span>
        <span class="fall-track">
          <i style={{ left: `${place(0)}%`, width: `${place(whole) - place(0)}%`, '--k': 'var(--line-3)' }} />
          {near.map((m) => (
            <em key={m.title} style={{ left: `${place(m.value)}%` }} title={`${m.title}: ${text(m.value)}`}>
              {m.title}
            </em>
          ))}
        </span>
      </div>
      {bars.map((b) => (
        <div
          key={b.id}
          class={`fall-row level${b.level}${b.id === selected ? ' sel' : ''}`}
          role="option"
          aria-selected={b.id === selected}
          title={b.hint}
          onClick={() => onSelect(b.id)}
        >
          <span class="cut">{b.title}</span>
          <span class={`num${b.value === 0 ? ' t3' : ''}`}>{text(b.value)}</span>
          <span class="num t3">{shareText(b.value, whole)}</span>
          <span class="fall-track">
            <i
              class={b.known === 'measured' ? '' : 'estimated'}
              style={{
                left: `${place(b.from)}%`,
                width: `${Math.max(0.15, place(b.to) - place(b.from))}%`,
                '--k': `var(--${b.token})`,
              }}
            />
          </span>
        </div>
      ))}
      {props.children}
    </div>
  )
}
