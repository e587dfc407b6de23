// The few numbers that tell what kind of program a capture is of.

import { bytesText, groupDigits, NARROW, timeText } from '../../base/people-fmt.ts'
import type { Capture } from '../../doctor/capture.ts'

/** One tile: `90.3` `% of one CPU`, `2.18 s sampled in 2.42 s`. Texts are for people. */
export interface KeyNumber {
  readonly id: string
  readonly value: string
  readonly unit: string
  readonly note: string
}

/** Those that the capture tells, in the order of importance. */
export function keyNumbers(c: Capture): KeyNumber[] {
  const out: KeyNumber[] = []
  const add = (id: string, text: string, what: string, note: string): void => {
    const [value, unit = ''] = text.split(NARROW, 2)
    // Groups of digits are parted by the same space as units.
    const grouped = /^\d+(?:\u202f\d{3})*$/.test(text)
    out.push(grouped ? { id, value: text, unit: what, note } : { id, value, unit: `${unit}${what}`, note })
  }
  const { cpu, busyCores, gomaxprocs } = c
  if (cpu !== undefined && busyCores > 0) {
    const wall = Number(cpu.profile.durationNanos)
    const procs =
      gomaxprocs === undefined ? '' : `, ${gomaxprocs} ${gomaxprocs === 1 ? 'processor' : 'processors'}`
    add(
      'cpu',
      (busyCores * 100).toPrecision(3),
      `${NARROW}% of one CPU`,
      `${timeText(cpu.facts.total)} sampled in ${timeText(wall)}${procs}`,
    )
  }
  allocation(c, add)
  const gc = c.gc
  if (gc !== undefined && gc.perSecond > 0)
    add(
      'gc',
      gc.perSecond >= 100
        ? groupDigits(Math.round(gc.perSecond))
        : gc.perSecond.toPrecision(gc.perSecond < 10 ? 2 : 3),
      `${NARROW}collections/s`,
      `${groupDigits(gc.cycles)} ${gc.seconds > 0 ? `in ${timeText(gc.seconds * 1e9)}` : 'in all'}${
        gc.cpuShare > 0 ? `, ${(gc.cpuShare * 100).toPrecision(2)}${NARROW}% of CPU used` : ''
      }`,
    )
  const m = c.memory?.memstats
  if (m?.PauseTotalNs !== undefined && m.NumGC !== undefined && m.NumGC > 0)
    add(
      'pause',
      timeText(m.PauseTotalNs / m.NumGC),
      ' mean pause',
      `${timeText(m.PauseTotalNs)} stopped in all`,
    )
  if (m?.HeapAlloc !== undefined)
    add(
      'heap',
      bytesText(m.HeapAlloc),
      ' heap',
      m.Sys === undefined ? '' : `${bytesText(m.Sys)} from the system`,
    )
  const goroutines = c.facts('goroutine')
  if (goroutines !== undefined && out.length < 7)
    add(
      'goroutines',
      groupDigits(goroutines.facts.total),
      `${NARROW}goroutines`,
      c.threads === undefined ? '' : `${groupDigits(c.threads.count)} threads`,
    )
  return out
}

function allocation(c: Capture, add: (id: string, text: string, what: string, note: string) => void): void {
  const bytes = c.allocated('alloc_space')?.facts.total
  const objects = c.allocated('alloc_objects')?.facts.total
  const seconds = c.wallSeconds
  if (bytes === undefined || bytes === 0) return
  if (seconds !== undefined)
    add(
      'alloc',
      bytesText(bytes / seconds),
      '/s',
      `allocated, ${bytesText(bytes)} in ${timeText(seconds * 1e9)}`,
    )
  else add('alloc', bytesText(bytes), ' allocated', 'since the program began')
  if (objects !== undefined && objects > 0) {
    const text = objects >= 1e6 ? `${(objects / 1e6).toPrecision(3)}${NARROW}M` : groupDigits(objects)
    add('objects', text, ' objects', `mean ${bytesText(Math.round(bytes / objects))} each`)
  }
}
