import { describe, expect, test } from 'vitest'
import { decodeProfile } from '../../formats/pprof/decode.ts'
import { encodeProfile } from '../../formats/pprof/encode.ts'
import { ProfileBuilder } from '../../model/profile-builder.ts'
import { Pseudonyms } from './names.ts'
import { anonymizeProfile } from './profile.ts'
import { anonymizeText } from './text.ts'

const SECRETS = [
  'acme',
  'Invoice',
  'Charge',
  'secretservice',
  'tenant',
  'globex',
  'jane',
  'deadbeef',
  'built by',
  'wiki',
]

function secretProfile() {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  b.comments = ['built by jane']
  b.docUrl = 'https://wiki.acme.example/'
  b.dropFrames = 'acme.*'
  const mapping = b.addMapping({ file: '/home/jane/secretservice', buildId: 'deadbeef' })
  const fn = (name: string, filename: string) =>
    b.addLocation({
      mapping,
      address: 4096 + name.length,
      lines: [{ fn: b.addFunction(name, { filename }), line: 7 }],
    })
  const frames = [
    fn('runtime.mallocgc', '/usr/local/go/src/runtime/malloc.go'),
    fn('acme.example/billing.(*Invoice[go.shape.string]).Charge.func1', '/home/jane/acme/billing/invoice.go'),
    fn('acme.example/billing.(*Invoice[go.shape.string]).Charge', '/home/jane/acme/billing/invoice.go'),
    fn('main.main', '/home/jane/acme/main.go'),
  ]
  b.addSample(frames, [10], [{ key: 'tenant', text: 'globex' }])
  b.addSample(frames.slice(1), [5], [{ key: 'bytes', num: 512, unit: 'bytes' }])
  return b.done()
}

const packed = (pieces: Iterable<Uint8Array>) => Buffer.concat([...pieces])

describe('a profile without names', () => {
  test('holds none of them, anywhere in its bytes', () => {
    const before = packed(encodeProfile(secretProfile())).toString('latin1')
    for (const secret of SECRETS) expect(before).toContain(secret)
    const after = packed(encodeProfile(anonymizeProfile(secretProfile(), new Pseudonyms()))).toString(
      'latin1',
    )
    for (const secret of SECRETS) expect(after).not.toContain(secret)
    expect(after).not.toContain('/usr/local/go')
  })

  test('keeps what everybody has, the shape of names, and all numbers', () => {
    const p = decodeProfile(packed(encodeProfile(anonymizeProfile(secretProfile(), new Pseudonyms()))))
    const names = [...p.functions.name].slice(1).map((id) => p.strings.get(id))
    expect(names).toEqual(['runtime.mallocgc', 'pkg1.(*T1).F2.func1', 'pkg1.(*T1).F2', 'main.main'])
    expect([...p.samples.value[0].f]).toEqual([10, 5])
    expect(p.strings.get(p.functions.filename[1])).toBe('runtime/malloc.go')
    expect(p.strings.get(p.functions.filename[2])).toMatch(/^dir\d+\/file\d+\.go$/)
    expect(p.functions.filename[2]).toBe(p.functions.filename[3])
  })

  test('names of several files agree', () => {
    const names = new Pseudonyms()
    const [a, b] = [1, 2].map(() => packed(encodeProfile(anonymizeProfile(secretProfile(), names))))
    expect(a).toEqual(b)
  })
})

describe('a dump without names', () => {
  const dump = [
    'jane pays tenant globex',
    'panic: tenant globex has no Invoice',
    '',
    'goroutine 7 [chan receive, 3 minutes, labels:{tenant: globex}]:',
    'acme.example/billing.(*Invoice).Charge(0xc000012345, {0x1, 0x2})',
    '\t/home/jane/acme/billing/invoice.go:12 +0x1d',
    'net/http.(*conn).serve(0xc0001)',
    '\t/usr/local/go/src/net/http/server.go:1995 +0x8e',
    'created by acme.example/billing.Start in goroutine 1',
    '\t/home/jane/acme/billing/start.go:33 +0x5',
    '2026-01-01T00:00:00Z acme-pod-7 gc 1 @0.1s 2%: 0.1+0.2+0.3 ms clock, 4->4->1 MB, 4 MB goal, 8 P',
  ].join('\n')

  test('keeps goroutines, frames of the standard library and the runtime’s lines', () => {
    const { text, left } = anonymizeText(dump, new Pseudonyms())
    for (const secret of SECRETS) expect(text).not.toContain(secret)
    expect(left).toBe(1)
    expect(text).toContain('goroutine 7 [chan receive, 3 minutes]:')
    expect(text).toContain('net/http.(*conn).serve(...)\n\tnet/http/server.go:1995 +0x8e')
    expect(text).toContain('created by pkg1.F')
    expect(text).toContain('\ngc 1 @0.1s 2%')
  })
})
