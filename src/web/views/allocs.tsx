// The log of every allocation: sites, types, sizes, and how long objects live.

import { useMemo } from 'preact/hooks'
import { ABSENT, bytesText, countText, groupDigits, shareText } from '../../core/base/people-fmt.ts'
import type { AllocsLogAnswer } from '../../core/engine/workbench/questions/allocs-log.ts'
import { go, param } from '../address.ts'
import { Facts, numberIn, Tile, WithDetails } from '../parts/facts.tsx'
import { displayName, FunctionName } from '../parts/name.tsx'
import { Segmented } from '../parts/segmented.tsx'
import { SourceChoice } from '../parts/source-choice.tsx'
import { StackFrames } from '../parts/stack-frames.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useAnswer } from '../session.ts'
import type { ViewProps } from './view.ts'

type Data = NonNullable<AllocsLogAnswer['data']>
const PAGES = ['functions', 'types', 'sizes', 'sites'] as const
type Page = (typeof PAGES)[number]

export function View(_props: ViewProps) {
  const file = numberIn(param('allocs.file'))
  const { value, error, progress } = useAnswer('allocs-log', { ...(file !== undefined && { file }) })
  if (error !== undefined) return <Failed error={error} />
  if (value === undefined) return <Loading what="reading allocations" {...(progress && { progress })} />
  if (value.data === undefined)
    return (
      <Empty title="No log of allocations" command="GODEBUG=allocfreetrace=1 ./server 2> allocs.log">
        Every allocation and every free with its stack: programs built with Go 1.1 to 1.21 print it.
      </Empty>
    )
  return <Allocs answer={value} data={value.data} />
}

function Allocs({ answer, data }: { readonly answer: AllocsLogAnswer; readonly data: Data }) {
  const { report: r } = data
  const page = PAGES.find((p) => p === param('allocs.page')) ?? 'functions'
  const rows = page === 'sites' ? [] : r[page]
  const site = Math.max(0, Math.min(r.stacks.length - 1, numberIn(param('allocs.site')) ?? 0))
  return (
    <WithDetails side={<Details data={data} site={page === 'sites' ? site : -1} />}>
      <div class="bar0">
        <Segmented<Page>
          label="What is shown"
          value={page}
          onChoose={(id) => go({ set: { 'allocs.page': id === 'functions' ? undefined : id } })}
          choices={[
            { id: 'functions', title: 'Functions' },
            { id: 'types', title: 'Types' },
            { id: 'sizes', title: 'Sizes' },
            { id: 'sites', title: `Sites ${groupDigits(r.stacks.length)}` },
          ]}
        />
        <span class="grow" />
        {data.left > 0 && <span class="t3 xs">{groupDigits(data.left)} smaller sites are not listed</span>}
        <SourceChoice prefix="allocs" sources={answer.sources} at={answer.at} clear="allocs.site" />
      </div>
      <div class="strip">
        <Tile
          value={countText(r.allocations)}
          of="allocations"
          words={`${bytesText(r.allocatedBytes)} in all`}
        />
        <Tile value={countText(r.frees)} of="freed" words={`${bytesText(r.freedBytes)} in all`} />
        <Tile
          value={countText(r.keptObjects)}
          of="not freed"
          words={`${bytesText(r.keptBytes)}: alive at the end, or not swept`}
        />
        <Tile value={groupDigits(r.collections)} of="collections" words="began in the log" />
        <Tile
          value={r.allocations === 0 ? ABSENT : bytesText(Math.round(r.allocatedBytes / r.allocations))}
          words="mean size of an object"
        />
        <Tile
          value={Number.isNaN(r.lifetimes.inBytes.half) ? ABSENT : bytesText(r.lifetimes.inBytes.half)}
          of="allocated"
          words="while half of the freed ones lived"
        />
      </div>
      {page === 'sites' ? <Sites data={data} site={site} /> : <Rows id={page} data={data} rows={rows} />}
    </WithDetails>
  )
}

type Row = Data['report']['functions'][number]

function amounts(rows: readonly Omit<Row, 'name' | 'place'>[], whole: number): Column[] {
  const number = (
    id: string,
    title: string,
    of: (r: number) => number,
    text: (v: number) => string,
  ): Column => ({
    id,
    title,
    kind: 'number',
    width: 110,
    text: (r) => text(of(r)),
    value: of,
  })
  return [
    {
      ...number('bytes', 'Bytes', (r) => rows[r]!.bytes, bytesText),
      share: (r) => shareText(rows[r]!.bytes, whole),
      bar: (r) => rows[r]!.bytes / Math.max(1, whole),
      width: 190,
    },
    number('objects', 'Objects', (r) => rows[r]!.objects, groupDigits),
    number('kept', 'Not freed', (r) => rows[r]!.keptBytes, bytesText),
    number('keptObjects', 'Objects of them', (r) => rows[r]!.keptObjects, groupDigits),
  ]
}

function Rows({
  id,
  data,
  rows,
}: {
  readonly id: 'functions' | 'types' | 'sizes'
  readonly data: Data
  readonly rows: readonly Row[]
}) {
  const columns = useMemo(
    (): Column[] => [
      {
        id: 'name',
        title: { functions: 'Function', types: 'Type', sizes: 'Size, bytes' }[id],
        kind: 'name',
        width: 200,
        text: (r) => displayName(rows[r]!.name),
        ...(id === 'functions' && { cell: (r: number) => <FunctionName name={rows[r]!.name} /> }),
        ...(id === 'sizes' && { value: (r: number) => Number(rows[r]!.name) }),
      },
      ...amounts(rows, data.report.allocatedBytes),
    ],
    [id, rows],
  )
  return (
    <div class="fill">
      <Table
        id={`allocs.${id}`}
        label={`Allocations by ${id}`}
        count={rows.length}
        columns={columns}
        data={rows}
        sort="-bytes"
        {...(id === 'functions' && {
          selected: rows.findIndex((r) => r.name === param('sel')),
          onSelect: (r: number, by: 'pointer' | 'key') =>
            go({ set: { sel: rows[r]!.name } }, { replace: by === 'key' }),
        })}
      />
    </div>
  )
}

function Sites({ data, site }: { readonly data: Data; readonly site: number }) {
  const { stacks } = data.report
  const columns = useMemo((): Column[] => {
    const asker = stacks.map((s) => s.frames.find((f) => !f.name.startsWith('runtime.')) ?? s.frames.at(-1))
    return [
      {
        id: 'site',
        title: 'Site',
        kind: 'name',
        width: 200,
        text: (r) => asker[r]?.name ?? '',
        cell: (r) => <FunctionName name={asker[r]?.name ?? '(no stack)'} />,
      },
      { id: 'type', title: 'Type', width: 150, text: (r) => displayName(stacks[r]!.type) },
      {
        id: 'size',
        title: 'Size',
        kind: 'number',
        width: 80,
        text: (r) => bytesText(stacks[r]!.size),
        value: (r) => stacks[r]!.size,
      },
      ...amounts(stacks, data.report.allocatedBytes),
    ]
  }, [stacks])
  return (
    <div class="fill">
      <Table
        id="allocs.sites"
        label="Sites"
        count={stacks.length}
        columns={columns}
        data={stacks}
        sort="-bytes"
        selected={stacks.length > 0 ? site : -1}
        onSelect={(r, by) => go({ set: { 'allocs.site': String(r) } }, { replace: by === 'key' })}
      />
    </div>
  )
}

function Details({ data, site }: { readonly data: Data; readonly site: number }) {
  const { report: r, lifetimes } = data
  const s = r.stacks[site]
  const first = Math.max(
    0,
    lifetimes.findIndex((v) => v > 0),
  )
  let last = lifetimes.length - 1
  while (last > first && lifetimes[last] === 0) last--
  const shown = [...lifetimes.subarray(first, last + 1)]
  const most = Math.max(1, ...shown)
  const collections = r.lifetimes.byCollections
  const mostCollections = Math.max(1, ...collections)
  return (
    <aside class="rt-side" aria-label="Lifetimes and stack">
      <div class="ph">
        <span class="b">{s === undefined ? 'How long objects live' : 'Site'}</span>
        {s !== undefined && <span>{displayName(s.type)}</span>}
      </div>
      <div class="scroll">
        {s !== undefined && (
          <section class="sec">
            <p class="big">
              {bytesText(s.bytes)}{' '}
              <small>
                in {groupDigits(s.objects)} objects of {bytesText(s.size)}
              </small>
            </p>
            <StackFrames
              frames={s.frames.map((f) => ({
                name: f.name,
                place: `${f.file}:${f.line}`,
                origin: f.name.startsWith('main.') ? 0 : 3,
              }))}
            />
          </section>
        )}
        <section class="sec">
          <div class="lab">
            <span>Allocated while freed objects lived</span>
          </div>
          <div class="histogram" role="img" aria-label="Lifetimes in bytes allocated meanwhile">
            {shown.map((n, k) => (
              <i
                key={k}
                title={`${bytesText(2 ** (first + k))} to ${bytesText(2 ** (first + k + 1))}: ${groupDigits(n)}`}
                style={{ height: `${n === 0 ? 0 : Math.max(1.5, (n / most) * 100)}%` }}
              />
            ))}
          </div>
          <div class="histogram-axis t3 xs">
            <span>{bytesText(2 ** first)}</span>
            <span>{bytesText(2 ** (last + 1))}</span>
          </div>
          <Facts
            rows={[
              ['Half lived for at most', `${bytesText(r.lifetimes.inBytes.half || 0)} of allocation`],
              ['Nine tenths', `${bytesText(r.lifetimes.inBytes.mostly || 0)} of allocation`],
            ]}
          />
        </section>
        <section class="sec">
          <div class="lab">
            <span>Collections that freed objects lived through</span>
          </div>
          <div class="bars">
            {collections.map((n, k) =>
              n === 0 ? null : (
                <div class="bars-row" key={k}>
                  <span class="num">{k === collections.length - 1 ? `${k} or more` : k}</span>
                  <span class="meter">
                    <i style={{ width: `${(n / mostCollections) * 100}%`, background: 'var(--line-c2)' }} />
                  </span>
                  <span class="num">{groupDigits(n)}</span>
                </div>
              ),
            )}
          </div>
        </section>
        {(r.unknownFrees > 0 || r.reused > 0 || r.untracked > 0 || data.remarks.length > 0) && (
          <section class="sec t2 sm">
            {r.unknownFrees > 0 && (
              <p>{groupDigits(r.unknownFrees)} frees are of objects whose allocation is not in the log.</p>
            )}
            {r.reused > 0 && (
              <p>
                {groupDigits(r.reused)} allocations are at places that were not freed before: the log is not
                complete, or of several processes.
              </p>
            )}
            {r.untracked > 0 && (
              <p>{groupDigits(r.untracked)} objects were not followed: there were too many at once.</p>
            )}
            {data.remarks.map((m) => (
              <p key={m}>{displayName(m)}</p>
            ))}
          </section>
        )}
      </div>
    </aside>
  )
}
