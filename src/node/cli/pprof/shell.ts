// The shell of `goscope pprof SOURCE`: reads commands and runs reports on a profile that is loaded once.
//
// With its input from a pipe or file it prints what `go tool pprof` prints, byte for byte. On a terminal
// it adds what a person wants: editing, history, completion, Ctrl-C, a proposal for a mistyped command.

import type { WriteStream } from 'node:tty'
import { UserError } from '../../../core/base/errors.ts'
import { quote } from '../../../core/base/go-fmt.ts'
import type { ZoneLookup } from '../../../core/base/go-time.ts'
import { nearest } from '../../../core/base/nearest.ts'
import { encodeUtf8 } from '../../../core/base/utf8.ts'
import { shellGreeting } from '../../../core/engine/shell-greeting.ts'
import type { Profile } from '../../../core/model/profile.ts'
import type { Config } from '../../../core/reports/config.ts'
import { shellHelp, shellHelpFor, shellOptions } from '../../../core/reports/shell-help.ts'
import {
  expandShortcut,
  firstWords,
  parseShellLine,
  type ShellRequest,
  shellShortcuts,
} from '../../../core/reports/shell-line.ts'
import { isTerminal, writeAll } from '../../output.ts'
import { showControls } from '../../terminal-text.ts'
import { type RunReport, ShellReports } from './shell-commands.ts'
import { PlainInput, type ShellInput } from './shell-input.ts'
import { Interrupted } from './shell-interrupt.ts'

export interface ShellOptions {
  readonly profile: Profile
  /** What the flags have set. */
  readonly config: Config
  readonly zones: ZoneLookup
  readonly run: RunReport
  /** Where lines come from and messages go to; standard input and standard error if not given. */
  readonly input?: ShellInput
  readonly messages?: Messages
}

/** Everything but reports. */
export interface Messages {
  say(text: string): void
  error(text: string): void
}

/** Runs the shell until its input ends; returns the exit status. Throws UserError. */
export async function runShell(o: ShellOptions): Promise<number> {
  const messages = o.messages ?? new StandardError()
  const config = { ...o.config, compactLabels: true }
  const greeting = shellGreeting(o.profile, config, { zones: o.zones, warn: (text) => messages.say(text) })
  for (const text of greeting) messages.say(text)
  const input = o.input ?? (await openInput(o.profile))
  const shell = new Shell(o, config, input, messages)
  try {
    await shell.loop()
  } finally {
    input.close()
    await shell.close()
  }
  return 0
}

async function openInput(p: Profile): Promise<ShellInput> {
  const output = [process.stderr, process.stdout].find((s: WriteStream) => s.isTTY === true)
  const dumb = ['', 'dumb'].includes((process.env.TERM ?? '').toLowerCase()) && process.platform !== 'win32'
  if (process.stdin.isTTY !== true || output === undefined || dumb) return new PlainInput()
  const [{ TerminalInput }, { ShellHistory }, { shellCompleter }] = await Promise.all([
    import('./shell-terminal.ts'),
    import('./shell-history.ts'),
    import('./completion.ts'),
  ])
  return new TerminalInput({ history: new ShellHistory(), complete: shellCompleter(p), output })
}

class StandardError implements Messages {
  private readonly terminal = isTerminal(2)
  private readonly red = this.terminal && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb'

  say(text: string): void {
    const shown = this.terminal ? showControls(text) : text
    writeAll(2, encodeUtf8(shown.endsWith('\n') ? shown : `${shown}\n`))
  }

  error(text: string): void {
    if (!this.red) this.say(text)
    else writeAll(2, encodeUtf8(`\x1b[31m${showControls(text)}\x1b[39m\n`))
  }
}

class Shell {
  private readonly o: ShellOptions
  private readonly input: ShellInput
  private readonly messages: Messages
  private readonly shortcuts: ReturnType<typeof shellShortcuts>
  private readonly reports: ShellReports
  private config: Config

  constructor(o: ShellOptions, config: Config, input: ShellInput, messages: Messages) {
    this.o = o
    this.config = config
    this.input = input
    this.messages = messages
    this.shortcuts = shellShortcuts(o.profile)
    this.reports = new ShellReports(o.run, (text) => messages.say(text), input.interactive)
  }

  async loop(): Promise<void> {
    for (;;) {
      const line = await this.input.readLine('(pprof) ')
      if (line === undefined) return
      for (const command of expandShortcut(line, this.shortcuts))
        if ((await this.runLine(command)) === 'quit') return
    }
  }

  async close(): Promise<void> {
    await this.reports.close()
  }

  private async runLine(line: string): Promise<'quit' | undefined> {
    try {
      const request = parseShellLine(line, this.config, this.o.profile, {
        bareChoices: this.input.interactive,
      })
      if (request.kind === 'quit') return 'quit'
      await this.perform(request)
    } catch (e) {
      if (e instanceof UserError) this.messages.error(e.message)
      else if (e instanceof Interrupted) {
        this.input.discard()
        this.messages.say('\n(stopped)')
      } else throw e
    }
    return undefined
  }

  private async perform(request: Exclude<ShellRequest, { kind: 'quit' }>): Promise<void> {
    const { messages } = this
    const { profile } = this.o
    switch (request.kind) {
      case 'nothing':
        return
      case 'set':
        this.config = request.config
        return
      case 'options':
        messages.say(shellOptions(this.config, profile))
        return
      case 'help': {
        const { topic } = request
        const text = topic === '' ? shellHelp() : shellHelpFor(topic, profile)
        if (text === undefined) messages.error(`Unknown command: ${topic}`)
        else messages.say(text)
        return
      }
      case 'unknown':
        messages.error(`unrecognized command: ${quote(request.name)}${this.proposal(request.name)}`)
        return
      case 'report':
        return this.reports.make(request)
    }
  }

  /** What someone at a terminal may have meant. */
  private proposal(name: string): string {
    if (!this.input.interactive) return ''
    const near = nearest(name.replace(/=.*/s, '='), firstWords(this.shortcuts), 3)
    return near.length === 0 ? '; type "help" for commands' : `; did you mean ${near.join(', ')}?`
  }
}
