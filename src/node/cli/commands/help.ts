// `goscope help`: the commands, or more about one of them.

import { UserError } from '../../../core/base/errors.ts'
import type { Commands } from '../people/registry.ts'
import { paint, styleFor } from '../people/style.ts'
import { writeLines } from '../people/write-lines.ts'

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['goscope capture localhost:6060 -o monday/', 'everything that a program gives'],
  ['goscope doctor monday/', 'what is wrong with it'],
  ['goscope info *', 'what these files are, and which command reads each'],
  ['goscope top cpu.pb.gz', 'where the time goes'],
  ['goscope top --base heap-1.pb.gz heap-2.pb.gz', 'what grew in between'],
  ['goscope flame -o cpu.html cpu.pb.gz', 'a page to zoom and search in'],
]

/** Runs the command; returns its exit status. Throws UserError. */
export async function run(args: readonly string[], all: Commands): Promise<number> {
  const [name] = args
  if (name === undefined || name.startsWith('-')) {
    writeLines(overview(all))
    return 0
  }
  const command = Object.hasOwn(all, name) ? all[name] : undefined
  if (command === undefined) {
    const { unknownCommand } = await import('../people/unknown-command.ts')
    throw new UserError(unknownCommand(name, all))
  }
  const module = await command.load()
  if (module.subcommands !== undefined) return module.run(['help', ...args.slice(1)], all)
  if (module.spec === undefined) return module.run(['--help'], all)
  const { printCommandHelp } = await import('../people/help-text.ts')
  printCommandHelp(module.spec)
  return 0
}

function overview(all: Commands): string[] {
  const style = styleFor({})
  const title = (text: string): string => paint(style, 'strong', text)
  const widest = Math.max(...Object.keys(all).map((n) => n.length))
  return [
    `${title('goscope')} - a performance workbench for Go programs`,
    '',
    `${title('Usage')}  goscope COMMAND [flags] SRC...`,
    '',
    title('Commands'),
    ...Object.entries(all).map(([name, c]) => `  ${name.padEnd(widest)}  ${c.summary}`),
    '',
    title('Examples'),
    ...EXAMPLES.map(([command, what]) => `  ${command.padEnd(46)}${paint(style, 'quiet', what)}`),
    '',
    'SRC is a file, a capture folder or an archive of one, - for standard input, or an address. What it',
    'holds is found out from its content: profiles, traces, logs, dumps, statistics, packed or not.',
    'goscope help COMMAND tells more. Exit status: 0 done, 1 the job failed, 2 wrong use or unreadable',
    'input, 70 a defect of goscope; goscope pprof has those of go tool pprof.',
  ]
}
