// `-d=parsed`: every event as text, for tools and for people who debug traces.

import { quote } from '../../base/go-fmt.ts'
import type { ZoneLookup } from '../../base/go-time.ts'
import { GrowBytes, GrowU32 } from '../../base/grow.ts'
import { hexInt } from '../../base/int64.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import { EVENT_SPECS } from '../../formats/trace/v2/events.ts'
import type { IdTable } from '../../model/id-table.ts'
import {
  EVENT,
  type EventBlock,
  type EventSink,
  NAME,
  SCOPE,
  STATE_NAMES,
  type TraceTables,
} from '../../model/trace.ts'
import { ByteText, Piece, piece } from './byte-text.ts'
import { formatRfc3339 } from './rfc3339.ts'

const KINDS = [
  ...['Sync', 'Metric', 'Label', 'StackSample', 'RangeBegin', 'RangeActive', 'RangeEnd', 'TaskBegin'],
  ...['TaskEnd', 'RegionBegin', 'RegionEnd', 'Log', 'StateTransition', 'StateTransition', 'Experimental'],
].map((kind) => piece(` ${kind} Time=`))

/** 8 * from + to -> the states of a transition. */
const TRANSITIONS = Array.from({ length: 64 }, (_, i) =>
  piece(` ${STATE_NAMES[(i >> 3) as 0] ?? 'Bad'}->${STATE_NAMES[(i & 7) as 0] ?? 'Bad'} Reason=`),
)

const TEXT = {
  name: piece(' Name='),
  value: piece(' Value=Value{Uint64('),
  valueEnd: piece(')}'),
  label: piece(' Label='),
  resource: piece(' Resource=Goroutine('),
  close: piece(')'),
  scopes: [piece(' Scope=None'), piece(' Scope=Goroutine('), piece(' Scope=Proc(')],
  noAttributes: piece(' Attributes=[]'),
  swept: piece(' Attributes=["bytes swept"=Value{Uint64('),
  reclaimed: piece(')} "bytes reclaimed"=Value{Uint64('),
  attributesEnd: piece(')}]'),
  id: piece(' ID='),
  parent: piece(' Parent='),
  type: piece(' Type='),
  task: piece(' Task='),
  category: piece(' Category='),
  message: piece(' Message='),
  proc: piece(' ProcID='),
  noReason: piece('""'),
  transition: piece('\nTransition'),
  stack: piece('\nStack=\n'),
  n: piece(' N='),
} as const

const NEWLINE = 10
/** Kept texts are forgotten beyond this, and longer ones not kept: a hostile file could make them huge. */
const KEEP_BYTES = 1 << 26
const KEEP_LENGTH = 1 << 16

/** Writes events as `-d=parsed` shows them. `finish` writes the rest. */
export class ParsedText implements EventSink {
  private readonly out: ByteText
  private readonly zones: ZoneLookup
  /** The context of events. */
  private readonly m = new IdTexts('M=', '-1')
  private readonly p = new IdTexts(' P=', '-1')
  private readonly g = new IdTexts(' G=', '-1')
  private readonly changed = new IdTexts(' GoID=', '-1')
  private readonly goroutines = new IdTexts('', '-1')
  private readonly procs = new IdTexts('', '-1')
  private readonly tasks = new IdTexts('', '18446744073709551615')
  /** By string id: quoted; the same behind states (8 * from + to). */
  private quoted: (Piece | undefined)[] = []
  private changes: (Piece | undefined)[][] = []
  /** By row: frames; stacks with the word before them; the same twice, as of a transition and as of the event. */
  private frames: (Uint8Array | undefined)[] = []
  private stacks: (Uint8Array | undefined)[] = []
  private twice: (Uint8Array | undefined)[] = []
  private kept = 0
  private readonly keepBytes: number
  /** The trace's start in ns: as the nearest double, and in two parts. */
  private start = 0
  private startHigh = 0
  private startLow = 0

  constructor(write: (bytes: Uint8Array) => void, zones: ZoneLookup, keepBytes = KEEP_BYTES) {
    this.out = new ByteText(write)
    this.zones = zones
    this.keepBytes = keepBytes
  }

  finish(): void {
    this.out.flush()
  }

  block(block: EventBlock, tables: TraceTables): void {
    const { out } = this
    this.start = Number(tables.start)
    this.startHigh = Number(tables.start / 1000000000n)
    this.startLow = Number(tables.start % 1000000000n)
    for (let row = 0; row < block.length; row++) {
      const kind = block.kind[row]
      out.line()
      this.m.put(out, tables.threads, block.m[row])
      this.p.put(out, tables.procs, block.p[row])
      this.g.put(out, tables.goroutines, block.g[row])
      out.put(KINDS[kind])
      this.time(block, row, tables)
      const stack = block.stack[row]
      if (kind === EVENT.GoTransition) this.goTransition(block, row, tables)
      else {
        this.fields(kind, block, row, tables)
        if (stack !== 0) this.stack(stack, tables)
        else if (kind === EVENT.StackSample) out.put(TEXT.stack)
      }
      out.byte(NEWLINE)
    }
  }

  private goTransition(block: EventBlock, row: number, tables: TraceTables): void {
    const { out } = this
    this.changed.put(out, tables.goroutines, block.res[row])
    out.any(this.change(block.name[row], block.from[row] * 8 + block.to[row], tables))
    const own = block.extra[row]
    const stack = block.stack[row]
    if (own === stack && own > 0) {
      const both = this.twice[own]
      if (both !== undefined) {
        out.long(both)
        return
      }
    }
    if (own > 0) {
      out.put(TEXT.transition)
      this.stack(own, tables, 1)
    } else if (own === 0) {
      out.put(TEXT.transition)
      out.long(TEXT.stack.bytes.subarray(1))
    }
    if (stack !== 0) this.stack(stack, tables)
  }

  private fields(kind: number, block: EventBlock, row: number, tables: TraceTables): void {
    const { out } = this
    const name = (): Piece => this.quote(block.name[row], tables)
    switch (kind) {
      case EVENT.Sync:
        this.sync(block, row, tables)
        return
      case EVENT.Metric:
        out.put(TEXT.name)
        out.any(name())
        out.put(TEXT.value)
        this.value(block, row, 1)
        out.put(TEXT.valueEnd)
        return
      case EVENT.Label:
        out.put(TEXT.label)
        out.any(name())
        out.put(TEXT.resource)
        this.goroutines.put(out, tables.goroutines, block.res[row])
        out.put(TEXT.close)
        return
      case EVENT.RangeBegin:
      case EVENT.RangeActive:
      case EVENT.RangeEnd:
        out.put(TEXT.name)
        out.any(name())
        this.scope(block, row, tables)
        if (kind === EVENT.RangeEnd) this.attributes(block, row)
        return
      case EVENT.TaskBegin:
      case EVENT.TaskEnd:
        out.put(TEXT.id)
        this.tasks.put(out, tables.tasks, block.res[row])
        out.put(TEXT.parent)
        this.tasks.put(out, tables.tasks, block.extra[row])
        out.put(TEXT.type)
        out.any(name())
        return
      case EVENT.RegionBegin:
      case EVENT.RegionEnd:
        out.put(TEXT.task)
        this.tasks.put(out, tables.tasks, block.res[row])
        out.put(TEXT.type)
        out.any(name())
        return
      case EVENT.Log:
        out.put(TEXT.task)
        this.tasks.put(out, tables.tasks, block.res[row])
        out.put(TEXT.category)
        out.any(name())
        out.put(TEXT.message)
        out.any(this.quote(block.extra[row], tables))
        return
      case EVENT.ProcTransition:
        out.put(TEXT.proc)
        this.procs.put(out, tables.procs, block.res[row])
        out.put(TRANSITIONS[block.from[row] * 8 + block.to[row]])
        out.put(TEXT.noReason)
        return
      case EVENT.Experimental:
        out.long(this.experimental(block, row, tables))
        return
    }
  }

  private sync(block: EventBlock, row: number, tables: TraceTables): void {
    const { out } = this
    out.put(TEXT.n)
    this.value(block, row, 1)
    const clock = block.extra[row]
    if (clock < 0) return
    const { trace, mono, wallSec, wallNsec } = tables.clocks[clock]
    const wall = formatRfc3339(wallSec, wallNsec, this.zones)
    out.long(encodeUtf8(` Trace=${trace} Mono=${mono} Wall=${wall}`))
  }

  private scope(block: EventBlock, row: number, tables: TraceTables): void {
    const { out } = this
    const scope = block.from[row]
    out.put(TEXT.scopes[scope])
    if (scope === SCOPE.None) return
    if (scope === SCOPE.Goroutine) this.goroutines.put(out, tables.goroutines, block.res[row])
    else this.procs.put(out, tables.procs, block.res[row])
    out.put(TEXT.close)
  }

  private attributes(block: EventBlock, row: number): void {
    const { out } = this
    if (block.name[row] !== NAME.gcSweep) {
      out.put(TEXT.noAttributes)
      return
    }
    out.put(TEXT.swept)
    this.value(block, row, 1)
    out.put(TEXT.reclaimed)
    this.value(block, row, 2)
    out.put(TEXT.attributesEnd)
  }

  private experimental(block: EventBlock, row: number, tables: TraceTables): Uint8Array {
    const columns = [block.x, block.y, block.z]
    const names = EVENT_SPECS[block.from[row]]?.args.slice(1) ?? []
    const values = names
      .slice(0, block.extra[row])
      .map((name, i) => `${name}=Value{Uint64(${block.wide.get(row * 4 + 1 + i) ?? columns[i][row]})}`)
    return encodeUtf8(` Name=${tables.strings.get(block.name[row])} Args=[${values.join(', ')}]`)
  }

  /** x, y or z of a row: `which` is 1, 2 or 3. */
  private value(block: EventBlock, row: number, which: 1 | 2): void {
    const wide = block.wide.size === 0 ? undefined : block.wide.get(row * 4 + which)
    if (wide !== undefined) this.out.long(encodeUtf8(String(wide)))
    else this.out.uint(which === 1 ? block.x[row] : block.y[row])
  }

  /** Absolute time in ns. */
  private time(block: EventBlock, row: number, tables: TraceTables): void {
    const t = block.time[row]
    const sum = this.start + t
    const wide = block.wide.size === 0 ? undefined : block.wide.get(row * 4)
    if (wide !== undefined || sum < 0) this.out.long(encodeUtf8(String(tables.start + (wide ?? BigInt(t)))))
    else if (sum <= Number.MAX_SAFE_INTEGER) this.out.uint(sum)
    else {
      // The clock of a machine that is up for more than 104 days.
      const high = Math.floor(t / 1e9)
      const low = t - high * 1e9 + this.startLow
      this.out.uint(this.startHigh + high + (low < 1e9 ? 0 : 1))
      this.out.nine(low < 1e9 ? low : low - 1e9)
    }
  }

  private quote(string: number, tables: TraceTables): Piece {
    const known = this.quoted[string]
    if (known !== undefined) return known
    const text = piece(quote(tables.strings.get(string)))
    this.keep(this.quoted, string, text)
    return text
  }

  /** States and reason of a transition. */
  private change(reason: number, states: number, tables: TraceTables): Piece {
    const known = this.changes[reason]?.[states]
    if (known !== undefined) return known
    const text = new Piece(joined([TRANSITIONS[states].bytes, this.quote(reason, tables).bytes]))
    while (this.changes.length <= reason) this.changes.push([])
    this.keep(this.changes[reason], states, text)
    return text
  }

  /** Writes a line `Stack=`, without the first `from` bytes, and the frames of a stack. */
  private stack(row: number, tables: TraceTables, from = 0): void {
    const { out } = this
    const known = this.stacks[row]
    if (known !== undefined) {
      out.long(from === 0 ? known : known.subarray(from))
      return
    }
    const { start, frame } = tables.stacks
    const pieces: Uint8Array[] = [TEXT.stack.bytes]
    let length = 0
    for (let i = start.a[row]; i < start.a[row + 1]; i++) {
      const text = this.frame(frame.a[i], tables)
      length += text.length
      if (length <= KEEP_LENGTH) pieces.push(text)
    }
    if (length <= KEEP_LENGTH) {
      const text = joined(pieces)
      this.keep(this.stacks, row, text)
      this.keep(this.twice, row, joined([TEXT.transition.bytes, text.subarray(1), text]))
      out.long(text.subarray(from))
      return
    }
    out.long(TEXT.stack.bytes.subarray(from))
    for (let i = start.a[row]; i < start.a[row + 1]; i++) out.long(this.frame(frame.a[i], tables))
  }

  private frame(row: number, tables: TraceTables): Uint8Array {
    const known = this.frames[row]
    if (known !== undefined) return known
    const { stacks, strings } = tables
    const text = encodeUtf8(
      `\t${strings.get(stacks.fn.a[row])} @ 0x${hexInt(stacks.pc[row])}\n` +
        `\t\t${strings.get(stacks.file.a[row])}:${stacks.line[row]}\n`,
    )
    this.keep(this.frames, row, text)
    return text
  }

  private keep<T extends { readonly length: number }>(texts: (T | undefined)[], at: number, text: T): void {
    this.kept += text.length
    if (this.kept > this.keepBytes) {
      this.quoted = []
      this.changes = []
      this.frames = []
      this.stacks = []
      this.twice = []
      this.kept = 0
      return
    }
    // Filled in order: a sparse array would turn into a dictionary.
    while (texts.length < at) texts.push(undefined)
    texts[at] = text
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}

/** Texts of ids, by their row in a table, in one piece of memory: there may be a million goroutines. */
class IdTexts {
  private readonly bytes = new GrowBytes(1024)
  private view = new DataView(this.bytes.a.buffer)
  /** Row -> start in `bytes`; one entry more than there are rows. */
  private readonly start = new GrowU32(256)
  private readonly prefix: Uint8Array
  private readonly none: Piece

  /** Each is `prefix` and the digits; `none` stands for row -1. */
  constructor(prefix: string, none: string) {
    this.prefix = encodeUtf8(prefix)
    this.none = piece(prefix + none)
    this.start.push(0)
  }

  put(out: ByteText, table: IdTable, row: number): void {
    if (row < 0) out.put(this.none)
    else {
      if (row + 1 >= this.start.length) this.fill(table)
      out.range(this.view, this.start.a[row], this.start.a[row + 1])
    }
  }

  private fill(table: IdTable): void {
    const { bytes, start, prefix } = this
    for (let row = start.length - 1; row < table.count; row++) {
      bytes.append(prefix)
      const digits = String(table.id(row))
      for (let i = 0; i < digits.length; i++) bytes.push(digits.charCodeAt(i))
      start.push(bytes.length)
    }
    // What `range` may read too much.
    bytes.reserve(3)
    this.view = new DataView(bytes.a.buffer)
  }
}
