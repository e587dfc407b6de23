// Between our commands and @stricli/core: what is typed goes in, flags and arguments come out. The
// library runs no command and prints nothing; errors become UserErrors of one line.

import {
  type ApplicationText,
  type ArgumentScannerError,
  buildApplication,
  buildCommand,
  type CommandContext,
  formatMessageForArgumentScannerError,
  proposeCompletions,
  run,
  text_en,
} from '@stricli/core'
import { UserError } from '../../../core/base/errors.ts'
import { type CommandDescription, type CommandSpec, type Parsed, typedFlag } from './command-spec.ts'

/** Parses arguments that contain flags. Throws UserError. */
export async function parseWithStricli<F>(spec: CommandSpec<F>, argv: readonly string[]): Promise<Parsed<F>> {
  let parsed: Parsed<F> | undefined
  const app = applicationOf(spec, (flags, args) => {
    // What comes out is what F's flags say.
    parsed = { flags: flags as Partial<F>, args }
  })
  const errors: string[] = []
  await run(app, forgive(spec, argv), {
    process: { stdout: { write: () => undefined }, stderr: { write: (s) => errors.push(s) } },
  })
  if (parsed !== undefined) return parsed
  const first = errors.join('').trim().split('\n', 1)[0] ?? 'wrong use'
  throw new UserError(`${first} (see goscope help ${spec.name})`)
}

/** Completions of the last word, with what they are. */
export async function proposeWithStricli(
  spec: CommandDescription,
  words: readonly string[],
): Promise<readonly { readonly completion: string; readonly brief: string }[]> {
  const app = applicationOf(spec, () => undefined)
  const silent = { write: () => undefined }
  return proposeCompletions(app, [...words], { process: { stdout: silent, stderr: silent } })
}

type AnyFlags = Readonly<Record<string, unknown>>

function applicationOf(spec: CommandDescription, take: (flags: AnyFlags, args: string[]) => void) {
  // The library's generic types cannot follow flags that are not known here.
  const flags = spec.flags as never
  const aliases = { ...spec.aliases } as never
  const command = buildCommand<AnyFlags, string[], CommandContext>({
    func: (given, ...args) => take(given, args),
    parameters: {
      flags,
      aliases,
      positional: { kind: 'array', parameter: { brief: 'source', placeholder: 'SRC', parse: String } },
    },
    docs: { brief: spec.summary },
  })
  return buildApplication(command, {
    name: `goscope ${spec.name}`,
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: true },
    localization: { text: TEXT },
  })
}

const quoted = (names: readonly string[]): string =>
  names.length === 0 ? '' : `; did you mean ${names.map((n) => `--${n}`).join(' or ')}?`

const TEXT: ApplicationText = {
  ...text_en,
  exceptionWhileParsingArguments: (e) =>
    e instanceof Error && 'cause' in e && e.cause instanceof UserError
      ? e.cause.message
      : formatMessageForArgumentScannerError(e as ArgumentScannerError, {
          FlagNotFoundError: ({ input, corrections }) => `there is no flag --${input}${quoted(corrections)}`,
          AliasNotFoundError: ({ input }) => `there is no flag -${input}`,
          UnexpectedFlagError: ({ externalFlagName }) => `--${externalFlagName} is given twice`,
          UnsatisfiedFlagError: ({ externalFlagName }) => `--${externalFlagName} needs a value`,
          EnumValidationError: ({ externalFlagName, input, values }) =>
            `--${externalFlagName} ${input}: must be one of ${values.join(', ')}`,
          ArgumentParseError: ({ externalFlagNameOrPlaceholder, input, exception }) =>
            `--${externalFlagNameOrPlaceholder} ${input}: ${exception instanceof Error ? exception.message : String(exception)}`,
          InvalidNegatedFlagSyntaxError: ({ externalFlagName }) => `--${externalFlagName} takes no value`,
        }),
}

/**
 * What Go's users type by habit becomes what the library reads: `-cum` and `-focus=x` are `--cum` and
 * `--focus=x`, and `--focus=` is an empty value (the library would take it for an argument).
 */
function forgive(spec: CommandDescription, argv: readonly string[]): string[] {
  const names = new Set(Object.keys(spec.flags).map((key) => typedFlag(key).slice(2)))
  const out: string[] = []
  let ended = false
  for (const arg of argv) {
    ended ||= arg === '--'
    const m = ended ? null : /^--?([a-z][a-z_-]+)(=.*)?$/s.exec(arg)
    const name = m === null ? '' : m[1]!.replaceAll('_', '-')
    if (m === null || !names.has(name)) out.push(arg)
    else if (m[2] === '=') out.push(`--${name}`, '')
    else out.push(`--${name}${m[2] ?? ''}`)
  }
  return out
}
