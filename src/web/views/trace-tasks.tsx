// User tasks: types with their latencies, the tasks that pass a filter, and what happened in one.

import { useMemo } from 'preact/hooks'
import { countText, groupDigits } from '../../core/base/people-fmt.ts'
import type { AnswerOf } from '../../core/engine/workbench/questions/index.ts'
import type { TaskFilter } from '../../core/engine/workbench/trace-filters.ts'
import { address, go, linkTo, param } from '../address.ts'
import { useEscape } from '../keys.ts'
import { Icon } from '../parts/icons.tsx'
import { displayName, shortName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import {
  Answer,
  ChooseTrace,
  durationText,
  GoroutineLink,
  Histogram,
  NoUser,
  Percentiles,
  percentileMarks,
  TaskLink,
  timelineLink,
  traceFile,
} from './trace-parts.tsx'
import { durationColumns, FilterField, TypeCards, typesHeight } from './trace-spans.tsx'
import type { ViewProps } from './view.ts'

const ID = 'trace-tasks'
const KEYS = ['type', 'complete', 'latmin', 'latmax', 'logtext', 'list', 'task'] as const
const key = (k: (typeof KEYS)[number]): string => `${ID}.${k}`

/** All of the list's parameters, with some set: what a link to a filtered list has. */
function filtered(set: Partial<Record<(typeof KEYS)[number], string>>): Record<string, string | undefined> {
  return Object.fromEntries(KEYS.map((k) => [key(k), set[k]]))
}

export function View(_props: ViewProps) {
  const { params } = address.value
  const list = KEYS.some((k) => params.has(key(k)))
  return list ? <List /> : <Types />
}

function Types() {
  const file = traceFile()
  const answer = useAnswer('trace-tasks', file === undefined ? undefined : { file })
  const handle = useTable()
  return (
    <>
      <div class="bar0">
        <SearchLogs />
        <ChooseTrace />
        <span class="grow" />
        <TableMenu table={handle} />
      </div>
      <Answer of={answer} what="reading the trace">
        {(value) =>
          value.types.length === 0 ? (
            <NoUser what="tasks" call="NewTask" />
          ) : (
            <TypeTable value={value} handle={handle} />
          )
        }
      </Answer>
    </>
  )
}

function SearchLogs() {
  return (
    <form
      class="search"
      role="search"
      onSubmit={(e) => {
        e.preventDefault()
        const text = String(new FormData(e.currentTarget).get('logtext') ?? '')
        if (text !== '') go({ set: filtered({ list: '1', logtext: text }) })
      }}
    >
      <Icon name="search" />
      <input
        type="text"
        name="logtext"
        placeholder="Search log text"
        aria-label="Search log text"
        autocomplete="off"
      />
    </form>
  )
}

function TypeTable({
  value,
  handle,
}: {
  readonly value: AnswerOf<'trace-tasks'>
  readonly handle: ReturnType<typeof useTable>
}) {
  const { types } = value
  const open = (row: number): void => go({ set: filtered({ type: types[row]!.type, list: '1' }) })
  const columns: Column[] = [
    {
      id: 'type',
      title: 'Task type',
      kind: 'name',
      width: 160,
      text: (row) => types[row]!.type,
      cell: (row) => (
        <a
          class="cut m"
          href={linkTo({ set: filtered({ type: types[row]!.type, list: '1' }) })}
          title={displayName(types[row]!.type)}
        >
          {shortName(types[row]!.type) || '(no name)'}
        </a>
      ),
    },
    {
      id: 'count',
      title: 'Count',
      kind: 'number',
      width: 76,
      text: (row) => countText(types[row]!.tasks),
      value: (row) => types[row]!.tasks,
    },
    {
      id: 'open',
      title: 'Incomplete',
      hint: 'Without a begin or an end in the trace',
      kind: 'number',
      width: 88,
      text: (row) => countText(types[row]!.tasks - types[row]!.count),
      value: (row) => types[row]!.tasks - types[row]!.count,
    },
    ...durationColumns(types),
    {
      id: 'slowest',
      title: 'The slowest',
      width: 220,
      from: 980,
      sortable: false,
      text: (row) => types[row]!.slowest.map((t) => `T${t.id}`).join(' '),
      cell: (row) => (
        <span class="links">
          {types[row]!.slowest.map((t) => (
            <TaskLink key={String(t.id)} id={t.id} from={t.start} to={t.end} />
          ))}
        </span>
      ),
    },
  ]
  return (
    <div class="trace-types" style={{ '--types': typesHeight(types.length) }}>
      <Table
        id={`${ID}.types`}
        label="Types of user tasks"
        count={types.length}
        columns={columns}
        data={value}
        sort="type"
        onAction={open}
        handle={handle}
      />
      <TypeCards
        types={types}
        nameless="(no name)"
        link={(t) => linkTo({ set: filtered({ type: t.type, list: '1' }) })}
        onBucket={(t, latmin, latmax) => go({ set: filtered({ type: t.type, latmin, latmax, list: '1' }) })}
        slowest={(t) =>
          t.slowest.map((s) => (
            <span key={String(s.id)}>
              <TaskLink id={s.id} from={s.start} to={s.end} /> {durationText(s.end - s.start)}
            </span>
          ))
        }
      />
    </div>
  )
}

function List() {
  const file = traceFile()
  const filter: TaskFilter = useMemo(() => {
    const { params } = address.value
    return {
      ...(params.has(key('type')) && { type: param(key('type')) }),
      ...(param(key('complete')) !== '' && { complete: param(key('complete')) }),
      ...(param(key('latmin')) !== '' && { latmin: param(key('latmin')) }),
      ...(param(key('latmax')) !== '' && { latmax: param(key('latmax')) }),
      ...(param(key('logtext')) !== '' && { logtext: param(key('logtext')) }),
    }
  }, [address.value])
  const answer = useAnswer('trace-task-list', file === undefined ? undefined : { file, filter })
  const handle = useTable()
  const task = param(key('task'))
  useEscape('selection', true, () => go({ set: task === '' ? filtered({}) : { [key('task')]: undefined } }))
  const complete = param(key('complete'))
  return (
    <>
      <div class="bar0">
        <nav class="trace-crumbs" aria-label="Where this is">
          <a href={linkTo({ set: filtered({}) })}>All types</a>
          <span class="t3">›</span>
          <span class="m cut">
            {filter.type === undefined ? 'tasks' : shortName(filter.type) || '(no name)'}
          </span>
        </nav>
        <Segmented
          label="Which tasks"
          choices={[
            { id: 'any', title: 'All' },
            { id: '1', title: 'Complete' },
            { id: '0', title: 'Incomplete' },
          ]}
          value={complete === '1' || complete === '0' ? complete : 'any'}
          onChoose={(id) =>
            go({ set: { [key('complete')]: id === 'any' ? undefined : id, [key('list')]: '1' } })
          }
        />
        <FilterField of={key('latmin')} label="from" placeholder="0s" duration />
        <FilterField of={key('latmax')} label="to" placeholder="any" duration />
        <FilterField of={key('logtext')} label="log text" placeholder="contains" wide />
        <span class="grow" />
        <TableMenu table={handle} />
      </div>
      <Answer of={answer} what="looking for tasks">
        {(value) => <TaskTable value={value} handle={handle} task={task} file={file!} />}
      </Answer>
    </>
  )
}

function TaskTable(props: {
  readonly value: AnswerOf<'trace-task-list'>
  readonly handle: ReturnType<typeof useTable>
  readonly task: string
  readonly file: number
}) {
  const { value, handle, task, file } = props
  const { ids, types, start, end, durations } = value
  const took = (row: number): number => end[row]! - start[row]!
  const columns: Column[] = useMemo(
    () => [
      {
        id: 'task',
        title: 'Task',
        width: 84,
        text: (row) => `T${ids[row]}`,
        value: (row) => Number(ids[row]),
        cell: (row) => <TaskLink id={ids[row]!} from={start[row]!} to={end[row]!} />,
      },
      {
        id: 'type',
        title: 'Type',
        kind: 'name',
        width: 130,
        text: (row) => types[row]!,
        cell: (row) => <span class="m cut">{shortName(types[row]!)}</span>,
      },
      {
        id: 'when',
        title: 'When',
        hint: 'Since the trace’s start',
        kind: 'number',
        width: 92,
        text: (row) => durationText(start[row]!),
        value: (row) => start[row]!,
      },
      {
        id: 'took',
        title: 'Took',
        kind: 'number',
        width: 150,
        text: (row) => durationText(took(row)),
        value: took,
        bar: (row) => took(row) / Math.max(1, durations.max),
      },
      {
        id: 'complete',
        title: '',
        hint: 'Whether begin and end are in the trace',
        width: 92,
        text: (row) => (value.complete[row] === 1 ? 'complete' : 'incomplete'),
        cell: (row) => (
          <span class={value.complete[row] === 1 ? 't3' : 'warn-text'}>
            {value.complete[row] === 1 ? 'complete' : 'incomplete'}
          </span>
        ),
      },
      {
        id: 'goroutines',
        title: 'Goroutines',
        kind: 'number',
        width: 86,
        from: 760,
        text: (row) => countText(value.goroutines[row]!),
        value: (row) => value.goroutines[row]!,
      },
      {
        id: 'regions',
        title: 'Regions',
        kind: 'number',
        width: 76,
        from: 840,
        text: (row) => countText(value.regions[row]!),
        value: (row) => value.regions[row]!,
      },
      {
        id: 'logs',
        title: 'Logs',
        kind: 'number',
        width: 66,
        from: 900,
        text: (row) => countText(value.logs[row]!),
        value: (row) => value.logs[row]!,
      },
      {
        id: 'parent',
        title: 'Parent',
        width: 76,
        from: 980,
        text: (row) => (value.parents[row] === undefined ? '' : `T${value.parents[row]}`),
        cell: (row) => <TaskLink id={value.parents[row]} />,
      },
    ],
    [value],
  )
  const selected = ids.findIndex((id) => String(id) === task)
  return (
    <>
      <div class="trace-top">
        <div class="trace-facts">
          <div class="big">
            {groupDigits(ids.length)} <small>{ids.length === 1 ? 'task' : 'tasks'}</small>
          </div>
          <div class="t2 sm m cut" title={displayName(value.filter)}>
            {value.filter === '' ? 'all of them' : shortName(value.filter)}
          </div>
        </div>
        <div class="trace-dist">
          <div class="lab">
            <span>How long they took</span>
            <span>{countText(durations.count)} complete</span>
          </div>
          <Histogram
            rows={durations.histogram}
            label="Tasks"
            marks={percentileMarks(durations)}
            onBucket={(latmin, latmax) => go({ set: { [key('latmin')]: latmin, [key('latmax')]: latmax } })}
          />
        </div>
        <Percentiles of={durations} />
      </div>
      <div class="trace-two">
        <section class="col grow" aria-label="Tasks">
          <Table
            id={ID}
            label="User tasks"
            count={ids.length}
            columns={columns}
            data={value}
            sort="-took"
            selected={selected}
            onSelect={(row) => go({ set: { [key('task')]: String(ids[row]) } }, { replace: true })}
            handle={handle}
            empty="No task passes this filter."
          />
        </section>
        {task !== '' && <Events file={file} task={task} row={selected} value={value} />}
      </div>
    </>
  )
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  'task begin': 'task begins',
  'task end': 'task ends',
  'region begin': 'region',
  'region end': 'region ends',
  log: 'log',
  created: 'goroutine created',
  ended: 'goroutine ended',
}

function Events(props: {
  readonly file: number
  readonly task: string
  readonly row: number
  readonly value: AnswerOf<'trace-task-list'>
}) {
  const { file, task, row, value } = props
  const answer = useAnswer('trace-task-events', { file, task })
  const handle = useTable()
  const from = value.start[row]
  const to = value.end[row]
  return (
    <section class="col trace-longest" aria-label={`Task ${task}`}>
      <div class="ph">
        <span class="b">Task {task}</span>
        <a href={timelineLink({ task: BigInt(task), from, to })}>Timeline</a>
        <span class="grow" />
        <TableMenu table={handle} />
        <button
          type="button"
          class="ctl q ic"
          aria-label="Close"
          title="Close"
          onClick={() => go({ set: { [key('task')]: undefined } })}
        >
          <Icon name="close" />
        </button>
      </div>
      <Answer of={answer} what="looking for its events">
        {(e) => (
          <Table
            id={`${ID}.events`}
            label={`Events of task ${task}`}
            count={e.time.length}
            columns={[
              {
                id: 'when',
                title: 'When',
                kind: 'number',
                width: 88,
                text: (i) => durationText(e.time[i]!),
                value: (i) => e.time[i]!,
              },
              {
                id: 'since',
                title: 'Since last',
                kind: 'number',
                width: 84,
                text: (i) => (i === 0 ? '–' : `+${durationText(e.time[i]! - e.time[i - 1]!)}`),
                value: (i) => (i === 0 ? Number.NaN : e.time[i]! - e.time[i - 1]!),
              },
              {
                id: 'goroutine',
                title: 'G',
                width: 64,
                text: (i) => (e.goroutines[i] === undefined ? '' : `G${e.goroutines[i]}`),
                cell: (i) =>
                  e.goroutines[i] === undefined ? null : (
                    <GoroutineLink id={e.goroutines[i]!} from={e.time[i]! - 1e5} to={e.time[i]! + 1e5} />
                  ),
              },
              {
                id: 'what',
                title: 'What',
                kind: 'name',
                width: 150,
                text: (i) =>
                  `${KIND_WORDS[e.kinds[i]!]} ${e.categories[i] === '' ? '' : `[${e.categories[i]}] `}${e.texts[i]}`.trim(),
                cell: (i) => (
                  <span class="cut" title={displayName(e.texts[i]!)}>
                    <span class="t3">{KIND_WORDS[e.kinds[i]!]} </span>
                    {e.categories[i] !== '' && <span class="chip">{shortName(e.categories[i]!)}</span>}{' '}
                    <span class="m">{shortName(e.texts[i]!)}</span>
                  </span>
                ),
              },
            ]}
            data={e}
            sort="when"
            handle={handle}
          />
        )}
      </Answer>
    </section>
  )
}
