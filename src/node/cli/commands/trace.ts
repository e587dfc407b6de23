// `goscope trace`: stands in for `go tool trace`, with its flags, its text and its exit statuses; and what
// goes beyond it, as commands of its own.

import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { parseGoFlags } from '../go-flags.ts'
import { damage, readTraceFile } from '../trace/trace-file.ts'
import { TRACE_USAGE } from '../trace/usage.ts'

const FLAGS = new Map([
  ['http', 'string'],
  ['pprof', 'string'],
  ['d', 'string'],
  ['no_browser', 'boolean'],
] as const)

const FAILED = 1
const WRONG = 2

/** For help and completion. */
export const subcommands = async () => (await import('../trace/subcommands.ts')).SUBCOMMANDS

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(args: readonly string[]): Promise<number> {
  const own = await subcommand(args[0])
  if (own !== undefined) return own(args.slice(1))
  const line = parseLine(args)
  if (line === undefined) return WRONG
  try {
    const bytes = await readTraceFile(line.source)
    if (line.pprof !== '') return await pprof(line.pprof, bytes, line.source)
    if (line.mode !== '') return await debug(line.mode, bytes, line.source)
    const { serveTrace } = await import('../trace/http.ts')
    return await serveTrace({ ...line, bytes, address: line.http })
  } catch (e) {
    // The reference's status for what it cannot read.
    if (e instanceof UserError) return failed(e.message)
    if (e instanceof DecodeError) return failed(damage(e, line.source))
    throw e
  }
}

type Run = (args: readonly string[]) => Promise<number> | number

/** A command of our own by its name; undefined if the word is none, but a file's name. */
async function subcommand(name: string | undefined): Promise<Run | undefined> {
  switch (name) {
    case 'help':
      return (await import('../trace/subcommands.ts')).runTraceHelp
    case 'facts':
      return (await import('../trace/facts.ts')).runFacts
    case 'summary':
      return (await import('../trace/summary.ts')).runSummary
    case 'causes':
      return (await import('../trace/causes.ts')).runCauses
    case 'flame':
      return (await import('../trace/flame.ts')).runFlame
    case 'export':
      return (await import('../trace/export.ts')).runExport
    case 'goroutines':
      return (await import('../trace/goroutines.ts')).runGoroutines
    case 'tasks':
      return (await import('../trace/tasks.ts')).runTasks
    case 'regions':
      return (await import('../trace/regions.ts')).runRegions
    default:
      return undefined
  }
}

interface TraceLine {
  readonly source: string
  readonly pprof: string
  readonly mode: string
  readonly http: string
  readonly noBrowser: boolean
}

/** The arguments; undefined if they are wrong or ask for help, which has been printed then. */
function parseLine(args: readonly string[]): TraceLine | undefined {
  try {
    const { values, rest, help } = parseGoFlags(args, FLAGS)
    const source = rest.at(-1)
    if (!help && source !== undefined && rest.length <= 2)
      return {
        source,
        pprof: String(values.get('pprof') ?? ''),
        mode: String(values.get('d') ?? ''),
        http: String(values.get('http') ?? 'localhost:0'),
        noBrowser: values.get('no_browser') === true,
      }
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    process.stderr.write(`${e.message}\n`)
  }
  process.stderr.write(TRACE_USAGE)
  return undefined
}

async function pprof(name: string, bytes: Uint8Array, source: string): Promise<number> {
  const { waitKind, writeWaits } = await import('../trace/waits.ts')
  const kind = waitKind(name)
  if (kind === undefined) return failed(`unknown pprof type ${name}`)
  const error = writeWaits(bytes, kind)
  if (error !== undefined)
    process.stderr.write(`${damage(error, source)}; what came before is in the profile\n`)
  return 0
}

async function debug(mode: string, bytes: Uint8Array, source: string): Promise<number> {
  const { DEBUG_MODES, printDebug } = await import('../trace/debug-modes.ts')
  const known = DEBUG_MODES.find((m) => m === mode)
  if (known === undefined) return failed(`invalid debug mode ${mode}, want one of: ${DEBUG_MODES.join(', ')}`)
  const error = printDebug(known, bytes)
  return error === undefined ? 0 : failed(damage(error, source))
}

function failed(text: string): number {
  process.stderr.write(`${text}\n`)
  return FAILED
}
