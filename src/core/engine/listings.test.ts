import { describe, expect, test } from 'vitest'
import { UserError } from '../base/errors.ts'
import { utc } from '../base/go-time.ts'
import { encodeUtf8 } from '../base/utf8.ts'
import { bytesReader } from '../binary/byte-reader.ts'
import { type Disassembler, loadDisassembler } from '../binary/disasm/index.ts'
import { openExecutable } from '../binary/executable.ts'
import { BASE, handmadeElf, unreverse } from '../binary/handmade-elf.ts'
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { type Config, defaultConfig } from '../reports/config.ts'
import { REPORTS } from '../reports/index.ts'
import { TextSink } from '../reports/report.ts'
import type { ReportFiles } from '../reports/report-files.ts'
import { prepareReport } from './run-report.ts'

const { bytes, text: TEXT } = handmadeElf()
// One instruction of several bytes, MOVQ SP, BP, at the inlined call.
bytes.set([0x48, 0x89, 0xe5], TEXT - BASE + 8)
const amd64: Disassembler = await loadDisassembler('amd64')

const SOURCES: Readonly<Record<string, string>> = {
  '/src/main.go': Array.from({ length: 16 }, (_, i) => `\tline ${i + 1} <a & b>`).join('\r\n'),
  '/src/other.go': 'only\nthree\nlines',
}

function filesWith(
  sources: Readonly<Record<string, string>>,
  asked: string[] = [],
  program: Uint8Array = bytes,
): ReportFiles {
  const exe = openExecutable(bytesReader(program), { inflate: unreverse })
  return {
    binaries: {
      open: (path) => {
        if (path === '/bin/hand') return exe
        throw new UserError(`open ${path}: no such file or directory`)
      },
    },
    sources: {
      read: (file, searchPath, trimPath, hints) => {
        asked.push(`${file} ${searchPath} ${trimPath} ${hints.fn} ${hints.buildInfo()?.goVersion}`)
        const found = sources[file]
        if (found !== undefined) return { bytes: encodeUtf8(found) }
        return { error: `open ${file}: gone`, tried: ['/else/where'], advice: 'look again' }
      },
    },
    disassembler: (arch) => (arch === 'amd64' ? amd64 : undefined),
  }
}

/** main.main called by main.other: samples at its first byte, in the middle of an instruction, and at the call. */
function sampled(binary = '/bin/hand'): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  const mapping = b.addMapping({ start: BASE, limit: BASE + 0x2000, file: binary })
  const main = b.addFunction('main.main', { filename: '/src/main.go', startLine: 9 })
  const add = b.addFunction('main.add', { filename: '/src/main.go', startLine: 3 })
  const other = b.addFunction('main.other', { filename: '/src/other.go', startLine: 2 })
  const at = (offset: number, ...lines: [fn: number, line: number][]): number =>
    b.addLocation({ address: TEXT + offset, mapping, lines: lines.map(([fn, line]) => ({ fn, line })) })
  const caller = at(0x21, [other, 20])
  b.addSample([at(0, [main, 10]), caller], [10e6])
  b.addSample([at(9, [add, 4], [main, 10]), caller], [20e6])
  b.addSample([caller], [1e6])
  return b.done()
}

const WRITERS = {
  list: await REPORTS.list.load(),
  disasm: await REPORTS.disasm.load(),
  weblist: await REPORTS.weblist.load(),
}

interface Printed {
  readonly text: string
  readonly remarks: string[]
}

function print(
  name: keyof typeof WRITERS,
  symbol: string,
  p: Profile = sampled(),
  settings: Partial<Config> = {},
  files: ReportFiles | undefined = filesWith(SOURCES),
): Printed {
  const kind = REPORTS[name]
  const remarks: string[] = []
  const sink = new TextSink()
  const context = { zones: utc, warn: () => undefined, ...(files && { files }) }
  const config = { ...defaultConfig(), ...settings }
  // A search for what is not a plain word would need the large engine.
  WRITERS[name](prepareReport(p, { name, kind, symbol }, config, context), {
    text: (s) => sink.text(s),
    bytes: (b) => sink.bytes(b),
    remark: (s) => remarks.push(s),
  })
  return { text: sink.toString(), remarks }
}

describe('list', () => {
  test('from the declaration to five lines below the last sample', () => {
    expect(print('list', 'main.main').text.split('\n')).toEqual([
      'Total: 31ms',
      'ROUTINE ======================== main.main in /src/main.go',
      '      10ms       30ms (flat, cum) 96.77% of Total',
      '         .          .      9:\tline 9 <a & b>',
      '      10ms       30ms     10:\tline 10 <a & b>',
      '         .          .     11:\tline 11 <a & b>',
      '         .          .     12:\tline 12 <a & b>',
      '         .          .     13:\tline 13 <a & b>',
      '         .          .     14:\tline 14 <a & b>',
      '         .          .     15:\tline 15 <a & b>',
      '',
    ])
  })

  test('functions by name; a file that ends before the samples shows what there is', () => {
    const { text } = print('list', 'main')
    expect(text.match(/(?<==== )\S+/g)).toEqual(['main.add', 'main.main', 'main.other'])
    expect(
      text.endsWith('of Total\n         .          .      2:three\n         .          .      3:lines\n'),
    ).toBe(true)
  })

  test("a missing source keeps the reference's line; where it was looked for is a remark", () => {
    const asked: string[] = []
    const { text, remarks } = print(
      'list',
      'other',
      sampled(),
      { sourcePath: '/s', trimPath: '/t' },
      filesWith({}, asked),
    )
    expect(text).toContain('of Total\n Error: open /src/other.go: gone\n')
    expect(remarks).toEqual(['no source for /src/other.go, also looked at /else/where', 'look again'])
    expect(asked).toEqual(['/src/other.go /s /t main.other go1.99.1'])
  })

  test('a line of 64 KiB ends the file', () => {
    const long = `one\n${'x'.repeat(65_535)}\n${'y'.repeat(65_536)}\nfour`
    const { text } = print('list', 'other', sampled(), {}, filesWith({ '/src/other.go': long }))
    expect(
      text
        .split('\n')
        .slice(3)
        .map((l) => l.slice(0, 31)),
    ).toEqual(['         .          .      2:xx', ''])
  })

  test('nothing matches', () => {
    expect(() => print('list', 'zzz')).toThrow(new UserError('no matches found for regexp: zzz'))
  })

  test("without files it is the caller's mistake", () => {
    const kind = REPORTS.list
    const report = prepareReport(sampled(), { name: 'list', kind, symbol: 'main' }, defaultConfig(), {
      zones: utc,
      warn: () => undefined,
    })
    expect(() => WRITERS.list(report, new TextSink())).toThrow(UserError)
  })
})

describe('disasm', () => {
  test('samples between two instructions count for the first one', () => {
    const { text } = print('disasm', 'main')
    expect(text.split('\n').slice(0, 4)).toEqual([
      'Total: 31ms',
      'ROUTINE ======================== main.main',
      '      30ms       30ms (flat, cum) 96.77% of Total',
      `      10ms       10ms     ${TEXT.toString(16)}: NOPL                                    ;main.main main.go:10`,
    ])
    // Taken at its second byte; its place is the executable's.
    const inside = (TEXT + 8).toString(16)
    expect(text).toContain(
      `      20ms       20ms     ${inside}: MOVQ SP, BP                             ;main.main main.go:4\n`,
    )
  })

  test('the last byte of a symbol is not reached', () => {
    const { text } = print('disasm', 'main.other')
    const addresses = [...text.matchAll(/^.{21} +([0-9a-f]+): /gm)].map(
      (m) => Number.parseInt(m[1], 16) - TEXT,
    )
    expect(addresses).toEqual(Array.from({ length: 15 }, (_, i) => 0x20 + i))
  })

  test('symbols without samples, and names that only the profile has, are not listed', () => {
    expect(() => print('disasm', 'c_work')).toThrow('no matches found for regexp c_work')
    expect(() => print('disasm', 'main.add')).toThrow('no matches found for regexp main.add')
  })

  test('a stripped Go program is listed by the functions that its runtime knows', () => {
    const stripped = handmadeElf({ symbols: false }).bytes
    const { text } = print('disasm', 'main', sampled(), {}, filesWith(SOURCES, [], stripped))
    expect(text.match(/(?<==== ).+/g)).toEqual(['main.main', 'main.other'])
    expect(text.match(/NOPL/g)).toHaveLength(0x30)
  })

  test('an address', () => {
    const hex = `0x${(TEXT + 9).toString(16)}`
    expect(() => print('disasm', hex)).toThrow(`no matches found for address ${hex}`)
  })

  test('an executable that is not there', () => {
    expect(() => print('disasm', 'main', sampled('/bin/none'))).toThrow(
      'open /bin/none: no such file or directory\nno matches found for regexp main',
    )
  })

  test('Intel syntax is refused once there is something to print', () => {
    expect(() => print('disasm', 'zzz', sampled(), { intelSyntax: true })).toThrow('no matches')
    expect(() => print('disasm', 'main', sampled(), { intelSyntax: true })).toThrow('Intel syntax')
  })

  test('an architecture that cannot be disassembled', () => {
    const files: ReportFiles = { ...filesWith(SOURCES), disassembler: () => undefined }
    expect(() => print('disasm', 'main', sampled(), {}, files)).toThrow('unsupported architecture "amd64"')
  })
})

describe('weblist', () => {
  const page = print('weblist', 'main.main').text

  test('is a page of its own, with everything escaped', () => {
    expect(
      page.startsWith('<!DOCTYPE html>\n<html>\n<head>\n  <meta charset="utf-8">\n  <title>hand cpu</title>'),
    ).toBe(true)
    expect(page.endsWith('</pre>\n\n</body>\n</html>\n')).toBe(true)
    expect(page).toContain('line 10 &lt;a &amp; b&gt; </span>')
    expect(page).not.toMatch(/<a & b>|(?:src|href)=|https?:/)
  })

  test('instructions stand below the line that the executable has for them', () => {
    const line10 = page.split('\n<span class=line>').find((l) => l.startsWith('     10<'))
    expect(line10).toMatch(/<span class=livesrc> {8}10ms {7}10ms/)
    expect(line10?.match(/NOPL/g)).toHaveLength(8)
    expect(page.match(/MOVQ SP, BP/g)).toHaveLength(1)
    const line4 = page.split('\n<span class=line>').find((l) => l.startsWith('      4<'))
    expect(line4).toMatch(/<span class=livesrc> {8}20ms {7}20ms/)
  })

  test('names and sources that are markup stay text', () => {
    const p = sampled()
    const evil = '</script><script>alert(1)</script>'
    const fn = p.functions.name.slice().fill(p.strings.intern(evil), 1)
    const odd = { ...p, functions: { ...p.functions, name: fn, systemName: fn } }
    const none = filesWith({ '/src/main.go': evil.repeat(20).replaceAll('>', '>\n'), '/src/other.go': evil })
    const { text } = print('weblist', 'alert', withoutCode(odd), {}, none)
    expect(text).not.toContain('alert(1)</script>')
    expect(text).toContain('&lt;/script&gt;&lt;script&gt;alert(1)')
  })

  test('without an executable there are lines but no instructions, calls where something was inlined', () => {
    const { text } = print('weblist', 'main.main', withoutCode(sampled()))
    expect(text).not.toContain('NOPL')
    expect(text).toContain('<span class=inlinesrc>')
    expect(text).toContain('<span class=unimportant>main.go:4</span>')
  })

  test('nothing matches', () => {
    expect(() => print('weblist', 'zzz')).toThrow(new UserError('no matches found for regexp: zzz'))
  })
})

/** The profile of a program that is not on this machine. */
function withoutCode(p: Profile): Profile {
  const file = p.mappings.file.slice().fill(p.strings.intern('/bin/none'), 1)
  return { ...p, mappings: { ...p.mappings, file } }
}
