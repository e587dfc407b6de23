// A command of the everyday kind, described once: its arguments, flags and examples. Parsing, help and
// completion all come from the description.

import type { CommandContext, FlagParametersForType } from '@stricli/core'

/** What is known of a flag without its type. */
export interface FlagDescription {
  readonly kind: string
  readonly brief: string
  readonly placeholder?: string
  /** Whether it may be given several times. */
  readonly variadic?: boolean | string
}

/** A command without the types of its flags. */
export interface CommandDescription {
  readonly name: string
  /** One line, as in the list of commands. */
  readonly summary: string
  /** What stands behind the name in the usage line, e.g. `REGEXP SRC...`. */
  readonly args: string
  readonly flags: Readonly<Record<string, FlagDescription>>
  /** One-letter flags. */
  readonly aliases?: Readonly<Record<string, string>>
  /** Flags in the order and groups of help. Those in none are not shown. */
  readonly groups: readonly (readonly [title: string, flags: readonly string[]])[]
  readonly examples: readonly (readonly [command: string, what: string])[]
  /** Further paragraphs of help. */
  readonly notes?: readonly string[]
}

/** A command whose flags are an F. */
export interface CommandSpec<F> extends CommandDescription {
  readonly flags: FlagParametersForType<F, CommandContext> & CommandDescription['flags']
  readonly aliases?: Readonly<Record<string, keyof F & string>>
  readonly groups: readonly (readonly [title: string, flags: readonly (keyof F & string)[]])[]
}

export interface Parsed<F> {
  readonly flags: Partial<F>
  readonly args: readonly string[]
}

/** How a flag is typed: `--min-wait` for minWait. */
export const typedFlag = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
