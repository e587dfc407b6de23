// Goroutines of dumps: groups, states, leaks, who blocks whom, and what changed from dump to dump.

import { useMemo } from 'preact/hooks'
import { SIMILARITIES, type Similarity } from '../../core/analysis/goroutines/groups.ts'
import { ABSENT, groupDigits, timeText } from '../../core/base/people-fmt.ts'
import { visibleStart } from '../../core/base/visible-text.ts'
import type { DumpQuery } from '../../core/engine/workbench/dump-look.ts'
import type { DumpGroups, GroupRow } from '../../core/engine/workbench/questions/dump-groups.ts'
import { go, param } from '../address.ts'
import { openMade } from '../made.ts'
import { BlockedBy } from '../parts/blocked-by.tsx'
import { Banner, Choose, numberIn, Sparkline, WithDetails } from '../parts/facts.tsx'
import { Icon, SeverityMark } from '../parts/icons.tsx'
import { MomentStrip } from '../parts/moments.tsx'
import { displayName, FunctionName, shortName } from '../parts/name.tsx'
import { QuickSearch } from '../parts/quick-search.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useAnswer } from '../session.ts'
import { GroupDetails } from './dumps-details.tsx'
import type { ViewProps } from './view.ts'

type Data = NonNullable<DumpGroups['data']>
type Page = 'groups' | 'blocked' | 'all'

/** Colours of states by what they are. */
const KIND_TOKENS: Readonly<Record<string, string>> = {
  running: 'st-running',
  runnable: 'st-runnable',
  syscall: 'st-syscall',
  io: 'st-network',
  channel: 'st-chan',
  select: 'st-chan',
  lock: 'st-sync',
  group: 'st-sync',
  sleep: 'st-sleep',
  'for ever': 'critical',
  runtime: 'st-system',
  unknown: 'st-unknown',
}
const SAME: Readonly<Record<Similarity, string>> = {
  arguments: 'stack and arguments',
  lines: 'stack',
  functions: 'functions',
  user: 'your functions',
}

export function View(_props: ViewProps) {
  const query = queryOf()
  const { value, error, progress } = useAnswer('dump-groups', query)
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="reading goroutines" {...(progress && { progress })} />
  if (value.data === undefined)
    return (
      <Empty
        title="No goroutines"
        command='curl -o dump.txt "http://localhost:6060/debug/pprof/goroutine?debug=2"'
      >
        What goroutines wait for, in groups; who blocks whom; what grows from dump to dump.
      </Empty>
    )
  return <Dumps answer={value} data={value.data} query={query} />
}

function queryOf(): DumpQuery {
  const dump = numberIn(param('dumps.at'))
  const against = numberIn(param('dumps.against'))
  const by = SIMILARITIES.find((s) => s === param('dumps.by'))
  const q = param('q')
  const state = param('dumps.state')
  return {
    ...(dump !== undefined && { dump }),
    ...(against !== undefined && { against }),
    ...(by !== undefined && { by }),
    ...(q !== '' && { q }),
    ...(state !== '' && { state: state === '(none)' ? '' : state }),
  }
}

function Dumps({
  answer,
  data,
  query,
}: {
  readonly answer: DumpGroups
  readonly data: Data
  readonly query: DumpQuery
}) {
  const { moments, at } = answer
  const moment = moments[at]!
  const page = (param('dumps.page') || 'groups') as Page
  const wanted = numberIn(param('dumps.row'))
  const group = Math.max(
    0,
    data.groups.findIndex((g) => g.example === wanted),
  )
  const row = page === 'all' && wanted !== undefined ? wanted : (wanted ?? data.groups[0]?.example)
  const name = (k: number): string =>
    `${shortName(moments[k]!.fileName)}, ${groupDigits(moments[k]!.goroutines)}`
  const options = moments.map((m, k) => [String(m.dump), name(k)] as const)
  return (
    <WithDetails
      side={
        row === undefined ? undefined : (
          <GroupDetails answer={answer} data={data} row={row} group={data.groups[group]} />
        )
      }
    >
      <MomentStrip {...(!Number.isNaN(moment.time) && { clock: 'unix', at: moment.time })} />
      <div class="bar0">
        <QuickSearch label="Function, state, label or id" />
        <Segmented<Page>
          label="What is shown"
          value={page}
          onChoose={(id) => go({ set: { 'dumps.page': id === 'groups' ? undefined : id } })}
          choices={[
            { id: 'groups', title: 'Groups' },
            { id: 'blocked', title: 'Blocked by' },
            { id: 'all', title: `All ${groupDigits(data.total)}` },
          ]}
        />
        <button type="button" class="ctl" onClick={() => void openMade('flame', 'dump', query)}>
          <Icon name="flame" /> Flame
        </button>
        <span class="grow" />
        <Choose
          label="What makes stacks the same"
          set="dumps.by"
          value={query.by ?? 'lines'}
          options={SIMILARITIES.map((s) => [s, `Same: ${SAME[s]}`] as const)}
        />
        <Choose
          label="Dump"
          set="dumps.at"
          clear={['dumps.row']}
          value={String(moment.dump)}
          options={options}
        />
        {moments.length > 1 && (
          <Choose
            label="Compared with"
            set="dumps.against"
            value={param('dumps.against')}
            options={[
              ['', `against all ${moments.length}`],
              ...options
                .filter(([v]) => v !== String(moment.dump))
                .map(([v, t]) => [v, `against ${t}`] as const),
            ]}
          />
        )}
      </div>
      <States data={data} />
      <Said data={data} />
      {page === 'groups' ? (
        <Groups answer={answer} data={data} selected={group} />
      ) : page === 'blocked' ? (
        <BlockedBy
          waits={data.waits}
          cycles={data.cycles}
          notVisible={data.notVisible}
          onSelect={selectRow}
        />
      ) : (
        <All query={query} row={row ?? -1} />
      )}
    </WithDetails>
  )
}

const selectRow = (row: number, by: 'pointer' | 'key' = 'pointer'): void =>
  go({ set: { 'dumps.row': String(row) } }, { replace: by === 'key' })

/** What the runtime calls a state is in the dump, and a dump is only text. */
const stateName = (state: string): string => visibleStart(state, 60) || 'no state'

function States({ data }: { readonly data: Data }) {
  const chosen = param('dumps.state')
  const { states, total, whole } = data
  return (
    <div class="dump-states">
      <div class="lab">
        <span>
          {groupDigits(total)} {total === whole ? 'goroutines' : `of ${groupDigits(whole)} goroutines`} by
          state
        </span>
        {chosen !== '' && (
          <button type="button" class="link" onClick={() => go({ set: { 'dumps.state': undefined } })}>
            all states
          </button>
        )}
      </div>
      <div
        class="stack"
        role="img"
        aria-label={states
          .slice(0, 12)
          .map((s) => `${stateName(s.state)} ${s.count}`)
          .join(', ')}
      >
        {states.map((s) => (
          <i
            key={s.state}
            style={{ flexGrow: s.count, '--k': `var(--${KIND_TOKENS[s.kind]})` }}
            title={`${stateName(s.state)}: ${s.count}. ${s.meaning}`}
          />
        ))}
      </div>
      <div class="dump-legend">
        {states.slice(0, 12).map((s) => (
          <button
            type="button"
            key={s.state}
            class="lg"
            title={s.meaning}
            aria-pressed={chosen === s.state}
            onClick={() =>
              go({ set: { 'dumps.state': chosen === s.state ? undefined : s.state || '(none)' } })
            }
          >
            <i class="k-area" style={{ '--k': `var(--${KIND_TOKENS[s.kind]})` }} />
            {stateName(s.state)} <b>{groupDigits(s.count)}</b>
          </button>
        ))}
        {states.length > 12 && <span class="t3 xs">{states.length - 12} more states</span>}
      </div>
    </div>
  )
}

/** What is to be said before the table: crash, races, circles. */
function Said({ data }: { readonly data: Data }) {
  const { crash, races, cycles, remarks } = data
  return (
    <>
      {crash !== undefined && (
        <Banner mark={crash.kind === 'signal' ? 'info' : 'critical'}>
          <b>{displayName(crash.text.split('\n')[0]!.slice(0, 300))}</b>
          {crash.frame.name !== '' && (
            <>
              {' '}
              in <code>{displayName(crash.frame.name)}</code>{' '}
              <span class="t2">{displayName(crash.frame.place)}</span>
            </>
          )}
          {crash.meaning !== '' && <div class="t2">{crash.meaning}</div>}
          {crash.remedy !== '' && <div class="t2">Do: {crash.remedy}</div>}
        </Banner>
      )}
      {races.slice(0, 3).map((r, k) => (
        <Banner mark="critical" key={k}>
          <b>Data race{r.count > 1 ? `, ${r.count} times` : ''}</b>:{' '}
          {r.accesses
            .map((a) => `${a.what} in ${displayName(a.frame.name)} (${displayName(a.frame.place)})`)
            .join('; ')}
        </Banner>
      ))}
      {cycles.slice(0, 2).map((c) => (
        <Banner mark="critical" key={c.goids.join()}>
          <b>{c.certainty === 'proven' ? 'Deadlock' : 'Likely a deadlock'}</b>: goroutines{' '}
          {[...c.goids, c.goids[0]].join(' → ')} wait for one another.
        </Banner>
      ))}
      {remarks.slice(0, 1).map((r) => (
        <Banner mark="info" key={r}>
          {displayName(r)}
        </Banner>
      ))}
    </>
  )
}

function Groups({
  answer,
  data,
  selected,
}: {
  readonly answer: DumpGroups
  readonly data: Data
  readonly selected: number
}) {
  const { groups, compared } = data
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'count',
        title: 'Count',
        kind: 'number',
        width: 76,
        text: (r) => groupDigits(groups[r]!.count),
        value: (r) => groups[r]!.count,
        cellClass: (r) => (groups[r]!.suspect >= 0 ? 'b' : ''),
      },
      {
        id: 'state',
        title: 'State',
        width: 150,
        text: (r) => groups[r]!.state,
        cell: (r) => <StateCell g={groups[r]!} />,
      },
      {
        id: 'fn',
        title: 'Your function, or the first that is not runtime',
        kind: 'name',
        width: 220,
        text: (r) => groups[r]!.frame.name,
        cell: (r) => (
          <>
            {groups[r]!.suspect >= 0 && <LeakMark data={data} g={groups[r]!} />}
            <FunctionName name={groups[r]!.frame.name} />
          </>
        ),
      },
      {
        id: 'place',
        title: 'Where',
        width: 150,
        from: 1000,
        text: (r) => groups[r]!.frame.place.split('/').slice(-2).join('/'),
      },
      {
        id: 'created',
        title: 'Created by',
        width: 170,
        from: 620,
        text: (r) => groups[r]!.created.name,
        cell: (r) =>
          groups[r]!.created.name === '' ? null : <FunctionName name={groups[r]!.created.name} />,
      },
      {
        id: 'wait',
        title: 'Waits',
        hint: 'Whole minutes, as the runtime prints them: median, most',
        kind: 'number',
        width: 80,
        text: (r) => waitText(groups[r]!),
        value: (r) => groups[r]!.minutes[2],
      },
      ...(compared.length > 1
        ? [
            {
              id: 'change',
              title: 'Change',
              hint: `From ${answer.moments[compared[0]!]!.fileName}: goroutines with this stack, whatever they wait for`,
              kind: 'number' as const,
              width: 76,
              text: (r: number) => changeText(groups[r]!),
              value: (r: number) => changeOf(groups[r]!),
              cellClass: (r: number) =>
                changeOf(groups[r]!) > 0 ? 'plus' : changeOf(groups[r]!) < 0 ? 'minus' : '',
            },
            {
              id: 'history',
              title: `${compared.length} dumps`,
              width: 100,
              sortable: false,
              text: (r: number) => groups[r]!.history.join(' '),
              cell: (r: number) => (
                <Sparkline values={groups[r]!.history} tone={groups[r]!.suspect >= 0 ? 'bad' : ''} />
              ),
            },
          ]
        : []),
    ],
    [data],
  )
  return (
    <div class="fill">
      <Table
        id="dumps.groups"
        label="Groups of goroutines"
        count={groups.length}
        columns={columns}
        data={data}
        sort="-count"
        selected={groups.length > 0 ? selected : -1}
        onSelect={(r, by) => selectRow(groups[r]!.example, by)}
        empty="No goroutine is like that. Clear the search, or choose all states."
      />
      {data.gone.length > 0 && (
        <p class="t3 xs more-rows">
          Gone since the first dump:{' '}
          {data.gone
            .slice(0, 4)
            .map((g) => `${displayName(g.frame.name)} (${Math.max(...g.history)})`)
            .join(', ')}
          {data.gone.length > 4 ? `, and ${data.gone.length - 4} more stacks` : ''}
        </p>
      )}
      {data.left > 0 && (
        <p class="t3 xs more-rows">
          {groupDigits(data.left)} smaller groups are not listed: search for them.
        </p>
      )}
    </div>
  )
}

function StateCell({ g }: { readonly g: GroupRow }) {
  return (
    <span class="row state-cell cut" title={g.holdsThread ? 'holds a thread' : undefined}>
      <i class="dot" style={{ background: `var(--${KIND_TOKENS[g.kind]})` }} />
      <span class="cut">{shortName(g.state) || ABSENT}</span>
    </span>
  )
}

function LeakMark({ data, g }: { readonly data: Data; readonly g: GroupRow }) {
  const s = data.suspects[g.suspect]!
  const mark = s.certainty === 'proven' ? 'critical' : s.certainty === 'likely' ? 'warning' : 'info'
  return (
    <span class="leak-mark" title={`${s.certainty} leak: ${s.reasons.join('; ')}`}>
      <SeverityMark mark={mark} />
    </span>
  )
}

function waitText({ minutes: [, median, most] }: GroupRow): string {
  const text = (m: number): string => timeText(m * 60e9)
  if (most === 0) return '< 1\u202fmin'
  return median === most ? text(most) : `${text(median)}–${text(most)}`
}

const changeOf = ({ history }: GroupRow): number =>
  history.length > 1 ? history.at(-1)! - history[0]! : Number.NaN

function changeText(g: GroupRow): string {
  const change = changeOf(g)
  return Number.isNaN(change)
    ? ''
    : change === 0
      ? '0'
      : `${change > 0 ? '+' : '−'}${groupDigits(Math.abs(change))}`
}

function All({ query, row }: { readonly query: DumpQuery; readonly row: number }) {
  const { value: v, error, progress } = useAnswer('dump-goroutines', query)
  const columns = useMemo((): Column[] => {
    if (v === undefined) return []
    const text = (ids: Uint32Array) => (r: number) => v.texts[ids[r]!]!
    const number = (id: string, title: string, of: (r: number) => number, width: number): Column => ({
      id,
      title,
      kind: 'number',
      width,
      value: of,
      text: (r) => (of(r) < 0 ? '–' : groupDigits(of(r))),
    })
    return [
      number('goid', 'Goroutine', (r) => v.goid[r]!, 90),
      ...(v.count.some((n) => n !== 1) ? [number('count', 'Count', (r) => v.count[r]!, 80)] : []),
      { id: 'state', title: 'State', width: 150, text: text(v.state) },
      number('minutes', 'Minutes', (r) => v.minutes[r]!, 76),
      {
        id: 'fn',
        title: 'Function',
        kind: 'name',
        width: 220,
        text: text(v.fn),
        cell: (r) => <FunctionName name={v.texts[v.fn[r]!]!} />,
      },
      {
        id: 'place',
        title: 'Where',
        width: 180,
        from: 800,
        text: (r) => v.texts[v.place[r]!]!.split('/').slice(-2).join('/'),
      },
      {
        id: 'created',
        title: 'Created by',
        width: 180,
        from: 620,
        text: text(v.created),
        cell: (r) => <FunctionName name={v.texts[v.created[r]!]!} />,
      },
      number('creator', 'by goroutine', (r) => v.creator[r]! || -1, 96),
      { id: 'labels', title: 'Labels', width: 160, from: 900, text: text(v.labels) },
    ]
  }, [v])
  if (error !== undefined) return <Failed error={error} />
  if (v === undefined) return <Loading what="listing goroutines" {...(progress && { progress })} />
  return (
    <div class="fill">
      <Table
        id="dumps.all"
        label="Goroutines"
        count={v.row.length}
        columns={columns}
        data={v}
        sort="goid"
        selected={v.row.indexOf(row)}
        onSelect={(r, by) => selectRow(v.row[r]!, by)}
        empty="No goroutine is like that."
      />
    </div>
  )
}
