// The terminal as a page: an alternate screen that is redrawn in one piece, keys, and the terminal as it was when we
// leave, however that comes about.

import { cellWidth } from '../../core/base/people-fmt.ts'
import { encodeUtf8 } from '../../core/base/utf8.ts'
import { ClosedPipe, writeAll } from '../output.ts'

const ESC = '\x1b['
/** Alternate screen, no cursor, no wrapping at the edge. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`
/** Terminals that know these show nothing between the two; others ignore them. */
const BEGIN = `${ESC}?2026h`
const END = `${ESC}?2026l`

export interface ScreenEvents {
  readonly key: (key: string) => void
  readonly resize: () => void
  /** The user or the system wants us to end. */
  readonly end: (signal: NodeJS.Signals) => void
}

/** Signals that end us; the terminal is restored first. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

export class Screen {
  private readonly events: ScreenEvents
  private active = false
  private readonly input = process.stdin
  private readonly handlers = new Map<NodeJS.Signals, () => void>()

  constructor(events: ScreenEvents) {
    this.events = events
  }

  get columns(): number {
    return process.stdout.columns || 80
  }

  get rows(): number {
    return process.stdout.rows || 24
  }

  start(): void {
    this.enter()
    process.on('exit', this.leave)
    process.stdout.on('resize', this.resized)
    this.input.on('data', this.typed)
    for (const signal of ENDING) this.handle(signal, () => this.events.end(signal))
    this.handle('SIGTSTP', () => this.suspend())
    this.handle('SIGCONT', () => {
      this.enter()
      this.events.resize()
    })
  }

  stop(): void {
    for (const [signal, handler] of this.handlers) process.removeListener(signal, handler)
    this.handlers.clear()
    process.removeListener('exit', this.leave)
    process.stdout.removeListener('resize', this.resized)
    this.input.removeListener('data', this.typed)
    this.leave()
    this.input.pause()
  }

  /** Shows the lines from the top; what does not fit is left out. Only one write, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    if (!this.active) return
    const shown = lines.slice(0, this.rows)
    const text = shown.map((l) => `${l}${ESC}K`).join('\r\n')
    this.write(`${BEGIN}${ESC}H${text}${ESC}J${END}`)
  }

  private enter(): void {
    if (this.active) return
    this.active = true
    if (this.input.isTTY) this.input.setRawMode(true)
    this.input.resume()
    this.write(ENTER)
  }

  private readonly leave = (): void => {
    if (!this.active) return
    this.active = false
    try {
      if (this.input.isTTY) this.input.setRawMode(false)
      this.write(LEAVE)
    } catch {
      // The terminal has gone: there is nothing to restore.
    }
  }

  private readonly resized = (): void => this.events.resize()

  /** Raw mode hands us what would have been signals. */
  private readonly typed = (chunk: Buffer): void => {
    for (const key of keysOf(chunk.toString('utf8'))) {
      if (key === '\x03') this.events.end('SIGINT')
      else if (key === '\x1a') this.suspend()
      else this.events.key(key)
    }
  }

  /** Puts the terminal right and stops, as a program does that handles no SIGTSTP. */
  private suspend(): void {
    this.leave()
    process.kill(process.pid, 'SIGSTOP')
  }

  private handle(signal: NodeJS.Signals, handler: () => void): void {
    this.handlers.set(signal, handler)
    process.on(signal, handler)
  }

  private write(text: string): void {
    try {
      writeAll(1, encodeUtf8(text))
    } catch (e) {
      // EIO: the terminal was closed.
      if ((e as NodeJS.ErrnoException).code !== 'EIO' && !(e instanceof ClosedPipe)) throw e
      this.active = false
      this.events.end('SIGHUP')
    }
  }
}

/** Single keys of what was typed at once; arrows and the like are one key each. Exported for tests. */
export function keysOf(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of keys
  return text.match(/\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu) ?? []
}

/** A line cut at `width` cells, escape sequences not counted. Exported for tests. */
export function cutPainted(line: string, width: number): string {
  let cells = 0
  let out = ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
  for (const part of line.match(/\x1b\[[0-9;]*m|[\s\S]/gu) ?? []) {
    if (part.length > 2 && part.startsWith('\x1b')) {
      out += part
      continue
    }
    cells += cellWidth(part)
    if (cells > width) continue
    out += part
  }
  return out
}
