// `goscope goroutines` for people: what crashed, what is suspicious, then groups.

import { basename } from 'node:path'
import { type StateKind, stateMeaning } from '../../../core/analysis/goroutines/states.ts'
import { countText, cutRight, shareText } from '../../../core/base/people-fmt.ts'
import { GOROUTINE } from '../../../core/model/goroutines.ts'
import { plural } from '../people/head.ts'
import { dots, paint, type Style, safeName, type Tone } from '../people/style.ts'
import { type Cell, flowLines, type LastCell, tableLines, wrapLines } from '../people/table.ts'
import { crashLines, findingLines, raceLines } from './findings.ts'
import type { Look } from './look.ts'
import { functionCell, functionName, placeText } from './names.ts'
import { fitted, more, stateOf } from './pieces.ts'
import { stackLines } from './stack-lines.ts'

export interface ViewOptions {
  /** Most rows of a table, 0 for all. */
  readonly limit: number
  /** Print the stack of each group. */
  readonly stacks: boolean
  /** Show who made goroutines. */
  readonly creators: boolean
  /** Explain the states. */
  readonly explain: boolean
}

/** All lines of the view. */
export function goroutineLines(style: Style, look: Look, o: ViewOptions): string[] {
  const lines = headline(style, look)
  const g = look.goroutines
  const crashes = g.dumps.filter((d) => d.crash !== undefined)
  const most = o.limit > 0 ? Math.min(o.limit, CRASHES) : crashes.length
  for (const d of crashes.slice(0, most)) lines.push('', ...crashLines(style, look, d))
  if (crashes.length > most) lines.push('', ...more(style, crashes.length - most, 'crash'))
  if (g.races.length > 0) lines.push('', ...raceLines(style, look, o.limit))
  const findings = findingLines(style, look, o.limit)
  if (findings.length > 0) lines.push('', ...findings)
  if (look.comparison !== undefined) lines.push('', ...comparisonLines(style, look, o.limit))
  if (look.groups.count > 0) lines.push('', ...groupLines(style, look, o))
  if (o.creators) lines.push('', ...creatorLines(style, look, o.limit))
  if (o.explain) lines.push('', ...stateLines(style, look))
  return lines
}

const CRASHES = 5

const TONES: Readonly<Record<StateKind, Tone>> = {
  running: 'ok',
  runnable: 'ok',
  syscall: 'info',
  io: 'info',
  channel: 'module',
  select: 'module',
  lock: 'critical',
  group: 'warning',
  sleep: 'quiet',
  'for ever': 'critical',
  runtime: 'quiet',
  unknown: 'plain',
}

function headline(style: Style, look: Look): string[] {
  const { goroutines: g, sources, groups, states } = look
  const dump = look.dump < 0 ? undefined : g.dumps[look.dump]
  const shown = dump === undefined ? sources.map((s) => s.source) : [sources[dump.source]!.source]
  const shortName = (source: string): string =>
    source === '-' ? 'standard input' : source.includes('://') ? source : basename(source)
  const name =
    shown.length === 1 ? shortName(shown[0]!) : `${shortName(shown[0]!)} and ${shown.length - 1} more`
  const kind =
    g.dumps.length === 0
      ? 'race reports'
      : g.dumps.length === 1 || dump !== undefined
        ? { dump: 'dump', crash: 'crash report', profile: 'profile' }[(dump ?? g.dumps[0]!).kind]
        : `${countText(g.dumps.length)} dumps`
  const pieces: Cell[] = [
    { text: safeName(name), tone: 'strong' },
    { text: kind, tone: 'accent' },
    { text: `${plural(style, look.total, 'goroutine')}, ${plural(style, groups.count, 'group')}` },
  ]
  if (look.comparison !== undefined)
    pieces.push({ text: `the last of ${look.comparison.dumps.length} dumps` })
  let threads = 0
  for (const row of look.rows) if (g.table.flags[row]! & GOROUTINE.threadStack) threads++
  if (threads > 0) pieces.push({ text: `and ${plural(style, threads, 'thread stack')}` })
  const lines = flowLines(style, pieces, '  ')
  if (look.total !== look.unfiltered)
    lines.push(
      ...flowLines(
        style,
        [
          {
            text: `the filters leave ${countText(look.total)} of ${countText(look.unfiltered)}`,
            tone: 'quiet',
          },
        ],
        '  ',
      ),
    )
  if (states.some((s) => s.state !== ''))
    lines.push(
      ...flowLines(
        style,
        states.map((s) => ({
          text: `${countText(s.weight)} ${s.state === '' ? '(state not told)' : safeName(s.state)}`,
          tone: TONES[stateMeaning(s.state).kind],
        })),
        '  ',
      ),
    )
  const inSyscall = states.find((s) => s.state === 'syscall')?.weight ?? 0
  if (inSyscall >= 20)
    lines.push(
      ...wrapLines(
        style,
        `${plural(style, inSyscall, 'goroutine')} in system calls hold as many threads.`,
        '  ',
      ),
    )
  let foreign = 0
  for (const s of sources) foreign += s.lines?.foreign.count ?? 0
  if (foreign > 0)
    lines.push(
      ...wrapLines(style, `${plural(style, foreign, 'line')} of others between`).map((l) =>
        paint(style, 'quiet', l),
      ),
    )
  return lines
}

function waitText(look: Look, k: number): string {
  const { groups, goroutines: g } = look
  const min = groups.minMinutes[k]!
  const max = groups.maxMinutes[k]!
  if (g.dumps[dumpOf(look, groups.example[k]!)]?.kind === 'profile') return ''
  if (max === 0) return ''
  return min === max ? `${max} min` : `${min}-${max} min, half ${groups.medianMinutes[k]}`
}

function dumpOf(look: Look, row: number): number {
  return look.goroutines.dumps.findIndex((d) => row >= d.start && row < d.end)
}

function groupLines(style: Style, look: Look, o: ViewOptions): string[] {
  const { groups, goroutines: g, origins } = look
  const shown = o.limit > 0 && groups.count > o.limit + 1 ? o.limit : groups.count
  const rows = Array.from({ length: shown }, (_, k) => k)
  const hasWait = rows.some((k) => waitText(look, k) !== '')
  const hasState = look.states.some((s) => s.state !== '')
  const column = (title: string, align: 'left' | 'right', cells: Cell[]) => ({ title, align, cells })
  const columns = [
    column(
      'count',
      'right',
      rows.map((k) => ({ text: countText(groups.weight[k]!) })),
    ),
    column(
      'share',
      'right',
      rows.map((k) => ({ text: shareText(groups.weight[k]!, look.total), tone: 'quiet' as const })),
    ),
    ...(hasState
      ? [
          column(
            'state',
            'left',
            rows.map((k) => {
              const state = stateOf(look, groups.example[k]!)
              const marks = markText(look, groups.example[k]!)
              return { text: `${state}${marks}`, tone: TONES[stateMeaning(state).kind] }
            }),
          ),
        ]
      : []),
    ...(hasWait
      ? [
          column(
            'waited',
            'left',
            rows.map((k) => ({ text: waitText(look, k) })),
          ),
        ]
      : []),
  ]
  const last: LastCell[] = rows.map((k) => (room) => {
    const row = groups.example[k]!
    const frame = origins.telling(g.table.stack[row]!)
    const created = g.table.createdBy[row]!
    const by = created === 0 ? '' : `${style.unicode ? '←' : '<-'} ${functionName(g, created)}`
    const cells = [
      functionCell(g, frame, origins),
      { text: placeText(g, frame), tone: 'quiet' as const },
      { text: by, tone: 'quiet' as const },
    ]
    return fitted(
      style,
      frame === 0 ? [{ text: unreadable(look, row), tone: 'quiet' }, cells[2]!] : cells,
      room,
    )
  })
  const lines = o.stacks
    ? rows.flatMap((k) => [
        ...tableLines(
          style,
          columns.map((c) => ({ ...c, cells: [c.cells[k]!] })),
          { title: '', cells: [last[k]!] },
          false,
        ),
        ...stackLines(style, look, g.table.stack[groups.example[k]!]!, groups.example[k]!, 0),
        '',
      ])
    : tableLines(
        style,
        columns,
        { title: style.width < 80 ? 'function' : 'function, and who started it', cells: last },
        true,
      )
  if (shown < groups.count) lines.push(...more(style, groups.count - shown, 'group'))
  return lines
}

function unreadable(look: Look, row: number): string {
  return look.goroutines.table.flags[row]! & GOROUTINE.unavailable
    ? '(ran on another thread: no stack)'
    : '(no frames)'
}

function markText(look: Look, row: number): string {
  const { table } = look.goroutines
  const flags = table.flags[row]!
  const marks = [
    flags & GOROUTINE.leaked ? 'leaked' : '',
    flags & GOROUTINE.locked ? 'locked' : '',
    flags & GOROUTINE.durable ? 'durable' : '',
    table.bubble[row] !== 0 ? `bubble ${table.bubble[row]}` : '',
  ].filter((m) => m !== '')
  return marks.length === 0 ? '' : ` (${marks.join(', ')})`
}

function comparisonLines(style: Style, look: Look, limit: number): string[] {
  const c = look.comparison!
  const { goroutines: g, origins } = look
  const changed = c.groups.filter((h) => h.weights.some((w) => w !== h.weights[0]) || h.stuck > 0)
  const most = limit > 0 && changed.length > limit + 1 ? limit : changed.length
  const rows = changed.slice(0, most)
  const totals = c.dumps.map((_, k) => c.groups.reduce((sum, h) => sum + h.weights[k]!, 0))
  const lines = wrapLines(
    style,
    `${totals.map((t) => countText(t)).join(style.unicode ? ' → ' : ' -> ')} goroutines over ${c.dumps.length} dumps` +
      (c.byGoid
        ? `: since the first one ${countText(c.fresh)} new, ${countText(c.gone)} gone, ${countText(c.stuck)} still waiting where they were`
        : ''),
  )
  const number = (n: number): Cell => ({ text: n > 0 ? countText(n) : '' })
  const columns = [
    ...c.dumps.map((_, k) => ({
      title: `dump ${k + 1}`,
      align: 'right' as const,
      cells: rows.map((h) => ({ text: countText(h.weights[k]!) })),
    })),
    {
      title: 'change',
      align: 'right' as const,
      cells: rows.map((h) => {
        const d = h.weights.at(-1)! - h.weights[0]!
        return {
          text: d === 0 ? '' : `${d > 0 ? '+' : '−'}${countText(Math.abs(d))}`,
          tone: d > 0 ? ('more' as const) : ('less' as const),
        }
      }),
    },
    ...(c.byGoid
      ? [
          { title: 'stuck', align: 'right' as const, cells: rows.map((h) => number(h.stuck)) },
          { title: 'new', align: 'right' as const, cells: rows.map((h) => number(h.fresh)) },
          { title: 'gone', align: 'right' as const, cells: rows.map((h) => number(h.gone)) },
        ]
      : []),
  ]
  lines.push(
    ...tableLines(
      style,
      columns,
      {
        title: 'function',
        cells: rows.map((h) => (room) => {
          const frame = origins.telling(g.table.stack[h.example]!)
          return fitted(
            style,
            [functionCell(g, frame, origins), { text: placeText(g, frame), tone: 'quiet' }],
            room,
          )
        }),
      },
      true,
    ),
  )
  if (most < changed.length) lines.push(...more(style, changed.length - most, 'group'))
  return lines
}

function creatorLines(style: Style, look: Look, limit: number): string[] {
  const { goroutines: g, creators, origins } = look
  const shown = limit > 0 && creators.length > limit + 1 ? creators.slice(0, limit) : creators
  const lines = tableLines(
    style,
    [
      { title: 'made', align: 'right', cells: shown.map((c) => ({ text: countText(c.weight) })) },
      {
        title: 'by goroutines',
        align: 'left',
        cells: shown.map((c) => {
          const top = c.goids
            .slice(0, 3)
            .map((x) => `${x.goid}${x.row < 0 ? ' (ended)' : ''}: ${countText(x.made)}`)
          return {
            text: top.join(', ') + (c.goids.length > 3 ? `, ${c.goids.length - 3} others` : ''),
            tone: 'quiet',
          }
        }),
      },
    ],
    {
      title: 'go statement',
      cells: shown.map(
        (c) => (room) =>
          c.frame === 0
            ? paint(style, 'quiet', cutRight('(main, or not printed)', room, dots(style)))
            : fitted(
                style,
                [functionCell(g, c.frame, origins), { text: placeText(g, c.frame), tone: 'quiet' }],
                room,
              ),
      ),
    },
    true,
  )
  if (shown.length < creators.length)
    lines.push(...more(style, creators.length - shown.length, 'go statement'))
  return lines
}

function stateLines(style: Style, look: Look): string[] {
  return look.states.flatMap(({ state, weight }) => {
    const m = stateMeaning(state)
    const text = `${countText(weight)} ${state === '' ? '(state not told)' : safeName(state)}: ${m.meaning}${m.holdsThread ? ' It holds a thread.' : ''}`
    return wrapLines(style, text, '    ')
  })
}
