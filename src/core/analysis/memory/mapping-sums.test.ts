import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { decodeMemory } from '../../formats/memory/index.ts'
import { buildMemoryAccount } from './account.ts'
import { sumMappings } from './mapping-sums.ts'

const KiB = 1024

/** smaps of lines `start-end perms name | kB resident`. */
function smaps(...lines: readonly string[]) {
  const text = lines
    .map((l) => {
      const [head = '', kb = '0', more = ''] = l.split('|').map((x) => x.trim())
      const [range, perms, name = ''] = head.split(/ +(?=.)/, 3)
      const rest = name === '' ? '' : head.slice(head.indexOf(name))
      return `${range} ${perms} 00000000 00:00 0    ${rest}\nRss: ${kb} kB\n${more}\n`
    })
    .join('')
  return decodeMemory(encodeUtf8(text)).mappings!
}

const binary = [
  '00400000-00500000 r-xp /srv/app | 700',
  '00600000-00610000 rw-p /srv/app | 60',
  '00610000-00650000 rw-p | 90',
  '01000000-01100000 rw-p [heap] | 500',
]
const tail = ['7fff00000000-7fff00021000 rw-p [stack] | 20', '7fff10000000-7fff10002000 r-xp [vdso] | 4']

describe('whose memory is resident', () => {
  test('arenas by address, zeroed data with its binary, the rest is anonymous', () => {
    const sums = sumMappings(
      smaps(
        ...binary,
        'c000000000-c004000000 rw-p | 60000 | AnonHugePages: 2048 kB',
        'c004000000-c008000000 ---p | 0',
        '7f0000000000-7f0003200000 rw-p | 51200 | Swap: 16 kB',
        '7f0100000000-7f0100010000 rw-s /dev/shm/x | 64',
        ...tail,
      ),
    )!
    expect(sums).toMatchObject({
      named: false,
      arenas: 60000 * KiB,
      hugeInArenas: 2048 * KiB,
      anonymous: 51200 * KiB,
      files: 850 * KiB,
      shared: 64 * KiB,
      cHeap: 500 * KiB,
      stack: 20 * KiB,
      swapped: 16 * KiB,
    })
  })

  test('arenas at a random place (Go 1.26), and on arm64', () => {
    expect(sumMappings(smaps('17550e400000-175528000000 rw-p | 7', ...tail))!.arenas).toBe(7 * KiB)
    expect(
      sumMappings(
        smaps(
          '4000000000-4004000000 rw-p | 9',
          '600000000000-600000001000 rw-p | 4',
          'ffff80000000-ffff80021000 rw-p [stack] | 1',
        ),
      )!.arenas,
    ).toBe(13 * KiB)
    // A binary that lies high (PIE) and its anonymous memory are no arenas on amd64.
    expect(sumMappings(smaps('560000000000-560000001000 rw-p | 4', ...tail))!.arenas).toBeUndefined()
  })

  test('names of the runtime, where the kernel keeps them', () => {
    const sums = sumMappings(
      smaps(
        ...binary,
        'c000000000-c004000000 rw-p [anon: Go: heap] | 60000',
        'c004000000-c008000000 ---p [anon: Go: heap reservation] | 0',
        '7f0000000000-7f0000200000 rw-p [anon: Go: immortal metadata] | 300',
        '7f0001000000-7f0001200000 rw-p [anon: Go: gc bits] | 64',
        '7f0003000000-7f0003200000 rw-p | 1000',
        '7f0004000000-7f0004200000 rw-p [anon:mine] | 24',
        ...tail,
      ),
    )!
    expect(sums).toMatchObject({
      named: true,
      arenas: 60000 * KiB,
      goOther: 364 * KiB,
      anonymous: 1024 * KiB,
    })
    expect([...sums.goNames]).toEqual([
      ['heap', 60000 * KiB],
      ['immortal metadata', 300 * KiB],
      ['gc bits', 64 * KiB],
    ])
  })

  test('maps and rollups have no parts', () => {
    expect(sumMappings(smaps('00400000-7fff00000000 ---p [rollup] | 9'))).toBeUndefined()
    expect(
      sumMappings(decodeMemory(encodeUtf8('00400000-00500000 r-xp 0 08:02 1 /x\n')).mappings!),
    ).toBeUndefined()
  })
})

describe('the account with mappings', () => {
  const MiB = 2 ** 20
  const memstats = {
    Sys: 80 * MiB,
    HeapAlloc: 50 * MiB,
    HeapInuse: 52 * MiB,
    HeapIdle: 4 * MiB,
    HeapReleased: 1 * MiB,
    StackInuse: 1 * MiB,
    StackSys: 1 * MiB,
    MSpanSys: 1 * MiB,
    MCacheSys: 0,
    GCSys: 2 * MiB,
    OtherSys: 1 * MiB,
    BuckHashSys: 1 * MiB,
  }
  const parts = (a: ReturnType<typeof buildMemoryAccount>) =>
    a.rows.filter((r) => r.level === 0).reduce((n, r) => n + r.bytes, 0)

  test('without names, outside Go is at least what the metadata cannot be', () => {
    const mappings = smaps(
      'c000000000-c004000000 rw-p | 51200',
      '7f0000000000-7f0003200000 rw-p | 30720',
      ...tail,
    )
    const a = buildMemoryAccount({ memstats, mappings })
    expect(a.rows.find((r) => r.id === 'outside')).toMatchObject({ bytes: 25 * MiB, certainty: 'at least' })
    expect(parts(a) + a.gap!).toBe(a.resident)
    expect(a.remarks.join('\n')).toContain('of the 56')
  })

  test('with names, outside Go and metadata are measured', () => {
    const mappings = smaps(
      'c000000000-c004000000 rw-p [anon: Go: heap] | 57344',
      '7f0000000000-7f0003200000 rw-p [anon: Go: gc bits] | 1024',
      '7f0100000000-7f0103200000 rw-p | 30720',
      ...tail,
    )
    const a = buildMemoryAccount({ memstats, mappings })
    expect(a.rows.find((r) => r.id === 'outside')).toMatchObject({ bytes: 30 * MiB, certainty: 'measured' })
    expect(a.rows.find((r) => r.id === 'metadata')).toMatchObject({ bytes: 1 * MiB, certainty: 'measured' })
    expect(parts(a) + a.gap!).toBe(a.resident)
  })

  test('more resident than counted is told', () => {
    const mappings = smaps('c000000000-c008000000 rw-p | 102400', ...tail)
    const remarks = buildMemoryAccount({ memstats, mappings }).remarks.join('\n')
    expect(remarks).toContain('44\u202fMiB more than the heap and stacks')
  })

  test('memory returned with MADV_FREE has a row', () => {
    const mappings = smaps(
      'c000000000-c008000000 rw-p | 98304 | LazyFree: 40960 kB',
      '7f0000000000-7f0003200000 rw-p | 9216 | LazyFree: 1024 kB',
      ...tail,
    )
    const a = buildMemoryAccount({ memstats, mappings })
    expect(a.rows.find((r) => r.id === 'lazy-free')).toMatchObject({ bytes: 40 * MiB, certainty: 'measured' })
    expect(a.gap).toBe(4 * KiB)
    expect(a.remarks.join('\n')).toContain('41\u202fMiB are marked free')
  })

  test('mappings alone', () => {
    const a = buildMemoryAccount({
      mappings: smaps(...binary, 'c000000000-c004000000 rw-p | 51200', ...tail),
    })
    expect(a.rows.map((r) => r.id)).toEqual(['arenas', 'anonymous', 'binary', 'c-heap', 'thread-stack'])
    expect(a.gap).toBe(4 * KiB)
  })

  test('limits of a container', () => {
    const mappings = smaps('c000000000-c004000000 rw-p | 61440', ...tail)
    const near = buildMemoryAccount({ memstats, mappings, containerLimit: 64 * MiB })
    expect(near.warnings).toEqual([expect.stringContaining('94 % of its limit of 64\u202fMiB')])
    const metrics = { values: new Map([['/gc/gomemlimit:bytes', 2 ** 63]]), histograms: new Map() }
    expect(buildMemoryAccount({ memstats, metrics, containerLimit: 512 * MiB }).warnings[0]).toContain(
      'GOMEMLIMIT is not set',
    )
    const set = { values: new Map([['/gc/gomemlimit:bytes', 80 * MiB]]), histograms: new Map() }
    expect(buildMemoryAccount({ memstats, metrics: set }).warnings[0]).toContain('99 % of GOMEMLIMIT')
  })
})
