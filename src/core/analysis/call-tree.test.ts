import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../test/kit/profile-from.ts'
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { buildCallTree, type CallTree, type CallTreeOptions } from './call-tree.ts'

const plain: CallTreeOptions = { value: 0, by: 'function', inverted: false, leastWeight: 0 }

/** The tree as indented lines: name, `^` for inlined, self and total. */
function drawn(p: Profile, t: CallTree): string[] {
  const depth: number[] = []
  const lines: string[] = []
  const show = (row: number): void => {
    depth[row] = row === 0 ? 0 : depth[t.parent[row]!]! + 1
    const f = t.frame[row]!
    const line = t.frames.line[f]!
    const name = row === 0 ? 'all' : `${p.strings.get(t.frames.name[f]!)}${line === 0 ? '' : `:${line}`}`
    lines.push(
      `${'  '.repeat(depth[row]!)}${t.inlined[row] === 1 ? '^' : ''}${name} ${t.self.get(row)} ${t.total.get(row)}`,
    )
    for (let k = 0; k < t.childCount[row]!; k++) show(t.firstChild[row]! + k)
  }
  show(0)
  return lines
}

const tree = (p: Profile, o: Partial<CallTreeOptions> = {}): string[] =>
  drawn(p, buildCallTree(p, { ...plain, ...o }))

const sample = profileFrom(`
  main    main    main    main
  work    work    idle    work
  ^hash   sort            ^hash
  = 10    = 25    = 1     = 5
`)

describe('the tree', () => {
  test('merges equal paths, the heaviest child first', () => {
    expect(tree(sample)).toEqual([
      'all 0 41',
      '  main 0 41',
      '    work 0 40',
      '      sort 25 25',
      '      ^hash 15 15',
      '    idle 1 1',
    ])
  })

  test('inverted goes from the leaves to their callers', () => {
    expect(tree(sample, { inverted: true })).toEqual([
      'all 0 41',
      '  sort 0 25',
      '    work 0 25',
      '      main 25 25',
      '  ^hash 0 15',
      '    work 0 15',
      '      main 15 15',
      '  idle 0 1',
      '    main 1 1',
    ])
  })

  test('by line, calls from other lines are other frames', () => {
    const p = profileFrom(`
      main a.go:3    main a.go:4
      f b.go:7       f b.go:7
      = 1            = 2
    `)
    expect(tree(p, { by: 'line' })).toEqual([
      'all 0 3',
      '  main:4 0 2',
      '    f:7 2 2',
      '  main:3 0 1',
      '    f:7 1 1',
    ])
    expect(tree(p)).toEqual(['all 0 3', '  main 0 3', '    f 3 3'])
  })

  test('recursion stays as it was called', () => {
    const p = profileFrom(`
      main
      f
      f
      = 4
    `)
    expect(tree(p)).toEqual(['all 0 4', '  main 0 4', '    f 0 4', '      f 4 4'])
  })

  test('a frame is inlined only if it always was', () => {
    const p = profileFrom(`
      main    main
      ^f      f
      = 1     = 1
    `)
    expect(tree(p)).toEqual(['all 0 2', '  main 0 2', '    f 2 2'])
  })

  test('samples of value 0 do not exist; a sample without a stack is of the root', () => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'samples', unit: 'count' }]
    const at = b.addLocation({ lines: [{ fn: b.addFunction('main') }] })
    b.addSample([at], [0])
    b.addSample([], [7])
    expect(tree(b.done())).toEqual(['all 7 7'])
  })

  test('locations without names are their binary, or their address', () => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'samples', unit: 'count' }]
    const named = b.addLocation({ mapping: b.addMapping({ file: '/lib/libc.so.6' }), address: 16 })
    b.addSample([named], [2])
    b.addSample([b.addLocation({ address: 255 })], [1])
    expect(tree(b.done())).toEqual(['all 0 3', '  [libc.so.6] 2 2', '  0xff 1 1'])
  })

  test('sums are exact beyond 2^53', () => {
    const p = profileFrom(`
      main                  main
      a                     b
      = 9007199254740993    = 9007199254740993
    `)
    expect(tree(p)[0]).toBe('all 0 18014398509481986')
    expect(tree(p)[2]).toBe('    a 9007199254740993 9007199254740993')
  })
})

describe('what is left out', () => {
  test('paths lighter than wanted are counted, and their weight is kept', () => {
    const t = buildCallTree(sample, { ...plain, leastWeight: 20 })
    expect(drawn(sample, t)).toEqual(['all 0 41', '  main 0 41', '    work 0 40', '      sort 25 25'])
    expect(t.leftCount).toBe(2)
    expect([...t.left.f]).toEqual([0, 1, 15, 0])
  })

  test('sums per frame know of all samples all the same', () => {
    const t = buildCallTree(sample, { ...plain, leastWeight: 20, frameSums: true })
    const of = (name: string): number[] => {
      const f = [...t.frames.name].findIndex((id) => sample.strings.get(id) === name)
      return [t.frameSums!.self[f]!, t.frameSums!.total[f]!]
    }
    expect(of('hash')).toEqual([15, 15])
    expect(of('work')).toEqual([0, 40])
    expect(of('idle')).toEqual([1, 1])
  })
})

describe('differences', () => {
  const p = profileFrom(`
    main     main    main    main
    grown    gone    same    same
    = 8      = -3    = 5     = -5
  `)

  test('what was added and what was taken away are summed apart', () => {
    const t = buildCallTree(p, plain)
    expect(t.total.get(0)).toBe(5)
    expect([t.signed!.more[0], t.signed!.less[0]]).toEqual([8, 3])
  })

  test('a difference without negative values is one all the same', () => {
    expect(buildCallTree(sample, plain).signed).toBeUndefined()
    expect(buildCallTree(sample, { ...plain, difference: true }).signed!.more[0]).toBe(41)
  })
})

test('a stack of 100 000 frames is no recursion of ours', () => {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'samples', unit: 'count' }]
  const f = b.addLocation({ lines: [{ fn: b.addFunction('f') }] })
  b.addSample(new Array<number>(100_000).fill(f), [1])
  b.addSample(new Array<number>(100_000).fill(f), [1])
  const t = buildCallTree(b.done(), plain)
  expect(t.count).toBe(100_001)
  expect(t.total.get(100_000)).toBe(2)
})
