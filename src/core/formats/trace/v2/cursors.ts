import { DecodeError } from '../../../base/errors.ts'
import type { TraceClock } from './clock.ts'
import { MAX_ARGS, NOT_TIMED, TIMED_ARGS } from './events.ts'
import type { Generation } from './generation.ts'
import type { WideValues } from './wide.ts'
import { WireReader } from './wire.ts'

/**
 * Cursors over the event batches of a generation, one for each thread. Each holds its thread's next
 * event, in columns: an event is never an object.
 */
export class Cursors {
  /** Cursor -> row of its thread, -1 for events without one. */
  thread = new Int32Array(0)
  /** Of its event: type, arguments as codes (MAX_ARGS to a cursor), time since the start, offset. */
  type = new Uint8Array(0)
  args = new Float64Array(0)
  time = new Float64Array(0)
  at = new Uint32Array(0)
  /** Exact times of cursors where the double is not; see TraceClock. */
  readonly wide: (bigint | undefined)[] = []
  private pos = new Uint32Array(0)
  private end = new Uint32Array(0)
  private batch = new Int32Array(0)
  private readonly bytes: Uint8Array
  private readonly clock: TraceClock
  private readonly slow: WireReader
  private generation: Generation | undefined = undefined
  /** Bytes of the generation's batches that were finished or begun. */
  consumed = 0

  constructor(bytes: Uint8Array, wides: WideValues, clock: TraceClock) {
    this.bytes = bytes
    this.clock = clock
    this.slow = new WireReader(bytes, wides)
  }

  /** A cursor for each thread of a generation, none of which has an event yet. */
  open(generation: Generation): void {
    this.generation = generation
    const n = generation.threads.length
    if (n > this.thread.length) {
      const capacity = n * 2
      this.thread = new Int32Array(capacity)
      this.type = new Uint8Array(capacity)
      this.args = new Float64Array(capacity * MAX_ARGS)
      this.time = new Float64Array(capacity)
      this.at = new Uint32Array(capacity)
      this.pos = new Uint32Array(capacity)
      this.end = new Uint32Array(capacity)
      this.batch = new Int32Array(capacity)
    }
    this.wide.length = 0
    this.consumed = 0
    for (let c = 0; c < n; c++) {
      this.thread[c] = generation.threads[c]
      this.wide.push(undefined)
      this.openBatch(c, generation.first[c], generation)
    }
  }

  private openBatch(c: number, batch: number, generation: Generation): void {
    this.batch[c] = batch
    this.pos[c] = generation.start[batch]
    this.end[c] = generation.end[batch]
    this.consumed += this.end[c] - this.pos[c]
    this.time[c] = this.clock.at(generation.time[batch])
    this.wide[c] = this.clock.wide
  }

  /** Moves a cursor to its next event. False if there is none. Throws DecodeError if it is broken. */
  next(c: number): boolean {
    while (this.pos[c] === this.end[c]) if (!this.nextBatch(c)) return false
    const bytes = this.bytes
    const args = this.args
    const clock = this.clock
    let pos = this.pos[c]
    this.at[c] = pos
    const type = bytes[pos++]
    const count = TIMED_ARGS[type]
    if (count === NOT_TIMED) this.fail(c, `there is no event of type ${type} that could stand here`)
    this.type[c] = type
    // What lies behind the batch's end may be read here, but is then refused below.
    let dt = bytes[pos++]
    if (dt >= 0x80) {
      const b = bytes[pos++]
      if (b < 0x80) dt = (dt & 0x7f) | (b << 7)
      else {
        dt = this.longNumber(pos - 2, this.end[c])
        pos = this.slow.pos
      }
    }
    const from = c * MAX_ARGS
    for (let i = from; i < from + count; i++) {
      let v = bytes[pos++]
      if (v >= 0x80) {
        const b = bytes[pos++]
        v = (v & 0x7f) | ((b & 0x7f) << 7)
        if (b >= 0x80) {
          const d = bytes[pos++]
          v |= (d & 0x7f) << 14
          if (d >= 0x80) {
            v = this.longNumber(pos - 3, this.end[c])
            pos = this.slow.pos
          }
        }
      }
      args[i] = v
    }
    if (!(pos <= this.end[c])) this.fail(c, 'a batch ends in the middle of an event')
    this.pos[c] = pos
    const time = this.time[c] + Math.trunc(dt * clock.scale)
    if (dt >= 0 && time <= clock.limit && time >= -clock.limit && !clock.hasWide) this.time[c] = time
    else this.wideTime(c, dt)
    return true
  }

  /** Time of a cursor's event, exactly. */
  exactTime(c: number): bigint {
    return this.wide[c] ?? BigInt(this.time[c])
  }

  private longNumber(at: number, end: number): number {
    this.slow.pos = at
    this.slow.end = end
    return this.slow.uint()
  }

  private wideTime(c: number, dt: number): void {
    const base = (this.generation as Generation).time[this.batch[c]]
    this.time[c] = this.clock.after(this.time[c], this.wide[c], dt, base)
    this.wide[c] = this.clock.wide
  }

  private nextBatch(c: number): boolean {
    const generation = this.generation as Generation
    const batch = generation.next[this.batch[c]]
    if (batch < 0) return false
    this.openBatch(c, batch, generation)
    return true
  }

  private fail(c: number, message: string): never {
    throw new DecodeError('trace', this.at[c], message)
  }
}
