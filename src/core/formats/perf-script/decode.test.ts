import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import { hexInt, type Int } from '../../base/int64.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import type { Profile } from '../../model/profile.ts'
import type { Decoded } from '../format.ts'
import { decodePerfScript } from './decode.ts'

const decode = (text: string): Decoded => decodePerfScript(encodeUtf8(text))

/** Location row as "address name<name @binary": inlined functions first. */
function locationText(p: Profile, l: number): string {
  const names: string[] = []
  for (let i = p.locations.lineStart[l]; i < p.locations.lineEnd[l]; i++) {
    const fn = p.lines.fn[i]
    const file = p.strings.get(p.functions.filename[fn])
    names.push(p.strings.get(p.functions.name[fn]) + (file === '' ? '' : `(${file}:${p.lines.line.f[i]})`))
  }
  const binary = p.strings.get(p.mappings.file[p.locations.mapping[l]])
  return `${hexInt(p.locations.address.get(l))} ${names.join('<')}${binary === '' ? '' : ` @${binary}`}`
}

const stackOf = (p: Profile, s: number): string[] =>
  [...p.samples.frame.subarray(p.samples.stackStart[s], p.samples.stackEnd[s])].map((l) => locationText(p, l))

function labelsOf(p: Profile, s: number): string {
  const set = p.samples.labelSet[s]
  const out: string[] = []
  for (let r = p.labelSets.start[set]; r < p.labelSets.start[set + 1]; r++) {
    const v = p.labelSets.str[r] === 0 ? p.labelSets.num.get(r) : p.strings.get(p.labelSets.str[r])
    out.push(`${p.strings.get(p.labelSets.key[r])}=${v}`)
  }
  return out.sort().join(' ')
}

const valuesOf = (p: Profile, s: number): Int[] => p.samples.value.map((v) => v.get(s))

const BASIC = `app  5255  2425.910959:    5025125 cpu-clock:pppH: 
\t           732d5 runtime.step+0x15 (/srv/bin/app)
\tffffffff81b6ccb2 _copy_to_iter+0x82 ([kernel.kallsyms])
\t               0 [unknown] ([unknown])

app  5256  2425.912000:    5025125 cpu-clock:pppH: 
\t           732d5 runtime.step+0x15 (/srv/bin/app)

`

describe('samples', () => {
  test('stacks leaf first, exact kernel addresses, labels, period, duration', () => {
    const { profile: p, problems } = decode(BASIC)
    expect(problems).toEqual([])
    expect(p.sampleTypes).toEqual([{ type: 'cpu-clock:pppH', unit: 'nanoseconds' }])
    expect(p.periodType).toEqual({ type: 'cpu-clock:pppH', unit: 'nanoseconds' })
    expect(p.period).toBe(5025125)
    expect(p.durationNanos).toBe(1041000)
    expect(p.samples.count).toBe(2)
    expect(stackOf(p, 0)).toEqual([
      '732d5 runtime.step @/srv/bin/app',
      'ffffffff81b6ccb2 _copy_to_iter @[kernel.kallsyms]',
      '0 ',
    ])
    expect(p.locations.count).toBe(3)
    expect(labelsOf(p, 0)).toBe('comm=app tid=5255')
    expect(labelsOf(p, 1)).toBe('comm=app tid=5256')
    expect(valuesOf(p, 1)).toEqual([5025125])
  })

  test('several events are several sample types; a sample has a value of its own only', () => {
    const { profile: p } = decode(
      'a 1/2 [000] 1.0: 7 cycles: \n\t b0 f (/x)\n\na 1/2 [000] 2.0: page-faults: \n\t b0 f (/x)\n\na 1/2 3.0: 9 cycles: \n\n',
    )
    expect(p.sampleTypes).toEqual([
      { type: 'cycles', unit: 'count' },
      { type: 'page-faults', unit: 'count' },
    ])
    expect([0, 1, 2].map((s) => valuesOf(p, s))).toEqual([
      [7, 0],
      [0, 1],
      [9, 0],
    ])
    expect(stackOf(p, 2)).toEqual([])
    expect(p.period).toBe(0)
    expect(labelsOf(p, 1)).toBe('comm=a pid=1 tid=2')
  })

  test('a clock without periods counts samples', () => {
    const { profile: p } = decode('a 1 1.0: cpu-clock: \n\t b0 f (/x)\n\n')
    expect(p.sampleTypes).toEqual([{ type: 'cpu-clock', unit: 'count' }])
    expect(valuesOf(p, 0)).toEqual([1])
  })

  test('inlined functions are lines of the location they are in', () => {
    const { profile: p } = decode(
      `a 1 1.0: 7 cycles: \n\t 1174 leaf+0x24 (inlined)\n\t 1174 mid+0x24 (inlined)\n\t 1174 outer+0x24 (/x)\n\t 104c main+0xc (/x)\n\n`,
    )
    expect(stackOf(p, 0)).toEqual(['1174 leaf<mid<outer @/x', '104c main @/x'])
  })

  test('an inlined function whose caller has another address stands alone', () => {
    const { profile: p } = decode(
      'a 1 1.0: 7 cycles: \n\t 27304 start_impl+0x84 (inlined)\n\t 1080 _start+0x20 (/x)\n\n\na 1 2.0: 7 cycles: \n\t 5 last (inlined)\n',
    )
    expect(stackOf(p, 0)).toEqual(['27304 start_impl', '1080 _start @/x'])
    expect(stackOf(p, 1)).toEqual(['5 last'])
  })

  test('positions of -F +srcline', () => {
    const { profile: p, problems } = decode(
      'a 1 1.0: 7 cycles: \n\t 1174 leaf+0x24\n  inl.c:3 (inlined)\n\t 1174 outer+0x24 (/x)\n  inl.c:5\n\t 20 run (/x)\n  ??:0\n\n',
    )
    expect(stackOf(p, 0)).toEqual(['1174 leaf(inl.c:3)<outer(inl.c:5) @/x', '20 run @/x'])
    expect(problems).toEqual([])
  })

  test('without call chains the frame is on the line of the sample', () => {
    const { profile: p } = decode(
      '              dd  4522  1719.383559:          1      page-faults:  ffffffff817554ea elf_load+0x28a ([kernel.kallsyms])\n' +
        '              dd  4522  1719.383637:          3      page-faults:      7f2710d1fb70 _start+0x0 (/usr/lib/ld.so)\n' +
        '              dd  4522  1719.383640: sched:sched_wakeup: add 5 (x)\n',
    )
    expect([0, 1, 2].map((s) => stackOf(p, s))).toEqual([
      ['ffffffff817554ea elf_load @[kernel.kallsyms]'],
      ['7f2710d1fb70 _start @/usr/lib/ld.so'],
      [],
    ])
    expect(labelsOf(p, 0)).toBe('comm=dd tid=4522')
  })

  test('frames alone, and names alone before them', () => {
    const bare = decode('\n\t 10 f\n\t 20 g\n\n\n\t 10 f\n\n')
    expect(bare.profile.sampleTypes).toEqual([{ type: 'samples', unit: 'count' }])
    expect([0, 1].map((s) => stackOf(bare.profile, s))).toEqual([['10 f', '20 g'], ['10 f']])
    const named = decode('sh \n\t 10 f\n\nsh cpu-clock: \n\t 10 f\n\n')
    expect(named.profile.sampleTypes.map((t) => t.type)).toEqual(['samples', 'cpu-clock'])
    expect(labelsOf(named.profile, 1)).toBe('comm=sh')
  })

  test('comments, other records, Windows line ends and lost indentation', () => {
    const { profile: p, problems } = decode(
      '# ========\r\n# captured on: x\r\n#\r\n' +
        'sh 29221  1683.5: PERF_RECORD_MMAP2 1/1: [0x5634(0x13000) @ 0x4000 fe:00 247072 0]: r-xp /usr/bin/dash\r\n' +
        'sh 29221  1683.6: PERF_RECORD_COMM exec: sh:29221/29221\r\n' +
        'sh 29221  1683.7: 5 cycles: \r\nffffffff8103d0ca native_write ([kernel.kallsyms])\r\n  7f00 f (/x)\r\n\r\n',
    )
    expect(problems).toEqual([])
    expect(p.samples.count).toBe(1)
    expect(stackOf(p, 0)).toEqual(['ffffffff8103d0ca native_write @[kernel.kallsyms]', '7f00 f @/x'])
  })

  test('the main binary is the first mapping, wherever it is met', () => {
    const text = (comm: string): string =>
      `${comm} 1 1.0: 5 cycles: \n\tffffffff8103d0ca k ([kernel.kallsyms])\n\t 7f00 g (/lib/libc.so.6)\n\t 10 a (/opt/other)\n\t 20 f (/srv/a-long-program-name)\n\n`
    const main = (comm: string): string => {
      const { profile: p } = decode(text(comm))
      return p.strings.get(p.mappings.file[1])
    }
    expect(main('a-long-program-')).toBe('/srv/a-long-program-name')
    expect(main('x')).toBe('/opt/other')
  })
})

describe('what cannot be read', () => {
  test('is reported with its first offset, and its frames are left out', () => {
    const { profile: p, problems } = decode(
      'a 1 1.0: 5 cycles: \n\t 10 f (/x)\n\nthis line is not a sample\n\t 20 g (/x)\n\na 1 2.0: 5 cycles: \n\tzz y\n\t 30 h (/x)\n\n',
    )
    expect([0, 1].map((s) => stackOf(p, s))).toEqual([['10 f @/x'], ['30 h @/x']])
    expect(problems).toEqual([{ message: 'line is neither a sample nor a frame', offset: 33, count: 2 }])
  })

  test('nothing in it', () => {
    for (const [text, offset] of [
      ['', 0],
      ['# comment\n\n', 0],
      ['\nhello, this is a text\n', 1],
    ] as const) {
      try {
        decode(text)
        expect.unreachable()
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
        expect(e).toMatchObject({ format: 'perf-script', offset })
      }
    }
  })

  test('more kinds of events than columns make sense for become a label', () => {
    const text = Array.from({ length: 40 }, (_, i) => `a 1 ${i}.0: 5 ev${i}: \n\t 10 f (/x)\n\n`).join('')
    const { profile: p, problems } = decode(text)
    expect(p.sampleTypes).toEqual([{ type: 'events', unit: 'count' }])
    expect(p.samples.count).toBe(40)
    expect(labelsOf(p, 39)).toBe('comm=a event=ev39 tid=1')
    expect(problems).toHaveLength(1)
  })

  test('cut at every byte', () => {
    const whole = encodeUtf8(
      `${BASIC}a 1 1.0: 7 x: \n\t 1174 leaf+0x24 (inlined)\n  i.c:4\n\t 1174 outer (/x)\n`,
    )
    for (let n = 0; n <= whole.length; n++) {
      try {
        const { profile: p } = decodePerfScript(whole.subarray(0, n))
        for (let s = 0; s < p.samples.count; s++) expect(stackOf(p, s).length).toBeLessThan(5)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    }
  })

  test('flipped bytes', () => {
    const whole = encodeUtf8(BASIC)
    let seed = 4711
    for (let round = 0; round < 3000; round++) {
      const b = whole.slice()
      for (let k = 0; k < 2; k++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
        b[(seed >>> 4) % b.length] = seed >>> 24
      }
      try {
        const { profile: p } = decodePerfScript(b)
        for (const l of p.samples.frame) expect(l > 0 && l <= p.locations.count).toBe(true)
        expect(typeof p.durationNanos === 'bigint' || Number.isSafeInteger(p.durationNanos)).toBe(true)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
    }
  })

  test('long lines, endless inlining and absurd numbers take linear time', () => {
    const begin = performance.now()
    const head = 'a 1 1.0: 5 cycles: \n'
    decode(`${head}\t 10 ${'('.repeat(500_000)} (${')'.repeat(500_000)}\n`)
    decode(`${head}\t 10 ${'+0x'.repeat(300_000)}\n`)
    decode(`${head}${'\t 10 f (inlined)\n'.repeat(100_000)}`)
    decode(`${head}${'  '.repeat(500_000)}x\n`)
    decode(`${'a '.repeat(500_000)}1 1.0: 5 cycles: \n${head}`)
    const p = decode(
      `a 99999999999 99999999999.0: 99999999999999999999 cycles: \na 1 0.0: 5 cycles: \n`,
    ).profile
    expect(p.samples.count).toBe(2)
    expect(performance.now() - begin).toBeLessThan(20_000)
  })
})
