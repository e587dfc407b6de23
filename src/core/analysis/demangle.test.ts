import { describe, expect, test } from 'vitest'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { type Demangler, demangleFunctions, demangleName, needsDemangler } from './demangle.ts'

const FULL: Readonly<Record<string, string>> = {
  _Zfull: 'int ns::f<int, a<b> >(char (*)(int)) const',
  _Zop: 'bool operator< <int>(A<int> const&)',
  _Zcall: '(anonymous namespace)::T::operator()(int) const',
  _Znew: 'void* T::operator new<int>(unsigned long)',
  _Zconvert: 'T::operator unsigned long() const',
  _Zrust: '_$LT$a..b$u20$as$u20$c$GT$::f::h0123456789abcdef',
  _Zodd: 'f$u110000$::h0123456789abcdef',
}
const demangler: Demangler = (name) => FULL[name]

describe('demangling', () => {
  test.each([
    ['_Zfull', 'ns::f', 'ns::f<int, a<b> >', 'int ns::f<int, a<b> >(char (*)(int)) const'],
    ['__Zfull', 'ns::f', 'ns::f<int, a<b> >', 'int ns::f<int, a<b> >(char (*)(int)) const'],
    ['_Zcall', '(anonymous namespace)::T::operator()', '(anonymous namespace)::T::operator()', FULL._Zcall!],
    ['_Zop', 'operator<', 'operator< <int>', FULL._Zop!],
    ['_Znew', 'T::operator new', 'T::operator new<int>', FULL._Znew!],
    ['_Zconvert', 'T::operator unsigned long', 'T::operator unsigned long', FULL._Zconvert!],
    ['_Zunknown', '_Zunknown', '_Zunknown', '_Zunknown'],
    // Names that somebody demangled already are shortened only.
    ['ns::g<int>(a, b)', 'ns::g', 'ns::g<int>', 'ns::g<int>(a, b)'],
    ['main.F[go.shape.int]', 'main.F[go.shape.int]', 'main.F[go.shape.int]', 'main.F[go.shape.int]'],
    ['foo.(*Bar[...]).Method', 'foo.(*Bar[...]).Method', 'foo.(*Bar[...]).Method', 'foo.(*Bar[...]).Method'],
    ['Klass.<init>', 'Klass.<init>', 'Klass.<init>', 'Klass.<init>'],
    ['a<b>)::c<d>', 'a)::c', 'a<b>)::c<d>', 'a<b>)::c<d>'],
  ])('%s', (name, bare, templates, full) => {
    expect(demangleName(name, '', demangler)).toBe(bare)
    expect(demangleName(name, 'templates', demangler)).toBe(templates)
    expect(demangleName(name, 'full', demangler)).toBe(full)
  })

  test('Rust: the hash goes, escapes are undone; what is no character stays', () => {
    expect(demangleName('_Zrust', 'full', demangler)).toBe('<a::b as c>::f')
    expect(demangleName('_Zodd', 'full', demangler)).toBe('f$u110000$')
  })

  test('only names that nobody has made of the system name, unless forced', () => {
    const b = new ProfileBuilder()
    b.addFunction('_Zfull')
    b.addFunction('given', { systemName: '_Zfull' })
    b.addFunction('', { systemName: '_Zcall' })
    b.addFunction('main.main')
    const p = b.done()
    const names = (q: typeof p): string[] =>
      Array.from(q.functions.name.subarray(1), (id) => q.strings.get(id))
    expect(needsDemangler(p)).toBe(true)
    expect(names(demangleFunctions(p, '', false, demangler))).toEqual([
      'ns::f',
      'given',
      '(anonymous namespace)::T::operator()',
      'main.main',
    ])
    expect(names(demangleFunctions(p, '', true, demangler))[1]).toBe('ns::f')
    expect(names(demangleFunctions(p, 'none', true, demangler))).toEqual([
      '_Zfull',
      '_Zfull',
      '',
      'main.main',
    ])
    expect(demangleFunctions(p, 'none', false, demangler)).toBe(p)
  })

  test('deeply nested names are no trouble', () => {
    const name = `f${'<'.repeat(100_000)}${'>'.repeat(100_000)}(${'('.repeat(100_000)}`
    const start = performance.now()
    expect(demangleName(name, '', undefined)).toMatch(/^f\(/)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
