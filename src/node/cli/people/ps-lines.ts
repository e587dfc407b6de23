// Go programs that run here, for people: a table of all, and everything about one.

import { expectedMaxProcs } from '../../../core/analysis/live/process-advice.ts'
import { ABSENT, bytesText, cellWidth, countText, cutLeft, timeText } from '../../../core/base/people-fmt.ts'
import type { GoProcess, PsResult } from '../../proc/go-process.ts'
import { circumstancesOf, profileSource } from '../../proc/go-process.ts'
import type { Probed } from '../../proc/probe.ts'
import { factLines, numberColumn } from './fact-lines.ts'
import { plural } from './head.ts'
import { dots, paint, type Style, safeName } from './style.ts'
import { type Cell, type Column, tableLines, wrapLines } from './table.ts'

const bytes = (v: number | undefined): string => (v === undefined ? ABSENT : bytesText(v))
const count = (v: number | undefined): string => (v === undefined ? ABSENT : countText(v))
const seconds = (v: number | undefined): string => (v === undefined ? ABSENT : timeText(Math.round(v * 1e9)))
/** Percent of one processor. */
const cpu = (v: number | undefined): string =>
  v === undefined ? ABSENT : `${countText(Math.round(v * 1000) / 10)}%`

/** All programs, one row each, with warnings below. */
export function psLines(style: Style, r: PsResult): string[] {
  const { processes } = r
  const lines =
    processes.length === 0
      ? [`no Go program among ${plural(style, r.looked, 'process')}`]
      : tableLines(
          style,
          columnsOf(style, processes),
          { title: 'program', cells: processes.map((p) => (room) => programCell(style, p, room)) },
          true,
        )
  for (const p of processes)
    for (const warning of p.warnings)
      lines.push(...wrapLines(style, `${mark(style)} ${p.pid}: ${safeName(warning)}`, '  ').map(warn(style)))
  lines.push(...remarkLines(style, r))
  return lines
}

function columnsOf(style: Style, processes: readonly GoProcess[]): Column[] {
  const reach: Column = {
    title: 'reach',
    align: 'left',
    cells: processes.map((p) => reachCell(p)),
  }
  const wide = style.width >= 72
  return [
    numberColumn(
      'pid',
      processes.map((p) => String(p.pid)),
    ),
    ...(wide
      ? [
          numberColumn(
            'parent',
            processes.map((p) => (p.parent === undefined ? ABSENT : String(p.parent))),
          ),
        ]
      : []),
    numberColumn(
      'cpu',
      processes.map((p) => cpu(p.cpusNow ?? lifeCpu(p))),
    ),
    numberColumn(
      'rss',
      processes.map((p) => bytes(p.residentBytes)),
    ),
    ...(wide
      ? [
          numberColumn(
            'up',
            processes.map((p) => seconds(p.uptimeSeconds)),
          ),
        ]
      : []),
    { title: 'go', align: 'left', cells: processes.map((p) => ({ text: versionOf(p) })) },
    reach,
  ]
}

/** Where nothing was measured now: over its life. */
function lifeCpu(p: GoProcess): number | undefined {
  return p.cpuSeconds === undefined || !p.uptimeSeconds ? undefined : p.cpuSeconds / p.uptimeSeconds
}

function versionOf(p: GoProcess): string {
  const { info } = p.binary
  return info === undefined ? 'unknown' : safeName(info.goVersion.replace(/^go/, ''))
}

/** The shortest way to a profile, or why there is none. */
function reachCell(p: GoProcess): Cell {
  const source = profileSource(p)
  const more = p.gopsPort !== undefined ? ' +gops' : ''
  if (source !== undefined) return { text: safeName(source.replace(/^http:\/\//, '')) + more, tone: 'accent' }
  if (p.gopsPort !== undefined) return { text: 'gops', tone: 'accent' }
  const locked = p.answers.find((a) => a.answer === 'locked')
  if (locked !== undefined) return { text: `${locked.listener.shown} locked`, tone: 'warning' }
  if (p.answers.some((a) => a.answer === 'silent')) return { text: 'no answer', tone: 'warning' }
  return { text: ABSENT, tone: 'quiet' }
}

function programCell(style: Style, p: GoProcess, room: number): string {
  const { info } = p.binary
  const name = info?.path || info?.main?.path || p.executable
  const version = [info?.main?.version, shortRevision(p)].filter((v) => v !== undefined && v !== '').join(' ')
  const extra = `${p.deleted ? ' (binary deleted)' : ''}${p.limits?.container === undefined ? '' : ` in ${p.limits.container.runtime} ${p.limits.container.id}`}`
  const shown = safeName(name)
  // The version goes before what is unusual about the process.
  for (const tail of [version === '' ? extra : ` ${version}${extra}`, extra]) {
    if (tail !== '' && cellWidth(shown + safeName(tail)) <= room)
      return paint(style, 'strong', shown) + paint(style, 'quiet', safeName(tail))
  }
  return paint(style, 'strong', cutLeft(shown, room, dots(style)))
}

function shortRevision(p: GoProcess): string | undefined {
  const settings = p.binary.info?.settings
  const revision = settings?.get('vcs.revision')
  // The version of newer binaries has the revision in it.
  if (revision === undefined || p.binary.info?.main?.version.includes(revision.slice(0, 12))) return undefined
  return `${revision.slice(0, 12)}${settings?.get('vcs.modified') === 'true' ? '+dirty' : ''}`
}

function remarkLines(style: Style, r: PsResult): string[] {
  const texts = [...r.notes]
  if (r.forbidden > 0)
    texts.push(
      `${plural(style, r.forbidden, 'process')} may not be looked at${process.getuid?.() === 0 ? '' : '; root (sudo) sees all'}`,
    )
  const silent = r.processes.flatMap((p) =>
    p.answers.filter((a) => a.answer === 'silent').map((a) => ({ p, a })),
  )
  for (const { p, a } of silent) texts.push(`${p.pid}: ${a.listener.shown}: ${a.detail}`)
  return texts.length === 0
    ? []
    : ['', ...texts.flatMap((t) => wrapLines(style, safeName(t))).map((l) => paint(style, 'quiet', l))]
}

/** Everything about one program. */
export function processLines(style: Style, p: GoProcess): string[] {
  const { info } = p.binary
  const lines: string[] = []
  const add = (name: string, pieces: readonly Cell[]): void => {
    const some = pieces.filter((c) => c.text !== '')
    if (some.length > 0) lines.push(...factLines(style, name, some))
  }
  const title = info?.path || info?.main?.path || p.executable
  add(String(p.pid), [
    { text: safeName(title), tone: 'strong' },
    { text: safeName(info?.main?.version ?? '') },
    { text: info === undefined ? 'no build info' : safeName(info.goVersion), tone: 'accent' },
    { text: p.binary.arch, tone: 'quiet' },
  ])
  add('file', [
    { text: safeName(p.executable) },
    ...(p.deleted ? [{ text: 'deleted or replaced since it started', tone: 'warning' as const }] : []),
    ...(p.binary.stripped ? [{ text: 'stripped', tone: 'quiet' as const }] : []),
  ])
  add('command', [{ text: p.commandLine.map(safeName).join(' ') }])
  add('runs', [
    { text: p.uptimeSeconds === undefined ? '' : `for ${seconds(p.uptimeSeconds)}` },
    {
      text: p.state === 'T' ? 'stopped' : p.state === 'Z' ? 'ended, not yet collected' : '',
      tone: 'warning',
    },
    { text: `parent ${p.parent ?? ABSENT}` },
    { text: `CPU now ${cpu(p.cpusNow)}, ${seconds(p.cpuSeconds)} in all` },
  ])
  add('memory', [
    { text: `resident ${bytes(p.residentBytes)}` },
    { text: p.peakBytes === undefined ? '' : `peak ${bytes(p.peakBytes)}` },
    { text: p.limits?.memoryBytes === undefined ? '' : `limit of its group ${bytes(p.limits.memoryBytes)}` },
    ...environmentPieces(p, ['GOGC', 'GOMEMLIMIT']),
  ])
  const procs = expectedMaxProcs(circumstancesOf(p))
  add('cpus', [
    { text: p.allowedCpus === undefined ? '' : `may run on ${p.allowedCpus}` },
    { text: p.limits?.cpus === undefined ? '' : `quota ${countText(p.limits.cpus)}` },
    { text: procs === undefined ? '' : `GOMAXPROCS ${procs.procs} (${procs.by}) unless the program set it` },
  ])
  add('threads', [{ text: count(p.threads) }])
  add('files', [
    { text: p.openFiles === undefined ? '' : `${count(p.openFiles)} open` },
    { text: p.openFilesLimit === undefined ? '' : `limit ${limitText(p.openFilesLimit)}` },
  ])
  add('runs in', [
    {
      text: p.limits?.container === undefined ? '' : `${p.limits.container.runtime} ${p.limits.container.id}`,
    },
    { text: p.limits?.container?.pod === undefined ? '' : `pod ${p.limits.container.pod}` },
    { text: p.limits?.unit === undefined ? '' : safeName(p.limits.unit) },
  ])
  add('GODEBUG', environmentPieces(p, ['GODEBUG', 'GOTRACEBACK']))
  for (const l of p.listeners) {
    const answer = p.answers.find((a) => a.listener === l)
    add('listens', [{ text: safeName(l.shown) }, answerPiece(answer)])
  }
  const source = profileSource(p)
  if (source !== undefined) add('next', [{ text: `goscope watch ${source}`, tone: 'quiet' }])
  else if (p.gopsPort !== undefined) add('next', [{ text: `goscope gops ${p.pid} stats`, tone: 'quiet' }])
  else add('next', [{ text: `goscope threads pid:${p.pid}`, tone: 'quiet' }])
  if (info !== undefined && info.settings.size > 0)
    add(
      'build',
      [...info.settings].map(([key, value]) => ({
        text: safeName(`${key}=${value}`),
        tone: 'quiet' as const,
      })),
    )
  if (info !== undefined && info.deps.length > 0)
    add('modules', [
      { text: plural(style, info.deps.length, 'dependency').replace('dependencys', 'dependencies') },
    ])
  for (const w of p.warnings)
    lines.push(...wrapLines(style, `${mark(style)} ${safeName(w)}`, '  ').map(warn(style)))
  for (const n of p.notes)
    lines.push(...wrapLines(style, safeName(n), '  ').map((l) => paint(style, 'quiet', l)))
  return lines
}

function environmentPieces(p: GoProcess, names: readonly string[]): Cell[] {
  return names.flatMap((name) => {
    const value = p.environment.get(name)
    return value === undefined ? [] : [{ text: safeName(`${name}=${value}`) }]
  })
}

function answerPiece(a: Probed | undefined): Cell {
  if (a === undefined) return { text: 'not asked', tone: 'quiet' }
  const tls = a.tls ? ', with TLS' : ''
  switch (a.answer) {
    case 'pprof':
      return {
        text: `pprof${tls}${a.goroutines === undefined ? '' : `, ${countText(a.goroutines)} goroutines`}`,
        tone: 'accent',
      }
    case 'gops':
      return { text: 'gops agent', tone: 'accent' }
    case 'locked':
      return { text: `asks who you are (status ${a.detail})${tls}`, tone: 'warning' }
    case 'http':
      return { text: `HTTP without pprof (status ${a.detail})${tls}`, tone: 'quiet' }
    case 'silent':
      return { text: safeName(a.detail), tone: 'warning' }
    case 'other':
      return { text: safeName(a.detail), tone: 'quiet' }
  }
}

const limitText = (v: number): string => (Number.isFinite(v) ? countText(v) : 'none')
const mark = (style: Style): string => (style.unicode ? '▲' : '[!]')
const warn =
  (style: Style) =>
  (line: string): string =>
    paint(style, 'warning', line)
