// A log of the runtime's traces: read, and what is to be said of its lines.

import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { countText } from '../../../core/base/people-fmt.ts'
import { LogReader, type LogReaderOptions } from '../../../core/formats/log/read-log.ts'
import { LOG_KINDS, type LogProcess, type RuntimeLog } from '../../../core/model/runtime-log.ts'
import { FdSink } from '../../output.ts'
import { readChunks } from '../../read-bytes.ts'
import { jsonText } from './json.ts'
import { sourceNames } from './source-names.ts'
import { safeName } from './style.ts'

export interface ReadLog {
  /** Name of the source without secrets. */
  readonly name: string
  readonly log: RuntimeLog
  /** Damage of the packing, which ended reading early; '' if there is none. */
  readonly damage: string
}

/** Reads the one log that is given to a command. Packed data that ends early gives what came before. Throws UserError. */
export async function readLogSource(
  command: string,
  args: readonly string[],
  options: LogReaderOptions = {},
): Promise<ReadLog> {
  const usage = `${command} LOG (see goscope help ${command})`
  const [source, ...more] = args
  if (source === undefined) throw new UserError(`no LOG given; usage: goscope ${usage}`)
  if (more.length > 0) throw new UserError(`one log at a time; usage: goscope ${usage}`)
  const [name = source] = await sourceNames([source])
  const reader = new LogReader({ year: new Date().getUTCFullYear(), ...options })
  let damage = ''
  try {
    for await (const chunk of readChunks(source)) reader.push(chunk)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    damage = e.message
  }
  const log = reader.end()
  if (damage !== '' && log.lines.lines === 0) throw new UserError(damage)
  return { name, log, damage }
}

/** Writes the rows of a log as comma-separated values as they are read: those that `rows` are given to. Throws UserError. */
export async function writeLogCsv(
  command: string,
  args: readonly string[],
  columns: readonly string[],
  rows: 'onGc' | 'onSched',
): Promise<void> {
  const sink = new FdSink(1)
  sink.text(`${columns.join(',')}\n`)
  const read = await readLogSource(command, args, {
    [rows]: (row: Float64Array) => sink.text(`${csvRow(row)}\n`),
  })
  sink.flush()
  printLogRemarks(command, read)
}

/** The error for a log without lines of the kind that a command is for: what there is instead. */
export function nothingOf(what: string, { name, log }: ReadLog): UserError {
  const other: Readonly<Record<string, string>> = {
    gctrace: 'goscope gc',
    pacer: 'goscope gc',
    scavenge: 'goscope gc',
    inittrace: 'goscope gc',
    schedtrace: 'goscope sched',
    scheddetail: 'goscope sched',
    allocfree: 'goscope allocs',
  }
  const kinds = LOG_KINDS.filter((k) => log.lines.kinds[k] > 0)
  const found = kinds.map((k) => `${log.lines.kinds[k]} lines for ${other[k]}`)
  const instead =
    log.lines.lines === 0
      ? 'it is empty'
      : found.length > 0
        ? `it has ${[...new Set(found)].join(', ')}`
        : `none of its ${log.lines.lines} lines is of GODEBUG`
  return new UserError(`${safeName(name)}: no ${what} in it; ${instead}`)
}

/** What was not understood, and damage, on standard error. */
export function printLogRemarks(command: string, { name, log, damage }: ReadLog): void {
  const say = (text: string): void => void process.stderr.write(`goscope ${command}: ${safeName(text)}\n`)
  const { strange, problems, cutAtEnd } = log.lines
  if (damage !== '') say(`${damage}; what came before it was read`)
  if (strange.count > 0) {
    say(
      `${name}: ${strange.count} lines look like the runtime's, but were not understood; the first of them:`,
    )
    for (const s of strange.first) say(`  at byte ${s.offset}: ${s.text}`)
  }
  for (const p of problems) {
    const at = p.offset >= 0 ? ` at byte ${p.offset}` : ''
    say(`${name}: ${p.message}${at}${p.count > 1 ? ` (${p.count} times)` : ''}`)
  }
  if (cutAtEnd) say(`${name}: ends in the middle of a line`)
}

/** `host prog[12], 2nd run`; '' for the only process of a log without prefixes. */
export function processName(p: LogProcess, all: readonly LogProcess[]): string {
  const runs = all.filter((o) => o.source === p.source).length
  const run = runs > 1 ? `run ${p.run} of ${runs}` : ''
  return safeName([p.source, run].filter((s) => s !== '').join(', '))
}

/** The process to show: the one asked for (counted from 1), else the first of `candidates`. Throws UserError. */
export function chooseProcess(
  log: RuntimeLog,
  candidates: readonly number[],
  asked: number | undefined,
): number {
  if (asked === undefined) return candidates[0]!
  if (candidates.includes(asked - 1)) return asked - 1
  const known = candidates.map((c) => c + 1).sort((a, b) => a - b)
  throw new UserError(
    `--process ${asked}: there is no such process with these lines; there are ${known.slice(0, 20).join(', ')} (of ${log.processes.length})`,
  )
}

/** What the JSON documents of logs begin with. */
export function logJson(schema: string, { name, log, damage }: ReadLog): Record<string, unknown> {
  const { lines } = log
  return {
    schema,
    source: jsonText(name),
    lines: {
      ...lines,
      strange: {
        count: lines.strange.count,
        first: lines.strange.first.map((s) => ({ ...s, text: jsonText(s.text) })),
      },
    },
    ...(damage !== '' && { damage: jsonText(damage) }),
    processes: log.processes.map((p) => ({ ...p, source: jsonText(p.source) })),
  }
}

/** How many lines of what there are, for the end of a report. */
export function linesText({ log }: ReadLog): string {
  const { lines } = log
  const kinds = LOG_KINDS.filter((k) => lines.kinds[k] > 0).map((k) => `${countText(lines.kinds[k])} ${k}`)
  const rest = lines.others + lines.blank + lines.taken
  const wrapped = lines.wrapping === '' ? '' : ` (in ${lines.wrapping})`
  return `${countText(lines.lines)} lines${wrapped}: ${kinds.join(', ')}${rest > 0 ? `, ${countText(rest)} of the program's own` : ''}`
}

/** A row of comma-separated values; NaN is empty. */
export function csvRow(row: Float64Array): string {
  let out = ''
  for (let k = 0; k < row.length; k++) out += `${k === 0 ? '' : ','}${Number.isNaN(row[k]!) ? '' : row[k]}`
  return out
}

/** A text for a field of comma-separated values. */
export function csvText(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
