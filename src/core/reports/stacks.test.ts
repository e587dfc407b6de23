import { expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import type { Int } from '../base/int64.ts'
import type { Profile } from '../model/profile.ts'
import type { Report } from './report.ts'
import { buildStacks, type StacksDoc } from './stacks.ts'

function stacks(profile: Profile, limit = 0): StacksDoc {
  const labelUnits = { unit: new Map([['bytes', 'bytes']]), ignored: new Map() }
  // The parts of a report that are looked at.
  return buildStacks(
    { profile, total: 0 as Int, options: { value: 0, labelUnits } } as unknown as Report,
    limit,
  )
}

const lines = (doc: StacksDoc): string[] =>
  doc.rows.map((r) => {
    const labels = r.labels.map((l) => `${l.key}=${typeof l.value === 'string' ? l.value : l.value.number}`)
    const frames = r.frames.map((f) => (f.inline ? `^${f.name}` : f.name)).join(' ')
    return [`${r.value} of ${r.samples}:`, frames, ...labels].join(' ')
  })

const sample = profileFrom(`
  main      main      main      main      main
  work      idle      work      work      work
  ^hash               ^hash     ^hash
  = 10      = 30      = 5       = 7       = 0
                      # k:v
`)

test('equal stacks with equal labels are one, heaviest first, leaf first', () => {
  expect(lines(stacks(sample))).toEqual([
    '30 of 1: idle main',
    '17 of 2: ^hash work main',
    '5 of 1: ^hash work main k=v',
  ])
})

test('the limit says what it left out', () => {
  const doc = stacks(sample, 1)
  expect([doc.rows.length, doc.count]).toEqual([1, 3])
})

test('locations that read the same are the same', () => {
  const two = profileFrom(`
    main a.go:1   main a.go:1
    work b.go:2   work b.go:2
    = 1           = 2
  `)
  expect(lines(stacks(two))).toEqual(['3 of 2: work b.go:2 main a.go:1'])
})

test('sums beyond 2^53 are exact, and what adds up to nothing is not shown', () => {
  const big = profileFrom(`
    main                    main    idle  idle
    = 9007199254740991      = 2     = 4   = -4
  `)
  expect(stacks(big).rows.map((r) => r.value)).toEqual([9007199254740993n])
})
