// Beside the timeline: the chosen range, the selected span, or what there is in all.

import { useState } from 'preact/hooks'
import { ABSENT, groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { RangeWait, TimelineRange } from '../../core/engine/workbench/questions/timeline-range.ts'
import type { SpanDetails } from '../../core/engine/workbench/questions/timeline-span.ts'
import type { FrameName } from '../../core/engine/workbench/timeline-names.ts'
import { go, param } from '../address.ts'
import { groupTitle, type Row } from '../draw/timeline-rows.ts'
import { momentText, type Span, spanText, timeText } from '../draw/timeline-scale.ts'
import { openMade } from '../made.ts'
import { Icon } from '../parts/icons.tsx'
import { FunctionName, shortName } from '../parts/name.tsx'
import { Failed } from '../parts/states.tsx'
import { useAnswer } from '../session.ts'
import { chooseRange, select } from './timeline-state.ts'

/** States of goroutines by their numbers, in the order of lists. */
const STATES: readonly (readonly [state: number, token: string, words: string])[] = [
  [3, 'st-running', 'Running'],
  [2, 'st-runnable', 'Runnable'],
  [7, 'st-sync', 'Waiting: lock'],
  [8, 'st-chan', 'Waiting: channel'],
  [9, 'st-network', 'Waiting: network'],
  [10, 'st-sleep', 'Waiting: sleep'],
  [11, 'st-gc', 'Waiting: collector'],
  [4, 'st-unknown', 'Waiting: other'],
  [5, 'st-syscall', 'System call'],
]
const LANES: Readonly<Record<number, string>> = {
  1: 'Idle',
  2: 'No goroutine',
  3: 'Running',
  4: 'Collecting',
  5: 'System call',
}

export function stateWords(state: number, lane: boolean): string {
  return lane
    ? (LANES[state] ?? '')
    : (STATES.find(([s]) => s === state)?.[2] ?? (state === 1 ? 'Ended' : ''))
}

export interface DetailsProps {
  readonly file: number
  readonly overview: TimelineOverview
  readonly rows: readonly Row[]
  readonly range: Span | undefined
  readonly view: Span
  readonly row: Row | undefined
  readonly details: SpanDetails | undefined
}

export function TimelineDetails(props: DetailsProps) {
  const { file, overview, range, row, details } = props
  const table = param('timeline.as') === 'table'
  const path = param('timeline.path')
  return (
    <aside class="tl-side panel" aria-label="Details">
      <div class="ph">
        <span class="b">
          {range !== undefined
            ? 'Selection'
            : details !== undefined || row !== undefined
              ? 'Selected'
              : 'Trace'}
        </span>
        <span class="grow" />
        {range !== undefined && <span>{spanText(range)}</span>}
        {range === undefined && row !== undefined && <span>{row.label}</span>}
        <button
          type="button"
          class={table ? 'ctl q on' : 'ctl q'}
          aria-pressed={table}
          title="The spans in sight as rows"
          onClick={() => go({ set: { 'timeline.as': table ? undefined : 'table' } })}
        >
          <Icon name="list" />
          {table ? 'Timeline' : 'Table'}
        </button>
      </div>
      <div class="scroll">
        {details !== undefined && <SpanPart overview={overview} d={details} />}
        {path !== '' && <PathPart {...props} />}
        {range !== undefined && <RangePart file={file} overview={overview} range={range} />}
        {row !== undefined && details === undefined && row.track !== undefined && (
          <RowPart {...props} row={row} />
        )}
        {range === undefined && row === undefined && <TracePart overview={overview} />}
      </div>
    </aside>
  )
}

function Times({
  times,
  title,
  note,
}: {
  readonly times: ArrayLike<number>
  readonly title: string
  readonly note?: string
}) {
  const total = STATES.reduce((sum, [s]) => sum + times[s]!, 0)
  const shown = STATES.filter(([s]) => times[s]! > 0)
  const sorted = [...shown].sort((a, b) => times[b[0]]! - times[a[0]]!)
  return (
    <section class="sec">
      <div class="lab">
        <span>{title}</span>
        <span>{note}</span>
      </div>
      <div class="meter tl-mix">
        {shown.map(([s, token]) => (
          <i key={s} style={{ width: `${(times[s]! / total) * 100}%`, background: `var(--${token})` }} />
        ))}
      </div>
      <div class="tl-states">
        {sorted.map(([s, token, words]) => (
          <div class="tl-state" key={s}>
            <i class="dot" style={{ background: `var(--${token})` }} />
            <span class="t2">{words}</span>
            <span class="num">{timeText(times[s]!)}</span>
            <span class="num t3">{shareText(times[s]!, total)}</span>
          </div>
        ))}
      </div>
    </section>
  )
}

function RangePart({
  file,
  overview,
  range,
}: {
  readonly file: number
  readonly overview: TimelineOverview
  readonly range: Span
}) {
  const { value, error, pending } = useAnswer('timeline-range', { file, from: range.from, to: range.to })
  const [listed, setListed] = useState(false)
  const [opening, setOpening] = useState(false)
  const length = range.to - range.from
  const open = (which: 'on' | 'off' | 'wait'): void => {
    const words = { on: 'on CPU', off: 'off CPU', wait: 'waits' }
    setOpening(true)
    const { from, to } = range
    void openMade('flame', 'range', {
      file,
      from,
      to,
      which,
      name: `${words[which]}, ${spanText(range)}`,
    }).then((opened) => opened || setOpening(false))
  }
  return (
    <>
      <section class="sec">
        <div class="row tl-big">
          <b>{timeText(length)}</b>
          <span class="grow" />
          <span class="xs t3">{shareText(length, overview.end)} of the trace</span>
        </div>
        <div class="row tl-buttons">
          <button
            type="button"
            class="ctl"
            disabled={opening}
            onClick={() => open('on')}
            title="Flame graph of what ran in this range"
          >
            <Icon name="flame" /> On CPU
          </button>
          <button
            type="button"
            class="ctl"
            disabled={opening}
            onClick={() => open('off')}
            title="Flame graph of where goroutines were while they did not run"
          >
            <Icon name="flame" /> Off CPU
          </button>
          <button
            type="button"
            class="ctl"
            disabled={opening}
            onClick={() => open('wait')}
            title="The same with what was waited for as frames"
          >
            <Icon name="flame" /> By wait
          </button>
          <button
            type="button"
            class={listed ? 'ctl on' : 'ctl'}
            aria-pressed={listed}
            onClick={() => setListed(!listed)}
          >
            <Icon name="list" /> Goroutines
          </button>
          <button
            type="button"
            class="ctl q ic"
            aria-label="Choose no range"
            title="Choose no range (Esc)"
            onClick={() => chooseRange(file, overview, undefined)}
          >
            <Icon name="close" />
          </button>
        </div>
      </section>
      {error !== undefined && <Failed error={error} />}
      {value === undefined && pending && (
        <section class="sec t2 sm loading" role="status">
          adding up
        </section>
      )}
      {value !== undefined && (
        <>
          {listed && <Goroutines value={value} length={length} from={range.from} />}
          <Times times={value.times} title={`${groupDigits(value.goroutineCount)} goroutines together`} />
          <Busy value={value} />
          <Waits waits={value.waits} more={value.waitCount - value.waits.length} />
          <Groups value={value} />
          {(value.marks > 0 || value.stopped > 0) && (
            <section class="sec">
              <div class="kv">
                <span>Collections</span>
                <span>{value.marks}</span>
                <span>World stopped</span>
                <span>{timeText(value.stopped)}</span>
              </div>
            </section>
          )}
        </>
      )}
    </>
  )
}

function Busy({ value }: { readonly value: TimelineRange }) {
  const busy = value.procs.reduce((sum, p) => sum + p.busy, 0)
  return (
    <section class="sec">
      <div class="lab">
        <span>Procs busy</span>
        <span>
          {busy.toFixed(2)} of {value.procs.length}
        </span>
      </div>
      {value.procs.slice(0, 64).map((p) => (
        <div class="row xs tl-proc" key={p.id}>
          <span class="m">P{p.id}</span>
          <span class="meter grow tl-mix6">
            <i
              style={{
                width: `${Math.max(0, p.busy - p.collecting) * 100}%`,
                background: 'var(--st-running)',
              }}
            />
            <i style={{ width: `${p.collecting * 100}%`, background: 'var(--st-gc)' }} />
          </span>
          <span class="num t2">{shareText(p.busy, 1)}</span>
        </div>
      ))}
    </section>
  )
}

function Waits({ waits, more }: { readonly waits: readonly RangeWait[]; readonly more: number }) {
  if (waits.length === 0) return null
  return (
    <section class="sec">
      <div class="lab">
        <span>Waited for, in this range</span>
      </div>
      {waits.map((w, i) => (
        <div class="tl-wait" key={`${i} ${w.leaf}`}>
          <div class="row">
            {w.leaf === '' ? <span class="t2">{w.reason || ABSENT}</span> : <FunctionName name={w.leaf} />}
            <span class="grow" />
            <span class="num">{timeText(w.time)}</span>
          </div>
          <div class="t2 xs">
            {w.reason}
            {w.where !== '' && w.where !== w.leaf && (
              <>
                {' '}
                in <span class="m xs">{shortName(w.where)}</span>
              </>
            )}
            {w.waker !== '' && (
              <>
                , woken by <span class="m xs">{shortName(groupTitle(w.waker))}</span>
                {w.wakerWhere !== '' && w.wakerWhere !== w.waker && (
                  <>
                    {' '}
                    in <span class="m xs">{shortName(w.wakerWhere)}</span>
                  </>
                )}
              </>
            )}
          </div>
          <div class="xs t3">
            {groupDigits(w.count)} {w.count === 1 ? 'wait' : 'waits'}, longest{' '}
            <button
              type="button"
              class="link"
              onClick={() => select({ key: `g${w.goroutine.id}`, time: w.start + w.longest / 2 })}
            >
              {timeText(w.longest)} of G{w.goroutine.id}
            </button>
          </div>
        </div>
      ))}
      {more > 0 && <div class="xs t3">and {groupDigits(more)} more places</div>}
    </section>
  )
}

function Groups({ value }: { readonly value: TimelineRange }) {
  return (
    <section class="sec">
      <div class="lab">
        <span>By start function</span>
        <span>running</span>
      </div>
      {[...value.groups]
        .sort((a, b) => b.times[3]! - a.times[3]!)
        .slice(0, 12)
        .map((g) => (
          <div class="row sm" key={g.group}>
            <FunctionName name={groupTitle(g.name)} />
            <span class="t3 xs">{groupDigits(g.count)}</span>
            <span class="grow" />
            <span class="num">{timeText(g.times[3]!)}</span>
          </div>
        ))}
    </section>
  )
}

function Goroutines({
  value,
  length,
  from,
}: {
  readonly value: TimelineRange
  readonly length: number
  readonly from: number
}) {
  return (
    <section class="sec">
      <div class="lab">
        <span>
          Goroutines, those that ran most
          {value.goroutineCount > value.goroutines.length &&
            ` (first ${value.goroutines.length} of ${groupDigits(value.goroutineCount)})`}
        </span>
        <span>running</span>
      </div>
      <div class="tl-gs">
        {value.goroutines.map((g) => (
          <button
            type="button"
            class="mi"
            key={g.id}
            onClick={() => select({ key: `g${g.id}`, time: from + length / 2 })}
          >
            <span class="m tl-id">G{g.id}</span>
            <span class="grow cut m">{shortName(groupTitle(g.name))}</span>
            <span class="num">{timeText(g.times[3]!)}</span>
            <span class="num t3 tl-share">{shareText(g.times[3]!, length)}</span>
          </button>
        ))}
      </div>
    </section>
  )
}

function SpanPart({ overview, d }: { readonly overview: TimelineOverview; readonly d: SpanDetails }) {
  const lane = d.track.kind !== 'g'
  return (
    <section class="sec">
      {d.goroutine !== undefined && (
        <div class="tl-name">
          <b>G{d.goroutine.id}</b> <FunctionName name={groupTitle(d.goroutine.name)} />
        </div>
      )}
      <div class="row tl-big">
        <b>{timeText(d.end - d.start)}</b>
        <span class="t2">{lane ? d.words : stateWords(d.state, false)}</span>
      </div>
      <div class="kv">
        <span>From</span>
        <span>{momentText(d.start, Math.max(10, (d.end - d.start) / 100))}</span>
        <span>To</span>
        <span>{momentText(d.end, Math.max(10, (d.end - d.start) / 100))}</span>
        {d.reason !== '' && (
          <>
            <span>Reason</span>
            <span>{d.reason}</span>
          </>
        )}
        {d.proc !== undefined && (
          <>
            <span>On</span>
            <span>
              P{d.proc}
              {d.thread !== undefined && `, thread ${d.thread}`}
            </span>
          </>
        )}
        <span>Event</span>
        <span>
          <button
            type="button"
            class="link"
            disabled={d.previous === undefined}
            title="Previous event ( , )"
            onClick={() => step(d, d.previous)}
          >
            ‹
          </button>{' '}
          {groupDigits(d.number)} of {groupDigits(d.of)}{' '}
          <button
            type="button"
            class="link"
            disabled={d.next === undefined}
            title="Next event ( . )"
            onClick={() => step(d, d.next)}
          >
            ›
          </button>
        </span>
      </div>
      {d.wokenBy !== undefined && (
        <div class="tl-woken">
          <div class="lab">
            <span>{d.words === 'Waiting' ? 'Ended by' : 'Made possible by'}</span>
            <span>at {momentText(d.wokenBy.time, overview.end / 1e5)}</span>
          </div>
          <button
            type="button"
            class="link"
            title="Go there (G)"
            onClick={() => select({ key: `g${d.wokenBy!.id}`, time: Math.max(0, d.wokenBy!.time - 1) })}
          >
            G{d.wokenBy.id} {shortName(groupTitle(d.wokenBy.name))}
          </button>
          <Stack frames={d.wokenBy.stack} />
        </div>
      )}
      <Stack title={d.words === 'Running' ? 'Stack before' : 'Stack'} frames={d.stack} />
      <Stack title="Stack where it ended" frames={d.endStack} />
    </section>
  )
}

function step(d: SpanDetails, time: number | undefined): void {
  if (time === undefined) return
  const m = /^[GPMT]\d+/.exec(param('timeline.sel'))?.[0]
  void d
  if (m !== undefined) go({ set: { 'timeline.sel': `${m}@${Math.round(time)}` } }, { replace: true })
}

const MOST_FRAMES = 24

function Stack({ title, frames }: { readonly title?: string; readonly frames: readonly FrameName[] }) {
  if (frames.length === 0) return null
  return (
    <div class="tl-stack">
      {title !== undefined && (
        <div class="lab">
          <span>{title}</span>
        </div>
      )}
      <ol>
        {frames.slice(0, MOST_FRAMES).map((f, i) => (
          <li key={`${i} ${f.fn}`} title={shortName(`${f.file}:${f.line}`)}>
            <FunctionName name={f.fn} />
            <span class="t3 xs">
              {shortName(f.file.replace(/^.*\//, ''))}:{f.line}
            </span>
          </li>
        ))}
      </ol>
      {frames.length > MOST_FRAMES && <div class="xs t3">and {frames.length - MOST_FRAMES} more frames</div>}
    </div>
  )
}

function RowPart({ file, overview, row, range, view }: DetailsProps & { readonly row: Row }) {
  const span = range ?? view
  const goroutine = row.track?.kind === 'g' ? row.track.row : undefined
  const { value } = useAnswer(
    'timeline-range',
    goroutine === undefined ? undefined : { file, from: span.from, to: span.to, goroutines: [goroutine] },
  )
  void overview
  if (goroutine === undefined || value === undefined) return null
  return (
    <>
      <Times
        times={value.times}
        title={`${row.label}, ${range === undefined ? 'in sight' : 'in the range'}`}
        note={timeText(span.to - span.from)}
      />
      <Waits waits={value.waits} more={value.waitCount - value.waits.length} />
    </>
  )
}

function PathPart({ file, overview, rows, range }: DetailsProps) {
  const key = param('timeline.path')
  const row = rows.find((r) => r.key === key)
  const goroutine = row?.track?.kind === 'g' ? row.track.row : undefined
  const { value, error } = useAnswer(
    'timeline-path',
    goroutine === undefined
      ? undefined
      : { file, goroutine, ...(range !== undefined && { from: range.from, to: range.to }) },
  )
  void overview
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return null
  return (
    <section class="sec">
      <div class="lab">
        <span>What the time of G{value.goroutine.id} went into</span>
        <span>{timeText(value.total)}</span>
      </div>
      {value.rows.map((r, i) => (
        <div class="tl-wait" key={`${i} ${r.kind}`}>
          <div class="row sm">
            <span class="t2">{r.kind}</span>
            {r.place !== undefined && <FunctionName name={r.place.fn} />}
            <span class="grow" />
            <span class="num">{timeText(r.total)}</span>
            <span class="num t3 tl-share">{shareText(r.total, value.total)}</span>
          </div>
          <div class="xs t3">
            {r.reason !== '' && `${r.reason}, `}
            {r.group !== '' && shortName(groupTitle(r.group))}
          </div>
        </div>
      ))}
      {value.more > 0 && <div class="xs t3">{groupDigits(value.more)} earlier pieces are not drawn</div>}
    </section>
  )
}

function TracePart({ overview: o }: { readonly overview: TimelineOverview }) {
  const running = [...o.groups].filter((g) => g.running > 0).sort((a, b) => b.running - a.running)
  return (
    <>
      <section class="sec">
        <div class="row tl-big">
          <b>{timeText(o.end)}</b>
          <span class="t2">{o.format}</span>
        </div>
        <div class="kv">
          <span>Goroutines</span>
          <span>{groupDigits(o.goroutines)}</span>
          <span>State changes</span>
          <span>{groupDigits(o.spans)}</span>
          <span>Procs, threads</span>
          <span>
            {o.procs.length}, {o.threads.length}
          </span>
          <span>Collections</span>
          <span>{o.marks.length}</span>
          <span>World stopped</span>
          <span>
            {o.stops.length} times, {timeText(o.stops.reduce((sum, s) => sum + s.end - s.start, 0))}
          </span>
        </div>
      </section>
      {o.damage !== undefined && (
        <section class="sec tl-damage">
          <div class="lab">
            <span>The file is damaged</span>
          </div>
          <p class="sm">
            {o.damage.error?.message ?? o.damage.gaps[0]?.reason}
            {o.damage.error !== undefined && ` at byte ${groupDigits(o.damage.error.offset)}`}.{' '}
            {shareText(o.damage.lost, o.damage.size)} of it is not shown
            {o.damage.gaps.length > 0 && `; ${o.damage.gaps.length} gaps are marked`}.
          </p>
        </section>
      )}
      <section class="sec">
        <div class="lab">
          <span>Ran most</span>
        </div>
        {running.slice(0, 10).map((g) => (
          <div class="row sm" key={g.name}>
            <FunctionName name={groupTitle(g.name)} />
            <span class="t3 xs">{groupDigits(g.count)}</span>
            <span class="grow" />
            <span class="num">{timeText(g.running)}</span>
          </div>
        ))}
      </section>
      <section class="sec t2 sm tl-hints">
        <p>
          <kbd>W</kbd> <kbd>S</kbd> zoom, <kbd>A</kbd> <kbd>D</kbd> move, or drag and <kbd>Ctrl</kbd> wheel
        </p>
        <p>
          <kbd>Shift</kbd> drag, or drag on the axis: a range with its statistics and flame graphs
        </p>
        <p>Click a span: its stack, and who woke it</p>
      </section>
    </>
  )
}
