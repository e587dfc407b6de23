// Access: contrast of the tokens, and in a real browser names of controls, landmarks, visible focus, reflow.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../kit/run-command.ts'
import { browser, workbench } from './browser.ts'

type Rgb = readonly [number, number, number]

/** Custom properties of the first block after `start`. */
function tokensAfter(css: string, start: string): Map<string, string> {
  const from = css.indexOf('{', css.indexOf(start))
  const body = css.slice(from + 1, css.indexOf('}', from))
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((m) => [m[1]!, m[2]!.trim()]))
}

const css = readFileSync(join(root, 'src/web/style/tokens.css'), 'utf8')
const THEMES = {
  light: tokensAfter(css, ':root[data-theme="light"]'),
  dark: tokensAfter(css, ':root[data-theme="dark"]'),
}

function rgb(hex: string): Rgb {
  const m = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  if (m === null) throw new Error(`${hex} is no colour`)
  return [Number.parseInt(m[1]!, 16), Number.parseInt(m[2]!, 16), Number.parseInt(m[3]!, 16)]
}

/** WCAG 2. */
function luminance(c: Rgb): number {
  const [r, g, b] = c.map((v) => (v <= 10.31475 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p)
  return (x! + 0.05) / (y! + 0.05)
}

describe('contrast of the tokens', () => {
  const grounds = ['bg-0', 'bg-1', 'bg-2', 'bg-3', 'bg-float', 'accent-quiet']
  const cases: readonly (readonly [string, readonly string[], number])[] = [
    ...['text-1', 'text-2', 'text-3', 'accent'].map((t) => [t, grounds, 4.5] as const),
    ...['critical', 'warning', 'info', 'ok'].map(
      (t) => [t, ['bg-0', 'bg-1', 'bg-2', 'bg-3', `${t}-quiet`], 4.5] as const,
    ),
    ['text-1', ['bg-4', 'critical-quiet'], 4.5],
    ['on-accent', ['accent-solid'], 4.5],
    ...['diff-plus-text', 'diff-minus-text', 'diffcb-plus-text', 'diffcb-minus-text'].map(
      (t) => [t, ['bg-0', 'bg-1', 'bg-2', 'accent-quiet'], 4.5] as const,
    ),
    ['focus', ['bg-0', 'bg-1', 'bg-2', 'bg-3', 'bg-float'], 3],
    ['line-3', ['bg-0', 'bg-1', 'bg-2'], 3],
    ['on-match', ['match'], 4.5],
  ]
  for (const [theme, tokens] of Object.entries(THEMES))
    for (const [token, on, least] of cases)
      test(`${theme}: ${token}`, () => {
        for (const ground of on) {
          const ratio = contrast(rgb(tokens.get(token)!), rgb(tokens.get(ground)!))
          expect(ratio, `${token} on ${ground}`).toBeGreaterThanOrEqual(least)
        }
      })

  test('the tests can tell', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5)
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2)
  })
})

/** Controls without a name, as `tag.class`. */
const UNNAMED = `
  [...document.querySelectorAll('button, a[href], input, select, textarea, [role=button], [role=tab], [role=separator], [tabindex="0"]')]
    .filter((el) => el.checkVisibility())
    .filter((el) => {
      const labelled = el.getAttribute('aria-labelledby')?.split(' ').some((id) => document.getElementById(id)?.textContent)
      const own = el.getAttribute('aria-label') || el.textContent?.trim() || el.title || labelled
      return !own && !(el.labels && [...el.labels].some((l) => l.textContent?.trim()))
    })
    .map((el) => el.tagName.toLowerCase() + '.' + el.className)`

/** Controls smaller than 24 px either way. Links in text and what lies in a larger label may be. */
const SMALL = `
  [...document.querySelectorAll('.title button, .tabs button, .tabs a, .chips button, dialog button')]
    .filter((el) => el.checkVisibility())
    .filter((el) => {
      const { width, height } = el.getBoundingClientRect()
      return width < 22 || height < 22
    })
    .map((el) => el.className)`

describe.skipIf(browser === undefined)('the page', () => {
  test('has landmarks, one of each', async () => {
    await using w = await workbench(['go1.26/cpu.pb.gz'])
    await w.at('top')
    const { page } = w
    for (const role of ['banner', 'navigation', 'main', 'contentinfo'] as const)
      expect(await page.getByRole(role).count(), role).toBe(1)
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    expect(await page.locator('[aria-live=polite], [role=status]').count()).toBeGreaterThan(0)
  })

  for (const state of [
    'top?f=validSKU&sel=main.validSKU&details=1',
    'flame?beside=peek',
    'diff',
    'source?sel=main.validSKU',
    'nothing',
  ])
    test(`names all controls of ${state}`, async () => {
      await using w = await workbench(['go1.26/cpu.pb.gz', 'go1.27/cpu.pb.gz'])
      await w.at(state)
      expect(await w.page.evaluate(UNNAMED)).toEqual([])
      expect(await w.page.evaluate(SMALL)).toEqual([])
    })

  test('names all controls of what floats', async () => {
    await using w = await workbench(['go1.26'])
    await w.at('top')
    const { page } = w
    for (const open of ['Sources', 'Refine', 'Export', 'Theme', 'Compare', 'Keyboard shortcuts']) {
      await page
        .getByRole('button', { name: new RegExp(`^${open}`) })
        .first()
        .click()
      expect(await page.evaluate(UNNAMED), open).toEqual([])
      await page.keyboard.press('Escape')
      await expect.poll(() => page.locator('.pop, dialog').count(), { message: open }).toBe(0)
    }
  })

  test('shows where the focus is, on all the way through the frame', async () => {
    await using w = await workbench(['go1.26/cpu.pb.gz'])
    await w.at('top?f=main')
    const { page } = w
    const seen = new Set<string>()
    for (let i = 0; i < 24; i++) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate(() => {
        const el = document.activeElement
        if (el === null || el === document.body) return undefined
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(el)
        // A field in a box shows the focus on the box.
        const box = el.closest('.search, .dq')
        const framed = box !== null && getComputedStyle(box).boxShadow !== 'none'
        const name = el.getAttribute('aria-label') ?? el.textContent?.trim().slice(0, 30) ?? el.className
        return {
          name,
          visible: framed || outlineStyle !== 'none' || boxShadow !== 'none' || outlineWidth === '2px',
        }
      })
      if (at === undefined) continue
      expect(at.visible, at.name).toBe(true)
      seen.add(at.name)
    }
    expect(seen.size).toBeGreaterThan(8)
  })

  test('does not move where people do not want it to', async () => {
    await using w = await workbench(['go1.26/cpu.pb.gz'])
    await w.at('top')
    const moving = await w.page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((el) =>
          getComputedStyle(el)
            .transitionDuration.split(', ')
            .some((d) => Number.parseFloat(d) > 0),
        ).length,
    )
    expect(moving).toBe(0)
  })

  for (const width of [320, 620, 1280, 3840])
    test(`at ${width} px has nothing that sticks out`, async () => {
      await using w = await workbench(['go1.26/cpu.pb.gz'], { size: [width, 900] })
      await w.at('top?f=main&sel=main.validSKU')
      expect(await w.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      const out = await w.page.evaluate(
        (right) =>
          [...document.querySelectorAll('header > *, .status > *')]
            .filter((el) => el.checkVisibility() && el.getBoundingClientRect().right > right + 1)
            .map((el) => el.className),
        width,
      )
      expect(out).toEqual([])
    })
})
