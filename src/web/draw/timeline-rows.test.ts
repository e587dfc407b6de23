import { describe, expect, test } from 'vitest'
import type { GroupMembers } from '../../core/engine/workbench/questions/timeline-members.ts'
import type { TimelineOverview } from '../../core/engine/workbench/questions/timeline-open.ts'
import { layoutRows, type RowChoice, rowAt, rowsIn } from './timeline-rows.ts'

const overview: TimelineOverview = {
  version: 1,
  complete: true,
  share: 1,
  format: 'go 1.26',
  end: 1e9,
  spans: 10,
  goroutines: 1004,
  gomaxprocs: 2,
  procs: [
    { row: 0, id: '0' },
    { row: 1, id: '1' },
  ],
  threads: [{ row: 0, id: '77' }],
  groups: [
    { name: 'net/http.Serve', kind: 'std', count: 1, running: 5, waiting: 0 },
    { name: 'main.small', kind: 'user', count: 2, running: 5, waiting: 0 },
    { name: 'main.many', kind: 'user', count: 1000, running: 9, waiting: 0 },
    { name: 'runtime', kind: 'runtime', count: 1, running: 50, waiting: 0 },
  ],
  taskTypes: [],
  regions: 0,
  logs: 0,
  samples: 0,
  marks: [{ name: 'mark', start: 1, end: 2 }],
  stops: [],
  heap: 5,
  wall: undefined,
  damage: undefined,
}
const of = (group: number, ids: readonly string[], names: readonly string[] = []): [number, GroupMembers] => [
  group,
  { group, rows: Int32Array.from(ids, Number), ids, names: ids.map((_, i) => names[i] ?? ''), more: 0 },
]
const members = new Map([of(0, ['9']), of(1, ['5', '6']), of(3, ['2'], ['runtime.bgsweep'])])
const choice: RowChoice = {
  mode: 'goroutine',
  folded: new Set(),
  unfolded: new Set(),
  hidden: new Set(),
  pinned: [],
  order: [],
  filter: '',
  tall: false,
}
const keys = (c: Partial<RowChoice>, selected?: string): string[] => {
  const extras = new Map([['g777', { track: { kind: 'g' as const, row: 777 }, name: 'x', group: 2 }]])
  return layoutRows(overview, members, undefined, { ...choice, ...c }, extras, selected).rows.map(
    (r) => r.key,
  )
}

describe('rows', () => {
  test('charts, procs, the own groups that ran most, the library, the runtime', () => {
    expect(keys({})).toEqual([
      'counts',
      'heap',
      'gc',
      'procs',
      'p0',
      'p1',
      'f:main.many',
      'f:main.many|all',
      'f:main.small',
      'g5',
      'g6',
      'f:net/http.Serve',
      'g9',
      'f:runtime',
      'g2',
    ])
  })
  test('they adjoin from the top', () => {
    const { rows, height } = layoutRows(overview, members, undefined, choice)
    let y = 0
    for (const row of rows) {
      expect(row.y).toBe(y)
      y += row.height
    }
    expect(height).toBe(y)
    for (const [i, row] of rows.entries()) {
      expect(rowAt(rows, row.y)).toBe(i)
      expect(rowAt(rows, row.y + row.height - 0.5)).toBe(i)
    }
    expect(rowAt(rows, height)).toBe(-1)
    expect(rowsIn(rows, 0, height)).toEqual([0, rows.length])
    expect(rowsIn(rows, height + 10, height + 20)).toEqual([rows.length, rows.length])
  })
  test('folding, hiding, pinning, order, filter', () => {
    expect(keys({ folded: new Set(['f:main.small', 'procs']) })).not.toContain('g5')
    expect(keys({ hidden: new Set(['g5', 'heap']) })).not.toContain('g5')
    expect(keys({ pinned: ['g6'] }).slice(3, 5)).toEqual(['pinned', 'g6'])
    expect(keys({ order: ['f:runtime'] })[3]).toBe('f:runtime')
    expect(keys({ filter: 'bgsweep' }).filter((k) => k.startsWith('g'))).toEqual(['gc', 'g2'])
    expect(keys({ mode: 'thread' })).toContain('t77')
    expect(keys({ mode: 'proc' }).some((k) => k.startsWith('f:'))).toBe(false)
  })
  test('what is selected has a row, listed or not', () => {
    expect(keys({}, 'g777').slice(3, 5)).toEqual(['pinned', 'g777'])
    expect(keys({}, 'g5').filter((k) => k === 'g5')).toHaveLength(1)
  })
})
