import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import type { Profile } from '../../model/profile.ts'
import { decodeLegacy, type LegacyOptions } from './legacy.ts'
import { sniffLegacy } from './legacy-headers.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))

/** A binary profile of 4- or 8-byte words. */
function words(
  size: 4 | 8,
  littleEndian: boolean,
  values: readonly (number | bigint)[],
  tail = '',
): Uint8Array {
  const view = new DataView(new ArrayBuffer(size * values.length))
  values.forEach((v, i) => {
    if (size === 4) view.setUint32(4 * i, Number(v), littleEndian)
    else view.setBigUint64(8 * i, BigInt(v), littleEndian)
  })
  return Uint8Array.from([...new Uint8Array(view.buffer), ...bytes(tail)])
}

const hex = (v: number | bigint): string => v.toString(16)

/** "values | addresses[mapping] | labels" per sample. */
function samplesOf(p: Profile): string[] {
  return Array.from({ length: p.samples.count }, (_, s) => {
    const stack = [...p.samples.frame.subarray(p.samples.stackStart[s], p.samples.stackEnd[s])]
    const frames = stack.map((row) => `${hex(p.locations.address.get(row))}[${p.locations.mapping[row]}]`)
    const set = p.samples.labelSet[s]
    const labels: string[] = []
    for (let l = p.labelSets.start[set]; l < p.labelSets.start[set + 1]; l++) {
      const text = p.strings.get(p.labelSets.str[l])
      labels.push(`${p.strings.get(p.labelSets.key[l])}=${text === '' ? p.labelSets.num.get(l) : text}`)
    }
    const values = p.samples.value.map((v) => v.get(s)).join(' ')
    return [values, frames.join(' '), ...labels].join(' | ')
  })
}

/** "address: inner file:line < outer file:line" per location. */
function linesOf(p: Profile): string[] {
  return Array.from({ length: p.locations.count }, (_, i) => {
    const lines: string[] = []
    for (let l = p.locations.lineStart[i + 1]; l < p.locations.lineEnd[i + 1]; l++) {
      const fn = p.lines.fn[l]
      const [name, file] = [p.functions.name[fn], p.functions.filename[fn]].map((id) => p.strings.get(id))
      lines.push(`${name} ${file}:${p.lines.line.get(l)}`)
    }
    return `${hex(p.locations.address.get(i + 1))}: ${lines.join(' < ')}`
  })
}

const mappingsOf = (p: Profile): string[] =>
  Array.from({ length: p.mappings.count }, (_, i) => {
    const m = i + 1
    const range = [p.mappings.start, p.mappings.limit, p.mappings.offset].map((c) => hex(c.get(m))).join('/')
    return `${range} ${p.strings.get(p.mappings.file[m])} ${p.strings.get(p.mappings.buildId[m])}`.trim()
  })

const typesOf = (p: Profile): string => p.sampleTypes.map((t) => `${t.type}/${t.unit}`).join(' ')

const decode = (text: string, options?: LegacyOptions): Profile => decodeLegacy(bytes(text), options)

function errorOf(input: Uint8Array | string): DecodeError {
  try {
    decodeLegacy(typeof input === 'string' ? bytes(input) : input)
  } catch (e) {
    if (e instanceof DecodeError) return e
    throw e
  }
  throw new Error('no error')
}

const MAP = '--- Memory map: ---\n  00400000-00500000: server\n  7f0000-7f8000: /lib/libc.so.6\n'

describe('binary CPU profiles', () => {
  // Period 10 ms; two different stacks, one of them twice; end marker.
  const header = [0, 3, 0, 10000, 0]
  const body = [2, 3, 0x401000, 0x402001, 0x7f0001, 3, 2, 0x401100, 0x403001, 0, 1, 0]

  test.each([
    [4, true],
    [4, false],
    [8, true],
    [8, false],
  ] as const)('words of %i bytes, little-endian %s', (size, little) => {
    const input = words(size, little, [...header, ...body], MAP)
    expect(sniffLegacy(input)).toBeGreaterThan(0.9)
    const p = decodeLegacy(input)
    expect(typesOf(p)).toBe('samples/count cpu/nanoseconds')
    expect([p.period, p.periodType]).toEqual([10_000_000, { type: 'cpu', unit: 'nanoseconds' }])
    expect(samplesOf(p)).toEqual([
      '2 20000000 | 401000[1] 402000[1] 7f0000[2]',
      '3 30000000 | 401100[1] 403000[1]',
    ])
    expect(mappingsOf(p)).toEqual(['400000/500000/0 server', '7f0000/7f8000/0 /lib/libc.so.6'])
    expect(p.dropFrames).toMatch(/^ProfileData::Add\|.*\|__restore$/)
  })

  test('numbers beyond 53 bits are exact and wrap as int64', () => {
    const p = decodeLegacy(
      words(8, true, [
        0,
        3,
        0,
        1,
        0,
        2n ** 62n + 1n,
        1,
        2n ** 64n - 1n,
        1,
        2,
        2n ** 63n,
        0,
        1,
        2,
        1,
        8,
        0,
        1,
        0,
      ]),
    )
    // 1000 * (2^62 + 1) mod 2^64 is 1000: 2^62 * 1000 is a multiple of 2^64.
    expect(samplesOf(p)).toEqual([
      `${2n ** 62n + 1n} 1000 | ffffffffffffffff[1]`,
      '1 1000 | 8000000000000000[1] ffffffffffffffff[1]',
      '1 1000 | 1[1] 7[1]',
    ])
  })

  test('a second frame that all samples share goes, twice at most, and one in 32 may differ', () => {
    const stack = (leaf: number, ...rest: number[]) => [1, rest.length + 1, leaf, ...rest]
    const many = Array.from({ length: 32 }, (_, i) =>
      stack(0x1000 + 16 * i, 0x9001, 0x9101, 0x9201, 0x9301),
    ).flat()
    const p = decodeLegacy(words(4, true, [...header, ...many, ...stack(0x5000, 0x6001), 0, 1, 0]))
    expect(samplesOf(p)[0]).toBe('1 10000000 | 1000[1] 9200[1] 9300[1]')
    expect(samplesOf(p)[32]).toBe('1 10000000 | 5000[1] 6000[1]')
    expect(p.locations.count).toBe(32 + 2 + 2)
    const fewer = decodeLegacy(
      words(4, true, [...header, ...many.slice(0, 7 * 30), ...stack(0x5000, 0x6001), 0, 1, 0]),
    )
    expect(samplesOf(fewer)[0]).toBe('1 10000000 | 1000[1] 9000[1] 9100[1] 9200[1] 9300[1]')
  })

  test('a leaf that is met again as its own caller is taken out', () => {
    const p = decodeLegacy(
      words(4, true, [...header, 1, 3, 0x1000, 0x1000, 0x2001, 1, 2, 0x3000, 0x4001, 0, 1, 0]),
    )
    expect(samplesOf(p)).toEqual(['1 10000000 | 1000[1] 2000[1]', '1 10000000 | 3000[1] 4000[1]'])
    // The reference keeps the location.
    expect(p.locations.count).toBe(5)
  })

  test('without an end marker the samples are read to the end', () => {
    expect(samplesOf(decodeLegacy(words(4, true, [...header, 7, 1, 0x1000])))).toEqual([
      '7 70000000 | 1000[1]',
    ])
    expect(decodeLegacy(words(8, false, header)).samples.count).toBe(0)
  })

  test('addresses missing from a stack of 8-byte words read as 0, as in the reference', () => {
    const p = decodeLegacy(words(8, true, [...header, 1, 2, 0x1000, 0x2001, 1, 3, 0x3000, 0x4001]))
    expect(samplesOf(p)[1]).toBe('1 10000000 | 3000[1] 4000[1] ffffffffffffffff[1]')
  })

  test('a stack that does not fit is an error that names the place', () => {
    const e = errorOf(words(4, true, [...header, 1, 1, 0x1000, 1, 99, 0x1000]))
    expect([e.format, e.offset]).toEqual(['pprof-legacy', 32])
    expect(e.message).toContain('a stack of 99 addresses')
    expect(errorOf(words(4, true, [...header, 1])).message).toContain('within a sample')
  })

  test('Java: names instead of a memory map, addresses go', () => {
    const names = [
      ' 0x1000 com.example.Main.run (Main.java:12)',
      ' 0x2000 native (/usr/lib/jvm/libjvm.so)',
      ' 0x3000 GC',
      ' 0x4000 Interpreter generated stub/JIT',
      ' 0x5000 com.example.Main.run (Other.java:-1)',
      ' 0x9999 unused (U.java:1)',
    ].join('\n')
    const input = [0, 3, 1, 10000, 0, 2, 6, 0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000, 0, 1, 0]
    const p = decodeLegacy(words(4, false, input, names))
    expect(linesOf(p)).toEqual([
      '0: com.example.Main.run Main.java:12',
      '0: native libjvm.so:0',
      '0: GC :0',
      '0: STUB :0',
      '0: com.example.Main.run Main.java:0',
      '0: ',
    ])
    expect([...p.locations.mapping]).toEqual([0, 0, 0, 0, 0, 0, 1])
    expect(p.functions.count).toBe(4)
  })
})

describe('heap profiles', () => {
  const heap = (kind: string, ...lines: string[]): Profile =>
    decode([`heap profile: 3: 30 [5: 50] @ ${kind}`, ...lines, ''].join('\n'))

  test('heap_v2: unsampled by the rate, negative numbers, the last value is the default', () => {
    const p = heap(
      'heap_v2/524288',
      '1: 1024 [2: 2048] @ 0x401001 0x402001',
      '-1: -524288 [3: 1572864] @ 0x401001',
      '0: 0 [1: 16] @',
      MAP,
    )
    expect(typesOf(p)).toBe('alloc_objects/count alloc_space/bytes inuse_objects/count inuse_space/bytes')
    expect([p.period, p.periodType]).toEqual([524288, { type: 'space', unit: 'bytes' }])
    expect(samplesOf(p)).toEqual([
      '1025 1049600 512 524800 | 401000[1] 402000[1] | bytes=1024',
      '4 2488234 -1 -829411 | 401000[1] | bytes=524288',
      '32768 524296 0 0 |  | bytes=16',
    ])
    expect(p.dropFrames).toMatch(/^calloc\|.*\|simple_alloc::allocate$/)
    expect(p.keepFrames).toMatch(/^runtime/)
  })

  test.each([
    ['heapz_v2/524288', 524288, '512 524800'],
    ['heap/1048576', 524288, '512 524800'],
    ['heap_v2', 0, '1 1024'],
    ['heap_v2/1', 1, '1 1024'],
    ['heapprofile', 1, '1 1024'],
    ['heapprofile/7', 1, '1 1024'],
    ['growth', 1, '1 1024'],
    ['growthz', 1, '1 1024'],
    ['fragmentation', 1, '1 1024'],
    ['fragmentationz', 1, '1 1024'],
  ])('%s: period %i', (kind, period, values) => {
    const p = decode(`heap profile: 3: 30 [3: 30] @ ${kind}\n1: 1024 [1: 1024] @ 0x1001\n`)
    expect(typesOf(p)).toBe('objects/count space/bytes')
    expect([p.period, samplesOf(p)]).toEqual([period, [`${values} | 1000[1] | bytes=1024`]])
  })

  test('a header of growth never has allocations, whatever its numbers', () => {
    expect(typesOf(heap('growthz', '1: 2 [3: 4] @ 0x1'))).toBe('objects/count space/bytes')
  })

  test('comments, blank lines, text around a sample and Windows line ends are tolerated', () => {
    const p = decode(
      'heap profile: 1: 2 [1: 2] @ heapprofile\r\n# 1: 1 [1: 1] @ 0x9\r\n\r\n \xc2\xa0 1: 2 [1: 2] @ 0x11 0x21\r\n' +
        'I0101 x.cc:1] 5:   6   [  7:8   ] @ 0x31 x 0x41 g 0x51\r\n\r\n# runtime.MemStats\r\n# Alloc = 1\r\n',
    )
    expect(samplesOf(p)).toEqual(['1 2 | 10[1] 20[1] | bytes=2', '5 6 | 30[1] 40[1] | bytes=1'])
  })

  test('numbers up to int64 are exact', () => {
    const max = '9223372036854775807'
    const p = heap('heapprofile', `${max}: ${max} [-0: 0] @ 0xffffffffffffffff 0x0`.replace('-0', '0'))
    expect(samplesOf(p)).toEqual([`0 0 ${max} ${max} | fffffffffffffffe[1] ffffffffffffffff[1] | bytes=1`])
  })

  test('lines longer than 64 KiB are read', () => {
    const p = heap('heapprofile', `1: 2 [3: 4] @${' 0x401001 0x402001'.repeat(20_000)}`, MAP)
    expect([p.samples.stackEnd[0], p.locations.count]).toEqual([40_000, 2])
  })

  test.each([
    ['1: 2 [3] @ 0x1', 'not a sample'],
    ['0: 5 [1: 1] @ 0x1', '5 bytes in 0 blocks'],
    ['9223372036854775808: 1 [1: 1] @ 0x1', 'more than 63 bits'],
    ['1: 1 [1: 99999999999999999999] @ 0x1', 'more than 63 bits'],
    ['1: 1 [1: 1] @ 0x10000000000000000', 'more than 64 bits'],
  ])('%s is an error', (line, message) => {
    const header = 'heap profile: 1: 2 [3: 4] @ heap/512\n1: 1 [1: 1] @ 0x1\n'
    const e = errorOf(`${header}${line}\n`)
    expect(e.message).toContain(message)
    expect(e.offset - header.length).toBe(message.includes('64 bits') ? 14 : 0)
  })

  test('Java heap: counts come second, unsampled by 512 KiB', () => {
    const p = decode(
      '--- heapz 1 ---\nformat = java\nresolution = bytes\n  7048 1 @ 0x03 0x4\n 010 02 @ 0x4\n\n 0x3 a.B.c (B.java:7)\n 0x4 d\n',
    )
    expect(typesOf(p)).toBe('inuse_objects/count inuse_space/bytes')
    // A leading 0 makes numbers octal.
    expect(samplesOf(p)).toEqual(['74 527819 | 0[0] 0[0] | bytes=7048', '262145 1048580 | 0[0] | bytes=4'])
    expect(linesOf(p)).toEqual(['0: a.B.c B.java:7', '0: d :0'])
    expect(p.dropFrames).toContain('tc_malloc')
  })
})

describe('contention profiles', () => {
  test('C++: cycles become nanoseconds, both values are scaled by the period', () => {
    const p = decode(
      '--- contentionz 1 ---\ncycles/second = 3201000000\nsampling period = 100\nms since reset = 16502830\n' +
        `discarded samples = 0\n  19490304       27 @ 0x401001 0x402001\n       768        1 @ 0x401001\n${MAP}`,
    )
    expect(typesOf(p)).toBe('contentions/count delay/nanoseconds')
    expect([p.period, p.durationNanos]).toEqual([100, 16502830000000])
    expect(samplesOf(p)).toEqual(['2700 608881724 | 401000[1] 402000[1]', '100 23992 | 401000[1]'])
    expect(p.dropFrames).toMatch(/^RecordLockProfileData\|.*~SpinLockHolder\.\*$/)
    expect(p.keepFrames).toBe('')
  })

  test('Go mutex and block profiles', () => {
    const mutex = decode(
      '--- mutex:\ncycles/second=2000000000\nsampling period=0x1_0\n100 3 @ 0x1001\n# x\n\n50 1 @\n',
    )
    expect(samplesOf(mutex)).toEqual(['48 800 | 1000[1]', '16 400 | '])
    const block = decode('--- contention:\ncycles/second=1000000000\n\n7 2 @ 0x1001\n')
    expect([block.period, samplesOf(block)]).toEqual([1, ['2 7 | 1000[1]']])
  })

  test('without cycles per second delays stay; a period below 1 scales nothing', () => {
    expect(samplesOf(decode('--- mutex:\nsampling period=10\n5 2 @ 0x1\n'))).toEqual(['20 5 | 0[0]'])
    expect(samplesOf(decode('--- mutex:\ncycles/second=5\nsampling period=-10\n5 2 @ 0x11\n'))).toEqual([
      '2 5 | 10[1]',
    ])
  })

  test('values wrap and convert as in Go', () => {
    const max = '9223372036854775807'
    const p = decode(`--- mutex:\ncycles/second=1\nsampling period=2\n${max} ${max} @ 0x11\n`)
    expect(samplesOf(p)).toEqual(['-2 -9223372036854775808 | 10[1]'])
  })

  test('numbers that run together: the last digit is the count', () => {
    expect(samplesOf(decode('--- mutex:\nat 123 @ 0x11\n'))).toEqual(['3 12 | 10[1]'])
  })

  test('Java: period 100, names', () => {
    const p = decode(
      '--- contentionz 1 ---\nformat = java\nresolution = microseconds\nsampling period = 100\nms since reset = 60\n' +
        ' 14 2 @ 0xd 0x3\n\n 0xd wait (a b) (Lock.java:44)\n',
    )
    expect(typesOf(p)).toBe('contentions/count delay/microseconds')
    expect([p.period, p.periodType.type, p.durationNanos]).toEqual([100, 'contentions', 60000000])
    expect(samplesOf(p)).toEqual(['200 1400 | 0[0] 0[1]'])
    expect(linesOf(p)).toEqual(['0: wait (a b) Lock.java:44', '0: '])
  })

  test.each([
    ['--- mutex:\nfoo = 1\n', 11, 'unknown attribute "foo"'],
    ['--- mutex:\ncycles/second = 1x\n', 27, 'not a 64-bit number'],
    ['--- mutex:\n1 2 @ 0x1\nabc\n', 21, 'not a sample'],
    ['--- contentionz 1 ---\nformat = cobol\n', 22, 'unknown format "cobol"'],
    ['--- contentionz 1 ---\nformat = java\n1 1 @ 0x1\n', 36, 'no "resolution"'],
  ])('%j is an error', (text, offset, message) => {
    const e = errorOf(text)
    expect([e.offset, e.message]).toEqual([offset, expect.stringContaining(message)])
  })
})

describe('thread profiles', () => {
  const thread = (n: number, ...lines: string[]) =>
    [`--- Thread 7f79${n} (name: worker/${n}) stack: ---`, ...lines, ''].join('\n')

  test('addresses over several lines, repeated stacks, only callers move back', () => {
    const p = decode(
      '--- threadz 1 ---\n\nsome text\n' +
        thread(1, '  PC: 0x00401000: helper(arg *)', '  0x0040be31: main', '   creator: 0x40a001 0x40b001') +
        thread(2, '  [same as previous thread]') +
        thread(3, '  PC: 0x401000 0x401000', '', '  0x402001') +
        thread(4) +
        MAP,
    )
    expect(typesOf(p)).toBe('thread/count')
    expect(samplesOf(p)).toEqual([
      '2 | 401000[1] 40be30[1] 40a000[1] 40b000[1]',
      // A thread without any stack counts like the one before it.
      '2 | 401000[1] 402000[1]',
    ])
    expect(p.dropFrames).toContain('__pthread_sighandler')
  })

  test('without the header of the profile, ended by threads that could not be traced', () => {
    const p = decode(`${thread(1, ' 0x401000')}---- no stack trace for thread 5\n${MAP}`)
    expect(samplesOf(p)).toEqual(['1 | 401000[1]'])
  })

  test('a map must follow', () => {
    expect(errorOf(`--- threadz 1 ---\n${thread(1, ' 0x401000')}`).message).toContain('without a memory map')
    const text = `--- threadz 1 ---\n${thread(1, ' 0x1')}--- other ---\n`
    const e = errorOf(text)
    expect([e.offset, e.message]).toEqual([
      text.indexOf('--- other'),
      expect.stringContaining('neither a thread nor'),
    ])
  })
})

describe('count profiles', () => {
  test('goroutines: return addresses move back, leading zeros are octal', () => {
    const p = decode(
      '# c\n\ngoroutine profile: total 9\n5 @ 0x47e84f 0x45fd53\n010 @ 0x0\n# x\n\n1 @ 0x47e84f\n--- end\n0 @\n',
    )
    expect(typesOf(p)).toBe('goroutine/count')
    expect([p.period, p.periodType]).toEqual([1, { type: 'goroutine', unit: 'count' }])
    expect(samplesOf(p)).toEqual(['5 | 47e84e[1] 45fd52[1]', '8 | ffffffffffffffff[1]', '1 | 47e84e[1]'])
    expect(mappingsOf(p)).toEqual(['0/ffffffffffffffff/0'])
  })

  test('names are bytes: any but white space', () => {
    expect(typesOf(decode('p\xc3\xa4\xff profile: total 1\n'))).toBe('pä\udcff/count')
  })

  test.each([
    'x',
    '1 @',
    '1 @ 0x',
    '1 @ 0x1 ',
    ' 1 @ 0x1',
    '1 @ 0xA',
    '08 @ 0x1',
    '1 @ 0x11111111111111111',
  ])('%j is no sample', (line) => {
    expect(errorOf(`goroutine profile: total 1\n1 @ 0x1\n${line}\n`).offset).toBeGreaterThanOrEqual(35)
  })
})

describe('names in comments of Go profiles', () => {
  const text = [
    'goroutine profile: total 4',
    '3 @ 0x401012 0x402023 0x402020 0x403031 0x409001',
    '# labels: {"handler":"\\"a\\" \\u00e4\\xff", "tenant":"b"}',
    '#\t0x402022\texample.com/a.inner+0x22\t\ta/a.go:10',
    '#\t0x40201f\texample.com/a.outer+0x1f\t\ta/a.go:20',
    '#\t0x403030\tmain.main+0x30\t\t\tmain dir/main.go:30',
    '',
    '1 @ 0x402023 0x402020 0x403031 0x403031 0x409001',
    '#\t0x402022\texample.com/a.inner+0x22\t\ta/a.go:10',
    '#\t0x40201f\texample.com/a.outer+0x1f\t\ta/a.go:20',
    '#\t0x403030\tmain.main+0x30\t\t\tmain dir/main.go:30',
    '#\t0x403030\tmain.main+0x30\t\t\tmain dir/main.go:30',
    '',
    '1 @ 0x0 0x0',
    '#\t0x0',
    '',
  ].join('\n')

  test('are not read unless asked for', () => {
    const p = decode(text)
    expect(samplesOf(p)[0]).toBe('3 | 401011[1] 402022[1] 40201f[1] 403030[1] 409000[1]')
    expect([p.functions.count, p.lines.count, [...p.mappings.has]]).toEqual([0, 0, [0, 0]])
  })

  test('give names and labels, take out what the writer hid, and join what was inlined', () => {
    const p = decode(text, { symbols: true })
    expect(samplesOf(p)).toEqual([
      '3 | 402022[1] 403030[1] | handler="a" ä\udcff | tenant=b',
      '1 | 402022[1] 403030[1] 403030[1]',
      '1 | ffffffffffffffff[1] ffffffffffffffff[1]',
    ])
    expect(linesOf(p)).toEqual([
      '402022: example.com/a.inner a/a.go:10 < example.com/a.outer a/a.go:20',
      '403030: main.main main dir/main.go:30',
      'ffffffffffffffff: ',
    ])
    expect([...p.mappings.has]).toEqual([0, 0])
    expect([...decode(text.slice(0, text.indexOf('1 @ 0x0')), { symbols: true }).mappings.has]).toEqual([
      0, 15,
    ])
  })

  test('several lines for one frame, by the same address or one that is in no stack', () => {
    const p = decode(
      'heap profile: 1: 1 [1: 2] @ heap/2\n1: 8 [1: 8] @ 0x401011 0x402021 0x402021\n' +
        '#\t0x401010\ta+0x10\ta.go:1\n#\t0x401010\tb+0x10\tb.go:2\n#\t0x40100c\tc+0xc\tc.go:3\n' +
        '#\t0x402020\td+0x20\td.go:4\n#\t0x402020\td+0x20\td.go:4\n',
      { symbols: true },
    )
    expect(linesOf(p)).toEqual(['401010: a a.go:1 < b b.go:2 < c c.go:3', '402020: d d.go:4'])
    expect(samplesOf(p)).toEqual(['1 8 1 8 | 401010[1] 402020[1] 402020[1] | bytes=8'])
  })

  test('recursion of an inlining function is not taken for inlining', () => {
    const frame = (address: string, name: string) =>
      `#\t0x${address}\t${name}+0x${address.slice(1)}\tx.go:1\n`
    const p = decode(
      '--- mutex:\ncycles/second=1000000000\n5 1 @ 0x4011 0x4010 0x4021 0x4020 0x5011\n' +
        frame('4010', 'in') +
        frame('400f', 'f') +
        frame('4020', 'in') +
        frame('401f', 'f') +
        frame('5010', 'main'),
      { symbols: true },
    )
    expect(linesOf(p)).toEqual([
      '4010: in x.go:1 < f x.go:1',
      '4020: in x.go:1 < f x.go:1',
      '5010: main x.go:1',
    ])
  })

  test('a stack that was cut off within inlined calls gets the callers that others show', () => {
    const p = decode(
      'goroutine profile: total 2\n1 @ 0x1011\n#\t0x1010\tin+0x10\tx.go:1\n\n' +
        '1 @ 0x1011 0x1010\n#\t0x1010\tin+0x10\tx.go:1\n#\t0x100f\tf+0xf\tx.go:9\n',
      { symbols: true },
    )
    expect(linesOf(p)).toEqual(['1010: in x.go:1 < f x.go:9'])
    expect(samplesOf(p)).toEqual(['1 | 1010[1]', '1 | 1010[1]'])
  })

  test('odd comments are just comments', () => {
    for (const comment of [
      '# labels: {"a":"b"',
      '# labels: {a}',
      '#',
      '#\t0xzz',
      '#\t0x10\tf',
      '#\t0x10\tf+0x\tg:',
      '# labels: {"a":"\\',
    ])
      expect(
        decode(`goroutine profile: total 1\n1 @ 0x11\n${comment}\n`, { symbols: true }).samples.count,
      ).toBe(1)
  })
})

describe('recognition', () => {
  test.each([
    'heap profile: 1: 2 [3: 4] @ heap/512\n',
    '--- contentionz 1 ---\n',
    '--- mutex:\ncycles/second=1\n',
    '--- contention:\n',
    '--- heapz 1 ---\nformat = java\n',
    '# a\n\ngoroutine profile: total 12\n',
    '\n--- threadz 1 ---\n',
    '--- Thread 1a (name: x/1) stack: ---\n',
  ])('%j', (text) => {
    expect(sniffLegacy(bytes(text))).toBeGreaterThan(0.8)
  })

  test.each([
    '',
    'heap profile: 1: 2 [3: 4] @ heapfoo/512\n',
    'goroutine 1 [running]:\nmain.main()\n',
    'main;a;b 12\n',
    '{"a": 1}',
    '\x0a\x04\x08\x01\x10\x02',
    '# only comments\n',
    '--- constructor ---\n',
    '\0\0\0\0\x04\0\0\0\0\0\0\0',
  ])('not %j', (text) => {
    expect(sniffLegacy(bytes(text))).toBe(0)
    expect(errorOf(text).offset).toBe(0)
  })

  test('looks at no more than the first 4 KiB', () => {
    expect(sniffLegacy(bytes(`${'#\n'.repeat(2048)}goroutine profile: total 1\n`))).toBe(0)
  })
})
