// User regions: by name and place with their latencies, and one by one with what goroutines did in them.

import { useMemo } from 'preact/hooks'
import { splitFilePath } from '../../core/analysis/display-names.ts'
import { countText, groupDigits } from '../../core/base/people-fmt.ts'
import type { AnswerOf } from '../../core/engine/workbench/questions/index.ts'
import type { RegionFilter } from '../../core/engine/workbench/trace-filters.ts'
import { address, go, linkTo, param } from '../address.ts'
import { useEscape } from '../keys.ts'
import { displayName, FunctionName, shortName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { statColumns } from './trace-goroutines.tsx'
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
  TimeBar,
  TimeLegend,
  traceFile,
  WaitLinks,
} from './trace-parts.tsx'
import { durationColumns, FilterField, TypeCards, typesHeight } from './trace-spans.tsx'
import type { ViewProps } from './view.ts'

const ID = 'trace-regions'
const KEYS = ['type', 'pc', 'latmin', 'latmax', 'list'] as const
const key = (k: (typeof KEYS)[number]): string => `${ID}.${k}`
const MODE = `${ID}.show`

function filtered(set: Partial<Record<(typeof KEYS)[number], string>>): Record<string, string | undefined> {
  return Object.fromEntries(KEYS.map((k) => [key(k), set[k]]))
}

export function View(_props: ViewProps) {
  const { params } = address.value
  return KEYS.some((k) => params.has(key(k))) ? <List /> : <Types />
}

function Types() {
  const file = traceFile()
  const answer = useAnswer('trace-regions', file === undefined ? undefined : { file })
  const handle = useTable()
  return (
    <>
      <div class="bar0">
        <span class="sm t2">Regions by name, and the place that they begin in</span>
        <ChooseTrace />
        <span class="grow" />
        <TableMenu table={handle} />
      </div>
      <Answer of={answer} what="reading the trace">
        {(value) =>
          value.types.length === 0 ? (
            <NoUser what="regions" call="WithRegion or StartRegion" />
          ) : (
            <TypeTable value={value} handle={handle} />
          )
        }
      </Answer>
    </>
  )
}

function TypeTable({
  value,
  handle,
}: {
  readonly value: AnswerOf<'trace-regions'>
  readonly handle: ReturnType<typeof useTable>
}) {
  const { types } = value
  const to = (row: number) => filtered({ type: types[row]!.type, pc: types[row]!.pc, list: '1' })
  const columns: Column[] = [
    {
      id: 'type',
      title: 'Region',
      kind: 'name',
      width: 140,
      text: (row) => types[row]!.type,
      cell: (row) => (
        <a class="cut m" href={linkTo({ set: to(row) })} title={displayName(types[row]!.type)}>
          {shortName(types[row]!.type) || '(inherited from a creator)'}
        </a>
      ),
    },
    {
      id: 'place',
      title: 'Begins in',
      width: 240,
      text: (row) =>
        types[row]!.fn === ''
          ? ''
          : `${types[row]!.fn} @ 0x${types[row]!.pc} ${types[row]!.file}:${types[row]!.line}`,
      cell: (row) => {
        const t = types[row]!
        if (t.fn === '') return <span class="t3">before the trace</span>
        return (
          <span class="place" title={displayName(`${t.fn} @ 0x${t.pc}\n${t.file}:${t.line}`)}>
            <FunctionName name={t.fn} />
            <span class="t3 xs">
              {shortName(splitFilePath(t.file).fn)}:{String(t.line)}
            </span>
          </span>
        )
      },
    },
    {
      id: 'count',
      title: 'Count',
      kind: 'number',
      width: 76,
      text: (row) => countText(types[row]!.count),
      value: (row) => types[row]!.count,
    },
    ...durationColumns(types),
    {
      id: 'slowest',
      title: 'The slowest',
      width: 200,
      from: 1100,
      sortable: false,
      text: (row) => types[row]!.slowest.map((r) => `G${r.goroutine}`).join(' '),
      cell: (row) => (
        <span class="links">
          {types[row]!.slowest.map((r) => (
            <GoroutineLink key={`${r.goroutine} ${r.start}`} id={r.goroutine} from={r.start} to={r.end} />
          ))}
        </span>
      ),
    },
  ]
  return (
    <div class="trace-types" style={{ '--types': typesHeight(types.length) }}>
      <Table
        id={`${ID}.types`}
        label="User regions by name and place"
        count={types.length}
        columns={columns}
        data={value}
        sort="type"
        onAction={(row) => go({ set: to(row) })}
        handle={handle}
      />
      <TypeCards
        types={types}
        nameless="(inherited from a creator)"
        link={(t) => linkTo({ set: filtered({ type: t.type, pc: t.pc, list: '1' }) })}
        onBucket={(t, latmin, latmax) =>
          go({ set: filtered({ type: t.type, pc: t.pc, latmin, latmax, list: '1' }) })
        }
        slowest={(t) =>
          t.slowest.map((s) => (
            <span key={`${s.goroutine} ${s.start}`}>
              <GoroutineLink id={s.goroutine} from={s.start} to={s.end} /> {durationText(s.end - s.start)}
            </span>
          ))
        }
      />
    </div>
  )
}

function List() {
  const file = traceFile()
  const filter: RegionFilter = useMemo(() => {
    const { params } = address.value
    return {
      ...(params.has(key('type')) && { type: param(key('type')) }),
      ...(param(key('pc')) !== '' && { pc: param(key('pc')) }),
      ...(param(key('latmin')) !== '' && { latmin: param(key('latmin')) }),
      ...(param(key('latmax')) !== '' && { latmax: param(key('latmax')) }),
    }
  }, [address.value])
  const answer = useAnswer('trace-region-list', file === undefined ? undefined : { file, filter })
  const handle = useTable()
  useEscape('selection', true, () => go({ set: filtered({}) }))
  return (
    <>
      <div class="bar0">
        <nav class="trace-crumbs" aria-label="Where this is">
          <a href={linkTo({ set: filtered({}) })}>All regions</a>
          <span class="t3">›</span>
          <span class="m cut">
            {filter.type === undefined ? 'regions' : shortName(filter.type) || '(inherited)'}
          </span>
        </nav>
        <FilterField of={key('latmin')} label="from" placeholder="0s" duration />
        <FilterField of={key('latmax')} label="to" placeholder="any" duration />
        <span class="grow" />
        <Segmented
          label="What is shown"
          choices={[
            { id: 'breakdown', title: 'Breakdown' },
            { id: 'ranges', title: 'Special ranges' },
          ]}
          value={param(MODE) === 'ranges' ? 'ranges' : 'breakdown'}
          onChoose={(id) => go({ set: { [MODE]: id === 'breakdown' ? undefined : id } })}
        />
        <TableMenu table={handle} />
      </div>
      <Answer of={answer} what="looking for regions">
        {(value) => <RegionTable value={value} filter={filter} handle={handle} />}
      </Answer>
    </>
  )
}

function RegionTable(props: {
  readonly value: AnswerOf<'trace-region-list'>
  readonly filter: RegionFilter
  readonly handle: ReturnType<typeof useTable>
}) {
  const { value, filter, handle } = props
  const { goroutines, tasks, start, end, total, stats, ranges, durations, names } = value
  const onlyRanges = param(MODE) === 'ranges'
  const shown = onlyRanges ? ranges : stats
  const longest = total.reduce((a, b) => Math.max(a, b), 0)
  const rows = useMemo(
    () =>
      onlyRanges
        ? Uint32Array.from(goroutines.keys()).filter((row) => ranges.some((s) => s.values[row]! > 0))
        : undefined,
    [value, onlyRanges],
  )
  const columns: Column[] = useMemo(
    () => [
      {
        id: 'goroutine',
        title: 'Goroutine',
        width: 96,
        text: (row) => `G${goroutines[row]}`,
        value: (row) => Number(goroutines[row]),
        cell: (row) => <GoroutineLink id={goroutines[row]!} from={start[row]!} to={end[row]!} />,
      },
      {
        id: 'task',
        title: 'Task',
        width: 76,
        text: (row) => (tasks[row] === undefined ? '' : `T${tasks[row]}`),
        value: (row) => (tasks[row] === undefined ? Number.NaN : Number(tasks[row])),
        cell: (row) => <TaskLink id={tasks[row]} from={start[row]!} to={end[row]!} />,
      },
      ...(filter.type === undefined
        ? [{ id: 'type', title: 'Region', width: 130, text: (row: number) => names[row]! }]
        : []),
      {
        id: 'total',
        title: 'Total',
        kind: 'number',
        width: 92,
        text: (row) => durationText(total[row]!),
        value: (row) => total[row]!,
      },
      ...(onlyRanges
        ? []
        : [
            {
              id: 'bar',
              title: '',
              hint: 'Breakdown',
              width: 280,
              sortable: false,
              text: () => '',
              cell: (row: number) => <TimeBar stats={stats} row={row} whole={longest} />,
            },
          ]),
      ...statColumns(
        shown.filter((s) => s.values.some((v) => v > 0)),
        (i) => (i < 3 ? 0 : 700 + (i - 2) * 92),
      ),
      {
        id: 'when',
        title: 'When',
        kind: 'number',
        width: 92,
        from: 900,
        text: (row) => durationText(start[row]!),
        value: (row) => start[row]!,
      },
    ],
    [value, onlyRanges],
  )
  return (
    <>
      <div class="trace-top">
        <div class="trace-facts">
          <div class="big">
            {groupDigits(goroutines.length)} <small>{goroutines.length === 1 ? 'region' : 'regions'}</small>
          </div>
          <div class="t2 sm m cut" title={displayName(value.filter)}>
            {value.filter === '' ? 'all of them' : shortName(value.filter)}
          </div>
          <WaitLinks part={{ region: filter }} />
          {!onlyRanges && <TimeLegend stats={stats} />}
        </div>
        <div class="trace-dist">
          <div class="lab">
            <span>How long they took</span>
            <span>{countText(durations.count)}</span>
          </div>
          <Histogram
            rows={durations.histogram}
            label="Regions"
            marks={percentileMarks(durations)}
            onBucket={(latmin, latmax) => go({ set: { [key('latmin')]: latmin, [key('latmax')]: latmax } })}
          />
        </div>
        <Percentiles of={durations} />
      </div>
      <Table
        id={ID}
        label="User regions"
        count={goroutines.length}
        columns={columns}
        data={value}
        rows={rows}
        sort="-total"
        handle={handle}
        empty={onlyRanges ? 'None of them was in a special range.' : 'No region passes this filter.'}
      />
    </>
  )
}
