import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UserError } from '../../base/errors.ts'
import { decodeTransforms, encodeTransforms, TRANSFORM_OPS } from './transforms.ts'

describe('transforms in addresses', () => {
  test('read well', () => {
    const text = 'focus:main.(*T[go.shape.int]).f~mine:~fold:gc'
    expect(decodeTransforms(text)).toEqual([
      { op: 'focus', name: 'main.(*T[go.shape.int]).f' },
      { op: 'mine', name: '' },
      { op: 'fold', name: 'gc' },
    ])
    expect(encodeTransforms(decodeTransforms(text))).toBe(text)
    expect(decodeTransforms('')).toEqual([])
  })
  test('any name survives the address', () => {
    const names = fc
      .string({ unit: 'binary', maxLength: 12 })
      .map((s) => s.replace(/[\ud800-\udbff]|[\udc00-\udc7f\udd00-\udfff]/g, 'x'))
    const badBytes = fc
      .array(fc.constantFrom('\udc80', '\udcff', '~', '%', ':', 'a', '\n', '😀', '\u202e'))
      .map((c) => c.join(''))
    const lists = fc.array(
      fc.record({ op: fc.constantFrom(...TRANSFORM_OPS), name: fc.oneof(names, badBytes) }),
      {
        maxLength: 5,
      },
    )
    fc.assert(
      fc.property(lists, (list) => {
        const query = new URLSearchParams({ t: encodeTransforms(list) }).toString()
        expect(decodeTransforms(new URLSearchParams(query).get('t')!)).toEqual(list)
      }),
    )
  })
  test('what is none is refused in words', () => {
    for (const bad of [
      'x',
      'focus',
      '~',
      'focus:a~',
      'Focus:a',
      'hide:%',
      'hide:%zz',
      'toString:x',
      'a:b~'.repeat(100),
    ])
      expect(() => decodeTransforms(bad), bad).toThrow(UserError)
    fc.assert(
      fc.property(fc.string(), (s) => {
        try {
          decodeTransforms(s)
        } catch (e) {
          expect(e).toBeInstanceOf(UserError)
        }
      }),
    )
  })
})
