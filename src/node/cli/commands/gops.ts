// `goscope gops`: asks the gops agent in a Go program.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { decodeGopsMemStats, decodeGopsStats, zigzagVarint } from '../../../core/formats/gops/answers.ts'
import { maxRemoteBytes } from '../../fetch.ts'
import { askGops, GOPS_REQUESTS, type GopsRequest } from '../../gops/agent.ts'
import { agentOf } from '../../gops/find-agent.ts'
import { isTerminal } from '../../output.ts'
import { showControls } from '../../terminal-text.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { type OutputFlags, outputFlags } from '../people/flags.ts'
import { writeJson } from '../people/json.ts'
import { remark, reportWritten, writeOutput } from '../people/write-file.ts'

interface GopsFlags extends OutputFlags {
  readonly output?: string
  readonly timeout?: number
}

const flags: FlagParametersForType<GopsFlags> = {
  ...outputFlags,
  output: {
    kind: 'parsed',
    parse: String,
    brief: 'where the answer goes; - is standard output',
    placeholder: 'FILE',
    optional: true,
  },
  timeout: {
    kind: 'parsed',
    parse: secondsOf,
    brief: 'how long to wait for a silent agent; 10',
    placeholder: 'SECONDS',
    optional: true,
  },
}

export const spec: CommandSpec<GopsFlags> = {
  name: 'gops',
  summary: 'asks the gops agent in a Go program',
  args: 'TARGET stack|memstats|stats|version|heap|cpu|trace|binary|gc|setgc [PERCENT]',
  flags,
  aliases: { o: 'output' },
  groups: [
    ['Flags', ['output', 'timeout']],
    ['Output', ['json']],
  ],
  examples: [
    ['goscope gops 4711 stack', 'all goroutines; `| goscope goroutines -` sorts them'],
    ['goscope gops 4711 cpu -o cpu.pb.gz', 'a CPU profile of 30 s: the agent knows no other length'],
    ['goscope gops 4711 memstats --json', 'runtime.MemStats'],
    ['goscope gops host:6061 heap -o heap.pb.gz', 'an agent whose address is known'],
  ],
  notes: [
    'TARGET is a process id (goscope ps lists those with an agent) or HOST:PORT. gc runs a collection in the program and setgc changes its GOGC: both only when asked for. The agent answers one request at a time: while it makes a profile, nothing else is answered, even if you stop waiting.',
  ],
}

/** Answers that are no text. */
const BINARY: readonly GopsRequest[] = ['heap', 'cpu', 'trace', 'binary']
const IDLE_SECONDS = 10

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: given, args } = parsed
  const [target, request = 'stats', percent, ...rest] = args
  const usage = `usage: goscope gops ${spec.args}`
  if (target === undefined) throw new UserError(usage)
  if (!Object.hasOwn(GOPS_REQUESTS, request))
    throw new UserError(`${request} is no request of gops; ${usage}`)
  const name = request as GopsRequest
  if (rest.length > 0 || (percent !== undefined && name !== 'setgc')) throw new UserError(usage)
  const binary = BINARY.includes(name)
  const output = given.output ?? '-'
  if (binary && output === '-' && isTerminal(1))
    throw new UserError(`${name} is nothing for a terminal: give -o FILE`)
  const agent = agentOf(target)
  const { takesMs } = GOPS_REQUESTS[name]
  if (takesMs > 0) remark('gops', `the agent measures for ${takesMs / 1000} s`)
  const chunks: Uint8Array[] = []
  await askGops(
    name,
    {
      ...agent,
      timeoutMs: (given.timeout ?? IDLE_SECONDS) * 1000,
      maxBytes: maxRemoteBytes(),
      ...(name === 'setgc' && { more: zigzagVarint(percentOf(percent)) }),
    },
    (chunk) => chunks.push(chunk),
  )
  const bytes = Buffer.concat(chunks)
  if (bytes.length === 0)
    throw new UserError(
      `the agent gave no answer to ${name}${takesMs > 0 ? ': another profile or trace may be running' : ''}`,
    )
  if (given.json && !binary) {
    writeJson(gopsJson(name, bytes.toString('utf8')))
    return 0
  }
  // On a terminal, names from the program are shown and not obeyed.
  const text = binary || output !== '-' ? undefined : bytes.toString('utf8').replace(/\n?$/, '\n')
  const clean = text === undefined ? bytes : isTerminal(1) ? showControls(text) : text
  reportWritten(
    output,
    writeOutput(output, (write) => write(clean)),
    `${name} of ${target}`,
  )
  return 0
}

/** goscope.gops/1 */
function gopsJson(request: GopsRequest, text: string): object {
  const base = { schema: 'goscope.gops/1', request }
  if (request === 'memstats') return { ...base, memstats: decodeGopsMemStats(text) }
  if (request === 'stats') return { ...base, stats: decodeGopsStats(text) }
  return { ...base, text: showControls(text.trimEnd()) }
}

function percentOf(text: string | undefined): number {
  if (text === 'off') return -1
  if (text === undefined || !/^-?\d{1,6}$/.test(text))
    throw new UserError('setgc needs a percentage, or off: goscope gops PID setgc 100')
  return Number(text)
}

function secondsOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UserError('must be a whole number of seconds')
  return Number(text)
}
