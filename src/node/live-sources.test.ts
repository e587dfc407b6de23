// Sources that are servers, from the command line's options to the merged profile.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeProfile } from '../core/formats/pprof/encode.ts'
import type { Profile } from '../core/model/profile.ts'
import { ProfileBuilder } from '../core/model/profile-builder.ts'
import { loadSources, type SourceOptions } from './profile-sources.ts'
import { decodeProfileBytes, readProfile } from './read-profile.ts'

function packed(o: { file?: string; buildId?: string; named?: boolean; value?: number }): Uint8Array {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'count' }]
  const mapping = b.addMapping({
    file: o.file ?? '',
    buildId: o.buildId ?? '',
    limit: 0x2000,
    has: o.named ? 1 : 0,
  })
  const fn = o.named ? b.addFunction('main.named') : 0
  const location = b.addLocation({ mapping, address: 0x1010, lines: o.named ? [{ fn }] : [] })
  b.addSample([location], [o.value ?? 1])
  return gzipSync(Buffer.concat([...encodeProfile(b.done())]))
}

const PATHS: Readonly<Record<string, Uint8Array>> = {
  '/named': packed({ file: '/bin/shop', named: true, value: 5 }),
  '/base': packed({ file: '/bin/shop', named: true, value: 2 }),
  '/debug/pprof/bare': packed({}),
  '/pages/bare': packed({}),
  '/page': Buffer.from('<html><body>log in</body></html>'),
  '/odd': packed({ file: 'anon:heap', named: true }),
}

let server: Server
let host = ''
let folder = ''
let asked: string[] = []
const env = { ...process.env }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'goscope-live-'))
  process.env.PPROF_TMPDIR = join(folder, 'saved')
  process.env.HOME = folder
  asked = []
  server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url} ${req.headers.authorization ?? ''}`.trim())
    const path = req.url!.replace(/\?.*/, '')
    if (path === '/debug/pprof/symbol') {
      let body = ''
      req.on('data', (chunk) => {
        body += chunk
      })
      req.on('end', () => res.end(`${body} main.remote\n`))
      return
    }
    const content = PATHS[path]
    if (content === undefined) res.writeHead(404).end()
    else res.end(content)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as { port: number }).port}`
})

afterEach(async () => {
  process.env = { ...env }
  rmSync(folder, { recursive: true })
  await new Promise((resolve) => server.close(resolve))
})

async function load(
  sources: readonly string[],
  o: Partial<SourceOptions> = {},
): Promise<{ profile: Profile; said: string[]; warned: string[] }> {
  const said: string[] = []
  const warned: string[] = []
  const profile = await loadSources({
    sources,
    base: [],
    diffBase: false,
    normalize: false,
    buildId: '',
    symbolize: '',
    comment: '',
    warn: (text) => warned.push(text),
    ...o,
    live: { progress: (text) => said.push(text), ...o.live },
  })
  return { profile, said, warned }
}

const names = (p: Profile): string[] =>
  Array.from({ length: p.functions.count }, (_, k) => p.strings.get(p.functions.name[k + 1]!))
const files = (p: Profile): string[] =>
  Array.from({ length: p.mappings.count }, (_, k) => p.strings.get(p.mappings.file[k + 1]!))
const saved = (): string[] => readdirSync(join(folder, 'saved')).sort()

describe('live sources', () => {
  test('are fetched, merged with files, and saved once', async () => {
    const path = join(folder, 'local.pb.gz')
    writeFileSync(path, PATHS['/named']!)
    const { profile, said, warned } = await load([`http://${host}/named`, path], { comment: 'mine' })
    expect(profile.samples.value[0]!.get(0)).toBe(10)
    expect(said).toEqual([
      `Fetching profile over HTTP from http://${host}/named`,
      `Saved profile in ${join(folder, 'saved', 'pprof.shop.cpu.001.pb.gz')}`,
    ])
    expect(warned).toEqual([])
    const kept = await decodeProfileBytes(readFileSync(join(folder, 'saved', saved()[0]!)), '')
    expect(kept.profile.comments).toEqual(['mine'])
    expect(kept.profile.samples.value[0]!.get(0)).toBe(10)
  })

  test('files alone are not saved', async () => {
    const path = join(folder, 'local.pb.gz')
    writeFileSync(path, PATHS['/named']!)
    const { said } = await load([path])
    expect(said).toEqual([])
    expect(readdirSync(folder)).toEqual(['local.pb.gz'])
  })

  test('a base may be one, too', async () => {
    const { profile } = await load([`${host}/named`], { base: [`${host}/base`], diffBase: true })
    expect(profile.samples.count).toBe(2)
    expect(saved()).toEqual(['pprof.shop.cpu.001.pb.gz'])
  })

  test('-seconds is said, and asked for', async () => {
    const { said } = await load([`${host}/named`], { live: { seconds: 90 } })
    expect(said.slice(0, 2)).toEqual([
      `Fetching profile over HTTP from http://${host}/named?seconds=90`,
      'Please wait... (1m30s)',
    ])
    expect(asked).toEqual(['GET /named?seconds=90'])
  })

  test('a file of that name comes first', async () => {
    const cwd = process.cwd()
    process.chdir(folder)
    try {
      writeFileSync('mem:1', PATHS['/named']!)
      const { said } = await load(['mem:1'])
      expect(said).toEqual([])
    } finally {
      process.chdir(cwd)
    }
  })

  test('what fails is reported and left out, without secrets', async () => {
    const { profile, warned } = await load([`http://bob:pw@${host}/none`, `${host}/named`, `${host}/page`])
    expect(profile.samples.value[0]!.get(0)).toBe(5)
    expect(warned).toEqual([
      `http://xxxxx@${host}/none: server response: 404 Not Found (is net/http/pprof registered there, and the path right?)`,
      expect.stringMatching(
        /\/page: parsing profile: unrecognized profile format: this is a web page \(HTML\)/,
      ),
      'Fetched 1 source profiles out of 3',
    ])
    await expect(load([`${host}/none`])).rejects.toThrow('failed to fetch any source profiles')
  })

  test('callers see names without secrets', async () => {
    const seen: string[] = []
    await load([`http://bob:pw@${host}/named?token=t`], { onRead: (source) => seen.push(source) })
    expect(seen).toEqual([`http://xxxxx@${host}/named?token=xxxxx`])
    expect(asked).toEqual([`GET /named?token=t Basic ${Buffer.from('bob:pw').toString('base64')}`])
    const stop = (source: string): never => {
      throw new Error(`stopped at ${source}`)
    }
    await expect(load([`http://bob:pw@${host}/none`], { onUnreadable: stop })).rejects.toThrow(
      `stopped at http://xxxxx@${host}/none`,
    )
  })

  test('many are waited for side by side', async () => {
    let now = 0
    let most = 0
    server.removeAllListeners('request')
    server.on('request', (_, res) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now--
        res.end(PATHS['/named'])
      }, 300)
    })
    const { profile } = await load(Array.from({ length: 20 }, () => `${host}/named`))
    expect(profile.samples.value[0]!.get(0)).toBe(100)
    expect(most).toBeGreaterThan(10)
  })

  test('readProfile reads them as well', async () => {
    const loaded = await readProfile(`http://bob:pw@${host}/named`)
    expect(loaded.address?.shown).toBe(`http://xxxxx@${host}/named`)
    expect(names(loaded.profile)).toEqual(['main.named'])
  })
})

describe('names from servers', () => {
  test('for addresses that have none; with the password of the source', async () => {
    const { profile } = await load([`http://bob:pw@${host}/debug/pprof/bare`])
    expect(names(profile)).toEqual(['main.remote'])
    expect(files(profile)).toEqual([''])
    const login = `Basic ${Buffer.from('bob:pw').toString('base64')}`
    expect(asked).toEqual([`GET /debug/pprof/bare ${login}`, `POST /debug/pprof/symbol ${login}`])
    expect(saved()).toEqual(['pprof.cpu.001.pb.gz'])
  })

  test.each(['none', 'local'])('not with -symbolize=%s', async (symbolize) => {
    const { profile } = await load([`${host}/debug/pprof/bare`], { symbolize })
    expect(names(profile)).toEqual([])
    expect(files(profile)).toEqual([''])
    expect(asked.length).toBe(1)
  })

  test('a server that has none ends it, as in the reference; not where names come from everywhere', async () => {
    const message = `http post http://xxxxx@${host}/pages/symbolz: server response: 404 Not Found (-symbolize=local asks no server)`
    await expect(load([`http://bob@${host}/pages/bare`])).rejects.toHaveProperty('message', message)
    const { warned } = await load([`http://bob@${host}/pages/bare`], { symbols: true })
    expect(warned).toEqual([message])
  })

  test('addresses are no file names, wherever they come from', async () => {
    const { profile } = await load([`${host}/odd`])
    expect(files(profile)).toEqual([''])
  })
})
