import { describe, expect, test } from 'vitest'
import { UserError } from '../base/errors.ts'
import { bytesReader } from '../binary/byte-reader.ts'
import { openExecutable } from '../binary/executable.ts'
import { BASE, handmadeElf, unreverse } from '../binary/handmade-elf.ts'
import { MAPPING_HAS, type Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { mappingsToSymbolize } from './mappings.ts'
import { type AddressLookup, goToolLookup, symbolizeLocally } from './symbolize.ts'

interface Drawn {
  readonly file: string
  readonly buildId?: string
  readonly has?: number
  readonly start?: number
  readonly addresses: readonly number[]
}

/** A profile with these mappings, and a sample with all their locations. */
function profileOf(mappings: readonly Drawn[]): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'samples', unit: 'count' }]
  const stack: number[] = []
  for (const { addresses, ...m } of mappings) {
    const mapping = b.addMapping(m)
    for (const address of addresses) stack.push(b.addLocation({ address, mapping, folded: true }))
  }
  b.addSample(stack, [1])
  return b.done()
}

/** Locations as `address fn file:line, ...`. */
function linesOf(p: Profile): string[] {
  const { locations, lines, functions, strings } = p
  return Array.from({ length: locations.count }, (_, i) => {
    const out: string[] = []
    for (let l = locations.lineStart[i + 1]; l < locations.lineEnd[i + 1]; l++) {
      const fn = lines.fn[l]
      const place = `${strings.get(functions.filename[fn])}:${lines.line.get(l)}`
      out.push(`#${fn} ${strings.get(functions.name[fn])} ${place}`)
    }
    return `${locations.address.get(i + 1)} ${out.join(', ')}`.trim()
  })
}

const known: AddressLookup = (address) =>
  address === 7 ? [] : [{ fn: `f${Number(address) % 2}`, file: '/a.go', line: Number(address), startLine: 3 }]

function run(
  p: Profile,
  o: { force?: boolean; open?: (file: string) => AddressLookup } = {},
): { out: Profile; said: string[]; opened: string[] } {
  const said: string[] = []
  const opened: string[] = []
  const out = symbolizeLocally(p, mappingsToSymbolize(p, o.force ?? false), {
    open: (file) => {
      opened.push(file)
      return (o.open ?? (() => known))(file)
    },
    warn: (text) => said.push(text),
  })
  return { out, said, opened }
}

describe('local symbolization', () => {
  test('gives functions and lines, one function per name and file', () => {
    const p = profileOf([{ file: '/bin/a', addresses: [10, 12, 11] }])
    const { out, said } = run(p)
    expect(linesOf(out)).toEqual(['10 #1 f0 /a.go:10', '12 #1 f0 /a.go:12', '11 #2 f1 /a.go:11'])
    expect(said).toEqual([])
    const { functions, inlineFrames, filenames, lineNumbers } = MAPPING_HAS
    expect(out.mappings.has[1]).toBe(functions | inlineFrames | filenames | lineNumbers)
    expect([...out.locations.folded]).toEqual([0, 0, 0, 0])
    // list then starts some lines above the samples, as with go tool pprof.
    expect(out.functions.startLine.get(1)).toBe(0)
  })

  test('leaves the profile that it was given alone', () => {
    const p = profileOf([{ file: '/bin/a', addresses: [10] }])
    run(p)
    expect(linesOf(p)).toEqual(['10'])
    expect(p.mappings.has[1]).toBe(0)
  })

  test('an address that nothing is known about keeps what it had', () => {
    const { out } = run(profileOf([{ file: '/bin/a', addresses: [7, 8] }]))
    expect(linesOf(out)).toEqual(['7', '8 #1 f0 /a.go:8'])
    expect([...out.locations.folded]).toEqual([0, 1, 0])
  })

  test('mappings with names are left out, unless forced', () => {
    const p = profileOf([{ file: '/bin/a', has: MAPPING_HAS.functions, addresses: [1] }])
    expect(run(p).opened).toEqual([])
    expect(run(p).out).toBe(p)
    expect(run(p, { force: true }).opened).toEqual(['/bin/a'])
  })

  test('frames without addresses, as in folded stacks, need no executable', () => {
    const { said, opened } = run(profileOf([{ file: '', addresses: [0, 0] }]), { force: true })
    expect([said, opened]).toEqual([[], []])
    expect(run(profileOf([{ file: '', addresses: [0, 1] }])).said).toEqual([
      'Main binary filename not available.',
    ])
  })

  test('mappings without locations and those of the system are left out', () => {
    const system = ['[vdso]', '/x/linux-vdso.so.1', '/dev/dri/card0', '//anon', '/memfd:x', 'http://h/prof']
    const p = profileOf([
      { file: '/bin/a', addresses: [] },
      ...system.map((file, i) => ({ file, addresses: [i + 1] })),
    ])
    expect(run(p)).toMatchObject({ opened: [], said: [] })
  })

  test('says what is missing, once where it can', () => {
    const p = profileOf([
      { file: '', addresses: [1] },
      { file: '', addresses: [2] },
      { file: '/lib/b', buildId: 'cafe', addresses: [3] },
      { file: '/lib/c', addresses: [4] },
    ])
    const { said, out } = run(p, {
      open: (file) => {
        if (file === '/lib/b') throw new UserError('open /lib/b: no such file or directory')
        return known
      },
    })
    expect(said).toEqual([
      'Main binary filename not available.',
      'Local symbolization failed for b (build ID cafe): open /lib/b: no such file or directory',
      'Some binary filenames not available. Symbolization may be incomplete.\n' +
        'Try setting PPROF_BINARY_PATH to the search path for local binaries.',
    ])
    expect(linesOf(out)).toEqual(['1', '2', '3', '4 #1 f0 /a.go:4'])
  })

  test('a defect of a lookup is not taken for a missing file', () => {
    const p = profileOf([{ file: '/bin/a', addresses: [1] }])
    const broken = (): AddressLookup => {
      throw new Error('defect')
    }
    expect(() => run(p, { open: broken })).toThrow('defect')
  })
})

test('addresses of a program that was loaded elsewhere', () => {
  const { bytes, text } = handmadeElf()
  const exe = openExecutable(bytesReader(bytes), { inflate: unreverse })
  const moved = 0x7f00_0000_0000
  const lookup = goToolLookup(exe, moved)
  const at = (offset: number): string =>
    lookup(moved + text - BASE + offset)
      .map((f) => `${f.fn} ${f.file}:${f.line}`)
      .join()
  expect(at(0)).toBe('main.main /src/main.go:10')
  // One frame, also where a call was inlined.
  expect(at(8)).toBe('main.main /src/main.go:4')
  expect(at(0x30)).toBe('c_work /csrc/work.c:8')
  expect(at(0x1000)).toBe('')
})
