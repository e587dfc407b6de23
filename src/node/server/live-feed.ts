// The readings of `goscope watch --web`, kept for pages that ask: the newest of them, numbered.

import { displayable } from '../../core/base/utf8.ts'
import { readingLine } from '../watch/recording.ts'
import type { Reading, TargetFacts } from '../watch/watched-target.ts'

/** Beats that are kept: ten minutes of one a second. */
const KEPT = 600

export class LiveFeed {
  readonly intervalMs: number
  private facts: readonly TargetFacts[] = []
  /** The newest beats; each is a reading of every target. */
  private readonly beats: object[][] = []
  private count = 0

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs
  }

  add(facts: readonly TargetFacts[], readings: readonly Reading[]): void {
    this.facts = facts
    this.beats.push(readings.map((r, k) => readingLine(k, r)))
    if (this.beats.length > KEPT) this.beats.shift()
    this.count++
  }

  /** The document goscope.live/1: what was read from beat `from` on, and the number of the next one. */
  since(from: number): object {
    const first = this.count - this.beats.length
    const start = Math.min(Math.max(from, first), this.count)
    return {
      schema: 'goscope.live/1',
      intervalMs: this.intervalMs,
      targets: this.facts.map((t) => ({
        shown: displayable(t.shown),
        program: displayable(t.program),
        goVersion: displayable(t.goVersion),
        pid: t.pid ?? null,
      })),
      from: start,
      next: this.count,
      readings: this.beats.slice(start - first).flat(),
    }
  }
}
