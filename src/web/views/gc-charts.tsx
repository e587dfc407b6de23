// Charts of the collector's log: heap, pauses, cycles in pieces of time, CPU of the phases.

import { useMemo } from 'preact/hooks'
import { countText } from '../../core/base/people-fmt.ts'
import type { GcLogAnswer } from '../../core/engine/workbench/questions/gc-log.ts'
import { Chart, type ChartSeries } from '../parts/chart.tsx'
import { mbText, msText, partText, secondsText } from '../parts/facts.tsx'

type Data = NonNullable<GcLogAnswer['data']>

interface ChartsProps {
  readonly data: Data
  readonly row: number
  readonly range: readonly [number, number] | undefined
  readonly onRange: ((r: readonly [number, number] | undefined) => void) | undefined
  readonly onSelect: (row: number) => void
}

export function GcCharts({ data, row, range, onRange, onSelect }: ChartsProps) {
  const { columns: c, buckets, report } = data
  const saw = useMemo(() => sawTooth(data), [data])
  const stacked = useMemo(() => stackedPhases(data), [data])
  const common = {
    x: c.start,
    xTitle: data.sinceStart ? 'Since the start' : 'Since the first line',
    xText: secondsText,
    sync: 'gc',
    rightRoom: buckets !== undefined,
    ...(buckets && {
      whole: [Math.min(buckets.from, c.start[0]!), Math.max(report.to, c.start.at(-1)!)] as const,
    }),
    selected: row,
    onSelect,
    ...(range && { range }),
    ...(onRange && { onRange }),
  }
  const cycle = c.number[row]
  const dense = c.start.length > 600
  const heap: ChartSeries[] = dense
    ? [
        { label: 'at start', values: c.before, kind: 'line', token: 'line-c2' },
        { label: 'live after', values: saw.live, kind: 'line', token: 'line-c1' },
        { label: 'goal', values: c.goal, kind: 'steps', token: 'text-3', dash: true },
      ]
    : [
        { label: 'heap', x: saw.x, values: saw.y, kind: 'line', token: 'line-c2', fill: true, silent: true },
        { label: 'at start', values: c.before, kind: 'points', token: 'line-c2' },
        { label: 'live after', values: saw.live, kind: 'line', token: 'line-c1' },
        { label: 'goal', values: c.goal, kind: 'steps', token: 'text-3', dash: true },
      ]
  return (
    <div class="scroll charts">
      <Chart {...common} id="gc.heap" title="Heap" yText={mbText} least={[0, 1]} series={heap} height={190} />
      <Chart
        {...common}
        id="gc.pauses"
        title="Pauses of each cycle"
        log
        note="log scale"
        yText={msText}
        series={[
          { label: data.phases[0]?.name ?? 'first pause', values: c.pause1, kind: 'points', token: 'st-stw' },
          {
            label: data.phases.at(-1)?.name ?? 'second pause',
            values: c.pause2,
            kind: 'points',
            token: 'st-assist',
          },
        ]}
        selectedText={`cycle ${cycle}, ${msText(Math.max(c.pause1[row] || 0, c.pause2[row] || 0))}`}
        height={200}
      />
      {buckets !== undefined && (
        <Chart
          {...common}
          id="gc.share"
          title={`Cycles in ${secondsText(buckets.width)}`}
          yText={countText}
          steps="whole"
          rightText={partText}
          rightLeast={[0, 0.02]}
          least={[0, 1]}
          series={[
            {
              label: 'cycles',
              x: bucketStarts(buckets),
              values: buckets.cycles,
              kind: 'bars',
              barWidth: buckets.width,
              token: 'st-gc',
            },
            ...(report.cpu === undefined
              ? []
              : [
                  {
                    label: 'share of CPU',
                    x: bucketStarts(buckets),
                    values: buckets.share,
                    kind: 'steps' as const,
                    token: 'line-c3',
                    right: true,
                  },
                ]),
            {
              label: 'share of time stopped',
              x: bucketStarts(buckets),
              values: buckets.stopped,
              kind: 'steps',
              token: 'st-stw',
              right: true,
            },
          ]}
          height={150}
        />
      )}
      <Chart
        {...common}
        id="gc.phases"
        title="CPU time of each cycle"
        note="stacked"
        yText={msText}
        least={[0, 0.01]}
        series={stacked}
        height={150}
      />
    </div>
  )
}

const bucketStarts = ({ from, width, cycles }: NonNullable<Data['buckets']>): Float64Array =>
  cycles.map((_, k) => from + k * width)

/** The heap as a line: up to where a cycle starts, down to what lives after it. */
function sawTooth({ columns: c }: Data): { x: Float64Array; y: Float64Array; live: Float64Array } {
  const n = c.start.length
  const x = new Float64Array(2 * n)
  const y = new Float64Array(2 * n)
  const walls = [c.wall0, c.wall1, c.wall2, c.wall3, c.wall4]
  for (let i = 0; i < n; i++) {
    const took = walls.reduce((ms, w) => ms + (w[i] || 0), 0) / 1000
    x[2 * i] = c.start[i]!
    y[2 * i] = c.before[i]!
    x[2 * i + 1] = Math.min(c.start[i]! + took, c.start[i + 1] ?? Number.POSITIVE_INFINITY)
    y[2 * i + 1] = c.live[i]!
  }
  return { x, y, live: c.live }
}

/** CPU of the phases as columns that stand on each other: the highest is drawn first, what is said is the part itself. */
function stackedPhases({ columns: c }: Data): ChartSeries[] {
  const parts = [
    { label: 'workers', own: c.cpuBackground, token: 'st-gc' },
    { label: 'assists', own: c.cpuAssist, token: 'st-assist' },
    { label: 'idle workers', own: c.cpuIdle, token: 'st-idle' },
    { label: 'stopped', own: stoppedCpu(c), token: 'st-stw' },
  ]
  const below = new Float64Array(c.start.length)
  const width = barWidth(c.start)
  return parts
    .map(({ label, own, token }): ChartSeries => {
      for (let i = 0; i < below.length; i++) below[i]! += own[i] || 0
      return { label, values: below.slice(), said: own, kind: 'bars', token, barWidth: width }
    })
    .reverse()
}

function stoppedCpu(c: Data['columns']): Float64Array {
  return c.cpuSweepTerm.map((v, i) => (v || 0) + (c.cpuMarkTerm[i] || 0))
}

/** Columns are as wide as half the usual distance between cycles. */
function barWidth(start: Float64Array): number {
  const n = start.length
  return n > 1 ? Math.max(1e-9, ((start[n - 1]! - start[0]!) / (n - 1)) * 0.8) : 0.01
}
