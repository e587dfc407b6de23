import { EV } from './events.ts'
import type { WireReader } from './wire.ts'

/** No event is larger, and no batch: the runtime's buffers are of this size. */
export const MAX_BATCH = 65536

/** What a batch is for. */
export const BATCH = {
  Events: 0,
  Strings: 1,
  Stacks: 2,
  Samples: 3,
  Sync: 4,
  Experiment: 5,
  EndOfGeneration: 6,
} as const

/** Steps from batch to batch; its fields describe the batch that `next` came to. Numbers are codes. */
export class BatchReader {
  private readonly wire: WireReader
  private readonly minor: number
  kind: number = BATCH.Events
  gen = 0
  thread = 0
  time = 0
  /** Number of the experiment that a batch belongs to, 0 = none. */
  experiment = 0
  /** Offset of the batch, and of its data [start, end). */
  at = 0
  start = 0
  end = 0

  constructor(wire: WireReader, minor: number) {
    this.wire = wire
    this.minor = minor
  }

  /** False at the end of the file. Throws DecodeError where there is no batch, or one that is cut off. */
  next(): boolean {
    const { wire } = this
    this.at = wire.pos
    if (wire.done) return false
    const type = wire.byte()
    if (type === EV.EndOfGeneration) {
      this.kind = BATCH.EndOfGeneration
      this.gen = 0
      return true
    }
    if (type !== EV.EventBatch && type !== EV.ExperimentalBatch)
      wire.fail(`a batch of events should start here, not a byte ${type}`, this.at)
    this.experiment = 0
    if (type === EV.ExperimentalBatch) {
      if (wire.done) return false
      this.experiment = wire.byte()
    }
    this.gen = wire.uint()
    this.thread = wire.uint()
    this.time = wire.uint()
    const size = wire.uint()
    if (!(size >= 0 && size <= MAX_BATCH)) wire.fail(`a batch is larger than ${MAX_BATCH} bytes`, this.at)
    this.start = wire.pos
    this.end = wire.pos + size
    if (this.end > wire.end) wire.fail('the trace ends in the middle of a batch', this.at)
    wire.pos = this.end
    this.kind =
      this.experiment !== 0
        ? BATCH.Experiment
        : size === 0
          ? BATCH.Events
          : this.kindOf(wire.bytes[this.start])
    return true
  }

  private kindOf(first: number): number {
    switch (first) {
      case EV.Strings:
        return BATCH.Strings
      case EV.Stacks:
        return BATCH.Stacks
      case EV.CPUSamples:
        return BATCH.Samples
      case EV.Frequency:
        return this.minor < 25 ? BATCH.Sync : BATCH.Events
      case EV.Sync:
        return this.minor >= 25 ? BATCH.Sync : BATCH.Events
      // As the data of a batch this counts as the bare byte does.
      case EV.EndOfGeneration:
        return BATCH.EndOfGeneration
      default:
        return BATCH.Events
    }
  }
}
