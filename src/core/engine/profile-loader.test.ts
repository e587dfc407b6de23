import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import { DecodeError } from '../base/errors.ts'
import { encodeProfile } from '../formats/pprof/encode.ts'
import { describeHead } from './describe-head.ts'
import { ProfileLoader } from './profile-loader.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const PROTO = Buffer.concat([...encodeProfile(profileFrom('main\nwork\n= 7'))])
const LONG_PROTO = Buffer.concat([
  ...encodeProfile(profileFrom(Array.from({ length: 2000 }, (_, i) => `function${i}`).join('\n'))),
])

async function load(
  chunks: readonly Uint8Array[],
  maxBytes = 1e6,
): Promise<Awaited<ReturnType<ProfileLoader['end']>>> {
  const loader = new ProfileLoader('', 100, maxBytes)
  for (const chunk of chunks) loader.feed(chunk)
  return loader.end()
}
const failure = async (chunks: readonly Uint8Array[], maxBytes?: number): Promise<string> => {
  try {
    await load(chunks, maxBytes)
  } catch (e) {
    expect(e).toBeInstanceOf(DecodeError)
    return (e as Error).message
  }
  return 'loaded'
}
/** The head of an ELF file of type ET_CORE. */
function core(big: boolean): Uint8Array {
  const head = new Uint8Array(64)
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, big ? 2 : 1, 1])
  head[big ? 17 : 16] = 4
  return head
}
const inPieces = (b: Uint8Array, n: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(b.length / n) }, (_, i) => b.subarray(i * n, (i + 1) * n))

describe('loading', () => {
  test.each<[string, Uint8Array, string, number]>([
    ['profile.proto', PROTO, 'pprof', 1],
    ['profile.proto, longer than its head', LONG_PROTO, 'pprof', 1],
    ['folded stacks', bytes('a;b 1\na;c 2\n'.repeat(1000)), 'folded', 2],
    [
      'an old format',
      bytes('heap profile: 1: 2 [3: 4] @ heap_v2/512\n1: 2 [3: 4] @ 0x40 0x50\n'),
      'pprof-legacy',
      1,
    ],
  ])('%s is known by its content, in one piece or many', async (_, file, format, distinct) => {
    for (const chunks of [[file], inPieces(file, 1000), inPieces(file, 1)]) {
      const loaded = await load(chunks)
      expect(loaded.format.id).toBe(format)
      expect(loaded.size).toBe(file.length)
      expect(new Set(loaded.profile.samples.stackStart).size).toBeGreaterThanOrEqual(distinct)
    }
  })

  test('what is no profile', async () => {
    expect(await failure([])).toBe('empty input file')
    expect(await failure([bytes('<!DOCTYPE html><p>404')])).toMatch(
      /^unrecognized profile format: this is a web page/,
    )
    expect(await failure([Uint8Array.of(0xff, 0xfe, 0)])).toBe('unrecognized profile format')
    expect(await failure([PROTO], PROTO.length - 1)).toContain('larger than the limit')
    expect(await failure(inPieces(LONG_PROTO, 100), 5000)).toContain('larger than the limit of 5000 bytes')
    expect(await failure([PROTO], PROTO.length)).toBe('loaded')
  })

  test.each<[string, Uint8Array, string | undefined]>([
    ['ELF', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2), 'ELF executable'],
    ['a core file', core(false), 'core file'],
    ['a core file of the other byte order', core(true), 'core file'],
    ['Mach-O', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe), 'Mach-O'],
    ['a trace', bytes('go 1.22 trace\0\0\0'), 'execution trace'],
    ['a heap dump', bytes('go1.7 heap dump\n'), 'heap dump'],
    ['a goroutine dump', bytes('goroutine 1 [running]:\n'), 'goroutine dump'],
    ['a log of gctrace', bytes('starting\ngc 1 @0.012s 2%: 0.026+0.39 ms clock\n'), 'goscope gc'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10), 'picture'],
    ['an SVG', bytes('<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC'), 'picture'],
    ['JSON', bytes(' {"a": 1}'), 'JSON'],
    ['text', bytes('hello\tworld\n'), 'plain text'],
    ['anything', Uint8Array.of(0, 1, 2), undefined],
  ])('%s is described', (_, head, what) => {
    const text = describeHead(head)
    if (what === undefined) expect(text).toBeUndefined()
    else expect(text).toContain(what)
  })
})
