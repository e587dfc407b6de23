// The one time axis: a thin band with everything of the capture that has a time. A click leads to the view of that
// moment; a drag chooses a range that counts in all views of the same clock.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { groupDigits, timeText } from '../../core/base/people-fmt.ts'
import type { Moment, MomentClock, MomentSeries, Moments } from '../../core/engine/workbench/moments.ts'
import { go, linkTo, param } from '../address.ts'
import { palette } from '../draw/palette.ts'
import { useAnswer } from '../session.ts'
import { shortName } from './name.tsx'

/** A range of time that was chosen, ns on the clock of that key. */
export interface ChosenRange {
  readonly clock: string
  readonly from: number
  readonly to: number
}

/** The chosen range, if it is on that clock. */
export function chosenRange(clock: string): ChosenRange | undefined {
  const m = /^([\w.]+):(-?[\d.e+]+)~(-?[\d.e+]+)$/.exec(param('range'))
  if (m === null || m[1] !== clock) return undefined
  const [from, to] = [Number(m[2]), Number(m[3])]
  return to > from ? { clock, from, to } : undefined
}

/** Chooses a range, or with undefined all. */
export function chooseRange(range: ChosenRange | undefined): void {
  go(
    {
      set: {
        range:
          range === undefined
            ? undefined
            : `${range.clock}:${Math.round(range.from)}~${Math.round(range.to)}`,
      },
    },
    { replace: true },
  )
}

/** What is known of times; undefined until it is. */
export function useMoments(): Moments | undefined {
  return useAnswer('moments', {}).value
}

/** The clock of a log's or trace's rows, and where on it their own time is 0 (ns). */
export function clockOfSeries(
  moments: Moments | undefined,
  kind: 'gc' | 'sched',
  file: number,
  firstTime: number,
  params: Readonly<Record<string, string>> = {},
): { readonly clock: string; readonly zero: number } | undefined {
  const series = moments?.series.find(
    (s) =>
      s.kind === kind &&
      s.file === file &&
      s.rowParam !== '' &&
      Object.entries(params).every(([k, v]) => s.params[k] === undefined || s.params[k] === v),
  )
  const clock = series === undefined ? undefined : moments?.clocks[series.clock]
  return series === undefined || clock === undefined || series.at.length === 0
    ? undefined
    : { clock: clock.key, zero: series.at[0]! - firstTime }
}

const TOKENS: Readonly<Record<Moment['kind'], string>> = {
  profile: 'line-c1',
  trace: 'line-c2',
  dump: 'st-chan',
  crash: 'critical',
  memory: 'line-c4',
  heapdump: 'line-c5',
  gc: 'st-gc',
  sched: 'st-runnable',
  capture: 'line-3',
}

const NAMES: Readonly<Record<Moment['kind'], string>> = {
  profile: 'profile',
  trace: 'trace',
  dump: 'goroutines',
  crash: 'crash',
  memory: 'memory',
  heapdump: 'heap dump',
  gc: 'collection',
  sched: 'scheduler',
  capture: 'capture',
}

const SURE: Readonly<Record<Moment['certainty'], string>> = {
  exact: '',
  'same moment': ', time of another file of the same moment',
  computed: ', time computed from collections that both files know',
  'at least': ', or later: the time is that of the last collection before it',
  unknown: ', time not known',
}

/** A place on the axis that the view shows, ns on its clock. */
export interface MomentStripProps {
  /** Key of the clock that the view is of; the wall clock if not given. */
  readonly clock?: string | undefined
  readonly at?: number | undefined
}

export function MomentStrip({ clock, at }: MomentStripProps) {
  const moments = useMoments()
  const wanted = param('clock') || clock || 'unix'
  const row = moments === undefined ? -1 : moments.clocks.findIndex((c) => c.key === wanted)
  const used = row >= 0 ? row : 0
  if (moments === undefined || moments.clocks[used] === undefined)
    return <div class="moments empty-moments" aria-hidden="true" />
  return <Strip moments={moments} row={used} at={moments.clocks[used].key === clock ? at : undefined} />
}

/** Nothing on an axis is narrower. */
const LEAST_NS = 1e6

function Strip({
  moments,
  row,
  at,
}: {
  readonly moments: Moments
  readonly row: number
  readonly at: number | undefined
}) {
  const { clocks } = moments
  const clock = clocks[row]!
  const own = useMemo(() => moments.moments.filter((m) => m.clock === row), [moments, row])
  const length = Math.max(LEAST_NS, clock.to - clock.from)
  // A little room, so that what is first and last can be hit.
  const from = clock.from - length * 0.01
  const to = clock.to + length * 0.02
  const place = (t: number): number => ((t - from) / (to - from)) * 100
  const chosen = chosenRange(clock.key)
  const band = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<readonly [number, number] | undefined>(undefined)
  const timeAt = (e: PointerEvent | MouseEvent): number => {
    const box = band.current!.getBoundingClientRect()
    return from + ((e.clientX - box.left) / box.width) * (to - from)
  }
  const down = (e: PointerEvent): void => {
    if (e.button !== 0 || (e.target as Element).closest('a') !== null) return
    const start = timeAt(e)
    const element = band.current!
    element.setPointerCapture(e.pointerId)
    let moved = false
    const move = (m: PointerEvent): void => {
      moved ||= Math.abs(m.clientX - e.clientX) > 3
      if (moved) setDrag([Math.min(start, timeAt(m)), Math.max(start, timeAt(m))])
    }
    const up = (u: PointerEvent): void => {
      element.removeEventListener('pointermove', move)
      element.removeEventListener('pointerup', up)
      setDrag(undefined)
      if (moved)
        chooseRange({ clock: clock.key, from: Math.min(start, timeAt(u)), to: Math.max(start, timeAt(u)) })
      else openSeriesAt(moments, row, timeAt(u), ((to - from) / element.clientWidth) * 6)
    }
    element.addEventListener('pointermove', move)
    element.addEventListener('pointerup', up)
  }
  const shown = drag ?? (chosen && ([chosen.from, chosen.to] as const))
  return (
    <nav class="moments" aria-label="Time axis">
      <div class="moments-side">
        {clocks.length > 1 ? (
          <select
            class="ctl moments-clock"
            aria-label="Clock of the time axis"
            value={clock.key}
            onChange={(e) => go({ set: { clock: e.currentTarget.value } })}
          >
            {clocks.map((c) => (
              <option key={c.key} value={c.key}>
                {clockTitle(c)}
              </option>
            ))}
          </select>
        ) : (
          <span class="t3 xs cut">{clockTitle(clock)}</span>
        )}
        {shown !== undefined ? (
          <span class="xs moments-range">
            {timeText(shown[1] - shown[0])} chosen
            <button type="button" class="link" onClick={() => chooseRange(undefined)}>
              all
            </button>
          </span>
        ) : (
          <span class="t3 xs cut">{rangeText(clock)}</span>
        )}
      </div>
      <div class="moments-band" ref={band} onPointerDown={down} onDblClick={() => chooseRange(undefined)}>
        <Density moments={moments} row={row} from={from} to={to} />
        {ticks(length).map((t) => (
          <span class="moments-tick" key={t} style={{ left: `${place(clock.from + t)}%` }}>
            {timeText(t)}
          </span>
        ))}
        {own.map((m) => (
          <MomentMark key={`${m.kind} ${m.file} ${m.from}`} m={m} clock={clock} place={place} />
        ))}
        {at !== undefined && <span class="moments-at" style={{ left: `${place(at)}%` }} />}
        {shown !== undefined && (
          <span
            class="moments-chosen"
            style={{ left: `${place(shown[0])}%`, width: `${place(shown[1]) - place(shown[0])}%` }}
          />
        )}
      </div>
    </nav>
  )
}

function clockTitle(c: MomentClock): string {
  return c.unix
    ? 'Time of day'
    : shortName(c.zero.replace(/^the start of (the process of )?/, 'since start: '))
}

function rangeText(c: MomentClock): string {
  if (!c.unix) return timeText(c.to)
  return `${new Date(c.from / 1e6).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function MomentMark({
  m,
  clock,
  place,
}: {
  readonly m: Moment
  readonly clock: MomentClock
  readonly place: (t: number) => number
}) {
  const left = place(m.from)
  const width = place(m.to) - left
  const when = `${timeText(Math.max(0, m.from - clock.from))}${m.to > m.from ? ` for ${timeText(m.to - m.from)}` : ''}`
  const text = `${m.title} at ${when}${SURE[m.certainty]}`
  const style = {
    left: `${left}%`,
    '--k': `var(--${TOKENS[m.kind]})`,
    ...(width > 0.4 && { width: `${width}%` }),
  }
  const kind = width > 0.4 ? 'long' : 'short'
  const classes = `moment ${kind} of-${m.kind}${m.certainty === 'exact' ? '' : ' unsure'}`
  if (m.view === '') return <span class={classes} style={style} title={text} />
  return (
    <a
      class={classes}
      style={style}
      href={linkTo({ view: m.view, set: m.params })}
      title={text}
      aria-label={`${NAMES[m.kind]}: ${text}`}
    >
      {kind === 'long' && <span class="moment-name">{m.title}</span>}
    </a>
  )
}

/** A few round times within a length. */
function ticks(length: number): number[] {
  const power = 10 ** Math.floor(Math.log10(length / 6))
  const step = power * ([1, 2, 5, 10].find((f) => power * f >= length / 6) ?? 10)
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, k) => k * step)
}

/** Rows of a series to draw: all, or of each pixel the one with the most weight. */
function heaviest({ at, weight }: MomentSeries, from: number, to: number, width: number): Iterable<number> {
  if (at.length <= 4 * width) return at.keys()
  const best = new Map<number, number>()
  for (let i = 0; i < at.length; i++) {
    const pixel = Math.floor(((at[i]! - from) / (to - from)) * width)
    const known = best.get(pixel)
    if (known === undefined || weight[i]! > weight[known]!) best.set(pixel, i)
  }
  return best.values()
}

/** Collections and snapshots of a log: so many that only a canvas shows them. */
function Density({
  moments,
  row,
  from,
  to,
}: {
  readonly moments: Moments
  readonly row: number
  readonly from: number
  readonly to: number
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const colours = palette.value
  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const draw = (): void => {
      const { clientWidth, clientHeight } = element
      element.width = clientWidth * devicePixelRatio
      element.height = clientHeight * devicePixelRatio
      const ctx = element.getContext('2d')
      if (ctx === null || clientWidth === 0) return
      const series = moments.series.filter((s) => s.clock === row)
      series.forEach((s, k) => {
        const height = element.height / series.length
        let most = 0
        for (const v of s.weight) if (v > most) most = v
        ctx.fillStyle = colours(TOKENS[s.kind])
        // Of very many only as many as there are pixels, the heaviest of each.
        for (const i of heaviest(s, from, to, element.width)) {
          const at = ((s.at[i]! - from) / (to - from)) * element.width
          const share = most > 0 && !Number.isNaN(s.weight[i]!) ? Math.sqrt(s.weight[i]! / most) : 1
          const tall = Math.max(2 * devicePixelRatio, share * height * 0.9)
          ctx.globalAlpha = s.at.length > 300 ? 0.5 : 0.9
          ctx.fillRect(at - devicePixelRatio / 2, (k + 1) * height - tall, devicePixelRatio, tall)
        }
      })
    }
    draw()
    const resized = new ResizeObserver(draw)
    resized.observe(element)
    return () => resized.disconnect()
  }, [moments, row, from, to, colours])
  const series = moments.series.filter((s) => s.clock === row)
  return (
    <canvas
      class="moments-density"
      ref={canvas}
      role="img"
      aria-label={series.map((s) => `${groupDigits(s.at.length)} ${s.title}`).join(', ')}
    />
  )
}

/** Opens the row of a log that is nearest to a time, if one is near. */
function openSeriesAt(moments: Moments, row: number, time: number, reach: number): void {
  let best: { distance: number; run: () => void } | undefined
  for (const s of moments.series) {
    if (s.clock !== row) continue
    let at = 0
    for (let low = 0, high = s.at.length; low < high; ) {
      const middle = (low + high) >> 1
      if (s.at[middle]! < time) low = middle + 1
      else high = middle
      at = low
    }
    for (const k of [at - 1, at]) {
      const t = s.at[k]
      if (t === undefined) continue
      const distance = Math.abs(t - time)
      if (distance > reach || (best !== undefined && best.distance <= distance)) continue
      best = {
        distance,
        run: () =>
          go({ view: s.view, set: { ...s.params, ...(s.rowParam !== '' && { [s.rowParam]: String(k) }) } }),
      }
    }
  }
  best?.run()
}

/** How far a moment may be to be called near: ns. */
const NEAR = 0.5e9
const NEAR_SHOWN = 8

/** What else the capture has of a time: what lasted then, and what is near it. */
export function NearMoments({
  clock,
  at,
  except,
}: {
  readonly clock: string | undefined
  readonly at: number | undefined
  /** The file that the view shows itself. */
  readonly except?: number | undefined
}) {
  const moments = useMoments()
  const row = moments?.clocks.findIndex((c) => c.key === clock) ?? -1
  if (moments === undefined || row < 0 || at === undefined) return null
  const distance = (m: Moment): number => Math.max(0, m.from - at, at - m.to)
  const near = moments.moments
    .filter((m) => m.clock === row && m.view !== '' && m.file !== except && distance(m) <= NEAR)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, NEAR_SHOWN)
  if (near.length === 0) return null
  return (
    <section class="sec">
      <div class="lab">The same moment elsewhere</div>
      <ul class="near">
        {near.map((m) => (
          <li key={`${m.kind} ${m.file} ${m.from}`}>
            <a
              href={linkTo({ view: m.view, set: paramsAt(m, at) })}
              title={SURE[m.certainty].replace(/^, /, '')}
            >
              {m.title}
            </a>
            <span class="t3 xs">
              {distance(m) === 0 ? (m.to > m.from ? 'lasts' : 'now') : timeText(distance(m))}
              {distance(m) > 0 && (m.from > at ? ' later' : ' earlier')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Half of what the timeline shows round a moment: ns. */
const ROUND = 5e6

/** Where a moment leads: of a trace that lasts then, to that time in it. */
function paramsAt(m: Moment, at: number): Readonly<Record<string, string>> {
  if (m.kind !== 'trace' || at < m.from || at > m.to) return m.params
  const time = at - m.from
  return {
    ...m.params,
    'timeline.from': String(Math.max(0, Math.round(time - ROUND))),
    'timeline.to': String(Math.round(Math.min(m.to - m.from, time + ROUND))),
  }
}
