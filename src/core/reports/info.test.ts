import { describe, expect, test } from 'vitest'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { buildInfo, profileKind } from './info.ts'

function builder(...types: string[]): ProfileBuilder {
  const b = new ProfileBuilder()
  b.sampleTypes = types.map((t) => {
    const [type = '', unit = ''] = t.split('/')
    return { type, unit }
  })
  return b
}

function stackOf(b: ProfileBuilder, ...names: string[]): number[] {
  return names.map((name) => b.addLocation({ lines: [{ fn: b.addFunction(name) }] }))
}

const messages = (b: ProfileBuilder): string[] => buildInfo(b.done()).findings.map((f) => f.message)

describe('kind', () => {
  test.each([
    [['samples/count', 'cpu/nanoseconds'], 'cpu'],
    [['alloc_objects/count', 'inuse_space/bytes'], 'heap'],
    [['goroutine/count'], 'goroutine'],
    [['threadcreate/count'], 'threadcreate'],
    [['wall/seconds'], 'other'],
  ])('%j is %s', (types, kind) => {
    expect(profileKind(builder(...types).done())).toBe(kind)
  })

  test('heap and allocs differ in what they show first', () => {
    const b = builder('alloc_space/bytes', 'inuse_space/bytes')
    b.defaultSampleType = 'alloc_space'
    expect(profileKind(b.done())).toBe('allocs')
  })

  test('mutex profiles are taken on unlocking', () => {
    const mutex = builder('contentions/count', 'delay/nanoseconds')
    mutex.addSample(stackOf(mutex, 'sync.(*Mutex).Unlock', 'main.f'), [1, 2])
    expect(profileKind(mutex.done())).toBe('mutex')
    const block = builder('contentions/count', 'delay/nanoseconds')
    block.addSample(stackOf(block, 'runtime.chanrecv1', 'main.f'), [1, 2])
    expect(profileKind(block.done())).toBe('block')
  })
})

test('totals are exact, the default is the last unless named', () => {
  const b = builder('a/count', 'b/count')
  const stack = stackOf(b, 'main.f')
  b.addSample(stack, [2n ** 60n, 1])
  b.addSample(stack, [5, 0])
  const { sampleTypes } = buildInfo(b.done())
  expect(sampleTypes.map((t) => t.total)).toEqual([2n ** 60n + 5n, 1])
  expect(sampleTypes.map((t) => t.samples)).toEqual([2, 1])
  expect(sampleTypes.map((t) => t.isDefault)).toEqual([false, true])
})

test('depth counts inlined frames', () => {
  const b = builder('a/count')
  const f = b.addFunction('f')
  const deep = b.addLocation({ lines: [{ fn: f }, { fn: f }, { fn: f }] })
  const flat = b.addLocation({ lines: [{ fn: f }] })
  const bare = b.addLocation({ address: 7 })
  b.addSample([flat], [1])
  b.addSample([flat, bare], [1])
  b.addSample([deep, flat], [1])
  expect(buildInfo(b.done()).depth).toEqual({ min: 1, median: 2, max: 4 })
})

test('labels with their values and samples', () => {
  const b = builder('a/count')
  const stack = stackOf(b, 'f')
  b.addSample(stack, [1], [{ key: 'user', text: 'ann' }])
  b.addSample(stack, [1], [{ key: 'user', text: 'bob' }])
  b.addSample(stack, [1], [{ key: 'size', num: 16, unit: 'bytes' }])
  expect(buildInfo(b.done()).labels).toEqual([
    { key: 'size', values: 1, samples: 1, numericUnit: 'bytes' },
    { key: 'user', values: 2, samples: 2 },
  ])
})

describe('Go version', () => {
  const version = (name: string, filename: string): string => {
    const b = builder('a/count')
    b.addFunction(name, { filename })
    return buildInfo(b.done()).goVersion
  }
  test.each([
    ['/usr/local/go1.21.3/src/runtime/proc.go', 'go1.21.3'],
    ['/root/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64/src/runtime/proc.go', 'go1.26.8'],
    ['/opt/hostedtoolcache/go/1.22.3/x64/src/runtime/proc.go', 'go1.22.3'],
    ['/usr/local/go/src/runtime/proc.go', 'go'],
  ])('%s', (file, expected) => {
    expect(version('runtime.main', file)).toBe(expected)
  })
  test('by the packages of the runtime', () => {
    expect(version('internal/runtime/maps.(*Iter).Next', '')).toBe('go1.24 or later')
    expect(version('internal/runtime/atomic.(*Uint32).Load', '')).toBe('go1.23 or later')
    expect(version('runtime/internal/atomic.Load', '')).toBe('go1.22 or earlier')
    expect(version('std::sort', '')).toBe('')
  })
})

describe('findings', () => {
  test('no samples', () => {
    const b = builder('samples/count', 'cpu/nanoseconds')
    expect(buildInfo(b.done()).findings).toMatchObject([{ level: 'warning', message: 'no samples' }])
    expect(buildInfo(b.done()).findings[0]?.remedy).toContain('seconds=30')
  })

  test('nothing in use', () => {
    const b = builder('alloc_space/bytes', 'inuse_space/bytes')
    b.addSample(stackOf(b, 'f'), [100, 0])
    expect(messages(b)).toEqual([
      'all values of inuse_space are 0: nothing of what was sampled was still in use',
    ])
  })

  test('not symbolized', () => {
    const b = builder('a/count')
    b.addMapping({ file: 'x' })
    b.addSample([b.addLocation({ address: 5, mapping: 1 })], [1])
    expect(messages(b)).toEqual(['not symbolized: it has addresses, but no names of functions'])
  })

  test('a healthy profile has none', () => {
    const b = builder('a/count')
    b.addSample(stackOf(b, 'f'), [1])
    expect(messages(b)).toEqual([])
  })
})
