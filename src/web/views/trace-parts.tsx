// What the pages of a trace share: which trace, links into the timeline and the profile views, bars of time, histograms.

import type { ComponentChildren } from 'preact'
import type { WaitKind } from '../../core/analysis/trace/waiting-profiles.ts'
import { formatDuration } from '../../core/base/go-time.ts'
import type { Int } from '../../core/base/int64.ts'
import { countText, timeText } from '../../core/base/people-fmt.ts'
import type { TracePart } from '../../core/engine/workbench/trace-part.ts'
import type { StatClass, StatColumn } from '../../core/engine/workbench/trace-stats.ts'
import { go, linkTo, param } from '../address.ts'
import { histogramBars, histogramTicks } from '../draw/histogram.ts'
import { shortName } from '../parts/name.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import type { Answered } from '../session.ts'
import { files } from '../state.ts'

/** The trace that is shown: the one of the address, or the first. */
export function traceFile(): number | undefined {
  const traces = traceFiles()
  const wanted = param('timeline.file')
  return (traces.find((f) => String(f.id) === wanted) ?? traces[0])?.id
}

export function traceFiles() {
  return (files.value ?? []).filter((f) => f.kind === 'trace')
}

/** The end of a file's path: its name and folder tell it apart. */
export function fileTitle(name: string): string {
  return shortName(name.split('/').slice(-2).join('/'))
}

/** Chooses among several traces; nothing where there is one. */
export function ChooseTrace() {
  const traces = traceFiles()
  if (traces.length < 2) return null
  return (
    <select
      class="ctl choose"
      aria-label="Trace"
      value={String(traceFile())}
      onChange={(e) => go({ set: { 'timeline.file': e.currentTarget.value } })}
    >
      {traces.map((f) => (
        <option key={f.id} value={String(f.id)}>
          {fileTitle(f.name)}
        </option>
      ))}
    </select>
  )
}

/** The answer, or what is said in its place. */
export function Answer<A>({
  of,
  what,
  children,
}: {
  readonly of: Answered<A>
  readonly what: string
  readonly children: (value: A) => ComponentChildren
}) {
  if (of.error !== undefined) return <Failed error={of.error} />
  if (of.value === undefined) return <Loading what={what} {...(of.progress && { progress: of.progress })} />
  return <>{children(of.value)}</>
}

/** Part of the timeline: times in ns since the trace's start. */
export interface Moment {
  readonly goroutine?: Int | undefined
  readonly task?: Int | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Around what is looked at, so that it is not the whole picture. */
const MARGIN = 0.15

/** A link into the timeline. */
export function timelineLink({ goroutine, task, from, to }: Moment): string {
  const span = from !== undefined && to !== undefined ? Math.max(1, to - from) : undefined
  return linkTo({
    view: 'timeline',
    set: {
      'timeline.file': String(traceFile() ?? 0),
      'timeline.by': goroutine !== undefined ? 'goroutine' : task !== undefined ? 'task' : 'proc',
      'timeline.sel':
        goroutine !== undefined
          ? `G${goroutine}${from === undefined ? '' : `@${Math.round(from)}`}`
          : task !== undefined
            ? `T${task}`
            : undefined,
      'timeline.from':
        span === undefined ? undefined : String(Math.max(0, Math.floor(from! - span * MARGIN))),
      'timeline.to': span === undefined ? undefined : String(Math.ceil(to! + span * MARGIN)),
      range: undefined,
      'timeline.range': span === undefined ? undefined : `${Math.floor(from!)}~${Math.ceil(to!)}`,
    },
  })
}

/** A link into the timeline at a goroutine. */
export function GoroutineLink({
  id,
  from,
  to,
}: {
  readonly id: Int
  readonly from?: number
  readonly to?: number
}) {
  return (
    <a class="m" href={timelineLink({ goroutine: id, from, to })} title={`G${id} in the timeline`}>
      G{String(id)}
    </a>
  )
}

export function TaskLink({
  id,
  from,
  to,
}: {
  readonly id: Int | undefined
  readonly from?: number
  readonly to?: number
}) {
  if (id === undefined) return <span class="t3">–</span>
  return (
    <a class="m" href={timelineLink({ task: id, from, to })} title={`task ${id} in the timeline`}>
      T{String(id)}
    </a>
  )
}

/** Time in words; nothing is a dim 0. */
export const durationText = (ns: number): string => (Number.isNaN(ns) ? '–' : ns === 0 ? '0' : timeText(ns))

const TOKENS: Readonly<Record<StatClass, string>> = {
  running: 'st-running',
  runnable: 'st-runnable',
  syscall: 'st-syscall',
  sync: 'st-sync',
  chan: 'st-chan',
  network: 'st-network',
  sleep: 'st-sleep',
  gc: 'st-gc',
  system: 'st-system',
  unknown: 'st-unknown',
}

export const statColour = (of: StatClass): string => `var(--${TOKENS[of]})`

/** The reference's names in short. */
export function statTitle(name: string): string {
  const reason = /^Block time \((.*)\)$/.exec(name)
  if (reason !== null) return reason[1] === 'syscall' ? 'Syscall, no P' : reason[1] || 'no reason'
  return (
    {
      'Execution time': 'Running',
      'Sched wait time': 'Ready',
      'Syscall execution time': 'Syscall',
      'Unknown time': 'Unknown',
    }[name] ?? name
  )
}

/** A row's time as one bar: its length of the largest total, its parts by what was done. */
export function TimeBar({
  stats,
  row,
  whole,
}: {
  readonly stats: readonly StatColumn[]
  readonly row: number
  readonly whole: number
}) {
  const parts = stats.filter((s) => s.values[row]! > 0)
  const title = parts.map((s) => `${statTitle(s.name)} ${durationText(s.values[row]!)}`).join(', ')
  return (
    <span class="time-bar" role="img" aria-label={title} title={title}>
      {parts.map((s) => (
        <i
          key={s.name}
          style={{ width: `${(100 * s.values[row]!) / Math.max(1, whole)}%`, background: statColour(s.of) }}
        />
      ))}
    </span>
  )
}

const CLASS_WORDS: Readonly<Record<StatClass, string>> = {
  running: 'running',
  runnable: 'ready',
  syscall: 'system call',
  sync: 'lock',
  chan: 'channel',
  network: 'network',
  sleep: 'sleep',
  gc: 'collector',
  system: 'runtime',
  unknown: 'other',
}

/** What the colours of time bars mean: only those that occur. */
export function TimeLegend({ stats }: { readonly stats: readonly StatColumn[] }) {
  const used = new Map<StatClass, string[]>()
  for (const s of stats) {
    if (!s.values.some((v) => v > 0)) continue
    used.set(s.of, [...(used.get(s.of) ?? []), statTitle(s.name)])
  }
  return (
    <span class="time-legend">
      {[...used].map(([of, names]) => (
        <span class="lg" key={of} title={names.join(', ')}>
          <i class="dot" style={{ background: statColour(of) }} />
          {CLASS_WORDS[of]}
        </span>
      ))}
    </span>
  )
}

/** How many of what size; a bar leads to those in it. */
export function Histogram(props: {
  readonly rows: readonly (readonly [from: number, count: number])[]
  readonly label: string
  readonly height?: number
  /** Durations as Go writes them. */
  readonly onBucket?: (latmin: string, latmax: string) => void
  /** Durations that have a mark: percentiles. */
  readonly marks?: readonly (readonly [name: string, at: number])[]
}) {
  const { rows, label, height = 72, onBucket, marks = [] } = props
  const bars = histogramBars(rows)
  if (bars.length === 0) return <span class="t3 xs">no durations</span>
  const ticks = new Set(histogramTicks(bars, 7))
  return (
    <div class="histo" role="group" aria-label={`${label}: distribution`} style={{ '--tall': `${height}px` }}>
      {bars.map((b, i) => {
        const words = `${countText(b.count)} from ${durationText(b.from)} to ${durationText(b.to)}`
        const inside = marks.filter(([, at]) => at >= b.from && at < b.to)
        return (
          <button
            key={b.from}
            type="button"
            class="histo-bar"
            disabled={b.count === 0 || onBucket === undefined}
            aria-label={words}
            title={`${words}${inside.map(([name, at]) => `\n${name} ${durationText(at)}`).join('')}`}
            onClick={() => onBucket?.(formatDuration(b.from), formatDuration(b.to))}
          >
            <i style={{ height: `${b.height * 100}%` }} />
            {inside.length > 0 && <b>{inside.at(-1)![0]}</b>}
            {ticks.has(i) && <span>{b.from === 0 ? '0' : durationText(b.from)}</span>}
          </button>
        )
      })}
    </div>
  )
}

/** The same in a row of a table. */
export function TinyHistogram({
  rows,
  label,
}: {
  readonly rows: readonly (readonly [from: number, count: number])[]
  readonly label: string
}) {
  const bars = histogramBars(rows)
  return (
    <span class="tiny-histo" role="img" aria-label={label} title={label}>
      {bars.map((b) => (
        <i key={b.from} style={{ height: `${b.height * 100}%` }} />
      ))}
    </span>
  )
}

export const WAITS: readonly { readonly id: WaitKind; readonly title: string; readonly hint: string }[] = [
  { id: 'net', title: 'Network', hint: 'waiting for the network' },
  { id: 'sync', title: 'Synchronization', hint: 'channels, select, mutexes, wait groups' },
  { id: 'syscall', title: 'System calls', hint: 'in the kernel' },
  { id: 'sched', title: 'Scheduler latency', hint: 'ready to run, but without a processor' },
]

const PART_KEYS = ['group', 'type', 'pc', 'latmin', 'latmax', 'regions', 'goroutine'] as const

/** The link to the waits of a part. */
export function waitsLink(kind: WaitKind, part: TracePart): string {
  const { region, group, goroutine } = part
  const values: Partial<Record<(typeof PART_KEYS)[number], string | undefined>> = {
    group,
    goroutine,
    ...region,
    ...(region !== undefined && { regions: '1' }),
  }
  const set: Record<string, string | undefined> = { 'trace-waits.kind': kind, 'trace-waits.sort': undefined }
  for (const key of PART_KEYS) set[`trace-waits.${key}`] = values[key]
  return linkTo({ view: 'trace-waits', set })
}

/** The part of the trace that the address of the waits names. */
export function waitsPart(): TracePart {
  const at = (key: (typeof PART_KEYS)[number]): string | undefined => param(`trace-waits.${key}`) || undefined
  if (at('regions') !== undefined) {
    const [type, pc, latmin, latmax] = [at('type'), at('pc'), at('latmin'), at('latmax')]
    return {
      region: {
        ...(type !== undefined && { type }),
        ...(pc !== undefined && { pc }),
        ...(latmin !== undefined && { latmin }),
        ...(latmax !== undefined && { latmax }),
      },
    }
  }
  const goroutine = at('goroutine')
  if (goroutine !== undefined) return { goroutine }
  const group = at('group')
  return group === undefined ? {} : { group }
}

/** The four profiles of a part, as links. */
export function WaitLinks({ part }: { readonly part: TracePart }) {
  return (
    <span class="wait-links">
      <span class="t3 xs">Waits:</span>
      {WAITS.map((k) => (
        <a key={k.id} href={waitsLink(k.id, part)} title={k.hint}>
          {k.title}
        </a>
      ))}
    </span>
  )
}

/** Percentiles in a row of pairs. */
export function Percentiles({
  of,
}: {
  readonly of: {
    readonly count: number
    readonly p50: number
    readonly p90: number
    readonly p99: number
    readonly max: number
  }
}) {
  if (of.count === 0) return null
  return (
    <div class="kv percentiles">
      <span>Median</span>
      <span>{durationText(of.p50)}</span>
      <span>90th percentile</span>
      <span>{durationText(of.p90)}</span>
      <span>99th percentile</span>
      <span>{durationText(of.p99)}</span>
      <span>Longest</span>
      <span>{durationText(of.max)}</span>
    </div>
  )
}

export const percentileMarks = (d: { readonly p50: number; readonly p99: number }): [string, number][] => [
  ['p50', d.p50],
  ['p99', d.p99],
]

/** A view that the trace cannot feed. */
export function NoUser({ what, call }: { readonly what: string; readonly call: string }) {
  return (
    <Empty title={`This trace has no user ${what}`}>
      {`They are made by the program: ${call} of runtime/trace.`}
    </Empty>
  )
}
