import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchRanges, NameIndex, nameRank, searchWords } from './name-search.ts'

const NAMES = [
  'github.com/acme/internal/handlers.(*Server).handleCheckout.func1',
  'main.handleOrder',
  'net/http.serverHandler.ServeHTTP',
  'runtime.mallocgc',
  'main.main',
  'handle/other.Do',
]
const WEIGHTS = Float64Array.of(400, 10, 20, 830, 1000, 5)

const found = (text: string, limit = 10): string[] => {
  const index = new NameIndex(NAMES, WEIGHTS)
  return index.search(text, limit).rows.map((row) => NAMES[row])
}

describe('searching names', () => {
  test('without words the heaviest come first', () => {
    expect(found('', 2)).toEqual(['main.main', 'runtime.mallocgc'])
  })
  test('what begins with the word is before what holds it, and that before paths', () => {
    expect(found('handle')).toEqual([
      'main.handleOrder',
      'github.com/acme/internal/handlers.(*Server).handleCheckout.func1',
      'net/http.serverHandler.ServeHTTP',
      'handle/other.Do',
    ])
  })
  test('case does not matter, all words have to fit', () => {
    expect(found('SERVER checkout')).toEqual([NAMES[0]])
    expect(found('server nothing')).toEqual([])
  })
  test('initials and near letters', () => {
    expect(found('hO')).toEqual(['main.handleOrder'])
    expect(found('mlcgc')).toEqual(['runtime.mallocgc'])
  })
  test('the count is of all that fit, whatever the limit', () => {
    expect(new NameIndex(NAMES, WEIGHTS).search('handle', 1)).toMatchObject({ count: 4 })
  })
  test('an exact name is first', () => {
    expect(found('main')[0]).toBe('main.main')
    expect(nameRank('main.main', ['main'])).toBe(0)
  })
  test('ranges are what was found', () => {
    const name = 'main.handleOrder'
    const texts = matchRanges(name, searchWords('order hand')).map(([a, b]) => name.slice(a, b))
    expect(texts).toEqual(['hand', 'Order'])
  })
  test('a part of a name finds it, and ranges lie in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat(), (name, a, b) => {
        const from = a % name.length
        const word = name.slice(from, from + 1 + (b % (name.length - from)))
        const words = searchWords(word)
        if (name.toLowerCase().length !== name.length) return
        expect(nameRank(name, words)).toBeDefined()
        let end = 0
        for (const [x, y] of matchRanges(name, words)) {
          expect(x).toBeGreaterThanOrEqual(end)
          expect(y).toBeGreaterThan(x)
          end = y
        }
        expect(end).toBeLessThanOrEqual(name.length)
      }),
    )
  })
})
