import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../../test/kit/run-command.ts'
import { decodeUtf8 } from '../../core/base/utf8.ts'
import type { Profile } from '../../core/model/profile.ts'
import { ProfileBuilder } from '../../core/model/profile-builder.ts'
import { type Config, defaultConfig } from '../../core/reports/config.ts'
import { openBinaries } from '../binaries.ts'
import { readProfile } from '../read-profile.ts'
import { PprofUi } from './pprof-ui.ts'
import type { Answer } from './server.ts'

const cpu = join(root, 'examples', 'orders', 'go1.26', 'cpu.pb.gz')
const folder = mkdtempSync(join(tmpdir(), 'goscope-ui-'))
const settings = join(folder, 'config', 'pprof', 'settings.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const said: string[] = []

function uiOf(profile: Profile, config: Config = defaultConfig()): PprofUi {
  const warn = (text: string): void => void said.push(text)
  return new PprofUi({ profile, config, binaries: openBinaries(), settings, version: '1.2.3', warn })
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
const boot = (a: Answer): Record<string, unknown> =>
  JSON.parse(/<script type="application\/json" id="boot">(.*?)<\/script>/s.exec(text(a))![1]!)

describe('addresses', () => {
  let ui: PprofUi
  beforeAll(async () => {
    ui = uiOf((await readProfile(cpu)).profile)
  })

  test.each([
    'flamegraph',
    'top',
    'graph',
    'peek',
    'source',
    'disasm',
  ])('/ui/%s is the page', async (name) => {
    const a = await get(ui, `/ui/${name}?f=compress&si=samples`)
    expect(a).toMatchObject({ status: 200, type: 'text/html; charset=utf-8', workbench: true })
    expect(boot(a)).toMatchObject({
      mode: 'served',
      addresses: 'pprof',
      formToken: 'FORM',
      sources: [{ name: 'orders', url: 'source/0' }],
    })
  })
  test.each([
    ['/', 307, '/ui'],
    ['/?f=a%26b', 307, '/ui?f=a%26b'],
    ['/top?f=a', 307, '/ui?f=a'],
    ['//evil.example/x', 307, '/ui'],
    ['/ui', 307, '/ui/'],
    ['/ui?f=a', 307, '/ui/?f=a'],
    ['/ui/', 301, 'flamegraph'],
    ['/ui/?f=a', 301, 'flamegraph?f=a'],
    ['/ui/flamegraph2?f=a', 301, 'flamegraph?f=a'],
    ['/ui/flamegraphold', 301, 'flamegraph'],
  ])('%s leads on', async (address, status, to) => {
    const cut = address.indexOf('?')
    const path = cut < 0 ? address : address.slice(0, cut)
    const query = new URLSearchParams(cut < 0 ? '' : address.slice(cut + 1))
    expect(ui.method(path)).toBe('GET')
    expect(await ui.answer({ path, query }, 'FORM')).toMatchObject({ status, headers: { Location: to } })
  })
  test('there is nothing else', () => {
    for (const name of [
      'x',
      'top/',
      'ui/',
      '../top',
      'TOP',
      'top%00',
      'constructor',
      'page.html',
      'source/1',
      'source/',
      '..%2fpage.html',
      'single/page.js/..',
      'flamegraph/',
    ])
      expect(ui.method(`/ui/${name}`)).toBeUndefined()
  })
  test('the profile comes whole, whatever the filters, for the page and for the user', async () => {
    const a = await get(ui, '/ui/download?f=nowhere')
    expect(a).toMatchObject({
      type: 'application/vnd.google.protobuf+gzip',
      headers: { 'Content-Disposition': 'attachment;filename=profile.pb.gz' },
    })
    expect(decodeUtf8(gunzipSync(a.body as Uint8Array))).toContain('compress/flate.(*compressor).findMatch')
    expect((await get(ui, '/ui/source/0')).body).toBe(a.body)
  })
  test.each([
    ['f=(', 'parsing focus regexp: error parsing regexp: missing closing ): `(`'],
    ['n=many', 'error setting config field nodecount: strconv.Atoi: parsing "many": invalid syntax'],
    ['si=nothing', 'sample_index "nothing" must be one of: [samples cpu]'],
    ['g=bytes', 'granularity'],
    ['tf=x=(', 'missing closing'],
  ])('?%s is one line of text, here and in the terminal', async (query, message) => {
    said.length = 0
    const a = await get(ui, `/ui/top?${query}`)
    expect(a).toMatchObject({ status: 400, type: 'text/plain; charset=utf-8' })
    expect(text(a)).toContain(message)
    expect(text(a).trim().split('\n')).toHaveLength(1)
    expect(said).toEqual([text(a).trim()])
  })
  test('a filter that matches nothing is no error', async () => {
    expect((await get(ui, '/ui/top?f=nowhere')).status).toBe(200)
  })
})

test('the page is told what the command line said', async () => {
  const { profile } = await readProfile(cpu)
  const ui = uiOf(profile, { ...defaultConfig(), focus: 'compress', divideBy: 2 })
  expect(boot(await get(ui, '/ui/top')).settings).toMatchObject({ focus: 'compress', divideBy: 2 })
})

test('names that want to be markup stay text', async () => {
  const evil = `</script><script>alert(1)</script><!--<script>"'&\u2028`
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: evil, unit: evil }]
  b.addMapping({ start: 0x1000, limit: 0x9000, file: `/bin/${evil}`, buildId: evil })
  b.addSample(
    [b.addLocation({ address: 0x1001, mapping: 1, lines: [{ fn: b.addFunction(evil), line: 3 }] })],
    [1],
  )
  const ui = uiOf(b.done(), { ...defaultConfig(), focus: evil.replace(/[()]/g, '.') })
  const a = await get(ui, '/ui/top')
  expect(a.status).toBe(200)
  expect(text(a)).not.toMatch(/<script>alert|<!--</)
  expect(boot(a).sources).toMatchObject([{ name: 'script><!--<script>"\'&\u2028' }])
})

describe('saved configs', () => {
  let ui: PprofUi
  beforeAll(async () => {
    ui = uiOf((await readProfile(cpu)).profile)
  })
  const listed = async (): Promise<unknown> => JSON.parse(text(await get(ui, '/ui/configs')))

  test('are saved, listed, replaced and deleted', async () => {
    expect(existsSync(settings)).toBe(false)
    expect(await listed()).toEqual([])
    const saved = await post(ui, '/ui/saveconfig', { config: 'a<b', f: 'x', n: '7' })
    expect(saved).toMatchObject({ status: 200, body: '' })
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
    expect(await listed()).toEqual([
      { name: 'a<b', query: 'n=7&f=x' },
      { name: 'second', query: 'trim=f' },
    ])
    await post(ui, '/ui/saveconfig', { config: 'a<b', f: 'y' })
    await post(ui, '/ui/deleteconfig', { config: 'second' })
    const { configs } = JSON.parse(readFileSync(settings, 'utf8'))
    expect(configs.map((c: { name: string; focus: string }) => [c.name, c.focus])).toEqual([['a<b', 'y']])
  })
  test('options may stand in the address, as in the reference', async () => {
    const query = new URLSearchParams({ config: 'third', i: 'net' })
    await ui.answer({ path: '/ui/saveconfig', query, form: new URLSearchParams() }, 'FORM')
    expect(await listed()).toContainEqual({ name: 'third', query: 'i=net' })
    await post(ui, '/ui/deleteconfig', { config: 'third' })
  })
  test('wrong use is an error and changes nothing', async () => {
    const before = readFileSync(settings, 'utf8')
    const refused = async (path: string, form: Record<string, string>, body: string): Promise<void> =>
      expect(await post(ui, path, form)).toMatchObject({ status: 400, body })
    await refused('/ui/saveconfig', { config: '' }, 'invalid config name\n')
    await refused('/ui/saveconfig', {}, 'invalid config name\n')
    expect(await post(ui, '/ui/saveconfig', { config: 'c', n: 'x' })).toMatchObject({ status: 400 })
    await refused('/ui/deleteconfig', { config: 'zz' }, 'config zz not found\n')
    expect(readFileSync(settings, 'utf8')).toBe(before)
  })
  test('a file that is damaged is reported and not overwritten', async () => {
    for (const damaged of [
      '{"configs": [',
      '[]',
      '{"configs":{}}',
      '{"configs":[{"name":"x","trim":"yes"}]}',
    ]) {
      writeFileSync(settings, damaged)
      expect(text(await get(ui, '/ui/configs'))).toContain('could not parse settings')
      expect(await post(ui, '/ui/saveconfig', { config: 'c' })).toMatchObject({ status: 400 })
      expect(readFileSync(settings, 'utf8')).toBe(damaged)
    }
    writeFileSync(settings, '{"configs":null}')
    expect((await post(ui, '/ui/saveconfig', { config: 'c' })).status).toBe(200)
  })
})
