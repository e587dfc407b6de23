// The account of the program's memory: from the resident set down to live objects, and over time.

import { useMemo } from 'preact/hooks'
import { ABSENT, bytesText, countText, groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { MemoryAnswer, MemoryMoment } from '../../core/engine/workbench/questions/memory-account.ts'
import { go, param } from '../address.ts'
import type { FallRow } from '../draw/waterfall-layout.ts'
import { Chart } from '../parts/chart.tsx'
import { Banner, Choose, Facts, numberIn, Sparkline, Tile, WithDetails } from '../parts/facts.tsx'
import { MomentStrip, NearMoments } from '../parts/moments.tsx'
import { displayName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Waterfall } from '../parts/waterfall.tsx'
import { useAnswer } from '../session.ts'
import type { ViewProps } from './view.ts'

type Page = 'account' | 'time' | 'classes'

export function View(_props: ViewProps) {
  const { value, error, progress } = useAnswer('memory-account', {})
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="reading statistics" {...(progress && { progress })} />
  const at = numberIn(param('memory.at')) ?? value.moments.length - 1
  const moment = value.moments[Math.max(0, Math.min(value.moments.length - 1, at))]
  if (moment === undefined)
    return (
      <Empty title="No statistics of memory" command="goscope capture localhost:6060 -o capture">
        {value.remarks.length > 0
          ? value.remarks.map(displayName).join('\n')
          : 'Where the resident set goes, from the system down to live objects.'}
      </Empty>
    )
  return <Memory answer={value} moment={moment} />
}

/** Colours of the account's parts: the heap warm, what is not in use pale, the runtime cool. */
const TOKENS: Readonly<Record<string, string>> = {
  'heap-in-use': 'line-c1',
  live: 'org-main',
  dead: 'org-alloc',
  objects: 'org-main',
  fragmentation: 'st-idle',
  'heap-idle': 'st-sleep',
  stacks: 'line-c3',
  metadata: 'org-runtime',
}

function Memory({ answer, moment }: { readonly answer: MemoryAnswer; readonly moment: MemoryMoment }) {
  const { account: a } = moment
  const page = (param('memory.page') || 'account') as Page
  const whole = a.resident ?? a.held ?? a.rows.filter((r) => r.level === 0).reduce((n, r) => n + r.bytes, 0)
  const rows = useMemo((): FallRow[] => {
    const cool = ['line-c2', 'line-c5', 'line-c4', 'line-c6', 'org-std', 'org-gc', 'org-sched']
    const out = a.rows.map(
      (r, k): FallRow => ({
        id: r.id,
        title: r.title,
        value: r.bytes,
        level: r.level,
        token: TOKENS[r.id] ?? cool[k % cool.length]!,
        known: r.certainty,
        hint: `${r.certainty}: ${r.formula}${r.note === '' ? '' : ` – ${r.note}`}`,
      }),
    )
    if (a.gap !== undefined)
      out.push({
        id: 'gap',
        title: a.gap >= 0 ? 'Left over' : 'Counted, but not resident',
        value: a.gap,
        level: 0,
        token: 'text-off',
        known: 'computed',
        hint: 'computed: resident − all parts',
      })
    return out
  }, [a])
  const wanted = param('memory.row')
  const selected = rows.some((r) => r.id === wanted) ? wanted : (rows[0]?.id ?? '')
  const { late } = answer
  const limits = a.limits
  const marks = [
    ...(limits.memoryLimit === undefined ? [] : [{ value: limits.memoryLimit, title: 'GOMEMLIMIT' }]),
    ...(limits.container === undefined ? [] : [{ value: limits.container, title: 'container limit' }]),
    ...(a.peak === undefined ? [] : [{ value: a.peak, title: 'peak' }]),
  ]
  return (
    <WithDetails side={<Details answer={answer} moment={moment} row={selected} whole={whole} />}>
      <MomentStrip {...(!Number.isNaN(moment.after) && { clock: 'unix', at: moment.after })} />
      <div class="bar0">
        <Segmented<Page>
          label="What is shown"
          value={page}
          onChoose={(id) => go({ set: { 'memory.page': id === 'account' ? undefined : id } })}
          choices={[
            { id: 'account', title: 'Account' },
            { id: 'time', title: `Over time ${answer.moments.length}`, disabled: answer.trends.length === 0 },
            { id: 'classes', title: 'Size classes', disabled: answer.sizeClasses === undefined },
          ]}
        />
        <span class="grow" />
        <Choose
          label="Moment"
          set="memory.at"
          value={String(answer.moments.indexOf(moment))}
          options={answer.moments.map((m, k) => [String(k), m.title] as const)}
        />
      </div>
      <div class="strip">
        <Tile
          value={bytesText(whole)}
          of={a.resident === undefined ? 'held' : 'resident'}
          words={
            a.resident === undefined ? 'by the runtime; smaps would tell what is resident' : a.residentFrom
          }
        />
        <Tile value={textOf(a.rows, 'live', 'objects')} of="live" words="heap objects, as far as is known" />
        <Tile
          value={textOf(a.rows, 'heap-idle')}
          of="idle"
          words="heap kept for the next growth"
          {...(late !== undefined &&
            late.share >= 0.5 &&
            late.kept > 16 << 20 && { tone: 'warning' as const })}
        />
        <Tile value={textOf(a.rows, 'stacks')} of="stacks" words="of goroutines" />
        <Tile value={a.peak === undefined ? ABSENT : bytesText(a.peak)} of="peak" words="resident at most" />
        <Tile
          value={a.virtual === undefined ? ABSENT : bytesText(a.virtual)}
          of="virtual"
          words="address space, costs nothing"
        />
      </div>
      {a.warnings.slice(0, 2).map((w) => (
        <Banner mark="warning" key={w}>
          {displayName(w)}
        </Banner>
      ))}
      {late !== undefined && late.share >= 0.5 && late.kept > 16 << 20 && (
        <Banner mark="warning">
          Memory is returned late: {bytesText(late.kept)} of heap are idle and not yet returned to the system,{' '}
          {shareText(late.share, 1)} of what the runtime holds. debug.FreeOSMemory returns it at once;
          GOMEMLIMIT keeps the peak from growing so far.
        </Banner>
      )}
      {page === 'account' ? (
        <div class="scroll">
          <Waterfall
            label="Account of memory"
            wholeTitle={a.resident === undefined ? 'Held by the runtime' : 'Resident set'}
            whole={whole}
            rows={rows}
            text={(v) => (v < 0 ? `−${bytesText(-v)}` : bytesText(v))}
            selected={selected}
            onSelect={(id) => go({ set: { 'memory.row': id } }, { replace: true })}
            marks={marks}
          />
          <p class="t3 xs fall-key">
            Full bars are measured; striped ones are computed, estimated or bounds: the details say how.
          </p>
        </div>
      ) : page === 'time' ? (
        <OverTime answer={answer} moment={moment} />
      ) : (
        <Classes answer={answer} />
      )}
    </WithDetails>
  )
}

function textOf(rows: MemoryMoment['account']['rows'], ...ids: readonly string[]): string {
  const found = ids.map((id) => rows.find((r) => r.id === id)).find((r) => r !== undefined)
  return found === undefined ? ABSENT : bytesText(found.bytes)
}

const SERIES: readonly (readonly [string, string, string])[] = [
  ['rss', 'resident', 'text-2'],
  ['sys', 'from the system', 'line-c4'],
  ['heap-inuse', 'heap in use', 'line-c1'],
  ['heap-alloc', 'heap objects', 'org-main'],
  ['heap-idle', 'idle, not returned', 'st-sleep'],
  ['stacks', 'stacks', 'line-c3'],
]

function OverTime({ answer, moment }: { readonly answer: MemoryAnswer; readonly moment: MemoryMoment }) {
  const { moments, trends } = answer
  const timed = moments.every(
    (m, k) => !Number.isNaN(m.after) && (k === 0 || m.after > moments[k - 1]!.after),
  )
  const x = useMemo(
    () => Float64Array.from(moments, (m, k) => (timed ? (m.after - moments[0]!.after) / 1e9 : k)),
    [moments],
  )
  const series = SERIES.flatMap(([id, label, token]) => {
    const trend = trends.find((t) => t.id === id)
    return trend === undefined ? [] : [{ label, token, kind: 'line' as const, values: trend.values }]
  })
  const text = (unit: string, v: number): string =>
    Number.isNaN(v) ? ABSENT : unit === 'bytes' ? bytesText(v) : countText(v)
  return (
    <div class="scroll charts">
      <Chart
        id="memory.time"
        title="Memory over the moments of the capture"
        x={x}
        xTitle={timed ? 'After the first' : 'Moment'}
        xText={(v) =>
          timed ? `${Number(v.toPrecision(3))}\u202fs` : Number.isInteger(v) ? String(v + 1) : ''
        }
        yText={bytesText}
        steps="bytes"
        least={[0, 1]}
        series={series}
        selected={moments.indexOf(moment)}
        onSelect={(k) => go({ set: { 'memory.at': String(k) } })}
        height={240}
      />
      <div class="table-box tall">
        <Table
          id="memory.trends"
          label="Quantities over time"
          count={trends.length}
          data={trends}
          columns={[
            {
              id: 'title',
              title: 'Of',
              kind: 'name',
              width: 170,
              text: (r) => trends[r]!.title,
              sortable: false,
            },
            ...moments.map(
              (m, k): Column => ({
                id: `t${k}`,
                title: m.title,
                kind: 'number',
                width: 110,
                sortable: false,
                text: (r) => text(trends[r]!.unit, trends[r]!.values[k]!),
                ...(k > 0 && k < moments.length - 1 && { from: 500 + k * 110 }),
              }),
            ),
            {
              id: 'change',
              title: 'Change',
              kind: 'number',
              width: 110,
              text: (r) => {
                const { change, unit } = trends[r]!
                return change === 0 ? '0' : `${change > 0 ? '+' : '−'}${text(unit, Math.abs(change))}`
              },
              value: (r) => trends[r]!.change,
              cellClass: (r) => (trends[r]!.change > 0 ? 'plus' : trends[r]!.change < 0 ? 'minus' : ''),
            },
            {
              id: 'line',
              title: '',
              width: 100,
              sortable: false,
              text: () => '',
              cell: (r) => <Sparkline values={trends[r]!.values} />,
            },
          ]}
        />
      </div>
    </div>
  )
}

function Classes({ answer }: { readonly answer: MemoryAnswer }) {
  const classes = answer.sizeClasses ?? []
  const most = Math.max(1, ...classes.map((c) => c.bytes))
  const number = (
    id: string,
    title: string,
    of: (r: number) => number,
    text: (v: number) => string,
  ): Column => ({
    id,
    title,
    kind: 'number',
    width: 140,
    text: (r) => text(of(r)),
    value: of,
  })
  return (
    <div class="fill">
      <Table
        id="memory.classes"
        label="Size classes"
        count={classes.length}
        data={classes}
        sort="-bytes"
        columns={[
          number('size', 'Slot', (r) => classes[r]!.size, bytesText),
          {
            ...number('bytes', 'In objects', (r) => classes[r]!.bytes, bytesText),
            width: 220,
            bar: (r) => classes[r]!.bytes / most,
          },
          number('objects', 'Objects', (r) => classes[r]!.objects, groupDigits),
          number(
            'free',
            'Free slots, at most',
            (r) => classes[r]!.freeAtMost ?? Number.NaN,
            (v) => (Number.isNaN(v) ? ABSENT : bytesText(v)),
          ),
        ]}
      />
      <p class="t3 xs more-rows">
        Free, at most: slots of objects that an earlier moment had and this one has not. Larger objects have
        spans of their own.
      </p>
    </div>
  )
}

function Details({
  answer,
  moment,
  row,
  whole,
}: {
  readonly answer: MemoryAnswer
  readonly moment: MemoryMoment
  readonly row: string
  readonly whole: number
}) {
  const { account: a } = moment
  const r = a.rows.find((x) => x.id === row)
  const parts = r === undefined || r.level === 1 ? [] : partsOf(a.rows, r.id)
  const { limits } = a
  const known = [
    ['GOGC', limits.gogc === undefined ? undefined : limits.gogc < 0 ? 'off' : String(limits.gogc)],
    ['GOMEMLIMIT', limits.memoryLimit === undefined ? undefined : bytesText(limits.memoryLimit)],
    ['Container limit', limits.container === undefined ? undefined : bytesText(limits.container)],
    ['Container uses', limits.containerUsage === undefined ? undefined : bytesText(limits.containerUsage)],
    ['Swapped out', a.swapped === undefined ? undefined : bytesText(a.swapped)],
    ['Held by the runtime', a.held === undefined ? undefined : bytesText(a.held)],
  ].flatMap(([k, v]) => (v === undefined ? [] : [[k!, v] as const]))
  return (
    <aside class="rt-side" aria-label="Part of memory">
      <div class="ph">
        <span class="b">{r?.title ?? (row === 'gap' ? 'Left over' : 'Memory')}</span>
      </div>
      <div class="scroll">
        {r !== undefined && (
          <section class="sec">
            <p class="big">
              {bytesText(r.bytes)} <small>{shareText(r.bytes, whole)} of the whole</small>
            </p>
            <Facts
              rows={[
                ['How it is known', r.certainty],
                ['From', <code class="formula">{r.formula}</code>],
              ]}
            />
            {r.note !== '' && <p class="t2 sm note">{r.note}</p>}
            {parts.length > 0 && <Facts rows={parts.map((p) => [p.title, bytesText(p.bytes)])} />}
          </section>
        )}
        {!Number.isNaN(moment.after) && <NearMoments clock="unix" at={moment.after} />}
        {known.length > 0 && (
          <section class="sec">
            <div class="lab">Limits and more</div>
            <Facts rows={known} />
          </section>
        )}
        {[...a.remarks, ...answer.remarks].length > 0 && (
          <section class="sec">
            <div class="lab">What to know of these numbers</div>
            {[...a.remarks, ...answer.remarks].map((m) => (
              <p class="t2 sm note" key={m}>
                {displayName(m)}
              </p>
            ))}
          </section>
        )}
        <section class="sec">
          <div class="lab">
            <span>From</span>
            <span>{answer.sources.length} files</span>
          </div>
          {answer.sources.slice(0, 12).map((s) => (
            <p class="m t2 cut" key={s}>
              {displayName(s)}
            </p>
          ))}
        </section>
      </div>
    </aside>
  )
}

/** The rows of level 1 behind a row. */
function partsOf(rows: MemoryMoment['account']['rows'], id: string): MemoryMoment['account']['rows'] {
  const at = rows.findIndex((r) => r.id === id)
  const end = rows.findIndex((r, k) => k > at && r.level === 0)
  return rows.slice(at + 1, end < 0 ? rows.length : end)
}
