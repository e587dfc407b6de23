import { describe, expect, test } from 'vitest'
import { UserError } from '../../base/errors.ts'
import { encodeUtf8 } from '../../base/utf8.ts'
import { bytesReader } from '../../binary/byte-reader.ts'
import { loadDisassembler } from '../../binary/disasm/index.ts'
import { openExecutable } from '../../binary/executable.ts'
import { BASE, handmadeElf, unreverse } from '../../binary/handmade-elf.ts'
import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import type { ReportFiles } from '../../reports/report-files.ts'
import { buildListing, exactly } from './build-listing.ts'
import type { Listing } from './listing.ts'
import { preparedReport } from './profile-query.ts'
import { Workbench } from './workbench.ts'

const { bytes, text: TEXT } = handmadeElf()
const amd64 = await loadDisassembler('amd64')

const SOURCE = [
  ...Array.from({ length: 8 }, (_, i) => `// line ${i + 1}`),
  'func main() {',
  '\tadd(1, 2)',
  ...Array.from({ length: 30 }, () => '\tidle()'),
  '}',
  'func next() {}',
].join('\n')

const files = (sources: Readonly<Record<string, string>>): ReportFiles => ({
  binaries: {
    open: (path) => {
      if (path === '/bin/hand') return openExecutable(bytesReader(bytes), { inflate: unreverse })
      throw new UserError(`open ${path}: no such file or directory`)
    },
  },
  sources: {
    read: (file) =>
      file in sources
        ? { bytes: encodeUtf8(sources[file]!) }
        : { error: `open ${file}: gone`, tried: ['/else/where'], advice: 'look again' },
  },
  disassembler: (arch) => (arch === 'amd64' ? amd64 : undefined),
})

/** main.main, into which main.add is inlined, called by main.other. */
function sampled(binary = '/bin/hand', startLine = 9): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  const mapping = b.addMapping({ start: BASE, limit: BASE + 0x2000, file: binary })
  const main = b.addFunction('main.main', { filename: '/src/main.go', startLine })
  const add = b.addFunction('main.add', { filename: '/src/main.go', startLine: 3 })
  const other = b.addFunction('main.other', { filename: '/src/other.go', startLine: 2 })
  const at = (offset: number, ...lines: [fn: number, line: number][]): number =>
    b.addLocation({ address: TEXT + offset, mapping, lines: lines.map(([fn, line]) => ({ fn, line })) })
  const caller = at(0x21, [other, 20])
  b.addSample([at(0, [main, 10]), caller], [10e6])
  b.addSample([at(9, [add, 4], [main, 10]), caller], [20e6])
  return b.done()
}

function list(
  fn: string,
  code: boolean,
  profile = sampled(),
  sources: Readonly<Record<string, string>> = { '/src/main.go': SOURCE },
): Promise<Listing> {
  const w = new Workbench()
  const { id } = w.addProfile('p', profile)
  const prepare: Parameters<typeof buildListing>[0] = (name, symbol) =>
    preparedReport(w, { of: [id] }, name, {}, symbol, files(sources))
  return buildListing(prepare, { fn, code })
}

describe('a listing', () => {
  test.each([
    ['a function of one line', 'func main() { add(1, 2) }\n\nfunc next() {\n}', 1],
    ['a function in a function', '\tgo func() {\n\t\tadd()\n\t}()\n}\n\n', 3],
    ['one that is not closed', 'func main() {\n\tadd()\n', 2],
  ])('ends with %s', async (_, code, lines) => {
    const at = code.startsWith('func main() {\n') || code.startsWith('\t') ? 9 : 10
    const source = `${'//\n'.repeat(at - 1)}${code}`
    const { files: found } = await list('main.main', false, sampled('/bin/hand', at), {
      '/src/main.go': source,
    })
    expect(found[0]!.texts).toEqual(code.split('\n').slice(0, lines))
  })
  test('goes from the declaration to the closing brace', async () => {
    const { files: found, code, remarks } = await list('main.main', false)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ file: '/src/main.go', first: 9, error: '' })
    expect(found[0]!.texts[0]).toBe('func main() {')
    expect(found[0]!.texts.at(-1)).toBe('}')
    expect(found[0]!.texts).toHaveLength(33)
    expect([code, remarks]).toEqual([[], []])
  })
  test('has the instructions of a line, with the calls that were inlined', async () => {
    const { code, symbols, codeError } = await list('main.main', true)
    expect(codeError).toBe('')
    expect(symbols.map((s) => s.name)).toEqual(['main.main'])
    expect(symbols[0]!.total).toBe(30e6)
    const all = code.flatMap((c) => c.instructions)
    expect(all.reduce((sum, x) => sum + x.self, 0)).toBe(30e6)
    const inlined = all.filter((x) => x.calls.length > 0)
    expect(inlined.length).toBeGreaterThan(0)
    expect(inlined[0]!.calls[0]).toMatchObject({ fn: 'main.add', file: 'main.go' })
  })
  test('finds a function in the code of the one that it was inlined into', async () => {
    const { code, symbols, codeError } = await list('main.add', true)
    expect(symbols).toEqual([])
    expect(codeError).toBe('')
    expect(code.flatMap((c) => c.instructions).reduce((sum, x) => sum + x.self, 0)).toBe(20e6)
    expect(code.flatMap((c) => c.instructions).every((x) => x.calls.length === 0)).toBe(true)
  })
  test('says what it could not find', async () => {
    const none = await list('main.main', true, sampled('/bin/elsewhere'), {})
    expect(none.files[0]).toMatchObject({ texts: [], error: 'open /src/main.go: gone' })
    expect(none.remarks.join()).toContain('/else/where')
    expect(none.codeError).toBe('open /bin/elsewhere: no such file or directory')
    await expect(list('main.nobody', false)).rejects.toThrow('no matches found')
  })
  test('very long lines are cut', async () => {
    const long = { '/src/main.go': SOURCE.replace('add(1, 2)', 'x'.repeat(10_000)) }
    const { files: found } = await list('main.main', false, sampled(), long)
    expect(found[0]!.texts[1]!.length).toBeLessThan(3000)
  })
})

test('a name is matched as it is written', () => {
  expect(exactly('main.(*T[...]).f+')).toBe('^main\\.\\(\\*T\\[\\.\\.\\.\\]\\)\\.f\\+$')
})
