// The page of `goscope watch`, and its one line where there is no page.

import { alerts, levelOf } from '../../../core/analysis/live/levels.ts'
import { alertText, metricText } from '../../../core/analysis/live/metric-text.ts'
import { METRICS, type MetricName, type Values } from '../../../core/analysis/live/metrics.ts'
import type { SeriesStore } from '../../../core/analysis/live/series.ts'
import { useRows } from '../../../core/analysis/live/use.ts'
import type { MemoryAccount } from '../../../core/analysis/memory/account.ts'
import { ABSENT, bytesText, cellWidth, cutLeft, padStart, shareText } from '../../../core/base/people-fmt.ts'
import type { Mark } from '../../watch/recording.ts'
import { cutPainted } from '../../watch/screen.ts'
import type { Reading, TargetFacts } from '../../watch/watched-target.ts'
import { sparkline } from './chart.ts'
import { bar, barWidth, dots, own, paint, type Style, safeName } from './style.ts'
import { type Cell, type Column, tableLines } from './table.ts'
import { clockText, metricCells, secondsText, toneOf } from './watch-values.ts'

/** One target as the page shows it. */
export interface PageTarget {
  readonly facts: TargetFacts
  readonly reading: Reading | undefined
  /** The newest value of each metric, however old: shown while the program does not answer. */
  readonly last: Values
  readonly series: SeriesStore
  /** Of the newest moment; undefined in a replay. */
  readonly account: MemoryAccount | undefined
}

export type PageView = 'use' | 'memory' | 'help'

export interface PageState {
  readonly targets: readonly PageTarget[]
  readonly selected: number
  readonly view: PageView
  readonly marks: readonly Mark[]
  /** What is going on, for the right end of the first line: paused, recording, replay. */
  readonly status: string
  /** What the last key did. */
  readonly message: string
  readonly intervalMs: number
}

/** All lines of the page; they fit the style's width. */
export function pageLines(style: Style, s: PageState, height: number): string[] {
  const target = s.targets[s.selected]
  const lines: string[] = []
  if (s.targets.length > 1) lines.push(...targetTable(style, s), '')
  if (target !== undefined) {
    lines.push(...headLines(style, target, s), ...programLines(style, target))
    const room = height - lines.length - 3
    const more =
      s.view === 'help'
        ? helpLines(style)
        : s.view === 'memory'
          ? accountLines(style, target)
          : useLines(style, target)
    if (room > 2) lines.push('', ...more.slice(0, room))
  }
  const foot = footLines(style, s)
  while (lines.length < height - foot.length) lines.push('')
  return [...lines.slice(0, Math.max(0, height - foot.length)), ...foot].map((l) =>
    Number.isFinite(style.width) ? cutPainted(l, style.width) : l,
  )
}

/** The lines of one target without the page around them, for `--once`. */
export function onceLines(style: Style, t: PageTarget): string[] {
  const s = { status: '', targets: [t] }
  const account = t.account === undefined ? [] : ['', ...accountLines(style, t)]
  return [...headLines(style, t, s), ...programLines(style, t), '', ...useLines(style, t), ...account]
}

function headLines(style: Style, t: PageTarget, s: Pick<PageState, 'status' | 'targets'>): string[] {
  const { facts, reading } = t
  const pieces: Cell[] = [
    { text: safeName(facts.program), tone: 'strong' },
    { text: facts.goVersion === '' ? '' : safeName(facts.goVersion), tone: 'accent' },
    { text: facts.pid === undefined || facts.shown === `pid:${facts.pid}` ? '' : `pid ${facts.pid}` },
    { text: safeName(facts.shown), tone: 'quiet' },
    ...(reading === undefined ? [] : metricCells(reading.values, 'uptime', 'up')),
  ]
  const right = [s.status, reading === undefined ? '' : clockText(reading.at)]
    .filter((x) => x !== '')
    .join('  ')
  const left = pieces
    .filter((p) => p.text !== '')
    .map((p) => paint(style, p.tone, own(style, p.text)))
    .join('  ')
  const width = pieces.filter((p) => p.text !== '').reduce((n, p) => n + cellWidth(own(style, p.text)) + 2, 0)
  const first = Number.isFinite(style.width)
    ? `${left}  ${paint(style, 'quiet', padStart(own(style, right), style.width - width))}`
    : `${left}  ${right}`
  return [first.trimEnd(), alertLine(style, t)]
}

/** What is wrong now, in one line; '' if nothing is. */
function alertLine(style: Style, t: PageTarget): string {
  const r = t.reading
  if (r === undefined) return paint(style, 'quiet', own(style, 'waiting for the first answer …'))
  const [critical, warning] = style.unicode ? ['✖', '▲'] : ['[!!]', '[!]']
  if (r.ended) return paint(style, 'critical', `${critical} the process has ended`)
  const texts: string[] = []
  if (r.silentMs > 0) {
    const why = r.problem === '' ? '' : `: ${safeName(r.problem)}`
    texts.push(
      paint(style, 'critical', own(style, `${critical} no answer for ${secondsText(r.silentMs)}${why}`)),
    )
  }
  for (const a of alerts(r.values).slice(0, 4)) {
    const text = `${a.level === 'critical' ? critical : warning} ${alertText(a.name, r.values)}`
    texts.push(paint(style, toneOf(a.level), own(style, text)))
  }
  return texts.join('  ')
}

/** Rows of the program's numbers, each with a small chart of one of them. */
function programLines(style: Style, t: PageTarget): string[] {
  const fresh = t.reading?.values ?? {}
  const values = (t.reading?.silentMs ?? 0) > 0 ? { ...t.last, ...fresh } : fresh
  // What is old is shown as such.
  const cells = (name: MetricName, before = '', after = ''): Cell[] =>
    metricCells(values, name, before, after).map((c) =>
      fresh[name] === undefined ? { ...c, tone: 'quiet' as const } : c,
    )
  const rows: readonly (readonly [name: string, chart: MetricName, cells: readonly Cell[]])[] = [
    [
      'heap',
      'alloc.rate',
      [
        ...cells('heap.live', 'live'),
        ...cells('heap.goal', 'goal'),
        ...cells('heap.inuse', 'in use'),
        ...cells('alloc.rate', 'allocates'),
      ],
    ],
    [
      'collector',
      'gc.cpu',
      [
        ...cells('gc.rate'),
        ...cells('gc.cpu', '', 'of CPU'),
        ...cells('gc.pause.mean', 'pause'),
        ...cells('gc.pause.max', 'longest'),
        ...((values['gc.forced'] ?? 0) > 0 ? cells('gc.forced', 'forced') : []),
      ],
    ],
    ['goroutines', 'goroutines', goroutineCells(values, cells)],
    [
      'scheduler',
      'sched.p99',
      [
        ...cells('sched.p50', 'latency p50'),
        ...cells('sched.p99', 'p99'),
        ...cells('sched.max', 'longest'),
        ...cells('mutex.wait', '', 'goroutines wait for mutexes'),
      ],
    ],
    [
      'CPU',
      'cpu',
      [
        ...cells(
          'cpu',
          '',
          values['cpu.limit'] === undefined ? '' : `of ${metricText('cpu.limit', values['cpu.limit'])}`,
        ),
        ...cells('cpu.system', 'kernel'),
        ...cells('cpu.ready', 'waits for'),
        ...cells('go.maxprocs', 'GOMAXPROCS'),
      ],
    ],
    [
      'resident',
      'rss',
      [
        ...cells('rss'),
        ...cells('rss.peak', 'peak'),
        ...cells('go.held', 'held by Go'),
        ...cells('heap.idle', 'idle'),
        ...cells('stacks', 'stacks'),
      ],
    ],
    [
      'threads',
      'threads',
      [
        ...(values.threads === undefined ? cells('go.threads') : cells('threads')),
        ...cells('files', 'files'),
        ...cells('switches', 'switches'),
        ...cells('answer', 'answers in'),
      ],
    ],
  ]
  const known = rows.filter(([, , c]) => c.length > 0)
  const chart = style.bars && style.width >= 60 ? Math.min(40, Math.floor(style.width / 4)) : 0
  return known.map(([name, metric, c]) => {
    const room = style.width - 11 - (chart > 0 ? chart + 2 : 0)
    const { text, width } = fitting(style, c, room)
    const line = `${paint(style, 'quiet', own(style, name.padEnd(10)))} ${text}`
    if (chart === 0) return line
    const drawn = sparkline(style, t.series.last(metric, chart), chart)
    return `${line}${' '.repeat(Math.max(0, room - width))}  ${paint(style, 'accent', drawn)}`
  })
}

/** As many pieces as fit. */
function fitting(style: Style, cells: readonly Cell[], room: number): { text: string; width: number } {
  let text = ''
  let width = 0
  for (const c of cells) {
    const piece = own(style, c.text)
    const w = cellWidth(piece) + (width > 0 ? 2 : 0)
    if (width + w > room) break
    text += (width > 0 ? '  ' : '') + paint(style, c.tone, piece)
    width += w
  }
  return { text, width }
}

const STATES: readonly (readonly [MetricName, string])[] = [
  ['goroutines.running', 'running'],
  ['goroutines.runnable', 'runnable'],
  ['goroutines.syscall', 'system call'],
  ['goroutines.io', 'network'],
  ['goroutines.channel', 'channel'],
  ['goroutines.select', 'select'],
  ['goroutines.lock', 'lock'],
  ['goroutines.group', 'group'],
  ['goroutines.sleep', 'sleep'],
  ['goroutines.forever', 'for ever'],
  ['goroutines.waiting', 'waiting'],
  ['goroutines.runtime', 'runtime'],
  ['goroutines.unknown', 'other'],
]

function goroutineCells(values: Values, cells: (name: MetricName, before?: string) => Cell[]): Cell[] {
  const states = STATES.filter(([name]) => (values[name] ?? 0) > 0)
    .sort(([a], [b]) => (values[b] ?? 0) - (values[a] ?? 0))
    .flatMap(([name, word]) => cells(name, word))
  return [
    ...cells('goroutines').map((c) => (c.tone === 'plain' ? { ...c, tone: 'strong' as const } : c)),
    ...states,
  ]
}

/** Utilization, saturation and errors. */
function useLines(style: Style, t: PageTarget): string[] {
  const values = t.reading?.values ?? {}
  const rows = useRows(values)
  if (rows.length === 0)
    return [
      paint(style, 'quiet', own(style, 'no process of this machine: the system’s numbers are not known')),
    ]
  const text = (names: readonly MetricName[]): string =>
    names.map((n) => `${SHORT[n] ?? METRICS[n].title} ${metricText(n, values[n])}`).join('  ')
  const width = barWidth(style)
  const share = (v: number | undefined): string => (v === undefined ? '' : shareText(v, 1))
  return tableLines(
    style,
    [
      {
        title: 'resource',
        align: 'left',
        cells: rows.map((r) => ({ text: r.resource, tone: toneOf(r.level) })),
        least: 8,
      },
      { title: 'use', align: 'right', cells: rows.map((r) => ({ text: share(r.utilization) })), least: 5 },
      ...(width > 0
        ? [
            {
              title: '',
              align: 'left' as const,
              cells: rows.map((r) => ({
                text: bar(style, r.utilization ?? 0, width),
                tone: r.level === 'ok' ? ('ok' as const) : toneOf(r.level),
              })),
              least: width,
            },
          ]
        : []),
    ] satisfies Column[],
    {
      title: 'used, saturation, errors',
      cells: rows.map((r) => (room) => {
        const parts = [...r.used, ...r.saturation, ...r.errors].map((n) => ({
          text: text([n]),
          tone: toneOf(levelOf(n, values)),
        }))
        return fitting(style, parts, room).text
      }),
    },
    true,
  )
}

/** Shorter than the titles, where the row says what it is about. */
const SHORT: { readonly [name in MetricName]?: string } = {
  cpu: 'runs',
  'cpu.limit': 'limit',
  'machine.cpu': 'machine',
  'cpu.ready': 'waits',
  'cpu.throttled': 'throttled',
  'pressure.cpu': 'pressure',
  rss: 'resident',
  'memory.limit': 'limit',
  'faults.major': 'disk faults',
  swap: 'swapped',
  'pressure.memory': 'pressure',
  'memory.hits': 'at limit',
  'memory.kills': 'kills',
  'disk.read': 'reads',
  'disk.write': 'writes',
  'disk.wait': 'waits',
  'machine.disk.queue': 'queue',
  'pressure.io': 'pressure',
  'net.receive': 'receives',
  'net.send': 'sends',
  'net.drops': 'drops',
  'tcp.retransmits': 'sent again',
  'net.errors': 'errors',
  'tcp.established': 'connections',
  'tcp.timewait': 'closing',
  'tcp.overflows': 'refused',
  files: 'open',
  'files.limit': 'limit',
  threads: 'there',
  'threads.limit': 'limit',
}

/** Where resident memory goes. */
function accountLines(style: Style, t: PageTarget): string[] {
  const a = t.account
  const whole = a?.resident ?? a?.held
  if (a === undefined || whole === undefined)
    return [paint(style, 'quiet', 'the memory account needs memory statistics of the live program')]
  const width = barWidth(style)
  const rows = [
    ...a.rows,
    ...(a.gap === undefined
      ? []
      : [
          {
            title: a.gap >= 0 ? 'left over: binary, C, mmap' : 'counted but not resident',
            bytes: a.gap,
            level: 0,
          },
        ]),
  ]
  return tableLines(
    style,
    [
      {
        title: 'bytes',
        align: 'right',
        cells: rows.map((r) => ({ text: bytesText(r.bytes), tone: r.level === 0 ? 'strong' : 'plain' })),
      },
      {
        title: '',
        align: 'right',
        cells: rows.map((r) => ({ text: shareText(r.bytes, whole), tone: 'quiet' })),
      },
      ...(width > 0
        ? [
            {
              title: '',
              align: 'left' as const,
              cells: rows.map((r) => ({
                text: r.level === 0 && r.bytes > 0 ? bar(style, r.bytes / whole, width) : '',
                tone: 'accent' as const,
              })),
              least: width,
            },
          ]
        : []),
    ],
    {
      title:
        a.resident === undefined ? `of ${bytesText(whole)} held by Go` : `of ${bytesText(whole)} resident`,
      cells: rows.map((r) => () => own(style, `${'  '.repeat(r.level)}${r.title}`)),
    },
    true,
  )
}

function targetTable(style: Style, s: PageState): string[] {
  const value = (t: PageTarget, name: MetricName): Cell => ({
    text: metricText(name, t.reading?.values[name]),
    tone: toneOf(levelOf(name, t.reading?.values ?? {})),
  })
  const column = (title: string, name: MetricName): Column => ({
    title,
    align: 'right',
    cells: s.targets.map((t) => value(t, name)),
  })
  return tableLines(
    style,
    [
      {
        title: '',
        align: 'left',
        cells: s.targets.map((_, k) => ({ text: k === s.selected ? '>' : ' ', tone: 'accent' })),
      },
      column('cpu', 'cpu'),
      column('rss', 'rss'),
      column('heap', 'heap.alloc'),
      column('allocates', 'alloc.rate'),
      column('gc', 'gc.cpu'),
      column('goroutines', 'goroutines'),
    ],
    {
      title: 'program',
      cells: s.targets.map((t) => (room) => {
        const state = t.reading?.ended ? ' (ended)' : (t.reading?.silentMs ?? 0) > 0 ? ' (no answer)' : ''
        const text = cutLeft(
          safeName(`${t.facts.program} ${t.facts.shown}`),
          room - state.length,
          dots(style),
        )
        return text + paint(style, 'critical', state)
      }),
    },
    true,
  )
}

function footLines(style: Style, s: PageState): string[] {
  const lines: string[] = []
  const last = s.marks.slice(-3).map((m) => `${clockText(m.at)} ${safeName(m.text)}`)
  if (last.length > 0) lines.push(paint(style, 'info', own(style, `marks  ${last.join('  ')}`)))
  if (s.message !== '') lines.push(paint(style, 'accent', own(style, safeName(s.message))))
  const keys = [
    'q quit',
    '? help',
    'm mark',
    'c capture',
    'p CPU profile',
    'h heap',
    'g goroutines',
    'a account',
    'space pause',
  ]
  if (s.targets.length > 1) keys.splice(2, 0, 'tab next')
  const pieces = keys.map((text) => ({ text, tone: 'quiet' as const }))
  lines.push(fitting(style, pieces, style.width).text)
  return lines
}

function helpLines(style: Style): string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['m', 'a mark in the recording and on the page'],
    ['c', 'a whole capture of this program now (goscope capture)'],
    ['p', 'a CPU profile of 10 s'],
    ['h', 'a heap profile'],
    ['g', 'a dump of all goroutines: it stops the program for a moment'],
    ['u  a', 'resources, or the memory account'],
    ['tab  1-9', 'the next program, or that one'],
    ['space', 'stop the page; measuring goes on'],
    ['q  Ctrl-C', 'quit'],
  ]
  return rows.map(([key, what]) => `${paint(style, 'strong', key.padEnd(11))}${own(style, what)}`)
}

/** Everything that matters in one line of stable fields, where there is no page. */
export function intervalLine(style: Style, facts: TargetFacts, r: Reading, many: boolean): string {
  const v = r.values
  const field = (name: string, metric: MetricName): string => `${name} ${metricText(metric, v[metric])}`
  const parts = [
    new Date(r.at).toISOString().replace(/\.\d+Z$/, 'Z'),
    ...(many ? [safeName(facts.shown)] : []),
    field('cpu', 'cpu'),
    field('rss', 'rss'),
    field('heap', 'heap.alloc'),
    field('goal', 'heap.goal'),
    field('alloc', 'alloc.rate'),
    field('gc', 'gc.rate'),
    field('gccpu', 'gc.cpu'),
    field('pause', 'gc.pause.max'),
    field('goroutines', 'goroutines'),
    v.threads === undefined ? field('threads', 'go.threads') : field('threads', 'threads'),
  ]
  if (r.ended) parts.push('the process has ended')
  else if (r.silentMs > 0)
    parts.push(
      `no answer for ${secondsText(r.silentMs)}${r.problem === '' ? '' : `: ${safeName(r.problem)}`}`,
    )
  for (const a of alerts(v).slice(0, 3)) parts.push(`${a.level}: ${alertText(a.name, v)}`)
  return own(style, parts.join('  ')).replaceAll(ABSENT, '-')
}
