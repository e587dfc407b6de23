import { describe, expect, test } from 'vitest'
import { analyseHeap } from '../analysis/heap/analyse.ts'
import { HeapDumpDecoder } from '../formats/heapdump/decode.ts'
import { HandmadeDump, to } from '../formats/heapdump/handmade-dump.ts'
import { HprofEncoder } from '../formats/heapdump/hprof-encode.ts'
import { HeapDumpReader } from '../formats/heapdump/reader.ts'
import { heapDot } from './heap-dot.ts'
import { hprofSource } from './heap-hprof.ts'
import { buildHeapReport } from './heap-report.ts'

function sample(): HandmadeDump {
  const d = new HandmadeDump().object(0x2000, [to(0x4000), 0x1122334455]).object(0x2010, [to(0x2010), 1])
  d.bytes(0x4000, new TextEncoder().encode('some text content!'.padEnd(24)))
  // More words than an instance has fields.
  d.object(
    0x6000,
    Array.from({ length: 80 }, (_, k) => (k === 3 ? to(0x2000) : 0)),
  )
  d.goroutine(5).frame('main.go "quoted"\\', [to(0x2010)])
  return d.segment('data', [to(0x6000)]).segment('bss', [0])
}

function analysed(bytes: Uint8Array) {
  const decoder = new HeapDumpDecoder()
  decoder.feed(bytes)
  return analyseHeap(decoder.done().dump, undefined)
}

describe('the report', () => {
  test('rows add up to what is held', () => {
    const a = analysed(sample().done())
    const r = buildHeapReport(a, undefined, { limit: 0 })
    expect(r.tree.reduce((n, row) => n + row.retained, 0)).toBe(a.live.bytes)
    expect(r.types.reduce((n, row) => n + row.bytes, 0)).toBe(a.live.bytes)
    expect(r.tree[0].place.name).toBe('data+0x0')
    expect(r.tree[0].inside.map((i) => i.retained)).toEqual([680])
    expect(r.notes.join('\n')).toMatch(/carry no types/)
  })
})

describe('the picture', () => {
  test('is bounded, and names cannot break out of their strings', () => {
    const d = new HandmadeDump()
    for (let k = 0; k < 500; k++) d.object(0x2000 + 16 * k, [to(0x2000 + 16 * k), 0])
    d.goroutine(1).frame('main."x\\\n', [to(0x2000)])
    d.segment(
      'data',
      Array.from({ length: 499 }, (_, k) => to(0x2010 + 16 * k)),
    ).segment('bss', [0])
    const dot = heapDot(analysed(d.done()), { title: 'a "title"', boxes: 20 })
    expect(dot.split('\n').filter((l) => / \[label=/.test(l)).length).toBeLessThanOrEqual(20)
    expect(dot).toContain('others')
    for (const line of dot.split('\n')) expect(line.replace(/\\./g, '').split('"').length % 2).toBe(1)
  })

  test('a list is one box', () => {
    const d = new HandmadeDump()
    for (let k = 0; k < 1000; k++) d.object(0x2000 + 16 * k, [k < 999 ? to(0x2010 + 16 * k) : to(0x2000), 0])
    d.segment('data', [to(0x2000)]).segment('bss', [0])
    const dot = heapDot(analysed(d.done()), { title: 'list', boxes: 60 })
    expect(dot).toMatch(/999 × 16 B P\.\\none behind the other/)
  })
})

/** What an HPROF file says, read by the letter of its description. */
function readHprof(b: Uint8Array) {
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength)
  let at = 19
  const step = (n: number): number => {
    at += n
    return at - n
  }
  const u1 = (): number => view.getUint8(step(1))
  const u2 = (): number => view.getUint16(step(2))
  const u4 = (): number => view.getUint32(step(4))
  const id = (): number => Number(view.getBigUint64(step(8)))
  const strings = new Map<number, string>()
  const className = new Map<number, string>()
  const classes = new Map<
    number,
    { size: number; fields: [string, number][]; statics: Map<string, number> }
  >()
  const objects = new Map<number, { kind: string; class: string; data: Uint8Array }>()
  const roots: [number, number][] = []
  let ended = false
  const sizes: Readonly<Record<number, number>> = { 2: 8, 8: 1, 10: 4, 11: 8 }
  expect(new TextDecoder().decode(b.subarray(0, 19))).toBe('JAVA PROFILE 1.0.2\0')
  expect(u4()).toBe(8)
  at += 8
  while (at < b.length) {
    const tag = u1()
    u4()
    const end = u4() + at
    if (tag === 1) strings.set(id(), new TextDecoder().decode(b.subarray(at, end)))
    else if (tag === 2) {
      u4()
      const c = id()
      u4()
      className.set(c, strings.get(id())!)
    } else if (tag === 0x1c) {
      while (at < end) {
        const sub = u1()
        if (sub === 0x20) {
          const c = id()
          u4()
          at += 48
          const size = u4()
          expect(u2()).toBe(0)
          const statics = new Map<string, number>()
          for (let n = u2(); n > 0; n--) {
            const name = strings.get(id())!
            expect(u1()).toBe(2)
            statics.set(name, id())
          }
          const fields: [string, number][] = []
          for (let n = u2(); n > 0; n--) fields.push([strings.get(id())!, u1()])
          expect(fields.reduce((n, [, t]) => n + sizes[t], 0)).toBe(size)
          classes.set(c, { size, fields, statics })
        } else if (sub === 0x21) {
          const o = id()
          u4()
          const c = id()
          const n = u4()
          expect(n).toBe(classes.get(c)!.size)
          objects.set(o, { kind: 'instance', class: className.get(c)!, data: b.slice(at, at + n) })
          at += n
        } else if (sub === 0x22) {
          const o = id()
          u4()
          const n = u4()
          const c = id()
          objects.set(o, { kind: 'array', class: className.get(c)!, data: b.slice(at, at + 8 * n) })
          at += 8 * n
        } else if (sub === 0x23) {
          const o = id()
          u4()
          const n = u4()
          expect(u1()).toBe(8)
          objects.set(o, { kind: 'bytes', class: '', data: b.slice(at, at + n) })
          at += n
        } else if (sub === 0xff || sub === 5) roots.push([sub, id()])
        else if (sub === 3 || sub === 8) {
          roots.push([sub, id()])
          at += 8
        } else throw new Error(`sub-record ${sub}`)
      }
      expect(at).toBe(end)
    } else if (tag === 0x2c) ended = true
    else expect([4, 5]).toContain(tag)
    at = end
  }
  expect(ended).toBe(true)
  return { objects, roots, classes, className }
}

describe('HPROF', () => {
  function encode(bytes: Uint8Array) {
    const a = analysed(bytes)
    const pieces: Uint8Array[] = []
    const encoder = new HprofEncoder(hprofSource(a), (p) => pieces.push(p))
    encoder.begin(1000)
    let object = 0
    const reader = new HeapDumpReader({ object: (m) => encoder.object(object++, m) })
    reader.feed(bytes)
    encoder.end()
    const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
    let at = 0
    for (const p of pieces) {
      out.set(p, at)
      at += p.length
    }
    return readHprof(out)
  }

  test('has every object at its address, with its pointers and bytes', () => {
    const { objects, roots, classes, className } = encode(sample().done())
    const heap = 0xc000000000
    const view = (o: number): DataView => new DataView(objects.get(heap + o)!.data.buffer)
    expect(objects.get(heap + 0x2000)).toMatchObject({ kind: 'instance', class: '16\u202fB P.' })
    expect([view(0x2000).getBigUint64(0), view(0x2000).getBigUint64(8)]).toEqual([
      BigInt(heap + 0x4000),
      0x1122334455n,
    ])
    expect(new TextDecoder().decode(objects.get(heap + 0x4000)!.data)).toBe('some text content!      ')
    expect(objects.get(heap + 0x6000)).toMatchObject({ kind: 'array' })
    expect(view(0x6000).getBigUint64(24)).toBe(BigInt(heap + 0x2000))
    expect(roots.filter(([kind]) => kind === 3)).toEqual([[3, heap + 0x2010]])
    expect(roots.filter(([kind]) => kind === 8)).toHaveLength(1)
    const statics = [...classes].find(([c]) => className.get(c) === 'go.data')![1].statics
    expect([...statics]).toEqual([['+0x0', heap + 0x6000]])
  })

  test('objects larger than a segment', () => {
    const big = new Uint8Array(3 << 20).map((_, k) => k * 7)
    const d = new HandmadeDump().bytes(0x2000, big).bytes(0x400000, new Uint8Array(16))
    const { objects } = encode(d.segment('data', []).segment('bss', []).done())
    // Not toEqual, which takes a minute for so many bytes.
    expect(objects.get(0xc000002000)!.data.every((b, k) => b === big[k])).toBe(true)
    expect(objects.get(0xc000002000)!.data.length).toBe(big.length)
    expect(objects.size).toBe(2)
  })
})
