// `goscope threads`: what the threads of a running program do, by the kernel's account.

import type { FlagParametersForType } from '@stricli/core'
import type { ThreadShares } from '../../../core/analysis/live/thread-shares.ts'
import { UserError } from '../../../core/base/errors.ts'
import { ABSENT, countText, cutRight, shareText } from '../../../core/base/people-fmt.ts'
import { GoBinaries } from '../../proc/go-binary.ts'
import { pidOf } from '../../proc/pid-argument.ts'
import { sampleThreads, type ThreadReport } from '../../proc/sample-threads.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { numberColumn } from '../people/fact-lines.ts'
import { type OutputFlags, outputFlags, reportFlags } from '../people/flags.ts'
import { plural } from '../people/head.ts'
import { writeJson } from '../people/json.ts'
import { bar, barWidth, dots, paint, type Style, safeName, styleFor } from '../people/style.ts'
import { flowLines, tableLines, wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'

interface ThreadsFlags extends OutputFlags {
  readonly seconds?: number
  readonly hz?: number
  readonly limit?: number
}

const flags: FlagParametersForType<ThreadsFlags> = {
  ...outputFlags,
  seconds: {
    kind: 'parsed',
    parse: positive,
    brief: 'for how long; 5',
    placeholder: 'SECONDS',
    optional: true,
  },
  hz: { kind: 'parsed', parse: positive, brief: 'how often a second; 20', placeholder: 'N', optional: true },
  limit: { ...reportFlags.limit, brief: 'most rows, 0 for all; 20' },
}

export const spec: CommandSpec<ThreadsFlags> = {
  name: 'threads',
  summary: 'what the threads of a running program do',
  args: 'pid:N',
  flags,
  aliases: { n: 'limit' },
  groups: [
    ['Sampling', ['seconds', 'hz']],
    ['Output', ['limit', 'json', 'color', 'width']],
  ],
  examples: [
    ['goscope threads pid:4711', 'CPU, waiting for a processor, and system calls that block'],
    ['goscope threads 4711 --seconds 30 --hz 50 --json', 'longer and finer, for scripts'],
  ],
  notes: [
    'Reads /proc/PID/task (Linux) and changes nothing in the program; it works for any program, with or without pprof. Times on a processor and ready without one are counted by the kernel, states and system calls are sampled.',
  ],
}

const SECONDS = 5
const HZ = 20
const ROWS = 20

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: given, args } = parsed
  if (args.length !== 1) throw new UserError(`one process is wanted; usage: goscope threads ${spec.args}`)
  if (process.platform !== 'linux') throw new UserError('threads can be sampled on Linux only')
  const pid = pidOf(args[0]!)
  const look = new GoBinaries().look(`/proc/${pid}/exe`)
  const arch = 'go' in look ? (look.go?.arch ?? hostArch()) : hostArch()
  // An interrupt ends the sampling; what was seen is shown.
  const control = new AbortController()
  const stop = (): void => control.abort()
  process.once('SIGINT', stop)
  const report = await sampleThreads({
    pid,
    arch,
    seconds: given.seconds ?? SECONDS,
    hz: given.hz ?? HZ,
    signal: control.signal,
  })
  process.removeListener('SIGINT', stop)
  if (given.json) writeJson(threadsJson(pid, report))
  else writeLines(threadLines(styleFor(given), pid, report, given.limit ?? ROWS))
  return 0
}

const hostArch = (): string => (process.arch === 'x64' ? 'amd64' : process.arch)
const share = (v: number): string => (Number.isNaN(v) ? ABSENT : shareText(v, 1))

function threadLines(style: Style, pid: number, r: ThreadReport, limit: number): string[] {
  const { threads } = r
  const sum = (of: (t: ThreadShares) => number): number => threads.reduce((n, t) => n + (of(t) || 0), 0)
  const ready = sum((t) => t.ready)
  const blocked = threads.filter((t) => t.blocked >= 0.5).length
  const lines = flowLines(style, [
    { text: `pid ${pid}`, tone: 'strong' },
    { text: plural(style, threads.length, 'thread'), tone: 'accent' },
    { text: `${countText(Math.round(sum((t) => t.cpu) * 100) / 100)} processors in use` },
    {
      text: `${countText(Math.round(ready * 100) / 100)} more wanted: threads were ready and had none`,
      tone: ready > 0.5 ? 'warning' : 'plain',
    },
    {
      text: `${plural(style, blocked, 'thread')} mostly held by system calls`,
      tone: blocked > 8 ? 'warning' : 'plain',
    },
    {
      text: `${r.rounds} looks in ${countText(Math.round(r.seconds * 10) / 10)} s, which took ${shareText(r.overhead, 1)} of a processor`,
      tone: 'quiet',
    },
  ])
  const shown = limit > 0 ? threads.slice(0, limit) : threads
  const width = barWidth(style)
  lines.push(
    '',
    ...tableLines(
      style,
      [
        numberColumn(
          'thread',
          shown.map((t) => String(t.tid)),
        ),
        numberColumn(
          'cpu',
          shown.map((t) => share(t.cpu)),
        ),
        ...(width > 0
          ? [
              {
                title: '',
                align: 'left' as const,
                cells: shown.map((t) => ({ text: bar(style, t.cpu, width), tone: 'accent' as const })),
                least: width,
              },
            ]
          : []),
        numberColumn(
          'ready',
          shown.map((t) => share(t.ready)),
        ),
        numberColumn(
          'asleep',
          shown.map((t) => share(t.sleeping)),
        ),
        numberColumn(
          'disk',
          shown.map((t) => share(t.disk)),
        ),
      ],
      {
        title: 'waits in',
        cells: shown.map((t) => (room) => {
          const text = cutRight(
            safeName(t.stopped > 0.5 ? 'stopped by a signal' : waitsText(t)),
            room,
            dots(style),
          )
          return t.blocked >= 0.5 || t.stopped > 0.5 ? paint(style, 'warning', text) : text
        }),
      },
      true,
    ),
  )
  if (shown.length < threads.length)
    lines.push(
      paint(
        style,
        'quiet',
        `${dots(style)} ${plural(style, threads.length - shown.length, 'more thread')}; --limit 0 for all`,
      ),
    )
  const notes = [...r.notes, ...(r.ended ? ['the process ended meanwhile'] : [])]
  if (notes.length > 0)
    lines.push('', ...notes.flatMap((n) => wrapLines(style, n)).map((l) => paint(style, 'quiet', l)))
  return lines
}

/** `futex 92.0%, read (pipe_read) 3.0%`: the calls, and the kernel's functions where they say more. */
function waitsText(t: ThreadShares): string {
  return t.waits
    .slice(0, 3)
    .map((w) => {
      const call = w.syscall === '' ? (w.channel === '' ? 'not known' : w.channel) : w.syscall
      const more = w.syscall === '' || w.channel === '' ? '' : ` (${w.channel})`
      return `${call}${more} ${shareText(w.share, 1)}`
    })
    .join(', ')
}

/** goscope.threads/1. Shares are of the time or the samples of that thread; null is not known. */
function threadsJson(pid: number, r: ThreadReport): object {
  const known = (v: number): number | null => (Number.isNaN(v) ? null : v)
  return {
    schema: 'goscope.threads/1',
    pid,
    rounds: r.rounds,
    seconds: r.seconds,
    overhead: r.overhead,
    ended: r.ended,
    notes: r.notes,
    threads: r.threads.map((t) => ({ ...t, cpu: known(t.cpu), ready: known(t.ready) })),
  }
}

function positive(text: string): number {
  const v = Number(text)
  if (!(v > 0 && v <= 3600)) throw new UserError('must be a number above 0')
  return v
}
