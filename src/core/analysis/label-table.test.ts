import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import { labelTable } from './label-table.ts'
import { numericLabelUnits } from './labels.ts'

const p = profileFrom(`
main       main          main            main
work       work          idle            idle
= 10       = 20          = 1             = 4
# k:a,b    # k:c         # bytes:2048 B
           # user:x.y
`)
const table = labelTable(p, 0, numericLabelUnits(p), 'user')

describe('labels as columns', () => {
  test('keys by weight, numbers behind texts, hidden ones left out', () => {
    expect(table.map((k) => [k.key, k.numeric, k.total, k.tagged])).toEqual([
      ['k', false, 30, 2],
      ['bytes', true, 1, 1],
    ])
  })

  test('values by weight, each with a filter for exactly it', () => {
    expect(table[0]!.values).toEqual(['c', 'a,b'])
    expect([...table[0]!.weight]).toEqual([20, 10])
    expect(table[0]!.filters).toEqual(['k=^c$', 'k=^a\\x2cb$'])
  })

  test('numbers in their unit', () => {
    expect(table[1]!.values).toEqual(['2\u202fKiB'])
    expect(table[1]!.filters[0]).toBe('bytes=2048B')
  })
})
