import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { engineFor, loadRe2Engine } from './re2-engine.ts'
import { compileRegexp, needsEngine, type RegexpEngine, RegexpError } from './regexp.ts'
import { parseRegexp } from './regexp-syntax.ts'
import { displayable } from './utf8.ts'

// Recorded from regexp.MatchString of Go 1.26. \uDCxx stands for a byte that is not UTF-8.
// biome-ignore format: one pattern per line
const ANSWERS: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
  ['json', ['encoding/json.Marshal'], ['JSON', '']],
  ['main.*Handler', ['main.(*T).Handler', 'mainHandler'], ['main\nHandler', 'Handlermain']],
  ['runtime\\.|gc', ['runtime.mallocgc', 'bgc'], ['runtimeX']],
  ['(?i)malloc', ['runtime.MALLOCgc', 'runtime.mAlloc'], ['maloc']],
  ['(?i)sk', ['ſ\u212A', 'SK', 'sk'], ['ß']],
  ['(?i)[^ks]', ['a'], ['\u212A', 'ſ', 'k']],
  ['(?i)é', ['É', 'é'], ['e']],
  ['(?i)ß', ['ẞ', 'ß'], ['SS']],
  ['(?i)ς', ['Σ', 'σ'], ['s']],
  ['(?i)İ', ['İ'], ['i', 'I']],
  ['(?i)Ǆ', ['ǅ', 'ǆ'], ['dz']],
  ['(?i:a)b', ['Ab'], ['AB']],
  ['a(?i)b|c', ['aB', 'C'], ['AB']],
  ['(a(?i)b)c', ['aBc'], ['aBC']],
  ['(?i)a(?-i)b', ['Ab'], ['AB']],
  ['^main$', ['main'], ['main\n', 'amain']],
  ['(?m)^main$', ['a\nmain\nb'], ['main\r']],
  ['(?m)\\Amain\\z', ['main'], ['a\nmain']],
  ['\\Amain\\z', ['main'], ['main\n']],
  ['a$|^b', ['ba'], ['ab', 'xbx']],
  ['a.b', ['a\rb', 'a\u2028b', 'a\u2029b', 'a😀b', 'aéb', 'a\uDCFFb'], ['a\nb', 'a\uDCE2\uDC82b']],
  ['(?s)a.b', ['a\nb'], ['ab']],
  ['^..$', ['😀x', '\uDCE2\uDC82', 'éé'], ['😀', 'é']],
  ['a[^b]c', ['a\nc', 'a\uDCFFc', 'a😀c'], ['abc']],
  ['a[^x]*b$', ['a\nb'], ['axb']],
  ['[^\\n]', ['\r'], ['\n']],
  ['\\x{FFFD}', ['\uDCFF', '\uFFFD'], ['x']],
  ['\uFFFD.', ['\uDCFFa'], ['\uDCFF']],
  ['[\\x{80}-\\x{FFFF}]', ['\uDCFF'], ['\x7f', '😀']],
  ['[\\x{DC00}-\\x{DFFF}]', [], ['\uDCFF', '\uFFFD']],
  ['\\x{D83D}\\x{DE00}', [], ['😀']],
  ['\\x{1F600}', ['😀'], ['😃']],
  ['[😀-😃]', ['😁'], ['\uD83D', 'x']],
  ['\\x41\\101\\0', ['AA\x00'], ['AA0']],
  ['\\118', ['\t8'], ['I8']],
  ['\\a\\f\\t\\n\\r\\v', ['\x07\f\t\n\r\v'], ['\x08\f\t\n\r\v']],
  ['\\s', ['\f', '\r', ' '], ['\v', '\u00A0', '\u2028']],
  ['\\S', ['\v', '\u00A0'], ['\t']],
  ['^\\w+$', ['a_1'], ['é', '\u212A']],
  ['(?i)^\\w+$', ['\u212A', 'ſ'], ['é']],
  ['(?i)\\W', ['é'], ['\u212A', '_']],
  ['\\d', ['3'], ['٣']],
  ['\\bfoo\\b', ['a.foo(b)', 'éfooé'], ['foo_']],
  ['\\Boo', ['foo'], ['oo', '😀oo', 'éoo']],
  ['\\B', ['', 'ab', '😀'], ['a', 'a😀b']],
  ['\\pL', ['é', '中'], ['1']],
  ['^\\PL$', ['1', '\uDCFF'], ['a']],
  ['\\p{Greek}', ['Δ'], ['D']],
  ['\\p{^Greek}', ['D'], ['Δ']],
  ['\\P{^greek}', ['Δ'], ['D']],
  ['\\p{Uppercase_Letter}', ['A'], ['a']],
  ['\\p{lower case letter}', ['a'], ['A']],
  ['(?i)\\p{Lu}', ['a'], ['1']],
  ['\\p{Any}', ['\n'], ['']],
  ['\\p{ascii}', ['e'], ['é']],
  ['\\p{Assigned}', ['a'], ['\u0378']],
  ['\\p{Cs}', [], ['\uDCFF', '\uFFFD']],
  ['[[:upper:]]', ['A'], ['a', 'É']],
  ['(?i)[[:upper:]]', ['a', '\u212A'], ['1']],
  ['[[:^alpha:]_]', ['_', '\n'], ['a']],
  ['[[:word:]]', ['_'], ['-']],
  ['[[:]]', [':]'], ['[', ':']],
  ['[[:]x', ['[x', ':x'], ['x']],
  ['[:alpha:]', ['p', ':'], ['b']],
  ['[]a]', [']', 'a'], ['b']],
  ['[^]a]', ['b'], [']']],
  ['[a-]', ['-'], ['b']],
  ['[-a]', ['-'], ['b']],
  ['[a\\-z]', ['-'], ['b']],
  ['[\\d-x]', ['-', '5'], ['a']],
  ['[\\]\\[]', [']', '['], ['\\']],
  ['[.*]', ['.', '*'], ['a']],
  ['[^\\x00-\\x{10FFFF}]', [], ['a', '']],
  ['a{,3}', ['a{,3}'], ['aaa']],
  ['a{2', ['a{2'], ['aa']],
  ['a{01}', ['a{01}'], ['a']],
  ['^a{2}$', ['aa'], ['a', 'aaa']],
  ['^a{2,}$', ['aaa'], ['a']],
  ['^a{0}$', [''], ['a']],
  ['^(a{2}){2}$', ['aaaa'], ['aaa']],
  ['{', ['{'], ['']],
  ['a}]', ['a}]'], ['a']],
  ['^*', ['a', ''], []],
  ['a(?i)*b', ['b', 'B', 'aaB'], []],
  ['a*(?i)*b', ['aaB'], ['x']],
  ['a\\Q\\E*b$', ['aaab'], ['a']],
  ['^(a|b)*c$', ['ababc'], ['abxc']],
  ['^(?:a|ab)(?:c|bcd)$', ['abcd', 'ac'], ['abd']],
  ['|a', ['', 'b'], []],
  ['()', ['', 'x'], []],
  ['\\Qa.b\\E+c', ['a.bbc', 'a.ba.bc'], ['axbc']],
  ['\\Q(', ['('], ['x']],
  ['\\Q\\E', ['', 'x'], []],
  ['a\\Qb\\', ['ab\\'], ['ab']],
  ['(?P<n>a)(?<m>b)', ['ab'], ['ba']],
  ['(?P<n>a)(?P<n>b)', ['ab'], ['ba']],
  ['(?U)^a+?$', ['aaa'], ['b']],
  ['(?:)', ['', 'x'], []],
  ['(?)a', ['a'], ['b']],
  ['(?i-s:.)', ['a'], ['\n']],
  ['^.*foo', ['x foo'], ['x\nfoo']],
  ['a.*b.*c$', ['a-b-c', 'x\na-b-c'], ['a-b\n-c', 'abcx', 'ac']],
  ['ab.*b$', ['abb'], ['ab']],
  ['^a.*a$', ['aa'], ['a', 'a\na']],
  ['foo.*', ['a\nfoo'], ['fo']],
  ['.*', ['', '\n'], []],
  ['^.*$', ['ab', ''], ['a\nb']],
  ['.+b', ['ab'], ['\nb', 'b']],
  ['(a|b).*(c|d)', ['bxxd', 'ad'], ['ca']],
  ['x*y+$', ['y', 'xyy'], ['yx']],
  ['(?:^|\\.)gc', ['gcBgMarkWorker', 'runtime.gc'], ['bgc']],
  ['[a-c]x?[0-9]', ['b7', 'bx7'], ['bxx7']],
  ['é.*中', ['é--中'], ['中é']],
  ['\\(\\*T\\)\\.M', ['main.(*T).M'], ['main.T.M']],
  ['a\\_b\\-c', ['a_b-c'], ['ab']],
  ['^(?:runtime\\.goexit|runtime\\.main)$', ['runtime.main'], ['runtime.main.func1']],
  ['tcmalloc::.*', ['tcmalloc::x'], ['malloc']],
]

// Recorded from regexp.Compile of Go 1.26, without `error parsing regexp: `.
// biome-ignore format: one pattern per line
const ERRORS: readonly (readonly [pattern: string, error: string])[] = [
  ['(', 'missing closing ): `(`'],
  [')', 'unexpected ): `)`'],
  ['a)b', 'unexpected ): `a)b`'],
  ['(a', 'missing closing ): `(a`'],
  ['(a|b', 'missing closing ): `(a|b`'],
  ['a(b))', 'unexpected ): `a(b))`'],
  ['(?:a', 'missing closing ): `(?:a`'],
  ['[', 'missing closing ]: `[`'],
  ['[a', 'missing closing ]: `[a`'],
  ['[^', 'missing closing ]: `[^`'],
  ['[]', 'missing closing ]: `[]`'],
  ['[[:alpha:]', 'missing closing ]: `[[:alpha:]`'],
  ['[a-', 'missing closing ]: `[a-`'],
  ['[z-a]', 'invalid character class range: `z-a`'],
  ['[a-\\d]', 'invalid escape sequence: `\\d`'],
  ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
  ['[[:]x:]', 'invalid character class range: `[:]x:]`'],
  ['[[:^]]:]', 'invalid character class range: `[:^]]:]`'],
  ['*', 'missing argument to repetition operator: `*`'],
  ['+a', 'missing argument to repetition operator: `+`'],
  ['(?', 'invalid or unsupported Perl syntax: `(?`'],
  ['(?i', 'invalid or unsupported Perl syntax: `(?i`'],
  ['(*a)', 'missing argument to repetition operator: `*`'],
  ['a|*', 'missing argument to repetition operator: `*`'],
  ['|?', 'missing argument to repetition operator: `?`'],
  ['(?i)*', 'missing argument to repetition operator: `*`'],
  ['(|+)', 'missing argument to repetition operator: `+`'],
  ['x**', 'invalid nested repetition operator: `**`'],
  ['x*??', 'invalid nested repetition operator: `*??`'],
  ['x{2}{3}?', 'invalid nested repetition operator: `{2}{3}?`'],
  ['a+*b', 'invalid nested repetition operator: `+*`'],
  ['a{1001}', 'invalid repeat count: `{1001}`'],
  ['a{2,1}', 'invalid repeat count: `{2,1}`'],
  ['a{1,1001}', 'invalid repeat count: `{1,1001}`'],
  ['a{99999999999}', 'invalid repeat count: `{99999999999}`'],
  ['(a{30}){34}', 'invalid repeat count: `{34}`'],
  ['((a{10}){10}){11}', 'invalid repeat count: `{11}`'],
  ['\\', 'trailing backslash at end of expression: ``'],
  ['a\\', 'trailing backslash at end of expression: ``'],
  ['\\8', 'invalid escape sequence: `\\8`'],
  ['\\18', 'invalid escape sequence: `\\1`'],
  ['\\1', 'invalid escape sequence: `\\1`'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
  ['\\Z', 'invalid escape sequence: `\\Z`'],
  ['\\C', 'invalid escape sequence: `\\C`'],
  ['\\G', 'invalid escape sequence: `\\G`'],
  ['\\e', 'invalid escape sequence: `\\e`'],
  ['\\y', 'invalid escape sequence: `\\y`'],
  ['\\é', 'invalid escape sequence: `\\é`'],
  ['\\E', 'invalid escape sequence: `\\E`'],
  ['\\pX', 'invalid character class range: `\\pX`'],
  ['\\p', 'invalid character class range: `\\p`'],
  ['\\p{', 'invalid character class range: `\\p{`'],
  ['\\p{Han', 'invalid character class range: `\\p{Han`'],
  ['\\p{}', 'invalid character class range: `\\p{}`'],
  ['\\p{Nope}', 'invalid character class range: `\\p{Nope}`'],
  ['\\P{^Nope}', 'invalid character class range: `\\P{^Nope}`'],
  ['[\\p{Nope}]', 'invalid character class range: `\\p{Nope}`'],
  ['\\p{Old_Italic}', 'invalid character class range: `\\p{Old_Italic}`'],
  ['\\p{Emoji}', 'invalid character class range: `\\p{Emoji}`'],
  ['\\p{Garay}', 'invalid character class range: `\\p{Garay}`'],
  ['\\x', 'invalid escape sequence: `\\x`'],
  ['\\x4', 'invalid escape sequence: `\\x4`'],
  ['\\xgh', 'invalid escape sequence: `\\xgh`'],
  ['\\x{', 'invalid escape sequence: `\\x{`'],
  ['\\x{}', 'invalid escape sequence: `\\x{}`'],
  ['\\x{110000}', 'invalid escape sequence: `\\x{110000`'],
  ['\\x{12', 'invalid escape sequence: `\\x{12`'],
  ['\\x{g}', 'invalid escape sequence: `\\x{g`'],
  ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`'],
  ['(?<=a)', 'invalid named capture: `(?<=a)`'],
  ['(?<!a)', 'invalid named capture: `(?<!a)`'],
  ['(?>a)', 'invalid or unsupported Perl syntax: `(?>`'],
  ['(?#a)', 'invalid or unsupported Perl syntax: `(?#`'],
  ['(?P', 'invalid or unsupported Perl syntax: `(?P`'],
  ['(?P<', 'invalid or unsupported Perl syntax: `(?P`'],
  ['(?P<n', 'invalid named capture: `(?P<n`'],
  ['(?P<n>', 'missing closing ): `(?P<n>`'],
  ['(?P<>a)', 'invalid named capture: `(?P<>`'],
  ['(?P<n m>a)', 'invalid named capture: `(?P<n m>`'],
  ['(?P=n)', 'invalid or unsupported Perl syntax: `(?P`'],
  ['(?<', 'invalid or unsupported Perl syntax: `(?<`'],
  ['(?<n', 'invalid named capture: `(?<n`'],
  ['(?<é>a)', 'invalid named capture: `(?<é>`'],
  ['(?z)', 'invalid or unsupported Perl syntax: `(?z`'],
  ['(?i-)', 'invalid or unsupported Perl syntax: `(?i-)`'],
  ['(?i--s)', 'invalid or unsupported Perl syntax: `(?i--`'],
  ['(?-:a)', 'invalid or unsupported Perl syntax: `(?-:`'],
  ['a\uDCFF', 'invalid UTF-8: `\uDCFF`'],
  ['[\uDCFF]', 'invalid UTF-8: `\uDCFF]`'],
  ['\\Qa\uDCFFb\\Ec', 'invalid UTF-8: `\uDCFFb`'],
  ['\\\uDCFF', 'invalid UTF-8: `\uDCFF`'],
  ['(?P<\uDCFF>a)', 'invalid UTF-8: `\uDCFF`'],
  ['\\p{\uDCFF}', 'invalid UTF-8: `\uDCFF`'],
  ['(?\uDCFF', 'invalid UTF-8: `\uDCFF`'],
  ['\\x{\uDCFF', 'invalid UTF-8: `\uDCFF`'],
  ['[[:\uDCFF:]]', 'invalid character class range: `[:\uDCFF:]`'],
  ['(?i)(?s', 'invalid or unsupported Perl syntax: `(?s`'],
  ['a(?i:b', 'missing closing ): `a(?i:b`'],
]

let engine: RegexpEngine
beforeAll(async () => {
  engine = await loadRe2Engine()
})

describe('answers', () => {
  test.each(ANSWERS)('%j', (pattern, yes, no) => {
    const regexp = compileRegexp(pattern, engine)
    expect(yes.filter((text) => !regexp.test(text))).toEqual([])
    expect(no.filter((text) => regexp.test(text))).toEqual([])
    expect(regexp.source).toBe(pattern)
  })

  test.each(ANSWERS)('of the engine alone: %j', (pattern, yes, no) => {
    const matches = engine(parseRegexp(pattern), pattern)
    expect(yes.filter((text) => !matches(displayable(text)))).toEqual([])
    expect(no.filter((text) => matches(displayable(text)))).toEqual([])
  })

  test('do not depend on what was asked before', () => {
    const regexp = compileRegexp('a[xy].*b[xy]', engine)
    expect(['axbx', 'axbx', 'bxax', 'axbx'].map((text) => regexp.test(text))).toEqual([
      true,
      true,
      false,
      true,
    ])
  })
})

describe('errors', () => {
  // Go's order of complaints, and no engine to make them.
  test.each(ERRORS)('%j', (pattern, error) => {
    expect(() => compileRegexp(pattern)).toThrow(new RegexpError(`error parsing regexp: ${error}`))
    expect(needsEngine(pattern)).toBe(false)
  })

  test('every beginning of a pattern compiles or is a RegexpError', () => {
    const all = [...ANSWERS, ...ERRORS].map(([pattern]) => pattern).join('(?i)[x')
    let compiled = 0
    for (const pattern of [all, ...ANSWERS.map(([p]) => p), ...ERRORS.map(([p]) => p)]) {
      for (let n = 0; n <= Math.min(pattern.length, 300); n++) {
        try {
          compileRegexp(pattern.slice(0, n), engine)
          compiled++
        } catch (e) {
          expect(e).toBeInstanceOf(RegexpError)
        }
      }
    }
    expect(compiled).toBeGreaterThan(500)
  })

  test('nesting', () => {
    const nested = (n: number): string => `${'('.repeat(n)}a${')'.repeat(n)}`
    expect(compileRegexp(nested(999), engine).test('a')).toBe(true)
    expect(() => compileRegexp(nested(1000))).toThrow(
      'error parsing regexp: expression nests too deeply: `(((',
    )
    expect(() => compileRegexp('('.repeat(1e5))).toThrow('missing closing )')
    // Groups that capture nothing have no depth.
    expect(compileRegexp(`${'(?:'.repeat(1e5)}a${')'.repeat(1e5)}`).test('bab')).toBe(true)
  })

  test('size', () => {
    expect(() => compileRegexp('a{1000}'.repeat(3356))).toThrow('expression too large')
    expect(() => compileRegexp('(?:a{1000})+b\\B'.repeat(120), engine)).toThrow(
      /^error parsing regexp: expression too large: `\(\?:a\{1000/,
    )
    const flattened = `${'(?:'.repeat(30_000)}a*${'b*)'.repeat(30_000)}`
    expect(() => compileRegexp(flattened)).toThrow('expression too large')
  })
})

describe('the seam', () => {
  test.each([
    '',
    'json',
    'main.*Handler',
    'runtime\\.|gc',
    '(?i)malloc',
    '(?i)Stack',
    '^main\\.',
    'Close$',
    '^main\\.main$',
    'main\\.(Get|Put)',
    '(?:^|\\.)gc',
    '[A-Z]\\w+',
    '\\bgc\\b',
    'a.b',
    '.*',
    'net/http.*Serve.*|json.*Decode',
    '(a+)+b',
    '^(?:runtime\\.goexit|runtime\\.main)$',
    '日本.*語',
    'x{2,3}',
  ])('needs no engine for %j', async (pattern) => {
    expect(needsEngine(pattern)).toBe(false)
    expect(() => compileRegexp(pattern)).not.toThrow()
    expect(await engineFor([pattern, '('])).toBeUndefined()
  })

  test.each([
    'a\\d+$',
    'a[0-9]+b',
    '^(a|b)*c',
    '(?m)^a',
    '\\pL',
    '[[:upper:]]',
    '(?i)é',
    '(?i)[a-c]',
    '\uFFFD',
    '[é]',
    'a[^b].*c',
    '\\B',
    'a$b',
    'x{65}',
    'x'.repeat(600),
    '([ab]|c)([ab]|c)([ab]|c)([ab]|c)([ab]|c)([ab]|c)([ab]|c)',
  ])('needs the engine for %j', async (pattern) => {
    expect(needsEngine(pattern)).toBe(true)
    expect(() => compileRegexp(pattern)).toThrow('no engine was loaded')
    expect(() => compileRegexp(pattern)).not.toThrow(RegexpError)
    const engine = await engineFor(['json', pattern])
    expect(() => compileRegexp(pattern, engine)).not.toThrow()
  })
})

describe('linear time', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  const quick = [
    '(a+)+b',
    '(a+)+$',
    '(x.*)*y',
    '(a*)*$',
    'a.*a.*a.*b[xy]',
    '(.*[ab]){10}c',
    '(?i)(a+)+.*k',
    '[ab]*[ab]*[ab]*c',
    '(?:[ab]?){6}c.*d',
    '\\b.*\\bz',
    '\\w+\\..*\\d+',
    '(a|aa)+',
    '[ab]{60}c',
  ]

  test('no quantifier reaches the backtracking engine of JavaScript', () => {
    const sources: string[] = []
    const Native = RegExp
    vi.stubGlobal(
      'RegExp',
      class extends Native {
        constructor(source: string, flags: string) {
          super(source, flags)
          sources.push(source)
        }
      },
    )
    for (const pattern of quick) compileRegexp(pattern)
    expect(sources.length).toBeGreaterThan(8)
    for (const source of sources) {
      const bare = source.replaceAll('(?:', '(').replace(/\\x..|\\b|\[[^\]]*\]/g, 'c')
      expect(bare).not.toMatch(/[*+?{}\\]/)
    }
  })

  test.each([
    ...quick,
    '^(a+)+$',
    '^(a|aa)+$',
    '(x+x+)+y\\B',
    '(?:a|b)*a(?:a|b){12}\\B\\b',
    '(.*)(.*)(.*)(.*)(.*)[^a]\\z\\B',
    '(?m)(a*)*$b',
    '(a?){50}a{50}\\z\\B',
    '(?i)(?:\\pL+\\b.*)+\\z[^a]',
  ])('%j on 200 kB', (pattern) => {
    const regexp = compileRegexp(pattern, engine)
    const texts = ['a', 'ab', 'x', 'é中', 'a\n', 'a \uDCFF', '😀'].map((s) => s.repeat(2e5 / s.length))
    const start = performance.now()
    for (const text of texts) regexp.test(text)
    // Quadratic would be 10^10 steps, most of a minute; this takes milliseconds, one pattern half a second.
    expect(performance.now() - start).toBeLessThan(15_000)
  })
})
