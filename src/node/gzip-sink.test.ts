import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { GzipSink } from './gzip-sink.ts'

async function packed(write: (sink: GzipSink) => void): Promise<Buffer> {
  const sink = new GzipSink()
  write(sink)
  const pieces: Uint8Array[] = []
  for await (const piece of sink.finish()) pieces.push(piece)
  return Buffer.concat(pieces)
}

test.each([
  0,
  1,
  (1 << 20) - 1,
  1 << 20,
  (1 << 20) + 1,
  3_500_000,
])('%d bytes come out again', async (size) => {
  const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * i) >> 7))
  const out = await packed((sink) => {
    // In pieces that end anywhere.
    for (let at = 0; at < size; at += 77_777) sink.bytes(bytes.subarray(at, at + 77_777))
  })
  expect(gunzipSync(out).equals(bytes)).toBe(true)
})

test('text is UTF-8, and what is written may change afterwards', async () => {
  const shared = Uint8Array.of(1, 2, 3)
  const out = await packed((sink) => {
    sink.text('é\udcff')
    sink.bytes(shared)
    shared.fill(9)
  })
  expect([...gunzipSync(out)]).toEqual([0xc3, 0xa9, 0xff, 1, 2, 3])
})

test('the same text is packed over the edge of a block, too', async () => {
  const block = Buffer.from(
    Uint8Array.from({ length: 30_000 }, (_, i) => Math.imul(i, i * 2654435761) >>> 13),
  )
  const once = (await packed((sink) => sink.bytes(block))).length
  const often = (
    await packed((sink) => {
      for (let i = 0; i < 70; i++) sink.bytes(block)
    })
  ).length
  expect(often).toBeLessThan(2 * once)
})
