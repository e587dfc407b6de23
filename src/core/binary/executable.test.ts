import { describe, expect, test } from 'vitest'
import { DecodeError } from '../base/errors.ts'
import { bytesReader } from './byte-reader.ts'
import { type Executable, isExecutable, openExecutable } from './executable.ts'
import { BASE, type HandmadeOptions, handmadeElf, unreverse } from './handmade-elf.ts'
import { codeAt, debugLine, functionBounds, inlinedFrames, sourceLine, symbolName } from './lookup.ts'

const open = (options?: HandmadeOptions): { exe: Executable; text: number } => {
  const { bytes, text } = handmadeElf(options)
  return { exe: openExecutable(bytesReader(bytes), { inflate: unreverse }), text }
}

const frames = (exe: Executable, address: number): string[] =>
  inlinedFrames(exe, address).map((f) => `${f.fn} ${f.file}:${f.line} (${f.startLine})`)

describe('a Go program with some C', () => {
  const { exe, text } = open()

  test('headers', () => {
    expect(exe.arch).toBe('amd64')
    expect(exe.loadAddress).toBe(BASE)
    expect(exe.text).toMatchObject({ address: text, size: 0x40 })
    expect(exe.image.kind).toBe('executable')
    expect(exe.section('.go.module')?.size).toBe(41 * 8)
    expect(exe.section('.nothing')).toBeUndefined()
  })

  test('build info and ids', () => {
    const info = exe.buildInfo!
    expect(info.goVersion).toBe('go1.99.1')
    expect(info.path).toBe('example.com/hand')
    expect(info.main).toMatchObject({ path: 'example.com/hand', version: 'v1.2.3', sum: 'h1:abc=' })
    expect(info.deps).toHaveLength(1)
    expect(info.deps[0].replace).toMatchObject({ path: 'example.com/fork', version: 'v0.2.0' })
    expect([...info.settings]).toEqual([
      ['-ldflags', '-s -w "x"'],
      ['vcs.revision', '0123abc'],
    ])
    expect(exe.goBuildId).toBe('a/b/c')
    expect(exe.buildId).toBe('dead01')
  })

  test('symbols are sorted by address, equal ones in file order', () => {
    const s = exe.symbols!
    const rows = Array.from({ length: s.count }, (_, i) => `${s.letter(i)} ${s.name(i)} ${s.size[i]}`)
    expect(rows).toEqual([
      '_ work.c 0',
      'U puts 0',
      'T main.main 32',
      't runtime.text 0',
      'T main.other 16',
      'T c_work 16',
      'r go:func.* 0',
      'D main.data 8',
    ])
    expect(s.where((n) => n.startsWith('main.')).map((i) => s.name(i))).toEqual([
      'main.main',
      'main.other',
      'main.data',
    ])
    expect(s.where(null, text + 0x21).map((i) => s.name(i))).toEqual(['main.other'])
    expect(s.find('c_work', 'nothing', 'main.mai')).toEqual([5, -1, -1])
    expect(symbolName(exe, text + 0x3f)).toBe('c_work')
    expect(symbolName(exe, text + 0x40)).toBe('')
  })

  test('Go functions', () => {
    const { pcln } = exe.go!
    expect(pcln.version).toBe(120)
    expect(Array.from(pcln.entry, (a) => a - text)).toEqual([0, 0x20, 0x30])
    expect([pcln.name(0), pcln.name(1)]).toEqual(['main.main', 'main.other'])
    expect([-1, 0, 0x1f, 0x20, 0x2f, 0x30].map((d) => pcln.find(text + d))).toEqual([-1, 0, 0, 1, 1, -1])
  })

  test('one frame per address, as the reference tool has it', () => {
    expect(sourceLine(exe, text)).toEqual({ fn: 'main.main', file: '/src/main.go', line: 10, startLine: 9 })
    // The inlined call has its own line but not its own name.
    expect(sourceLine(exe, text + 8)).toMatchObject({ fn: 'main.main', line: 4 })
    expect(sourceLine(exe, text + 0x24)).toMatchObject({ fn: 'main.other', file: '/src/other.go', line: 25 })
    expect(sourceLine(exe, text + 0x30)).toMatchObject({ fn: 'c_work', file: '/csrc/work.c', line: 8 })
    expect(sourceLine(exe, text + 0x34)).toMatchObject({ fn: 'c_work', file: '/csrc/inc/inner.h', line: 6 })
    expect(sourceLine(exe, text + 0x40)).toBeUndefined()
    expect(debugLine(exe, text)).toBeUndefined()
  })

  test('inlined frames', () => {
    expect(frames(exe, text + 7)).toEqual(['main.main /src/main.go:10 (9)'])
    expect(frames(exe, text + 8)).toEqual(['main.add /src/main.go:4 (3)', 'main.main /src/main.go:10 (9)'])
    expect(frames(exe, text + 16)).toEqual(['main.main /src/main.go:11 (9)'])
    expect(frames(exe, text + 0x36)).toEqual(['c_inner /csrc/inc/inner.h:6 (5)', 'c_work /csrc/work.c:9 (8)'])
    expect(frames(exe, text + 0x38)).toEqual(['c_work /csrc/work.c:10 (8)'])
    expect(frames(exe, text - 1)).toEqual([])
  })

  test('code and bounds', () => {
    expect(functionBounds(exe, text + 0x25)).toEqual({
      name: 'main.other',
      start: text + 0x20,
      end: text + 0x30,
    })
    expect(functionBounds(exe, text + 0x31)).toEqual({ name: 'c_work', start: text + 0x30, end: text + 0x40 })
    expect(functionBounds(exe, text + 0x50)).toBeUndefined()
    expect(codeAt(exe, text + 0x38, text + 0x80)).toEqual({
      start: text + 0x38,
      bytes: new Uint8Array(8).fill(0x90),
    })
    expect(codeAt(exe, text + 0x40, text + 0x80)).toBeUndefined()
    expect(exe.bytesAt(text + 0x3e, 2)).toEqual(Uint8Array.of(0x90, 0x90))
    expect(exe.bytesAt(0, 8)).toHaveLength(0)
    expect(exe.problems).toEqual([])
  })
})

test('a stripped program: table found by section, the rest from the module record', () => {
  const { exe, text } = open({ symbols: false })
  expect(exe.symbols).toBeUndefined()
  expect(frames(exe, text + 8)).toEqual(['main.add /src/main.go:4 (3)', 'main.main /src/main.go:10 (9)'])
})

test('a program without section names for Go: table found by its header', () => {
  const { exe, text } = open({ symbols: false, pclnSection: '.rodata' })
  expect(frames(exe, text + 0x21)).toEqual(['main.other /src/other.go:20 (19)'])
})

test('compressed debug sections', () => {
  const { exe, text } = open({ compressed: true })
  expect(frames(exe, text + 0x36)).toHaveLength(2)
  const { bytes } = handmadeElf({ compressed: true })
  const without = openExecutable(bytesReader(bytes))
  expect(frames(without, text + 0x36)).toEqual(['c_work :0 (0)'])
  expect(without.problems).toEqual([{ part: 'debug', message: '.debug_info is compressed' }])
})

test('only the parts that are asked for are read', () => {
  const { bytes, text } = handmadeElf()
  const inner = bytesReader(bytes)
  const touched = new Uint8Array(bytes.length)
  const read = (offset: number, length: number): Uint8Array => {
    touched.fill(1, offset, offset + length)
    return inner.read(offset, length)
  }
  const exe = openExecutable({ size: bytes.length, read })
  sourceLine(exe, text)
  const debug = exe.section('.debug_info')!
  expect(touched.subarray(debug.offset, debug.offset + debug.size).includes(1)).toBe(false)
})

test('other files are refused', () => {
  for (const text of ['', 'MZ', '#!/bin/sh\n', '\x7fELF', '\x7fELF\x02\x01\x01']) {
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0))
    expect(() => openExecutable(bytesReader(bytes))).toThrow(DecodeError)
  }
  expect(isExecutable(Uint8Array.from('\x7fELF1234', (c) => c.charCodeAt(0)))).toBe(true)
  expect(isExecutable(Uint8Array.from('profile!', (c) => c.charCodeAt(0)))).toBe(false)
})

/** Everything that can be asked; throws only DecodeError, and that only when opening. */
function exercise(bytes: Uint8Array, text: number): void {
  let exe: Executable
  try {
    exe = openExecutable(bytesReader(bytes), { inflate: unreverse })
  } catch (e) {
    expect(e).toBeInstanceOf(DecodeError)
    return
  }
  for (const a of [text, text + 9, text + 0x22, text + 0x31, text + 0x35, text + 0x3f, 0, -1]) {
    sourceLine(exe, a)
    inlinedFrames(exe, a)
    functionBounds(exe, a)
    codeAt(exe, a, a + 16)
  }
  exe.symbols?.where((n) => n.includes('main'))
  exe.dwarf?.frames(text + 0x35)
  void exe.buildInfo
  void exe.goBuildId
  void exe.buildId
}

describe('damage ends in DecodeError or in missing answers', () => {
  for (const options of [{}, { symbols: false, pclnSection: '.rodata' }, { compressed: true }]) {
    const { bytes, text } = handmadeElf(options)

    test(`truncations ${JSON.stringify(options)}`, () => {
      for (let n = 0; n < bytes.length; n++) exercise(bytes.subarray(0, n), text)
    })

    test(`flipped bytes ${JSON.stringify(options)}`, () => {
      // Every byte once, with a value from a fixed generator.
      let seed = 12345
      const random = (): number => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
        return seed >>> 16
      }
      for (let i = 0; i < bytes.length; i++) {
        const bad = bytes.slice()
        bad[i] = [0xff, 0x00, 0x80, random() & 0xff][random() & 3]
        exercise(bad, text)
      }
    })
  }
})
