import type { CommandDescription } from './command-spec.ts'

export interface CommandModule {
  /** Runs the command with what stands behind its name; returns its exit status. Throws UserError. */
  run(args: readonly string[], all: Commands): Promise<number>
  /** For help and completion; commands with a parser of their own have none. */
  readonly spec?: CommandDescription
  /** Commands below it, e.g. `goscope trace summary`; `run(['help'])` then lists them. */
  readonly subcommands?: () => Promise<Subcommands>
}

/** Name -> what it does, in the order of help; and its description, for those with flags. */
export type Subcommands = Readonly<
  Record<string, { readonly summary: string; readonly spec?: () => Promise<CommandDescription> }>
>

export interface Command {
  readonly summary: string
  /** A command's code is loaded when it runs. */
  readonly load: () => Promise<CommandModule>
  /** Errors of commands that stand in for another tool are that tool's text, without our name in front. */
  readonly dropIn?: true
}

/** Name -> command, in the order of help. */
export type Commands = Readonly<Record<string, Command>>
