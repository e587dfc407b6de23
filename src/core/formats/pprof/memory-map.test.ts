import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import { LegacyDraft } from './legacy-draft.ts'
import { LineReader } from './legacy-text.ts'
import { finishWithMap, parseMaps } from './memory-map.ts'

const reader = (text: string): LineReader => new LineReader(Uint8Array.from(text, (c) => c.charCodeAt(0)))

/** "start-limit offset file build-id" of each mapping read. */
const parse = (text: string): string[] =>
  parseMaps(reader(text)).map((e) =>
    [`${e.start.toString(16)}-${e.limit.toString(16)}`, e.offset.toString(16), e.file, e.buildId]
      .join(' ')
      .trimEnd(),
  )

/** Maps `addresses` (one sample); gives the mappings as in `parse`, and the row of each address. */
function assign(text: string, addresses: readonly bigint[]): { maps: string[]; rows: number[] } {
  const draft = new LegacyDraft([], { type: '', unit: '' })
  for (const a of addresses) draft.addFrame(Number(a >> 32n) | 0, Number(a & 0xffffffffn) | 0)
  draft.endSample()
  finishWithMap(draft, reader(text))
  return {
    maps: draft.mappings.map((e) =>
      `${e.start.toString(16)}-${e.limit.toString(16)} ${e.offset.toString(16)} ${e.file}`.trimEnd(),
    ),
    rows: [...draft.locationMapping].slice(1),
  }
}

describe('one line of a map', () => {
  test.each([
    // /proc/self/maps
    ['00400000-004ef000 r-xp 00001000 08:01 123456   /usr/bin/x', '400000-4ef000 1000 /usr/bin/x'],
    ['7fff1000-7fff2000 r-xp 0 00:00 0 [vdso]', '7fff1000-7fff2000 0 [vdso]'],
    ['00400000-004ef000 r-xp 00001000 08:01 123', '400000-4ef000 1000'],
    ['00400000-004ef000 00001000 08:01 123 f', '400000-4ef000 1000 f'],
    ['00400000-004ef000: 08:01 123 f g', '400000-4ef000 0 f'],
    // short forms
    ['  00400000-00fcb000: server', '400000-fcb000 0 server'],
    [
      '0x40000-0x80000 /path/to/binary      (@FF00)            abc123456',
      '40000-80000 ff00 /path/to/binary abc123456',
    ],
    ['40000-80000 r-xp /bin/x (deleted)', '40000-80000 0 /bin/x'],
    ['40000 80000 /bin/x (@1f)', '40000-80000 1f /bin/x'],
    ['40000-  0x80000 /bin/x (@) 12', '40000-80000 0 /bin/x'],
    ['ffffffffff600000-ffffffffffffffff x', 'ffffffffff600000-ffffffffffffffff 0'],
    // behind log prefixes
    ['I0101 12:00:00 1 file.cc:123] 40000-80000 a', '40000-80000 0 a'],
    ['2024-01-01 [1] x.cc:12] 40000-80000 a', '2024-1 0'],
    // Sic: any line that starts with two hex digits. What looks like permissions is taken for that.
    ['deadline', 'dea-d 0'],
    ['abcd 0:0 5 /x', 'abc-d 0 /x'],
    ['120x34 f', '12-34 0 f'],
    ['40000-80000 xray', '40000-80000 0'],
  ])('%s', (line, expected) => {
    expect(parse(`${line}\n`)).toEqual([expected])
  })

  test.each([
    '40000-80000 rw-p 0 08:01 1 /bin/x',
    '40000-80000 prog',
    'x',
    '',
    '4',
    '-80000',
    '12345678901234567-22345678901234567 f',
    '40000-80000 r-xp 12345678901234567 08:01 1 f',
  ])('%s is no mapping', (line) => {
    expect(parse(`${line}\n`)).toEqual([])
  })
})

test('variables stand for their values, the first definition and the first name that fits count', () => {
  expect(
    parse(
      'build=/opt\n bu = /wrong\nbuild=/later\n10000-20000 $build/a\n30000-40000 $bu$buil/b$\nx=y$build\n50000-60000 $x\n',
    ),
  ).toEqual(['10000-20000 0 /opt/a', '30000-40000 0 /wrong/wrongil/b$', '50000-60000 0 y/opt'])
})

test('pieces of one mapping are joined', () => {
  expect(
    parse(
      '1000-2000 r-xp 00001000 0:0 1 a\n2000-3000 r-xp 00002000 0:0 1 a\n3000-4000 r-xp 0 0:0 1\n4000-5000 r-xp 1 0:0 1 a\n',
    ),
  ).toEqual(['1000-4000 1000 a', '4000-5000 1 a'])
  expect(parse('1000-2000\n2000-3000 a (@0) b1\n3000-4000 a (@0) b2\n4000-5000 c\n')).toEqual([
    '1000-3000 0 a b1',
    '3000-4000 0 a b2',
    '4000-5000 0 c',
  ])
})

describe('which mapping is the main one', () => {
  test('the first that is no library, and not in brackets', () => {
    const text =
      '1000-2000 [vdso]\n3000-4000 a.so\n5000-6000 a.so.6\n7000-8000 (deleted)\n9000-a000 b.so.x\nb000-c000 d\n'
    expect(assign(text, []).maps.map((m) => m.split(' ')[2])).toEqual([
      'b.so.x',
      'a.so',
      'a.so.6',
      '(deleted)',
      '[vdso]',
      'd',
    ])
  })

  test('huge pages in front of it go; a fixed executable starts at its usual address', () => {
    expect(assign('1000-2000 /anon_hugepage_x\n2000-3000 a\n', []).maps).toEqual(['2000-3000 0 a'])
    expect(assign('1000-2000 /anon_hugepage\n3000-4000 a\n', []).maps).toHaveLength(2)
    expect(assign('401000-500000 r-xp 1000 0:0 0 a\n', []).maps).toEqual(['400000-500000 0 a'])
    expect(assign('402000-500000 r-xp 1000 0:0 0 a\n', []).maps).toEqual(['402000-500000 1000 a'])
  })
})

describe('which mapping an address is in', () => {
  test('the first that contains it; address 0 in none', () => {
    const text = '1000-3000 a\n2000-4000 b\n'
    expect(assign(text, [0n, 0x1000n, 0x2000n, 0x2fffn, 0x3000n, 0x3fffn]).rows).toEqual([0, 1, 1, 1, 2, 2])
  })

  test('one that would start earlier by its offset is stretched for the first address there', () => {
    const text = '5000-6000 r-xp 2000 0:0 0 a\n9000-a000 r-xp 6000 0:0 0 b\n'
    const stretched = assign(text, [0x4000n, 0x3000n, 0x8000n, 0x5500n])
    expect(stretched.rows).toEqual([1, 1, 2, 1])
    expect(stretched.maps).toEqual(['3000-6000 0 a', '3000-a000 0 b'])
  })

  test('else one of everything, after which none is stretched', () => {
    const text = '5000-6000 r-xp 2000 0:0 0 a\n'
    const a = assign(text, [0x10n, 0x4000n, 0xffffffffffffffffn])
    expect(a.rows).toEqual([2, 2, 2])
    expect(a.maps).toEqual(['5000-6000 2000 a', '0-ffffffffffffffff 0'])
    expect(assign('', [1n]).maps).toEqual(['0-ffffffffffffffff 0'])
    expect(assign('', [0n]).maps).toEqual([])
  })
})

test('maps and variables beyond all measure are refused, with the place', () => {
  const error = (text: string): DecodeError => {
    try {
      parse(text)
    } catch (e) {
      if (e instanceof DecodeError) return e
      throw e
    }
    throw new Error('no error')
  }
  expect(error('ab\n'.repeat(300_000)).message).toContain('mappings')
  const doubling = Array.from({ length: 60 }, (_, i) => `v${i}.=$v${i - 1}.$v${i - 1}.`).join('\n')
  const e = error(`v-1.=xxxxxxxx\n${doubling}\n`)
  expect(e.message).toContain('expand')
  expect(e.offset).toBeGreaterThan(100)
  expect(error(Array.from({ length: 70_000 }, (_, i) => `v${i}=\n`).join('')).message).toContain('variables')
})
