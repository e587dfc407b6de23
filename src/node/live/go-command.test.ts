import { describe, expect, test } from 'vitest'
import { commandKind, flagValue, hasFlag, withGodebug, withProfiles, withWrapper } from './go-command.ts'

const NONE = { count: undefined, cpu: undefined }

describe('kinds of commands', () => {
  test.each([
    [['go', 'test', './...'], 'go test'],
    [['/usr/local/go/bin/go', 'run', '.'], 'go run'],
    [['C:\\Go\\bin\\go.exe', 'test'], 'go test'],
    [['go1.24.3', 'test'], 'go test'],
    [['go', '-C', 'sub', 'test'], 'go test'],
    [['go', '-C=sub', 'run', '.'], 'go run'],
    [['go', 'build'], 'program'],
    [['./pkg.test', '-test.v'], 'test binary'],
    [['/tmp/x/main', '-test.run=A'], 'test binary'],
    [['./server', 'test'], 'program'],
    [['gopher', 'test'], 'program'],
  ])('%j is %s', (argv, kind) => {
    expect(commandKind(argv)).toBe(kind)
  })
})

describe('what is put into go test', () => {
  test('the wrapper, behind the subcommand, and a count that keeps results out of the cache', () => {
    expect(withWrapper(['go', 'test', './...'], ['/bin/node', '/x y/g.js', '--'], NONE)).toEqual([
      'go',
      'test',
      '-exec',
      "/bin/node '/x y/g.js' --",
      '-count=1',
      './...',
    ])
    expect(withWrapper(['go', '-C', 'd', 'test'], ['w'], NONE)).toEqual([
      'go',
      '-C',
      'd',
      'test',
      '-exec',
      'w',
      '-count=1',
    ])
    expect(withWrapper(['go', 'run', '.', 'test'], ['w'], NONE)).toEqual([
      'go',
      'run',
      '-exec',
      'w',
      '.',
      'test',
    ])
  })

  test('of benchmarks memory, count and processors', () => {
    const argv = ['go', 'test', '-bench=.', './a']
    expect(withWrapper(argv, ['w'], { count: 6, cpu: '1,2' })?.slice(2, -2)).toEqual([
      '-exec',
      'w',
      '-benchmem',
      '-count=6',
      '-cpu=1,2',
    ])
  })

  test('nothing that was given is given again', () => {
    const argv = ['go', 'test', '-bench', '.', '-benchmem', '--count', '3', '-cpu=4']
    expect(withWrapper(argv, ['w'], { count: 6, cpu: '1' })).toEqual([
      'go',
      'test',
      '-exec',
      'w',
      ...argv.slice(2),
    ])
    expect(withWrapper(['go', 'test', '-exec', 'qemu'], ['w'], NONE)).toBeUndefined()
    // Behind -args stands what the test is told.
    expect(withWrapper(['go', 'test', '-args', '-exec', '-count=2'], ['w'], NONE)).toContain('-count=1')
  })

  test('what cannot be quoted is not', () => {
    expect(withWrapper(['go', 'test'], [`/a'b"c`], NONE)).toBeUndefined()
    expect(withWrapper(['go', 'test'], ["/it's"], NONE)?.[3]).toBe(`"/it's"`)
  })
})

describe('what is put into a test binary', () => {
  const all = (): boolean => true

  test('profiles, at rates that are cheap', () => {
    expect(withProfiles(['-test.v', '-x'], (f) => `/d/${f}`, all)).toEqual([
      '-test.cpuprofile=/d/cpu.pb.gz',
      '-test.memprofile=/d/allocs.pb.gz',
      '-test.blockprofile=/d/block.pb.gz',
      '-test.mutexprofile=/d/mutex.pb.gz',
      '-test.trace=/d/trace.out',
      '-test.blockprofilerate=10000',
      '-test.mutexprofilefraction=10',
      '-test.v',
      '-x',
    ])
  })

  test('those that were given stay as they are', () => {
    const out = withProfiles(
      ['-test.cpuprofile', 'mine', '-test.blockprofilerate=1'],
      (f) => f,
      (p) => p.topic !== 'trace',
    )
    expect(out).toEqual([
      '-test.memprofile=allocs.pb.gz',
      '-test.blockprofile=block.pb.gz',
      '-test.mutexprofile=mutex.pb.gz',
      '-test.mutexprofilefraction=10',
      '-test.cpuprofile',
      'mine',
      '-test.blockprofilerate=1',
    ])
    expect(flagValue(out, 'cpuprofile')).toBe('mine')
    expect(flagValue(out, 'memprofile')).toBe('allocs.pb.gz')
    expect(hasFlag(out, 'trace')).toBe(false)
  })
})

test('GODEBUG: what the user has set stays', () => {
  expect(withGodebug(undefined, 'gctrace=1,schedtrace=1000')).toEqual({
    value: 'gctrace=1,schedtrace=1000',
    added: ['gctrace', 'schedtrace'],
  })
  expect(withGodebug('http2debug=1,gctrace=2', 'gctrace=1,schedtrace=1000')).toEqual({
    value: 'http2debug=1,gctrace=2,schedtrace=1000',
    added: ['schedtrace'],
  })
  expect(withGodebug('a=1', '')).toEqual({ value: 'a=1', added: [] })
})
