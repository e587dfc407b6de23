import { expect, test } from 'vitest'
import type { ProfileEntry } from '../../core/engine/workbench/questions/profiles.ts'
import { likelyBase } from './likely-base.ts'
import { byFolder, commonLength, splitSource } from './source-split.ts'

test('folders and names, on any system', () => {
  expect(splitSource('a/b/cpu.pb.gz')).toEqual({ folder: 'a/b', base: 'cpu.pb.gz' })
  expect(splitSource('a\\b\\cpu.pb.gz')).toEqual({ folder: 'a\\b', base: 'cpu.pb.gz' })
  expect(splitSource('cpu.pb.gz')).toEqual({ folder: '', base: 'cpu.pb.gz' })
})

test('what all names have in common is left out, but for the last folder', () => {
  const shown = (...names: string[]): string[] => names.map((n) => n.slice(commonLength(names)))
  expect(shown('/srv/x/routes/old/cpu', '/srv/x/routes/new/cpu')).toEqual([
    'routes/old/cpu',
    'routes/new/cpu',
  ])
  expect(shown('/srv/run/cpu', '/srv/run/heap')).toEqual(['run/cpu', 'run/heap'])
  expect(shown('cpu', 'heap')).toEqual(['cpu', 'heap'])
  expect(shown('a/cpu', 'heap')).toEqual(['a/cpu', 'heap'])
  expect(commonLength([])).toBe(0)
})

test('groups keep their order', () => {
  const list = ['b/1', 'a/1', 'b/2'].map((name) => ({ name }))
  expect(byFolder(list).map(([folder, items]) => [folder, items.length])).toEqual([
    ['b', 2],
    ['a', 1],
  ])
})

test('the likely base is the same file of another capture, else the one before', () => {
  const profile = (id: number, name: string, kind: string, timeNanos = 0): ProfileEntry => ({
    id,
    name,
    kind: kind as ProfileEntry['kind'],
    timeNanos,
    made: false,
    sampleTypes: [],
    defaultSampleType: '',
    samples: 1,
    durationNanos: 0,
    program: '',
    problems: [],
    unnamed: [],
  })
  const old = profile(0, 'old/cpu', 'cpu', 1)
  const heap = profile(1, 'old/heap', 'heap', 1)
  const now = profile(2, 'new/cpu', 'cpu', 5)
  const later = profile(3, 'new/cpu2', 'cpu', 9)
  expect(likelyBase([old, heap, now, later], [now])).toEqual([0])
  expect(likelyBase([heap, now, later], [later])).toEqual([2])
  expect(likelyBase([heap, now], [now])).toEqual([])
  expect(likelyBase([], [])).toEqual([])
})
