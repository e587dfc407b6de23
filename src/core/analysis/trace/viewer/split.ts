import { GrowU32 } from '../../../base/grow.ts'
import { Int64Builder } from '../../../base/int64.ts'
import { byteLength } from '../../../base/utf8.ts'
import type { ViewerEntry, ViewerSink } from './entry.ts'
import type { ViewerFrames } from './frames.ts'
import { NodeSet } from './summary.ts'

/** A part of a view that a viewer can load: entries [start, end) (`/jsontrace?start=&end=`), and their times in ns. */
export interface ViewRange {
  readonly start: number
  readonly end: number
  readonly startTime: number
  readonly endTime: number
}

/** Bytes of JSON that one range holds. Chromium's viewer takes hardly more. */
const MAX_BYTES = 100 * 2 ** 20

/** Measures an entry as JSON: the number of bytes with the line feed after it. */
export type EntryMeter = (entry: ViewerEntry) => number

/** Divides a view into ranges of at most 100 MiB of JSON, if it fills at least two of them. */
export class ViewSplitter implements ViewerSink {
  private readonly measure: EntryMeter
  private readonly max: number
  private frames: ViewerFrames | undefined
  private readonly sizes = new GrowU32(1024)
  private readonly times = new Int64Builder(1024)
  private readonly stacks = new GrowU32(2048)
  private required = EMPTY_DOCUMENT
  private requiredEntries = 0

  constructor(measure: EntryMeter, max = MAX_BYTES) {
    this.measure = measure
    this.max = max
  }

  begin(frames: ViewerFrames): void {
    this.frames = frames
  }

  entry(e: ViewerEntry): void {
    const size = this.measure(e)
    if (e.phase === 'M') {
      // A comma between entries instead of the line feed after each.
      this.required += size - 1 + (this.requiredEntries++ === 0 ? 0 : 1)
      return
    }
    this.sizes.push(size + 1)
    this.times.push(e.time)
    this.stacks.push(e.stack)
    this.stacks.push(e.endStack)
  }

  /** The ranges; none if one is enough. */
  ranges(): ViewRange[] {
    const n = this.sizes.length
    const time = this.times.f
    const out: ViewRange[] = []
    const frames = new NodeSet()
    let start = 0
    let bytes = this.required
    const addFrame = (node: number): void => {
      bytes += this.frameBytes(node)
    }
    for (let i = 0; i < n; i++) {
      bytes += this.sizes.a[i]
      frames.add(this.stacks.a[2 * i], this.frames, addFrame)
      frames.add(this.stacks.a[2 * i + 1], this.frames, addFrame)
      if (bytes < this.max) continue
      out.push({ start, end: i + 1, startTime: time[start], endTime: time[i] })
      start = i + 1
      frames.clear()
      bytes = this.required
    }
    if (out.length <= 1) return []
    if (start < n - 1) out.push({ start, end: n - 1, startTime: time[start], endTime: time[n - 1] })
    return out
  }

  /** `"12":{"name":"main.main:30","parent":9},` */
  private frameBytes(node: number): number {
    const parent = this.frames?.parent.a[node] ?? 0
    const name = this.frames?.name(node) ?? ''
    return 14 + `${node}`.length + byteLength(name) + (parent === 0 ? 0 : 10 + `${parent}`.length)
  }
}

/** `{"traceEvents":[],"stackFrames":{},"displayTimeUnit":"ns"}` and a line feed. */
const EMPTY_DOCUMENT = 59
