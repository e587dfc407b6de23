import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Profile } from '../core/model/profile.ts'
import { ProfileBuilder } from '../core/model/profile-builder.ts'
import { decodeProfileBytes } from './read-profile.ts'
import { saveProfile } from './save-profile.ts'

const root = mkdtempSync(join(tmpdir(), 'goscope-save-'))
afterAll(() => rmSync(root, { recursive: true }))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'x'))
})

function profile(file: string, types: readonly string[]): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = types.map((type) => ({ type, unit: 'count' }))
  const mapping = b.addMapping({ file })
  const fn = b.addFunction('main.work')
  b.addSample(
    [b.addLocation({ address: 16, mapping, lines: [{ fn, line: 7 }] })],
    types.map(() => 5),
  )
  return b.done()
}

const save = (p: Profile, env: Record<string, string> = { PPROF_TMPDIR: folder }): Promise<string> =>
  saveProfile(p, () => undefined, env)

describe('saveProfile', () => {
  test('counts up, keeps what is there, and leaves nothing else behind', async () => {
    const p = profile('/usr/bin/shop', ['samples', 'cpu'])
    writeFileSync(join(folder, 'pprof.shop.samples.cpu.002.pb.gz'), 'mine')
    const paths = [await save(p), await save(p)]
    expect(paths.map((x) => basename(x))).toEqual([
      'pprof.shop.samples.cpu.001.pb.gz',
      'pprof.shop.samples.cpu.003.pb.gz',
    ])
    expect(readFileSync(join(folder, 'pprof.shop.samples.cpu.002.pb.gz'), 'utf8')).toBe('mine')
    expect(readdirSync(folder)).toHaveLength(3)
    const again = await decodeProfileBytes(readFileSync(paths[1]!), '')
    expect(again.profile.strings.get(again.profile.functions.name[1]!)).toBe('main.work')
  })

  test('several at the same time get numbers of their own', async () => {
    const p = profile('shop', ['n'])
    const paths = await Promise.all(Array.from({ length: 8 }, () => save(p)))
    expect(new Set(paths).size).toBe(8)
  })

  test('a home without PPROF_TMPDIR', async () => {
    expect(await save(profile('', ['n']), { HOME: folder })).toBe(join(folder, 'pprof', 'pprof.n.001.pb.gz'))
  })

  test('the next folder where one cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    const told: string[] = []
    const env = { PPROF_TMPDIR: join(folder, 'file', 'x'), HOME: folder }
    const path = await saveProfile(profile('', ['n']), (text) => told.push(text), env)
    expect(path).toBe(join(folder, 'pprof', 'pprof.n.001.pb.gz'))
    expect(told).toEqual([expect.stringMatching(/^Could not use temp dir .*: not a directory$/)])
  })

  test('names from strangers stay one name', async () => {
    const path = await save(profile('/bin/../..', ['../../etc/x', 'a\0b\n\u001b[31m', 'y'.repeat(5000)]))
    expect(path.startsWith(`${folder}/pprof.`)).toBe(true)
    expect(basename(path).length).toBeLessThan(250)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the point of the test
    expect(path).not.toMatch(/[\0-\x1f]/)
    expect(readdirSync(folder)).toEqual([basename(path)])
  })

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be written to', async () => {
    chmodSync(folder, 0o500)
    await expect(save(profile('', ['n']))).rejects.toThrow('permission denied')
  })
})
