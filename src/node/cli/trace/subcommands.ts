// `goscope trace help`: what there is beyond `go tool trace`.

import { UserError } from '../../../core/base/errors.ts'
import { padEnd } from '../../../core/base/people-fmt.ts'
import type { Subcommands } from '../people/registry.ts'
import { paint, styleFor } from '../people/style.ts'
import { wrapLines } from '../people/table.ts'
import { writeLines } from '../people/write-lines.ts'

export const SUBCOMMANDS: Subcommands = {
  summary: {
    summary: 'what happened, and where latency came from',
    spec: async () => (await import('./summary.ts')).spec,
  },
  causes: {
    summary: 'what the time of a goroutine, task or region went into, and who it waited for',
    spec: async () => (await import('./causes.ts')).spec,
  },
  goroutines: {
    summary: 'what goroutines did with their time, by start function or one by one',
    spec: async () => (await import('./goroutines.ts')).spec,
  },
  tasks: {
    summary: 'user tasks: how long they took, and the slowest',
    spec: async () => (await import('./tasks.ts')).spec,
  },
  regions: {
    summary: 'user regions: how long they took, and the slowest',
    spec: async () => (await import('./regions.ts')).spec,
  },
  flame: {
    summary: 'flame graph of time on or off processors',
    spec: async () => (await import('./flame.ts')).spec,
  },
  export: {
    summary: 'as profile.proto, folded stacks, Chrome JSON or Perfetto',
    spec: async () => (await import('./export.ts')).spec,
  },
  facts: { summary: 'everything that the pages of go tool trace compute, as one JSON document' },
}

/** Prints the list, or the help of one of them; returns the exit status. Throws UserError. */
export async function runTraceHelp(args: readonly string[]): Promise<number> {
  const [name] = args
  if (name === undefined) {
    const style = styleFor({})
    const widest = Math.max(...Object.keys(SUBCOMMANDS).map((n) => n.length))
    writeLines([
      `${paint(style, 'strong', 'goscope trace')} - stands in for go tool trace, and does more`,
      '',
      `${paint(style, 'strong', 'Usage')}  goscope trace COMMAND [flags] TRACE`,
      '       goscope trace [flags of go tool trace] TRACE   (goscope trace --help)',
      '',
      paint(style, 'strong', 'Commands'),
      ...Object.entries(SUBCOMMANDS).flatMap(([n, { summary }]) =>
        wrapLines(style, `  ${padEnd(n, widest)}  ${summary}`, ' '.repeat(widest + 4)),
      ),
      '',
      ...wrapLines(style, 'goscope trace help COMMAND tells more. A file of one of these names is ./NAME.'),
    ])
    return 0
  }
  const command = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined
  if (command === undefined)
    throw new UserError(
      `goscope trace has no command ${name}; there are ${Object.keys(SUBCOMMANDS).join(', ')}`,
    )
  if (command.spec === undefined) writeLines([`goscope trace ${name} TRACE: ${command.summary}`])
  else {
    const { printCommandHelp } = await import('../people/help-text.ts')
    printCommandHelp(await command.spec())
  }
  return 0
}
