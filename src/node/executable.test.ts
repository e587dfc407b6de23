import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { looksExecutable } from './executable.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-executable-'))
afterAll(() => rmSync(folder, { recursive: true }))

function looks(bytes: Uint8Array): boolean {
  const path = join(folder, 'file')
  writeFileSync(path, bytes)
  return looksExecutable(path)
}

const padded = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(Math.max(bytes.length, 200))
  out.set(bytes)
  return out
}

/** A COFF object: one section, one symbol with a long name, its string table. */
function coff(
  machine: number,
  o: { nameOffset?: number; aux?: number; relocations?: number } = {},
): Uint8Array {
  const b = Buffer.alloc(200)
  b.writeUInt16LE(machine, 0)
  b.writeUInt16LE(1, 2)
  b.writeUInt32LE(60, 8)
  b.writeUInt32LE(1, 12)
  b.write('/4', 20)
  b.writeUInt32LE(100, 20 + 24)
  b.writeUInt16LE(o.relocations ?? 0, 20 + 32)
  b.writeUInt32LE(o.nameOffset ?? 4, 60 + 4)
  b.writeUInt8(o.aux ?? 0, 60 + 17)
  b.writeUInt32LE(12, 78)
  b.write('longname', 82)
  return b
}

describe('looksExecutable', () => {
  test('by the first bytes', () => {
    expect(looks(padded(Buffer.from('\x7fELF')))).toBe(true)
    expect(looks(padded(Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe)))).toBe(true)
    expect(looks(Buffer.from('\x7fE'))).toBe(false)
  })

  test('a Windows program needs its signature', () => {
    const b = Buffer.alloc(300)
    b.write('MZ')
    b.writeUInt32LE(128, 0x3c)
    expect(looks(b)).toBe(false)
    b.write('PE\0\0', 128)
    b.writeUInt16LE(0x8664, 132)
    expect(looks(b)).toBe(true)
    b.writeUInt16LE(0xbeef, 132)
    expect(looks(b)).toBe(false)
  })

  test('an object file has tables that hold together', () => {
    expect(looks(coff(0x8664))).toBe(true)
    expect(looks(coff(0))).toBe(true)
    expect(looks(coff(0x1234))).toBe(false)
    expect(looks(coff(0x8664, { nameOffset: 13 }))).toBe(false)
    expect(looks(coff(0x8664, { aux: 1 }))).toBe(false)
    expect(looks(coff(0x8664, { relocations: 10 }))).toBe(true)
    expect(looks(coff(0x8664, { relocations: 11 }))).toBe(false)
    for (let length = 0; length < 90; length++)
      expect(looks(coff(0x8664).subarray(0, length)), `${length}`).toBe(false)
  })

  test('a CPU profile of the old binary kind is an object file of an unknown machine, as for Go', () => {
    const words = [0, 3, 0, 10000, 0, 1, 1, 0x410bc0, 0, 1, 0, 0, 0, 0]
    expect(looks(Buffer.from(BigUint64Array.from(words.map(BigInt)).buffer))).toBe(true)
  })

  test('profiles of today and text are none', () => {
    expect(looks(padded(Uint8Array.of(0x1f, 0x8b, 8)))).toBe(false)
    expect(looks(padded(Uint8Array.of(0x0a, 4, 8, 1, 16, 2)))).toBe(false)
    expect(looks(Buffer.from('heap profile: 1: 2 [3: 4] @ heap/1048576\n'.repeat(9)))).toBe(false)
    expect(looks(new Uint8Array(0))).toBe(false)
  })

  test('what cannot be read is none', () => {
    expect(looksExecutable(join(folder, 'missing'))).toBe(false)
    expect(looksExecutable(folder)).toBe(false)
  })
})
