import { describe, expect, test } from 'vitest'
import { hasExtension, ProblemLog } from './format.ts'

describe('ProblemLog', () => {
  test('counts equal messages, keeps the first offset and the order of first meeting', () => {
    const log = new ProblemLog()
    log.add('odd line', 40)
    log.add('late', -1)
    log.add('odd line', 10)
    expect(log.done()).toEqual([
      { message: 'odd line', offset: 40, count: 2 },
      { message: 'late', offset: -1, count: 1 },
    ])
  })
})

test('hasExtension ignores case and wants the whole ending', () => {
  expect(hasExtension('A/B.Folded', ['.folded'])).toBe(true)
  expect(hasExtension('b.folded.txt', ['.folded'])).toBe(false)
  expect(hasExtension('', ['.folded'])).toBe(false)
})
