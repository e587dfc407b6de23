// The view of a scheduler's log for people.

import type { SchedReport } from '../../../core/analysis/sched-log/facts.ts'
import { schedProcesses, schedReport, snapshotsOf } from '../../../core/analysis/sched-log/report.ts'
import { ABSENT, countText } from '../../../core/base/people-fmt.ts'
import { G_STATUS } from '../../../core/model/sched-log.ts'
import { chartLines } from './chart.ts'
import {
  atLeast,
  type FittingColumn,
  factLines,
  fittingTable,
  moreLine,
  quietLines,
  textCell,
  valueColumn,
} from './fact-lines.ts'
import { plural } from './head.ts'
import { linesText, processName, type ReadLog } from './log-input.ts'
import { ms, processTable, share } from './log-lines.ts'
import { paint, type Style, safeName } from './style.ts'
import { flowLines, wrapLines } from './table.ts'

/** A count or an average of counts. */
const num = (v: number): string =>
  Number.isNaN(v) ? ABSENT : countText(v >= 100 ? Math.round(v) : Math.round(v * 100) / 100)

const MARKS = { warning: ['▲', '[!]'], info: ['●', '[i]'], ok: ['✔', '[ok]'] } as const

/** Lines of the report of `process`, one of `all`. `limit` is for tables, 0 for all rows. */
export function schedLines(
  style: Style,
  read: ReadLog,
  process: number,
  all: readonly number[],
  limit: number,
): string[] {
  const r = schedReport(read.log, process)
  const whose = processName(read.log.processes[process]!, read.log.processes)
  const lines = [
    ...flowLines(
      style,
      [
        { text: whose === '' ? 'scheduler' : whose, tone: 'strong' },
        { text: plural(style, r.snapshots, 'snapshot'), tone: 'accent' },
        { text: Number.isNaN(r.to) ? 'no times in the lines' : `in ${ms(r.to - r.from)}` },
        { text: `GOMAXPROCS ${gomaxprocs(r)}` },
        { text: `lines of ${r.version}${r.detailed ? ', with detail' : ''}`, tone: 'quiet' },
      ],
      '  ',
    ),
    '',
    ...findingLines(style, r),
    '',
    ...summary(style, r),
    ...charts(style, read, r),
  ]
  for (const part of [procTable(style, r, limit), groupTable(style, r, limit), stuckTable(style, r, limit)])
    if (part.length > 0) lines.push('', ...part)
  if (all.length > 1) lines.push('', ...processes(style, read, process, limit))
  lines.push('', ...quietLines(style, linesText(read)))
  return lines
}

function gomaxprocs(r: SchedReport): string {
  const [least, most] = r.gomaxprocsRange
  return least === most ? num(most) : `${num(r.gomaxprocs)} (${num(least)} to ${num(most)})`
}

function findingLines(style: Style, r: SchedReport): string[] {
  return r.findings.flatMap((f) => {
    const mark = MARKS[f.severity][style.unicode ? 0 : 1]
    const indent = ' '.repeat(mark.length + 1)
    const [first = '', ...rest] = wrapLines(style, `${mark} ${f.text}`, indent)
    return [
      ...[first, ...rest].map((l) => paint(style, f.severity, l)),
      ...wrapLines(style, indent + f.evidence, indent).map((l) => paint(style, 'quiet', l)),
    ]
  })
}

function summary(style: Style, r: SchedReport): string[] {
  const { detail: d } = r
  const lines = [
    ...factLines(style, 'processors', [
      { text: `${share(r.busy.mean)} busy on average`, tone: 'strong' },
      { text: `none idle in ${share(r.fullShare)} of snapshots` },
      { text: `all but one idle in ${share(r.idleShare)}` },
    ]),
    ...factLines(style, 'queues', [
      { text: `global ${num(r.global.mean)} on average, ${num(r.global.max)} at most` },
      ...(r.local.count > 0
        ? [{ text: `local ${num(r.local.mean)} together, ${num(r.localLongest)} in the longest` }]
        : []),
      { text: `${num(r.waitingPerProc.mean)} waiting for each processor (p95 ${num(r.waitingPerProc.p95)})` },
    ]),
    ...factLines(style, 'threads', [
      {
        text: `${num(r.firstThreads)} at first, ${num(r.lastThreads)} at last, ${num(r.threads.max)} at most`,
      },
      { text: `${num(r.idleThreads.mean)} idle on average` },
      ...(r.spinning.count > 0 ? [{ text: `${num(r.spinning.mean)} spinning (looking for work)` }] : []),
    ]),
  ]
  if (d !== undefined)
    lines.push(
      ...factLines(style, 'goroutines', [
        {
          text: `${num(d.firstGoroutines)} at first, ${num(d.lastGoroutines)} at last, ${num(d.goroutines.max)} at most`,
        },
        { text: `${num(d.runnable.mean)} runnable on average` },
        { text: `${num(d.inSyscall.mean)} in system calls` },
        ...(d.lockedGoroutines.max > 0
          ? [{ text: `${num(d.lockedGoroutines.max)} locked to a thread` }]
          : []),
        ...(d.stoppedForGc > 0
          ? [{ text: `${d.stoppedForGc} snapshots with the world stopped for GC` }]
          : []),
      ]),
    )
  if (r.stride > 1)
    lines.push(
      ...factLines(style, 'also', [{ text: `one snapshot in ${r.stride} was kept: averages are of those` }]),
    )
  return lines
}

function charts(style: Style, read: ReadLog, r: SchedReport): string[] {
  const col = snapshotsOf(read.log, r.process)
  const time = col('time')
  if (time.length < 4 || Number.isNaN(time[0]!)) return []
  const max = col('gomaxprocs')
  const busy = col('idleprocs').map((v, i) => max[i]! - v)
  const local = col('local')
  const waiting = col('runqueue').map((v, i) => v + (local[i] || 0))
  const text = { xText: ms, yText: num, height: 6 }
  const load = chartLines(style, {
    ...text,
    series: [
      { name: 'goroutines waiting in run queues', x: time, y: waiting, tone: 'warning' },
      { name: 'processors busy', x: time, y: busy, tone: 'accent' },
    ],
  })
  const threads = chartLines(style, {
    ...text,
    series: [
      { name: 'threads', x: time, y: col('threads'), tone: 'info' },
      { name: 'idle threads', x: time, y: col('idlethreads'), tone: 'quiet' },
    ],
  })
  return [load, threads].flatMap((c) => (c.length === 0 ? [] : ['', ...c]))
}

/** The processors, where there is more to say of them than of their sum. */
function procTable(style: Style, r: SchedReport, limit: number): string[] {
  if (r.procs.length < 2) return []
  const ids = r.procs.map((_, p) => p)
  const shown = limit > 0 ? ids.slice(0, Math.max(limit, 16)) : ids
  const rows = shown.map((p) => r.procs[p]!)
  const status = (title: string, k: number, dispensable = 0): FittingColumn =>
    valueColumn(title, rows, (p) => share(p.byStatus[k]! / p.snapshots), dispensable)
  const ticks = r.procs.some((p) => p.lastTick > p.firstTick)
  const lines = fittingTable(
    style,
    [
      valueColumn('P', shown, String),
      valueColumn('queue avg', rows, (p) => num(p.queueSum / p.snapshots)),
      valueColumn('most', rows, (p) => num(p.queueMax), 2),
      valueColumn('not empty', rows, (p) => share(p.queueUsed / p.snapshots), 4),
      ...(ticks ? [valueColumn('rounds', rows, (p) => num(p.lastTick - p.firstTick), 3)] : []),
      ...(r.detailed
        ? [
            status('idle', 0),
            status('running', 1),
            status('syscall', 2, 5),
            valueColumn(
              'longest run',
              rows,
              (p) => (p.longestRun > 0 ? atLeast(style, ms(p.longestRun)) : ABSENT),
              2,
            ),
          ]
        : []),
    ],
    { title: '', cells: rows.map(() => () => '') },
  )
  return [...lines, ...moreLine(style, ids.length - shown.length)]
}

function groupTable(style: Style, r: SchedReport, limit: number): string[] {
  const { detail: d } = r
  if (d === undefined) return []
  const rows = limit > 0 ? d.groups.slice(0, limit) : d.groups
  const always = new Map(d.waitedThroughout.map((w) => [w.reason, w]))
  const waits = rows.map((g) => (G_STATUS[g.status] === 'waiting' ? always.get(g.reason) : undefined))
  return [
    ...fittingTable(
      style,
      [
        valueColumn('average', rows, (g) => num(g.seen / r.snapshots)),
        valueColumn('most', rows, (g) => num(g.most), 2),
        valueColumn('last', rows, (g) => num(g.last)),
        valueColumn('always', waits, (w) => (w === undefined ? '' : num(w.count)), 1),
      ],
      {
        title: 'state',
        cells: rows.map((g) => {
          const name = G_STATUS[g.status] ?? `status ${g.status}`
          return textCell(style, g.reason === '' ? name : `${name}: ${safeName(g.reason)}`)
        }),
      },
    ),
    ...(d.waitedThroughout.length === 0
      ? []
      : quietLines(style, 'always: of those in the last snapshot, never seen in another state')),
    ...moreLine(style, d.groups.length - rows.length),
  ]
}

function stuckTable(style: Style, r: SchedReport, limit: number): string[] {
  const stuck = r.detail?.stuck.filter((s) => s.snapshots >= 2) ?? []
  if (stuck.length === 0) return []
  const rows = limit > 0 ? stuck.slice(0, limit) : stuck
  return [
    ...fittingTable(
      style,
      [
        valueColumn('goroutine', rows, (s) => String(s.goid)),
        valueColumn('for', rows, (s) => atLeast(style, ms(s.to - s.from))),
        valueColumn('snapshots', rows, (s) => num(s.snapshots), 2),
        valueColumn('from', rows, (s) => ms(s.from), 3),
        valueColumn('thread', rows, (s) => (s.m < 0 ? '' : `M${s.m}`), 1),
      ],
      {
        title: 'state',
        cells: rows.map((s) => {
          const locked = s.lockedm >= 0 ? `, locked to thread M${s.lockedm}` : ''
          return textCell(style, `${G_STATUS[s.status]}${locked}`)
        }),
      },
    ),
    ...moreLine(style, stuck.length - rows.length),
  ]
}

function processes(style: Style, read: ReadLog, shown: number, limit: number): string[] {
  const { log } = read
  const all = schedProcesses(log)
  const rows = limit > 0 ? all.slice(0, limit) : all
  const reports = rows.map((p) => schedReport(log, p.process))
  return processTable(style, log, shown, all.length, rows, [
    valueColumn('snapshots', rows, (p) => num(p.snapshots), 2),
    valueColumn('busy', reports, (r) => share(r.busy.mean), 2),
    valueColumn('waiting', reports, (r) => num(r.waitingPerProc.mean), 3),
    valueColumn('threads', reports, (r) => num(r.lastThreads), 4),
    {
      title: 'verdict',
      align: 'left',
      dispensable: 1,
      cells: reports.map((r) => ({ text: r.findings[0]!.id })),
    },
  ])
}
