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

function load(chunks: readonly Uint8Array[], maxBytes = 1e6): ReturnType<ProfileLoader['end']> {
  const loader = new ProfileLoader('', 100, maxBytes)
  for (const chunk of chunks) loader.feed(chunk)
  return loader.end()
}
const failure = (chunks: readonly Uint8Array[], maxBytes?: number): string => {
  try {
    load(chunks, maxBytes)
  } catch (e) {
    expect(e).toBeInstanceOf(DecodeError)
    return (e as Error).message
  }
  return 'loaded'
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
  ])('%s is known by its content, in one piece or many', (_, file, format, distinct) => {
    for (const chunks of [[file], inPieces(file, 1000), inPieces(file, 1)]) {
      const loaded = load(chunks)
      expect(loaded.format.id).toBe(format)
      expect(loaded.size).toBe(file.length)
      expect(new Set(loaded.profile.samples.stackStart).size).toBeGreaterThanOrEqual(distinct)
    }
  })

  test('what is no profile', () => {
    expect(failure([])).toBe('empty input file')
    expect(failure([bytes('<!DOCTYPE html><p>404')])).toMatch(
      /^unrecognized profile format: this is a web page/,
    )
    expect(failure([Uint8Array.of(0xff, 0xfe, 0)])).toBe('unrecognized profile format')
    expect(failure([PROTO], PROTO.length - 1)).toContain('larger than the limit')
    expect(failure(inPieces(LONG_PROTO, 100), 5000)).toContain('larger than the limit of 5000 bytes')
    expect(failure([PROTO], PROTO.length)).toBe('loaded')
  })

  test.each<[string, Uint8Array, string | undefined]>([
    ['ELF', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2), 'ELF executable'],
    ['Mach-O', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe), 'Mach-O'],
    ['a trace', bytes('go 1.22 trace\0\0\0'), 'execution trace'],
    ['a heap dump', bytes('go1.7 heap dump\n'), 'heap dump'],
    ['a goroutine dump', bytes('goroutine 1 [running]:\n'), 'goroutine dump'],
    ['JSON', bytes(' {"a": 1}'), 'JSON'],
    ['text', bytes('hello\tworld\n'), 'plain text'],
    ['anything', Uint8Array.of(0, 1, 2), undefined],
  ])('%s is described', (_, head, what) => {
    const text = describeHead(head)
    if (what === undefined) expect(text).toBeUndefined()
    else expect(text).toContain(what)
  })
})
