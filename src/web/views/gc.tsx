// The collector's log: heap, pauses and share of CPU over time, every cycle, and what other settings would cost.

import { useMemo } from 'preact/hooks'
import type { GcReport } from '../../core/analysis/gc-log/report.ts'
import { ABSENT, bytesText, countText, groupDigits } from '../../core/base/people-fmt.ts'
import type { GcLogAnswer } from '../../core/engine/workbench/questions/gc-log.ts'
import { go, param } from '../address.ts'
import { useKeys } from '../keys.ts'
import {
  Banner,
  Facts,
  mbText,
  msText,
  numberIn,
  partText,
  secondsText,
  Tile,
  WithDetails,
} from '../parts/facts.tsx'
import {
  chooseRange,
  chosenRange,
  clockOfSeries,
  MomentStrip,
  NearMoments,
  useMoments,
} from '../parts/moments.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { SourceChoice } from '../parts/source-choice.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useAnswer } from '../session.ts'
import { GcCharts } from './gc-charts.tsx'
import { CycleDetails } from './gc-details.tsx'
import type { ViewProps } from './view.ts'

type Data = NonNullable<GcLogAnswer['data']>
type Page = 'charts' | 'cycles' | 'model' | 'more'

/** Shares of CPU and lengths from which on a number is coloured. */
const BAD_SHARE = 0.25
const LONG_PAUSE_MS = 10
const MUCH_STOPPED = 0.05

export function View(_props: ViewProps) {
  const file = numberIn(param('gc.file'))
  const process = numberIn(param('gc.process'))
  const { value, error, progress } = useAnswer('gc-log', {
    ...(file !== undefined && { file }),
    ...(process !== undefined && { process }),
  })
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined)
    return <Loading what="reading the collector's log" {...(progress && { progress })} />
  if (value.data === undefined)
    return (
      <Empty title="No lines of the collector" command="GODEBUG=gctrace=1 ./server 2> gctrace.log">
        Every collection with its pauses, the heap it found and left, and its share of CPU.
      </Empty>
    )
  return <GcView answer={value} data={value.data} />
}

function GcView({ answer, data }: { readonly answer: GcLogAnswer; readonly data: Data }) {
  const source = answer.sources[answer.at]!
  const { columns: c, report } = data
  const count = c.start.length
  const moments = useMoments()
  const axis = clockOfSeries(moments, 'gc', source.file, c.start[0]! * 1e9, {
    'gc.process': String(source.process),
  })
  const chosen = axis && chosenRange(axis.clock)
  const range = axis && chosen && ([(chosen.from - axis.zero) / 1e9, (chosen.to - axis.zero) / 1e9] as const)
  const wanted = numberIn(param('gc.cycle')) ?? -1
  const longest = useMemo(() => longestPause(data), [data])
  const row = wanted >= 0 && wanted < count ? wanted : longest
  const page = (param('gc.page') || 'charts') as Page
  const select = (cycle: number, { replace = false } = {}): void =>
    go({ set: { 'gc.cycle': String(Math.max(0, Math.min(count - 1, cycle))) } }, { replace })
  useKeys('GC log', {
    '.': { does: 'next cycle', run: () => select(row + 1, { replace: true }) },
    ',': { does: 'previous cycle', run: () => select(row - 1, { replace: true }) },
    l: { does: 'longest pause', run: () => select(longest) },
  })
  const setRange = (r: readonly [number, number] | undefined): void => {
    if (axis === undefined) return
    chooseRange(
      r === undefined
        ? undefined
        : { clock: axis.clock, from: axis.zero + r[0] * 1e9, to: axis.zero + r[1] * 1e9 },
    )
  }
  const more = data.pacer !== undefined || data.scavenge !== undefined || data.inits !== undefined
  return (
    <WithDetails
      side={
        <CycleDetails
          data={data}
          row={row}
          longest={longest}
          file={source.file}
          near={<NearMoments clock={axis?.clock} at={axis && axis.zero + c.start[row]! * 1e9} />}
        />
      }
    >
      <MomentStrip clock={axis?.clock} at={axis && axis.zero + c.start[row]! * 1e9} />
      <div class="bar0">
        <Segmented<Page>
          label="What is shown"
          value={page}
          onChoose={(id) => go({ set: { 'gc.page': id === 'charts' ? undefined : id } })}
          choices={[
            { id: 'charts', title: 'Charts' },
            { id: 'cycles', title: `Cycles ${groupDigits(count)}` },
            { id: 'model', title: 'What if', hint: 'what other values of GOGC and GOMEMLIMIT would cost' },
            ...(more ? [{ id: 'more' as const, title: 'Pacer, scavenger, init' }] : []),
          ]}
        />
        <span class="grow" />
        {report.stride > 1 && <span class="t3 xs">one cycle in {report.stride} was kept</span>}
        <span class="t3 xs">lines of {report.version}</span>
        <SourceChoice prefix="gc" sources={answer.sources} at={answer.at} clear="gc.cycle" />
      </div>
      <Tiles report={report} />
      <Advice report={report} remarks={data.remarks} />
      {page === 'charts' ? (
        <GcCharts data={data} row={row} range={range} onRange={axis && setRange} onSelect={select} />
      ) : page === 'cycles' ? (
        <CycleTable data={data} row={row} onSelect={(r, by) => select(r, { replace: by === 'key' })} />
      ) : page === 'model' ? (
        <Model report={report} />
      ) : (
        <More data={data} />
      )}
    </WithDetails>
  )
}

function longestPause({ columns: { pause1, pause2 } }: Data): number {
  let best = 0
  let most = -1
  for (let i = 0; i < pause1.length; i++) {
    const v = Math.max(pause1[i] || 0, pause2[i] || 0)
    if (v > most) {
      most = v
      best = i
    }
  }
  return best
}

function Tiles({ report: r }: { readonly report: GcReport }) {
  const seconds = r.to - r.from
  return (
    <div class="strip">
      <Tile
        value={groupDigits(r.cycles)}
        of="cycles"
        words={
          Number.isNaN(seconds)
            ? 'no times in the lines'
            : `one every ${secondsText(seconds / Math.max(1, r.cycles))}, in ${secondsText(seconds)}`
        }
      />
      <Tile
        value={mbText(r.heap.live.max || r.heap.live.max)}
        of="live"
        words={`at most; goal ${mbText(r.heap.lastGoal)} at last`}
      />
      <Tile
        value={r.cpu === undefined ? `${r.printedPercent}%` : partText(r.cpu.busyShare)}
        of="of CPU"
        words={
          r.cpu === undefined
            ? 'in the collector, as printed'
            : `in the collector, ${partText(r.cpu.assistShare)} of it assists`
        }
        {...((r.cpu?.busyShare ?? 0) > BAD_SHARE && { tone: 'warning' as const })}
      />
      <Tile value={msText(r.pauses.p50)} words="median pause" />
      <Tile
        value={msText(r.pauses.p99)}
        words={`99th percentile, longest ${msText(r.pauses.max)}`}
        {...(r.pauses.max > LONG_PAUSE_MS && { tone: 'warning' as const })}
      />
      <Tile
        value={partText(r.pauseShare)}
        of="stopped"
        words={`${msText(r.pauses.sum)} stopped in all`}
        {...(r.pauseShare > MUCH_STOPPED && { tone: 'warning' as const })}
      />
    </div>
  )
}

function Advice({ report: r, remarks }: { readonly report: GcReport; readonly remarks: readonly string[] }) {
  const words: string[] = []
  if (r.perSecond > 20 && r.heap.live.p50 < 32)
    words.push(
      `Every ${mbText(Math.max(1, r.heap.allocatedPerCycle))} of garbage starts a cycle. Allocate less, or give the collector room: GOGC or GOMEMLIMIT.`,
    )
  if (r.trendVerdict === 'growing' && r.trend !== undefined)
    words.push(
      `The live heap grows by ${mbText(r.trend.slope * 60)} per minute (95 % bounds ${mbText(r.trend.low * 60)} to ${mbText(r.trend.high * 60)}): a leak, or a cache that fills.`,
    )
  if (r.forced * 2 > r.cycles)
    words.push(
      `${countText(r.forced)} of ${countText(r.cycles)} cycles were forced by the program (runtime.GC).`,
    )
  if ((r.cpu?.assistShare ?? 0) > 0.1)
    words.push(
      `${partText(r.cpu!.assistShare)} of the collector's work is assists: goroutines that allocate do it instead of their own.`,
    )
  return (
    <>
      {words.length > 0 && <Banner mark="warning">{words.join(' ')}</Banner>}
      {remarks.slice(0, 2).map((w) => (
        <Banner mark="info" key={w}>
          {w}
        </Banner>
      ))}
    </>
  )
}

function CycleTable({
  data,
  row,
  onSelect,
}: {
  readonly data: Data
  readonly row: number
  readonly onSelect: (row: number, by: 'pointer' | 'key') => void
}) {
  const { columns: c } = data
  const columns = useMemo((): Column[] => {
    const number = (
      id: string,
      title: string,
      values: Float64Array,
      text: (v: number) => string,
      width = 84,
      from?: number,
    ): Column => ({
      id,
      title,
      kind: 'number',
      width,
      text: (r) => text(values[r]!),
      value: (r) => values[r]!,
      ...(from !== undefined && { from }),
    })
    const plain = (v: number): string => (Number.isNaN(v) ? ABSENT : groupDigits(v))
    return [
      number('number', 'Cycle', c.number, plain, 72),
      number('at', 'At', c.start, secondsText, 84),
      number('pause1', `Stopped, ${data.phases[0]?.name ?? 'first'}`, c.pause1, msText, 130),
      number('pause2', `Stopped, ${data.phases.at(-1)?.name ?? 'second'}`, c.pause2, msText, 130),
      number('mark', 'Concurrent', c.wall1, msText, 90, 700),
      number('before', 'At start', c.before, mbText, 84),
      number('after', 'At end', c.after, mbText, 84, 800),
      number('live', 'Live', c.live, mbText, 84),
      number('goal', 'Goal', c.goal, mbText, 84),
      number('share', 'CPU share', c.share, partText, 84),
      number('assist', 'Assists', c.cpuAssist, msText, 84, 900),
      number('background', 'Workers', c.cpuBackground, msText, 84, 1000),
      number('idle', 'Idle', c.cpuIdle, msText, 84, 1100),
      number('procs', 'P', c.procs, plain, 44, 1000),
      {
        id: 'forced',
        title: 'Forced',
        width: 70,
        text: (r) => (c.forced[r] === 1 ? 'forced' : ''),
        from: 1000,
      },
    ]
  }, [data])
  return (
    <div class="fill">
      <Table
        id="gc.cycles"
        label="Cycles"
        count={c.start.length}
        columns={columns}
        data={data}
        sort="number"
        selected={row}
        onSelect={onSelect}
      />
    </div>
  )
}

function Model({ report }: { readonly report: GcReport }) {
  const { model, gogc } = report
  if (model === undefined)
    return (
      <Empty title="Too little for a model">
        The lines tell no times or no CPU, or the program allocates nothing.
      </Empty>
    )
  const measured = report.cpu?.busyShare ?? Number.NaN
  const table = (title: string, rows: typeof model.gogc) =>
    rows.length === 0 ? null : (
      <table class="model">
        <thead>
          <tr>
            <th class="num">{title}</th>
            <th class="num">Heap at most</th>
            <th class="num">Cycles per second</th>
            <th class="num">Of CPU</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r.value} class={isNear(r) ? 'here' : ''}>
              <td class="num b">{r.setting === 'GOGC' ? r.value : mbText(r.value)}</td>
              <td class="num">{mbText(r.heap)}</td>
              <td class="num">{countText(Number(r.cyclesPerSecond.toPrecision(3)))}</td>
              <td class="num">
                {r.beyondLimit ? '≥ ' : ''}
                {partText(r.cpuShare)}
              </td>
              <td class="barc">
                <i
                  style={{ width: `${r.cpuShare * 200 * 0.9}%` }}
                  class={r.cpuShare > BAD_SHARE ? 'bad' : ''}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )
  const isNear = (r: { setting: string; value: number }): boolean =>
    r.setting === 'GOGC' && Math.abs(r.value - gogc) <= 0.15 * gogc
  return (
    <div class="scroll pad">
      <p class="t2">
        A cycle comes when the program has allocated what lies between the live heap and the goal, and costs
        what marking the live heap costs. So cycles per second are allocation rate by headroom. Measured here:{' '}
        {partText(measured)} of CPU, {mbText(model.input.live)} live, {mbText(model.input.allocationRate)}{' '}
        allocated per second
        {Number.isNaN(gogc) ? '' : `; the goals are those of GOGC about ${Math.round(gogc)}`}.
      </p>
      {table('GOGC', model.gogc)}
      {table('GOMEMLIMIT with GOGC=off', model.limits)}
      <p class="t3 xs">
        The runtime never lets the collector take more than half of the CPU: where ≥ stands, the heap grows
        past the limit instead.
      </p>
    </div>
  )
}

function More({ data }: { readonly data: Data }) {
  const { pacer, scavenge, inits } = data
  const kib = (v: number): string => (Number.isNaN(v) ? ABSENT : bytesText(v * 1024))
  return (
    <div class="scroll pad">
      {pacer !== undefined && (
        <section class="sec">
          <h3 class="lab">Pacer</h3>
          <Facts
            rows={[
              ['Cycles started and ended in the log', `${pacer.starts}, ${pacer.ends}`],
              [
                'Bytes of scanning for a byte of allocation, median',
                countText(Number(pacer.assistRatio.p50.toPrecision(3))),
              ],
              ['CPU of marking, median', `${pacer.cpuPercent.p50} %, aim ${pacer.cpuGoalPercent} %`],
              [
                'Work done against work expected, median',
                Number.isNaN(pacer.workRatio.p50) ? ABSENT : pacer.workRatio.p50.toPrecision(3),
              ],
              [
                'Heap ended above its goal, mean',
                Number.isNaN(pacer.goalDelta) ? ABSENT : bytesText(Math.round(pacer.goalDelta)),
              ],
            ]}
          />
        </section>
      )}
      {scavenge !== undefined && (
        <section class="sec">
          <h3 class="lab">Memory given back</h3>
          <Facts
            rows={[
              ['Lines', groupDigits(scavenge.lines)],
              ['Given back in all', kib(scavenge.work)],
              ['In the background; for a limit', `${kib(scavenge.background)}; ${kib(scavenge.eager)}`],
              [
                'Released at the last line; at most',
                `${kib(scavenge.released)}; ${kib(scavenge.mostReleased)}`,
              ],
              [
                'Of the heap in use',
                Number.isNaN(scavenge.utilization) ? ABSENT : `${scavenge.utilization} %`,
              ],
            ]}
          />
        </section>
      )}
      {inits !== undefined && (
        <section class="sec">
          <h3 class="lab">
            Package initialisation <span>{`${inits.packages} packages, ${msText(inits.clock)}`}</span>
          </h3>
          <table>
            <thead>
              <tr>
                <th>Package</th>
                <th class="num">At</th>
                <th class="num">Took</th>
                <th class="num">Allocated</th>
                <th class="num">Objects</th>
              </tr>
            </thead>
            <tbody>
              {inits.slowest.slice(0, 100).map((p) => (
                <tr key={`${p.name} ${p.at}`}>
                  <td class="m cut">{p.name}</td>
                  <td class="num">{msText(p.at)}</td>
                  <td class="num">{msText(p.clock)}</td>
                  <td class="num">{bytesText(p.bytes)}</td>
                  <td class="num">{groupDigits(p.allocs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  )
}
