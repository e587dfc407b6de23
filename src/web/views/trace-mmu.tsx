// Minimum mutator utilization: in the worst window of each length, which share of the time did the program get?

import { useEffect, useRef, useState } from 'preact/hooks'
import type { UtilizationFlags } from '../../core/analysis/trace/utilization.ts'
import { shareText } from '../../core/base/people-fmt.ts'
import type { AnswerOf } from '../../core/engine/workbench/questions/index.ts'
import { go, param } from '../address.ts'
import { type MmuFrame, mmuPath, nearestPoint, utilY, windowTicks, windowX } from '../draw/mmu.ts'
import { Segmented } from '../parts/segmented.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { Answer, ChooseTrace, durationText, timelineLink, traceFile } from './trace-parts.tsx'
import type { ViewProps } from './view.ts'

const ID = 'trace-mmu'
const FLAGS = `${ID}.flags`
const WINDOW = `${ID}.window`

const SWITCHES = [
  { id: 'stw', title: 'STW', hint: 'Stop-the-world pauses stop all goroutines at once.' },
  {
    id: 'background',
    title: 'Background workers',
    hint: 'Goroutines of the collector: a quarter of the processors while it marks.',
  },
  {
    id: 'assist',
    title: 'Mark assist',
    hint: 'Goroutines that allocate help to mark, so that they do not outrun the collector.',
  },
  { id: 'sweep', title: 'Sweep', hint: 'Memory is swept between collections.' },
] as const

/** The switches before anybody chose. */
const INITIAL = 'system|stw|background|assist'

/** The curve with percentiles and without: the reference's ids of switches, joined by `|`. */
function chosen(): ReadonlySet<string> {
  return new Set((param(FLAGS) || INITIAL).split('|'))
}

function choose(id: string, on: boolean): void {
  const now = new Set(chosen())
  if (id === 'perProc' || id === 'system') {
    now.delete('system')
    now.delete('perProc')
    now.add(id)
  } else if (on) now.add(id)
  else now.delete(id)
  const order = ['system', 'perProc', 'stw', 'background', 'assist', 'sweep', 'mut']
  const text = order.filter((f) => now.has(f)).join('|')
  go({ set: { [FLAGS]: text === INITIAL ? undefined : text } })
}

export function View(_props: ViewProps) {
  const file = traceFile()
  const on = chosen()
  const perProc = on.has('perProc')
  const flags: UtilizationFlags = {
    perProc,
    stw: on.has('stw'),
    background: on.has('background'),
    assist: on.has('assist'),
    sweep: on.has('sweep'),
  }
  const window = /^\d{1,15}$/.test(param(WINDOW)) ? Number(param(WINDOW)) : undefined
  const asked =
    file === undefined
      ? undefined
      : { file, flags, percentiles: false, ...(window !== undefined && { window }) }
  const answer = useAnswer('trace-mmu', asked)
  // Percentiles take longer: the curve is there before them.
  const more = useAnswer(
    'trace-mmu',
    on.has('mut') && file !== undefined ? { file, flags, percentiles: true } : undefined,
  )
  return (
    <>
      <div class="bar0">
        <Segmented
          label="View"
          choices={[
            {
              id: 'system',
              title: 'System',
              hint: 'Of all processors: with one of four free for the program it is 0.25. The usual definition.',
            },
            {
              id: 'perProc',
              title: 'Per-goroutine',
              hint: 'Of each processor: as soon as one goroutine is interrupted by the collector it is 0.',
            },
          ]}
          value={perProc ? 'perProc' : 'system'}
          onChoose={(id) => choose(id, true)}
        />
        <span class="switches" role="group" aria-label="What counts as time of the collector">
          {SWITCHES.map((s) => (
            <label key={s.id} class={`ctl check${on.has(s.id) ? ' on' : ''}`} title={s.hint}>
              <input
                type="checkbox"
                checked={on.has(s.id)}
                onChange={(e) => choose(s.id, e.currentTarget.checked)}
              />
              {s.title}
            </label>
          ))}
        </span>
        <label
          class={`ctl check${on.has('mut') ? ' on' : ''}`}
          title="Also without the worst 0.1, 1 and 5 % of windows"
        >
          <input
            type="checkbox"
            checked={on.has('mut')}
            onChange={(e) => choose('mut', e.currentTarget.checked)}
          />
          Percentiles
        </label>
        <ChooseTrace />
      </div>
      <Answer of={answer} what="reading the trace">
        {(value) => (
          <Mmu value={value} percentiles={on.has('mut') ? more.value : undefined} window={window} />
        )}
      </Answer>
    </>
  )
}

const LINES = ['line-c1', 'line-c2', 'line-c4', 'line-c3'] as const
/** Room for the words of the axes, px. */
const LEFT = 52
const BOTTOM = 26
const TOP = 12
const RIGHT = 16

type Value = AnswerOf<'trace-mmu'>

function Mmu(props: {
  readonly value: Value
  readonly percentiles: Value | undefined
  readonly window: number | undefined
}) {
  const { value, percentiles, window } = props
  const { curve } = value
  if (curve === undefined)
    return (
      <div class="empty">
        <h2>Nothing is known of utilization</h2>
        <p class="t2">The trace does not say how many processors there were, or contradicts itself.</p>
      </div>
    )
  return (
    <div class="mmu">
      <Chart curve={curve} percentiles={percentiles?.curve} window={window} />
      {window === undefined ? (
        <div class="ph">
          <span>
            Click a window length in the chart: the worst windows of that length are listed, and lead into the
            timeline.
          </span>
        </div>
      ) : (
        <Worst value={value} window={window} />
      )}
    </div>
  )
}

type Curve = NonNullable<Value['curve']>

function Chart(props: {
  readonly curve: Curve
  readonly percentiles: Curve | undefined
  readonly window: number | undefined
}) {
  const { curve, percentiles, window } = props
  const host = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [at, setAt] = useState(-1)
  useEffect(() => {
    const el = host.current!
    const measure = (): void => setSize({ width: el.clientWidth, height: el.clientHeight })
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(el)
    return () => watch.disconnect()
  }, [])
  const frame: MmuFrame = {
    width: Math.max(10, size.width - LEFT - RIGHT),
    height: Math.max(10, size.height - TOP - BOTTOM),
    xMin: curve.xMin,
    xMax: curve.xMax,
  }
  const shown = percentiles?.window.length === curve.window.length ? percentiles : curve
  const place = (e: PointerEvent | MouseEvent): number => {
    const box = host.current!.getBoundingClientRect()
    return nearestPoint(frame, curve.window, e.clientX - box.left - LEFT)
  }
  const select = (i: number): void => {
    const ns = curve.window[i]
    if (ns !== undefined) go({ set: { [WINDOW]: String(ns) } })
  }
  const keys = (e: KeyboardEvent): void => {
    const n = curve.window.length
    const now = at >= 0 ? at : window === undefined ? 0 : Math.max(0, curve.window.indexOf(window))
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: n - 1 }[e.key]
    if (to !== undefined) setAt(Math.max(0, Math.min(n - 1, to)))
    else if (e.key === 'Enter') select(now)
    else if (e.key === 'Escape' && window !== undefined) go({ set: { [WINDOW]: undefined } })
    else return
    e.preventDefault()
    e.stopPropagation()
  }
  const x = (ns: number): number => LEFT + windowX(frame, ns)
  const y = (util: number): number => TOP + utilY(frame, util)
  const names = shown.quantiles.map((q) => (q === 0 ? 'Minimum' : `p${+((1 - q) * 100).toFixed(1)}`))
  const said = at >= 0 && curve.window[at] !== undefined ? at : -1
  return (
    <div class="mmu-chart">
      <div class="ph">
        <span class="b">
          {shown.lines.length > 1 ? 'Mutator utilization' : 'Minimum mutator utilization'}
        </span>
        <span class="grow" />
        {names.map((name, k) => (
          <span class="lg" key={name}>
            <i class="line-key" style={{ background: `var(--${LINES[k]})` }} />
            {name}
          </span>
        ))}
        <span class="t3 xs">log scale</span>
      </div>
      <div
        class="mmu-plot"
        ref={host}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows move along the curve
        tabIndex={0}
        role="group"
        aria-label="Utilization by length of window: arrows move, Enter lists the worst windows"
        onKeyDown={keys}
        onPointerMove={(e) => setAt(place(e))}
        onPointerLeave={() => setAt(-1)}
        onClick={(e) => select(place(e))}
      >
        {size.width > 0 && (
          <svg width={size.width} height={size.height} aria-hidden="true">
            {[0, 0.25, 0.5, 0.75, 1].map((u) => (
              <g key={u}>
                <line class="rule" x1={LEFT} x2={LEFT + frame.width} y1={y(u)} y2={y(u)} />
                <text class="axis" x={LEFT - 8} y={y(u) + 4} text-anchor="end">
                  {u * 100} %
                </text>
              </g>
            ))}
            {windowTicks(curve).map((t) => (
              <g key={t}>
                <line class="rule" x1={x(t)} x2={x(t)} y1={TOP} y2={TOP + frame.height} />
                <text class="axis" x={x(t)} y={TOP + frame.height + 18} text-anchor="middle">
                  {durationText(t)}
                </text>
              </g>
            ))}
            {window !== undefined && (
              <line class="chosen" x1={x(window)} x2={x(window)} y1={TOP} y2={TOP + frame.height} />
            )}
            <g transform={`translate(${LEFT},${TOP})`}>
              {shown.lines.map((line, k) => (
                <path
                  key={names[k]}
                  class="curve"
                  d={mmuPath(frame, shown.window, line)}
                  style={{ stroke: `var(--${LINES[k]})` }}
                />
              ))}
            </g>
            {said >= 0 &&
              shown.lines.map((line, k) => (
                <circle
                  key={names[k]}
                  cx={x(shown.window[said]!)}
                  cy={y(line[said]!)}
                  r="4"
                  style={{ fill: `var(--${LINES[k]})` }}
                />
              ))}
          </svg>
        )}
        {said >= 0 && (
          <div class={`tip mmu-tip${x(curve.window[said]!) > size.width / 2 ? ' at-left' : ''}`}>
            <div class="b">windows of {durationText(curve.window[said]!)}</div>
            {shown.lines.map((line, k) => (
              <div key={names[k]}>
                <span class="t2">{names[k]}</span> {shareText(line[said]!, 1)}
              </div>
            ))}
          </div>
        )}
      </div>
      <div class="sr-only" aria-live="polite">
        {said >= 0 &&
          `windows of ${durationText(curve.window[said]!)}: ${shown.lines.map((line, k) => `${names[k]} ${shareText(line[said]!, 1)}`).join(', ')}`}
      </div>
    </div>
  )
}

function Worst({ value, window }: { readonly value: Value; readonly window: number }) {
  const { worst } = value
  const handle = useTable()
  const columns: Column[] = [
    {
      id: 'at',
      title: 'At',
      kind: 'number',
      width: 130,
      text: (row) => durationText(worst[row]!.time),
      value: (row) => worst[row]!.time,
      cell: (row) => (
        <a href={timelineLink({ from: worst[row]!.time, to: worst[row]!.time + window })}>
          {durationText(worst[row]!.time)}
        </a>
      ),
    },
    {
      id: 'util',
      title: 'The program got',
      kind: 'number',
      width: 220,
      text: (row) => shareText(worst[row]!.util, 1),
      value: (row) => worst[row]!.util,
      bar: (row) => worst[row]!.util,
    },
    {
      id: 'lost',
      title: 'Taken from it',
      kind: 'number',
      width: 130,
      text: (row) => durationText((1 - worst[row]!.util) * window),
      value: (row) => (1 - worst[row]!.util) * window,
    },
    { id: 'space', title: '', kind: 'name', width: 20, sortable: false, text: () => '' },
  ]
  return (
    <section class="col mmu-worst" aria-label="Worst windows">
      <div class="ph">
        <span class="b">The worst windows of {durationText(window)}</span>
        <span>they do not overlap; each leads into the timeline</span>
        <span class="grow" />
        <TableMenu table={handle} />
      </div>
      <Table
        id={ID}
        label="Worst windows"
        count={worst.length}
        columns={columns}
        data={value}
        sort="util"
        handle={handle}
        empty="In windows of this length the program lost nothing to the collector."
      />
    </section>
  )
}
