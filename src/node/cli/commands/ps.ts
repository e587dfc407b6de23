// `goscope ps`: the Go programs on this machine.

import type { FlagParametersForType } from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { findGoPrograms } from '../../proc/go-processes.ts'
import { pidOf } from '../../proc/pid-argument.ts'
import { type CommandSpec, parseCommand } from '../people/command.ts'
import { type OutputFlags, outputFlags } from '../people/flags.ts'
import { writeJson } from '../people/json.ts'
import { psJson } from '../people/ps-json.ts'
import { processLines, psLines } from '../people/ps-lines.ts'
import { styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

interface PsFlags extends OutputFlags {
  readonly all?: boolean
  readonly noProbe?: boolean
}

const flags: FlagParametersForType<PsFlags> = {
  ...outputFlags,
  all: {
    kind: 'boolean',
    brief: 'everything about each program, as for a single PID',
    optional: true,
    withNegated: false,
  },
  noProbe: {
    kind: 'boolean',
    brief: 'ask no port what it is: look only',
    optional: true,
    withNegated: false,
  },
}

export const spec: CommandSpec<PsFlags> = {
  name: 'ps',
  summary: 'Go programs running here, and how to reach each',
  args: '[PID...]',
  flags,
  aliases: { a: 'all' },
  groups: [
    ['What is shown', ['all', 'noProbe']],
    ['Output', ['json', 'color', 'width']],
  ],
  examples: [
    ['goscope ps', 'all Go programs: version, CPU, memory, pprof ports and gops agents'],
    ['goscope ps 4711', 'one of them: build settings, limits, container, listeners'],
    ['goscope ps --json', 'for scripts'],
  ],
  notes: [
    'Go programs are told by the build info in their binaries. Ports of your own programs are asked for /debug/pprof/ once, over loopback, with a short time-out; --no-probe asks none. Nothing needs root; programs of other users show less.',
  ],
}

/** For the answer of a port, ms: it is on this machine. */
const PROBE_MS = 400

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = await parseCommand(spec, argv)
  if (parsed === undefined) return 0
  const { flags: given, args } = parsed
  const pids = args.map(pidOf)
  const found = await findGoPrograms({
    ...(pids.length > 0 && { pids }),
    probe: given.noProbe !== true,
    timeoutMs: PROBE_MS,
  })
  for (const pid of pids)
    if (!found.processes.some((p) => p.pid === pid))
      throw new UserError(
        found.forbidden > 0
          ? `process ${pid} may not be looked at: it is another user's`
          : `no Go program with the process id ${pid}: it has ended, or is none`,
      )
  const whole = given.all === true || pids.length > 0
  if (given.json) writeJson(psJson(found, whole))
  else {
    const style = styleFor(given)
    writeLines(
      whole
        ? found.processes.flatMap((p, k) => [...(k > 0 ? [''] : []), ...processLines(style, p)])
        : psLines(style, found),
    )
  }
  return 0
}
