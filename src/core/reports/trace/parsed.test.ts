import { describe, expect, test } from 'vitest'
import { utc } from '../../base/go-time.ts'
import { Strings } from '../../base/strings.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { IdTable } from '../../model/id-table.ts'
import {
  EVENT,
  type EventBlock,
  eventBlock,
  NAME,
  NAMES,
  SCOPE,
  STATE,
  type TraceTables,
} from '../../model/trace.ts'
import { TraceStacks } from '../../model/trace-stacks.ts'
import { ParsedText } from './parsed.ts'

function newTables(start: bigint): TraceTables {
  const strings = new Strings()
  for (const name of NAMES) strings.intern(name)
  const ids = (...known: (number | bigint)[]): IdTable => {
    const table = new IdTable()
    for (const id of known) table.intern(id)
    return table
  }
  return {
    minor: 26,
    start,
    strings,
    threads: ids(3_000_000_001, 7),
    procs: ids(0, 12),
    goroutines: ids(1, 17, -9_223_372_036_854_775_808n),
    tasks: ids(0, 5, 2n ** 63n),
    stacks: new TraceStacks(),
    clocks: [],
  }
}

/** A block of one event at 1 ns; what is not given is "none". */
function oneEvent(kind: number, given: Partial<Record<string, number>> = {}): EventBlock {
  const block = eventBlock(1)
  block.length = 1
  block.kind[0] = kind
  block.time[0] = 1
  for (const column of [block.m, block.p, block.g, block.res, block.extra]) column[0] = -1
  for (const [name, value] of Object.entries(given))
    (block as never as Record<string, number[]>)[name]![0] = value!
  return block
}

function textOf(blocks: readonly EventBlock[], tables: TraceTables, zone = utc, keep?: number): string {
  const pieces: Uint8Array[] = []
  const text = new ParsedText((piece) => pieces.push(piece.slice()), zone, keep)
  for (const block of blocks) text.block(block, tables)
  text.finish()
  return pieces.map(decodeUtf8).join('')
}

/** The text of an event behind its time. */
const fields = (block: EventBlock, tables = newTables(0n)): string =>
  textOf([block], tables).replace(/^M=-1 P=-1 G=-1 (\w+) Time=1/, '$1')

describe('fields', () => {
  test('context and time', () => {
    const block = oneEvent(EVENT.Label, { m: 0, p: 1, g: 2, res: 1, name: 0, time: 1e9 })
    expect(textOf([block], newTables(5_999_999_999n))).toBe(
      'M=3000000001 P=12 G=-9223372036854775808 Label Time=6999999999 Label="" Resource=Goroutine(17)\n',
    )
  })

  test.each([
    [0n, 0, '0'],
    [-1n, 0, '-1'],
    [-1n, 1, '0'],
    [-1n, 12_345_678_901, '12345678900'],
    [999_999_999n, 1, '1000000000'],
    [2n ** 63n - 1000n, 999, '9223372036854775807'],
    [10n ** 18n + 7n, 1_999_999_993, '1000000002000000000'],
  ])('time %d + %d', (start, time, shown) => {
    expect(textOf([oneEvent(EVENT.StackSample, { time })], newTables(start))).toContain(` Time=${shown}\n`)
  })

  test('a time that no double holds', () => {
    const block = oneEvent(EVENT.StackSample)
    block.wide.set(0, 2n ** 60n + 1n)
    expect(textOf([block], newTables(5n))).toContain(` Time=${2n ** 60n + 6n}\n`)
  })

  test('metrics', () => {
    const metric = oneEvent(EVENT.Metric, { name: NAME.heapGoal, x: 4_194_304 })
    expect(fields(metric)).toBe('Metric Name="/gc/heap/goal:bytes" Value=Value{Uint64(4194304)}\n')
    metric.wide.set(1, 2n ** 64n - 1n)
    expect(fields(metric)).toContain('Uint64(18446744073709551615)')
  })

  test('ranges', () => {
    const gc = { name: NAME.gcMark, from: SCOPE.None }
    expect(fields(oneEvent(EVENT.RangeActive, gc))).toBe(
      'RangeActive Name="GC concurrent mark phase" Scope=None\n',
    )
    expect(fields(oneEvent(EVENT.RangeEnd, gc))).toContain('Scope=None Attributes=[]\n')
    const assist = { name: NAME.gcMarkAssist, from: SCOPE.Goroutine, res: 1 }
    expect(fields(oneEvent(EVENT.RangeBegin, assist))).toContain('Scope=Goroutine(17)\n')
    expect(fields(oneEvent(EVENT.RangeBegin, { ...assist, res: -1 }))).toContain('Scope=Goroutine(-1)\n')
    const sweep = { name: NAME.gcSweep, from: SCOPE.Proc, res: 1, x: 8192, y: 0 }
    expect(fields(oneEvent(EVENT.RangeBegin, sweep))).toContain('Scope=Proc(12)\n')
    expect(fields(oneEvent(EVENT.RangeEnd, sweep))).toContain(
      ' Attributes=["bytes swept"=Value{Uint64(8192)} "bytes reclaimed"=Value{Uint64(0)}]\n',
    )
  })

  test('tasks, regions and logs quote what people wrote', () => {
    const tables = newTables(0n)
    const name = tables.strings.intern('a "b"\t\u00e9')
    const extra = tables.strings.internBytes(Uint8Array.of(0xff, 10), 0, 2)
    expect(fields(oneEvent(EVENT.TaskBegin, { res: 1, extra: -1, name }), tables)).toBe(
      'TaskBegin ID=5 Parent=18446744073709551615 Type="a \\"b\\"\\t\u00e9"\n',
    )
    expect(fields(oneEvent(EVENT.TaskEnd, { res: 2, extra: 0, name: 0 }), tables)).toBe(
      'TaskEnd ID=9223372036854775808 Parent=0 Type=""\n',
    )
    expect(fields(oneEvent(EVENT.RegionBegin, { res: 0, name: 0 }), tables)).toBe(
      'RegionBegin Task=0 Type=""\n',
    )
    expect(fields(oneEvent(EVENT.Log, { res: 1, name: 0, extra }), tables)).toBe(
      'Log Task=5 Category="" Message="\\xff\\n"\n',
    )
  })

  test('transitions', () => {
    const tables = newTables(0n)
    const go = { res: 1, from: STATE.Running, to: STATE.Waiting, name: NAME.network }
    expect(fields(oneEvent(EVENT.GoTransition, go), tables)).toBe(
      'StateTransition GoID=17 Running->Waiting Reason="network"\n',
    )
    const proc = { res: 1, from: STATE.Undetermined, to: STATE.Idle }
    expect(fields(oneEvent(EVENT.ProcTransition, proc), tables)).toBe(
      'StateTransition ProcID=12 Undetermined->Idle Reason=""\n',
    )
  })

  test('experimental events name their arguments', () => {
    const tables = newTables(0n)
    const name = tables.strings.intern('SpanAlloc')
    const block = oneEvent(EVENT.Experimental, { name, from: 129, extra: 3, x: 1, y: 2, z: 3 })
    block.wide.set(2, 2n ** 60n)
    expect(fields(block, tables)).toBe(
      `Experimental Name=SpanAlloc Args=[id=Value{Uint64(1)}, npages_value=Value{Uint64(${2n ** 60n})}, kindclass=Value{Uint64(3)}]\n`,
    )
  })

  test('Syncs, with a clock or without', () => {
    const tables = newTables(0n)
    tables.clocks.push({ trace: 2n ** 60n, mono: 7n, wallSec: 1_700_000_000n, wallNsec: 120_000_000 })
    expect(fields(oneEvent(EVENT.Sync, { x: 3 }), tables)).toBe('Sync N=3\n')
    const withClock = oneEvent(EVENT.Sync, { x: 3, extra: 0 })
    expect(fields(withClock, tables)).toBe(
      `Sync N=3 Trace=${2n ** 60n} Mono=7 Wall=2023-11-14T22:13:20.12Z\n`,
    )
    const zone = (): { offset: number; name: string } => ({ offset: -12_600, name: 'NST' })
    expect(textOf([withClock], tables, zone)).toContain('Wall=2023-11-14T18:43:20.12-03:30\n')
  })
})

describe('stacks', () => {
  const tables = newTables(0n)
  const { strings, stacks } = tables
  const file = strings.intern('/a/f.go')
  const leaf = stacks.internFrame(0xabc, strings.intern('main.f'), file, 12)
  const root = stacks.internFrame(2n ** 64n - 1n, strings.intern('main.g'), file, 0)
  const stack = stacks.internStack([leaf, root], 0, 2)
  const empty = stacks.internStack([], 0, 0)
  const frames = '\tmain.f @ 0xabc\n\t\t/a/f.go:12\n\tmain.g @ 0xffffffffffffffff\n\t\t/a/f.go:0\n'
  const go = { res: 0, from: STATE.Running, to: STATE.Waiting, name: 0 }
  const line = 'StateTransition GoID=1 Running->Waiting Reason=""\n'

  test('the own one of a transition comes first', () => {
    expect(fields(oneEvent(EVENT.GoTransition, { ...go, stack, extra: stack }), tables)).toBe(
      `${line}TransitionStack=\n${frames}\nStack=\n${frames}\n`,
    )
  })

  test('without frames', () => {
    expect(fields(oneEvent(EVENT.GoTransition, { ...go, extra: 0 }), tables)).toBe(
      `${line}TransitionStack=\n\n`,
    )
    expect(fields(oneEvent(EVENT.GoTransition, { ...go, stack: empty }), tables)).toBe(`${line}Stack=\n\n`)
  })

  test('samples print even none', () => {
    expect(fields(oneEvent(EVENT.StackSample), tables)).toBe('StackSample\nStack=\n\n')
    expect(fields(oneEvent(EVENT.StackSample, { stack }), tables)).toBe(`StackSample\nStack=\n${frames}\n`)
  })
})

describe('long texts', () => {
  test('a text larger than the buffer', () => {
    const tables = newTables(0n)
    const long = 'x'.repeat(300_000)
    const name = tables.strings.intern(long)
    const blocks = [0, name, 0, name].map((n) => oneEvent(EVENT.RegionBegin, { res: 0, name: n }))
    const start = 'M=-1 P=-1 G=-1 RegionBegin Time=1 Task=0 Type='
    expect(textOf(blocks, tables)).toBe(`${start}""\n${start}"${long}"\n`.repeat(2))
  })

  test('many lines pass through the buffer unharmed', () => {
    const tables = newTables(0n)
    const stack = tables.stacks.internStack(
      [tables.stacks.internFrame(1, NAME.network, NAME.forever, 2)],
      0,
      1,
    )
    const one = oneEvent(EVENT.StackSample, { stack })
    const text = textOf([one], tables)
    const all = textOf(new Array(20_000).fill(one), tables)
    expect(all).toBe(text.repeat(20_000))
  })

  test('texts that were forgotten are made anew', () => {
    const tables = newTables(0n)
    const frame = tables.stacks.internFrame(1, NAME.network, NAME.forever, 2)
    const blocks = Array.from({ length: 300 }, (_, i) => {
      const name = tables.strings.intern(`reason ${i % 50}`)
      const stack = tables.stacks.internStack(new Array(i % 60).fill(frame), 0, i % 60)
      const states = { from: STATE.Running, to: STATE.Waiting }
      return oneEvent(EVENT.GoTransition, { res: 0, ...states, name, stack, extra: i % 2 === 0 ? stack : -1 })
    })
    expect(textOf(blocks, tables, utc, 500)).toBe(textOf(blocks, tables))
  })

  test('stacks too long to keep', () => {
    const tables = newTables(0n)
    const name = tables.strings.intern('f'.repeat(50_000))
    const frame = tables.stacks.internFrame(1, name, name, 2)
    const stack = tables.stacks.internStack([frame, frame, frame], 0, 3)
    const go = { res: 0, from: STATE.Running, to: STATE.Waiting, name: 0, stack, extra: stack }
    const f = tables.strings.get(name)
    const frames = `\t${f} @ 0x1\n\t\t${f}:2\n`.repeat(3)
    expect(fields(oneEvent(EVENT.GoTransition, go), tables)).toBe(
      `StateTransition GoID=1 Running->Waiting Reason=""\nTransitionStack=\n${frames}\nStack=\n${frames}\n`,
    )
  })
})
