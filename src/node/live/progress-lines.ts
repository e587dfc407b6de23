// How a capture tells how it goes: one line for each file, and on a terminal one that moves.

import { bytesText, timeText } from '../../core/base/people-fmt.ts'
import { showControls } from '../terminal-text.ts'
import type { CaptureProgress } from './capture-run.ts'
import type { CapturedFile } from './manifest.ts'

export interface ProgressTo {
  readonly terminal: boolean
  write(text: string): void
}

const EVERY_MS = 200

/** Lines for one target; `prefix` names it if there are several. `end` takes the moving line away. */
export class ProgressLines implements CaptureProgress {
  private readonly to: ProgressTo
  private readonly prefix: string
  private current = ''
  private start = 0
  private seconds = 0
  private received = 0
  private why = ''
  private timer: NodeJS.Timeout | undefined
  private moving = false

  constructor(to: ProgressTo, prefix = '') {
    this.to = to
    this.prefix = prefix
  }

  begin(step: { readonly file: string; readonly what: string; readonly seconds: number }): void {
    this.current = step.what
    this.start = performance.now()
    this.seconds = step.seconds
    this.received = 0
    this.why = ''
    if (!this.to.terminal) return
    this.timer ??= setInterval(() => this.move(), EVERY_MS).unref()
    this.move()
  }

  bytes(bytes: number): void {
    this.received = bytes
  }

  waits(why: string): void {
    if (this.why === '' && !this.to.terminal) this.line(`  ${this.current}: waits, ${why}`)
    this.why = why
  }

  /** Nothing is fetched yet: a condition is not met. */
  waitsFor(condition: string, values: string): void {
    if (!this.to.terminal) {
      // Once, so that a log says what is waited for.
      if (this.why === '') this.line(`waits until ${condition}: ${values}`)
      this.why = condition
      return
    }
    this.to.write(`\r\x1b[K${showControls(`${this.prefix}waits until ${condition}: ${values}`)}`)
    this.moving = true
  }

  kept(file: CapturedFile): void {
    const took = file.seconds >= 0.1 ? `, ${plain(timeText(file.seconds * 1e9))}` : ''
    const note = file.note === undefined ? '' : ` (${file.note})`
    this.line(`  ${file.file.padEnd(24)} ${plain(bytesText(file.bytes))}${took}${note}`)
  }

  failed(file: string, why: string): void {
    this.line(`  ${file.padEnd(24)} failed: ${why}`)
  }

  left(file: string, why: string): void {
    this.line(`  ${file.padEnd(24)} left out: ${why}`)
  }

  /** A line of its own. */
  line(text: string): void {
    this.clear()
    this.to.write(`${showControls(this.prefix + text)}\n`)
  }

  end(): void {
    clearInterval(this.timer)
    this.timer = undefined
    this.clear()
  }

  private move(): void {
    const spent = (performance.now() - this.start) / 1000
    const time = this.seconds > 0 ? `${spent.toFixed(0)} of ${this.seconds} s` : `${spent.toFixed(0)} s`
    const size = this.received > 0 ? `, ${plain(bytesText(this.received))}` : ''
    const why = this.why === '' ? '' : `, waits: ${this.why}`
    this.to.write(`\r\x1b[K${showControls(`${this.prefix}  ${this.current}: ${time}${size}${why}`)}`)
    this.moving = true
  }

  private clear(): void {
    if (this.moving) this.to.write('\r\x1b[K')
    this.moving = false
  }
}

/** A blank that every terminal has. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ')
