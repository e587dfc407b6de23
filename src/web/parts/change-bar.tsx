// The cell of a change: a bar to the left for less, to the right for more, the number on the other side of the line.

export function ChangeBar(props: {
  readonly change: number
  /** The largest change of the column: a whole half. */
  readonly most: number
  /** What steps of colour are shares of. */
  readonly whole: number
  /** The change with its sign. */
  readonly text: string
  /** `new` or `gone`; '' for neither. */
  readonly word: string
}) {
  const { change, most, whole, text, word } = props
  if (change === 0) return <span class="change zero">0</span>
  const size = Math.abs(change)
  const part = whole === 0 ? 1 : size / whole
  const step = part > 0.1 ? 3 : part > 0.02 ? 2 : 1
  const side = change > 0 ? 'plus' : 'minus'
  const width = `${most === 0 ? 0 : Math.max(1, (size / most) * 100)}%`
  const label = (
    <span class={`change-text ${side}`}>
      {text}
      {word !== '' && <small> {word}</small>}
    </span>
  )
  const bar = (
    <span class="change-half">
      <i class={`${side}-${step}`} style={{ width }} />
    </span>
  )
  return (
    <span class={`change ${side}`}>
      {change > 0 ? label : bar}
      {change > 0 ? bar : label}
    </span>
  )
}
