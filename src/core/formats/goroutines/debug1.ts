// Text of a goroutine profile (debug=1, runtime/pprof printCountProfile): stacks and how many goroutines have each.
//
//   goroutine profile: total 31
//   7 @ 0x48b02e 0x44d6b7
//   # labels: {"handler":"order", "tier":"2"}
//   #	0x48a204	internal/poll.runtime_pollWait+0x84		runtime/netpoll.go:351

import type { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import { parseLabels } from './header.ts'
import { stateOfLeaf } from './profile.ts'

const SAMPLE = /^(\d{1,15}) @(?: 0x[0-9a-f]+)*$/
/** Between the columns stand tabs (or blanks, where a terminal was copied). */
const FRAME = /^#\s+0x[0-9a-f]+\s+(\S.*?)(?:\+0x([0-9a-f]{1,8}))?\s+(\S.*):(\d{1,9})$/
const NO_NAME = /^#\s+(0x[0-9a-f]+)$/
const LABELS = /^#\s*labels: \{(.*)\}$/

/** "goroutine profile: total 31", also of other count profiles of goroutines. */
export const PROFILE_HEAD = /^(goroutine(?:leak)?) profile: total (\d{1,15})$/

/** Reads the lines behind the first one. */
export class CountProfile {
  private readonly builder: GoroutineBuilder
  private readonly dump: number
  private readonly flags: number
  /** Goroutines of all groups that have ended. */
  total = 0
  private weight = 0
  private labelSet = 0
  private calls: number[] = []
  private names: string[] = []

  /** `dump` is the index of the dump that its groups go to, `flags` are those of its goroutines. */
  constructor(builder: GoroutineBuilder, dump: number, flags: number) {
    this.builder = builder
    this.dump = dump
    this.flags = flags
  }

  /** True if the line belongs to the profile. */
  take(line: string): boolean {
    if (line === '') {
      this.endGroup()
      return true
    }
    const sample = SAMPLE.exec(line)
    if (sample !== null) {
      this.endGroup()
      this.weight = Number(sample[1])
      return true
    }
    if (!line.startsWith('#') || this.weight === 0) return false
    const { builder } = this
    const labels = LABELS.exec(line)
    if (labels !== null) {
      for (const [key, value] of parseLabels(labels[1]))
        builder.labels.addText(builder.strings.intern(key), builder.strings.intern(value))
      this.labelSet = builder.labels.endSet()
      return true
    }
    const frame = FRAME.exec(line) ?? NO_NAME.exec(line)
    if (frame === null) return false
    const [, name, offset = '0', file = '', at = '0'] = frame
    const { strings } = builder
    const row = builder.frame(
      strings.intern(name),
      strings.intern(file),
      Number(at),
      Number.parseInt(offset, 16),
      0,
    )
    this.calls.push(builder.call(row, 0))
    this.names.push(name)
    return true
  }

  /** Ends the group that is being read. */
  endGroup(): void {
    if (this.weight > 0) {
      this.total += this.weight
      this.builder.addGoroutine({
        dump: this.dump,
        goid: -1,
        weight: this.weight,
        state: this.builder.strings.intern(stateOfLeaf(this.names)),
        minutes: 0,
        flags: this.flags,
        bubble: 0,
        creator: 0,
        createdBy: 0,
        stack: this.builder.stackOf(this.calls, this.calls.length),
        labelSet: this.labelSet,
        thread: -1,
      })
    }
    this.weight = 0
    this.labelSet = 0
    this.calls = []
    this.names = []
  }
}
