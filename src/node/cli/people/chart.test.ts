import { describe, expect, test } from 'vitest'
import { cellWidth } from '../../../core/base/people-fmt.ts'
import { chartLines, sparkline } from './chart.ts'
import type { Style } from './style.ts'

const style = (o: Partial<Style> = {}): Style => ({
  color: false,
  bars: true,
  unicode: true,
  width: 60,
  ...o,
})
const x = Float64Array.from({ length: 200 }, (_, i) => i)
const options = {
  series: [
    { name: 'up', x, y: x, tone: 'accent' as const },
    { name: 'flat', x, y: x.map(() => 100), tone: 'ok' as const },
  ],
  xText: (v: number) => `${v} s`,
  yText: (v: number) => `${Math.round(v)} MB`,
}

describe('chartLines', () => {
  test('fits the width, says names and scales', () => {
    const lines = chartLines(style(), options)
    expect(lines).toHaveLength(10)
    for (const l of lines) expect(cellWidth(l)).toBeLessThanOrEqual(60)
    expect(lines[0]).toMatch(/━ up {3}━ flat/)
    expect(lines[1]).toMatch(/^199 MB │/)
    expect(lines.at(-1)).toMatch(/0 s +199 s$/)
    // The rising line is in the lower left and in the upper right.
    expect(lines[1]!.trimEnd().length).toBeGreaterThan(50)
    expect(lines[8]).toMatch(/^ +0 MB │[⠀-⣿]/)
  })

  test('without UTF-8 in ASCII, one character for each series', () => {
    const lines = chartLines(style({ unicode: false }), options)
    expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/)
    expect(lines.join('')).toMatch(/\*.*\+/)
  })

  test('draws nothing where bars are not drawn, or there is nothing to draw', () => {
    expect(chartLines(style({ bars: false }), options)).toEqual([])
    expect(chartLines(style({ width: 20 }), options)).toEqual([])
    const nothing = {
      ...options,
      series: [{ name: 'n', x, y: x.map(() => Number.NaN), tone: 'ok' as const }],
    }
    expect(chartLines(style(), nothing)).toEqual([])
  })

  test('paints runs of a series at once', () => {
    const lines = chartLines(style({ color: true }), options)
    expect(lines.join('').split('\x1b[').length).toBeLessThan(80)
  })
})

test('sparkline', () => {
  expect(sparkline(style(), [0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█')
  expect(sparkline(style(), [1, 9, 1, 1], 2)).toBe('█▁')
  expect(sparkline(style({ bars: false }), [1], 8)).toBe('')
  expect(sparkline(style({ unicode: false }), [0, 7], 8)).toBe('_#')
})
