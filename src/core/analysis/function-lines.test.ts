import { describe, expect, test } from 'vitest'
import { ProfileBuilder } from '../model/profile-builder.ts'
import { functionLines } from './function-lines.ts'

/** main.run:5 calls lib.do:20, into which lib.inner:31 is inlined, which calls lib.do again (recursion). */
function profile() {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  const fn = (name: string, startLine: number): number =>
    b.addFunction(name, { filename: `/src/${name.split('.')[0]}.go`, startLine })
  const run = fn('main.run', 3)
  const mid = fn('lib.mid', 40)
  const work = fn('lib.do', 18)
  const inner = fn('lib.inner', 30)
  const at = (...lines: [fn: number, line: number][]): number =>
    b.addLocation({
      address: 0x1000 + lines[0]![1],
      lines: lines.map(([f, line]) => ({ fn: f, line })),
    })
  const inRun = at([run, 5])
  const inMid = at([mid, 41])
  const inWork = at([inner, 31], [work, 20])
  const leaf = at([work, 22])
  b.addSample([leaf, inWork, inMid, inRun], [10])
  b.addSample([inWork, inMid, inRun], [7])
  b.addSample([leaf, leaf, inMid, inRun], [1])
  return b.done()
}

const own = (name: string): boolean => name.startsWith('main.')

describe('the lines of a function', () => {
  const r = functionLines(profile(), 'lib.do', 0, own)
  test('recursion counts a sample once per line', () => {
    expect([r.self, r.total]).toEqual([11, 18])
    expect(r.files).toHaveLength(1)
    const [f] = r.files
    expect({
      file: f!.file,
      start: f!.startLine,
      line: [...f!.line],
      self: [...f!.self],
      total: [...f!.total],
    }).toEqual({
      file: '/src/lib.go',
      start: 18,
      line: [20, 22],
      self: [0, 11],
      total: [17, 11],
    })
  })
  test('what lines call, inlined or not', () => {
    expect(r.files[0]!.calls).toEqual([
      { line: 20, name: 'lib.inner', inlined: true, weight: 17 },
      { line: 22, name: 'lib.do', inlined: false, weight: 1 },
    ])
  })
  test('callers are the nearest of the user, with the way there', () => {
    expect(r.callers).toEqual([
      { name: 'main.run', file: '/src/main.go', line: 5, weight: 18, via: ['lib.mid'], inlined: false },
    ])
  })
  test('an inlined function has the function that it is in as its caller', () => {
    const inner = functionLines(profile(), 'lib.inner', 0, () => false)
    expect(inner.callers).toEqual([
      { name: 'lib.do', file: '/src/lib.go', line: 20, weight: 17, via: [], inlined: true },
    ])
    expect([inner.self, inner.total]).toEqual([7, 17])
    // It called lib.do, which was not inlined.
    expect(inner.files[0]!.calls).toEqual([{ line: 31, name: 'lib.do', inlined: false, weight: 10 }])
  })
  test('a function that is not there has nothing', () => {
    expect(functionLines(profile(), 'nowhere', 0, own)).toEqual({ files: [], self: 0, total: 0, callers: [] })
  })
})
