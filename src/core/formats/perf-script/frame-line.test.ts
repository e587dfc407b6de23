import { describe, expect, test } from 'vitest'
import { addPosition, type Frame, parseFrame } from './frame-line.ts'

const shown = (f: Frame | null): string =>
  f === null ? 'none' : `${f.address.toString(16)}|${f.symbol}|${f.binary}${f.inlined ? '|inlined' : ''}`

describe('parseFrame', () => {
  test.each([
    ['732d5 runtime.step+0x15 (/srv/bin/app)', '732d5|runtime.step|/srv/bin/app'],
    [
      'ffffffff81b6ccb2 _copy_to_iter+0x82 ([kernel.kallsyms])',
      'ffffffff81b6ccb2|_copy_to_iter|[kernel.kallsyms]',
    ],
    ['ffffffffffffffff x (y)', 'ffffffffffffffff|x|y'],
    ['0 [unknown] ([unknown])', '0||'],
    ['7f36527fd09b [unknown] (/lib/libc.so)', '7f36527fd09b||/lib/libc.so'],
    ['1174 leaf+0x24 (inlined)', '1174|leaf||inlined'],
    ['1174 leaf(int, char) (inlined)', '1174|leaf(int, char)||inlined'],
    ['b0 internal/poll.(*FD).Read+0x21d (/srv/app)', 'b0|internal/poll.(*FD).Read|/srv/app'],
    [
      'b0 ns::operator()(int, A<B>) const+0x5 (/a b/lib (x).so)',
      'b0|ns::operator()(int, A<B>) const|/a b/lib (x).so',
    ],
    ['b0 f (/memfd:doublemapper (deleted))', 'b0|f|/memfd:doublemapper (deleted)'],
    ['b0 f (/odd)path)', 'b0|f|/odd)path'],
    ['b0 f+0x1 (/srv/app+0x12f0)', 'b0|f|/srv/app'],
    ['b0 main.run', 'b0|main.run|'],
    ['b0 run(int)', 'b0|run(int)|'],
    ['b0', 'b0||'],
    ['b0 go.shape.struct { a int; b string }+0x3 (/x)', 'b0|go.shape.struct { a int; b string }|/x'],
    ['main.run+0x3 (/x)', 'none'],
    ['12345678901234567 f (/x)', 'none'],
    ['0x12 f', 'none'],
    ['', 'none'],
  ])('%j', (line, want) => {
    expect(shown(parseFrame(line))).toBe(want)
  })
})

test('addPosition', () => {
  const at = (text: string): string => {
    const f = parseFrame('b0 f')!
    addPosition(f, text)
    return `${f.file}:${f.line}${f.inlined ? ' inlined' : ''}`
  }
  expect(at('  main.go:123')).toBe('main.go:123')
  expect(at('  inl.c:3 (inlined)')).toBe('inl.c:3 inlined')
  expect(at('  inl.c:3 (discriminator 2)')).toBe('inl.c:3')
  expect(at('  C:\\src\\a.c:7')).toBe('C:\\src\\a.c:7')
  expect(at('  ??:0')).toBe(':0')
  expect(at('  [kernel.kallsyms][ffffffff817554ea]')).toBe(':0')
})
