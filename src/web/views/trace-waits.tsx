// Where goroutines waited: the network, each other, the kernel, a processor. Of all, of a group, in regions.

import { WAIT_KINDS, type WaitKind } from '../../core/analysis/trace/waiting-profiles.ts'
import { countText, groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { AnswerOf } from '../../core/engine/workbench/questions/index.ts'
import { partText, type TracePart } from '../../core/engine/workbench/trace-part.ts'
import { go, param } from '../address.ts'
import { openMade } from '../made.ts'
import { Icon } from '../parts/icons.tsx'
import { displayName, FunctionName, shortName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { type Column, Table, useTable } from '../parts/table.tsx'
import { TableMenu } from '../parts/table-menu.tsx'
import { ask, useAnswer } from '../session.ts'
import {
  Answer,
  ChooseTrace,
  durationText,
  GoroutineLink,
  Histogram,
  Percentiles,
  percentileMarks,
  traceFile,
  WAITS,
  waitsPart,
} from './trace-parts.tsx'
import type { ViewProps } from './view.ts'

const ID = 'trace-waits'

export function View(_props: ViewProps) {
  const file = traceFile()
  const asked = param(`${ID}.kind`)
  const kind: WaitKind = WAIT_KINDS.find((k) => k === asked) ?? 'sync'
  const part = waitsPart()
  const answer = useAnswer('trace-profile', file === undefined ? undefined : { file, kind, part })
  const of = partText(part)
  return (
    <>
      <div class="bar0">
        <Segmented
          label="What goroutines waited for"
          choices={WAITS}
          value={kind}
          onChoose={(id) => go({ set: { [`${ID}.kind`]: id } })}
        />
        <ChooseTrace />
        {of !== '' && (
          <span class="chip a part" title={displayName(of)}>
            <span class="cut">{shortName(of)}</span>
            <button
              type="button"
              aria-label="Of the whole trace"
              title="Of the whole trace"
              onClick={wholeTrace}
            >
              <Icon name="close" />
            </button>
          </span>
        )}
        <span class="grow" />
        {answer.value !== undefined && file !== undefined && <Open of={{ file, kind, part }} />}
      </div>
      <Answer of={answer} what="adding up waits">
        {(value) => <Waits value={value} kind={kind} />}
      </Answer>
    </>
  )
}

function wholeTrace(): void {
  const keys = ['group', 'type', 'pc', 'latmin', 'latmax', 'regions', 'goroutine']
  go({ set: Object.fromEntries(keys.map((k) => [`${ID}.${k}`, undefined])) })
}

/** The views that the profile opens in. */
function Open(props: {
  readonly of: { readonly file: number; readonly kind: WaitKind; readonly part: TracePart }
}) {
  const open = (view: string) => (): void => void openMade(view, 'waits', props.of)
  return (
    <>
      <button type="button" class="ctl" onClick={open('flame')}>
        <Icon name="flame" /> Flame graph
      </button>
      <button type="button" class="ctl" onClick={open('graph')}>
        <Icon name="swap" /> Graph
      </button>
      <button type="button" class="ctl" onClick={open('top')}>
        <Icon name="list" /> Table
      </button>
      <button
        type="button"
        class="ctl ic"
        aria-label="Download as profile.proto"
        title="Download as profile.proto"
        onClick={() => void save(props.of)}
      >
        <Icon name="download" />
      </button>
    </>
  )
}

async function save(of: {
  readonly file: number
  readonly kind: WaitKind
  readonly part: TracePart
}): Promise<void> {
  const bytes = await ask('trace-profile-bytes', of)
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('gzip'))
  const url = URL.createObjectURL(await new Response(packed).blob())
  const link = document.createElement('a')
  link.href = url
  link.download = `${of.kind}.pb.gz`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** What the waits of a kind are called in a sentence. */
const WORDS: Readonly<Record<WaitKind, string>> = {
  net: 'for the network',
  sync: 'for other goroutines',
  syscall: 'in system calls',
  sched: 'for a processor',
}

function Waits({ value, kind }: { readonly value: AnswerOf<'trace-profile'>; readonly kind: WaitKind }) {
  const functions = useAnswer('profile-functions', {
    query: { of: [value.profile], options: { si: 'delay' } },
  })
  if (value.count === 0)
    return (
      <div class="empty">
        <h2>Nobody waited {WORDS[kind]}</h2>
        <p class="t2">Waits that were not over when the trace ended do not count.</p>
      </div>
    )
  return (
    <>
      <div class="trace-top">
        <div class="trace-facts">
          <div class="big">
            {durationText(value.total)} <small>waited {WORDS[kind]}</small>
          </div>
          <div class="t2 sm">
            {groupDigits(value.count)} waits at {groupDigits(value.stacks)}{' '}
            {value.stacks === 1 ? 'stack' : 'stacks'}, in a trace of {durationText(value.durationNs)}
          </div>
        </div>
        <div class="trace-dist">
          <div class="lab">
            <span>How long one wait took</span>
            <span>{countText(value.count)}</span>
          </div>
          <Histogram rows={value.histogram} label="Waits" marks={percentileMarks(value)} />
        </div>
        <Percentiles of={value} />
      </div>
      <div class="trace-two">
        <Functions value={functions.value} />
        <Longest value={value} kind={kind} ofAll={partText(waitsPart()) === ''} />
      </div>
    </>
  )
}

function Functions({ value }: { readonly value: AnswerOf<'profile-functions'> | undefined }) {
  const handle = useTable()
  if (value === undefined) return <div class="col grow" />
  const delay = value.types.find((t) => t.type === 'delay') ?? value.types[value.selected]!
  const count = value.types.find((t) => t.type === 'contentions')
  const whole = value.wholes[value.types.indexOf(delay)]!
  const columns: Column[] = [
    {
      id: 'name',
      title: 'Function',
      kind: 'name',
      width: 160,
      text: (row) => value.names[row]!,
      cell: (row) => <FunctionName name={value.names[row]!} inlined={value.inlined[row] === 1} />,
    },
    {
      id: 'self',
      title: 'Waited here',
      hint: 'Where goroutines stopped',
      kind: 'number',
      width: 92,
      from: 560,
      text: (row) => durationText(delay.self[row]!),
      value: (row) => delay.self[row]!,
    },
    {
      id: 'total',
      title: 'With callees',
      kind: 'number',
      width: 180,
      text: (row) => durationText(delay.total[row]!),
      value: (row) => delay.total[row]!,
      share: (row) => shareText(delay.total[row]!, whole),
      bar: (row) => delay.total[row]! / Math.max(1, whole),
    },
    ...(count === undefined
      ? []
      : [
          {
            id: 'count',
            title: 'Waits',
            kind: 'number' as const,
            width: 76,
            text: (row: number) => countText(count.total[row]!),
            value: (row: number) => count.total[row]!,
          },
        ]),
  ]
  return (
    <section class="col grow" aria-label="Functions">
      <div class="ph">
        <span class="b">Where</span>
        <span>{groupDigits(value.names.length)} functions</span>
        <span class="grow" />
        <TableMenu table={handle} />
      </div>
      <Table
        id={ID}
        label="Functions in which goroutines waited"
        count={value.names.length}
        columns={columns}
        data={value}
        sort="-total"
        selected={value.names.indexOf(param('sel'))}
        onSelect={(row) => go({ set: { sel: value.names[row]! } }, { replace: true })}
        handle={handle}
      />
    </section>
  )
}

function Longest({
  value,
  kind,
  ofAll,
}: {
  readonly ofAll: boolean
  readonly value: AnswerOf<'trace-profile'>
  readonly kind: WaitKind
}) {
  const { longest } = value
  const handle = useTable()
  const columns: Column[] = [
    {
      id: 'goroutine',
      title: 'Goroutine',
      width: 92,
      text: (row) => `G${longest[row]!.goroutine}`,
      value: (row) => Number(longest[row]!.goroutine),
      cell: (row) => {
        const w = longest[row]!
        return <GoroutineLink id={w.goroutine} from={w.start} to={w.start + w.duration} />
      },
    },
    {
      id: 'took',
      title: 'Took',
      kind: 'number',
      width: 84,
      text: (row) => durationText(longest[row]!.duration),
      value: (row) => longest[row]!.duration,
    },
    {
      id: 'at',
      title: 'At',
      kind: 'number',
      width: 84,
      text: (row) => durationText(longest[row]!.start),
      value: (row) => longest[row]!.start,
    },
    {
      id: 'where',
      title: kind === 'sched' ? 'Made ready in' : 'Where',
      kind: 'name',
      width: 140,
      text: (row) => `${longest[row]!.fn} ${longest[row]!.line}`.trim(),
      cell: (row) => <FunctionName name={longest[row]!.fn || longest[row]!.name || '–'} />,
    },
  ]
  return (
    <section class="col trace-longest" aria-label="The longest waits">
      <div class="ph">
        <span class="b">The longest</span>
        <span>{ofAll ? 'without the runtime’s own goroutines' : 'each leads into the timeline'}</span>
        <span class="grow" />
        <TableMenu table={handle} />
      </div>
      <Table
        id={`${ID}.longest`}
        label="The longest waits"
        count={longest.length}
        columns={columns}
        data={value}
        sort="-took"
        handle={handle}
      />
    </section>
  )
}
