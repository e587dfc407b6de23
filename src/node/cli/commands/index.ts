import { UserError } from '../../../core/base/errors.ts'

interface Command {
  readonly summary: string
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<number> }>
}

/** All commands, in the order of help. A command's code is loaded when it runs. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  pprof: { summary: 'stands in for go tool pprof', load: () => import('./pprof.ts') },
}

/** Runs the command that the arguments name; returns its exit status. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  const command = name === undefined ? undefined : COMMANDS[name]
  if (command === undefined) throw new UserError(`unknown command: ${name ?? ''}`)
  return (await command.load()).run(rest)
}
