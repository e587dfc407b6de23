import { writeSync } from 'node:fs'
import { isTerminal } from '../../output.ts'

/** Work that takes less long goes by without a word. */
const PATIENCE_MS = 1000
const EVERY_MS = 100

/** Tells how far a piece of work is, in one line on standard error that is taken away again at its end. */
export class Progress {
  private readonly label: string
  private readonly shown: boolean
  private readonly start = performance.now()
  private last = 0
  private width = 0

  /** Nothing is shown unless standard error is a terminal; nor where the output itself goes to one. */
  constructor(label: string) {
    this.label = label
    this.shown = isTerminal(2) && !isTerminal(1)
  }

  /** `share` of the work is done, 0 to 1. */
  tell(share: number): void {
    if (!this.shown) return
    const now = performance.now()
    if (now - this.start < PATIENCE_MS || now - this.last < EVERY_MS) return
    this.last = now
    const line = `${this.label} … ${Math.floor(100 * Math.min(share, 1))} %`
    this.width = line.length
    this.write(`\r${line}`)
  }

  /** Takes the line away. */
  done(): void {
    if (this.width > 0) this.write(`\r${' '.repeat(this.width)}\r`)
    this.width = 0
  }

  private write(text: string): void {
    try {
      writeSync(2, text)
    } catch {
      // A terminal that takes no more: progress is not worth an error.
    }
  }
}
