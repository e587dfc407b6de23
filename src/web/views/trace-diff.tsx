// Two traces: how numbers and groups of goroutines changed. Times are per second of each trace.

import { useMemo } from 'preact/hooks'
import { countText, groupDigits, shareText, signedValueText, valueText } from '../../core/base/people-fmt.ts'
import type { AnswerOf } from '../../core/engine/workbench/questions/index.ts'
import { go, param } from '../address.ts'
import { FilterBox, useFilter } from '../parts/filter-box.tsx'
import { FunctionName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { useAnswer } from '../session.ts'
import { Answer, durationText, fileTitle, traceFile, traceFiles } from './trace-parts.tsx'
import type { ViewProps } from './view.ts'

const ID = 'trace-diff'

export function View(_props: ViewProps) {
  const traces = traceFiles()
  const wanted = param('timeline.file')
  // Before anybody chose, the first is what was before, and the second what is now.
  const file = wanted === '' ? traces[1]?.id : traceFile()
  const asked = traces.find((f) => String(f.id) === param(`${ID}.base`))
  const base = (asked ?? traces.find((f) => f.id !== file))?.id
  const answer = useAnswer(
    'trace-diff',
    file === undefined || base === undefined ? undefined : { file, base },
  )
  const pick = (label: string, value: number | undefined, key: string) => (
    <label class="field">
      <span>{label}</span>
      <select
        class="ctl choose"
        value={String(value)}
        onChange={(e) => go({ set: { [key]: e.currentTarget.value } })}
      >
        {traces.map((f) => (
          <option key={f.id} value={String(f.id)}>
            {fileTitle(f.name)}
          </option>
        ))}
      </select>
    </label>
  )
  const show = param(`${ID}.show`) === 'numbers' ? 'numbers' : 'groups'
  return (
    <>
      <div class="bar0">
        {pick('before', base, `${ID}.base`)}
        {pick('after', file, 'timeline.file')}
        <button
          type="button"
          class="ctl"
          onClick={() => go({ set: { [`${ID}.base`]: String(file), 'timeline.file': String(base) } })}
        >
          Swap
        </button>
        <span class="grow" />
        <Segmented
          label="What is compared"
          choices={[
            { id: 'groups', title: 'Goroutines' },
            { id: 'numbers', title: 'Numbers' },
          ]}
          value={show}
          onChoose={(id) => go({ set: { [`${ID}.show`]: id === 'groups' ? undefined : id } })}
        />
      </div>
      <Answer of={answer} what="reading both traces">
        {(value) => (show === 'groups' ? <Groups value={value} /> : <Numbers value={value} />)}
      </Answer>
    </>
  )
}

type Value = AnswerOf<'trace-diff'>

function Sides({ value }: { readonly value: Value }) {
  const { before, after } = value
  const side = (title: string, s: Value['before']) => (
    <span>
      <span class="t3">{title}</span> {fileTitle(s.name)}: {durationText(s.durationNs)},{' '}
      {groupDigits(s.goroutines)} goroutines, {s.procs} P
    </span>
  )
  return (
    <div class="ph">
      {side('before', before)}
      {side('after', after)}
      <span class="grow" />
      <span class="t3">times are per second of each trace; one trace a side says nothing about chance</span>
    </div>
  )
}

const tone = (v: number): string => (v > 0 ? 'plus' : v < 0 ? 'minus' : '')

function Groups({ value }: { readonly value: Value }) {
  const g = value.groups
  const handle = useTable()
  const filter = useFilter('q', g.names.length, (row) => g.names[row]!, value)
  const columns: Column[] = useMemo(() => {
    const change = (
      id: string,
      title: string,
      before: Float64Array,
      after: Float64Array,
      from = 0,
    ): Column => ({
      id,
      title,
      hint: `${title}: after minus before, a second`,
      kind: 'number',
      width: 132,
      from,
      text: (row) => signedValueText(after[row]! - before[row]!, 'nanoseconds'),
      value: (row) => Math.abs(after[row]! - before[row]!),
      cellClass: (row) => tone(after[row]! - before[row]!),
    })
    const plain = (id: string, title: string, of: Float64Array, from = 0): Column => ({
      id,
      title,
      kind: 'number',
      width: 92,
      from,
      text: (row) => durationText(of[row]!),
      value: (row) => of[row]!,
    })
    return [
      {
        id: 'name',
        title: 'Start location',
        kind: 'name',
        width: 200,
        text: (row) => g.names[row] || '(no name)',
        cell: (row) => <FunctionName name={g.names[row] || '(no name)'} />,
      },
      {
        id: 'before-count',
        title: 'Before',
        hint: 'Goroutines before',
        kind: 'number',
        width: 72,
        text: (row) => countText(g.countBefore[row]!),
        value: (row) => g.countBefore[row]!,
      },
      {
        id: 'after-count',
        title: 'After',
        hint: 'Goroutines after',
        kind: 'number',
        width: 72,
        text: (row) => countText(g.countAfter[row]!),
        value: (row) => g.countAfter[row]!,
      },
      plain('exec-before', 'Ran before', g.execBefore, 700),
      plain('exec-after', 'Ran after', g.execAfter, 700),
      change('exec', 'Running', g.execBefore, g.execAfter),
      change('sched', 'Ready', g.schedBefore, g.schedAfter, 820),
      change('wait', 'Blocked', g.waitBefore, g.waitAfter, 940),
    ]
  }, [value])
  return (
    <>
      <Sides value={value} />
      <div class="bar0">
        <FilterBox filter={filter} what="groups of goroutines" />
        <span class="grow" />
        <TableMenu table={handle} />
      </div>
      <Table
        id={ID}
        label="Groups of goroutines in both traces"
        count={g.names.length}
        columns={columns}
        data={value}
        rows={filter.rows}
        sort="-exec"
        handle={handle}
      />
    </>
  )
}

function Numbers({ value }: { readonly value: Value }) {
  const changes = useMemo(
    () => value.changes.filter((c) => c.group === 'trace' || c.group.startsWith('trace: blocked')),
    [value],
  )
  const handle = useTable()
  const text = (v: number, unit: string): string =>
    Number.isNaN(v) ? '–' : unit === 'share' ? shareText(v, 1) : valueText(v, unit)
  const columns: Column[] = [
    { id: 'name', title: 'What', kind: 'name', width: 260, text: (row) => changes[row]!.name },
    {
      id: 'of',
      title: 'Of',
      width: 170,
      from: 760,
      text: (row) => (changes[row]!.group === 'trace' ? 'trace' : changes[row]!.group.slice(7)),
    },
    {
      id: 'from',
      title: 'Before',
      kind: 'number',
      width: 110,
      text: (row) => text(changes[row]!.from, changes[row]!.unit),
      value: (row) => changes[row]!.from,
    },
    {
      id: 'to',
      title: 'After',
      kind: 'number',
      width: 110,
      text: (row) => text(changes[row]!.to, changes[row]!.unit),
      value: (row) => changes[row]!.to,
    },
    {
      id: 'ratio',
      title: 'Change',
      kind: 'number',
      width: 110,
      text: (row) => {
        const { ratio, from, to } = changes[row]!
        if (!Number.isNaN(ratio)) return `${ratio > 0 ? '+' : ''}${shareText(ratio, 1)}`
        return from === to ? '0' : 'new'
      },
      value: (row) => Math.abs(changes[row]!.ratio),
      cellClass: (row) => tone(changes[row]!.change),
    },
    {
      id: 'worse',
      title: '',
      hint: 'Better or worse, where that is known',
      width: 90,
      text: (row) => {
        const { worse, change } = changes[row]!
        return worse === 0 || !(Math.abs(change) > 0) ? '' : worse * change > 0 ? 'worse' : 'better'
      },
    },
  ]
  return (
    <>
      <Sides value={value} />
      <Table
        id={`${ID}.numbers`}
        label="Numbers of both traces"
        count={changes.length}
        columns={columns}
        data={value}
        ordered
        handle={handle}
      />
    </>
  )
}
