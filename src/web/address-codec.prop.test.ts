import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeUtf8 } from '../core/base/utf8.ts'
import {
  changed,
  formatAddress,
  formatPprofAddress,
  parseAddress,
  parsePprofAddress,
  parseQuery,
} from './address-codec.ts'

/** Names as profiles hold them: any bytes. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => decodeUtf8(bytes)),
  fc.constantFrom('main.(*T).m', 'a&b=c?d#e', '100%', '%41', 'a+b', 'λ', ''),
)
const params = fc.array(fc.tuple(text, text), { maxLength: 6 }).map((list) => new Map(list))

describe('addresses', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(text, params, (view, p) => {
        const back = parseAddress(formatAddress({ view, params: p }))
        expect(back.view).toBe(view)
        expect([...back.params]).toEqual([...p])
      }),
    )
  })

  test('are plain ASCII without what ends them elsewhere', () => {
    fc.assert(
      fc.property(text, params, (view, p) => {
        expect(formatAddress({ view, params: p })).toMatch(/^[\x21-\x7e]*$/)
        expect(formatAddress({ view, params: p })).not.toMatch(/["'<>#\s\\]/)
      }),
    )
  })

  test("come back through pprof's form", () => {
    fc.assert(
      fc.property(fc.constantFrom('flame', 'top', 'graph', 'tags', 'timeline'), params, (view, p) => {
        p.delete('view')
        const link = formatPprofAddress({ view, params: p })
        const cut = link.indexOf('?')
        const back = parsePprofAddress(
          `/ui/${cut < 0 ? link : link.slice(0, cut)}`,
          cut < 0 ? '' : link.slice(cut),
        )
        expect(back.view).toBe(view)
        expect([...back.params]).toEqual([...p])
      }),
    )
  })

  test('never fail to be read', () => {
    fc.assert(fc.property(fc.string(), (any) => parseAddress(any).params instanceof Map))
    expect(parseAddress('top?sel=%').params.get('sel')).toBe('%')
    expect(parseAddress('%zz').view).toBe('%zz')
  })

  test('take what forms and pprof write', () => {
    expect([...parseQuery('f=a+b&i=%28x%29&h')]).toEqual([
      ['f', 'a b'],
      ['i', '(x)'],
      ['h', ''],
    ])
    expect(parsePprofAddress('/ui/flamegraph', '?si=cpu')).toEqual({
      view: 'flame',
      params: new Map([['si', 'cpu']]),
    })
  })

  test('stay readable', () => {
    const a = { view: 'flame', params: new Map([['sel', 'net/http.(*Server).Serve']]) }
    expect(formatAddress(a)).toBe('flame?sel=net/http.(*Server).Serve')
  })

  test('a change and its opposite', () => {
    fc.assert(
      fc.property(params, text, text, (p, key, value) => {
        const from = { view: 'top', params: p }
        const there = changed(from, { set: { [key]: value } })
        expect(there.params.get(key)).toBe(value)
        const gone = changed(there, { set: { [key]: undefined } })
        expect(gone.params.has(key)).toBe(false)
        expect(from.params).toBe(p)
      }),
    )
  })
})
