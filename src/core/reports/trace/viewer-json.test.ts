import { describe, expect, test } from 'vitest'
import { HandmadeTrace } from '../../analysis/trace/handmade-events.ts'
import { type ViewerEntry, type ViewerSink, ViewerTee } from '../../analysis/trace/viewer/entry.ts'
import { wholeView } from '../../analysis/trace/viewer/selection.ts'
import { TraceView } from '../../analysis/trace/viewer/view.ts'
import { byteLength } from '../../base/utf8.ts'
import { entryMeter, ViewerJson } from './viewer-json.ts'

function example(): HandmadeTrace {
  const trace = new HandmadeTrace()
  trace.sync(0, 1)
  trace.metric(1, '/memory/classes/heap/objects:bytes', 123456)
  trace.proc(2, 0, 'Undetermined', 'Running', { m: 5 })
  trace.goroutine(4, 1, 'Undetermined', 'Running', { m: 5, p: 0, created: ['main.main'] })
  trace.log(1900, 0, 'é<b>', 'a "quoted" text', { m: 5, p: 0, g: 1, stack: ['main.log', 'main.main'] })
  trace.goroutine(12340, 1, 'Running', 'Syscall', { m: 5, p: 0, g: 1, stack: ['main.read', 'main.main'] })
  trace.goroutine(20000, 1, 'Syscall', 'Running', { m: 5, p: 0, g: 1 })
  trace.goroutine(1234567, 1, 'Running', 'Waiting', { m: 5, p: 0, g: 1, stack: ['main.main'] })
  trace.sync(2000000, 2)
  return trace
}

function json(start?: number, end?: number, more: readonly ViewerSink[] = []): string {
  let text = ''
  const sink = new ViewerJson(
    (part) => {
      text += part
    },
    start,
    end,
  )
  const view = new TraceView([{ selection: wholeView('proc'), sink: new ViewerTee([...more, sink]) }])
  example().feed([view])
  view.finish()
  sink.finish()
  return text
}

describe('viewer data as JSON', () => {
  test('times are microseconds, stacks a tree from the root', () => {
    const document = JSON.parse(json())
    expect(document.displayTimeUnit).toBe('ns')
    const run = document.traceEvents.find((e: { name: string }) => e.name === 'G1 main.main')
    expect(run).toMatchObject({ ph: 'X', ts: 0, dur: 1234.567, pid: 0, tid: 0 })
    const frame = document.stackFrames[run.esf]
    expect(frame).toEqual({ name: 'main.main:7' })
    const log = document.traceEvents.find((e: { cat?: string }) => e.cat === 'user event')
    expect(log.name).toBe('[é<b>] a "quoted" text')
    const leaf = document.stackFrames[log.sf]
    expect([leaf.name, document.stackFrames[leaf.parent].name]).toEqual(['main.log:7', 'main.main:7'])
  })

  test('arguments that are 0 are left out where the reference does so', () => {
    const document = JSON.parse(json())
    const start = document.traceEvents.find((e: { name: string }) => e.name === 'proc start')
    expect(start.args).toEqual({ thread: 5 })
    const heap = document.traceEvents.find((e: { name: string }) => e.name === 'Heap')
    expect(heap.args).toEqual({ Allocated: 123456, NextGC: 0 })
  })

  test('a range keeps all metadata and only the frames it needs', () => {
    const part = JSON.parse(json(0, 0))
    expect(part.traceEvents.filter((e: { ph: string }) => e.ph !== 'M')).toHaveLength(1)
    expect(part.traceEvents.length).toBeGreaterThan(10)
    expect(part.stackFrames).toEqual({})
  })

  test('the meter measures what is written', () => {
    const measure = entryMeter()
    const sizes: number[] = []
    const meter: ViewerSink = { begin: () => {}, entry: (e: ViewerEntry) => sizes.push(measure(e)) }
    const text = json(undefined, undefined, [meter])
    const entries = text.slice(text.indexOf('[') + 1, text.indexOf('], "stackFrames"')).split('\n,')
    expect(sizes).toEqual(entries.map((entry, i) => byteLength(entry) + (i < entries.length - 1 ? 1 : 0)))
  })

  test('markup in names cannot end a script', () => {
    expect(json()).toContain('\\u003cb\\u003e')
  })
})
