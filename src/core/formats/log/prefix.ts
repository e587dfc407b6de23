// What stands in front of a line of the runtime: a time, and who wrote it.

import { decodeUtf8 } from '../../base/utf8.ts'
import { type Clock, TimeStamp } from './time-stamp.ts'

/** Different writers that are told apart; a prefix with a number of its own on each line has no more. */
const MAX_SOURCES = 256
/** Words of container runtimes that say nothing of who wrote it. */
const NOISE = /(?:^|[ \t])(?:stdout|stderr)(?: [FP])?(?=[ \t]|$)/

/** Reads prefixes; all but a first one of a kind are compared with the one before, byte by byte. */
export class PrefixReader {
  /** Of the last prefix: ms since 1970 or NaN, and its writer's row in `sources`. */
  wall = Number.NaN
  source = 0
  /** The least certain clock that was met. */
  clock: Clock = 'none'
  /** Writers by row; 0 is '', lines without a prefix. */
  readonly sources: string[] = ['']
  /** Whether there were more than are told apart. */
  overflow = false
  private readonly ids = new Map<string, number>([['', 0]])
  private readonly stamp: TimeStamp
  /** The bytes before and behind the time of the last prefix, and where its time began; -1 if it has none. */
  private before: Uint8Array = new Uint8Array(0)
  private behind: Uint8Array = new Uint8Array(0)
  private stampAt = -1

  constructor(year: number) {
    this.stamp = new TimeStamp(year)
  }

  none(): void {
    this.wall = Number.NaN
    this.source = 0
  }

  /** Reads the prefix b[from, to). */
  read(b: Uint8Array, from: number, to: number): void {
    if (this.sameAs(b, from, to) === to) return
    const { stamp } = this
    if (stamp.find(b, from, to)) {
      this.stampAt = stamp.from - from
      this.before = b.slice(from, stamp.from)
      this.behind = b.slice(stamp.to, to)
      this.takeStamp()
    } else {
      this.stampAt = -1
      this.before = b.slice(from, to)
      this.behind = new Uint8Array(0)
      this.wall = Number.NaN
    }
    this.source = this.intern()
  }

  /** A time found elsewhere on the line, as Docker has it behind. */
  findTime(b: Uint8Array, from: number, to: number): void {
    if (this.stamp.find(b, from, to)) this.takeStamp()
  }

  /**
   * Where the line proper begins behind a prefix that differs from the last one in its time only; -1 if it has
   * another. Of an empty line the prefix's blanks may be cut.
   */
  sameAs(b: Uint8Array, from: number, to: number): number {
    const { before, behind, stamp } = this
    if (!startsWith(b, from, to, before)) return -1
    let at = from + before.length
    if (this.stampAt >= 0) {
      if (!stamp.readAt(b, at, to)) return -1
      at = stamp.to
    }
    if (startsWith(b, at, to, behind)) at += behind.length
    else if (to - at < behind.length && startsWith(behind, 0, behind.length, b.subarray(at, to))) at = to
    else return -1
    if (this.stampAt >= 0) this.takeStamp()
    return at
  }

  private takeStamp(): void {
    this.wall = this.stamp.wall
    if (CERTAINTY.indexOf(this.stamp.clock) > CERTAINTY.indexOf(this.clock)) this.clock = this.stamp.clock
  }

  private intern(): number {
    const text = `${decodeUtf8(this.before)} ${decodeUtf8(this.behind)}`
      .replace(NOISE, ' ')
      .replace(/[\s:|>"]+$/, '')
      .replace(/^[\s:|"]+/, '')
      .replace(/\s+/g, ' ')
    const name = text.startsWith('{') ? '' : text
    const known = this.ids.get(name)
    if (known !== undefined) return known
    if (this.sources.length >= MAX_SOURCES) {
      this.overflow = true
      return 0
    }
    const id = this.sources.push(name) - 1
    this.ids.set(name, id)
    return id
  }
}

const CERTAINTY: readonly Clock[] = ['none', 'zoned', 'local', 'yearless', 'time of day']

function startsWith(b: Uint8Array, from: number, to: number, w: Uint8Array): boolean {
  if (to - from < w.length) return false
  for (let i = 0; i < w.length; i++) if (b[from + i] !== w[i]) return false
  return true
}
