// The view of a garbage collector's log for people.

import type { ModelRow } from '../../../core/analysis/gc-log/cost-model.ts'
import { cyclesOf, gcProcesses } from '../../../core/analysis/gc-log/cycles.ts'
import { type GcReport, gcReport, liveOf, pausesOf } from '../../../core/analysis/gc-log/report.ts'
import { initReport, pacerReport, scavengeReport } from '../../../core/analysis/gc-log/side-reports.ts'
import type { Spread } from '../../../core/analysis/gc-log/spread.ts'
import { ABSENT, bytesText, countText, timeText } from '../../../core/base/people-fmt.ts'
import { chartLines } from './chart.ts'
import {
  atLeast,
  type FittingColumn,
  factLines,
  fittingTable,
  moreLine,
  numberColumn,
  quietLines,
  textCell,
  valueColumn,
} from './fact-lines.ts'
import { plural } from './head.ts'
import { linesText, processName, type ReadLog } from './log-input.ts'
import { ms, processTable, share } from './log-lines.ts'
import { paint, type Style, safeName, type Tone } from './style.ts'
import { type Cell, flowLines, wrapLines } from './table.ts'

/** A size in MB of 2^20 bytes, which the runtime rounded down. */
const mb = (v: number): string => (Number.isNaN(v) ? ABSENT : bytesText(Math.round(v * 2 ** 20)))
/** The same for a heap: what is printed as 0 is something. */
const heapText = (v: number): string => (v === 0 ? '<1 MiB' : mb(v))
const seconds = (v: number): string => (Number.isNaN(v) ? ABSENT : timeText(v * 1e9))
const rate = (v: number): string => (Number.isNaN(v) ? ABSENT : countText(v >= 100 ? Math.round(v) : v))

/** Lines of the report of `process`, one of `all`. `limit` is for tables, 0 for all rows. */
export function gcLines(
  style: Style,
  read: ReadLog,
  process: number,
  all: readonly number[],
  limit: number,
): string[] {
  const { log } = read
  const cycles = gcProcesses(log).find((p) => p.process === process)?.cycles ?? 0
  const lines: string[] = []
  const whose = processName(log.processes[process]!, log.processes)
  if (cycles > 0) {
    const r = gcReport(log, process)
    lines.push(
      ...headOf(style, r, whose),
      '',
      ...summary(style, r, log.gc.periodic),
      ...charts(style, read, r),
    )
    lines.push('', ...phaseTable(style, r), ...modelTables(style, r))
  } else if (whose !== '') lines.push(paint(style, 'strong', whose))
  for (const part of [
    pacer(style, read, process),
    scavenger(style, read, process),
    inits(style, read, process, limit),
  ])
    if (part.length > 0) lines.push(...(lines.length > 0 ? [''] : []), ...part)
  if (all.length > 1) lines.push('', ...processes(style, read, process, limit))
  lines.push('', ...quietLines(style, linesText(read)))
  return lines
}

function headOf(style: Style, r: GcReport, whose: string): string[] {
  const pieces: Cell[] = [
    { text: whose === '' ? 'garbage collector' : whose, tone: 'strong' },
    { text: plural(style, r.cycles, 'cycle'), tone: 'accent' },
    {
      text: Number.isNaN(r.to)
        ? 'no times in the lines'
        : `in ${seconds(r.to - r.from)}, ${rate(r.perSecond)} per second`,
    },
    { text: `${r.procs} ${r.procs === 1 ? 'processor' : 'processors'}` },
    { text: `lines of ${r.version}`, tone: 'quiet' },
  ]
  return flowLines(style, pieces, '  ')
}

const BAD_SHARE = 0.25
const LONG_PAUSE_MS = 10

function summary(style: Style, r: GcReport, periodic: number): string[] {
  const { cpu, heap, pauses } = r
  const lines: string[] = []
  if (cpu !== undefined)
    lines.push(
      ...factLines(style, 'collector', [
        { text: `${share(cpu.busyShare)} of CPU`, tone: cpu.busyShare > BAD_SHARE ? 'warning' : 'strong' },
        { text: `${share(cpu.assistShare)} of it assists, done by goroutines that allocate` },
        { text: `${share(cpu.idleShare)} more on idle processors` },
        { text: `the runtime says ${r.printedPercent} % since the start`, tone: 'quiet' },
      ]),
    )
  lines.push(
    ...factLines(style, 'pauses', [
      { text: `p50 ${ms(pauses.p50)}` },
      { text: `p95 ${ms(pauses.p95)}` },
      { text: `p99 ${ms(pauses.p99)}` },
      { text: `longest ${ms(pauses.max)}`, tone: pauses.max > LONG_PAUSE_MS ? 'warning' : 'strong' },
      {
        text: `${plural(style, pauses.count, 'pause')}${Number.isNaN(r.pauseShare) ? '' : `, ${share(r.pauseShare)} of the time`}`,
        tone: 'quiet',
      },
    ]),
    ...factLines(style, 'heap', [
      {
        text: `live ${heapText(heap.firstLive)} at first, ${heapText(heap.lastLive)} at last, ${heapText(heap.live.max)} at most`,
      },
      { text: `peak ${heapText(heap.peak)}` },
      ...(Number.isNaN(heap.lastGoal) ? [] : [{ text: `goal ${mb(heap.lastGoal)}` }]),
      ...(Number.isNaN(heap.allocationRate)
        ? []
        : [{ text: `allocates ${mb(heap.allocationRate)} per second` }]),
      ...(heap.stacks >= 1 ? [{ text: `stacks ${mb(heap.stacks)}` }] : []),
    ]),
    ...factLines(style, 'live heap', trendPieces(r)),
  )
  const notes: Cell[] = []
  if (r.forced > 0)
    notes.push({
      text: `${plural(style, r.forced, 'cycle')} forced by the program (runtime.GC)`,
      tone: r.forced * 2 > r.cycles ? 'warning' : 'plain',
    })
  if (periodic > 0) notes.push({ text: `${periodic} started after two minutes without one` })
  if (r.leakChecks > 0) notes.push({ text: `${r.leakChecks} looked for leaked goroutines` })
  if (heap.overGoal > r.cycles / 4)
    notes.push({ text: `${share(heap.overGoal / r.cycles)} of cycles ended above their goal` })
  if (r.stride > 1)
    notes.push({ text: `one cycle in ${r.stride} was kept: percentiles, sums and tables are of those` })
  if (notes.length > 0) lines.push(...factLines(style, 'also', notes))
  return lines
}

function trendPieces(r: GcReport): Cell[] {
  const { trend: t, trendVerdict } = r
  if (t === undefined || trendVerdict === 'too short')
    return [{ text: 'too few cycles for a trend', tone: 'quiet' }]
  const tone: Tone = trendVerdict === 'growing' ? 'warning' : 'plain'
  // Slopes per minute are what people can hold against a program's life.
  const perMinute = (v: number): string => (v >= 0 ? '+' : '') + mb(v * 60)
  return [
    { text: trendVerdict === 'growing' ? 'growing: a leak, or a cache that fills' : trendVerdict, tone },
    { text: `${perMinute(t.slope)} per minute` },
    { text: `95 % bounds ${perMinute(t.low)} to ${perMinute(t.high)}`, tone: 'quiet' },
  ]
}

function charts(style: Style, read: ReadLog, r: GcReport): string[] {
  const cycles = cyclesOf(read.log, r.process)
  if (cycles.count < 3) return []
  const x = Number.isNaN(cycles.time[0]!) ? cycles.column('number') : cycles.time
  const xText = Number.isNaN(cycles.time[0]!) ? (v: number) => `cycle ${Math.round(v)}` : seconds
  const end = Number.isNaN(r.heap.goal.mean) ? cycles.column('before') : cycles.column('after')
  const heap = chartLines(style, {
    series: [
      { name: 'goal', x, y: cycles.column('goal'), tone: 'quiet' as const },
      { name: 'heap when the cycle ended', x, y: end, tone: 'accent' as const },
      { name: 'live', x, y: liveOf(cycles), tone: 'ok' as const },
    ].filter((s) => s.y.some((v) => v > 0)),
    xText,
    yText: mb,
  })
  const longest = pausesOf(cycles).reduce((a, b) => a.map((v, i) => Math.max(v || 0, b[i] || 0)))
  const pauses = chartLines(style, {
    series: [{ name: 'longest pause of the cycle', x, y: longest, tone: 'warning', as: 'dots' }],
    height: 5,
    xText,
    yText: ms,
  })
  return [heap, pauses].flatMap((c) => (c.length === 0 ? [] : ['', ...c]))
}

function phaseTable(style: Style, r: GcReport): string[] {
  const rows: { name: string; wall: Spread; cpu: number }[] = r.phases.map((p) => ({
    name: `${p.name}${p.stopped ? ' (stopped)' : ''}`,
    wall: p.wall,
    cpu: p.cpu,
  }))
  const { cpu } = r
  const of = (v: number): string =>
    cpu === undefined || Number.isNaN(v) ? '' : share(v / (cpu.busy + cpu.idle))
  const parts: { name: string; cpu: number }[] =
    cpu === undefined
      ? []
      : [
          { name: 'of marking: assists', cpu: cpu.assist },
          { name: 'of marking: background workers', cpu: cpu.background },
          { name: 'of marking: idle processors', cpu: cpu.idle },
        ]
  const blank = parts.map(() => '')
  const wall = (title: string, pick: (s: Spread) => number, dispensable = 0): FittingColumn =>
    numberColumn(title, [...rows.map((p) => ms(pick(p.wall))), ...blank], dispensable)
  const all = [...rows, ...parts]
  return fittingTable(
    style,
    [
      wall('p50', (s) => s.p50, 1),
      wall('p95', (s) => s.p95, 4),
      wall('p99', (s) => s.p99, 3),
      wall('longest', (s) => s.max),
      wall('sum', (s) => s.sum),
      ...(cpu === undefined
        ? []
        : [
            valueColumn('CPU', all, (p) => (Number.isNaN(p.cpu) ? '' : ms(p.cpu))),
            valueColumn('share', all, (p) => of(p.cpu), 2),
          ]),
    ],
    { title: 'phase', cells: all.map((p) => textCell(style, p.name)) },
  )
}

function modelTables(style: Style, r: GcReport): string[] {
  const { model } = r
  if (model === undefined) return []
  const guess = Number.isNaN(r.gogc)
    ? ''
    : ` Goals here are those of GOGC ${Math.round(r.gogc / 5) * 5}, about.`
  const text =
    `What other settings would cost, at ${mb(model.input.allocationRate)} allocated per second, ${mb(model.input.live)} live ` +
    `and ${seconds(model.input.cpuPerCycle)} of CPU per cycle (rate / headroom; an estimate):${guess}`
  const now: ModelRow = {
    setting: 'GOGC',
    value: Number.NaN,
    heap: model.input.goal,
    cyclesPerSecond: r.perSecond,
    cpuShare: r.cpu?.busyShare ?? Number.NaN,
    beyondLimit: false,
  }
  const rows = [now, ...model.gogc, ...model.limits]
  const name = (m: ModelRow): string =>
    Number.isNaN(m.value)
      ? 'as measured'
      : m.setting === 'GOGC'
        ? `GOGC=${m.value}`
        : `GOMEMLIMIT=${m.value}MiB GOGC=off${m.beyondLimit ? ' (too low: the collector may take half of the CPU, no more)' : ''}`
  return [
    '',
    ...wrapLines(style, text),
    ...fittingTable(
      style,
      [
        valueColumn('heap up to', rows, (m) => mb(m.heap)),
        valueColumn('cycles/s', rows, (m) => rate(m.cyclesPerSecond)),
        valueColumn('CPU', rows, (m) =>
          m.beyondLimit ? atLeast(style, share(m.cpuShare)) : share(m.cpuShare),
        ),
      ],
      {
        title: 'setting',
        cells: rows.map((m) => textCell(style, name(m), Number.isNaN(m.value) ? 'strong' : undefined)),
      },
    ),
  ]
}

function pacer(style: Style, read: ReadLog, process: number): string[] {
  const p = pacerReport(read.log, process)
  if (p === undefined) return []
  const ratio = (v: number): string => (Number.isNaN(v) ? ABSENT : v.toPrecision(3))
  return [
    ...factLines(style, 'pacer', [
      { text: plural(style, p.ends, 'cycle') },
      {
        text: `marking took ${Math.round(p.cpuPercent.p50)} % of CPU as a rule (aim ${Math.round(p.cpuGoalPercent)} %), ${Math.round(p.cpuPercent.max)} % at most`,
      },
      {
        text: `assist ratio p50 ${ratio(p.assistRatio.p50)}, p95 ${ratio(p.assistRatio.p95)} bytes of scanning per byte`,
      },
      ...(Number.isNaN(p.workRatio.p50)
        ? []
        : [{ text: `did ${share(p.workRatio.p50)} of the expected work as a rule` }]),
      ...(Number.isNaN(p.goalDelta)
        ? []
        : [
            {
              text: `ended ${bytesText(Math.abs(Math.round(p.goalDelta)))} ${p.goalDelta < 0 ? 'under' : 'over'} the goal on average`,
            },
          ]),
    ]),
    ...(p.heapWork + p.stackWork + p.globalsWork > 0 && !Number.isNaN(p.workRatio.p50)
      ? factLines(style, '', [
          {
            text: `scanned ${bytesText(p.heapWork)} of heap, ${bytesText(p.stackWork)} of stacks, ${bytesText(p.globalsWork)} of globals`,
            tone: 'quiet',
          },
        ])
      : []),
  ]
}

function scavenger(style: Style, read: ReadLog, process: number): string[] {
  const s = scavengeReport(read.log, process)
  if (s === undefined) return []
  const kib = (v: number): string => (Number.isNaN(v) ? ABSENT : bytesText(v * 1024))
  return factLines(style, 'scavenger', [
    { text: plural(style, s.lines, 'line') },
    {
      text: `gave back ${kib(s.work)}${s.eager > 0 ? ` (${kib(s.eager)} of it at once, for a limit or because asked)` : ''}`,
    },
    { text: `released ${kib(s.released)} at last, ${kib(s.mostReleased)} at most` },
    ...(Number.isNaN(s.utilization)
      ? []
      : [{ text: `${s.utilization} % of the heap's memory in use at last` }]),
  ])
}

function inits(style: Style, read: ReadLog, process: number, limit: number): string[] {
  const i = initReport(read.log, process)
  if (i === undefined) return []
  const rows = limit > 0 ? i.slowest.slice(0, limit) : i.slowest
  return [
    ...factLines(style, 'inits', [
      { text: plural(style, i.packages, 'package') },
      { text: `${ms(i.clock)} of work, done ${ms(i.end)} after the start` },
      { text: `${bytesText(i.bytes)} in ${plural(style, i.allocs, 'allocation')}` },
    ]),
    ...fittingTable(
      style,
      [
        valueColumn('time', rows, (r) => ms(r.clock)),
        valueColumn('at', rows, (r) => ms(r.at), 3),
        valueColumn('bytes', rows, (r) => bytesText(r.bytes), 1),
        valueColumn('allocs', rows, (r) => countText(r.allocs), 2),
      ],
      { title: 'package', cells: rows.map((r) => textCell(style, safeName(r.name), 'strong')) },
    ),
    ...moreLine(style, i.packages - rows.length),
  ]
}

function processes(style: Style, read: ReadLog, shown: number, limit: number): string[] {
  const { log } = read
  const all = gcProcesses(log)
  const rows = limit > 0 ? all.slice(0, limit) : all
  const reports = rows.map((p) => gcReport(log, p.process))
  return processTable(style, log, shown, all.length, rows, [
    valueColumn('cycles', rows, (p) => countText(p.cycles)),
    valueColumn('CPU', reports, (r) => share(r.cpu?.busyShare ?? Number.NaN)),
    valueColumn('longest pause', reports, (r) => ms(r.pauses.max), 3),
    valueColumn('live at last', reports, (r) => heapText(r.heap.lastLive), 2),
    { title: 'trend', align: 'left', dispensable: 1, cells: reports.map((r) => ({ text: r.trendVerdict })) },
  ])
}
