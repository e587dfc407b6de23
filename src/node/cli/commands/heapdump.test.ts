import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { commandFolder } from '../../../../test/kit/command-folder.ts'
import { analyseHeap } from '../../../core/analysis/heap/analyse.ts'
import { compareHeaps, summarizeHeap } from '../../../core/analysis/heap/compare.ts'
import { cellWidth } from '../../../core/base/people-fmt.ts'
import { HeapDumpDecoder } from '../../../core/formats/heapdump/decode.ts'
import { HandmadeDump, to } from '../../../core/formats/heapdump/handmade-dump.ts'
import { buildHeapReport } from '../../../core/reports/heap-report.ts'
import { run } from './heapdump.ts'
import { heapJson } from './heapdump-json.ts'
import { comparisonLines, heapLines } from './heapdump-lines.ts'

const here = commandFolder()
const { at } = here

function sample(extra = 0): Uint8Array {
  const d = new HandmadeDump().object(0x2000, [to(0x4000), to(0x4020)])
  for (let k = 0; k < 2 + extra; k++) d.bytes(0x4000 + 32 * k, new Uint8Array(32).fill(97))
  d.goroutine(7, 'select').frame('main.a\u202ename\x1b[31m', [to(0x4020 + 32 * extra)])
  return d
    .segment('data', [to(0x2000)])
    .segment('bss', [0])
    .finalizer(0x2000)
    .memStats(80)
    .done()
}

function analysed(bytes: Uint8Array) {
  const decoder = new HeapDumpDecoder()
  decoder.feed(bytes)
  return analyseHeap(decoder.done().dump, undefined)
}

describe('goscope heapdump', () => {
  test('writes pictures and HPROF files whole, also from packed dumps', async () => {
    writeFileSync(at('h.bin.gz'), gzipSync(sample()))
    expect(await run(['--dot', '-o', at('h.dot'), at('h.bin.gz')])).toBe(0)
    expect(readFileSync(at('h.dot'), 'utf8')).toMatch(/^digraph /)
    expect(await run(['--hprof', '-o', at('h.hprof'), at('h.bin.gz')])).toBe(0)
    expect(readFileSync(at('h.hprof')).subarray(0, 18).toString()).toBe('JAVA PROFILE 1.0.2')
    expect(readdirSync(here.path).sort()).toEqual(['h.bin.gz', 'h.dot', 'h.hprof'])
    expect(here.stderr).toBe('')
  })

  test('leaves no file behind when the dump is none', async () => {
    writeFileSync(at('x'), 'nothing of the kind')
    await expect(run(['--hprof', '-o', at('y'), at('x')])).rejects.toThrow(/x: not a heap dump/)
    expect(existsSync(at('y'))).toBe(false)
  })

  test('says what a file is that is no dump', async () => {
    const crash = 'runtime: unexpected G.status 0xa\nfatal error: dumpgs in STW - bad status\n'
    writeFileSync(at('crash.log'), crash)
    await expect(run([at('crash.log')])).rejects.toThrow(
      /crash of one.*0xa \(leaked: a goroutineleak profile/s,
    )
    writeFileSync(at('panic.log'), 'panic: oh\n\ngoroutine 1 [running]:\nmain.main()\n')
    await expect(run([at('panic.log')])).rejects.toThrow(/goscope goroutines reads it/)
    await expect(run([at('missing')])).rejects.toThrow(/missing: no such file/)
    await expect(run([])).rejects.toThrow(/no FILE given/)
    await expect(run(['--dot', '--hprof', at('x')])).rejects.toThrow(/exclude each other/)
    await expect(run(['a', 'b', 'c'])).rejects.toThrow(/at most two/)
  })

  test('a cut-off dump gives what is there, and the offset of the end', async () => {
    const bytes = sample()
    writeFileSync(at('cut'), bytes.subarray(0, bytes.length - 400))
    expect(await run(['--dot', '-o', at('cut.dot'), at('cut')])).toBe(0)
    expect(here.stderr).toMatch(/cut: the dump is cut off inside .* at byte \d+\n/)
  })
})

describe('lines for people', () => {
  const style = (width: number) => ({ color: false, bars: width < 200, unicode: true, width })

  test('are never wider than the terminal, and names are shown, not obeyed', () => {
    const a = analysed(sample())
    const r = buildHeapReport(a, undefined, { limit: 0 })
    for (const width of [40, 60, 80, 120]) {
      for (const line of heapLines(style(width), 'h.bin', a, r, 0)) {
        expect(cellWidth(line), line).toBeLessThanOrEqual(width)
        expect(['\x1b', '\u202e'].some((c) => line.includes(c))).toBe(false)
      }
    }
    const text = heapLines(style(300), 'h.bin', a, r, 0).join('\n')
    expect(text).toMatch(/data\+0x0 {2}global variable/)
    expect(text).toMatch(/MemStats\.HeapAlloc, byte for byte/)
  })

  test('of two dumps', () => {
    const c = compareHeaps(summarizeHeap(analysed(sample())), summarizeHeap(analysed(sample(3))))
    const text = comparisonLines(style(200), 'a', 'b', c, 0).join('\n')
    expect(text).toMatch(/held 80\u202fB to 112\u202fB \(\+32\u202fB\)/)
  })

  test('JSON holds no halves of characters and no columns', () => {
    const a = analysed(sample())
    const doc = heapJson('h', a, buildHeapReport(a, undefined, { limit: 5 }), [])
    expect(doc).toMatchObject({
      schema: 'goscope.heapdump/1',
      complete: true,
      reachable: { objects: 3, bytes: 80 },
    })
    expect(JSON.parse(JSON.stringify(doc))).toEqual(doc)
  })
})
