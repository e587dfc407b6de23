import { describe, expect, test } from 'vitest'
import { type CompletionSource, completeShellLine } from './shell-complete.ts'
import { shellShortcuts } from './shell-line.ts'

function sourceOf(functions: readonly string[], labelKeys: readonly string[] = []): CompletionSource {
  return {
    shortcuts: shellShortcuts({ sampleTypes: [{ type: 'cpu', unit: 'ns' }] }),
    sampleTypes: ['cpu'],
    functions: () => functions,
    labelKeys: () => labelKeys,
    files: (start) => ['out/', 'out.txt'].filter((f) => f.startsWith(start)),
  }
}

const source = sourceOf(
  ['Fibula', 'a.Fib', 'main.(*T).Run', 'main.main', 'main.work', 'x.Map[go.shape.int]'],
  ['handler', 'tenant', 'with blank'],
)
const of = (line: string): readonly string[] => completeShellLine(line, source).candidates

describe('the first word', () => {
  test.each([
    ['pee', ['peek ']],
    ['foc', ['focus=']],
    ['mean', ['mean', 'mean_cpu']],
    ['sh', ['show']],
    ['he', ['help']],
    ['nosuch', []],
  ])('%s', (typed, expected) => {
    expect(of(typed)).toEqual(expected)
  })

  test('an empty line lists all there is', () => {
    expect(of('')).toEqual(expect.arrayContaining(['top', 'options', 'cpu', 'lines', 'unit=']))
  })
})

describe('values', () => {
  test.each([
    ['sort=', ['cum', 'flat']],
    ['trim=f', ['false']],
    ['sample_index=', ['cpu']],
    ['focus=main.w', ['main.work']],
    ['focus=a|main.w', ['main.work']],
    ['tagfocus=h', ['handler=']],
    ['tagroot=handler,', ['handler', 'tenant']],
    ['output=out.', ['out.txt']],
    ['nodecount=', []],
  ])('%s', (line, expected) => {
    expect(of(line)).toEqual(expected)
  })
})

describe('arguments', () => {
  test.each([
    ['top main.m', ['main.main']],
    ['top5 main.m', ['main.main']],
    ['top main.', ['main.\\(\\*T\\).Run', 'main.main', 'main.work']],
    ['top main.(', ['main.\\(\\*T\\).Run']],
    ['top main.\\(\\*', ['main.\\(\\*T\\).Run']],
    ['top -main.w', ['main.work']],
    ['top -', ['-cum']],
    ['top work', ['main.work']],
    ['top ', []],
    ['tags t', ['tenant']],
    ['top 5 > o', ['out']],
    ['top >out.', ['out.txt']],
    ['help gran', []],
    ['help compa', ['compact_labels']],
    ['nosuch main.m', []],
  ])('%s', (line, expected) => {
    expect(of(line)).toEqual(expected)
  })

  test('what was typed in the middle of names grows only as far as they agree', () => {
    const s = sourceOf(['a.Fibonacci', 'b.Fibonacci.func1'])
    expect(completeShellLine('top Fib', s)).toEqual({ candidates: ['Fibonacci'], typed: 'Fib' })
    // The names agree in front; that must not take the place of what was typed.
    const same = completeShellLine('top Fib', sourceOf(['a.Fib1', 'a.Fib2']))
    expect(same.candidates).toEqual(['Fib', 'a.Fib1', 'a.Fib2'])
  })

  test('what is complete is not offered again', () => {
    expect(of('top main.main')).toEqual([])
  })

  test('very many are counted', () => {
    const many = Array.from({ length: 500 }, (_, k) => `${String.fromCharCode(97 + (k % 16))}_x${k}`)
    const found = completeShellLine('top x', sourceOf(many)).candidates
    expect(found).toHaveLength(201)
    expect(found.at(-1)).toBe('... 300 more')
  })
})
