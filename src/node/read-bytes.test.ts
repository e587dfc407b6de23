import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DecodeError } from '../core/base/errors.ts'
import { readAll, readChunks } from './read-bytes.ts'

const text = Array.from({ length: 60_000 }, (_, i) => `line ${i} of it`).join('\n')
const bytes = new TextEncoder().encode(text)
let dir = ''
const at = (name: string): string => join(dir, name)

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'read-bytes-'))
  writeFileSync(at('plain'), bytes)
  writeFileSync(at('packed.gz'), gzipSync(bytes))
  writeFileSync(at('two.gz'), Buffer.concat([gzipSync(bytes), gzipSync('more')]))
  writeFileSync(at('cut.gz'), gzipSync(bytes).subarray(0, 20_000))
  writeFileSync(at('empty'), '')
  writeFileSync(at('short'), 'x')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const asText = (b: Uint8Array): string => new TextDecoder().decode(b)

describe('readAll', () => {
  test('files, packed or not, and whatever their length', async () => {
    expect(asText(await readAll(at('plain')))).toBe(text)
    expect(asText(await readAll(at('packed.gz')))).toBe(text)
    expect(asText(await readAll(at('two.gz')))).toBe(`${text}more`)
    expect(asText(await readAll(at('short')))).toBe('x')
    expect(await readAll(at('empty'))).toHaveLength(0)
  })

  test('zstd, where the system has it', async () => {
    const { status } = spawnSync('zstd', ['-q', at('plain'), '-o', at('packed.zst')])
    if (status === 0) expect(asText(await readAll(at('packed.zst')))).toBe(text)
  })

  test('no more than the cap', async () => {
    await expect(readAll(at('packed.gz'), 1000)).rejects.toThrow(/larger than the 1000 bytes/)
  })

  test('says what is wrong with a source', async () => {
    await expect(readAll(at('nope'))).rejects.toThrow(/nope: no such file$/)
    await expect(readAll(dir)).rejects.toThrow(/is a folder/)
    await expect(readAll(at('plain/x'))).rejects.toThrow(/not a folder/)
    await expect(readAll('http://127.0.0.1:1/x')).rejects.toThrow(/^http:\/\/127\.0\.0\.1:1\/x: /)
  })

  test('addresses', async () => {
    const server = createServer((_, res) => res.end(bytes))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    expect(asText(await readAll(`http://127.0.0.1:${port}/log`))).toBe(text)
    server.close()
  })
})

describe('readChunks', () => {
  test('hands out what came before the damage', async () => {
    let seen = 0
    const read = async (): Promise<void> => {
      for await (const chunk of readChunks(at('cut.gz'))) seen += chunk.length
    }
    await expect(read()).rejects.toThrow(DecodeError)
    await expect(read()).rejects.toThrow(/cut\.gz: the gzip data ends early after \d+ unpacked bytes/)
    expect(seen).toBeGreaterThan(0)
  })

  test('may be left early', async () => {
    for await (const chunk of readChunks(at('plain'))) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
  })

  test('tells how far it is', async () => {
    const told: [number, number][] = []
    for await (const _ of readChunks(at('plain'), { progress: (n, size) => told.push([n, size]) }));
    expect(told.at(-1)).toEqual([bytes.length, bytes.length])
  })
})
