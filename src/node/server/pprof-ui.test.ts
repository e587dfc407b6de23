import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../../test/kit/run-command.ts'
import { utc } from '../../core/base/go-time.ts'
import { decodeUtf8 } from '../../core/base/utf8.ts'
import type { Profile } from '../../core/model/profile.ts'
import { ProfileBuilder } from '../../core/model/profile-builder.ts'
import { defaultConfig } from '../../core/reports/config.ts'
import { BinaryFiles } from '../binary-file.ts'
import { readProfile } from '../read-profile.ts'
import { PprofUi } from './pprof-ui.ts'
import type { Answer } from './server.ts'

const cpu = join(root, 'examples', 'orders', 'go1.26', 'cpu.pb.gz')
const folder = mkdtempSync(join(tmpdir(), 'goscope-ui-'))
const settings = join(folder, 'config', 'pprof', 'settings.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function uiOf(profile: Profile, config = defaultConfig()): PprofUi {
  const binaries = new BinaryFiles()
  return new PprofUi({ profile, config, binaries, zones: utc, settings, difference: false, producer: 'test' })
}

const text = (a: Answer): string => (typeof a.body === 'string' ? a.body : '')
const get = (ui: PprofUi, address: string): Promise<Answer> => {
  const { pathname, searchParams } = new URL(address, 'http://x')
  expect(ui.method(pathname)).toBe('GET')
  return ui.answer({ path: pathname, query: searchParams }, 'FORM')
}
const post = (ui: PprofUi, path: string, form: Record<string, string>): Promise<Answer> => {
  expect(ui.method(path)).toBe('POST')
  return ui.answer({ path, query: new URLSearchParams(), form: new URLSearchParams(form) }, 'FORM')
}

/** All scripts of a page that run, and style sheets, are among those that its policy will name. */
function expectKnownScripts(a: Answer): void {
  const found = (name: string): string[] =>
    [...text(a).matchAll(new RegExp(`<${name}([^>]*)>([\\s\\S]*?)</${name}>`, 'g'))]
      .filter(([, attributes]) => !attributes!.includes('application/json'))
      .map((m) => m[2]!.replace(/^<!\[CDATA\[|\]\]>$/g, ''))
  const digest = (s: string): string => createHash('sha256').update(s).digest('hex')
  expect(found('script').map(digest).sort()).toEqual((a.scripts ?? []).map(digest).sort())
  expect(found('style').map(digest).sort()).toEqual((a.styles ?? []).map(digest).sort())
  expect(text(a)).not.toMatch(/ on[a-z]+="| style="|="javascript:/)
}

describe('pages of a profile', () => {
  let ui: PprofUi
  beforeAll(async () => {
    const { profile } = await readProfile(cpu)
    ui = uiOf(profile)
  })
  afterAll(() => ui.close())

  test.each([
    ['/', 'graph', /<svg[\s\S]*compressor[\s\S]*<\/svg>/],
    ['/graph?f=compress', 'graph', /<svg/],
    ['/top', 'top', /findMatch/],
    ['/ui/top?si=samples', 'top', /findMatch/],
    ['/peek', 'peek', /mallocgc/],
    ['/peek?f=compress', 'peek', /deflate\.go:439/],
    ['/source', 'source', /Choose a function/],
    ['/disasm', 'disasm', /Choose a function/],
    ['/flamegraph', 'flamegraph', /goscope-data/],
  ])('%s', async (address, view, content) => {
    const a = await get(ui, address)
    expect(a.status).toBe(200)
    expect(a.type).toBe('text/html; charset=utf-8')
    expect(text(a)).toMatch(content)
    expect(text(a)).toMatch(new RegExp(`href="${view}(\\?[^"]*)?" aria-current="page"`))
    expectKnownScripts(a)
  })

  test('top has the figures of the report', async () => {
    const a = await get(ui, '/top')
    expect(text(a)).toMatch(
      /<td data-v="1590000000">1\.59s<\/td><td data-v="1590000000">16\.29%<\/td><td data-v="0">16\.29%<\/td><td data-v="1900000000">1\.90s<\/td>/,
    )
    const cum = await get(ui, '/top?sort=cum&n=3')
    expect(text(cum).match(/<tr><td data-v/g)).toHaveLength(3)
    expect(text(cum)).toContain('lighter entries are not shown')
  })

  test('filters stay in all links, without what is the default', async () => {
    const a = await get(ui, '/top?f=compress&i=x%26y&sort=flat&n=&unit=minimum')
    expect(text(a)).toContain('href="peek?f=compress&#38;i=x%26y"')
    expect(text(a)).not.toContain('sort=flat')
    expect(text(a)).toContain('value="compress"')
    expect(text(a)).toContain('More filters (1)')
  })

  test('source shows lines of a file that is at hand', async () => {
    const a = await get(ui, '/source?f=main%5C.distance')
    expect(text(a)).toMatch(/main\.distance/)
    expect(a.status).toBe(200)
  })

  test.each([
    ['/top?f=(', 'missing closing', 'regular expression'],
    ['/graph?n=many', 'nodecount', 'Reset'],
    ['/flamegraph?si=nothing', 'must be one of', ''],
    ['/peek?f=nowhere', 'no matches found', 'Top lists all names'],
    ['/top?g=bytes', 'granularity', ''],
    ['/source?f=nowhere', 'no matches found', ''],
  ])('%s explains itself', async (address, message, advice) => {
    const a = await get(ui, address)
    expect(a.status).toBe(400)
    expect(text(a)).toContain(message)
    expect(text(a)).toContain(advice)
    expectKnownScripts(a)
  })

  test('a filter that matches nothing is remarked', async () => {
    const a = await get(ui, '/top?f=nowhere')
    expect(a.status).toBe(200)
    expect(text(a)).toContain('Focus expression matched no samples')
    expect(text(a)).toContain('There is nothing to show')
  })

  test('the profile comes whole, whatever the filters', async () => {
    const a = await get(ui, '/download?f=nowhere')
    expect(a.type).toBe('application/vnd.google.protobuf+gzip')
    expect(a.headers?.['Content-Disposition']).toBe('attachment;filename=profile.pb.gz')
    expect(decodeUtf8(gunzipSync(a.body as Uint8Array))).toContain('compress/flate.(*compressor).findMatch')
  })

  test('old and short addresses lead on, with their query', async () => {
    expect(await get(ui, '/ui?f=a')).toMatchObject({ status: 307, headers: { Location: 'ui/?f=a' } })
    expect(await get(ui, '/ui/flamegraph2?f=a')).toMatchObject({
      status: 301,
      headers: { Location: 'flamegraph?f=a' },
    })
  })

  test('there is nothing else', () => {
    for (const path of ['/x', '/top/', '/ui/ui/', '/ui/../top', '/TOP', '/top%00', '/constructor', ''])
      expect(ui.method(path)).toBeUndefined()
  })
})

describe('the command line’s config', () => {
  test('holds for pages, and an address can take it back', async () => {
    const { profile } = await readProfile(cpu)
    const ui = uiOf(profile, { ...defaultConfig(), focus: 'compress' })
    const focused = text(await get(ui, '/top'))
    expect(focused).not.toContain('>distance</a>')
    expect(focused).toContain('href="peek"')
    const all = text(await get(ui, '/top?f='))
    expect(all).toContain('>distance</a>')
    expect(all).toContain('href="peek?f="')
  })
})

describe('names that want to be markup', () => {
  const evil = `</script></style><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u202e\u001b[31m`
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: evil, unit: evil },
    { type: 'cpu<b>', unit: 'nanoseconds' },
  ]
  b.comments = [evil]
  b.docUrl = 'javascript:alert(1)'
  b.addMapping({ start: 0x1000, limit: 0x9000, file: `/bin/${evil}`, buildId: evil })
  const stack = [evil, `a/${evil}.(*T).f`, `${evil}2`, ']]></svg><script>alert(2)</script>', 'plain'].map(
    (name, i) =>
      b.addLocation({
        address: 0x1000 + i,
        mapping: 1,
        lines: [{ fn: b.addFunction(name, { filename: `/src/${evil}.go`, startLine: 1 }), line: 3 }],
      }),
  )
  b.addSample(stack, [1, 1e9], [{ key: evil, text: evil }])
  b.addSample(stack.slice(1), [5, 5e9])
  const profile = b.done()
  let ui: PprofUi
  beforeAll(() => {
    ui = uiOf(profile)
  })
  afterAll(() => ui.close())

  test.each([
    '/',
    '/top',
    '/top?si=0',
    '/top?g=lines',
    '/peek',
    '/peek?f=script',
    '/source',
    '/source?f=script',
    '/disasm?f=script',
    '/flamegraph',
    '/flamegraph?si=0',
    `/top?f=${encodeURIComponent(evil)}`,
    `/peek?f=${encodeURIComponent(evil)}&i=${encodeURIComponent(evil)}`,
    `/top?si=${encodeURIComponent(evil)}x`,
    `/source?sf=${encodeURIComponent(evil)}`,
  ])('%s stays text', async (address) => {
    const a = await get(ui, address)
    expect([200, 400]).toContain(a.status)
    expect(text(a)).not.toMatch(/<script>alert|<img|<b>/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    expect(text(a)).not.toMatch(/[\u202e\u001b]/)
    expectKnownScripts(a)
  })
  test('and is shown, not lost', async () => {
    const a = await get(ui, '/top')
    expect(text(a)).toContain('&#60;script&#62;alert(1)')
    expect(text(a)).toContain('\\u202e')
    expect(text(a)).not.toContain('href="javascript')
  })
})

describe('saved configs', () => {
  let ui: PprofUi
  beforeAll(async () => {
    ui = uiOf((await readProfile(cpu)).profile)
  })

  test('are saved, listed, replaced and deleted', async () => {
    expect(existsSync(settings)).toBe(false)
    const saved = await post(ui, '/saveconfig', { config: 'a<b', f: 'x', n: '7', view: 'top' })
    expect(saved).toMatchObject({ status: 303, headers: { Location: 'top?n=7&f=x' } })
    await post(ui, '/ui/saveconfig', { config: 'second', si: 'samples', trim: 'f' })
    expect(JSON.parse(readFileSync(settings, 'utf8'))).toEqual({
      configs: [
        {
          name: 'a<b',
          unit: 'minimum',
          sort: 'flat',
          nodecount: 7,
          nodefraction: 0.005,
          edgefraction: 0.001,
          trim: true,
          focus: 'x',
        },
        {
          name: 'second',
          unit: 'minimum',
          sort: 'flat',
          nodecount: -1,
          nodefraction: 0.005,
          edgefraction: 0.001,
        },
      ],
    })
    // As Go's encoder writes it.
    expect(readFileSync(settings, 'utf8')).toContain('{\n  "configs": [\n    {\n      "name": "a\\u003cb",\n')
    const page = text(await get(ui, '/top'))
    expect(page).toContain('<a href="top?n=7&#38;f=x">a&#60;b</a>')
    expect(page).toContain('<a href="top?trim=f">second</a>')
    await post(ui, '/saveconfig', { config: 'a<b', f: 'y' })
    await post(ui, '/deleteconfig', { config: 'second' })
    const { configs } = JSON.parse(readFileSync(settings, 'utf8'))
    expect(configs.map((c: { name: string; focus: string }) => [c.name, c.focus])).toEqual([['a<b', 'y']])
  })

  test('wrong use is an error and changes nothing', async () => {
    const before = readFileSync(settings, 'utf8')
    expect(await post(ui, '/saveconfig', { config: '' })).toMatchObject({
      status: 400,
      body: 'invalid config name\n',
    })
    expect(await post(ui, '/saveconfig', { config: 'c', n: 'x' })).toMatchObject({ status: 400 })
    expect(await post(ui, '/deleteconfig', { config: 'zz' })).toMatchObject({
      status: 400,
      body: 'config zz not found\n',
    })
    expect(readFileSync(settings, 'utf8')).toBe(before)
  })

  test('the way back leads to a page of ours only', async () => {
    for (const view of ['//evil.example', 'http://evil.example', '../x', 'download', 'saveconfig', 'top?x'])
      expect((await post(ui, '/saveconfig', { config: 'a<b', view })).headers?.Location).toBeUndefined()
  })

  test('a file that is damaged is reported and not overwritten', async () => {
    for (const damaged of [
      '{"configs": [',
      '[]',
      '{"configs":{}}',
      '{"configs":[{"name":"x","trim":"yes"}]}',
    ]) {
      writeFileSync(settings, damaged)
      expect(text(await get(ui, '/top'))).toContain('could not parse settings')
      expect(await post(ui, '/saveconfig', { config: 'c' })).toMatchObject({ status: 400 })
      expect(readFileSync(settings, 'utf8')).toBe(damaged)
    }
    writeFileSync(settings, '{"configs":null}')
    expect((await post(ui, '/saveconfig', { config: 'c' })).status).toBe(200)
  })
})
