import { deflateSync, gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { createTar } from 'nanotar'
import { describe, expect, test } from 'vitest'
import { UNPACK_LIMITS, type UnpackLimits, unpack } from './unpack.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const limits = (more: Partial<UnpackLimits>): UnpackLimits => ({ ...UNPACK_LIMITS, ...more })
const text = (b: Uint8Array): string => new TextDecoder().decode(b)

describe('unpacking in the page', () => {
  test.each([
    ['as it is', bytes('hello')],
    ['gzip', gzipSync('hello')],
    ['zlib', deflateSync('hello')],
  ])('%s', async (_, stored) => {
    const [file, ...more] = await unpack('x', stored)
    expect(more).toEqual([])
    expect(text(file!.bytes)).toBe('hello')
    expect(file).toMatchObject({ name: 'x', storedBytes: stored.length, damage: '' })
  })

  test('archives give their files by their own names, wherever they claim to lie', async () => {
    const zip = zipSync({ '../../etc/b.txt': bytes('b'), 'c:\\x\\a.gz': gzipSync('a'), 'folder/': bytes('') })
    const files = await unpack('x.zip', zip)
    expect(files.map((f) => [f.name, text(f.bytes)])).toEqual([
      ['a.gz', 'a'],
      ['b.txt', 'b'],
    ])
    const tar = createTar([
      { name: '../../b', data: 'b' },
      { name: '/etc/a', data: 'a' },
    ])
    const inner = await unpack('x.tar.gz', gzipSync(tar))
    expect(inner.map((f) => [f.name, text(f.bytes)])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ])
  })

  test('damage keeps what came out before it, and says so', async () => {
    const whole = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 31) >> 5)
    const packed = gzipSync(whole)
    const [cut] = await unpack('x', packed.subarray(0, packed.length >> 1))
    expect(cut!.bytes.length).toBeGreaterThan(0)
    expect(whole.subarray(0, cut!.bytes.length)).toEqual(cut!.bytes)
    expect(cut!.damage).toMatch(/^the gzip data is damaged or ends early after [\d\u202f]+ unpacked bytes$/)
    await expect(unpack('x', gzipSync('hello').subarray(0, 10))).rejects.toThrow('the gzip data is damaged')
  })

  test('bombs stop at the limit', async () => {
    const bomb = gzipSync(new Uint8Array(20_000_000))
    await expect(unpack('x', bomb, limits({ bytes: 1e6 }))).rejects.toThrow('more than a page can hold')
    await expect(unpack('x', new Uint8Array(2000), limits({ bytes: 1000 }))).rejects.toThrow('can hold')
    const zip = zipSync({ a: new Uint8Array(900_000), b: new Uint8Array(900_000) })
    await expect(unpack('x', zip, limits({ bytes: 1e6 }))).rejects.toThrow('more than a page can hold')
    // Each small, all of them too much.
    const nested = zipSync(
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}`, gzipSync(new Uint8Array(200_000))])),
    )
    await expect(unpack('x', nested, limits({ bytes: 1e6 }))).rejects.toThrow('more than a page can hold')
  })

  test('too many files', async () => {
    const many = zipSync(
      Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`../f${i}`, new Uint8Array(0)])),
      {
        level: 0,
      },
    )
    await expect(unpack('x', many)).rejects.toThrow(/more than 10\u202f000 files/)
    const tar = createTar(Array.from({ length: 30 }, (_, i) => ({ name: `f${i}`, data: 'x' })))
    await expect(unpack('x', tar, limits({ files: 20 }))).rejects.toThrow('more than 20 files')
  })

  test('a directory that claims gigabytes for a few bytes', async () => {
    const zip = zipSync({ a: bytes('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') })
    const view = new DataView(zip.buffer)
    const central = zip.findIndex((_, i) => view.getUint32(Math.min(i, zip.length - 4), true) === 0x02014b50)
    view.setUint32(central + 24, 2 ** 31 - 1, true)
    await expect(unpack('x', zip)).rejects.toThrow('claims to be larger than it can be')
  })

  test('damaged archives say which kind', async () => {
    const zip = zipSync({ a: bytes('hello hello hello') })
    await expect(unpack('x', zip.subarray(0, 30))).rejects.toThrow('damaged zip archive')
    const tar = createTar([{ name: 'a', data: 'x'.repeat(5000) }])
    await expect(unpack('x', tar.subarray(0, 2000))).rejects.toThrow('damaged tar archive')
    // A size below 0 would have the reader stand still.
    const back = createTar([{ name: 'a', data: 'x' }])
    back.set(bytes('-0000001000\0'), 124)
    await expect(unpack('x', back)).rejects.toThrow('damaged tar archive')
  })

  test('any bytes end', { timeout: 30_000 }, async () => {
    let seed = 7
    const random = (): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
      return seed
    }
    const heads = [
      gzipSync('hello hello hello'),
      deflateSync('hello hello hello'),
      zipSync({ a: bytes('hello hello hello'), b: bytes('x') }),
      createTar([{ name: 'a', data: 'hello' }]),
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x24, 5, 0x29, 0, 0, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 1, 2, 3, 4),
    ]
    for (const head of heads)
      for (let n = 0; n < 60; n++) {
        const b = Uint8Array.from(head)
        for (let k = 0; k < 1 + (n % 4); k++) b[random() % b.length] = random() & 255
        await unpack('x', n % 3 === 0 ? b.subarray(0, random() % b.length) : b, limits({ bytes: 1e7 })).catch(
          (e: unknown) => {
            expect(e).toBeInstanceOf(Error)
          },
        )
      }
  })
})
