// Reports of the race detector (ThreadSanitizer's Go frontend, tsan_report.cpp):
//
//   ==================
//   WARNING: DATA RACE
//   Read at 0x00c000094028 by goroutine 8:       "Read by goroutine 8:" until Go 1.4
//     main.main.func5()
//         /src/main.go:133 +0x99
//
//   Goroutine 8 (running) created at:
//     ...
//   ==================

import type { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import type { Race, RaceAccess, RaceGoroutine } from '../../model/goroutines.ts'

const ACCESS =
  /^((?:previous |concurrent )?(?:atomic |heap |racy )?(?:read|write)(?: of size \d+)?|.* (?:read|write))(?: at (0x[0-9a-f]+))? by (?:goroutine (\d+)|(main goroutine)|([^:]*))[^:]*:$/i
const CREATED = /^Goroutine (\d+) \(([^)]*)\) created at:$/
const FRAME = /^\s+(\S.*)\((.*)\)$/
const PLACE = /^\s+(\S.*?):(\d+)(?: \+0x([0-9a-f]+))?$/

interface Section {
  readonly end: (stack: number) => void
}

/** Reads one report, line by line. */
export class RaceReport {
  private readonly builder: GoroutineBuilder
  private readonly accesses: RaceAccess[] = []
  private readonly goroutines: RaceGoroutine[] = []
  private readonly locations: { text: string; stack: number }[] = []
  private readonly offset: number
  private section: Section | undefined
  private calls: number[] = []
  private name = ''

  constructor(builder: GoroutineBuilder, offset: number) {
    this.builder = builder
    this.offset = offset
  }

  /** True if the line belongs to the report. */
  take(line: string): boolean {
    if (line.trim() === '' || line === 'WARNING: DATA RACE') {
      this.endSection()
      return true
    }
    if (/^\s/.test(line)) return this.stackLine(line)
    this.endSection()
    const access = ACCESS.exec(line)
    if (access !== null) {
      const [, what, address = '', goid, main] = access
      this.begin((stack) =>
        this.accesses.push({
          what: what.toLowerCase(),
          address,
          goid: main !== undefined ? 1 : goid !== undefined ? Number(goid) : -1,
          stack,
        }),
      )
      return true
    }
    const created = CREATED.exec(line)
    if (created !== null) {
      const [, goid, state] = created
      this.begin((stack) => this.goroutines.push({ goid: Number(goid), state, stack }))
      return true
    }
    if (/^(?:Location is |Mutex M\d+ |As if synchronized )/.test(line)) {
      this.begin((stack) => this.locations.push({ text: line.replace(/:$/, ''), stack }))
      return true
    }
    return false
  }

  private begin(end: Section['end']): void {
    this.section = { end }
    this.calls = []
  }

  private stackLine(line: string): boolean {
    if (/^\s+\[failed to restore the stack\]$/.test(line)) return true
    const { builder } = this
    const place = PLACE.exec(line)
    if (place !== null && this.name !== '') {
      const frame = builder.frame(
        builder.strings.intern(this.name),
        builder.strings.intern(place[1]),
        Math.min(Number(place[2]), 0xffffffff),
        Number.parseInt(place[3] ?? '0', 16) >>> 0,
        0,
      )
      this.calls.push(builder.call(frame, 0))
      this.name = ''
      return true
    }
    const frame = FRAME.exec(line)
    if (frame === null) return false
    this.name = frame[1]
    return this.section !== undefined
  }

  private endSection(): void {
    this.section?.end(this.builder.stackOf(this.calls, this.calls.length))
    this.section = undefined
    this.name = ''
  }

  done(source: number): Race {
    this.endSection()
    const { accesses, goroutines, locations, offset } = this
    return { source, offset, accesses, goroutines, locations }
  }
}
