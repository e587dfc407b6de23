import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortenFunctionName } from './function-names.ts'

test.each([
  ['runtime.mallocgc', 'runtime.mallocgc'],
  ['github.com/a/b.v2/pkg.(*T).Method', 'pkg.(*T).Method'],
  ['github.com/a/b/v2.Func', 'b.Func'],
  ['github.com/a/b/v12/pkg.Func', 'pkg.Func'],
  ['github.com/a/b/v1/pkg.Func', 'pkg.Func'],
  ['github.com/a/v2b.Func', 'v2b.Func'],
  ['a/b', 'a/b'],
  ['a.b/c', 'a.b/c'],
  ['main.F[example.com/x.T]', 'main.F[example.com/x.T]'],
  ['x/main.F[example.com/x.T]', 'main.F[example.com/x.T]'],
  ['java.util.concurrent.ThreadPool$Worker.run', 'ThreadPool$Worker.run'],
  ['com.example.Foo.<init>(Foo.java)', 'Foo.<init>'],
  ['ns::inner::Class::method', 'Class::method'],
  ['(anonymous namespace)::ns::Class::~Class<a::b>', 'Class::~Class<a::b>'],
  ['', ''],
])('%s', (name, short) => {
  expect(shortenFunctionName(name)).toBe(short)
})

// The reference's expression, as it is there.
const GO = /^(?:[\w\-.]+\/)+([^.]+\..+)/

test('package paths are cut where the reference cuts them', () => {
  const part = fc.constantFrom('a', 'b.c', '.', '/', '/', '-x', '(', '*T)', '\n')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
      const name = parts.join('')
      const want = GO.exec(name)?.[1]
      if (want !== undefined) expect(shortenFunctionName(name)).toBe(want)
    }),
    { seed: 1, numRuns: 5000 },
  )
})

test('no name takes long', () => {
  const names = [
    'a/'.repeat(8000),
    `${'a/'.repeat(8000)}(`,
    '/v11'.repeat(4000),
    'A$1'.repeat(5000),
    'a::'.repeat(5000),
  ]
  const start = performance.now()
  for (let i = 0; i < 20; i++) for (const name of names) shortenFunctionName(name)
  expect(performance.now() - start).toBeLessThan(1000)
})
