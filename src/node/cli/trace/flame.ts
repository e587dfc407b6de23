// `goscope trace flame`: where goroutines were while they ran, or while they did not, as a flame graph.

import { type CpuTimes, className, type TimeAt } from '../../../core/analysis/trace/cpu-time.ts'
import { cpuTimeProfile, TIME_TYPES, type TimeType } from '../../../core/analysis/trace/cpu-time-profile.ts'
import { UserError } from '../../../core/base/errors.ts'
import { timeText } from '../../../core/base/people-fmt.ts'
import { displayable } from '../../../core/base/utf8.ts'
import { selectionWords } from '../../../core/engine/trace-selection.ts'
import { type TraceTimes, traceTimes } from '../../../core/engine/trace-times.ts'
import { buildFlame, countOf, type FlameDoc, leftOutNotice } from '../../../core/reports/flame.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { packageVersion } from '../people/package-version.ts'
import { paint, type Style, safeName, styleFor } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import { remark, reportWritten, writeOutput } from '../people/write-file.ts'
import { writeLines } from '../people/write-lines.ts'
import { ofTrace, oneTrace, traceHead } from './people-lines.ts'
import { OUTPUT_FLAGS, SELECT_FLAGS, type SelectFlags } from './select-flags.ts'

interface FlameFlags extends SelectFlags {
  readonly onCpu?: boolean
  readonly offCpu?: boolean
  readonly wall?: boolean
  readonly wait?: string
  readonly by?: 'function' | 'goroutine'
  readonly system?: boolean
  readonly inverted?: boolean
  readonly depth?: number
  readonly output?: string
  readonly format?: FlameFormat
  readonly color?: 'auto' | 'always' | 'never'
  readonly width?: number
}

type FlameFormat = 'text' | 'svg' | 'html'

const SWITCH = { kind: 'boolean', optional: true, withNegated: false } as const

const FLAGS = {
  onCpu: { ...SWITCH, brief: 'time in which goroutines ran; this unless another is given' },
  offCpu: { ...SWITCH, brief: 'time in which they did not, with what they waited for' },
  wall: { ...SWITCH, brief: 'both' },
  wait: {
    kind: 'parsed',
    parse: String,
    brief: "only waits for this, e.g. 'chan receive', sync, network, 'system call'",
    placeholder: 'REASON',
    optional: true,
  },
  by: {
    kind: 'enum',
    values: ['function', 'goroutine'],
    brief: 'all goroutines together, or each in a frame of its own',
    placeholder: 'WHAT',
    optional: true,
  },
  system: { ...SWITCH, brief: "waits of the runtime's own goroutines too" },
  ...SELECT_FLAGS,
  inverted: { ...SWITCH, brief: 'from the leaves to their callers' },
  depth: {
    kind: 'parsed',
    parse: Number,
    brief: 'rows of frames in the terminal, 0 for all (otherwise 40)',
    placeholder: 'N',
    optional: true,
  },
  output: {
    kind: 'parsed',
    parse: String,
    brief: 'write a file; .svg or .html at its end tell the form',
    placeholder: 'FILE',
    optional: true,
  },
  format: {
    kind: 'enum',
    values: ['text', 'svg', 'html'],
    brief: 'the form: text, svg or html',
    placeholder: 'FORM',
    optional: true,
  },
  color: OUTPUT_FLAGS.color,
  width: OUTPUT_FLAGS.width,
} as const

export const spec: CommandSpec<FlameFlags> = {
  name: 'trace flame',
  summary: 'where goroutines ran or waited, as a flame graph',
  args: 'TRACE',
  flags: FLAGS,
  aliases: { o: 'output' },
  groups: [
    ['What is shown', ['onCpu', 'offCpu', 'wall', 'wait', 'by', 'system', 'inverted', 'depth']],
    ['Which part of the trace', ['from', 'to', 'goroutine', 'task', 'region', 'proc']],
    ['Output', ['output', 'format', 'color', 'width']],
  ],
  examples: [
    ['goscope trace flame --off-cpu trace.out', 'where goroutines wait, and what for'],
    ['goscope trace flame --wait sync -o locks.html trace.out', 'who waits for locks, to zoom and search in'],
    ['goscope trace flame --wall --task 42 trace.out', 'what the goroutines of task 42 did while it lasted'],
  ],
  notes: [
    'A run counts for the stack at which it ended, since that is what a trace tells of it; where the trace has CPU ' +
      'samples, for theirs. A wait counts for the stack at which it began.',
  ],
}

const DEPTH = 40
/** Frames that a browser still moves swiftly. */
const MOST_IN_FILE = 40_000
const MOST_IN_TERMINAL = 200_000

/** Runs the command; returns its exit status. Throws UserError. */
export async function runFlame(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags, args } = parsed
  const source = oneTrace(spec.name, args)
  const type = typeOf(flags)
  const format = formatOf(flags)
  const found = await ofTrace(spec.name, source, (bytes, progress) =>
    traceTimes(bytes, { ...flags, byGoroutine: flags.by === 'goroutine' }, progress),
  )
  if (found.times === undefined)
    throw new UserError(`goscope ${spec.name}: ${source}: the trace has no events`)
  const draw = drawer(found, found.times, flags, type, source)
  const output = flags.output ?? ''
  if (format === 'text') {
    const style = terminalStyle(flags, output)
    const { colourDepth, flameCells, flameHint, flameLines } = await import('../people/flame-terminal.ts')
    const doc = draw(MOST_IN_TERMINAL, 0.5 / flameCells(style))
    const lines = [
      ...traceHead(style, found, [whatIs(type, flags.wait)], doc.filters),
      ...flameLines(style, doc, { depth: flags.depth ?? DEPTH, colours: colourDepth(process.env) }),
      ...quiet(style, leftOutText(found.times, type)),
      ...(style.bars && output === ''
        ? quiet(style, flameHint(doc).replaceAll('goscope flame', 'goscope trace flame'))
        : []),
    ]
    if (output === '') writeLines(lines)
    else writeOutput(output, (write) => write(`${lines.join('\n')}\n`))
    return 0
  }
  const doc = draw(MOST_IN_FILE, 0)
  const producer = { producer: `goscope ${packageVersion()}` }
  const text =
    format === 'svg'
      ? (await import('../../../core/reports/flame-svg.ts')).flameSvg(doc, producer)
      : (await import('../../../core/reports/flame-html.ts')).flameHtml(doc, producer)
  const bytes = writeOutput(output, (write) => write(text))
  for (const said of [leftOutNotice(doc), leftOutText(found.times, type)])
    if (said !== '') remark(spec.name, said)
  reportWritten(output, bytes, countOf(doc.tree.count - 1, 'frame'))
  return 0
}

function typeOf(f: Partial<FlameFlags>): TimeType {
  const given = [f.onCpu, f.offCpu, f.wall].filter((v) => v === true).length
  if (given > 1) throw new UserError('--on-cpu, --off-cpu and --wall exclude each other')
  if (f.wait !== undefined && (f.onCpu || f.wall)) throw new UserError('--wait is of time off the processor')
  return f.wall ? 'wall' : f.offCpu || f.wait !== undefined ? 'off-cpu' : 'on-cpu'
}

function formatOf(f: Partial<FlameFlags>): FlameFormat {
  if (f.format !== undefined) return f.format
  if (f.output === undefined || f.output === '-') return 'text'
  const ending = /\.(svg|html?|txt)$/i.exec(f.output)?.[1]?.toLowerCase()
  if (ending === undefined)
    throw new UserError(
      `-o ${f.output}: end it in .svg, .html or .txt, or say --format (other forms: goscope trace export)`,
    )
  return ending === 'svg' ? 'svg' : ending === 'txt' ? 'text' : 'html'
}

/** A file gets neither colours nor a width of its own unless they are asked for. */
function terminalStyle(f: Partial<FlameFlags>, output: string): Style {
  const style = styleFor({
    ...(f.color !== undefined && { color: f.color }),
    ...(f.width !== undefined && { width: f.width }),
  })
  if (output === '' || output === '-') return style
  return { ...style, color: f.color === 'always', width: f.width ?? Number.POSITIVE_INFINITY }
}

function drawer(
  found: TraceTimes,
  times: CpuTimes,
  flags: Partial<FlameFlags>,
  type: TimeType,
  source: string,
): (maxRows: number, leastShare: number) => FlameDoc {
  const { wait } = flags
  const only = (t: TimeAt): boolean =>
    (type === 'wall' || t.at.on === (type === 'on-cpu')) && (wait === undefined || className(t.at) === wait)
  if (wait !== undefined && !times.times.some(only)) throw new UserError(noSuchWait(times, wait))
  const profile = cpuTimeProfile(times, {
    only,
    reasonFrames: true,
    goroutineFrames: flags.by === 'goroutine',
    durationNs: found.durationNs,
  })
  const value = TIME_TYPES.indexOf(type)
  let whole = 0
  for (const v of profile.samples.value[value]!.f) whole += v
  const name = source === '-' ? 'standard input' : source
  return (maxRows, leastShare) =>
    buildFlame(profile, {
      value,
      by: 'function',
      inverted: flags.inverted ?? false,
      maxRows,
      leastShare,
      whole,
      title: displayable(`${name}: ${whatIs(type, wait)}`),
      filters: selectionWords(flags, (ns) => timeText(ns)),
    })
}

const TITLES: Readonly<Record<TimeType, string>> = {
  'on-cpu': 'time on processors',
  'off-cpu': 'time off processors',
  wall: 'time on and off processors',
}

function whatIs(type: TimeType, wait: string | undefined): string {
  return wait === undefined ? TITLES[type] : `${TITLES[type]}, ${wait}`
}

function noSuchWait(times: CpuTimes, wait: string): string {
  const sums = new Map<string, number>()
  for (const t of times.times)
    if (!t.at.on) sums.set(className(t.at), (sums.get(className(t.at)) ?? 0) + t.time)
  const most = [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name)
  return `nothing waited for ${wait}${most.length > 0 ? `; it was ${most.slice(0, 12).join(', ')}` : ''}`
}

function leftOutText(times: CpuTimes, type: TimeType): string {
  const samples =
    times.samples > 0 && type !== 'off-cpu'
      ? ` ${countOf(times.samples, 'CPU sample')} told where goroutines ran.`
      : ''
  const without =
    times.leftOut > 0 && type !== 'on-cpu'
      ? `Without ${timeText(times.leftOut)} in which goroutines of the runtime waited for work; --system shows them.`
      : ''
  return `${without}${samples}`.trim()
}

function quiet(style: Style, text: string): string[] {
  return text === '' ? [] : wrapLines(style, safeName(text)).map((l) => paint(style, 'quiet', l))
}
