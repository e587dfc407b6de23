import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../core/base/errors.ts'
import { unpack, unpackedSizeHint, type Wrapper, wrapperOf } from './inflate.ts'

const text = Buffer.from(Array.from({ length: 100_000 }, (_, i) => `line ${i * 7919}\n`).join(''))

async function unpacked(packed: Uint8Array, wrapper: Wrapper = wrapperOf(packed)): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  await unpack(packed, wrapper, (chunk) => chunks.push(chunk))
  return Buffer.concat(chunks)
}

async function failure(packed: Uint8Array): Promise<unknown> {
  return unpacked(packed).then(
    () => undefined,
    (e: unknown) => e,
  )
}

/** A frame of one raw block (RFC 8878) that names its size (up to 255 bytes), or does not. */
function zstd(content: Uint8Array, sized = true): Uint8Array {
  const head = [0x28, 0xb5, 0x2f, 0xfd, ...(sized ? [0x20, content.length] : [0, 0])]
  const block = (content.length << 3) | 1
  return Buffer.concat([Uint8Array.from([...head, block & 0xff, (block >> 8) & 0xff, block >> 16]), content])
}

describe('unpacking', () => {
  test.each<[string, Uint8Array, Wrapper]>([
    ['gzip', gzipSync(text), 'gzip'],
    [
      'gzip of two members',
      Buffer.concat([gzipSync(text.subarray(0, 5)), gzipSync(text.subarray(5))]),
      'gzip',
    ],
    ['zlib', deflateSync(text), 'zlib'],
    ['zlib, packed little', deflateSync(text, { level: 1 }), 'zlib'],
    ['nothing', text, 'none'],
  ])('%s', async (_, packed, wrapper) => {
    expect(wrapperOf(packed)).toBe(wrapper)
    expect((await unpacked(packed)).equals(text)).toBe(true)
  })

  test('zstd, of a size that is known or not, in one frame or several', async () => {
    const some = text.subarray(0, 200)
    expect(wrapperOf(zstd(some))).toBe('zstd')
    for (const frame of [zstd(some), zstd(some, false)]) {
      expect((await unpacked(frame)).equals(some)).toBe(true)
      const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2)
      const several = Buffer.concat([frame, skippable, zstd(new Uint8Array(0)), frame])
      expect((await unpacked(several)).equals(Buffer.concat([some, some]))).toBe(true)
      const cut = await failure(frame.subarray(0, 100))
      expect(cut).toBeInstanceOf(DecodeError)
      expect(cut).toMatchObject({ format: 'zstd' })
    }
    const damaged = Uint8Array.from(zstd(some))
    damaged[6] |= 6
    expect(String(await failure(damaged))).toContain('damaged')
  })

  test('a profile is not taken for something packed', () => {
    for (const head of [[], [0x0a, 4, 8, 1], [0x12, 3], [0x78], [0x1f], [0x28, 0xb5, 0x2f]])
      expect(wrapperOf(Uint8Array.from(head))).toBe('none')
  })

  test('damage says where', async () => {
    const packed = gzipSync(text)
    const cut = await failure(packed.subarray(0, packed.length / 2))
    expect(cut).toBeInstanceOf(DecodeError)
    expect(String(cut)).toMatch(/the gzip data ends early after \d+ unpacked bytes/)
    const damaged = new Uint8Array(packed)
    damaged.fill(0xff, 1000, 1020)
    const error = await failure(damaged)
    expect(error).toMatchObject({ format: 'gzip' })
    expect(String(error)).toMatch(/is damaged/)
    const wrong = new Uint8Array(packed)
    wrong[wrong.length - 6] ^= 1
    expect(String(await failure(wrong))).toMatch(/is damaged/)
  })

  test('who takes the chunks can end it', async () => {
    let taken = 0
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20))
    await expect(
      unpack(bomb, 'gzip', () => {
        taken++
        throw new DecodeError('x', 0, 'enough')
      }),
    ).rejects.toThrow('enough')
    expect(taken).toBe(1)
  })

  test('packed data may come in pieces that are used again', async () => {
    const long = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251))
    for (const [packed, wrapper] of [
      [gzipSync(long), 'gzip'],
      [Buffer.concat([gzipSync(long.subarray(0, 9999)), gzipSync(long.subarray(9999))]), 'gzip'],
      [deflateSync(long), 'zlib'],
      [long, 'none'],
    ] as const) {
      const buffers = [0, 1, 2].map(() => new Uint8Array(1000))
      const pieces = function* (): Generator<Uint8Array> {
        for (let at = 0, n = 0; at < packed.length; at += 1000, n++) {
          const piece = buffers[n % 3]!.subarray(0, Math.min(1000, packed.length - at))
          piece.set(packed.subarray(at, at + piece.length))
          yield piece
        }
      }
      const out: Uint8Array[] = []
      await unpack(pieces(), wrapper, (chunk) => out.push(chunk.slice()))
      expect(Buffer.concat(out).equals(long)).toBe(true)
    }
    const failing = function* (): Generator<Uint8Array> {
      yield gzipSync(long).subarray(0, 1000)
      throw new Error('disk')
    }
    await expect(unpack(failing(), 'gzip', () => {})).rejects.toThrow('disk')
  })

  test('the size to come', () => {
    const hint = (b: Uint8Array, wrapper: Wrapper): number =>
      unpackedSizeHint(b.length, b.subarray(-4), wrapper)
    expect(hint(gzipSync(text), 'gzip')).toBe(text.length)
    expect(hint(text, 'none')).toBe(text.length)
    const lying = new Uint8Array(gzipSync(text))
    lying.fill(0xff, -4)
    expect(hint(lying, 'gzip')).toBe(4 * lying.length)
  })
})
