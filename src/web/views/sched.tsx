// The scheduler's log: processors, queues and threads over time, what they say, each snapshot, each P.

import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { ABSENT, countText, groupDigits, timeText } from '../../core/base/people-fmt.ts'
import type { SchedLogAnswer } from '../../core/engine/workbench/questions/sched-log.ts'
import { G_STATUS, P_STATUS, type SchedColumn } from '../../core/model/sched-log.ts'
import { go, param } from '../address.ts'
import { useKeys } from '../keys.ts'
import { Chart } from '../parts/chart.tsx'
import { Facts, msText, numberIn, partText, Tile, WithDetails } from '../parts/facts.tsx'
import { SeverityMark } from '../parts/icons.tsx'
import {
  chooseRange,
  chosenRange,
  clockOfSeries,
  MomentStrip,
  NearMoments,
  useMoments,
} from '../parts/moments.tsx'
import { displayName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { SourceChoice } from '../parts/source-choice.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useAnswer } from '../session.ts'
import type { ViewProps } from './view.ts'

type Data = NonNullable<SchedLogAnswer['data']>
type Page = 'charts' | 'lines' | 'procs'

export function View(_props: ViewProps) {
  const file = numberIn(param('sched.file'))
  const process = numberIn(param('sched.process'))
  const { value, error, progress } = useAnswer('sched-log', {
    ...(file !== undefined && { file }),
    ...(process !== undefined && { process }),
  })
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined)
    return <Loading what="reading the scheduler's log" {...(progress && { progress })} />
  if (value.data === undefined)
    return (
      <Empty
        title="No lines of the scheduler"
        command="GODEBUG=schedtrace=100,scheddetail=1 ./server 2> schedtrace.log"
      >
        Processors, run queues and threads over time.
      </Empty>
    )
  return <Sched answer={value} data={value.data} />
}

function Sched({ answer, data }: { readonly answer: SchedLogAnswer; readonly data: Data }) {
  const source = answer.sources[answer.at]!
  const { columns: c, report: r } = data
  const count = c.time.length
  const axis = clockOfSeries(useMoments(), 'sched', source.file, c.time[0]! * 1e6, {
    'sched.process': String(source.process),
  })
  const chosen = axis && chosenRange(axis.clock)
  const range = axis && chosen && ([(chosen.from - axis.zero) / 1e6, (chosen.to - axis.zero) / 1e6] as const)
  const row = Math.max(0, Math.min(count - 1, numberIn(param('sched.row')) ?? 0))
  const select = (to: number, { replace = false } = {}): void =>
    go({ set: { 'sched.row': String(Math.max(0, Math.min(count - 1, to))) } }, { replace })
  useKeys('Scheduler log', {
    '.': { does: 'next snapshot', run: () => select(row + 1, { replace: true }) },
    ',': { does: 'previous snapshot', run: () => select(row - 1, { replace: true }) },
  })
  const page = (param('sched.page') || 'charts') as Page
  const idle = useMemo(() => c.gomaxprocs.map((v, i) => v - c.idleprocs[i]!), [c])
  const common = {
    x: c.time,
    xTitle: 'Since the start',
    xText: msText,
    sync: 'sched',
    selected: row,
    onSelect: select,
    ...(range && { range }),
    ...(axis && {
      onRange: (to: readonly [number, number] | undefined) =>
        chooseRange(to && { clock: axis.clock, from: axis.zero + to[0] * 1e6, to: axis.zero + to[1] * 1e6 }),
    }),
  }
  return (
    <WithDetails
      side={
        <Details
          data={data}
          row={row}
          near={<NearMoments clock={axis?.clock} at={axis && axis.zero + c.time[row]! * 1e6} />}
        />
      }
    >
      <MomentStrip clock={axis?.clock} at={axis && axis.zero + c.time[row]! * 1e6} />
      <div class="bar0">
        <Segmented<Page>
          label="What is shown"
          value={page}
          onChoose={(id) => go({ set: { 'sched.page': id === 'charts' ? undefined : id } })}
          choices={[
            { id: 'charts', title: 'Charts' },
            { id: 'lines', title: `Snapshots ${groupDigits(count)}` },
            { id: 'procs', title: `Processors ${r.procs.length}` },
          ]}
        />
        <span class="grow" />
        {r.stride > 1 && <span class="t3 xs">one snapshot in {r.stride} was kept</span>}
        <span class="t3 xs">lines of {r.version}</span>
        <SourceChoice prefix="sched" sources={answer.sources} at={answer.at} clear="sched.row" />
      </div>
      <div class="strip">
        <Tile value={groupDigits(r.snapshots)} of="snapshots" words={`in ${msText(r.to - r.from)}`} />
        <Tile value={partText(r.busy.mean)} of="busy" words={`of processors; GOMAXPROCS ${r.gomaxprocs}`} />
        <Tile
          value={countText(Number(r.waitingPerProc.mean.toPrecision(3)))}
          of="waiting"
          words="for each processor, mean"
        />
        <Tile value={partText(r.idleWhileWaiting)} of="of snapshots" words="goroutines wait while Ps idle" />
        <Tile
          value={groupDigits(r.threads.max)}
          of="threads"
          words={`${r.firstThreads} at first, ${r.lastThreads} at last`}
        />
        <Tile
          value={r.detail === undefined ? ABSENT : groupDigits(r.detail.goroutines.max)}
          of="goroutines"
          words={r.detail === undefined ? 'needs scheddetail=1' : `${r.detail.lastGoroutines} at last`}
        />
      </div>
      {r.findings.slice(0, 3).map((f) => (
        <div class={`banner ${f.severity}`} key={f.id}>
          <SeverityMark mark={f.severity} />
          <span>
            {f.text} <span class="t2">({f.evidence})</span>
          </span>
        </div>
      ))}
      {page === 'charts' ? (
        <div class="scroll charts">
          <Chart
            {...common}
            id="sched.procs"
            title="Processors"
            yText={countText}
            steps="whole"
            least={[0, r.gomaxprocs]}
            series={[
              { label: 'busy', values: idle, kind: 'steps', token: 'st-running', fill: true },
              { label: 'GOMAXPROCS', values: c.gomaxprocs, kind: 'steps', token: 'text-3', dash: true },
            ]}
            height={140}
          />
          <Chart
            {...common}
            id="sched.queues"
            title="Goroutines that wait for a processor"
            yText={countText}
            steps="whole"
            least={[0, 1]}
            series={[
              { label: 'global queue', values: c.runqueue, kind: 'line', token: 'line-c1' },
              { label: 'local queues', values: c.local, kind: 'line', token: 'line-c2' },
              { label: 'longest local', values: c.localMax, kind: 'line', token: 'line-c5' },
            ]}
            height={150}
          />
          <Chart
            {...common}
            id="sched.threads"
            title="Threads"
            yText={countText}
            steps="whole"
            least={[0, 1]}
            series={[
              { label: 'all', values: c.threads, kind: 'steps', token: 'line-c3' },
              { label: 'idle', values: c.idlethreads, kind: 'steps', token: 'text-3' },
              { label: 'spinning', values: c.spinning, kind: 'steps', token: 'st-runnable' },
              ...(r.detail === undefined
                ? []
                : [
                    {
                      label: 'in system calls',
                      values: c.syscallThreads,
                      kind: 'steps' as const,
                      token: 'st-syscall',
                    },
                  ]),
            ]}
            height={150}
          />
          {r.detail !== undefined && (
            <Chart
              {...common}
              id="sched.goroutines"
              title="Goroutines by state"
              yText={countText}
              steps="whole"
              least={[0, 1]}
              series={[
                { label: 'all', values: c.goroutines, kind: 'line', token: 'text-3' },
                { label: 'waiting', values: c.waiting, kind: 'line', token: 'st-sync' },
                { label: 'runnable', values: c.runnable, kind: 'line', token: 'st-runnable' },
                { label: 'running', values: c.running, kind: 'line', token: 'st-running' },
                { label: 'in system calls', values: c.inSyscall, kind: 'line', token: 'st-syscall' },
              ]}
              height={150}
            />
          )}
        </div>
      ) : page === 'lines' ? (
        <Snapshots data={data} row={row} onSelect={(to, by) => select(to, { replace: by === 'key' })} />
      ) : (
        <Procs data={data} />
      )}
    </WithDetails>
  )
}

const TITLES: readonly (readonly [SchedColumn, string, number?])[] = [
  ['idleprocs', 'Idle Ps'],
  ['runqueue', 'Global queue'],
  ['local', 'Local queues'],
  ['localMax', 'Longest'],
  ['threads', 'Threads'],
  ['idlethreads', 'Idle threads'],
  ['spinning', 'Spinning'],
  ['goroutines', 'Goroutines', 900],
  ['runnable', 'Runnable', 900],
  ['running', 'Running', 1000],
  ['inSyscall', 'In system calls', 1000],
  ['waiting', 'Waiting', 1100],
]

const plain = (v: number): string => (Number.isNaN(v) ? ABSENT : groupDigits(v))

function Snapshots({
  data,
  row,
  onSelect,
}: {
  readonly data: Data
  readonly row: number
  readonly onSelect: (row: number, by: 'pointer' | 'key') => void
}) {
  const { columns: c } = data
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'time',
        title: 'At',
        kind: 'number',
        width: 90,
        text: (r) => msText(c.time[r]!),
        value: (r) => c.time[r]!,
      },
      ...TITLES.map(
        ([id, title, from]): Column => ({
          id,
          title,
          kind: 'number',
          width: 98,
          text: (r) => plain(c[id][r]!),
          value: (r) => c[id][r]!,
          ...(from !== undefined && { from }),
        }),
      ),
    ],
    [data],
  )
  return (
    <div class="fill">
      <Table
        id="sched.lines"
        label="Snapshots"
        count={c.time.length}
        columns={columns}
        data={data}
        sort="time"
        selected={row}
        onSelect={onSelect}
      />
    </div>
  )
}

function Procs({ data }: { readonly data: Data }) {
  const { procs, detail } = data.report
  const stuck = detail?.stuck ?? []
  const number = (id: string, title: string, of: (r: number) => number, text = plain): Column => ({
    id,
    title,
    kind: 'number',
    width: 120,
    text: (r) => text(of(r)),
    value: of,
  })
  return (
    <div class="scroll charts">
      <div class="table-box">
        <Table
          id="sched.p"
          label="Processors"
          count={procs.length}
          data={data}
          sort="p"
          columns={[
            number('p', 'P', (r) => r),
            number(
              'queue',
              'Queue, mean',
              (r) => procs[r]!.queueSum / Math.max(1, procs[r]!.snapshots),
              (v) => countText(Number(v.toPrecision(3))),
            ),
            number('max', 'Queue, longest', (r) => procs[r]!.queueMax),
            number('used', 'Snapshots with a queue', (r) => procs[r]!.queueUsed),
            number('ticks', 'Rounds of scheduling', (r) => procs[r]!.lastTick - procs[r]!.firstTick),
            ...(detail === undefined
              ? []
              : [
                  ...P_STATUS.slice(0, 3).map((s, k) =>
                    number(`s${k}`, s, (r) => procs[r]!.byStatus[k] ?? 0),
                  ),
                  number('run', 'Longest run', (r) => procs[r]!.longestRun, msText),
                ]),
          ]}
        />
      </div>
      {detail !== undefined && (
        <>
          <h3 class="h3 pad-x">Goroutines by state and reason, over all snapshots</h3>
          <div class="table-box">
            <Table
              id="sched.groups"
              label="Goroutines by state and reason"
              count={detail.groups.length}
              data={data}
              sort="-seen"
              columns={[
                {
                  id: 'reason',
                  title: 'State and reason',
                  kind: 'name',
                  width: 240,
                  text: (r) =>
                    `${G_STATUS[detail.groups[r]!.status] ?? '?'}${detail.groups[r]!.reason === '' ? '' : `, ${displayName(detail.groups[r]!.reason)}`}`,
                },
                number('last', 'At last', (r) => detail.groups[r]!.last),
                number('most', 'At most', (r) => detail.groups[r]!.most),
                number('seen', 'Seen', (r) => detail.groups[r]!.seen),
              ]}
            />
          </div>
          <h3 class="h3 pad-x">Longest stays in one state</h3>
          <div class="table-box">
            <Table
              id="sched.stuck"
              label="Longest stays"
              count={stuck.length}
              data={data}
              sort="-took"
              columns={[
                number('goid', 'Goroutine', (r) => stuck[r]!.goid),
                { id: 'state', title: 'State', width: 120, text: (r) => G_STATUS[stuck[r]!.status] ?? '?' },
                {
                  id: 'reason',
                  title: 'Last reason',
                  kind: 'name',
                  width: 160,
                  text: (r) => displayName(stuck[r]!.reason),
                },
                number('took', 'At least', (r) => stuck[r]!.to - stuck[r]!.from, msText),
                number('from', 'From', (r) => stuck[r]!.from, msText),
                number('snapshots', 'Snapshots', (r) => stuck[r]!.snapshots),
                number('m', 'Thread', (r) => (stuck[r]!.m < 0 ? Number.NaN : stuck[r]!.m)),
              ]}
            />
          </div>
        </>
      )}
    </div>
  )
}

function Details({
  data,
  row,
  near,
}: {
  readonly data: Data
  readonly row: number
  readonly near: ComponentChildren
}) {
  const { columns: c, report: r } = data
  const at = (name: SchedColumn): number => c[name][row]!
  const max = at('gomaxprocs')
  const known = (names: readonly (readonly [SchedColumn, string])[]) =>
    names.filter(([n]) => !Number.isNaN(at(n))).map(([n, title]) => [title, plain(at(n))] as const)
  return (
    <aside class="rt-side" aria-label="Snapshot">
      <div class="ph">
        <span class="b">Snapshot {groupDigits(row + 1)}</span>
        <span>of {groupDigits(c.time.length)}</span>
      </div>
      <div class="scroll">
        <section class="sec">
          <p class="big">
            {plain(max - at('idleprocs'))}{' '}
            <small>
              of {plain(max)} processors busy, at {msText(at('time'))}
            </small>
          </p>
          <div class="stack" aria-hidden="true">
            <i style={{ flexGrow: max - at('idleprocs'), '--k': 'var(--st-running)' }} />
            <i style={{ flexGrow: at('idleprocs'), '--k': 'var(--bg-4)' }} />
          </div>
          <Facts
            rows={known([
              ['idleprocs', 'Idle processors'],
              ['procsRunning', 'Running Go'],
              ['procsSyscall', 'In a system call'],
              ['procsStopped', 'Stopped for a collection'],
              ['runqueue', 'Global run queue'],
              ['local', 'Local run queues'],
              ['localMax', 'Longest of them'],
              ['needspinning', 'Wants a thread that looks for work'],
            ])}
          />
        </section>
        <section class="sec">
          <Facts
            rows={known([
              ['threads', 'Threads'],
              ['idlethreads', 'Idle threads'],
              ['spinning', 'Looking for work'],
              ['blocked', 'Blocked'],
              ['syscallThreads', 'In system calls without a P'],
              ['lockedThreads', 'Locked to a goroutine'],
            ])}
          />
        </section>
        {r.detailed && (
          <section class="sec">
            <Facts
              rows={known([
                ['goroutines', 'Goroutines'],
                ['running', 'Running'],
                ['runnable', 'Runnable'],
                ['waiting', 'Waiting'],
                ['inSyscall', 'In system calls'],
                ['dead', 'Dead'],
                ['lockedGoroutines', 'Locked to a thread'],
                ['gcwaiting', 'A collection stops the world'],
                ['sysmonwait', 'The monitor sleeps'],
              ])}
            />
          </section>
        )}
        {near}
        <section class="sec">
          <div class="lab">All snapshots</div>
          <Facts
            rows={[
              ['No processor idle', partText(r.fullShare)],
              ['At most one busy', partText(r.idleShare)],
              ['Longest local queue', plain(r.localLongest)],
              [
                'Most rounds of scheduling against the mean',
                Number.isNaN(r.tickImbalance) ? ABSENT : `×\u202f${r.tickImbalance.toPrecision(3)}`,
              ],
              ['Time', `${timeText(Math.max(0, r.from) * 1e6)} to ${msText(r.to)}`],
            ]}
          />
        </section>
        {r.detail !== undefined && r.detail.waitedThroughout.length > 0 && (
          <section class="sec">
            <div class="lab">Waited all the time</div>
            <Facts
              rows={r.detail.waitedThroughout
                .slice(0, 12)
                .map((w) => [displayName(w.reason) || 'no reason', plain(w.count)])}
            />
          </section>
        )}
        {data.remarks.length > 0 && (
          <section class="sec t2 sm">
            {data.remarks.map((m) => (
              <p key={m}>{displayName(m)}</p>
            ))}
          </section>
        )}
        {r.detail === undefined && (
          <section class="sec t3 sm">States of goroutines and threads need scheddetail=1.</section>
        )}
      </div>
    </aside>
  )
}
