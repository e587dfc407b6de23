import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UserError } from '../core/base/errors.ts'
import { handmadeElf, unreverse, Writer } from '../core/binary/handmade-elf.ts'
import { debugLine } from '../core/binary/lookup.ts'
import type { Profile } from '../core/model/profile.ts'
import { ProfileBuilder } from '../core/model/profile-builder.ts'
import { BinaryFiles, FileReader } from './binary-file.ts'
import { locateBinaries } from './locate-binaries.ts'
import { parseSymbolizeMode, symbolizeProfile } from './symbolize.ts'

let root = ''
let binary = ''
const { bytes, text } = handmadeElf()

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'binary-file-'))
  binary = join(root, 'hand')
  writeFileSync(binary, bytes)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('files read at any place', () => {
  test('exactly what is asked for, as far as there is something', () => {
    const reader = new FileReader(binary)
    expect(reader.size).toBe(bytes.length)
    expect(Buffer.compare(reader.read(10, 20), bytes.subarray(10, 30))).toBe(0)
    expect(reader.read(bytes.length - 3, 10)).toHaveLength(3)
    for (const [at, n] of [
      [bytes.length, 1],
      [-1, 5],
      [0, 0],
      [Number.NaN, 5],
    ] as const)
      expect(reader.read(at, n)).toHaveLength(0)
    expect(reader.bytesRead).toBe(23)
    reader.close()
  })
})

describe('executables', () => {
  test('are opened once', () => {
    const files = new BinaryFiles()
    expect(files.open(binary)).toBe(files.open(binary))
    expect(files.bytesRead).toBeGreaterThan(0)
    files.close()
  })

  test('errors name the file, in the words of go tool pprof', () => {
    const files = new BinaryFiles()
    const message = (path: string): string => {
      try {
        files.open(path)
        return ''
      } catch (e) {
        expect(e).toBeInstanceOf(UserError)
        return (e as Error).message.replaceAll(root, 'ROOT')
      }
    }
    expect(message('/no/such')).toBe('open /no/such: no such file or directory')
    expect(message(root)).toBe('open ROOT: unrecognized object file')
    writeFileSync(join(root, 'text'), 'just some text')
    expect(message(join(root, 'text'))).toBe('open ROOT/text: unrecognized object file')
    expect(message(join(binary, 'x'))).toBe('open ROOT/hand/x: not a directory')
    // A pipe must not be waited for.
    execFileSync('mkfifo', [join(root, 'pipe')])
    expect(message(join(root, 'pipe'))).toBe('open ROOT/pipe: unrecognized object file')
    expect(message('a\0b')).toBe('open a\0b: invalid argument')
  })

  test('compressed debug information is unpacked', async () => {
    const packed = repack(handmadeElf({ compressed: true }).bytes)
    const path = join(root, 'packed')
    writeFileSync(path, packed)
    const files = new BinaryFiles()
    await files.makeReady([path, '/no/such'])
    expect(debugLine(files.open(path), text + 0x30)).toMatchObject({ fn: 'c_work', line: 8 })
    files.close()
  })
})

/** The handmade file "compresses" by reversing: puts zlib's streams there instead, at the end of the file. */
function repack(elf: Uint8Array): Uint8Array {
  const w = new Writer().bytes(elf).align(8)
  const view = new DataView(elf.buffer, elf.byteOffset)
  const table = Number(view.getBigUint64(40, true))
  const moved: { header: number; at: number; size: number }[] = []
  for (let i = 0; i < view.getUint16(60, true); i++) {
    const header = table + i * 64
    if ((view.getUint32(header + 8, true) & 0x800) === 0) continue
    const at = Number(view.getBigUint64(header + 24, true))
    const content = unreverse(elf.slice(at + 24, at + Number(view.getBigUint64(header + 32, true))))
    const stream = deflateSync(content)
    moved.push({ header, at: w.length, size: 24 + stream.length })
    w.u32(1).u32(0).u64(content.length).u64(1).bytes(stream).align(8)
  }
  const out = w.done()
  const o = new DataView(out.buffer)
  for (const m of moved) {
    o.setBigUint64(m.header + 24, BigInt(m.at), true)
    o.setBigUint64(m.header + 32, BigInt(m.size), true)
  }
  expect(moved).toHaveLength(3)
  return out
}

function profileOf(...mappings: { file: string; buildId?: string }[]): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'samples', unit: 'count' }]
  mappings.forEach((m, i) => {
    b.addSample([b.addLocation({ address: text + i, mapping: b.addMapping(m) })], [1])
  })
  if (mappings.length === 0) b.addSample([b.addLocation({ address: text })], [1])
  return b.done()
}

describe('where executables lie', () => {
  /** Files of the mappings, and what was said. */
  async function locate(
    p: Profile,
    o: { searchPath?: string; executable?: string; buildId?: string } = {},
  ): Promise<{ files: string[]; ids: string[]; said: string[] }> {
    const said: string[] = []
    const binaries = new BinaryFiles()
    const out = await locateBinaries(p, {
      binaries: async () => binaries,
      searchPath: o.searchPath ?? '',
      home: root,
      executable: o.executable,
      buildId: o.buildId ?? '',
      warn: (s) => said.push(s.replaceAll(root, 'ROOT')),
    })
    binaries.close()
    const texts = (column: Uint32Array): string[] =>
      Array.from(column.subarray(1), (id) => out.strings.get(id).replaceAll(root, 'ROOT'))
    return { files: texts(out.mappings.file), ids: texts(out.mappings.buildId), said }
  }

  const PLACES = [
    'a/hand',
    'b/srv/bin/hand',
    'c/srv/bin/hand.debug',
    'd/srv/bin/.debug/hand.debug',
    'e/usr/lib/debug/srv/bin/hand.debug',
  ]

  beforeAll(() => {
    for (const place of [...PLACES, 'pprof/binaries/hand']) {
      mkdirSync(join(root, place, '..'), { recursive: true })
      writeFileSync(join(root, place), bytes)
    }
  })

  test.each(PLACES)('%s', async (place) => {
    const folder = join(root, place.slice(0, 1))
    expect(
      (await locate(profileOf({ file: '/srv/bin/hand' }), { searchPath: `/none:${folder}` })).files,
    ).toEqual([`ROOT/${place}`])
  })

  test("without a search path, the folder in the user's home", async () => {
    expect((await locate(profileOf({ file: '/srv/bin/hand' }))).files).toEqual(['ROOT/pprof/binaries/hand'])
  })

  test('a mapping with a build id matches nothing, and it is said of each file that is there', async () => {
    const id = 'abcdef0123'
    for (const place of [`f/${id}/hand`, `f/${id}/z.debug`, `f/srv/bin/hand/${id}`, `f/ab/cdef0123.debug`]) {
      mkdirSync(join(root, place, '..'), { recursive: true })
      writeFileSync(join(root, place), bytes)
    }
    const { files, said } = await locate(profileOf({ file: '/srv/bin/hand', buildId: id }), {
      searchPath: join(root, 'f'),
    })
    expect(files).toEqual(['/srv/bin/hand'])
    const ignored = (place: string): string =>
      `Ignoring local file ROOT/f/${place}: build-id mismatch (${id} != )`
    expect(said).toEqual(
      [`${id}/hand`, `${id}/hand`, `${id}/z.debug`, `srv/bin/hand/${id}`, 'ab/cdef0123.debug'].map(ignored),
    )
  })

  test('what is no executable is passed over', async () => {
    mkdirSync(join(root, 'g'))
    writeFileSync(join(root, 'g/hand'), 'text')
    const { files, said } = await locate(profileOf({ file: '/srv/bin/hand' }), {
      searchPath: join(root, 'g'),
    })
    expect({ files, said }).toEqual({ files: ['/srv/bin/hand'], said: [] })
  })

  test("the user's word on the main binary comes last; a build id only where there is none", async () => {
    const given = { searchPath: join(root, 'a'), executable: './mine', buildId: 'ffff' }
    const both = profileOf({ file: '/srv/bin/hand' }, { file: '/lib/x' })
    expect(await locate(both, given)).toMatchObject({ files: ['./mine', '/lib/x'], ids: ['ffff', ''] })
    expect((await locate(profileOf({ file: '', buildId: 'cafe' }), given)).ids).toEqual(['cafe'])
    expect((await locate(profileOf(), given)).files).toEqual(['./mine'])
  })
})

describe('-symbolize', () => {
  const parse = (mode: string): { mode: unknown; said: string[] } => {
    const said: string[] = []
    return { mode: parseSymbolizeMode(mode, (s) => said.push(s)), said }
  }

  test.each([
    ['', { local: true, remote: true, force: false, demangle: '' }],
    ['local', { local: true, remote: false, force: false, demangle: '' }],
    ['FastLocal:force', { local: true, remote: false, force: true, demangle: '' }],
    ['remote', { local: false, remote: true, force: false, demangle: '' }],
    ['demangle=full', { local: true, remote: true, force: true, demangle: 'full' }],
    ['demangle=none', { local: true, remote: true, force: true, demangle: 'none' }],
    ['templates', { local: true, remote: true, force: true, demangle: 'templates' }],
    ['demangle=default', { local: true, remote: true, force: false, demangle: '' }],
    ['force:none', undefined],
    ['NO', undefined],
  ])('%s', (mode, want) => {
    expect(parse(mode)).toEqual({ mode: want, said: [] })
  })

  test('what it does not know is said and ignored', () => {
    const { mode, said } = parse('Local:odd')
    expect(mode).toMatchObject({ local: true, remote: false })
    expect(said).toEqual([
      'ignoring unrecognized symbolization option: Local:odd',
      expect.stringMatching(/^expecting -symbolize=\[local/),
    ])
  })

  const nameOf = (p: Profile): string => {
    const line = p.locations.lineStart[1]!
    return line < p.locations.lineEnd[1]! ? p.strings.get(p.functions.name[p.lines.fn[line]!]!) : ''
  }
  const symbolize = async (mode: string, remote?: (p: Profile) => Promise<Profile>): Promise<Profile> => {
    const binaries = new BinaryFiles()
    const out = await symbolizeProfile(profileOf({ file: binary }), {
      mode,
      binaries: async () => binaries,
      warn: () => undefined,
      ...(remote && { remote }),
    })
    binaries.close()
    return out
  }

  test('local names, servers after them', async () => {
    expect(nameOf(await symbolize(''))).toBe('main.main')
    expect(nameOf(await symbolize('remote'))).toBe('')
    expect(nameOf(await symbolize('none'))).toBe('')
    let seen = ''
    await symbolize('force', async (p) => {
      seen = nameOf(p)
      return p
    })
    expect(seen).toBe('main.main')
    let asked = false
    await symbolize('local', async (p) => {
      asked = true
      return p
    })
    expect(asked).toBe(false)
  })
})
