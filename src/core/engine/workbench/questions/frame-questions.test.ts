// Questions of the page's frame: names, heads, downloads, totals of comparisons, stacks.

import { describe, expect, test } from 'vitest'
import { profileFrom, samplesOf } from '../../../../../test/kit/profile-from.ts'
import { decodeProfile } from '../../../formats/pprof/decode.ts'
import { Workbench } from '../workbench.ts'
import { answer as diffTotals } from './diff-totals.ts'
import { answer as functionStack } from './function-stack.ts'
import { answer as names } from './names.ts'
import { optionErrors, answer as profileHead } from './profile-head.ts'
import { answer as profileProto } from './profile-proto.ts'

const BEFORE = `
main.main   main.main      main.main
main.work   main.work      main.idle
main.parse  main.parseAll  runtime.park
= 5 50      = 2 20         = 1 10`

const AFTER = `
main.main  main.main
main.work  main.idle
= 4 40     = 3 30`

const TYPES = ['samples/count', 'cpu/nanoseconds']

function bench(): Workbench {
  const w = new Workbench()
  w.addProfile('before', profileFrom(BEFORE, TYPES))
  w.addProfile('after', profileFrom(AFTER, TYPES))
  return w
}

describe('names', () => {
  test('are found by letters, the heavier first, whatever is filtered', async () => {
    const query = { of: [0], options: { f: 'nothing at all', si: 'cpu' } }
    const found = await names(bench(), { query, text: 'parse', limit: 10 })
    expect(found.names).toEqual(['main.parse', 'main.parseAll'])
    expect([...found.total]).toEqual([50, 20])
    expect(found).toMatchObject({ unit: 'nanoseconds', whole: 80, count: 2, of: 6 })
  })
  test('without letters the heaviest', async () => {
    const found = await names(bench(), { query: { of: [0, 1] }, text: ' ', limit: 1 })
    expect(found.names).toEqual(['main.main'])
    expect([...found.total]).toEqual([150])
  })
})

describe('the head of a profile', () => {
  test('says how much filters leave, and which match nothing', async () => {
    const head = await profileHead(bench(), { query: { of: [0], options: { f: 'work', h: 'nowhere' } } })
    expect(head).toMatchObject({ shown: 70, total: 80, type: 'cpu', unit: 'nanoseconds', samples: 2 })
    expect(head.lines).toContain('Type: cpu')
    expect(head.remarks).toEqual(['Hide expression matched no samples'])
    expect(head.errors).toEqual({})
  })
  test('tells what is wrong with each option by its key', async () => {
    const options = { f: 'a(', n: 'x', tf: 'k=[', nf: '0.5', i: 'fine', g: 'nonsense' }
    const { errors, lines } = await profileHead(bench(), { query: { of: [0], options } })
    expect(Object.keys(errors).sort()).toEqual(['f', 'g', 'n', 'tf'])
    expect(errors.f).toBe('missing closing ): `a(`')
    expect(errors.n).toMatch(/invalid syntax/)
    expect(lines).toEqual([])
    expect(await optionErrors({})).toEqual({})
  })
})

describe('downloads', () => {
  test('hold what is shown, or everything', async () => {
    const query = {
      of: [0],
      options: { f: 'idle' },
      transforms: [{ op: 'hide', name: 'main.main' } as const],
    }
    const shown = decodeProfile((await profileProto(bench(), { query, whole: false })).bytes)
    expect(samplesOf(shown)).toEqual(['main.idle;runtime.park 1 10'])
    const whole = decodeProfile((await profileProto(bench(), { query, whole: true })).bytes)
    expect(whole.samples.count).toBe(3)
  })
})

describe('totals of a comparison', () => {
  test('are of each sample type that both sides have', async () => {
    const totals = await diffTotals(bench(), { pairs: [{ before: [0], after: [1] }] })
    expect(totals.map((t) => [t.type, t.before, t.after])).toEqual([
      ['samples', 8, 7],
      ['cpu', 80, 70],
    ])
    expect(totals[0]).toMatchObject({ pair: 0, counts: [1, 1] })
  })
  test('leave out what has nothing in common', async () => {
    const w = bench()
    w.addProfile('heap', profileFrom('main.main\n= 1', ['inuse_space/bytes']))
    const pairs = [
      { before: [0], after: [2] },
      { before: [0], after: [0, 1] },
    ]
    expect((await diffTotals(w, { pairs })).map((t) => [t.pair, t.after])).toEqual([
      [1, 15],
      [1, 150],
    ])
  })
})

describe('the heaviest stack', () => {
  test('with a function, innermost first', async () => {
    const query = { of: [0] }
    expect(await functionStack(bench(), { query, name: 'main.work' })).toEqual({
      stack: ['main.parse', 'main.work', 'main.main'],
      weight: 50,
    })
    expect((await functionStack(bench(), { query, name: 'main.gone' })).stack).toEqual([])
  })
})
