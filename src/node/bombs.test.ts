// Small files that unpack to gigabytes. Each is read by a process of its own, whose memory is measured.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesField, numberField, textField, varint } from '../../test/kit/proto-message.ts'
import { runCommand } from '../../test/kit/run-command.ts'

const MiB = 2 ** 20
const folder = mkdtempSync(join(tmpdir(), 'goscope-bombs-'))
const reader = join(folder, 'read.mjs')

beforeAll(async () => {
  const readProfile = fileURLToPath(new URL('read-profile.ts', import.meta.url))
  await build({
    stdin: {
      contents: `
        import { readFileSync } from 'node:fs'
        import { decodeProfileBytes } from ${JSON.stringify(readProfile)}
        const start = performance.now()
        const bytes = readFileSync(process.argv[2])
        const outcome = await decodeProfileBytes(bytes, '').then(
          (d) => d.profile.samples.count + ' samples',
          (e) => e.constructor.name + ': ' + e.message,
        )
        const rssMB = process.resourceUsage().maxRSS / 1024
        console.log(JSON.stringify({ outcome, rssMB, ms: performance.now() - start }))`,
      resolveDir: folder,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: reader,
    external: ['zstddec/stream'],
    logLevel: 'error',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A gzip file of `size` bytes unpacked: a beginning, and then the same again and again. */
function bomb(head: readonly number[], unit: readonly number[] | Uint8Array, size: number): Uint8Array {
  const block = Buffer.concat(new Array(Math.ceil((16 * MiB) / unit.length)).fill(Uint8Array.from(unit)))
  // Members follow each other: what one holds is packed once.
  const member = gzipSync(block, { level: 1 })
  const members = new Array<Uint8Array>(Math.ceil(size / block.length)).fill(member)
  return Buffer.concat([gzipSync(Uint8Array.from(head)), ...members])
}

async function read(packed: Uint8Array): Promise<{ outcome: string; rssMB: number; ms: number }> {
  const file = join(folder, 'bomb')
  writeFileSync(file, packed)
  const argv = [process.execPath, '--max-old-space-size=256', reader, file]
  const result = await runCommand(argv, { timeoutMs: 100_000 })
  expect(result.stderr).toBe('')
  return JSON.parse(result.stdout.toString())
}

const head = [...bytesField(1, []), ...textField(6, ''), ...bytesField(4, numberField(1, 1))]
/** A sample of 64 KiB of frames. */
const longSample = (id: number): number[] =>
  bytesField(2, [...varint(0x0a), ...varint(65536), ...new Array<number>(65536).fill(id), 0x12, 1, 1])

describe('two gigabytes', () => {
  test.each<[string, readonly number[], readonly number[], string]>([
    ['of samples', head, bytesField(2, [0x12, 1, 1]), 'more samples than can be held'],
    ['of frames that are none', head, longSample(0), 'none with id 0'],
    ['of mappings', head, [0x1a, 0], 'too many mappings'],
    ['of types', [], [0x0a, 0], 'too many sample types'],
    ['of comments', head, [0x68, 0], 'too many comments'],
    ['in one text', [...head, 0x32, ...varint(2 ** 40)], new Array(4096).fill(65), 'a field is longer than'],
    ['of nothing', [], new Array(4096).fill(0), 'unrecognized profile format'],
  ])('%s end in an error, with little memory', async (_, start, unit, message) => {
    const { outcome, rssMB } = await read(bomb(start, unit, 2048 * MiB))
    expect(outcome).toMatch(/^DecodeError: /)
    expect(outcome).toContain(message)
    expect(rssMB).toBeLessThan(2200)
  })
})

// Half a minute: asked for with GOSCOPE_SLOW_TESTS=1.
describe.skipIf(process.env.GOSCOPE_SLOW_TESTS === undefined)('what takes longer', () => {
  test('two gigabytes of frames end in an error, with little memory', async () => {
    const { outcome, rssMB } = await read(bomb(head, longSample(1), 2048 * MiB))
    expect(outcome).toBe('DecodeError: the profile has more samples than can be held')
    expect(rssMB).toBeLessThan(2200)
  })

  test('ten million samples of 20 frames each fit in a gigabyte and a half', async () => {
    const locations = Array.from({ length: 2000 }, (_, i) => bytesField(4, numberField(1, i + 1))).flat()
    const start = [...bytesField(1, []), ...bytesField(1, []), ...textField(6, ''), ...locations]
    const samples = Array.from({ length: 4000 }, (_, row) => {
      const frames = Array.from({ length: 20 }, (__, i) => varint(1 + ((row * 31 + i * 97) % 2000))).flat()
      return bytesField(2, [
        ...bytesField(1, frames),
        ...bytesField(2, [...varint(row), ...varint(row * 100_000)]),
      ])
    }).flat()
    const block = gzipSync(Uint8Array.from(samples))
    const file = Buffer.concat([gzipSync(Uint8Array.from(start)), ...new Array(2500).fill(block)])
    const { outcome, rssMB, ms } = await read(file)
    expect(outcome).toBe('10000000 samples')
    expect(rssMB).toBeLessThan(1500)
    // biome-ignore lint/suspicious/noConsole: who asks for it wants to know
    console.log(`${Math.round(rssMB)} MB, ${Math.round(ms)} ms`)
  })
})
