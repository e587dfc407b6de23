import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import { parseTar } from 'nanotar'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { captureTo } from './capture-output.ts'
import { newManifest } from './manifest.ts'
import { packedForm, packFolder, tarHeader } from './pack-folder.ts'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'goscope-pack-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const BYTES = Uint8Array.from({ length: 1300 }, (_, k) => (k * 7) & 255)

function folder(): string {
  const path = join(base, 'in')
  mkdirSync(join(path, 'part'), { recursive: true })
  writeFileSync(join(path, 'a.txt'), 'hello')
  writeFileSync(join(path, 'b.pb.gz'), BYTES)
  writeFileSync(join(path, 'empty'), '')
  writeFileSync(join(path, 'part', 'c.json'), '{}'.repeat(300))
  return path
}

describe('packed captures', () => {
  test('forms by their names', () => {
    expect(['a.zip', 'a.ZIP', 'x/a.tar.gz', 'a.tgz', '-', 'a', 'a.gz', 'zip'].map(packedForm)).toEqual([
      'zip',
      'zip',
      'tar.gz',
      'tar.gz',
      'tar.gz',
      undefined,
      undefined,
      undefined,
    ])
  })

  test('.zip', async () => {
    await packFolder(folder(), join(base, 'o.zip'), 'o', 'zip')
    const files = unzipSync(readFileSync(join(base, 'o.zip')))
    expect(Object.keys(files)).toEqual(['o/a.txt', 'o/b.pb.gz', 'o/empty', 'o/part/c.json'])
    expect(Buffer.from(files['o/b.pb.gz']!).equals(BYTES)).toBe(true)
    expect(Buffer.from(files['o/part/c.json']!).toString()).toBe('{}'.repeat(300))
  })

  test('.tar.gz', async () => {
    await packFolder(folder(), join(base, 'o.tar.gz'), 'o', 'tar.gz')
    const entries = parseTar(gunzipSync(readFileSync(join(base, 'o.tar.gz'))))
    expect(entries.map((e) => e.name)).toEqual(['o/a.txt', 'o/b.pb.gz', 'o/empty', 'o/part/c.json'])
    expect(Buffer.from(entries[1]!.data!).equals(BYTES)).toBe(true)
  })

  test.skipIf(process.platform !== 'linux')('the system’s tar reads it', async () => {
    await packFolder(folder(), join(base, 'o.tar.gz'), 'o', 'tar.gz')
    const names = execFileSync('tar', ['tzf', join(base, 'o.tar.gz')], { encoding: 'utf8' })
    expect(names.trim().split('\n')).toEqual(['o/a.txt', 'o/b.pb.gz', 'o/empty', 'o/part/c.json'])
  })

  test('long names go into the second field', () => {
    const name = `${'a'.repeat(90)}/${'b'.repeat(60)}/${'c'.repeat(40)}`
    const padded = new Uint8Array(1024)
    padded.set(tarHeader(name, 0, new Date(0)))
    const text = Buffer.from(padded).toString('latin1')
    const field = (at: number, length: number): string => text.slice(at, at + length).replace(/\0.*/s, '')
    expect(`${field(345, 155)}/${field(0, 100)}`).toBe(name)
  })
})

describe('where a capture goes', () => {
  const manifest = newManifest('x', '0')

  test('a packed one leaves nothing beside it', async () => {
    const path = join(base, 'o.zip')
    const fill = captureTo(
      path,
      () => undefined,
      async (f) => {
        f.put('a', 'x')
        return manifest
      },
    )
    expect(await fill).toBe(manifest)
    expect(readdirSync(base)).toEqual(['o.zip'])
  })

  test('of nothing, nothing is left', async () => {
    for (const name of ['o.zip', 'o']) {
      const nothing = captureTo(
        join(base, name),
        () => undefined,
        async (f) => {
          f.put('a', 'x')
          return undefined
        },
      )
      expect(await nothing).toBeUndefined()
    }
    expect(readdirSync(base)).toEqual([])
  })

  test('where there is no folder for it, that is said at once', async () => {
    const path = join(base, 'none', 'o.zip')
    await expect(
      captureTo(
        path,
        () => undefined,
        async () => manifest,
      ),
    ).rejects.toThrow('no such file')
  })
})
