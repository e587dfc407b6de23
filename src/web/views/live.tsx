// Live numbers: what the program does now, what is wrong with it, and a button for more.

import { useEffect, useMemo } from 'preact/hooks'
import { alerts } from '../../core/analysis/live/levels.ts'
import { alertText, metricText } from '../../core/analysis/live/metric-text.ts'
import { METRICS, type MetricName } from '../../core/analysis/live/metrics.ts'
import { bytesText, countText, shareText, timeText } from '../../core/base/people-fmt.ts'
import { go, param } from '../address.ts'
import { useKeys } from '../keys.ts'
import {
  isLive,
  type LiveTarget,
  liveProblem,
  liveTargets,
  paused,
  startLive,
  type Take,
  takeNow,
  taken,
  taking,
} from '../live.ts'
import { Chart, type ChartSeries } from '../parts/chart.tsx'
import { Tile } from '../parts/facts.tsx'
import { SeverityMark } from '../parts/icons.tsx'
import { displayName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Loading } from '../parts/states.tsx'
import type { ViewProps } from './view.ts'

interface Line {
  readonly name: MetricName
  readonly label: string
  readonly token: string
  readonly fill?: boolean
  readonly dash?: boolean
}

interface LiveChart {
  readonly id: string
  readonly title: string
  readonly text: (v: number) => string
  readonly lines: readonly Line[]
}

const seconds = (v: number): string => timeText(Math.round(v * 1e9))
const perSecond = (v: number): string => `${countText(Math.round(v * 100) / 100)}/s`
const plain = (v: number): string => countText(Math.round(v * 100) / 100)

/** In the order in which a program is looked at; those without any number are not drawn. */
const CHARTS: readonly LiveChart[] = [
  {
    id: 'cpu',
    title: 'Processors',
    text: plain,
    lines: [
      { name: 'cpu', label: 'used', token: 'line-c1', fill: true },
      { name: 'cpu.ready', label: 'ready, without one', token: 'line-c2' },
      { name: 'cpu.limit', label: 'may use', token: 'text-3', dash: true },
    ],
  },
  {
    id: 'heap',
    title: 'Heap',
    text: bytesText,
    lines: [
      { name: 'heap.alloc', label: 'allocated', token: 'line-c1', fill: true },
      { name: 'heap.live', label: 'live', token: 'line-c3' },
      { name: 'heap.goal', label: 'goal', token: 'line-c2', dash: true },
    ],
  },
  {
    id: 'memory',
    title: 'Memory',
    text: bytesText,
    lines: [
      { name: 'rss', label: 'resident', token: 'line-c4', fill: true },
      { name: 'go.held', label: 'held by the runtime', token: 'line-c1' },
      { name: 'memory.limit', label: 'limit', token: 'text-3', dash: true },
    ],
  },
  {
    id: 'goroutines',
    title: 'Goroutines',
    text: plain,
    lines: [
      { name: 'goroutines', label: 'all', token: 'line-c5', fill: true },
      { name: 'goroutines.runnable', label: 'runnable', token: 'st-runnable' },
      { name: 'goroutines.lock', label: 'wait for locks', token: 'st-sync' },
      { name: 'goroutines.channel', label: 'wait on channels', token: 'st-chan' },
      { name: 'goroutines.io', label: 'wait for network or files', token: 'st-network' },
    ],
  },
  {
    id: 'alloc',
    title: 'Allocation',
    text: (v) => `${bytesText(v)}/s`,
    lines: [{ name: 'alloc.rate', label: 'bytes a second', token: 'org-alloc', fill: true }],
  },
  {
    id: 'gc',
    title: 'Collector',
    text: (v) => shareText(v, 1),
    lines: [{ name: 'gc.cpu', label: 'share of CPU', token: 'st-gc', fill: true }],
  },
  {
    id: 'latency',
    title: 'Pauses and scheduler latency',
    text: seconds,
    lines: [
      { name: 'gc.pause.max', label: 'longest pause', token: 'st-stw' },
      { name: 'sched.p99', label: 'scheduler, 99th percentile', token: 'st-runnable' },
      { name: 'answer', label: 'its answer to us', token: 'text-3' },
    ],
  },
  {
    id: 'threads',
    title: 'Threads and files',
    text: plain,
    lines: [
      { name: 'threads', label: 'threads', token: 'line-c2' },
      { name: 'files', label: 'open files', token: 'line-c4' },
      { name: 'tcp.established', label: 'TCP connections', token: 'line-c1' },
    ],
  },
  {
    id: 'network',
    title: 'Network and disks',
    text: (v) => `${bytesText(v)}/s`,
    lines: [
      { name: 'net.receive', label: 'received', token: 'line-c1' },
      { name: 'net.send', label: 'sent', token: 'line-c3' },
      { name: 'disk.read', label: 'read', token: 'line-c5' },
      { name: 'disk.write', label: 'written', token: 'line-c2' },
    ],
  },
  {
    id: 'trouble',
    title: 'Trouble',
    text: perSecond,
    lines: [
      { name: 'faults.major', label: 'page faults with a disk read', token: 'line-c6' },
      { name: 'switches.forced', label: 'forced switches', token: 'line-c2' },
      { name: 'net.drops', label: 'dropped packets', token: 'line-c4' },
    ],
  },
]

const TILES: readonly { readonly name: MetricName; readonly words: string }[] = [
  { name: 'cpu', words: 'processors used' },
  { name: 'rss', words: 'resident' },
  { name: 'heap.live', words: 'live heap' },
  { name: 'alloc.rate', words: 'allocated' },
  { name: 'gc.cpu', words: 'of CPU in the collector' },
  { name: 'goroutines', words: 'goroutines' },
]

const TAKES: readonly {
  readonly what: Take
  readonly title: string
  readonly key: string
  readonly hint: string
}[] = [
  { what: 'capture', title: 'Capture now', key: 'c', hint: 'everything the program gives, in a new folder' },
  { what: 'cpu', title: 'CPU, 10 s', key: 'p', hint: 'a CPU profile' },
  { what: 'heap', title: 'Heap', key: 'h', hint: 'a heap profile' },
  { what: 'goroutines', title: 'Goroutines', key: 'g', hint: 'a dump of all goroutines' },
]

const WINDOWS = [
  { id: '60', title: '1 min' },
  { id: '300', title: '5 min' },
  { id: '600', title: '10 min' },
  { id: '3600', title: '1 h' },
] as const

export function View(_props: ViewProps) {
  useEffect(startLive, [])
  const targets = liveTargets.value
  const at = Math.min(Math.max(0, Number(param('live.target')) || 0), Math.max(0, targets.length - 1))
  useKeys('Live', {
    ...Object.fromEntries(
      TAKES.map((t) => [t.key, { does: `take: ${t.hint}`, run: () => void takeNow(at, t.what) }]),
    ),
    ' ': {
      does: 'stop and go on',
      run: () => {
        paused.value = !paused.peek()
      },
    },
  })
  if (!isLive)
    return (
      <Empty title="Nothing is watched here" command="goscope watch --web localhost:6060">
        It would show what a program does now, in charts that move.
      </Empty>
    )
  const target = targets[at]
  if (target === undefined) return <Loading what={liveProblem.value || 'waiting for the first numbers'} />
  return <Watched target={target} at={at} targets={targets} />
}

function Watched(props: {
  readonly target: LiveTarget
  readonly at: number
  readonly targets: readonly LiveTarget[]
}) {
  const { target, at, targets } = props
  const stopped = paused.value
  // While it is stopped the charts keep the readings that they had.
  const shown = useMemo(() => target, [stopped ? 'stopped' : target])
  const window = param('live.window') || '300'
  const busy = taking.value
  const problem = liveProblem.value || (target.ended ? 'the program has ended' : target.problem)
  const wrong = alerts(target.last)
  return (
    <>
      <div class="bar0">
        {targets.length > 1 ? (
          <select
            class="ctl choose"
            aria-label="Program"
            value={String(at)}
            onChange={(e) => go({ set: { 'live.target': e.currentTarget.value } })}
          >
            {targets.map((t, k) => (
              <option key={k} value={String(k)}>
                {displayName(t.program === '' ? t.shown : `${t.program} at ${t.shown}`)}
              </option>
            ))}
          </select>
        ) : (
          <span class="b">{displayName(target.program || target.shown)}</span>
        )}
        <span class="t3 xs">
          {displayName(
            [
              target.program === '' ? '' : target.shown,
              target.goVersion,
              target.pid === null ? '' : `pid ${target.pid}`,
            ]
              .filter((t) => t !== '')
              .join(' · '),
          )}
        </span>
        <span class="grow" />
        <Segmented
          label="Time shown"
          choices={WINDOWS}
          value={WINDOWS.find((w) => w.id === window)?.id ?? '300'}
          onChoose={(id) => go({ set: { 'live.window': id === '300' ? undefined : id } })}
        />
        <button
          type="button"
          class={`ctl${stopped ? ' on' : ''}`}
          aria-pressed={stopped}
          title="Stop the charts (Space)"
          onClick={() => {
            paused.value = !stopped
          }}
        >
          {stopped ? 'Stopped' : 'Stop'}
        </button>
        {TAKES.map((t) => (
          <button
            type="button"
            key={t.what}
            class={`ctl${t.what === 'capture' ? ' p' : ''}`}
            disabled={busy.has(`${at} ${t.what}`)}
            title={`${t.hint} (${t.key.toUpperCase()})`}
            onClick={() => void takeNow(at, t.what)}
          >
            {busy.has(`${at} ${t.what}`) ? `${t.title} …` : t.title}
          </button>
        ))}
      </div>
      <div class="scroll">
        <div class="strip">
          {TILES.map(({ name, words }) => (
            <Tile key={name} value={metricText(name, target.last[name])} words={words} />
          ))}
        </div>
        <div class="live-words" aria-live="polite">
          {problem !== '' && (
            <p>
              <SeverityMark mark="warning" /> {displayName(problem)}
            </p>
          )}
          {taken.value !== '' && <p class="t2">{displayName(taken.value)}</p>}
          {wrong.map((a) => (
            <p key={a.name}>
              <SeverityMark mark={a.level === 'critical' ? 'critical' : 'warning'} />{' '}
              {alertText(a.name, target.last)}
            </p>
          ))}
        </div>
        <div class="live-charts">
          {CHARTS.map((c) => (
            <OneChart key={c.id} chart={c} target={shown} seconds={Number(window) || 300} />
          ))}
        </div>
      </div>
    </>
  )
}

function OneChart(props: {
  readonly chart: LiveChart
  readonly target: LiveTarget
  readonly seconds: number
}) {
  const { chart, target } = props
  const end = target.times.at(-1) ?? 0
  const series: ChartSeries[] = chart.lines.flatMap(({ name, label, token, fill, dash }) => {
    const values = target.columns.get(name)
    if (values === undefined) return []
    return [
      {
        label,
        values,
        kind: 'line' as const,
        token,
        ...(fill && { fill }),
        ...(dash && { dash }),
        text: (v: number) => metricText(name, v),
      },
    ]
  })
  if (series.length === 0) return null
  // A limit far away would press everything else to the ground; the alerts know it all the same.
  const most = Math.max(...series.filter((s) => !s.dash).map((s) => largest(s.values)))
  const drawn = series.filter((s) => !s.dash || largest(s.values) <= LIMIT_SHOWN * most)
  const units = METRICS[chart.lines[0]!.name].unit
  return (
    <Chart
      id={`live.${chart.id}`}
      title={chart.title}
      x={target.times}
      xTitle="Time"
      xText={(v) => new Date(v * 1000).toLocaleTimeString('en-GB')}
      yText={chart.text}
      series={drawn}
      least={[0, units === 'share' ? 0.01 : 0]}
      range={[end - props.seconds, end]}
      sync="live"
      height={150}
    />
  )
}

/** How many times as large as everything else a limit may be, and still be drawn. */
const LIMIT_SHOWN = 4

function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!
  return most
}
