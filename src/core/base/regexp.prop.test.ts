import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadRe2Engine } from './re2-engine.ts'
import { compileRegexp, needsEngine, type RegexpEngine, RegexpError } from './regexp.ts'
import { parseRegexp } from './regexp-syntax.ts'
import { displayable } from './utf8.ts'

let engine: RegexpEngine
beforeAll(async () => {
  engine = await loadRe2Engine()
})

/** Asks re2js, whatever the pattern. */
function slow(pattern: string): (text: string) => boolean {
  const matches = engine(parseRegexp(pattern), pattern)
  return (text) => matches(displayable(text))
}

const leaf = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    'ab',
    'é',
    '😀',
    '\\.',
    '\\n',
    '.',
    '.',
    '[ab]',
    '[^a]',
    '[^a\\n]',
    '[a-c0]',
    '\\d',
    '\\w',
  ],
  ...['\\W', '\\s', '\\S', '\\b', '^', '$', '\\A', '\\z', '.*', '.*', '.*', '.+', '.*?', '', 'k', 'S'],
)
const pattern = fc
  .letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
      fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(${x}|${y})`),
      fc
        .tuple(tie('node'), fc.constantFrom('*', '+', '?', '??', '+?', '{2}', '{0,2}', '{1,}'))
        .map(([x, quantifier]) => `(?:${x})${quantifier}`),
    ),
  }))
  .node.chain((node) => fc.constantFrom(node, node, `(?i)${node}`))

const text = fc
  .array(
    fc.constantFrom(
      ...'aabbc',
      ...'KsS.0 _\n\n\r',
      'ab',
      'é',
      '😀',
      '\u212A',
      '\u017F',
      '\u2028',
      '\uDC80',
      '\uDCFF',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))
const texts = fc.array(text, { minLength: 1, maxLength: 8 })

describe('the quick road', () => {
  test('answers as the engine does', () => {
    fc.assert(
      fc.property(pattern, texts, (p, ts) => {
        fc.pre(!needsEngine(p))
        const quick = compileRegexp(p)
        const other = slow(p)
        for (const t of ts) expect([t, quick.test(t)]).toEqual([t, other(t)])
      }),
      { numRuns: 3000 },
    )
  })
})

describe('patterns', () => {
  test('of any kind compile or are refused', () => {
    const piece = fc.constantFrom(...'()[]{}|*+?^$.\\-:<>P=!ipPxQE019,az', '[:', ':]', '\uDCFF', 'é', '😀')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), text, (parts, t) => {
        let regexp: { test(text: string): boolean } | undefined
        try {
          regexp = compileRegexp(parts.join(''), engine)
        } catch (e) {
          expect(e).toBeInstanceOf(RegexpError)
          expect(e).toHaveProperty('message', expect.stringMatching(/^error parsing regexp: [^`]+: `.*`$/s))
        }
        if (regexp) expect(typeof regexp.test(t)).toBe('boolean')
      }),
      { numRuns: 3000 },
    )
  })

  test('that quote a text find that text', () => {
    fc.assert(
      fc.property(text, text, text, (before, name, after) => {
        fc.pre(name === displayable(name))
        const p = name.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
        expect(compileRegexp(p).test(before + name + after)).toBe(true)
        expect(compileRegexp(p).test(before)).toBe(before.includes(name))
        expect(slow(p)(before)).toBe(before.includes(name))
      }),
    )
  })

  test('joined by | match what one of them matches', () => {
    fc.assert(
      fc.property(pattern, pattern, texts, (p, q, ts) => {
        const both = compileRegexp(`(?:${p})|(?:${q})`, engine)
        const one = compileRegexp(p, engine)
        const other = compileRegexp(q, engine)
        for (const t of ts) expect([t, both.test(t)]).toEqual([t, one.test(t) || other.test(t)])
      }),
    )
  })
})
