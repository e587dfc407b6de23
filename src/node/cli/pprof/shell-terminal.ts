// The shell's lines on a terminal: edited by node:readline, with history and completion.
//
// Keys are handed on one line at a time. What was pasted, or typed while a command ran, waits in front of
// the editor: it appears behind the prompt of its own line. While a command runs the terminal is in its
// ordinary mode, so that Ctrl-C is a signal (shell-interrupt.ts).

import { createInterface, type Interface } from 'node:readline'
import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import type { ShellHistory } from './shell-history.ts'
import type { ShellInput } from './shell-input.ts'

export interface TerminalOptions {
  readonly history: ShellHistory
  /** Candidates for the end of a line, and that end. */
  readonly complete: (line: string) => [candidates: string[], typed: string]
  readonly output: WriteStream
}

const NEWLINE = 0x0a
const RETURN = 0x0d

/** Keys that have come, and how many of them the editor may have. */
export class KeyGate {
  private held: Uint8Array = new Uint8Array(0)
  private open = false
  private readonly pass: (keys: Uint8Array) => void

  constructor(pass: (keys: Uint8Array) => void) {
    this.pass = pass
  }

  feed(keys: Uint8Array): void {
    this.held = this.held.length === 0 ? keys : Buffer.concat([this.held, keys])
    this.flow()
  }

  /** Lets keys pass up to the end of a line. */
  allowLine(): void {
    this.open = true
    this.flow()
  }

  /** Forgets what is held. */
  discard(): void {
    this.held = new Uint8Array(0)
  }

  private flow(): void {
    if (!this.open || this.held.length === 0) return
    const end = this.held.findIndex((key) => key === NEWLINE || key === RETURN)
    let length = this.held.length
    if (end >= 0) {
      length = end + 1
      if (this.held[end] === RETURN && this.held[end + 1] === NEWLINE) length++
      this.open = false
    }
    const keys = this.held.subarray(0, length)
    this.held = this.held.subarray(length)
    this.pass(keys)
  }
}

export class TerminalInput implements ShellInput {
  readonly interactive = true
  private readonly rl: Interface
  private readonly output: WriteStream
  private readonly gate: KeyGate
  private closed = false
  private take: ((line: string | undefined) => void) | undefined

  constructor(o: TerminalOptions) {
    this.output = o.output
    // The editor turns raw mode on and off when it starts, ends and is suspended (Ctrl-Z).
    const keys = Object.assign(new PassThrough(), {
      setRawMode: (on: boolean) => process.stdin.setRawMode(on),
    })
    this.gate = new KeyGate((bytes) => keys.write(bytes))
    process.stdin.on('data', (bytes: Buffer) => this.gate.feed(bytes))
    process.stdin.on('end', () => keys.end())
    this.rl = createInterface({
      input: keys,
      output: o.output,
      terminal: true,
      history: o.history.load(),
      historySize: o.history.size,
      completer: o.complete,
    })
    this.rl.on('line', (line) => {
      o.history.add(line)
      this.give(line)
    })
    this.rl.on('SIGINT', () => this.clearLine())
    this.rl.on('SIGCONT', () => this.rl.prompt(true))
    this.rl.on('close', () => {
      this.closed = true
      this.output.write('\n')
      this.give(undefined)
    })
    this.rest()
  }

  /** Between lines the terminal is not ours. */
  private rest(): void {
    process.stdin.pause()
    process.stdin.setRawMode(false)
  }

  private give(line: string | undefined): void {
    this.rest()
    const { take } = this
    this.take = undefined
    take?.(line)
  }

  readLine(prompt: string): Promise<string | undefined> {
    if (this.closed) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.take = resolve
      process.stdin.setRawMode(true)
      process.stdin.resume()
      this.rl.setPrompt(prompt)
      this.rl.prompt()
      this.gate.allowLine()
    })
  }

  /** Ctrl-C while typing: a new line instead of this one. */
  private clearLine(): void {
    const hint = this.rl.line === '' ? ' (Ctrl-D or quit ends)' : ''
    this.rl.write(null, { ctrl: true, name: 'e' })
    this.output.write(`^C${hint}\r\n`)
    // Neither kept nor run; the cursor stands on a fresh line already.
    Object.assign(this.rl, { line: '', cursor: 0, prevRows: 0 })
    this.rl.prompt()
  }

  discard(): void {
    this.gate.discard()
  }

  close(): void {
    this.rl.removeAllListeners('close')
    this.rl.close()
    process.stdin.destroy()
  }
}
