import { describe, expect, test } from 'vitest'
import type { Int } from '../base/int64.ts'
import { MAPPING_HAS, type Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../model/profile-builder.ts'
import {
  addSymbolz,
  joinOrigins,
  nameMappings,
  parseSymbolz,
  planSymbolz,
  symbolzPath,
  unnameMappings,
} from './symbolz.ts'

interface MappingInput {
  readonly start?: Int
  readonly file?: string
  readonly buildId?: string
  readonly has?: number
}

/** Locations as [mapping, address, name or none]; one sample through all of them. */
function profile(
  mappings: readonly MappingInput[],
  locations: readonly (readonly [number, Int, string?])[],
): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'n', unit: 'count' }]
  for (const m of mappings) b.addMapping(m)
  const rows = locations.map(([mapping, address, name]) =>
    b.addLocation({
      mapping,
      address,
      lines: name === undefined ? [] : [{ fn: b.addFunction(name), line: 3 }],
    }),
  )
  b.addSample(rows, [1])
  return b.done()
}

const files = (p: Profile): string[] => Array.from(p.mappings.file.subarray(1), (id) => p.strings.get(id))

/** The name of each location, '' for none. */
const namesOf = (p: Profile): string[] =>
  Array.from({ length: p.locations.count }, (_, k) => {
    const at = p.locations.lineStart[k + 1]
    return at === p.locations.lineEnd[k + 1] ? '' : p.strings.get(p.functions.name[p.lines.fn[at]])
  })

const answer = (text: string) => parseSymbolz(new TextEncoder().encode(text))

describe('servers of mappings', () => {
  test('a mapping without a name gets that of its server, and loses it again', () => {
    const p = profile([{}, { file: '/bin/x' }, { buildId: 'b1' }], [[1, 16]])
    const { profile: named, origins } = nameMappings(p, 'S', 'http://h/p')
    expect(files(named)).toEqual(['http://h/p', '/bin/x', ''])
    expect([...origins.keys()]).toEqual(['http://h/p', '/bin/x', 'b1'])
    expect(files(p)).toEqual(['', '/bin/x', ''])
    expect(files(unnameMappings(named, (f) => f.startsWith('http:')))).toEqual(['', '/bin/x', ''])
  })

  test('addresses stay where there is a build id', () => {
    const p = profile([{ file: 'http://h/p', buildId: 'b' }, { file: 'http://h/p' }], [])
    expect(files(unnameMappings(p, () => true))).toEqual(['http://h/p', ''])
  })

  test('origins of several profiles join in order', () => {
    const p = profile([{ file: 'x', start: 16 }], [])
    const both = joinOrigins([nameMappings(p, 'A', 'a').origins, nameMappings(p, 'B', 'b').origins])
    expect(both.get('x')).toEqual([
      { server: 'A', start: 16 },
      { server: 'B', start: 16 },
    ])
  })
})

describe('planSymbolz', () => {
  test('asks for what has an address and no name, by mapping', () => {
    const p = profile(
      [{}, { file: 'lib' }, { file: 'named', has: MAPPING_HAS.functions }],
      [
        [2, 0x20],
        [1, 0xffffffffffffffffn],
        [1, 0x10],
        [1, 0x11, 'known'],
        [1, 0],
        [3, 0x30],
        [0, 0x40],
      ],
    )
    const { profile: named, origins } = nameMappings(p, 'S', 'http://h/p')
    const bodies = (force: boolean) => planSymbolz(named, origins, force).map((q) => [q.mapping, q.body])
    expect(bodies(false)).toEqual([
      [1, '0xffffffffffffffff+0x10'],
      [2, '0x20'],
    ])
    expect(bodies(true)[2]).toEqual([3, '0x30'])
  })

  test('mappings of files from elsewhere are nobody’s', () => {
    const p = profile([{ file: 'lib' }], [[1, 16]])
    expect(planSymbolz(p, new Map(), true)).toEqual([])
  })

  test('addresses are moved to where the server has the mapping', () => {
    const there = nameMappings(profile([{ file: 'x', start: 0x5000 }], []), 'S', '').origins
    const p = profile([{ file: 'x', start: 0x1000 }], [[1, 0x1010]])
    const [query] = planSymbolz(p, there, false)
    expect(query).toMatchObject({ server: 'S', offset: 0x4000n, body: '0x5010' })
    const named = addSymbolz(p, [{ ...query, names: answer('0x5010 f\n') }])
    expect(namesOf(named)).toEqual(['f'])
  })

  test('an address that would leave 64 bits', () => {
    const there = nameMappings(profile([{ file: 'x', start: 0 }], []), 'S', '').origins
    const p = profile([{ file: 'x', start: 0x1000 }], [[1, 0x10]])
    expect(() => planSymbolz(p, there, false)).toThrow('cannot adjust address 16 by -4096, it would overflow')
  })

  test('many mappings and locations take linear time', () => {
    const n = 30_000
    const p = profile(
      Array.from({ length: n }, (_, k) => ({ file: `m${k}` })),
      Array.from({ length: n }, (_, k) => [k + 1, 16] as const),
    )
    const { origins } = nameMappings(p, 'S', '')
    const plan = planSymbolz(p, origins, false)
    expect(plan.length).toBe(n)
    expect(
      addSymbolz(
        p,
        plan.map((q) => ({ ...q, names: answer('0x10 f\n') })),
      ).functions.count,
    ).toBe(n)
  }, 5000)
})

describe('symbolzPath', () => {
  test.each([
    ['/debug/pprof/heap', '/debug/pprof/symbol'],
    ['/debug/pprof/', '/debug/symbol'],
    ['/app/debug/pprof/profile', '/app/debug/pprof/symbol'],
    ['/pprof/heap', '/pprof/symbol'],
    ['/x/pprof/contention', '/x/pprof/symbol'],
    ['/profilez', '/symbolz'],
    ['/a/b/heap', '/a/b/symbolz'],
  ])('%s -> %s', (path, handler) => {
    expect(symbolzPath(path)).toBe(handler)
  })
})

describe('parseSymbolz', () => {
  test('lines with an address and a name, and nothing else', () => {
    const got = answer('num_symbols: 1\n0x10\tmain.f\njunk 0X1f  std::f(int) \r\n0x20\n0x30 cut')
    expect([...got]).toEqual([
      [16, 'main.f'],
      [31, 'std::f(int) '],
    ])
  })

  test('addresses of 64 bits, and no more', () => {
    expect([...answer('0xffffffffffffffff f\n').keys()]).toEqual([0xffffffffffffffffn])
    expect([...answer(`0x${'0'.repeat(50)}1 f\n`).keys()]).toEqual([1])
    expect(() => answer('0x10000000000000000 f\n')).toThrow('an address of more than 64 bits')
  })

  test('names that are not UTF-8 are kept', () => {
    const bytes = Uint8Array.of(0x30, 0x78, 0x31, 0x20, 0xff, 0x0a)
    expect([...parseSymbolz(bytes).values()]).toEqual(['\udcff'])
  })

  test('any prefix and any damage ends well', () => {
    const good = new TextEncoder().encode('0x10 main.f\n0x20 main.g\n')
    for (let length = 0; length <= good.length; length++) parseSymbolz(good.subarray(0, length))
    for (let at = 0; at < good.length; at++) {
      const bad = good.slice()
      bad[at] ^= 0x55
      parseSymbolz(bad)
    }
  })
})

describe('addSymbolz', () => {
  test('one function for each name of a mapping; lines are not known', () => {
    const p = profile(
      [{}, {}],
      [
        [1, 1],
        [2, 2, 'old'],
        [1, 3],
        [2, 4],
        [1, 5],
      ],
    )
    const names = answer('0x1 f\n0x3 f\n0x4 g\n')
    const got = addSymbolz(p, [
      { mapping: 1, offset: 0n, names },
      { mapping: 2, offset: 0n, names },
    ])
    expect(namesOf(got)).toEqual(['f', 'old', 'f', 'g', ''])
    expect(got.functions.count).toBe(3)
    expect(got.functions.id.get(3)).toBe(3)
    expect(got.functions.name.length).toBe(4)
    expect(Array.from(got.mappings.has)).toEqual([0, MAPPING_HAS.functions, MAPPING_HAS.functions])
    expect(got.lines.line.get(got.locations.lineStart[2])).toBe(3)
    expect(got.lines.line.get(got.locations.lineStart[4])).toBe(0)
    expect(namesOf(p)).toEqual(['', 'old', '', '', ''])
  })

  test('nothing asked, nothing changed', () => {
    const p = profile([{}], [[1, 1]])
    expect(addSymbolz(p, [])).toBe(p)
  })
})
