import { expect, test } from 'vitest'
import { searchWords } from '../../core/analysis/name-search.ts'
import { type PaletteEntry, rankEntries } from './rank-entries.ts'

const entry = (title: string, words = ''): PaletteEntry => ({
  id: title,
  title,
  words,
  icon: 'right',
  run: () => undefined,
})

const ENTRIES = [
  entry('Copy link', 'share url'),
  entry('Compare…', 'diff base'),
  entry('Show from', 'refine'),
  entry('Show', 'refine'),
  entry('Split view', 'second panel'),
]

const ranked = (text: string, limit = 9): string[] =>
  rankEntries(ENTRIES, searchWords(text), limit).map((e) => e.title)

test('without words everything, in its order', () => {
  expect(ranked('', 2)).toEqual(['Copy link', 'Compare…'])
})

test('the whole title is before its beginning, and that before other words', () => {
  expect(ranked('show')).toEqual(['Show', 'Show from'])
  expect(ranked('show fr')).toEqual(['Show from'])
  expect(ranked('diff')).toEqual(['Compare…'])
  expect(ranked('refine').sort()).toEqual(['Show', 'Show from'])
})

test('what fits alike stays in its order, and what does not is left out', () => {
  // `second` has it, too, but not in its title.
  expect(ranked('co')).toEqual(['Copy link', 'Compare…', 'Split view'])
  expect(ranked('zzz')).toEqual([])
})
