import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPlain, plainProfile } from '../../../test/kit/plain-profile.ts'
import { profileFrom, samplesOf } from '../../../test/kit/profile-from.ts'
import { compileRegexp } from '../base/regexp.ts'
import type { Profile } from '../model/profile.ts'
import {
  filterByLabels,
  filterByName,
  filterLabels,
  prune,
  pruneFrom,
  showFrom,
  simplifyFunctionName,
} from './filter.ts'
import { coarsen, type Granularity } from './granularity.ts'

const re = compileRegexp
const REQUESTS = profileFrom(`
  main            main          main            main
  serve a/s.go    serve a/s.go  gc [libgc.so]   idle
  ^parse b/p.go   write         mark
  hash            = 20          = 5             = 1
  = 10            # id:b        # bytes:16 B    # id:b
  # id:a                                        # bytes:7
`)

describe('focus, ignore, hide and show', () => {
  const run = (f: { focus?: string; ignore?: string; hide?: string; show?: string }): string[] =>
    samplesOf(
      filterByName(REQUESTS, {
        ...(f.focus && { focus: re(f.focus) }),
        ...(f.ignore && { ignore: re(f.ignore) }),
        ...(f.hide && { hide: re(f.hide) }),
        ...(f.show && { show: re(f.show) }),
      }).profile,
    ).map((s) => s.replace(/ \{.*/, ''))
  const PARSE = 'main;serve a/s.go;^parse b/p.go;hash 10'
  const WRITE = 'main;serve a/s.go;write 20'
  test.each([
    ['focus takes whole samples', { focus: 'hash' }, [PARSE]],
    ['focus by file, of an inlined function too', { focus: 'b/p' }, [PARSE]],
    ['focus by binary', { focus: 'libgc' }, ['main;gc;mark 5']],
    ['ignore', { ignore: 'a/s.go|idle' }, ['main;gc;mark 5']],
    ['ignore wins over focus in a location', { focus: 'serve', ignore: 'parse' }, [WRITE]],
    [
      'hide takes single lines',
      { hide: 'serve|main' },
      ['parse b/p.go;hash 10', 'write 20', 'gc;mark 5', 'idle 1'],
    ],
    [
      'hide by binary takes the whole location',
      { hide: 'libgc' },
      [PARSE, WRITE, 'main;mark 5', 'main;idle 1'],
    ],
    [
      'a sample without a line left is gone',
      { hide: 'main|idle' },
      ['serve a/s.go;^parse b/p.go;hash 10', 'serve a/s.go;write 20', 'gc;mark 5'],
    ],
    ['show keeps single lines', { show: 'parse|mark' }, ['parse b/p.go 10', 'mark 5']],
    [
      'all of them',
      { focus: 'serve', ignore: 'write', hide: 'hash', show: 'serve|hash' },
      ['serve a/s.go 10'],
    ],
    ['nothing left', { focus: 'nowhere' }, []],
  ])('%s', (_, filter, want) => {
    expect(run(filter)).toEqual(want)
  })

  test('which expressions matched', () => {
    const matched = (o: Parameters<typeof filterByName>[1]) => filterByName(REQUESTS, o).matched
    const all = { focus: true, ignore: true, hide: true, show: true }
    expect(matched({})).toEqual(all)
    expect(matched({ focus: re('x1'), hide: re('x2') })).toEqual({ ...all, focus: false, hide: false })
    expect(matched({ ignore: re('x1'), show: re('x2') })).toEqual({ ...all, ignore: false, show: false })
  })

  // Random names are few, so that expressions match some of them.
  const named = fc.tuple(plainProfile, fc.constantFrom('a', 'main', '\\.', '^z$', 'r', '^$', '.'))
  const sorted = (p: Profile): string[] => samplesOf(p).sort()

  test('focus and ignore of the same expression part the samples that have frames', () => {
    fc.assert(
      fc.property(named, ([plain, pattern]) => {
        const p = buildPlain(plain)
        const focused = filterByName(p, { focus: re(pattern) }).profile
        const rest = filterByName(p, { ignore: re(pattern) }).profile
        const withFrames = samplesOf(p).filter(
          (_, row) => p.samples.stackEnd[row] > p.samples.stackStart[row],
        )
        expect([...samplesOf(focused), ...samplesOf(rest)].sort()).toEqual(withFrames.sort())
      }),
      { seed: 1, numRuns: 250 },
    )
  })

  test('hiding or showing twice is as good as once', () => {
    fc.assert(
      fc.property(named, fc.boolean(), ([plain, pattern], hide) => {
        const filter = hide ? { hide: re(pattern) } : { show: re(pattern) }
        const once = filterByName(buildPlain(plain), filter).profile
        expect(sorted(filterByName(once, filter).profile)).toEqual(sorted(once))
        // Nothing that was to be hidden is left.
        if (hide) expect(filterByName(once, { focus: re(pattern) }).profile.samples.count).toBe(0)
      }),
      { seed: 2, numRuns: 250 },
    )
  })
})

describe('cutting stacks', () => {
  const STACKS = profileFrom(`
    main        main        a.Run(int)  main
    a.Run(int)  b.Step      a.Run(int)  other
    ^b.Step     a.Run(int)  leaf
    b.Step      leaf
    leaf
  `)
  test('showFrom keeps what is below the outermost match', () => {
    expect(samplesOf(showFrom(STACKS, re('Step')).profile)).toEqual([
      'b.Step;b.Step;leaf 1',
      'b.Step;a.Run(int);leaf 1',
    ])
    expect(samplesOf(showFrom(STACKS, re('Run')).profile)).toEqual([
      'a.Run(int);^b.Step;b.Step;leaf 1',
      'a.Run(int);leaf 1',
      'a.Run(int);a.Run(int);leaf 1',
    ])
    expect(showFrom(STACKS, re('nowhere'))).toMatchObject({
      matched: false,
      profile: { samples: { count: 0 } },
    })
  })

  test('pruneFrom cuts below the match nearest to the leaf, by the simplified name', () => {
    expect(samplesOf(pruneFrom(STACKS, re('Step$')))).toEqual([
      'main;a.Run(int);^b.Step;b.Step 1',
      'main;b.Step 1',
      'a.Run(int);a.Run(int);leaf 1',
      'main;other 1',
    ])
    expect(samplesOf(pruneFrom(STACKS, re('int')))).toEqual(samplesOf(STACKS))
  })

  test('prune cuts at the outermost match and takes it too, but leaves a frame', () => {
    expect(samplesOf(prune(STACKS, re('^a\\.Run$'), undefined))).toEqual([
      'main 1',
      'main;b.Step 1',
      'a.Run(int);a.Run(int);leaf 1',
      'main;other 1',
    ])
    expect(samplesOf(prune(STACKS, re('^b\\.Step$'), re('Step')))).toEqual(samplesOf(STACKS))
  })

  test.each([
    ['f(int)', 'f'],
    ['.f', 'f'],
    ['(anonymous namespace)::f(x)', '(anonymous namespace)::f'],
    ['a::operator()(int)', 'a::operator()'],
    ['main.(*T).M', 'main.'],
  ])('%s is simply %s', (name, simple) => {
    expect(simplifyFunctionName(name)).toBe(simple)
  })
})

describe('labels', () => {
  test('samples by their labels', () => {
    const has = (text: string) => (p: Profile, set: number) =>
      Array.from({ length: p.labelSets.count }, (_, s) => s)
        .filter((s) => s === set)
        .some((s) =>
          p.labelSets.str
            .subarray(p.labelSets.start[s], p.labelSets.start[s + 1])
            .includes(p.strings.intern(text)),
        )
    const values = (o: ReturnType<typeof filterByLabels>): number[] => [...o.profile.samples.value[0].f]
    expect(values(filterByLabels(REQUESTS, has('b'), undefined))).toEqual([20, 1])
    expect(values(filterByLabels(REQUESTS, undefined, has('b')))).toEqual([10, 5])
    expect(values(filterByLabels(REQUESTS, has('b'), has('b')))).toEqual([])
    expect(filterByLabels(REQUESTS, has('9'), has('9'))).toMatchObject({
      focusMatched: false,
      ignoreMatched: false,
    })
  })

  test('labels by their keys; sets that become equal are one', () => {
    const labels = (o: ReturnType<typeof filterLabels>): string[] =>
      samplesOf(o.profile).map((s) => /\{.*/.exec(s)?.[0] ?? '')
    expect(labels(filterLabels(REQUESTS, re('id'), undefined))).toEqual(['{id:a}', '{id:b}', '', '{id:b}'])
    expect(labels(filterLabels(REQUESTS, undefined, re('i')))).toEqual(['', '', '{bytes:16 B}', '{bytes:7}'])
    const shown = filterLabels(REQUESTS, re('id'), undefined).profile.samples.labelSet
    expect(shown[1]).toBe(shown[3])
    expect(filterLabels(REQUESTS, re('x'), re('q'))).toMatchObject({ showMatched: false, hideMatched: false })
  })
})

describe('granularity', () => {
  const all: Granularity = {
    inlines: true,
    functions: true,
    files: true,
    lines: true,
    columns: true,
    addresses: true,
  }
  const granularity = fc.record({
    inlines: fc.boolean(),
    functions: fc.boolean(),
    files: fc.boolean(),
    lines: fc.boolean(),
    columns: fc.boolean(),
    addresses: fc.boolean(),
  })
  test('coarsening twice is as good as once, and with all detail nothing is lost', () => {
    fc.assert(
      fc.property(plainProfile, granularity, (plain, g) => {
        const p = buildPlain(plain)
        expect(samplesOf(coarsen(p, all))).toEqual(samplesOf(p))
        const once = coarsen(p, g)
        expect(samplesOf(coarsen(once, g))).toEqual(samplesOf(once))
        expect(coarsen(once, g).mappings.has).toEqual(once.mappings.has)
      }),
      { seed: 3, numRuns: 150 },
    )
  })

  test('what is left of a frame', () => {
    const p = profileFrom(
      `
      main m.go:10:4
      ^f   f.go:20:5
    `.replaceAll('   f.go', ' f.go'),
    )
    const of = (o: Partial<Granularity>): string => samplesOf(coarsen(p, { ...all, ...o }))[0]!
    expect(of({ columns: false })).toBe('main m.go:10;^f f.go:20 1')
    expect(of({ lines: false })).toBe('main m.go;^f f.go 1')
    expect(of({ lines: false, files: false })).toBe('main;^f 1')
    expect(of({ inlines: false })).toBe('main m.go:10:4 1')
    expect(of({ functions: false, lines: false })).toBe(' m.go;^ f.go 1')
  })
})
