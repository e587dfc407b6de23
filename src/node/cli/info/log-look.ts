import { DecodeError, type Problem } from '../../../core/base/errors.ts'
import { countText } from '../../../core/base/people-fmt.ts'
import { describeHead } from '../../../core/engine/describe-head.ts'
import { GoroutineDecoder, type GoroutineLines } from '../../../core/formats/goroutines/decode.ts'
import { LogReader } from '../../../core/formats/log/read-log.ts'
import { GoroutineBuilder } from '../../../core/model/goroutine-builder.ts'
import type { Crash, Goroutines } from '../../../core/model/goroutines.ts'
import { LOG_KINDS, type LogKind, type RuntimeLog } from '../../../core/model/runtime-log.ts'
import type { Fact, Look, Looker } from './look.ts'

const COMMANDS: Readonly<Record<LogKind, string>> = {
  gctrace: 'goscope gc',
  pacer: 'goscope gc',
  scavenge: 'goscope gc',
  inittrace: 'goscope gc',
  schedtrace: 'goscope sched',
  scheddetail: 'goscope sched',
  allocfree: 'goscope allocs',
}

/** Text in which the runtime's lines may stand anywhere: GODEBUG's traces, dumps, crashes, races. */
export class LogLooker implements Looker {
  private readonly log = new LogReader({ year: new Date().getUTCFullYear() })
  private readonly builder = new GoroutineBuilder()
  private readonly dumps = new GoroutineDecoder(this.builder, 0)
  private head = new Uint8Array(0)

  feed(chunk: Uint8Array): boolean {
    if (this.head.length === 0) this.head = chunk.slice(0, 4096)
    this.log.push(chunk)
    this.dumps.feed(chunk)
    return true
  }

  end(): Look {
    const log = this.log.end()
    const dumpLines = this.dumps.end()
    const goroutines = this.builder.done()
    const { lines } = log
    const kinds = LOG_KINDS.filter((k) => lines.kinds[k] > 0)
    const isDump = goroutines.dumps.length > 0 || goroutines.races.length > 0
    if (kinds.length === 0 && !isDump) throw notKnown(this.head)
    const commands = [...new Set(kinds.map((k) => COMMANDS[k])), ...(isDump ? ['goscope goroutines'] : [])]
    const facts = [...logFacts(log, kinds), ...dumpFacts(goroutines)]
    const main = [...kinds].sort((a, b) => lines.kinds[b] - lines.kinds[a])[0]
    const parts = [...kinds.map((k) => NAMES[k]), ...(isDump ? [dumpName(goroutines)] : [])]
    return {
      kind: main === undefined ? 'goroutines' : `log/${main}`,
      title: main === undefined ? dumpName(goroutines) : `log of the runtime`,
      format: lines.wrapping === '' ? 'text' : `text inside ${lines.wrapping}`,
      producer: '',
      taken: takenText(log),
      facts,
      brief: briefOf(log, kinds, goroutines, parts),
      command: commands[0]!,
      furtherCommands: commands.slice(1),
      problems: problemsOf(log, isDump ? dumpLines : undefined, kinds.length > 0),
      json: {
        lines: lines.lines,
        kinds: Object.fromEntries(kinds.map((k) => [k, lines.kinds[k]])),
        others: lines.others,
        notUnderstood: lines.strange.count,
        processes: log.processes.length,
        commands,
        dumps: goroutines.dumps.length,
        goroutines: countGoroutines(goroutines),
        races: goroutines.races.length,
        crashes: crashes(goroutines).map(crashText),
      },
    }
  }
}

const NAMES: Readonly<Record<LogKind, string>> = {
  gctrace: 'gctrace',
  pacer: 'gcpacertrace',
  scavenge: 'scavenger',
  inittrace: 'inittrace',
  schedtrace: 'schedtrace',
  scheddetail: 'scheddetail',
  allocfree: 'allocfreetrace',
}

function notKnown(head: Uint8Array): DecodeError {
  const what = describeHead(head)
  return new DecodeError(
    'profile',
    -1,
    `unrecognized profile format${what === undefined ? '' : `: this is ${what}`}`,
  )
}

function logFacts({ lines, processes }: RuntimeLog, kinds: readonly LogKind[]): Fact[] {
  if (kinds.length === 0) return []
  const facts: Fact[] = [
    {
      word: 'lines',
      text: [
        ...kinds.map((k) => `${countText(lines.kinds[k])} of ${NAMES[k]}`),
        ...(lines.others > 0 ? [`${countText(lines.others)} of others`] : []),
      ].join(', '),
    },
  ]
  if (processes.length > 1) facts.push({ word: 'processes', text: countText(processes.length) })
  return facts
}

function dumpFacts(g: Goroutines): Fact[] {
  const facts: Fact[] = []
  const count = countGoroutines(g)
  const dumps = g.dumps.length
  if (count > 0)
    facts.push({
      word: 'goroutines',
      text: `${countText(count)} in ${dumps === 1 ? 'one dump' : `${countText(dumps)} dumps`}`,
    })
  for (const c of crashes(g).slice(0, 3)) facts.push({ word: 'crash', text: crashText(c) })
  const more = crashes(g).length - 3
  if (more > 0) facts.push({ word: 'crash', text: `${more} more` })
  if (g.races.length > 0) facts.push({ word: 'data races', text: countText(g.races.length) })
  return facts
}

function briefOf(
  log: RuntimeLog,
  kinds: readonly LogKind[],
  g: Goroutines,
  parts: readonly string[],
): string {
  if (kinds.length > 0)
    return (
      kinds.map((k) => `${countText(log.lines.kinds[k])} ${NAMES[k]}`).join(', ') +
      (g.dumps.length > 0 ? `, ${parts.at(-1)}` : '')
    )
  const crash = crashes(g)[0]
  return `${countText(countGoroutines(g))} goroutines${crash === undefined ? '' : `, ${crashText(crash)}`}`
}

/** Goroutines of all dumps; stacks of threads are none. */
function countGoroutines(g: Goroutines): number {
  let n = 0
  for (let row = 0; row < g.table.count; row++) if (g.table.goid[row] !== 0) n += g.table.weight[row]!
  return n
}

const crashes = (g: Goroutines): readonly Crash[] => g.dumps.flatMap((d) => (d.crash ? [d.crash] : []))

function crashText(c: Crash): string {
  const text =
    c.fatal !== ''
      ? `fatal error: ${c.fatal}`
      : c.panics.length > 0
        ? `panic: ${c.panics.at(-1)!.text}`
        : c.signal
  return text.split('\n', 1)[0]!.slice(0, 200) || c.kind
}

function dumpName(g: Goroutines): string {
  if (g.dumps.some((d) => d.kind === 'crash')) return 'crash report'
  return g.dumps.length > 0 ? 'goroutine dump' : 'race report'
}

function problemsOf(log: RuntimeLog, dump: GoroutineLines | undefined, isLog: boolean): Problem[] {
  const out: Problem[] = []
  const { strange, problems } = log.lines
  if (strange.count > 0)
    out.push({
      message: `lines of the runtime that were not understood, the first: ${strange.first[0]?.text ?? ''}`,
      offset: strange.first[0]?.offset ?? -1,
      count: strange.count,
    })
  if (isLog) out.push(...problems)
  if (dump !== undefined) {
    if (dump.strange.count > 0)
      out.push({
        message: `lines inside of stacks that were not understood, the first: ${dump.strange.first[0]?.text ?? ''}`,
        offset: dump.strange.first[0]?.offset ?? -1,
        count: dump.strange.count,
      })
    out.push(...dump.problems)
  }
  return out
}

/** Wall clock of the first and the last line, where lines have one with a date. */
function takenText({ lines, processes }: RuntimeLog): string {
  if (lines.clock !== 'zoned' && lines.clock !== 'local') return ''
  const from = Math.min(...processes.map((p) => p.wallFrom).filter((t) => !Number.isNaN(t)))
  const to = Math.max(...processes.map((p) => p.wallTo).filter((t) => !Number.isNaN(t)))
  if (!Number.isFinite(from)) return ''
  const text = (t: number): string => new Date(t).toISOString().replace(/\.000Z$/, 'Z')
  return from === to ? text(from) : `${text(from)} to ${text(to)}`
}
