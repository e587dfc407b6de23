// Goroutines by start function, and one by one: what they did with their time.

import { useMemo } from 'preact/hooks'
import { durationStats } from '../../core/analysis/trace/duration-stats.ts'
import { countText, groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { AnswerOf } from '../../core/engine/workbench/questions/index.ts'
import type { StatColumn } from '../../core/engine/workbench/trace-stats.ts'
import { statId } from '../../core/engine/workbench/trace-stats.ts'
import { address, go, linkTo, param } from '../address.ts'
import { useEscape } from '../keys.ts'
import { FilterBox, useFilter } from '../parts/filter-box.tsx'
import { FunctionName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { tableSort } from '../parts/table-state.ts'
import { useAnswer } from '../session.ts'
import {
  Answer,
  ChooseTrace,
  durationText,
  GoroutineLink,
  Histogram,
  Percentiles,
  percentileMarks,
  statTitle,
  TimeBar,
  TimeLegend,
  traceFile,
  WaitLinks,
} from './trace-parts.tsx'
import type { ViewProps } from './view.ts'

const ID = 'trace-goroutines'
const GROUP = `${ID}.group`
/** Stands for the group without a name in places for people. */
const NAMELESS = '(Inactive, no stack trace sampled)'

export function View(_props: ViewProps) {
  // A group may have the empty name, so that being there is what counts.
  return address.value.params.has(GROUP) ? <Group name={param(GROUP)} /> : <Groups />
}

/** Columns of time, one for each statistic. */
export function statColumns(stats: readonly StatColumn[], from: (index: number) => number): Column[] {
  return stats.map((s, i) => ({
    id: statId(s.name),
    title: statTitle(s.name),
    hint: s.name,
    kind: 'number' as const,
    width: 92,
    from: from(i),
    text: (row: number) => durationText(s.values[row]!),
    value: (row: number) => s.values[row]!,
  }))
}

function Groups() {
  const file = traceFile()
  const answer = useAnswer('trace-goroutine-groups', file === undefined ? undefined : { file })
  return (
    <Answer of={answer} what="reading the trace">
      {(value) => <GroupTable value={value} />}
    </Answer>
  )
}

function GroupTable({ value }: { readonly value: AnswerOf<'trace-goroutine-groups'> }) {
  const { names, count, total, stats } = value
  const handle = useTable()
  const filter = useFilter('q', names.length, (row) => names[row]!, value)
  const exec = stats[0]!.values
  const all = exec.reduce((sum, v) => sum + v, 0)
  const longest = total.reduce((a, b) => Math.max(a, b), 0)
  const open = (row: number): void => go({ set: { [GROUP]: names[row]!, [`${GROUP}s.sort`]: undefined } })
  const columns: Column[] = useMemo(
    () => [
      {
        id: 'name',
        title: 'Start location',
        kind: 'name',
        width: 220,
        text: (row) => names[row] || NAMELESS,
        cell: (row) => (
          <a class="name-link" href={linkTo({ set: { [GROUP]: names[row]! } })}>
            {names[row] === '' ? <span class="t3">{NAMELESS}</span> : <FunctionName name={names[row]!} />}
          </a>
        ),
      },
      {
        id: 'count',
        title: 'Count',
        kind: 'number',
        width: 76,
        text: (row) => countText(count[row]!),
        value: (row) => count[row]!,
      },
      {
        id: 'execution-time',
        title: 'Running',
        hint: 'Total execution time',
        kind: 'number',
        width: 150,
        text: (row) => durationText(exec[row]!),
        value: (row) => exec[row]!,
        share: (row) => shareText(exec[row]!, all),
      },
      {
        id: 'bar',
        title: 'All their time',
        width: 240,
        sortable: false,
        text: () => '',
        cell: (row) => <TimeBar stats={stats} row={row} whole={longest} />,
      },
      {
        id: 'total',
        title: 'Total',
        kind: 'number',
        width: 92,
        text: (row) => durationText(total[row]!),
        value: (row) => total[row]!,
      },
      ...statColumns(
        stats.slice(1).filter((s) => s.values.some((v) => v > 0)),
        (i) => 860 + i * 92,
      ),
    ],
    [value],
  )
  return (
    <>
      <div class="bar0">
        <FilterBox filter={filter} what="groups of goroutines" />
        <ChooseTrace />
        <span class="grow" />
        <TimeLegend stats={stats} />
        <TableMenu table={handle} />
      </div>
      <div class="ph">
        <span class="b">{groupDigits(count.reduce((a, b) => a + b, 0))} goroutines</span>
        <span>{groupDigits(names.length)} start functions</span>
        <span>
          {durationText(all)} running in {durationText(value.durationNs)}
        </span>
        <span class="grow" />
        <WaitLinks part={{}} />
      </div>
      <Table
        id={ID}
        label="Groups of goroutines"
        count={names.length}
        columns={columns}
        data={value}
        rows={filter.rows}
        sort="-execution-time"
        selected={names.indexOf(param('sel'))}
        onSelect={(row) => go({ set: { sel: names[row]! } }, { replace: true })}
        onAction={open}
        handle={handle}
        empty="No goroutine did anything in this trace."
      />
    </>
  )
}

const MODE = `${ID}.show`

function Group({ name }: { readonly name: string }) {
  const file = traceFile()
  const answer = useAnswer('trace-goroutine-group', file === undefined ? undefined : { file, name })
  useEscape('selection', true, () => go({ set: { [GROUP]: undefined } }))
  return (
    <>
      <div class="bar0">
        <nav class="trace-crumbs" aria-label="Where this is">
          <a href={linkTo({ set: { [GROUP]: undefined } })}>All goroutines</a>
          <span class="t3">›</span>
          {name === '' ? <span class="t2">{NAMELESS}</span> : <FunctionName name={name} />}
        </nav>
        <span class="grow" />
        <Segmented
          label="What is shown"
          choices={[
            { id: 'breakdown', title: 'Breakdown' },
            {
              id: 'ranges',
              title: 'Special ranges',
              hint: 'mark assist, sweep, stop-the-world: they overlap with the breakdown',
            },
          ]}
          value={param(MODE) === 'ranges' ? 'ranges' : 'breakdown'}
          onChoose={(id) => go({ set: { [MODE]: id === 'breakdown' ? undefined : id } })}
        />
      </div>
      <Answer of={answer} what="adding up goroutines">
        {(value) => <GroupPage value={value} />}
      </Answer>
    </>
  )
}

function GroupPage({ value }: { readonly value: AnswerOf<'trace-goroutine-group'> }) {
  const { ids, total, stats, ranges, started, ended, created, durationNs, exec, allExec, name } = value
  const handle = useTable()
  const onlyRanges = param(MODE) === 'ranges'
  const table = `${GROUP}s`
  const shown = onlyRanges ? ranges : stats
  const initial = '-total'
  const sort = tableSort(table, initial)
  const longest = total.reduce((a, b) => Math.max(a, b), 0)
  const rows = useMemo(() => {
    if (!onlyRanges) return undefined
    return Uint32Array.from(ids.keys()).filter((row) => ranges.some((s) => s.values[row]! > 0))
  }, [value, onlyRanges])
  /** The statistic that the table is sorted by: its distribution is shown. */
  const chosen = shown.find((s) => statId(s.name) === sort.column)
  const measured = chosen?.values ?? total
  const distribution = useMemo(() => durationStats([...measured].filter((v) => v > 0)), [measured])
  const begin = (row: number): number => (Number.isNaN(started[row]!) ? created[row]! : started[row]!)
  const end = (row: number): number => (Number.isNaN(ended[row]!) ? durationNs : ended[row]!)
  const columns: Column[] = useMemo(
    () => [
      {
        id: 'goroutine',
        title: 'Goroutine',
        width: 96,
        text: (row) => `G${ids[row]}`,
        value: (row) => Number(ids[row]),
        cell: (row) => <GoroutineLink id={ids[row]!} from={begin(row)} to={end(row)} />,
      },
      {
        id: 'total',
        title: 'Total',
        kind: 'number',
        width: 96,
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
              width: 300,
              sortable: false,
              text: () => '',
              cell: (row: number) => <TimeBar stats={stats} row={row} whole={longest} />,
            },
          ]),
      ...statColumns(
        shown.filter((s) => s.values.some((v) => v > 0)),
        (i) => (i < 4 ? 0 : 620 + (i - 3) * 92),
      ),
      {
        id: 'created',
        title: 'Created',
        hint: 'Since the trace’s start',
        kind: 'number',
        width: 92,
        from: 900,
        text: (row) => durationText(created[row]!),
        value: (row) => created[row]!,
      },
      {
        id: 'ended',
        title: 'Ended',
        kind: 'number',
        width: 92,
        from: 1000,
        text: (row) => durationText(ended[row]!),
        value: (row) => ended[row]!,
      },
    ],
    [value, onlyRanges],
  )
  return (
    <>
      <div class="trace-top">
        <div class="trace-facts">
          <div class="big">
            {groupDigits(ids.length)} <small>{ids.length === 1 ? 'goroutine' : 'goroutines'}</small>
          </div>
          <div class="t2 sm">
            ran {durationText(exec)}, {shareText(exec, allExec)} of all execution time
          </div>
          <WaitLinks part={{ group: name }} />
          {!onlyRanges && <TimeLegend stats={stats} />}
        </div>
        <div class="trace-dist">
          <div class="lab">
            <span>{chosen === undefined ? 'Total time' : chosen.name} of each</span>
            <span>{countText(distribution.count)}</span>
          </div>
          <Histogram
            rows={distribution.histogram}
            label="Time of goroutines"
            marks={percentileMarks(distribution)}
          />
        </div>
        <Percentiles of={distribution} />
        <TableMenu table={handle} />
      </div>
      <Table
        id={table}
        label={`Goroutines that start with ${name || NAMELESS}`}
        count={ids.length}
        columns={columns}
        data={value}
        rows={rows}
        sort={initial}
        handle={handle}
        empty={onlyRanges ? 'None of them was in a special range.' : 'None.'}
      />
    </>
  )
}
