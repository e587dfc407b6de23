// `goscope stacks`: all goroutines of a program that offers no other way, by SIGQUIT, which ends it.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { findGoProcesses } from '../../proc/find-linux.ts'
import { profileSource } from '../../proc/go-process.ts'
import { findGoPrograms } from '../../proc/go-processes.ts'
import { pidOf } from '../../proc/pid-argument.ts'
import { quitDump, standardErrorOf, tracebackOff } from '../../proc/quit-dump.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { remark, reportWritten, writeOutput } from '../people/write-file.ts'

interface StacksFlags {
  readonly yes?: boolean
  readonly output?: string
  readonly timeout?: number
}

const flags: FlagParametersForType<StacksFlags> = {
  yes: { kind: 'boolean', brief: 'really: the program ends', optional: true, withNegated: false },
  output: {
    kind: 'parsed',
    parse: String,
    brief: 'where the dump goes; - is standard output',
    placeholder: 'FILE',
    optional: true,
  },
  timeout: {
    kind: 'parsed',
    parse: secondsOf,
    brief: 'how long to wait for its end; 30',
    placeholder: 'SECONDS',
    optional: true,
  },
}

export const spec: CommandSpec<StacksFlags> = {
  name: 'stacks',
  summary: 'goroutines of a program that offers nothing, by ending it',
  args: 'pid:N --yes',
  flags,
  aliases: { o: 'output' },
  groups: [['Flags', ['yes', 'output', 'timeout']]],
  examples: [
    ['goscope stacks pid:4711', 'what would happen, and gentler ways'],
    ['goscope stacks pid:4711 --yes -o dump.txt', 'SIGQUIT: the dump, and the end of the program'],
  ],
  notes: [
    'On SIGQUIT the Go runtime prints the stacks of all goroutines to standard error and exits with status 2. If standard error is a file, the dump is read from there. A program that handles SIGQUIT itself does what it likes.',
  ],
}

const WAIT_SECONDS = 30
const PROBE_MS = 400

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: given, args } = parsed
  if (args.length !== 1) throw new UserError(`one process is wanted; usage: goscope stacks ${spec.args}`)
  if (process.platform !== 'linux')
    throw new UserError('processes can be looked at on Linux only; elsewhere: kill -QUIT PID')
  const pid = pidOf(args[0]!)
  const found = findGoProcesses([pid]).processes[0]
  if (found === undefined) throw new UserError(`no Go program with the process id ${pid}: nothing was sent`)
  const error = standardErrorOf(pid)
  if (!given.yes) {
    const gentler = await gentlerWay(pid)
    throw new UserError(
      `this ends process ${pid} (${found.executable}): SIGQUIT makes it print its goroutines and exit. ${capital(error.advice)}. ${gentler} Say --yes to go on.`,
    )
  }
  if (tracebackOff(pid))
    throw new UserError('GOTRACEBACK=none in its environment: it would end without a dump')
  if (error.kind === 'nowhere') throw new UserError(`${error.advice}; nothing was sent`)
  const dump = await quitDump(pid, found.stat.startTicks, (given.timeout ?? WAIT_SECONDS) * 1000)
  if (dump.text !== undefined && dump.text.length > 0) {
    const { text } = dump
    const output = given.output ?? '-'
    reportWritten(
      output,
      writeOutput(output, (write) => write(text)),
      `goroutines of ${pid}`,
    )
  } else remark('stacks', dump.text === undefined ? error.advice : `nothing was added to ${error.name}`)
  if (!dump.ended) {
    remark('stacks', `process ${pid} did not end: it handles SIGQUIT itself, or is stopped`)
    return 1
  }
  return 0
}

async function gentlerWay(pid: number): Promise<string> {
  const { processes } = await findGoPrograms({ pids: [pid], probe: true, timeoutMs: PROBE_MS })
  const p = processes[0]
  const source = p === undefined ? undefined : profileSource(p)
  if (source !== undefined) return `Gentler: goscope goroutines ${source} leaves it running.`
  if (p?.gopsPort !== undefined) return `Gentler: goscope gops ${pid} stack leaves it running.`
  return 'It has neither a pprof port nor a gops agent; goscope threads shows what its threads wait in.'
}

function secondsOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UserError('must be a whole number of seconds')
  return Number(text)
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
