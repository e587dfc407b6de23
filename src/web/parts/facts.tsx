// Small parts of the runtime's views: tiles of numbers, pairs of name and value, places to choose a source from.

import type { ComponentChildren } from 'preact'
import { ABSENT, bytesText, shareText, timeText } from '../../core/base/people-fmt.ts'
import { go } from '../address.ts'
import { type Mark, SeverityMark } from './icons.tsx'
import { shortName } from './name.tsx'

/** A time in ms, as logs have them; NaN is absent. */
export const msText = (v: number): string => (Number.isNaN(v) ? ABSENT : v === 0 ? '0' : timeText(v * 1e6))
/** A time in s; NaN is absent. */
export const secondsText = (v: number): string =>
  Number.isNaN(v) ? ABSENT : v === 0 ? '0' : timeText(v * 1e9)
/** A size in MB of 2^20 bytes, which the runtime rounded down; NaN is absent. */
export const mbText = (v: number): string =>
  Number.isNaN(v) ? ABSENT : v === 0 ? '0' : bytesText(Math.round(v * 2 ** 20))
/** A share of 1; NaN is absent. */
export const partText = (v: number): string => (Number.isNaN(v) ? ABSENT : shareText(v, 1))

/** A view with its panel of details. */
export function WithDetails({
  side,
  children,
}: {
  readonly side?: ComponentChildren
  readonly children: ComponentChildren
}) {
  return (
    <div class="rt-box">
      <div class={side ? 'rt' : 'rt whole'}>
        <div class="rt-main">{children}</div>
        {side}
      </div>
    </div>
  )
}

/** The number of a tile with its unit apart: both are in the text of people-fmt, parted by a narrow space. */
export function Tile({
  value,
  of = '',
  words,
  tone,
}: {
  readonly value: string
  readonly of?: string
  readonly words: string
  readonly tone?: 'warning' | 'critical'
}) {
  const cut = value.lastIndexOf('\u202f')
  const unit = cut >= 0 && /[^\d]/.test(value.slice(cut + 1)) ? value.slice(cut + 1) : ''
  const number = unit === '' ? value.replace(/(\d)%$/, '$1') : value.slice(0, cut)
  const sign = unit === '' && value.endsWith('%') ? '%' : unit
  return (
    <div class="tile">
      <div class={`v${tone === undefined ? '' : ` ${tone}`}`}>
        {number}
        <small>{[sign, of].filter((t) => t !== '').join(' ')}</small>
      </div>
      <div class="k cut" title={words}>
        {words}
      </div>
    </div>
  )
}

/** Pairs of a name and a value. */
export function Facts({
  rows,
}: {
  readonly rows: readonly (readonly [ComponentChildren, ComponentChildren])[]
}) {
  return (
    <div class="kv">
      {rows.flatMap(([name, value], k) => [
        <span key={`n${k}`}>{name}</span>,
        <span key={`v${k}`}>{value}</span>,
      ])}
    </div>
  )
}

/** A line of advice over a view. */
export function Banner({ mark, children }: { readonly mark: Mark; readonly children: ComponentChildren }) {
  return (
    <div class={`banner ${mark}`}>
      <SeverityMark mark={mark} />
      <span>{children}</span>
    </div>
  )
}

/** Chooses one of several sources; nothing where there is only one. */
export function Choose(props: {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [value: string, text: string])[]
  /** Parameter of the address, and others that lose their meaning. */
  readonly set: string
  readonly clear?: readonly string[]
}) {
  const { label, value, options, set, clear = [] } = props
  if (options.length < 2) return null
  return (
    <select
      class="ctl choose"
      aria-label={label}
      value={value}
      onChange={(e) =>
        go({ set: { [set]: e.currentTarget.value, ...Object.fromEntries(clear.map((k) => [k, undefined])) } })
      }
    >
      {options.map(([v, text]) => (
        <option key={v} value={v}>
          {shortName(text)}
        </option>
      ))}
    </select>
  )
}

/** The number in a parameter; undefined if there is none. */
export function numberIn(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? Number(text) : undefined
}

/** Values as a line in a cell; a dot at the newest. */
export function Sparkline({
  values,
  tone = '',
  width = 84,
}: {
  readonly values: readonly number[]
  readonly tone?: string
  readonly width?: number
}) {
  const known = values.filter((v) => !Number.isNaN(v))
  if (known.length < 2) return <span class="t3">{ABSENT}</span>
  const high = Math.max(...known, 0)
  const low = Math.min(...known, 0)
  const span = high - low || 1
  const at = (v: number, k: number): string =>
    `${((k / (values.length - 1)) * (width - 4) + 2).toFixed(1)},${(16 - ((v - low) / span) * 13).toFixed(1)}`
  const path = values.map(at).join(' ')
  return (
    <svg
      class={`spark ${tone}`}
      viewBox={`0 0 ${width} 18`}
      width={width}
      height="18"
      role="img"
      aria-label={values.join(', ')}
    >
      <polygon class="spark-area" points={`2,18 ${path} ${width - 2},18`} />
      <polyline class="spark-line" points={path} />
    </svg>
  )
}
