// Rows of a timeline, from top to bottom, by what there is and what the reader chose.

import type { GroupMembers } from '../../core/engine/workbench/questions/timeline-members.ts'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import type { TaskTracks } from '../../core/engine/workbench/questions/timeline-tasks.ts'
import type { TrackRef } from '../../core/engine/workbench/questions/timeline-window.ts'

export type RowKind =
  | 'counts'
  | 'heap'
  | 'gc'
  | 'samples'
  | 'logs'
  | 'head'
  | 'group'
  | 'track'
  | 'task'
  | 'more'

export interface Row {
  /** Names the row in addresses: `g12`, `p0`, `t7`, `f:main.work`, `gc`. */
  readonly key: string
  readonly kind: RowKind
  readonly label: string
  /** Behind it, dimmed. */
  readonly note: string
  readonly y: number
  readonly height: number
  readonly track?: TrackRef
  /** Index of the group it belongs to, or shows. */
  readonly group?: number
  readonly open?: boolean
  /** Of goroutines: whose code, for the colour of running. */
  readonly tone?: 'user' | 'system' | 'collector'
  readonly pinned?: boolean
  /** Index in the tasks. */
  readonly task?: number
}

export type TrackMode = 'goroutine' | 'proc' | 'thread' | 'task'

export interface RowChoice {
  readonly mode: TrackMode
  readonly folded: ReadonlySet<string>
  readonly unfolded: ReadonlySet<string>
  readonly hidden: ReadonlySet<string>
  readonly pinned: readonly string[]
  /** Keys of sections that stand first, in this order. */
  readonly order: readonly string[]
  /** Only goroutines whose label or function has this in it. */
  readonly filter: string
  /** Large screens have taller rows. */
  readonly tall: boolean
}

/** Members of groups that are open. */
export type Members = ReadonlyMap<number, GroupMembers>

/** Goroutines by row key that may be wanted though their groups do not list them. */
export type ExtraRows = ReadonlyMap<
  string,
  { readonly track: TrackRef; readonly name: string; readonly group: number }
>

/** Groups beyond this size begin folded. */
export const FOLD_FROM = 120

export const groupKey = (name: string): string => `f:${name}`

/** Whether a group shows its goroutines. */
export function isOpen(group: { readonly name: string; readonly count: number }, c: RowChoice): boolean {
  const key = groupKey(group.name)
  if (c.unfolded.has(key)) return true
  return !c.folded.has(key) && group.count <= FOLD_FROM
}

const KINDS = ['user', 'std', 'unknown', 'runtime'] as const

/** The program's own groups first, of those the main package's, and those that ran most. */
function groupOrder({ groups }: TimelineOverview): number[] {
  const rank = (i: number): number => {
    const { kind, name } = groups[i]!
    const main = name === 'runtime.main' || name.startsWith('main.')
    return KINDS.indexOf(kind) * 2 + (kind === 'user' && !main ? 1 : 0)
  }
  return Array.from(groups, (_, i) => i).sort(
    (a, b) => rank(a) - rank(b) || groups[b]!.running - groups[a]!.running || a - b,
  )
}

/** What a group is called: the main goroutine begins in the runtime. */
export function groupTitle(name: string): string {
  if (name === 'runtime.main') return 'main.main'
  if (name === 'runtime') return 'Runtime'
  return name === '' ? 'Not named' : name
}

interface Section {
  readonly key: string
  readonly rows: readonly Omit<Row, 'y'>[]
}

/** Lays rows out. `members` may lack groups that are not known yet: their rows come when they are. */
export function layoutRows(
  o: TimelineOverview,
  members: Members,
  tasks: TaskTracks | undefined,
  c: RowChoice,
  extras: ExtraRows = new Map(),
  selected?: string,
): { readonly rows: readonly Row[]; readonly height: number } {
  const h = c.tall
    ? { chart: 72, gc: 28, head: 22, proc: 28, solo: 28, thin: 20, area: 40, marks: 22 }
    : { chart: 46, gc: 22, head: 22, proc: 22, solo: 22, thin: 14, area: 30, marks: 18 }
  const charts: Omit<Row, 'y'>[] = [
    { key: 'counts', kind: 'counts', label: 'Goroutines by state', note: '', height: h.chart },
  ]
  if (o.heap > 0)
    charts.push({ key: 'heap', kind: 'heap', label: 'Heap and goal', note: '', height: h.chart })
  if (o.marks.length + o.stops.length > 0)
    charts.push({
      key: 'gc',
      kind: 'gc',
      label: 'GC',
      note: `${o.marks.length} ${o.marks.length === 1 ? 'cycle' : 'cycles'}`,
      height: h.gc,
    })
  if (o.samples > 0)
    charts.push({
      key: 'samples',
      kind: 'samples',
      label: 'CPU samples',
      note: String(o.samples),
      height: h.marks,
    })
  if (o.logs > 0)
    charts.push({ key: 'logs', kind: 'logs', label: 'User logs', note: String(o.logs), height: h.marks })
  const sections: Section[] = []
  const lanes = (
    key: string,
    title: string,
    letter: string,
    kind: 'p' | 't',
    list: TimelineOverview['procs'],
  ): void => {
    const open = !c.folded.has(key)
    sections.push({
      key,
      rows: [
        { key, kind: 'head', label: title, note: String(list.length), height: h.head, open },
        ...(open
          ? list.map((p) => ({
              key: `${kind}${p.id}`,
              kind: 'track' as const,
              label: `${letter}${p.id}`,
              note: '',
              height: h.proc,
              track: { kind, row: p.row },
            }))
          : []),
      ],
    })
  }
  if (c.mode === 'thread') lanes('threads', 'Threads', 'M', 't', o.threads)
  else lanes('procs', 'Procs', 'P', 'p', o.procs)
  if (c.mode === 'task' && tasks !== undefined) sections.push(...taskSections(tasks, c, h.head, h.solo))
  const wanted = c.filter.toLowerCase()
  const goroutine = (m: GroupMembers, i: number, height: number): Omit<Row, 'y'> => {
    const group = o.groups[m.group]!
    const name = m.names[i]!
    const collector = /^runtime\.(gcBgMarkWorker|bgsweep|bgscavenge|forcegchelper)/.test(name)
    return {
      key: `g${m.ids[i]}`,
      kind: 'track',
      label: `G${m.ids[i]}`,
      note: name.replace(/^runtime\./, ''),
      height,
      track: { kind: 'g', row: m.rows[i]! },
      group: m.group,
      tone: group.kind !== 'runtime' ? 'user' : collector && /gcBgMark/.test(name) ? 'collector' : 'system',
    }
  }
  if (c.mode === 'goroutine' || c.mode === 'task')
    for (const i of groupOrder(o)) {
      const group = o.groups[i]!
      const m = members.get(i)
      const title = groupTitle(group.name)
      const whole =
        wanted === '' || group.name.toLowerCase().includes(wanted) || title.toLowerCase().includes(wanted)
      const shown =
        m === undefined
          ? []
          : Array.from(m.ids, (_, k) => k).filter(
              (k) => whole || m.names[k]!.toLowerCase().includes(wanted) || `g${m.ids[k]}`.includes(wanted),
            )
      if (!whole && shown.length === 0) continue
      const open = isOpen(group, c) || (!whole && shown.length > 0)
      const key = groupKey(group.name)
      const rows: Omit<Row, 'y'>[] = [
        { key, kind: 'head', label: title, note: String(group.count), height: h.head, open, group: i },
      ]
      // What a few rows do not show of many.
      if (!open || (m !== undefined && m.more > 0))
        rows.push({ key: `${key}|all`, kind: 'group', label: 'all', note: '', height: h.area, group: i })
      if (open && m !== undefined) {
        const few = shown.length <= 3 && group.kind !== 'runtime'
        for (const k of shown) rows.push(goroutine(m, k, few ? h.solo : h.thin))
        if (m.more > 0)
          rows.push({
            key: `${key}|more`,
            kind: 'more',
            label: `${m.more} more`,
            note: 'not in this window, or too many',
            height: h.thin + 4,
            group: i,
          })
      }
      sections.push({ key, rows })
    }
  const first = new Map(c.order.map((key, i) => [key, i]))
  const place = (key: string): number => first.get(key) ?? c.order.length
  const sorted = sections
    .map((s, i) => ({ s, i }))
    .sort((a, b) => place(a.s.key) - place(b.s.key) || a.i - b.i)
    .map(({ s }) => s)
  const below = sorted.flatMap((s) => s.rows)
  // What is selected is to be seen, in a row of its own if there is none.
  const lost = selected !== undefined && extras.has(selected) && !below.some((r) => r.key === selected)
  const pins = lost ? [...c.pinned, selected] : c.pinned
  const all = [...charts, ...pinnedRows(below, pins, extras, h.head, h.solo), ...below]
  const rows: Row[] = []
  let y = 0
  for (const row of all) {
    if (!row.pinned && isHidden(row, c)) continue
    rows.push({ ...row, y })
    y += row.height
  }
  return { rows, height: y }
}

function isHidden(row: Omit<Row, 'y'>, { hidden }: RowChoice): boolean {
  if (hidden.size === 0) return false
  return hidden.has(row.key.replace(/\|.*$/, ''))
}

function pinnedRows(
  below: readonly Omit<Row, 'y'>[],
  pins: readonly string[],
  extras: ExtraRows,
  head: number,
  height: number,
): Omit<Row, 'y'>[] {
  if (pins.length === 0) return []
  const known = new Map(below.map((r) => [r.key, r]))
  const rows = [...new Set(pins)].flatMap((key): Omit<Row, 'y'>[] => {
    const row = known.get(key)
    if (row !== undefined) return [row]
    const extra = extras.get(key)
    if (extra === undefined) return []
    const { track, name, group } = extra
    return [{ key, kind: 'track', label: `G${key.slice(1)}`, note: name, height, track, group, tone: 'user' }]
  })
  if (rows.length === 0) return []
  return [
    { key: 'pinned', kind: 'head', label: 'Pinned', note: String(rows.length), height: head },
    ...rows.map((r) => ({ ...r, height: Math.max(height, r.height), pinned: true })),
  ]
}

function taskSections(t: TaskTracks, c: RowChoice, head: number, height: number): Section[] {
  const byName = new Map<string, number[]>()
  for (const [i, name] of t.names.entries()) {
    const list = byName.get(name)
    if (list === undefined) byName.set(name, [i])
    else list.push(i)
  }
  return [...byName].map(([name, list]) => {
    const key = `k:${name}`
    const open = !c.folded.has(key)
    return {
      key,
      rows: [
        {
          key,
          kind: 'head',
          label: `Task ${name === '' ? 'not named' : name}`,
          note: String(list.length),
          height: head,
          open,
        },
        ...(open
          ? list.map((i) => ({
              key: `k${t.ids[i]}`,
              kind: 'task' as const,
              label: `Task ${t.ids[i]}`,
              note: '',
              height,
              task: i,
            }))
          : []),
      ],
    }
  })
}

/** The row at a height, -1 = none. */
export function rowAt(rows: readonly Row[], y: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const mid = (low + high) >> 1
    if (rows[mid]!.y <= y) low = mid + 1
    else high = mid
  }
  const row = rows[low - 1]
  return row !== undefined && y < row.y + row.height ? low - 1 : -1
}

/** Rows that reach into [top, bottom): from, to. */
export function rowsIn(
  rows: readonly Row[],
  top: number,
  bottom: number,
): readonly [from: number, to: number] {
  let from = rowAt(rows, Math.max(0, top))
  if (from < 0) from = top <= 0 ? 0 : rows.length
  let to = from
  while (to < rows.length && rows[to]!.y < bottom) to++
  return [from, to]
}
