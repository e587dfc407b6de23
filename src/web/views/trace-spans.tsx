// What the pages of tasks and of regions have in common: a table of types with distributions, and fields of filters.

import type { ComponentChildren } from 'preact'
import type { DurationStats } from '../../core/analysis/trace/duration-stats.ts'
import { countText } from '../../core/base/people-fmt.ts'
import { goDuration } from '../../core/formats/gops/answers.ts'
import { go, param } from '../address.ts'
import { shortName } from '../parts/name.tsx'
import type { Column } from '../parts/table.tsx'
import { durationText, Histogram, Percentiles, percentileMarks, TinyHistogram } from './trace-parts.tsx'

/** Columns of durations of types. */
export function durationColumns(types: readonly DurationStats[]): Column[] {
  const of = (
    id: string,
    title: string,
    hint: string,
    value: (d: DurationStats) => number,
    from = 0,
  ): Column => ({
    id,
    title,
    hint,
    kind: 'number',
    width: 88,
    from,
    text: (row) => (types[row]!.count === 0 ? '–' : durationText(value(types[row]!))),
    value: (row) => (types[row]!.count === 0 ? Number.NaN : value(types[row]!)),
  })
  return [
    {
      id: 'distribution',
      title: 'Distribution',
      hint: 'Five bars to a power of ten',
      width: 170,
      sortable: false,
      text: (row) => types[row]!.histogram.map(([from, n]) => `${durationText(from)}: ${n}`).join(', '),
      cell: (row) => {
        const t = types[row]!
        if (t.count === 0) return <span class="t3">–</span>
        return (
          <span class="dist-cell">
            <span class="t3 xs">{durationText(t.histogram[0]![0])}</span>
            <TinyHistogram
              rows={t.histogram}
              label={`${countText(t.count)} from ${durationText(t.histogram[0]![0])} to ${durationText(t.max)}`}
            />
            <span class="t3 xs">{durationText(t.max)}</span>
          </span>
        )
      },
    },
    of('p50', 'Median', 'Median', (d) => d.p50),
    of('p99', 'p99', '99th percentile', (d) => d.p99),
    of('max', 'Longest', 'Longest', (d) => d.max),
    of('total', 'Together', 'Sum of all', (d) => d.total, 820),
  ]
}

/** A field of a filter, kept in the address. */
export function FilterField(props: {
  readonly of: string
  readonly label: string
  readonly placeholder: string
  readonly duration?: boolean
  readonly wide?: boolean
}) {
  const { of, label, placeholder, duration = false, wide = false } = props
  const value = param(of)
  const wrong = duration && value !== '' && goDuration(value) === undefined
  return (
    <label
      class={`field${wide ? ' wide' : ''}${wrong ? ' wrong' : ''}`}
      title={wrong ? 'A time as Go writes it, such as 1.5ms' : undefined}
    >
      <span>{label}</span>
      <input
        type="text"
        spellcheck={false}
        autocomplete="off"
        value={value}
        placeholder={placeholder}
        aria-invalid={wrong}
        onInput={(e) => go({ set: { [of]: e.currentTarget.value || undefined } }, { replace: true })}
      />
    </label>
  )
}

/** The height that a table of so many types takes: the rest is for their distributions. */
export const typesHeight = (rows: number): string => `min(45%, ${30 + Math.max(1, rows) * 25 + 2}px)`

/** Cards are drawn of the first types; all are in the table. */
const CARDS = 24

/** The distributions of types; a bar leads to those in it, an outlier into the timeline. */
export function TypeCards<T extends DurationStats & { readonly type: string }>(props: {
  readonly types: readonly T[]
  readonly nameless: string
  readonly link: (type: T) => string
  readonly onBucket: (type: T, latmin: string, latmax: string) => void
  readonly slowest: (type: T) => ComponentChildren
}) {
  const { types, nameless, link, onBucket, slowest } = props
  const drawn = types.filter((t) => t.count > 0)
  if (drawn.length === 0) return null
  return (
    <div class="type-cards">
      {drawn.slice(0, CARDS).map((t, i) => (
        <section class="type-card" key={`${t.type} ${i}`} aria-label={shortName(t.type) || nameless}>
          <div class="lab">
            <a class="m cut" href={link(t)}>
              {shortName(t.type) || nameless}
            </a>
            <span>{countText(t.count)}</span>
          </div>
          <Histogram
            rows={t.histogram}
            label={shortName(t.type) || nameless}
            height={90}
            marks={percentileMarks(t)}
            onBucket={(latmin, latmax) => onBucket(t, latmin, latmax)}
          />
          <Percentiles of={t} />
          <div class="sm t2 links">The slowest: {slowest(t)}</div>
        </section>
      ))}
    </div>
  )
}
