import { describe, expect, test } from 'vitest'
import { parseCondition, VARIABLES } from './condition.ts'

const holds = (text: string, values: Readonly<Record<string, number>> = {}): boolean =>
  parseCondition(text).holds(new Map(Object.entries(values)))
const error = (text: string): string => {
  try {
    parseCondition(text)
  } catch (e) {
    return (e as Error).message
  }
  return ''
}

describe('conditions', () => {
  test('that of the manual', () => {
    const text = 'goroutines>5000 || heap_inuse>1GiB || cpu>80%'
    expect(parseCondition(text).names).toEqual(['goroutines', 'heap_inuse', 'cpu'])
    const quiet = { goroutines: 100, heap_inuse: 2 ** 29, cpu: 0.5 }
    expect(holds(text, quiet)).toBe(false)
    expect(holds(text, { ...quiet, goroutines: 5001 })).toBe(true)
    expect(holds(text, { ...quiet, heap_inuse: 2 ** 30 + 1 })).toBe(true)
    expect(holds(text, { ...quiet, cpu: 0.81 })).toBe(true)
  })

  test.each([
    ['goroutines > 1 && threads > 1 || files > 1', true],
    ['files > 1 || goroutines > 1 && threads > 1', true],
    ['(files > 1 || goroutines > 1) && threads > 1', false],
    ['!(files > 1) || threads > 5', false],
    ['!(threads > 5) && !(goroutines > 1)', true],
    ['!!(files >= 2)', true],
    ['files == 2 && files != 3 && files <= 2', true],
    ['2 < 3', true],
    ['((files > 1))', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text, { goroutines: 0, threads: 0, files: 2 })).toBe(expected)
  })

  test.each([
    ['heap_alloc == 1GiB', 2 ** 30],
    ['heap_alloc == 1.5MB', 1_500_000],
    ['heap_alloc == 1024', 1024],
    ['gc_pause == 10ms', 0.01],
    ['gc_pause == 2min', 120],
    ['gc_cpu == 25%', 0.25],
    ['goroutines == 5k', 5000],
    ['vars.cache.size == 1GiB', 2 ** 30],
    ['metrics.go_threads == 7', 7],
  ])('units: %s', (text, value) => {
    const [name = ''] = text.split(' ')
    expect(holds(text, { [name]: value })).toBe(true)
  })

  test('a value that is not known makes no comparison true', () => {
    for (const sign of ['>', '<', '>=', '<=', '==', '!=']) {
      expect(holds(`cpu ${sign} 5%`)).toBe(false)
      expect(holds(`cpu ${sign} 5%`, { cpu: Number.NaN })).toBe(false)
    }
    expect(holds('!(cpu > 5%)')).toBe(true)
  })

  test.each([
    ['', 'holds no condition'],
    ['  ', 'holds no condition'],
    ['goroutines', 'compares nothing'],
    ['goroutines >', 'ends early'],
    ['> 5', 'wants a value in front, at character 1'],
    ['goroutines 5', 'wants an operator in front'],
    ['goroutines > 5 threads > 1', 'at character 16'],
    ['goroutine > 5', 'names nothing that is known (goroutine)'],
    ['goroutines > 5XiB', 'has a unit that is not known (XiB)'],
    ['goroutines > 1GiB', 'compares a count with a size'],
    ['cpu > 5s', 'compares a share with a time'],
    ['(goroutines > 5', 'opens a parenthesis that is not closed, at character 1'],
    ['goroutines > 5)', 'closes a parenthesis that was not opened, at character 15'],
    ['goroutines > 5 && threads', 'joins what is no comparison'],
    ['1 < goroutines < 5', 'compares what is no number'],
    ['!goroutines > 5', 'negates what is no comparison'],
    ['goroutines > 5 | threads > 1', 'is not understood, at character 16'],
    ['constructor > 5', 'names nothing that is known'],
    ['vars > 5', 'names nothing that is known'],
    ['goroutines > 5 constructor', 'wants an operator in front'],
    ['heap_alloc > 5 toString', 'wants an operator in front'],
    ['()', 'wants a value in front'],
  ])('%j: %s', (text, message) => {
    expect(error(text)).toContain(message)
  })

  test('long and deep ones cost nothing', () => {
    expect(error('('.repeat(5000))).toContain('longer than')
    const deep = `${'('.repeat(2000)}1 < 2${')'.repeat(2000)}`
    expect(holds(deep)).toBe(true)
    expect(error('!'.repeat(4096))).toContain('holds no condition')
  })

  test('all variables are documented', () => {
    for (const [name, v] of Object.entries(VARIABLES)) {
      expect(v.what, name).not.toBe('')
      expect(error(`${name} > 0`)).toBe('')
    }
  })
})
