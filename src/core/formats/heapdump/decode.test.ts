import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import { type HeapDump, NO_OBJECT, ROOT } from '../../model/heap-dump.ts'
import { type DecodedHeapDump, HeapDumpDecoder, type HeapDumpOptions } from './decode.ts'
import { HandmadeDump, HEAP_START, to } from './handmade-dump.ts'
import { sniffHeapDump } from './sniff.ts'

function decode(bytes: Uint8Array, options: HeapDumpOptions = {}, piece = bytes.length): DecodedHeapDump {
  const decoder = new HeapDumpDecoder(options)
  for (let at = 0; at < bytes.length; at += piece) {
    // The reader may keep nothing of what it was given.
    const chunk = bytes.slice(at, at + piece)
    decoder.feed(chunk)
    chunk.fill(0xaa)
  }
  return decoder.done()
}

/** Two spans, a goroutine with a frame, globals, a finalizer, statistics. */
function sample(options: ConstructorParameters<typeof HandmadeDump>[0] = {}): HandmadeDump {
  return new HandmadeDump(options)
    .object(0x4000, [to(0x2000), 5])
    .object(0x4020, [to(0x4008), to(0x9999)])
    .bytes(0x2000, new Uint8Array(8).fill(65))
    .bytes(0x2010, new Uint8Array(8).fill(66))
    .goroutine(7)
    .frame('main.worker', [to(0x4020)], [0x2010])
    .segment('data', [1, to(0x4000)])
    .segment('bss', [0])
    .finalizer(0x2010)
    .memStats(48)
    .allocation(99, 16, [['main.make', 'main.go', 12]])
    .sample(0x4000, 99)
}

function rows(d: HeapDump): [number, number][] {
  return Array.from({ length: d.objects.count }, (_, k) => [d.objects.address(k), d.objects.size(k)])
}

describe('heap dumps', () => {
  test('are known by their first line', () => {
    expect(sniffHeapDump(sample().done())).toBe(1)
    expect(sniffHeapDump(new TextEncoder().encode('go1.26 heap profile\n'))).toBe(0)
  })

  test('objects, what they point to, roots and the rest', () => {
    const { dump, problems } = decode(sample().done())
    expect(problems).toEqual([])
    expect(dump.complete).toBe(true)
    expect(dump.params).toMatchObject({ heapStart: HEAP_START, arch: 'amd64', version: 'go1.21.3', cpus: 2 })
    expect(rows(dump)).toEqual([
      [0x4000, 16],
      [0x4020, 16],
      [0x2000, 8],
      [0x2010, 8],
    ])
    // A pointer into the middle of an object is one to it; one to nothing stays nothing.
    expect(Array.from(dump.target)).toEqual([2, 0, NO_OBJECT])
    expect(Array.from(dump.pointerStart)).toEqual([0, 1, 3, 3, 3])
    expect(Array.from(dump.roots.kind)).toEqual([ROOT.frame, ROOT.frameWord, ROOT.data, ROOT.finalized])
    expect(Array.from(dump.roots.target)).toEqual([1, 3, 0, 3])
    expect(dump.goroutines.id[0]).toBe(7)
    expect(dump.strings.get(dump.frames.fn[0])).toBe('main.worker')
    expect(dump.memStats.get('HeapAlloc')).toBe(48)
    expect(dump.memStats.get('NumGC')).toBe(7)
    expect(dump.allocations.ofObject.get(0)).toBe(0)
    expect(dump.strings.get(dump.allocations.fn[0])).toBe('main.make')
  })

  test('come out the same in pieces of any size', () => {
    const bytes = sample().done()
    const whole = decode(bytes)
    for (const piece of [1, 2, 3, 7, 64, 100]) {
      const { dump, problems } = decode(bytes, { expectedBytes: bytes.length, lengths: true }, piece)
      expect(problems).toEqual([])
      expect(rows(dump)).toEqual(rows(whole.dump))
      expect(dump.target).toEqual(whole.dump.target)
      expect(dump.roots).toEqual(whole.dump.roots)
    }
  })

  test('of 32 bits, and with the high byte first', () => {
    for (const options of [{ pointerSize: 4 }, { bigEndian: true }] as const) {
      const { dump, problems } = decode(sample(options).done())
      expect(problems).toEqual([])
      expect(Array.from(dump.target.subarray(0, 1))).toEqual([2])
      expect(dump.roots.count).toBe(4)
    }
  })

  test('of Go 1.4: interfaces as fields, the letter of the compiler for the architecture', () => {
    // Its parameters differ from those of the others.
    const out: number[] = [...new TextEncoder().encode('go1.4 heap dump\n'), 6, 0, 8]
    const varint = (n: number): void => {
      let v = n
      for (; v >= 128; v = Math.floor(v / 128)) out.push((v % 128) + 128)
      out.push(v)
    }
    varint(HEAP_START)
    varint(HEAP_START + 65536)
    out.push(0x36, 0, 4)
    // An object of an interface word and its data, which is the object itself.
    out.push(1)
    varint(HEAP_START + 64)
    out.push(16, 1, 2, 3, 4, 0, 0, 0, 0, 64, 0, 0, 0, 0xc0, 0, 0, 0, 2, 0, 0, 0)
    const { dump, problems } = decode(Uint8Array.from(out))
    expect(problems).toEqual([])
    expect(dump.params).toMatchObject({ format: '1.4', arch: 'amd64', version: '', cpus: 4 })
    expect(Array.from(dump.target)).toEqual([0])
  })

  test('the runs of spans that lie between one another are told apart', () => {
    const d = new HandmadeDump()
    // Multiples of 416 from one start, with a span of another size between.
    const first = 0x2000
    const far = first + 416 * 64
    d.bytes(first, new Uint8Array(416)).bytes(far, new Uint8Array(416)).bytes(0x6000, new Uint8Array(160))
    const { objects } = decode(d.done()).dump
    expect([0, 1, 2].map((k) => objects.find(objects.address(k)))).toEqual([0, 1, 2])
    expect(objects.find(0x6000 + 159)).toBe(2)
    expect(objects.find(0x6000 + 160)).toBe(NO_OBJECT)
    expect(objects.find(first - 1)).toBe(NO_OBJECT)
  })

  test('bookkeeping at the end of spans is not taken for objects', () => {
    const words = [to(0x2000), 1]
    const build = (version: string): number => {
      const d = new HandmadeDump({ version })
      // 16 bytes: the bitmap takes the last 128 bytes of 8192, mark bits 128 more.
      d.object(0x2000, words).object(0x2000 + 8192 - 272, words)
      d.object(0x2000 + 8192 - 144, words).object(0x2000 + 8192 - 16, words)
      return decode(d.done()).dump.objects.count
    }
    expect(build('go1.21.3')).toBe(4)
    expect(build('go1.22.12')).toBe(3)
    expect(build('go1.26.8')).toBe(2)
    expect(build('go1.26.8 X:nogreenteagc')).toBe(3)
  })

  test('how much of an object its strings use', () => {
    const d = new HandmadeDump().object(0x4000, [to(0x2000), 5]).bytes(0x2000, new Uint8Array(8).fill(65))
    expect(Array.from(decode(d.done(), { lengths: true }).dump.usedBytes ?? [])).toEqual([0, 5])
  })

  test('contents that are kept', () => {
    const { dump } = decode(sample().done(), { contents: true })
    const at = dump.contentStart[1]
    const bytes = dump.contents!.bytes(at)
    expect(Array.from(bytes.subarray(dump.contents!.offset(at), dump.contents!.offset(at) + 3))).toEqual([
      8, 0x40, 0,
    ])
  })
})

describe('damaged heap dumps', () => {
  test('cut at any byte give what was whole, and say so', () => {
    const bytes = sample().done()
    const whole = decode(bytes).dump
    for (let n = 0; n < bytes.length; n++) {
      const cut = bytes.subarray(0, n)
      if (n < 16) {
        expect(() => decode(cut)).toThrow(DecodeError)
        continue
      }
      const { dump, problems } = decode(cut, {}, 5)
      expect(dump.complete).toBe(false)
      expect(problems).toHaveLength(1)
      expect(problems[0].offset).toBeLessThanOrEqual(n)
      expect(problems[0].message).toMatch(/cut off/)
      expect(rows(dump)).toEqual(rows(whole).slice(0, dump.objects.count))
    }
  })

  test('with flipped bytes never throw anything else, nor hang', () => {
    const bytes = sample().done()
    let seed = 12345
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
      return (seed >>> 8) % n
    }
    for (let round = 0; round < 3000; round++) {
      const damaged = bytes.slice()
      for (let k = 0; k <= random(3); k++) damaged[random(bytes.length)] ^= 1 << random(8)
      try {
        const { dump } = decode(damaged, { contents: true, lengths: true })
        for (const target of dump.target)
          if (target !== NO_OBJECT) expect(target).toBeLessThan(dump.objects.count)
        for (const target of dump.roots.target) expect(target).toBeLessThan(dump.objects.count)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    }
  })

  test('with impossible sizes need no memory for them', () => {
    const d = new HandmadeDump().ints(1, HEAP_START, 2 ** 52)
    const { dump, problems } = decode(d.done())
    expect(dump.objects.count).toBe(0)
    expect(problems[0].message).toMatch(/cut off inside an object/)
  })

  test('name an unknown record with its offset', () => {
    const d = sample()
    const at = d.done().length - 1
    const { problems, dump } = decode(d.ints(77, 1, 2).done())
    expect(problems).toEqual([{ message: expect.stringContaining('unknown kind 77'), offset: at, count: 1 }])
    expect(dump.roots.count).toBe(4)
  })

  test('other files are refused', () => {
    expect(() => decode(new TextEncoder().encode('fatal error: all goroutines are asleep'))).toThrow(
      /not a heap dump/,
    )
    expect(() => decode(new TextEncoder().encode('go1.3 heap dump\n and more'))).toThrow(/Go 1.3/)
  })
})
