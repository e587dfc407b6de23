import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeProfile } from '../../src/core/formats/pprof/encode.ts'
import { ProfileBuilder } from '../../src/core/model/profile-builder.ts'
import { browser, type Workbench, workbench } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-flame-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A file of folded stacks. */
function folded(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** A profile with one stack, from the root. */
function profileOf(name: string, functions: readonly string[]): string {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'samples', unit: 'count' }]
  const stack = functions.map((fn) => b.addLocation({ lines: [{ fn: b.addFunction(fn) }] }))
  b.addSample(stack.reverse(), [9])
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat([...encodeProfile(b.done())]))
  return path
}

/** Ten samples of one stack: six of a tenant, three of another, one of none. */
function labelled(name: string): string {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'samples', unit: 'count' }]
  const at = (fn: string): number => b.addLocation({ lines: [{ fn: b.addFunction(fn) }] })
  const [main, serve, idle] = [at('main.main'), at('main.serve'), at('main.idle')]
  b.addSample([serve, main], [6], [{ key: 'tenant', text: 'acme' }])
  b.addSample([idle, main], [3], [{ key: 'tenant', text: 'zeta' }])
  b.addSample([main], [1])
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat([...encodeProfile(b.done())]))
  return path
}

const calls = folded('calls.folded', [
  'main.main;main.serve;shop.Order;runtime.mallocgc;runtime.gcDrain 20',
  'main.main;main.serve;shop.Order;encoding/json.Marshal;encoding/json.encode;encoding/json.encode 30',
  'main.main;main.serve;shop.Order 10',
  'main.main;main.idle;runtime.mallocgc 15',
  'runtime.gcBgMarkWorker;runtime.gcDrain 25',
])
const later = folded('later.folded', [
  'main.main;main.serve;shop.Order;runtime.mallocgc 5',
  'main.main;main.serve;shop.Order;encoding/json.Marshal;encoding/json.encode 60',
])

/** Pixels of the graph's canvas. */
function pixels(w: Workbench): Promise<{ colours: number; painted: number }> {
  return w.page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.fl-canvas canvas')!
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    const all = new Uint32Array(data.buffer)
    const background = all[all.length - 1]
    return { colours: new Set(all).size, painted: all.filter((p) => p !== background).length }
  })
}

/** A place of the graph: how far across, and which row (0 is the root's). */
async function place(w: Workbench, share: number, row: number): Promise<[number, number]> {
  const box = (await w.page.locator('.fl-canvas').first().boundingBox())!
  return [box.x + box.width * share, box.y + row * 20 + 10]
}

const crumbs = (w: Workbench): Promise<string> => w.page.locator('.fl-crumbs').innerText()
const live = (w: Workbench): Promise<string> => w.page.locator('.fl-live').first().innerText()

describe.skipIf(browser === undefined)('the flame graph in a browser', () => {
  test('draws, selects, zooms, and goes back', async () => {
    await using w = await workbench([calls])
    await w.at('flame')
    await w.page.waitForSelector('.fl-canvas')
    await w.settled()
    const drawn = await pixels(w)
    expect(drawn.colours).toBeGreaterThan(5)
    expect(drawn.painted).toBeGreaterThan(10_000)
    await expect.poll(() => crumbs(w)).toContain('all 100')
    await w.page.mouse.click(...(await place(w, 0.1, 2)))
    await expect.poll(() => w.address()).toContain('sel=main.serve')
    await expect.poll(() => live(w)).toBe('main.serve, 60, 60.0 percent, level 2, 1 callee')
    await w.page.mouse.dblclick(...(await place(w, 0.1, 3)))
    await expect.poll(() => w.address()).toMatch(/flame\.zoom=[\w-]{12}(&|$)/)
    await expect.poll(() => crumbs(w)).toContain('shop.Order')
    await w.page.goBack()
    await expect.poll(() => w.address()).not.toContain('flame.zoom')
    await w.page.goForward()
    // Esc: first what is selected, then the zoom.
    await w.page.keyboard.press('Escape')
    await expect.poll(() => w.address()).not.toContain('sel=')
    await w.page.keyboard.press('Escape')
    await expect.poll(() => w.address()).not.toContain('flame.zoom')
  })

  test('keys move, transform, and step through matches', async () => {
    await using w = await workbench([calls])
    await w.at('flame')
    const press = (key: string): Promise<void> => w.page.keyboard.press(key)
    await w.page.locator('.fl-canvas').focus()
    await press('ArrowDown')
    await expect.poll(() => live(w)).toMatch(/^main\.main, 75, /)
    await press('ArrowRight')
    await expect.poll(() => live(w)).toMatch(/^runtime\.gcBgMarkWorker, 25, /)
    await press('ArrowLeft')
    await press('ArrowDown')
    await press('f')
    await expect.poll(() => w.address()).toContain('t=focus:main.serve')
    await w.settled()
    await expect.poll(() => crumbs(w)).toMatch(/focus\s+main\.serve/)
    await press('Escape')
    await press('Escape')
    await expect.poll(() => w.address()).not.toContain('t=focus')
    await press('/')
    await w.page.keyboard.type('gcdrain')
    await expect.poll(() => w.page.locator('.search-note').innerText()).toMatch(/2 frames · 45\.0%/)
    await press('Enter')
    await w.page.locator('.fl-canvas').focus()
    await expect.poll(() => live(w)).toMatch(/^runtime\.gcDrain, 20, /)
    await press('n')
    await expect.poll(() => live(w)).toMatch(/^runtime\.gcDrain, 25, /)
    await press('n')
    await expect.poll(() => live(w)).toMatch(/^runtime\.gcDrain, 20, /)
    await press('Escape')
    await expect.poll(() => w.address()).not.toContain('q=')
  })

  test('the menu of a frame acts on it, and a crumb takes that back', async () => {
    await using w = await workbench([calls])
    await w.at('flame')
    await w.page.mouse.click(...(await place(w, 0.1, 3)), { button: 'right' })
    await w.page.getByRole('menuitem', { name: /^Hide it/ }).click()
    await expect.poll(() => w.address()).toContain('t=hide:shop.Order')
    await w.settled()
    await w.page.getByRole('button', { name: 'Only my code', exact: true }).click()
    await expect.poll(() => w.address()).toContain('t=hide:shop.Order~mine:')
    await w.page.getByRole('button', { name: /^Take out hide/ }).click()
    await expect.poll(() => w.address()).toContain('t=mine:')
    await w.settled()
    expect(
      await w.page.getByRole('button', { name: 'Only my code', exact: true }).getAttribute('aria-pressed'),
    ).toBe('true')
  })

  test('each layout has its link', async () => {
    await using w = await workbench([calls])
    for (const layout of ['flame', 'callers', 'sandwich']) {
      await w.at(`flame?flame.layout=${layout}&flame.fn=encoding%2Fjson.encode`)
      await w.page.waitForSelector('.fl-canvas')
      await expect.poll(async () => (await pixels(w)).painted, { message: layout }).toBeGreaterThan(3000)
    }
    expect(await w.page.locator('.fl-canvas').count()).toBe(2)
    expect(await w.page.locator('.fl-body .ph').innerText()).toContain('30')
  })

  test('a pivot of several functions: callers above, callees below; Esc ends it', async () => {
    await using w = await workbench([calls])
    await w.at('flame?p=^encoding%2Fjson\\.')
    await expect.poll(() => w.page.locator('.fl-canvas').count()).toBe(2)
    const head = w.page.locator('.fl-body .ph')
    // Recursion and calls among them count once: from Marshal on.
    await expect.poll(() => head.innerText()).toMatch(/2 functions that match.*30.*30\.0% of all/s)
    await w.page.locator('.fl-canvas').first().focus()
    await w.page.keyboard.press('Escape')
    await expect.poll(() => w.address()).not.toContain('p=')
    await expect.poll(() => w.page.locator('.fl-canvas').count()).toBe(1)
    await w.at('flame?p=nothing')
    await expect.poll(() => w.page.locator('.fl-notice').innerText()).toContain('No function matches nothing')
    expect(await w.page.locator('.fl-canvas').count()).toBe(1)
    await w.at('flame?p=(')
    await expect.poll(() => w.page.locator('.fl-body').innerText()).toContain('missing closing )')
    await w.page.getByRole('button', { name: 'End the pivot' }).click()
    await expect.poll(() => w.address()).not.toContain('p=')
  })

  test('on pprof’s addresses Enter makes the search the pivot, whatever its capitals', async () => {
    await using w = await workbench([calls], {
      command: ['pprof', '-http=localhost:0', '-no_browser'],
    })
    await w.page.waitForSelector('.fl-canvas')
    await w.page.keyboard.press('/')
    await w.page.keyboard.type('mallocgc')
    await expect.poll(() => w.page.locator('.search-note').innerText()).toContain('2 frames')
    await w.page.keyboard.press('Enter')
    await expect.poll(() => new URL(w.page.url()).searchParams.get('p')).toBe('mallocgc')
    expect(new URL(w.page.url()).searchParams.get('q')).toBeNull()
    await expect.poll(() => w.page.locator('.fl-body .ph').innerText()).toMatch(/mallocgc\s+35, 35\.0%/)
    await w.page.getByRole('button', { name: 'End the pivot' }).click()
    await w.page.waitForSelector('.fl-mini')
    await w.page.keyboard.press('/')
    await w.page.keyboard.type('JSON')
    await expect.poll(() => w.page.locator('.search-note').innerText()).toContain('frames')
    await w.page.keyboard.press('Enter')
    await expect.poll(() => new URL(w.page.url()).searchParams.get('p')).toBe('(?i)JSON')
  })

  test('by a label: each box has the colour of what most of it is, with its share', async () => {
    await using w = await workbench([labelled('labelled.pb')])
    await w.at('tags')
    await w.page.getByRole('button', { name: 'Colour the flame' }).click()
    await expect.poll(() => w.address()).toMatch(/^flame\?label=tenant&flame\.colour=label$/)
    await w.page.waitForSelector('.fl-canvas')
    await expect
      .poll(() => w.page.locator('.fl-legend').innerText())
      .toMatch(/acme\s+60.0%\s+zeta\s+30.0%\s+without it\s+10.0%/)
    await w.settled()
    expect((await pixels(w)).colours).toBeGreaterThan(6)
    await w.page.mouse.move(...(await place(w, 0.2, 1)))
    await expect.poll(() => w.page.locator('.fl-tip').innerText()).toMatch(/Label\s+acme\s+60.0%/)
    await w.page.getByRole('button', { name: /^Colour/ }).click()
    await expect
      .poll(() => w.page.getByRole('menuitemradio', { name: 'tenant' }).getAttribute('aria-checked'))
      .toBe('true')
    await w.page.keyboard.press('Escape')
    await w.at('tags')
    await w.page.getByRole('button', { name: 'Group the flame' }).click()
    await expect.poll(() => w.address()).toContain('tagroot=tenant')
    await w.page.waitForSelector('.fl-canvas')
    await w.page.locator('.fl-canvas').focus()
    await w.page.keyboard.press('ArrowDown')
    await expect.poll(() => live(w)).toMatch(/^acme, 6, 60.0 percent/)
    await expect.poll(() => w.page.locator('.chips').innerText()).toContain('tag root')
  })

  test('two fingers zoom around what is between them', async () => {
    await using w = await workbench([calls])
    await w.at('flame')
    await w.page.waitForSelector('.fl-canvas')
    await w.settled()
    const session = await w.page.context().newCDPSession(w.page)
    const [x, y] = await place(w, 0.5, 2)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart?: number): Promise<unknown> =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          apart === undefined
            ? []
            : [
                { x: x - apart, y, id: 1 },
                { x: x + apart, y, id: 2 },
              ],
      })
    await touch('touchStart', 40)
    await touch('touchMove', 60)
    await touch('touchMove', 80)
    await touch('touchEnd')
    await expect.poll(() => w.address()).toMatch(/flame\.x=0\.2[45]\d*-0\.7[45]/)
    expect(w.address()).not.toContain('sel=')
  })

  test('what a filter’s chip says is not said again', async () => {
    await using w = await workbench([calls])
    for (const view of ['flame', 'top']) {
      await w.at(`${view}?h=nowhere`)
      await expect.poll(() => w.page.locator('.chips').innerText()).toContain('matches nothing')
      await w.settled()
      expect(await w.page.locator('.panel').innerText()).not.toContain('matched no samples')
    }
  })

  test('is saved as SVG', async () => {
    await using w = await workbench([calls])
    await w.at('flame?q=json')
    await w.page.waitForSelector('.fl-canvas')
    await w.settled()
    await w.page.getByRole('button', { name: /Export/ }).click()
    const [download] = await Promise.all([
      w.page.waitForEvent('download'),
      w.page.getByRole('menuitem', { name: /^Flame graph as SVG/ }).click(),
    ])
    const svg = readFileSync(await download.path(), 'utf8')
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s)
    expect(svg).toContain('>main.serve<')
    expect(svg.match(/<rect /g)!.length).toBe(1 + 13)
  })

  test('a difference says how it is drawn, with both widths', async () => {
    await using w = await workbench([calls, later])
    for (const [widths, word] of [
      ['', 'together'],
      ['sides', 'Left of the line'],
    ]) {
      await w.at(`flame?src=1&base=0${widths && `&flame.widths=${widths}`}`)
      await expect.poll(() => w.page.locator('.fl-notice').innerText()).toContain(word)
      expect((await pixels(w)).painted).toBeGreaterThan(10_000)
    }
  })

  test('one sample is drawn, and nothing explains itself', async () => {
    await using w = await workbench([folded('one.folded', ['main.main;main.run 7'])])
    await w.at('flame')
    await expect.poll(() => w.page.locator('.fl-notice').innerText()).toContain('One sample')
    expect((await pixels(w)).painted).toBeGreaterThan(10_000)
    await w.at('flame?t=drop%3Amain.run')
    await expect.poll(() => w.page.locator('.empty h2').innerText()).toBe('No samples are left')
  })

  test('names are written, never obeyed', async () => {
    const names = ['<img src=x onerror=alert(1)>', '\u202eevil\u0007', 'x'.repeat(100_000), '</script>']
    await using w = await workbench([profileOf('hostile.pb', names)])
    await w.at('flame')
    await w.page.waitForSelector('.fl-canvas')
    await w.settled()
    await w.page.mouse.click(...(await place(w, 0.3, 2)))
    await expect.poll(() => live(w)).toContain('\\u202eevil\\x07')
    await w.page.mouse.move(...(await place(w, 0.4, 3)))
    await w.page.waitForSelector('.fl-tip')
    expect(await w.page.locator('img').count()).toBe(0)
    await w.page.mouse.click(...(await place(w, 0.3, 1)), { button: 'right' })
    await w.page.getByRole('menuitem', { name: /^Hide it/ }).click()
    await expect.poll(() => crumbs(w)).toContain('<img src=x')
    expect(await w.page.locator('img').count()).toBe(0)
  })

  test('an idle page does nothing', async () => {
    await using w = await workbench([calls])
    await w.at('flame')
    await w.page.waitForTimeout(2500)
    const frames = await w.page.evaluate(async () => {
      let asked = 0
      const own = globalThis.requestAnimationFrame
      globalThis.requestAnimationFrame = (run) => {
        asked++
        return own.call(globalThis, run)
      }
      await new Promise((done) => setTimeout(done, 500))
      globalThis.requestAnimationFrame = own
      return asked
    })
    expect(frames).toBe(0)
  })
})
