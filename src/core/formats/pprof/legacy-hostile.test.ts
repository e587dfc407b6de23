import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import type { Profile } from '../../model/profile.ts'
import { decodeLegacy } from './legacy.ts'
import { sniffLegacy } from './legacy-headers.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))

const MAP =
  '--- Memory map: ---\nv=/x\n 00400000-00500000 r-xp 00001000 08:01 1 $v/a (deleted)\n 0x700000-0x800000 b.so (@f0) ab1\n'
const NAMES = '\n 0x3 com.example.A.b (A.java:3)\n 0x4 c (/lib/d.so)\n 0x5 GC\n'

function cpu(size: 4 | 8, little: boolean, kind: 0 | 1, tail: string): Uint8Array {
  const values = [0, 3, kind, 10000, 0, 5, 3, 0x401000, 0x402001, 3, 2, 2, 4, 0x703001, 1, 1, 5, 0, 1, 0]
  const view = new DataView(new ArrayBuffer(size * values.length))
  values.forEach((v, i) => {
    if (size === 4) view.setUint32(4 * i, v, little)
    else view.setBigUint64(8 * i, BigInt(v), little)
  })
  return Uint8Array.from([...new Uint8Array(view.buffer), ...bytes(tail)])
}

const SAMPLES: readonly [string, Uint8Array][] = [
  ['cpu 32 bits', cpu(4, false, 0, MAP)],
  ['cpu 64 bits', cpu(8, true, 0, MAP)],
  ['java cpu', cpu(4, true, 1, NAMES)],
  [
    'heap',
    bytes(
      `heap profile: 1: 2 [3: 4] @ heap_v2/512\n1: 100 [2: 300] @ 0x401001 0x402001\n#\t0x401000\ta.b+0x10\tc/d.go:3\n#\t0x402000\te+0x1\tf:4\n -5: -500 [7: 9000] @ 0x703001\n${MAP}`,
    ),
  ],
  ['growth', bytes(`heap profile: 9: 9 [ 9: 9] @ growthz\n 1: 1048576 [ 1: 1048576] @ 0x46be8d\n${MAP}`)],
  [
    'contention',
    bytes(
      `--- contentionz 1 ---\ncycles/second = 3201000000\nsampling period = 100\nms since reset = 16\n 1949 27 @ 0x401001 0x5\n${MAP}`,
    ),
  ],
  [
    'threads',
    bytes(
      `--- threadz 1 ---\n\n--- Thread 7f (name: main/1) stack: ---\n  PC: 0x00401000: f(arg *)\n 0x402001: main\n--- Thread 7e (name: b/2) stack: ---\n  [same as previous thread]\n${MAP}`,
    ),
  ],
  [
    'goroutines',
    bytes(
      'goroutine profile: total 3\n2 @ 0x401012 0x402023\n# labels: {"a\\n":"\\xff\\u00e4"}\n#\t0x401011\tm.f+0x11\tm/f.go:7\n\n1 @ 0x0\n',
    ),
  ],
  [
    'java heap',
    bytes(`--- heapz 1 ---\nformat = java\nresolution = bytes\n 7048 1 @ 0x03 0x04\n 12 2 @ 0x5\n${NAMES}`),
  ],
  [
    'java contention',
    bytes(
      `--- contentionz 1 ---\nformat = java\nresolution = microseconds\nsampling period = 100\n 14 2 @ 0x3 0x5\n${NAMES}`,
    ),
  ],
]

/** Throws unless every reference in the profile is in range. */
function check(p: Profile): void {
  const { samples, locations, lines, functions, mappings } = p
  for (const column of samples.value) if (column.length !== samples.count) throw new Error('values')
  for (let s = 0; s < samples.count; s++) {
    if (samples.stackStart[s] > samples.stackEnd[s] || samples.stackEnd[s] > samples.frame.length)
      throw new Error('stack')
    for (let f = samples.stackStart[s]; f < samples.stackEnd[s]; f++)
      if (!(samples.frame[f] >= 1 && samples.frame[f] <= locations.count)) throw new Error('frame')
    if (!(samples.labelSet[s] < p.labelSets.count)) throw new Error('labels')
  }
  for (let l = 1; l <= locations.count; l++) {
    if (!(locations.mapping[l] <= mappings.count)) throw new Error('mapping')
    if (locations.lineStart[l] > locations.lineEnd[l] || locations.lineEnd[l] > lines.count)
      throw new Error('lines')
  }
  for (let l = 0; l < lines.count; l++)
    if (!(lines.fn[l] >= 1 && lines.fn[l] <= functions.count)) throw new Error('function')
  for (const column of [locations.id, locations.address, locations.folded, locations.mapping])
    if (column.length !== locations.count + 1) throw new Error('locations')
  for (const column of [mappings.id, mappings.start, mappings.file, mappings.has])
    if (column.length !== mappings.count + 1) throw new Error('mappings')
}

/** True if it decodes. Anything but a sound profile or a DecodeError with a place in the input is thrown. */
function survives(input: Uint8Array, symbols: boolean): boolean {
  sniffLegacy(input)
  try {
    check(decodeLegacy(input, { symbols }))
    return true
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    if (e.offset < -1 || e.offset > input.length || e.message === '') throw e
    return false
  }
}

describe.each(SAMPLES)('%s', (_, sample) => {
  test('is sound itself', () => {
    expect(survives(sample, false) && survives(sample, true)).toBe(true)
  })

  test('cut anywhere', () => {
    let good = 0
    for (let n = 0; n < sample.length; n++) if (survives(sample.subarray(0, n), n % 2 === 0)) good++
    expect(good).toBeGreaterThan(0)
    expect(good).toBeLessThan(sample.length)
  })

  test('with bytes changed', () => {
    let seed = 20240229
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return Math.floor((seed / 4294967296) * n)
    }
    let good = 0
    for (let round = 0; round < 1500; round++) {
      const input = sample.slice()
      for (let k = random(3); k >= 0; k--) {
        const at = random(input.length)
        if (round % 2 === 0) input[at] ^= 1 << random(8)
        else input[at] = ' \n0x@:-[]()=$#{}"\\\xff'.charCodeAt(random(18))
      }
      if (survives(input, round % 3 === 0)) good++
    }
    expect(good).toBeGreaterThan(0)
    expect(good).toBeLessThan(1500)
  })
})

describe('takes no time for', () => {
  const heap = 'heap profile: 1: 2 [3: 4] @ heapprofile\n'
  const stack = `${heap}1: 1 [1: 1] @ 0x11\n`
  const goroutine = 'goroutine profile: total 1\n1 @ 0x11\n'
  const cases: readonly [string, () => string][] = [
    ['digits instead of a heap sample', () => `${heap}${'1'.repeat(4e6)}\n`],
    ['digits up to the longest line that is searched', () => `${heap}${'1'.repeat(65000)}\n`],
    ['numbers that nearly are heap samples', () => `${heap}${'1: 1 [1: '.repeat(7000)}\n`],
    ['digits instead of a contention', () => `--- mutex:\n${'1'.repeat(65000)}\n`],
    ['a contention without addresses, many times', () => `--- mutex:\n${'1 @'.repeat(20000)}\n`],
    ['beginnings of a thread header', () => `${'--- Thread a (name: '.repeat(3000)}\n`],
    ['ends of a thread header', () => `--- Thread a (name: ${'/1) stack: --'.repeat(5000)}\n`],
    ['a count header that does not end', () => `${'a'.repeat(65000)} profile: total `],
    ['hex digits in a map', () => `${stack}MAPPED_LIBRARIES:\n${'a'.repeat(4e6)}\n`],
    ['blanks in a map', () => `${stack}MAPPED_LIBRARIES:\nab${' '.repeat(4e6)}\n`],
    ['attributes of Java that are none', () => `--- heapz 1 ---\n${'a'.repeat(2e6)}${'=='.repeat(1e6)}\n`],
    [
      'names of Java with many brackets',
      () => `--- heapz 1 ---\nresolution=b\n1 1 @ 0x1\n0x1 ${' ('.repeat(1e6)}:1)\n`,
    ],
    ['labels that do not end', () => `${goroutine}# labels: {"${'\\\\'.repeat(30000)}\n`],
    ['comments on frames that are not there', () => `${goroutine}${'#\t0x11\tf+0x1\tx:1\n'.repeat(1e5)}`],
    [
      'comments on one frame of many, again and again',
      () => {
        const frames = Array.from({ length: 1e5 }, (_, i) => ` 0x${(i + 32).toString(16)}`).join('')
        return `goroutine profile: total 1\n1 @${frames}\n${'#\t0x20\tf+0x1\tx:1\n'.repeat(1e5)}`
      },
    ],
  ]
  test.each(cases)('%s', (_, make) => {
    const input = bytes(make())
    const start = performance.now()
    survives(input, true)
    // Each takes some 10 ms; what these are made against would take minutes.
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
