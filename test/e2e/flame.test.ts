// The flame graph files in a real browser. Skipped where there is no Chromium or playwright-core.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Profile } from '../../src/core/model/profile.ts'
import { ProfileBuilder } from '../../src/core/model/profile-builder.ts'
import { buildFlame } from '../../src/core/reports/flame.ts'
import { flameHtml } from '../../src/core/reports/flame-html.ts'
import { flameSvg } from '../../src/core/reports/flame-svg.ts'
import { type Browser, type Page, startBrowser } from '../kit/browser.ts'
import { profileFrom } from '../kit/profile-from.ts'

const browser: Browser | undefined = await startBrowser()
const folder = mkdtempSync(join(tmpdir(), 'goscope-flame-'))
const producer = { producer: 'goscope test' }

const sample = profileFrom(
  `
  main.main   main.main    main.main     runtime.mcall
  main.serve  main.serve   main.idle     runtime.schedule
  json.Write  ^json.Read   main.idle
  = 500       = 300        = 150         = 50
`,
  ['cpu/milliseconds'],
)

function files(name: string, p: Profile, difference = false): Record<'html' | 'svg', string> {
  let whole = 0
  for (const v of p.samples.value[0]!.f) whole += Math.abs(v)
  const doc = buildFlame(p, {
    value: 0,
    by: 'function',
    inverted: false,
    maxRows: 1e5,
    whole,
    title: name,
    filters: [],
    difference,
  })
  const html = join(folder, `${name}.html`)
  const svg = join(folder, `${name}.svg`)
  writeFileSync(html, flameHtml(doc, producer))
  writeFileSync(svg, flameSvg(doc, producer))
  return { html: pathToFileURL(html).href, svg: pathToFileURL(svg).href }
}

let urls: Record<'html' | 'svg', string>
/** What must not happen on any page: dialogs, errors, requests for anything but the file itself. */
let trouble: string[] = []
let pages: Page[] = []

async function open(url: string, options: Readonly<Record<string, unknown>> = {}): Promise<Page> {
  const page = await browser!.newPage({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  })
  pages.push(page)
  page.on('dialog', (d: { message(): string; dismiss(): Promise<void> }) => {
    trouble.push(`dialog ${d.message()}`)
    void d.dismiss()
  })
  page.on('pageerror', (e: Error) => trouble.push(`error ${e.message}`))
  page.on('console', (m: { type(): string; text(): string }) =>
    trouble.push(`console ${m.type()} ${m.text()}`),
  )
  page.on('request', (r: { url(): string }) => {
    if (r.url().split('#')[0] !== url.split('#')[0]) trouble.push(`request ${r.url()}`)
  })
  await page.goto(url)
  return page
}

const text = (page: Page, selector: string): Promise<string> =>
  page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.textContent).join('\\n')`,
  )
/** Waits for an expression to hold. (The pages' policy forbids the browser library's own way, which evaluates text.) */
async function until(page: Page, expression: string): Promise<void> {
  await expect.poll(() => page.evaluate(expression), { timeout: 5000 }).toBe(true)
}

/** The name of the frame that is selected, from the tree item that assistive software reads. */
const selected = (page: Page): Promise<string> => text(page, '#gs-item').then((s) => s.split(',')[0]!)
/** Frames that are drawn with a name, top to bottom. */
const labels = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('.frames .t')].map((e) => e.textContent)`)
/** The middle of the drawn name. */
async function whereIs(page: Page, label: string): Promise<[number, number]> {
  return page.evaluate(
    `(() => { const e = [...document.querySelectorAll('.frames .t')].find((e) => e.textContent === ${JSON.stringify(label)}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`,
  )
}
async function click(page: Page, label: string): Promise<void> {
  const [x, y] = await whereIs(page, label)
  await page.mouse.click(x, y)
}

beforeAll(() => {
  urls = files('sample', sample)
})
afterEach(async () => {
  for (const page of pages) await page.close()
  pages = []
  const met = trouble
  trouble = []
  expect(met).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.skipIf(browser === undefined)('in Chromium', () => {
  describe.each(['html', 'svg'] as const)('%s', (form) => {
    test('draws all frames with their names, and the root with its total', async () => {
      const page = await open(urls[form])
      const drawn = await labels(page)
      expect(drawn.slice(0, 8)).toEqual([
        'all 1\u202fs',
        'main.main',
        'main.serve',
        'json.Write',
        'json.Read',
        'main.idle',
        '↻',
        'main.idle',
      ])
      // How much of a name fits depends on the machine's fonts.
      expect(drawn.slice(8).join(' ')).toMatch(/^(run\S*…|mcall) s\S*…$/)
    })

    test('search marks the matches and says how much of all they are', async () => {
      const page = await open(urls[form])
      await page.keyboard.press('/')
      await page.keyboard.type('^json')
      expect(await text(page, '.found')).toBe('2 frames · 80.0\u202f%')
      expect(
        await page.evaluate(`document.querySelector('.frames .hit').getAttribute('d').match(/M/g).length`),
      ).toBe(2)
      await page.keyboard.press('Enter')
      expect(await selected(page)).toBe('json.Write')
      await page.keyboard.press('n')
      expect(await selected(page)).toBe('json.Read')
      await page.keyboard.press('n')
      expect(await selected(page)).toBe('json.Write')
      await page.keyboard.press('Escape')
      expect(await text(page, '.found')).toBe('')
      expect(await page.evaluate(`document.querySelector('.frames .hit')`)).toBeNull()
    })

    test('nothing found is said, and a broken expression is taken as text', async () => {
      const page = await open(urls[form])
      await page.keyboard.press('/')
      await page.keyboard.type('nowhere(')
      expect(await text(page, '.found')).toBe('nothing found (as text)')
    })

    test('a click selects, a second one zooms; Escape goes back step by step, and so does the browser', async () => {
      const page = await open(urls[form])
      await click(page, 'main.idle')
      expect(await text(page, '.aside .big')).toBe('150\u202fms\n150\u202fms')
      expect(await text(page, '.crumbs .a')).toBe('all 1\u202fs')
      await click(page, 'main.idle')
      expect(await text(page, '.crumbs .a')).toBe('idle')
      expect(await labels(page)).not.toContain('json.Write')
      await page.reload()
      await until(page, `document.querySelector('.crumbs .a')?.textContent === 'idle'`)
      await page.keyboard.press('Escape')
      expect(await text(page, '.aside .ph b')).toBe('Functions')
      await page.keyboard.press('Escape')
      expect(await text(page, '.crumbs .a')).toBe('main')
      await page.goBack()
      await until(page, `document.querySelector('.crumbs .a').textContent === 'idle'`)
      await page.keyboard.press('0')
      expect(await labels(page)).toContain('json.Write')
    })

    test('the keyboard reaches every frame, and tells where it is', async () => {
      const page = await open(urls[form])
      for (const [key, name] of [
        ['ArrowDown', 'all 1\u202fs'],
        ['ArrowDown', 'main.main'],
        ['ArrowRight', 'runtime.mcall'],
        ['ArrowDown', 'runtime.schedule'],
        ['ArrowUp', 'runtime.mcall'],
        ['ArrowLeft', 'main.main'],
      ] as const) {
        await page.keyboard.press(key)
        expect(await selected(page)).toBe(name)
      }
      expect(await text(page, '#gs-item')).toBe('main.main, 950\u202fms, 95.0\u202f%, level 1, 2 callees')
      await page.keyboard.press('Enter')
      expect(await text(page, '.crumbs .a')).toBe('main')
      await page.keyboard.press('-')
      expect(await text(page, '.crumbs .a')).toBe('all 1\u202fs')
      await page.keyboard.press('?')
      expect(
        await page.evaluate(
          `document.getElementById('gs-keys').hidden || document.getElementById('gs-keys').hasAttribute('hidden')`,
        ),
      ).toBe(false)
      await page.keyboard.press('Escape')
      expect(await page.evaluate(`document.getElementById('gs-keys').hasAttribute('hidden')`)).toBe(true)
    })

    test('inlining and recursion are told in the details', async () => {
      const page = await open(urls[form])
      await click(page, 'json.Read')
      expect(await text(page, '.aside .chips')).toBe('inl')
      await page.keyboard.press('Escape')
      await page.keyboard.press('/')
      await page.keyboard.type('idle')
      await page.keyboard.press('Enter')
      await page.keyboard.press('n')
      expect(await text(page, '.aside .chips')).toBe('↻ ×2')
    })

    test('a tooltip comes after a while, beside the pointer', async () => {
      const page = await open(urls[form])
      const [x, y] = await whereIs(page, 'json.Write')
      await page.mouse.move(x, y)
      await until(page, `!document.querySelector('.tip').hasAttribute('hidden')`)
      expect(await text(page, '.tip')).toBe('json.Write500\u202fms 50.0\u202f%  self 500\u202fms')
    })

    test('both themes, and a key between them', async () => {
      const background = `getComputedStyle(document.querySelector('.gs')).backgroundColor`
      const dark = await open(urls[form], { colorScheme: 'dark' })
      expect(await dark.evaluate(background)).toBe('rgb(18, 20, 24)')
      const light = await open(urls[form], { colorScheme: 'light' })
      expect(await light.evaluate(background)).toBe('rgb(255, 255, 255)')
      await light.keyboard.press('t')
      expect(await light.evaluate(background)).toBe('rgb(18, 20, 24)')
    })

    test('nothing is wider than the window', async () => {
      const page = await open(urls[form], { viewport: { width: 480, height: 600 } })
      expect(
        await page.evaluate(
          `document.documentElement.scrollWidth <= innerWidth && document.querySelector('.pane').scrollWidth <= innerWidth`,
        ),
      ).toBe(true)
      await page.keyboard.press(']')
      await page.keyboard.press('ArrowDown')
      expect(await text(page, '.aside .ph b')).toBe('Details')
    })

    test('names that are markup or script are text', async () => {
      const names = [
        '<script>alert(1)</script>',
        '</script><script>alert(2)</script>',
        ']]><svg xmlns="http://www.w3.org/2000/svg" onload="alert(3)"/>',
        '"><img src=http://127.0.0.1:9/x onerror=alert(4)>',
        "');alert(5);('",
        '&lt;i&gt;',
        '\u202eturned\u0000',
        `main.${'long'.repeat(2000)}`,
        '__proto__',
        'constructor',
      ]
      const b = new ProfileBuilder()
      b.sampleTypes = [{ type: '<i>cpu</i>', unit: 'count' }]
      for (const name of names)
        b.addSample(
          [b.addLocation({ lines: [{ fn: b.addFunction(name, { filename: `<b>${name}` }) }] })],
          [10],
        )
      const page = await open(files('<u>hostile</u>'.replace('/', '_'), b.done())[form])
      for (let k = 0; k <= names.length; k++) {
        await page.keyboard.press(k < 2 ? 'ArrowDown' : 'ArrowRight')
        await page.keyboard.press('Enter')
        await page.keyboard.press('0')
      }
      expect(await text(page, '.aside .dname')).not.toBe('')
      expect(
        await page.evaluate(
          `document.querySelectorAll('img, iframe, .gs script, .gs svg svg, .gs b b, .gs u').length`,
        ),
      ).toBe(0)
      await page.keyboard.press('/')
      await page.keyboard.type('alert')
      expect(await text(page, '.found')).toBe('5 frames · 50.0\u202f%')
    })
  })

  test('an SVG shows its picture where no script runs', async () => {
    const page = await open(urls.svg, { javaScriptEnabled: false })
    expect(
      await page.evaluate(`document.querySelector('#goscope-static').getBoundingClientRect().height > 100`),
    ).toBe(true)
    expect(await text(page, '#goscope-static text')).toContain('main.serve')
  })

  test('a difference has a middle line, both sides, and colours for all eyes', async () => {
    const p = profileFrom(
      `
      main.main   main.main
      main.grown  main.gone
      = 300       = -100
    `,
      ['cpu/milliseconds'],
    )
    const page = await open(files('difference', p).html)
    expect(await text(page, '.notices')).toContain('left of the middle line is what was taken away')
    expect(await labels(page)).toContain('all +200\u202fms: 100\u202fms less, 300\u202fms more')
    const [grown] = await whereIs(page, 'main.grown')
    const [gone] = await whereIs(page, 'main.gone')
    expect(gone).toBeLessThan(grown)
    await click(page, 'main.gone')
    expect(await text(page, '.aside .big')).toBe('−100\u202fms\n−100\u202fms')
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('.frames g path')].map((e) => e.getAttribute('class')).sort().join()`,
      ),
    ).toBe('dm3,dp3,root')
  })

  test('what was left out is said on the page and in the details', async () => {
    const b = new ProfileBuilder()
    b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
    const main = b.addLocation({ lines: [{ fn: b.addFunction('main.main') }] })
    for (let k = 0; k < 300; k++)
      b.addSample(
        [b.addLocation({ lines: [{ fn: b.addFunction(`main.f${k}`) }] }), main],
        [k === 0 ? 9e6 : 1e3],
      )
    const doc = buildFlame(b.done(), {
      value: 0,
      by: 'function',
      inverted: false,
      maxRows: 50,
      whole: 9_299_000,
      title: 'left',
      filters: [],
    })
    const file = join(folder, 'left.html')
    writeFileSync(file, flameHtml(doc, producer))
    const page = await open(pathToFileURL(file).href)
    expect(await text(page, '.notices')).toMatch(
      /^299 callees of less than .* are left out: 299\sµs \(3\.2%\) in all\.$/,
    )
    await click(page, 'main.main')
    expect(await text(page, '.aside')).toContain('299\u202fµs in callees that are left out')
  })
})
