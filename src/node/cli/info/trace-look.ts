import type { DecodeError, Problem } from '../../../core/base/errors.ts'
import { formatTime } from '../../../core/base/go-time.ts'
import { GrowBytes } from '../../../core/base/grow.ts'
import { bytesText, countText, timeText } from '../../../core/base/people-fmt.ts'
import { traceMinor } from '../../../core/formats/trace/header.ts'
import { readTrace } from '../../../core/formats/trace/read-trace.ts'
import { EVENT, type EventBlock, type EventSink } from '../../../core/model/trace.ts'
import { localZone } from '../../zone.ts'
import type { Fact, Look, Looker } from './look.ts'

/** As much of a trace is read for a look: a second or two of work. */
const LOOK_BYTES = 32 << 20

/** An execution trace. Traces before Go 1.22 are read whole, because they cannot be read in part. */
export class TraceLooker implements Looker {
  private readonly bytes = new GrowBytes(1 << 20)
  private isWhole = true
  private old = false

  feed(chunk: Uint8Array): boolean {
    if (this.bytes.length === 0)
      this.old = /^go 1\.(11|19|21) trace/.test(String.fromCharCode(...chunk.subarray(0, 16)))
    if (!this.old && this.bytes.length + chunk.length > LOOK_BYTES) {
      this.isWhole = false
      return false
    }
    this.bytes.append(chunk)
    return true
  }

  end(): Look {
    const bytes = this.bytes.a.subarray(0, this.bytes.length)
    const minor = traceMinor(bytes)
    const samples = new SampleCounter()
    const end = readTrace(bytes, [samples], { resume: this.isWhole })
    if (end.error !== undefined && end.events === 0) throw end.error
    const { tables } = end
    const problems: Problem[] = []
    // Where only a part was read, it ends in the middle.
    if (end.error !== undefined && this.isWhole) problems.push(problemOf(end.error))
    for (const g of end.gaps)
      problems.push({ message: `left out from here on: ${g.reason}`, offset: g.offset, count: 1 })
    const part = this.isWhole ? '' : `, in the first ${bytesText(bytes.length)} of it`
    const facts: Fact[] = [
      { word: 'events', text: `${countText(end.events)}${part}` },
      {
        word: 'goroutines',
        text: `${countText(tables.goroutines.count)}, on ${countText(tables.procs.count)} Ps and ${countText(tables.threads.count)} threads`,
      },
      { word: 'stacks', text: countText(Math.max(0, tables.stacks.count - 1)) },
    ]
    if (samples.count > 0) facts.push({ word: 'CPU samples', text: countText(samples.count) })
    const clock = tables.clocks[0]
    const wall = clock === undefined ? undefined : clock.wallSec * 1_000_000_000n + BigInt(clock.wallNsec)
    const when = wall === undefined ? '' : `${formatTime(wall, localZone())}, `
    const version = VERSIONS[minor] ?? `Go 1.${minor}`
    const length = `${this.isWhole ? '' : 'at least '}${timeText(end.lastTime)}`
    return {
      kind: 'trace',
      title: 'execution trace',
      format: `trace format of Go 1.${minor}`,
      producer: version,
      taken: `${when}for ${length}`,
      facts,
      brief: `${this.isWhole ? '' : 'more than '}${countText(end.events)} events`,
      command: 'goscope trace summary',
      problems,
      json: {
        format: `go 1.${minor} trace`,
        partial: !this.isWhole,
        time: wall === undefined ? null : new Date(Number(wall / 1_000_000n)).toISOString(),
        durationNanos: end.lastTime,
        events: end.events,
        goroutines: tables.goroutines.count,
        procs: tables.procs.count,
        threads: tables.threads.count,
        stacks: Math.max(0, tables.stacks.count - 1),
        cpuSamples: samples.count,
      },
    }
  }
}

/** Which versions of Go write the format. */
const VERSIONS: Readonly<Record<number, string>> = {
  11: 'Go 1.11 to 1.18',
  19: 'Go 1.19 or 1.20',
  21: 'Go 1.21',
  22: 'Go 1.22',
  23: 'Go 1.23 or 1.24',
  25: 'Go 1.25',
  26: 'Go 1.26 or later',
}

class SampleCounter implements EventSink {
  count = 0

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) if (block.kind[i] === EVENT.StackSample) this.count++
  }
}

function problemOf(e: DecodeError): Problem {
  return { message: e.message, offset: e.offset, count: 1 }
}
