import { describe, expect, test } from 'vitest'
import type { FunctionFile } from '../../core/analysis/function-lines.ts'
import type { Listing, ListingInstruction } from '../../core/engine/workbench/listing.ts'
import { codeRows, foldLines, heatOf, hotLines, nextHot, sourceRows } from './source-rows.ts'

const file: FunctionFile = {
  file: '/home/me/app/main.go',
  startLine: 10,
  line: Float64Array.of(12, 40),
  self: Float64Array.of(0, 3),
  total: Float64Array.of(9, 3),
  calls: [{ line: 12, name: 'lib.f', inlined: true, weight: 9 }],
}

const listing: Listing = {
  schema: 'goscope.listing/1',
  fn: 'main.run',
  files: [
    { file: 'app/main.go', first: 10, texts: Array.from({ length: 32 }, (_, i) => `l${10 + i}`), error: '' },
  ],
  code: [{ file: '/home/me/app/main.go', line: 12, instructions: [] }],
  symbols: [],
  codeError: '',
  remarks: [],
}

describe('rows', () => {
  test('weights stand beside the text of their line', () => {
    const [rows] = sourceRows([file], listing)
    expect(rows!.lines).toHaveLength(32)
    expect(rows!.lines[2]).toMatchObject({ n: 12, text: 'l12', total: 9, calls: [{ name: 'lib.f' }] })
    expect(rows!.lines[2]!.code).toBeDefined()
    expect(rows!.most).toBe(9)
  })
  test('without a listing there are the lines of the profile', () => {
    const [rows] = sourceRows([file], undefined)
    expect(rows!.lines.map((l) => [l.n, l.text, l.self])).toEqual([
      [12, undefined, 0],
      [40, undefined, 3],
    ])
  })
  test('folds leave a margin and the ends', () => {
    const [rows] = sourceRows([file], listing)
    const shown = foldLines(rows!.lines, () => false)
    expect(shown.filter((r) => r.kind === 'fold')).toEqual([{ kind: 'fold', from: 17, to: 35 }])
    expect(shown.map((r) => (r.kind === 'line' ? r.n : 'fold')).slice(0, 8)).toEqual([
      10,
      11,
      12,
      13,
      14,
      15,
      16,
      'fold',
    ])
    expect(foldLines(rows!.lines, () => true)).toHaveLength(32)
  })
  test('hot lines, round and round', () => {
    const [rows] = sourceRows([file], undefined)
    const hot = hotLines(rows!.lines, rows!.most)
    expect(hot).toEqual([12, 40])
    expect([nextHot(hot, 0, 1), nextHot(hot, 12, 1), nextHot(hot, 40, 1), nextHot(hot, 12, -1)]).toEqual([
      12, 40, 12, 40,
    ])
    expect(nextHot([], 3, 1)).toBeUndefined()
  })
  test('heat is of the size, not of the sign', () => {
    expect([heatOf(0, 5), heatOf(5, 5), heatOf(-5, 5), heatOf(1, 0)]).toEqual([0, 1, 1, 0])
  })
})

test('a call that instructions share is said once', () => {
  const call = (fn: string, line: number) => ({ fn, file: 'a.go', line, text: '' })
  const x = (address: string, calls: ListingInstruction['calls'], block = false): ListingInstruction => ({
    address,
    text: 'NOPL',
    self: 0,
    total: 0,
    file: 'a.go',
    line: 1,
    block,
    calls,
  })
  const rows = codeRows({
    file: 'a.go',
    line: 1,
    instructions: [
      x('1', [call('f', 5)], true),
      x('2', [call('f', 5), call('g', 7)]),
      x('3', [call('f', 5), call('g', 7)]),
      x('9', [call('h', 5)], true),
      x('a', []),
    ],
  })
  expect(
    rows.map((r) => (r.kind === 'call' ? `${r.depth}${r.call.fn}` : r.kind === 'code' ? r.x.address : '-')),
  ).toEqual(['0f', '1', '1g', '2', '3', '-', '0h', '9', 'a'])
})
