import type { CommandDescription } from './command-spec.ts'

export interface CommandModule {
  /** Runs the command with what stands behind its name; returns its exit status. Throws UserError. */
  run(args: readonly string[], all: Commands): Promise<number>
  /** For help and completion; commands with a parser of their own have none. */
  readonly spec?: CommandDescription
}

export interface Command {
  readonly summary: string
  /** A command's code is loaded when it runs. */
  readonly load: () => Promise<CommandModule>
  /** Errors of commands that stand in for another tool are that tool's text, without our name in front. */
  readonly dropIn?: true
}

/** Name -> command, in the order of help. */
export type Commands = Readonly<Record<string, Command>>
