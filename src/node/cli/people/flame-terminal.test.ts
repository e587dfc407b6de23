import { describe, expect, test } from 'vitest'
import { profileFrom } from '../../../../test/kit/profile-from.ts'
import { cellWidth } from '../../../core/base/people-fmt.ts'
import type { Profile } from '../../../core/model/profile.ts'
import { ProfileBuilder } from '../../../core/model/profile-builder.ts'
import { buildFlame } from '../../../core/reports/flame.ts'
import { colourDepth, flameLines } from './flame-terminal.ts'
import type { Style } from './style.ts'

const plain: Style = { color: false, bars: true, unicode: true, width: 40 }

function lines(p: Profile, style: Partial<Style> = {}, depth = 0, difference = false): string[] {
  let whole = 0
  for (const v of p.samples.value[0]!.f) whole += Math.abs(v)
  const doc = buildFlame(p, {
    value: 0,
    by: 'function',
    inverted: false,
    maxRows: 10_000,
    whole,
    title: 't',
    filters: [],
    difference,
  })
  return flameLines({ ...plain, ...style }, doc, { depth, colours: '256' })
}

const sample = profileFrom(
  `
  main.main  main.main              main.main  runtime.mcall
  main.work  main.work              main.idle
  main.work  ^a/b.(*Hash[int]).Sum
  = 250      = 100                  = 20       = 1
`,
  ['cpu/milliseconds'],
)

describe('the icicle', () => {
  test('edges carry the frames where there is no colour', () => {
    expect(lines(sample).map((l) => l.replaceAll('\u202f', ' '))).toEqual([
      '▏all 371 ms                            ▏',
      '▏main.main                             ▏',
      '▏main.work                           ▏ ▏',
      '▏↻main.work               ▏Sum inl   ▏',
      '1 frame narrower than a column is not',
      'drawn, nor what it calls: 1 ms, 0.3% in',
      'all.',
      '↻ recursion, inl inlined.',
    ])
  })

  test('ASCII where the locale has no more', () => {
    const shown = lines(sample, { unicode: false })
    expect(shown.slice(0, 4)).toEqual([
      '|all 371ms                             |',
      '|main.main                             |',
      '|main.work                           | |',
      '|*main.work               |Sum inl   |',
    ])
    for (const line of shown) expect(line).toMatch(/^[\x20-\x7e]*$/)
  })

  test('rows below the depth are left out, and said', () => {
    const shown = lines(sample, {}, 2)
    expect(shown.slice(0, 4).at(-1)).not.toContain('inl')
    expect(shown.join(' ')).toContain('2 frames in 1 row below are not drawn; --depth 0 draws all.')
  })

  test('with colours each frame sets both its own', () => {
    const shown = lines(sample, { color: true })
    const esc = String.fromCharCode(27)
    expect(shown[1]).toMatch(new RegExp(`^${esc}\\[48;5;94;38;5;\\d+m▏`))
    expect(shown.slice(0, 4).every((l) => l.endsWith(`${esc}[0m`))).toBe(true)
    expect(shown.join('\n')).toContain('Your code')
  })

  test('a difference names its sides on both sides of the middle line', () => {
    const p = profileFrom(
      `
      main   main
      a      b
      = 30   = -10
    `,
      ['cpu/seconds'],
    )
    const shown = lines(p).map((l) => l.replaceAll('\u202f', ' '))
    expect(shown.slice(0, 4)).toEqual([
      '▏all +20 s: 10 s less, 30 s more       ▏',
      '    −10 s │ more, +30 s',
      '▏main     ▏main                        ▏',
      '▏b        ▏a                           ▏',
    ])
  })
})

describe('whatever the names and widths', () => {
  const names = [
    '\u001b[31mred',
    'new\nline',
    '\u202eturned',
    '世界'.repeat(40),
    'x'.repeat(5000),
    'é'.repeat(9),
    '',
  ]
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  names.forEach((name, k) => {
    b.addSample(
      [b.addLocation({ address: k + 1, lines: [{ fn: b.addFunction(name) }] })],
      [2 ** (names.length - k)],
    )
  })
  const hostile = b.done()

  test.each([
    20, 21, 40, 79, 80, 120, 333,
  ])('no line is wider than %i, and none has control characters', (width) => {
    for (const unicode of [true, false])
      for (const line of lines(hostile, { width, unicode })) {
        expect(cellWidth(line)).toBeLessThanOrEqual(width)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
        expect(line).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/)
      }
  })

  test.each([20, 80])('with colours the cells are the same at %i', (width) => {
    const bare = (l: string): string =>
      l.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '')
    const withColour = lines(hostile, { width, color: true }).map(bare)
    expect(withColour[0]!.trimEnd()).toBe(lines(hostile, { width })[0]!.replace(/▏$/, '').trimEnd())
    for (const line of withColour) expect(cellWidth(line)).toBeLessThanOrEqual(width)
  })

  test('an empty profile says so', () => {
    const empty = new ProfileBuilder()
    empty.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
    expect(lines(empty.done())).toContain('There is nothing to draw.')
  })
})

test.each([
  [{ COLORTERM: 'truecolor', TERM: 'xterm' }, 'true'],
  [{ TERM: 'xterm-256color' }, '256'],
  [{ TERM: 'xterm' }, '16'],
  [{}, '16'],
])('colours of %j', (env, depth) => {
  expect(colourDepth(env)).toBe(depth)
})
