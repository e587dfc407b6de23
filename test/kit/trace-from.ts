import { toInt } from '../../src/core/base/int64.ts'
import type { IdTable } from '../../src/core/model/id-table.ts'
import {
  type ClockSnapshot,
  EVENT,
  type EventBlock,
  type EventSink,
  eventBlock,
  SCOPE,
  STATE,
  type TraceTables,
  traceTables,
} from '../../src/core/model/trace.ts'

export interface WrittenTrace {
  readonly tables: TraceTables
  readonly events: number
  readonly lastTime: number
}

const NONE = (1n << 64n) - 1n

/**
 * Gives the events of a text like that of `-d=parsed` to sinks, as a reader would. For tests, lines may be
 * shorter: `M=`, `P=` and `G=` may be left out (-1), `Reason=""` too, and a stack may stand at the end of
 * the line, leaf first: `Stack=[work main:30]` (`name:line`; equal cells are the same pc, the file is the
 * name with `.go`), `TransitionStack=[]`. The first event's time is the trace's start.
 */
export function traceFrom(
  text: string,
  sinks: readonly EventSink[],
  o: { minor?: number; rows?: number } = {},
): WrittenTrace {
  const w = new Writer(sinks, o.minor ?? 26, o.rows ?? 64)
  const lines = text.split('\n').map((l) => (l.startsWith('\t') ? l : l.trim()))
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === '') continue
    const stacks: Record<string, string[][]> = {}
    const head = lines[i]!
    while (lines[i + 1] === 'Stack=' || lines[i + 1] === 'TransitionStack=') {
      const kind = lines[++i]!.slice(0, -1)
      const frames: string[][] = []
      while (lines[i + 1]?.startsWith('\t')) {
        const [, fn, pc] = /^\t(.*) @ 0x([0-9a-f]+)$/.exec(lines[++i]!)!
        const [, file, line] = /^\t\t(.*):(\d+)$/.exec(lines[++i]!)!
        frames.push([fn!, `0x${pc}`, file!, line!])
      }
      if (lines[i + 1] === '') i++
      stacks[kind] = frames
    }
    w.event(head, stacks)
  }
  w.flush()
  return { tables: w.tables, events: w.events, lastTime: w.lastTime }
}

class Writer {
  readonly tables: TraceTables
  events = 0
  lastTime = 0
  private readonly sinks: readonly EventSink[]
  private readonly b: EventBlock
  private readonly pcs = new Map<string, number>()

  constructor(sinks: readonly EventSink[], minor: number, rows: number) {
    this.sinks = sinks
    this.b = eventBlock(rows)
    this.tables = traceTables(minor, 0n)
  }

  flush(): void {
    if (this.b.length > 0) for (const sink of this.sinks) sink.block(this.b, this.tables)
    this.b.length = 0
    this.b.wide.clear()
  }

  event(line: string, stacks: Record<string, string[][]>): void {
    const { b, tables } = this
    const f = fields(line)
    if (b.length === b.kind.length) this.flush()
    const i = b.length++
    const time = BigInt(f.get('Time') ?? '0')
    if (this.events++ === 0) tables.start = time
    this.lastTime = b.time[i] = Number(time - tables.start)
    b.m[i] = rowOf(tables.threads, f.get('M'))
    b.p[i] = rowOf(tables.procs, f.get('P'))
    b.g[i] = rowOf(tables.goroutines, f.get('G'))
    b.stack[i] = Math.max(0, this.stackOf('Stack', f, stacks))
    b.extra[i] = -1
    b.res[i] = -1
    const kind = KIND.exec(line)?.[1]
    if (kind === undefined) throw new Error(`no kind of event in ${line}`)
    this.rest(i, kind, f, line, stacks)
  }

  private rest(
    i: number,
    kind: string,
    f: Map<string, string>,
    line: string,
    stacks: Record<string, string[][]>,
  ): void {
    const { b, tables } = this
    const string = (key: string): number => tables.strings.internBytes(...bytesOf(f.get(key) ?? ''))
    if (kind === 'StateTransition') {
      const [, from, to] = /(\w+)->(\w+)/.exec(line)!
      const proc = f.get('ProcID')
      b.kind[i] = proc === undefined ? EVENT.GoTransition : EVENT.ProcTransition
      b.res[i] = proc === undefined ? rowOf(tables.goroutines, f.get('GoID')) : rowOf(tables.procs, proc)
      b.from[i] = STATE[from as keyof typeof STATE]
      b.to[i] = STATE[to as keyof typeof STATE]
      b.name[i] = string('Reason')
      b.extra[i] = this.stackOf('TransitionStack', f, stacks)
      return
    }
    b.kind[i] = EVENT[kind as keyof typeof EVENT]
    if (kind === 'Sync') {
      b.x[i] = Number(f.get('N'))
      if (f.has('Mono')) b.extra[i] = tables.clocks.push(snapshot(f)) - 1
    } else if (kind === 'Metric') {
      b.name[i] = string('Name')
      this.value(i, 1, BigInt(/Uint64\((\d+)\)/.exec(line)![1]!))
    } else if (kind === 'Label') {
      b.name[i] = string('Label')
      b.res[i] = rowOf(tables.goroutines, /Resource=Goroutine\((-?\d+)\)/.exec(line)?.[1])
    } else if (kind.startsWith('Range')) {
      b.name[i] = string('Name')
      const [, scope, id] = /Scope=(\w+)(?:\((-?\d+)\))?/.exec(line)!
      b.from[i] = SCOPE[scope as keyof typeof SCOPE]
      if (scope !== 'None') b.res[i] = rowOf(scope === 'Proc' ? tables.procs : tables.goroutines, id)
      const bytes = [...line.matchAll(/"bytes \w+"=Value\{Uint64\((\d+)\)\}/g)]
      this.value(i, 1, BigInt(bytes[0]?.[1] ?? 0))
      this.value(i, 2, BigInt(bytes[1]?.[1] ?? 0))
    } else if (kind.startsWith('Task')) {
      b.res[i] = rowOf(tables.tasks, f.get('ID'))
      b.extra[i] = rowOf(tables.tasks, f.get('Parent'))
      b.name[i] = string('Type')
    } else if (kind.startsWith('Region')) {
      b.res[i] = rowOf(tables.tasks, f.get('Task'))
      b.name[i] = string('Type')
    } else if (kind === 'Log') {
      b.res[i] = rowOf(tables.tasks, f.get('Task'))
      b.name[i] = string('Category')
      b.extra[i] = string('Message')
    } else if (kind === 'Experimental') {
      b.name[i] = string('Name')
      const args = [...line.matchAll(/Uint64\((\d+)\)/g)]
      b.extra[i] = args.length
      for (const [k, arg] of args.entries()) this.value(i, k + 1, BigInt(arg[1]!))
    }
  }

  private value(i: number, column: number, v: bigint): void {
    const { b } = this
    const to = [b.time, b.x, b.y, b.z][column]!
    to[i] = Number(v)
    if (typeof toInt(v) === 'bigint') b.wide.set(i * 4 + column, v)
  }

  /** -1 if the event has no such stack. */
  private stackOf(kind: string, f: Map<string, string>, long: Record<string, string[][]>): number {
    const short = f.get(kind)
    const cells = short
      ?.slice(1, -1)
      .split(' ')
      .filter((cell) => cell !== '')
      .map((cell) => {
        const [name = '', line = '1'] = cell.split(':')
        if (!this.pcs.has(cell)) this.pcs.set(cell, 16 * (this.pcs.size + 1))
        return [name, `${this.pcs.get(cell)}`, `${name}.go`, line]
      })
    const frames = long[kind] ?? cells
    if (frames === undefined) return -1
    if (frames.length === 0 && kind === 'TransitionStack') return 0
    const { stacks, strings } = this.tables
    const rows = frames.map(([fn, pc, file, line]) =>
      stacks.internFrame(toInt(BigInt(pc!)), strings.intern(fn!), strings.intern(file!), Number(line)),
    )
    return stacks.internStack(rows, 0, rows.length)
  }
}

const KIND =
  /(?:^| )(StateTransition|Sync|Metric|Label|StackSample|Range\w+|Task(?:Begin|End)|Region\w+|Log|Experimental)(?: |$)/

/** `Key=value` of a line; values are quoted texts, `[…]` or words. */
function fields(line: string): Map<string, string> {
  const out = new Map<string, string>()
  for (const [, key, value] of line.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\S+)/g))
    if (!out.has(key!)) out.set(key!, value!)
  return out
}

function rowOf(table: IdTable, id: string | undefined): number {
  if (id === undefined || id === '-1' || BigInt(id) === NONE) return -1
  return table.internBig(BigInt(id))
}

/** The bytes of a text in Go's quotes, or of a bare word. */
function bytesOf(quoted: string): [Uint8Array, number, number] {
  const text = quoted.startsWith('"') ? quoted.slice(1, -1) : quoted
  const out: number[] = []
  const encoder = new TextEncoder()
  for (const [, code, plain] of text.matchAll(/\\(x..|u.{4}|U.{8}|.)|([^\\]+)/g)) {
    if (plain !== undefined) out.push(...encoder.encode(plain))
    else if (code![0] === 'x') out.push(Number.parseInt(code!.slice(1), 16))
    else if (/^[uU]./.test(code!))
      out.push(...encoder.encode(String.fromCodePoint(Number.parseInt(code!.slice(1), 16))))
    else out.push(...encoder.encode(SIMPLE[code!] ?? code!))
  }
  return [Uint8Array.from(out), 0, out.length]
}

const SIMPLE: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function snapshot(f: Map<string, string>): ClockSnapshot {
  const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(f.get('Wall')!)!
  return {
    trace: BigInt(f.get('Trace')!),
    mono: BigInt(f.get('Mono')!),
    wallSec: BigInt(Date.parse(`${seconds}Z`)) / 1000n,
    wallNsec: Number(fraction.padEnd(9, '0')),
  }
}
