import { describe, expect, test } from 'vitest'
import { profileFrom, samplesOf } from '../../../test/kit/profile-from.ts'
import { compileRegexp } from '../base/regexp.ts'
import { filterByLabels } from './filter.ts'
import { labelFilterTest, parseLabelFilter } from './label-filter.ts'
import { labelKeys, labelValues, numericLabelUnits, setTextLabel } from './labels.ts'
import { withDefaultMapping, withMainBinary } from './mappings.ts'
import { selectSampleType } from './sample-type.ts'
import { addLabelFrames } from './tag-root.ts'

const P = profileFrom(`
  a               b               c               d              e
  # bytes:1024 B  # bytes:3 kb    # user:anna     # request:9    # bytes:5
  # user:anna     # n:-5          # user:bert     # wait:7 ms
`)

describe('numeric labels', () => {
  test('a key has one unit: the first met, else one guessed from the key', () => {
    const { unit, ignored } = numericLabelUnits(P)
    expect(Object.fromEntries(unit)).toEqual({ bytes: 'B', n: 'n', request: 'bytes', wait: 'ms' })
    expect(Object.fromEntries(ignored)).toEqual({ bytes: ['kb'] })
  })

  test('values as text, text before numbers', () => {
    const values = (sample: number, key: string): string[] =>
      labelValues(P, P.samples.labelSet[sample], P.strings.intern(key), 'kb')
    expect([
      values(0, 'bytes'),
      values(1, 'bytes'),
      values(2, 'user'),
      values(3, 'request'),
      values(4, 'x'),
    ]).toEqual([['1kB'], ['3kB'], ['anna', 'bert'], ['9'], []])
    expect([...labelKeys(P)].map((id) => P.strings.get(id)).sort()).toEqual([
      'bytes',
      'n',
      'request',
      'user',
      'wait',
    ])
  })
})

describe('filters by label', () => {
  const matches = (filter: string): string => {
    const f = parseLabelFilter(filter)
    const compiled = f.kind === 'text' ? f.patterns.map((p) => compileRegexp(p)) : []
    const { profile } = filterByLabels(P, labelFilterTest(f, compiled, numericLabelUnits(P)), undefined)
    return samplesOf(profile)
      .map((s) => s[0])
      .join('')
  }
  test.each([
    // A key has one unit for all samples: 3 kb counts as 3 B, and so does 5 without a unit.
    ['bytes=1kb', 'a'],
    ['bytes=:3b', 'b'],
    ['bytes=3b:', 'abe'],
    ['bytes=4b:1mb', 'ae'],
    ['-5', 'b'],
    ['1024', ''],
    ['1024b', 'a'],
    ['user=anna', 'ac'],
    ['user=ann,ber', 'ac'],
    ['anna,bert', 'c'],
    ['user:b', 'c'],
    ['nothing=1kb', ''],
    ['wait=7ms', 'd'],
    ['wait=1s:2s', ''],
    // Two ends that are not of one kind are no range but an expression.
    ['1kb:2s', ''],
  ])('%s keeps %j', (filter, want) => {
    expect(matches(filter)).toBe(want)
  })

  test.each([
    ['32kb', 'range'],
    [':+5', 'range'],
    ['1:2:3', 'text'],
    ['a1', 'text'],
    ['', 'text'],
    ['key=1kb', 'range'],
  ])('%j is a %s', (filter, kind) => {
    expect(parseLabelFilter(filter).kind).toBe(kind)
  })
})

describe('labels added', () => {
  test('one text on every sample, in place of another', () => {
    const p = setTextLabel(P, 'user', 'all')
    expect(samplesOf(p)).toEqual([
      'a 1 {bytes:1024 B user:all}',
      'b 1 {bytes:3 kb n:-5 user:all}',
      'c 1 {user:all}',
      'd 1 {request:9 user:all wait:7 ms}',
      'e 1 {bytes:5 user:all}',
    ])
    expect(samplesOf(P)[0]).toBe('a 1 {bytes:1024 B user:anna}')
  })

  test('labels as frames: the first root key outermost, the last leaf key innermost', () => {
    const out = addLabelFrames(P, ['user', 'none'], ['n', 'bytes'], 'auto')
    expect(out).toMatchObject({ rootMatched: true, leafMatched: true })
    expect(samplesOf(out.profile).map((s) => s.replace(/ 1 .*/, ''))).toEqual([
      'anna user; none;a; n;1kB bytes',
      ' user; none;b;-5 n;3kB bytes',
      'anna,bert user; none;c; n; bytes',
      ' user; none;d; n; bytes',
      ' user; none;e; n;5 bytes',
    ])
    const ids = out.profile.locations.id
    expect(new Set(Array.from({ length: ids.length }, (_, i) => ids.get(i))).size).toBe(ids.length)
    expect(addLabelFrames(P, ['x'], [], 'auto')).toMatchObject({ rootMatched: false, leafMatched: false })
  })
})

describe('what a profile is taken for', () => {
  const typed = (defaultSampleType: string) => ({
    ...profileFrom('main\n= 1 2 3', ['alloc_space/bytes', 'space/bytes', 'objects/count']),
    defaultSampleType,
  })
  test.each([
    ['', 2],
    ['0', 0],
    ['+1', 1],
    ['objects', 2],
    ['inuse_space', 1],
    ['inuse_objects', 2],
  ])('sample_index %j', (name, index) => {
    expect(selectSampleType(typed(''), name)).toBe(index)
  })
  test('the default is the one that the profile names, if it has it', () => {
    expect(selectSampleType(typed('alloc_space'), '')).toBe(0)
    expect(selectSampleType(typed('other'), '')).toBe(2)
    expect(() => selectSampleType({ ...typed(''), sampleTypes: [] }, '')).toThrow('profile has no samples')
  })

  test('a profile without a mapping gets one, and its binary a name', () => {
    const p = withDefaultMapping(profileFrom('main\nwork'))
    expect([...p.locations.mapping]).toEqual([0, 1, 1])
    const named = withMainBinary(p, '/bin/x', 'id')
    expect([named.mappings.file, named.mappings.buildId].map((c) => p.strings.get(c[1]))).toEqual([
      '/bin/x',
      'id',
    ])
    expect(p.strings.get(withMainBinary(named, undefined, 'other').mappings.buildId[1])).toBe('id')
    expect(withDefaultMapping(named)).toBe(named)
  })
})
