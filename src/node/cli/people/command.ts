// Arguments of the everyday commands.
//
// The parser is @stricli/core. It is loaded only where there is a flag to parse: `goscope top FILE`
// starts without it.

import { UserError } from '../../../core/base/errors.ts'
import type { CommandSpec, Parsed } from './command-spec.ts'

export type { CommandSpec }

/** Parses a command's arguments; undefined if help was asked for, which is then printed. Throws UserError. */
export async function parseCommand<F>(
  spec: CommandSpec<F>,
  argv: readonly string[],
): Promise<Parsed<F> | undefined> {
  const end = argv.indexOf('--')
  const beforeEnd = end < 0 ? argv : argv.slice(0, end)
  if (beforeEnd.some((a) => a === '--help' || a === '-h' || a === '-help')) {
    const { printCommandHelp } = await import('./help-text.ts')
    printCommandHelp(spec)
    return undefined
  }
  if (!argv.some(isFlag)) return { flags: {}, args: argv }
  const { parseWithStricli } = await import('./stricli.ts')
  return parseWithStricli(spec, argv)
}

/** '-' alone is standard input. */
const isFlag = (arg: string): boolean => arg.startsWith('-') && arg !== '-'

/** At least one source. Throws UserError. */
export function needSources(
  spec: { readonly name: string; readonly args: string },
  sources: readonly string[],
): void {
  if (sources.length === 0)
    throw new UserError(
      `no SRC given; usage: goscope ${spec.name} ${spec.args} (see goscope help ${spec.name})`,
    )
}
