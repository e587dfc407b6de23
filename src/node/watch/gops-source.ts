// What a program says of itself through its gops agent.

import type { ProgramMoment } from '../../core/analysis/live/moment.ts'
import { decodeGopsMemStats, decodeGopsStats } from '../../core/formats/gops/answers.ts'
import { gopsText } from '../gops/agent.ts'

const MOST_BYTES = 1 << 20

/** Asks an agent. */
export class GopsSource {
  private readonly port: number
  private readonly timeoutMs: number

  constructor(port: number, timeoutMs: number) {
    this.port = port
    this.timeoutMs = timeoutMs
  }

  close(): void {}

  /** Asks once. Throws UserError, or DecodeError for what is no answer of an agent. */
  async poll(signal: AbortSignal): Promise<ProgramMoment> {
    const at = Date.now()
    const start = performance.now()
    const o = { port: this.port, timeoutMs: this.timeoutMs, maxBytes: MOST_BYTES, signal }
    const stats = decodeGopsStats(await gopsText('stats', o))
    const answerMs = performance.now() - start
    const memstats = decodeGopsMemStats(await gopsText('memstats', o))
    return {
      at,
      answerMs,
      memory: { memstats },
      goroutines: stats.goroutines,
      ...(stats.threads !== undefined && { threads: stats.threads }),
      ...(stats.maxProcs !== undefined && { maxProcs: stats.maxProcs }),
    }
  }
}
