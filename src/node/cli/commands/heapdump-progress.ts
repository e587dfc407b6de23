import { performance } from 'node:perf_hooks'
import { isTerminal } from '../../output.ts'

/** Before this nothing is shown, and a shown line is not written anew. */
const FIRST_MS = 500
const NEXT_MS = 200

/** One line on standard error that tells what is going on, if a person waits there. */
export class ProgressLine {
  private readonly terminal = isTerminal(2)
  private next = performance.now() + FIRST_MS
  private shown = false

  /** `share` of 1 that is done, if that is known. */
  say(what: string, share?: number): void {
    if (!this.terminal) return
    const now = performance.now()
    // A new stage may take long, so it is said at once.
    if (now < this.next && (share !== undefined || !this.shown)) return
    this.next = now + NEXT_MS
    const percent = share === undefined ? '' : ` ${Math.floor(share * 100)}%`
    process.stderr.write(`\r\x1b[Kgoscope heapdump: ${what}${percent}`)
    this.shown = true
  }

  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K')
    this.shown = false
  }
}
