// `goscope wall`: where the wall-clock time of a live program's goroutines goes, on and off the processors.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { bytesText, countText, shareText, timeText } from '../../../core/base/people-fmt.ts'
import { ACTIVITIES } from '../../../core/engine/wall-profile.ts'
import { encodeProfile } from '../../../core/formats/pprof/encode.ts'
import { LiveClient } from '../../live/http-client.ts'
import { onInterrupt } from '../../live/interrupt.ts'
import { ProgressLines } from '../../live/progress-lines.ts'
import { openTarget, parseHeader } from '../../live/target.ts'
import { sampleWall, type WallRun } from '../../live/wall-run.ts'
import { isTerminal } from '../../output.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { flag, text, texts } from '../people/flag-kinds.ts'
import {
  LIVE_GROUP,
  type LiveFlags,
  liveFlags,
  liveOptions,
  type OutputFlags,
  outputFlags,
} from '../people/flags.ts'
import { writeJson } from '../people/json.ts'
import { bar, barWidth, paint, type Style, safeName, styleFor } from '../people/style.ts'
import { flowLines, tableLines, wrapLines } from '../people/table.ts'
import { reportWritten, writeOutput } from '../people/write-file.ts'
import { writeLines } from '../people/write-lines.ts'

interface WallFlags extends LiveFlags, OutputFlags {
  readonly output?: string
  readonly hz?: number
  readonly noStateFrames?: boolean
  readonly all?: boolean
  readonly header?: readonly string[]
  readonly pprofPath?: string
}

function rate(text: string): number {
  const hz = /^\d{1,3}(\.\d{1,3})?$/.test(text) ? Number(text) : 0
  if (!(hz >= 0.01 && hz <= 100)) throw new UserError('must be a rate from 0.01 to 100')
  return hz
}

const flags: FlagParametersForType<WallFlags> = {
  ...outputFlags,
  ...liveFlags,
  seconds: { ...liveFlags.seconds, brief: 'for how long (30)' },
  timeout: { ...liveFlags.timeout, brief: 'how long to wait for a dump (30)' },
  output: text('profile to write: wall.pb.gz', 'FILE'),
  hz: { kind: 'parsed', parse: rate, brief: 'dumps in a second (20)', placeholder: 'N', optional: true },
  noStateFrames: flag('no frames for states at the leaves, such as [chan receive]'),
  all: flag('dumps with states even if there are more than 10 000 goroutines'),
  header: texts('header to send, such as "Authorization: Bearer ..."', 'HEADER'),
  pprofPath: text('where net/http/pprof is, instead of /debug/pprof/', 'PATH'),
}

export const spec: CommandSpec<WallFlags> = {
  name: 'wall',
  summary: 'wall-clock profile of a live program, on and off CPU',
  args: 'TARGET',
  flags,
  aliases: { o: 'output' },
  groups: [
    ['What', ['output', 'seconds', 'hz', 'noStateFrames', 'all']],
    [LIVE_GROUP[0], ['header', 'pprofPath', 'timeout', 'tlsCert', 'tlsKey', 'tlsCa']],
    ['Output', ['json', 'color', 'width']],
  ],
  examples: [
    ['goscope wall localhost:6060 --seconds 30 -o wall.pb.gz', 'then: goscope flame wall.pb.gz'],
    ['goscope top --tag-focus activity=waiting wall.pb.gz', 'who waits, without what runs'],
    ['goscope tags wall.pb.gz', 'time by state'],
  ],
  notes: [
    'The program stands still while it writes a dump. What that costs is measured and told; where it costs more than 5% of the time, fewer dumps are taken.',
    'A dump tells what waits for a processor and what has one alike: both are running here. The CPU profile of goscope capture tells them apart.',
  ],
}

const MOST_GOROUTINES = 10_000
const FEW_DUMPS = 20

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: f, args } = parsed
  if (args.length !== 1)
    throw new UserError('one program, please: host:port, http(s)://…, unix:/path.sock or pid:N')
  const headers = Object.fromEntries((f.header ?? []).map(parseHeader))
  const target = await openTarget(args[0]!, { headers, ...(f.pprofPath && { pprofPath: f.pprofPath }) })
  const { tls } = liveOptions(f)
  const client = new LiveClient({ headers, answerMs: (f.timeout ?? 30) * 1000, ...(tls && { tls }) })
  const progress = new ProgressLines({
    terminal: isTerminal(2),
    write: (line) => void process.stderr.write(line),
  })
  const interrupt = onInterrupt((signal) => progress.line(`goscope wall: ${signal}: what is there is kept`))
  const seconds = f.seconds ?? 30
  try {
    progress.begin({ file: '', what: 'dumps', seconds })
    const wall = await sampleWall(
      target,
      client,
      {
        seconds,
        hz: f.hz ?? 20,
        stateFrames: f.noStateFrames !== true,
        mostGoroutines: f.all ? Number.POSITIVE_INFINITY : MOST_GOROUTINES,
        onSample: (_, r) => progress.bytes(r.bytes),
      },
      interrupt.signal,
    )
    progress.end()
    const written = f.output === undefined ? undefined : await write(f.output, wall)
    if (f.json) {
      if (f.output !== '-') writeJson(wallJson(target.shown, wall))
    } else if (f.output !== '-') writeLines(wallLines(styleFor(f), target.shown, wall, f.output))
    if (written !== undefined) reportWritten(f.output!, written, 'wall-clock profile')
    return interrupt.signal.aborted || wall.failed > wall.samples ? 1 : 0
  } catch (e) {
    if (e instanceof UserError) throw new UserError(`${target.shown}: ${e.message}`)
    throw e
  } finally {
    progress.end()
    interrupt.end()
    client.close()
  }
}

async function write(path: string, wall: WallRun): Promise<number> {
  const profile = wall.profile.done({
    start: wall.start,
    duration: wall.durationMs * 1e6,
    period: (wall.durationMs * 1e6) / wall.samples,
    comments: [`goscope wall: ${plain(overhead(wall))}`],
  })
  const { GzipSink } = await import('../../gzip-sink.ts')
  const gzip = new GzipSink()
  for (const piece of encodeProfile(profile)) gzip.bytes(piece)
  const pieces: Uint8Array[] = []
  for await (const piece of gzip.finish()) pieces.push(piece)
  return writeOutput(path, (to) => {
    for (const piece of pieces) to(piece)
  })
}

/** Shares of the time that went into dumps: standing still, and altogether; without the way. */
function cost(w: WallRun): { readonly answerMs: number; readonly totalMs: number; readonly share: number } {
  const answerMs = Math.max(0, w.answerMs / w.samples - w.wayMs)
  const totalMs = Math.max(0, w.totalMs / w.samples - w.wayMs)
  return { answerMs, totalMs, share: (totalMs * w.samples) / w.durationMs }
}

function overhead(w: WallRun): string {
  const c = cost(w)
  const brake =
    w.brakeMs > 0
      ? `; so that they take no more than 5%, they came up to ${timeText(w.brakeMs * 1e6)} apart`
      : ''
  return `${countText(w.samples)} dumps, ${timeText(c.totalMs * 1e6)} each (${timeText(c.answerMs * 1e6)} until the answer began, in which the program may stand still), ${bytesText(w.bytes)}, ${shareText(c.share, 1)} of the time${brake}`
}

function wallLines(style: Style, name: string, w: WallRun, output: string | undefined): string[] {
  const total = w.profile.totalNanos
  const states = w.profile.byState()
  const mean = w.goroutines / w.samples
  const lines = flowLines(style, [
    { text: safeName(name), tone: 'strong' },
    { text: timeText(w.durationMs * 1e6), tone: 'accent' },
    { text: `${countText(w.samples)} of ${countText(w.wanted)} dumps` },
    { text: `${countText(Math.round(mean * 10) / 10)} goroutines on average` },
  ])
  const shares = ACTIVITIES.map((a) => {
    const nanos = states.filter((s) => s.activity === a).reduce((sum, s) => sum + s.nanos, 0)
    return { text: `${a} ${shareText(nanos, total)}` }
  })
  lines.push(...flowLines(style, shares), '')
  const width = barWidth(style)
  lines.push(
    ...tableLines(
      style,
      [
        { title: 'time', align: 'right', cells: states.map((s) => ({ text: timeText(s.nanos) })) },
        { title: 'share', align: 'right', cells: states.map((s) => ({ text: shareText(s.nanos, total) })) },
        ...(width > 0
          ? [
              {
                title: '',
                align: 'left' as const,
                cells: states.map((s) => ({
                  text: bar(style, s.nanos / total, width),
                  tone: 'accent' as const,
                })),
                least: width,
              },
            ]
          : []),
      ],
      { title: 'state', cells: states.map((s) => () => safeName(s.state)) },
      true,
    ),
  )
  const quiet = (said: string): string[] => wrapLines(style, said).map((l) => paint(style, 'quiet', l))
  lines.push('', ...quiet(`overhead: ${overhead(w)}`))
  if (w.fromProfiles)
    lines.push(
      ...quiet(
        'So many goroutines come as a profile, which has no states: they are told from the innermost functions. --all takes dumps.',
      ),
    )
  if (w.samples < FEW_DUMPS && w.brakeMs > 0)
    lines.push(
      ...quiet(
        `So few dumps give rough shares: --seconds ${Math.ceil((FEW_DUMPS * w.brakeMs) / 1000)} would give ${FEW_DUMPS}.`,
      ),
    )
  if (w.failed > 0) lines.push(...quiet(`${w.failed} dumps failed, the last one: ${safeName(w.lastError)}`))
  if (output === undefined)
    lines.push(...quiet('-o wall.pb.gz keeps the profile, for goscope flame, top, tags and diff'))
  return lines
}

/** goscope.wall/1 */
function wallJson(name: string, w: WallRun): object {
  const c = cost(w)
  return {
    schema: 'goscope.wall/1',
    target: name,
    durationMs: w.durationMs,
    samples: w.samples,
    wanted: w.wanted,
    failed: w.failed,
    goroutines: { mean: w.goroutines / w.samples, most: w.profile.mostGoroutines },
    states: w.profile.byState(),
    fromProfiles: w.fromProfiles,
    overhead: {
      perDumpMs: c.totalMs,
      untilAnswerMs: c.answerMs,
      wayMs: w.wayMs,
      bytes: w.bytes,
      share: c.share,
      brakeMs: w.brakeMs,
    },
  }
}

const plain = (said: string): string => said.replaceAll('\u202f', ' ')
