// The timeline in a real browser: moving, choosing, what the address keeps, keys, where it leads.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallTrace } from '../../src/core/engine/workbench/trace-handmade.ts'
import { root } from '../kit/run-command.ts'
import { browser, type Workbench, type WorkbenchOptions, workbench } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-timeline-'))
beforeAll(() => {
  writeFileSync(join(folder, 'small.out'), smallTrace())
  // Goroutines that wait for a lock that nobody gives back.
  const packed = join(root, 'test/doctor/captures/lostlock/go1.26/trace.out.gz')
  writeFileSync(join(folder, 'lock.out'), gunzipSync(readFileSync(packed)))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function open(file: string, address = 'timeline', options: WorkbenchOptions = {}): Promise<Workbench> {
  const w = await workbench([file], { cwd: folder, size: [1400, 900], ...options })
  await w.page.waitForSelector('.tab')
  await w.at(address)
  await w.page.waitForSelector('.tl-stage[data-ready=true]')
  return w
}

/** Clicks on the row with that label, at a share of the width. */
async function click(
  w: Workbench,
  label: string,
  share: number,
  options: { shift?: boolean } = {},
): Promise<void> {
  const row = await w.page
    .locator('.tl-labels .tl-lab', { hasText: new RegExp(`^${label}`) })
    .first()
    .boundingBox()
  const stage = await w.page.locator('.tl-stage').boundingBox()
  await w.page.mouse.click(stage!.x + stage!.width * share, row!.y + row!.height / 2, {
    ...(options.shift && { button: 'left' }),
  })
}

const param = (w: Workbench, key: string): string | null =>
  new URLSearchParams(w.address().replace(/^[^?]*\??/, '')).get(key)

describe.skipIf(browser === undefined)('timeline', () => {
  test.each(['dark', 'light'] as const)('shows tracks, and pixels of them (%s)', async (theme) => {
    await using w = await open('small.out', 'timeline', { theme })
    const labels = await w.page.locator('.tl-labels').innerText()
    for (const word of ['Goroutines by state', 'GC', 'Procs', 'P0', 'main.worker', 'G2', 'G3', 'User logs'])
      expect(labels).toContain(word)
    const colours = await w.page
      .locator('.tl-stage canvas')
      .first()
      .evaluate((c: HTMLCanvasElement) => {
        const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height)
        return new Set(new Uint32Array(data.buffer)).size
      })
    expect(colours).toBeGreaterThan(3)
  })

  test('a click selects a span; keys walk its track and to who woke it', async () => {
    await using w = await open('small.out')
    await click(w, 'G2', 0.9)
    await w.page.waitForFunction(() => location.hash.includes('timeline.sel=G2'))
    await w.page.waitForSelector('.tl-side .tl-big')
    const says = (words: string) =>
      w.page.waitForFunction((t) => document.querySelector('.tl-side')?.textContent?.includes(t), words)
    await says('Waiting: channel')
    await says('runtime.chanrecv1'.replace(/^.*\./, ''))
    await w.page.keyboard.press(',')
    await says('2 of 6')
    await w.page.keyboard.press('.')
    await says('3 of 6')
    expect(await w.page.locator('[aria-live=polite]').first().textContent()).toContain('goroutine 2')
    await w.page.keyboard.press('g')
    await w.page.waitForFunction(() => location.hash.includes('timeline.sel=G3'))
    await w.page.keyboard.press('Escape')
    await w.page.waitForFunction(() => !location.hash.includes('timeline.sel'))
  })

  test('zoom and pan stand in the address, and 0 shows all', async () => {
    await using w = await open('small.out')
    await w.page.locator('.tl-stage').focus()
    await w.page.keyboard.press('w')
    await w.page.waitForFunction(() => location.hash.includes('timeline.from'))
    const first = Number(param(w, 'timeline.from'))
    await w.page.keyboard.press('d')
    await w.page.waitForFunction(
      (old) => Number(/timeline\.from=(\d+)/.exec(location.hash)?.[1]) > old,
      first,
    )
    await w.page.keyboard.press('0')
    await w.page.waitForFunction(() => !location.hash.includes('timeline.from'))
  })

  test('Shift and dragging choose a range: statistics, and a flame graph of it', async () => {
    await using w = await open('lock.out')
    const stage = (await w.page.locator('.tl-stage').boundingBox())!
    await w.page.keyboard.down('Shift')
    await w.page.mouse.move(stage.x + stage.width * 0.2, stage.y + 30)
    await w.page.mouse.down()
    await w.page.mouse.move(stage.x + stage.width * 0.5, stage.y + 30, { steps: 4 })
    await w.page.mouse.move(stage.x + stage.width * 0.8, stage.y + 30, { steps: 4 })
    await w.page.mouse.up()
    await w.page.keyboard.up('Shift')
    await w.page.waitForFunction(() => /[?&]range=/.test(location.hash))
    await w.settled()
    const side = await w.page.locator('.tl-side').innerText()
    expect(side).toContain('goroutines together')
    expect(side).toContain('Procs busy')
    await w.page.getByRole('button', { name: 'By wait' }).click()
    await w.page.waitForFunction(() => location.hash.startsWith('#flame'))
    await w.settled()
    expect(param(w, 'src')).not.toBeNull()
  })

  test('folding, pinning, hiding and markers stand in the address and survive reloading', async () => {
    await using w = await open('small.out')
    await click(w, 'G3', 0.5)
    await w.page.keyboard.press('p')
    await w.page.keyboard.press('m')
    await w.page.waitForFunction(
      () => location.hash.includes('timeline.pins') && location.hash.includes('timeline.marks'),
    )
    await w.page.locator('.tl-head', { hasText: 'main.worker' }).click()
    await w.page.waitForFunction(() => location.hash.includes('timeline.fold'))
    await w.page.reload()
    await w.page.waitForSelector('.tl-stage[data-ready=true]')
    const labels = await w.page.locator('.tl-labels').innerText()
    expect(labels).toContain('Pinned')
    expect(labels).toContain('G3')
    expect(labels).not.toContain('G2')
  })

  test('search finds a goroutine and a log', async () => {
    await using w = await open('small.out')
    await w.page.keyboard.press('/')
    await w.page.keyboard.type('worker')
    await w.page.waitForSelector('.tl-found .mi')
    expect(await w.page.locator('.tl-found').innerText()).toContain('G3')
    await w.page.keyboard.press('Enter')
    await w.page.waitForFunction(() => location.hash.includes('timeline.sel=G'))
    await w.page.locator('.tl-search input').fill('<b>')
    await w.page.waitForFunction(() => document.querySelector('.tl-found')?.textContent?.includes('hello'))
  })

  test('links from other pages, tasks, arrows, the path, and the table', async () => {
    await using w = await open('small.out', 'timeline?timeline.by=task&timeline.sel=T100&timeline.flows=1')
    expect(await w.page.locator('.tl-labels').innerText()).toContain('Task 100')
    await w.at('timeline?timeline.sel=G2&timeline.path=g2')
    await w.page.waitForFunction(() => document.querySelector('.tl-side')?.textContent?.includes('went into'))
    await w.page.getByRole('button', { name: 'Table' }).click()
    await w.page.waitForSelector('.tl-table .grid-row, .tl-table [role=row]')
    expect(await w.page.locator('.tl-table').innerText()).toContain('Running')
  })

  test('an idle timeline draws nothing', async () => {
    await using w = await open('small.out')
    await w.page.waitForTimeout(600)
    const drawn = await w.page.evaluate(async () => {
      const real = CanvasRenderingContext2D.prototype.putImageData
      let count = 0
      CanvasRenderingContext2D.prototype.putImageData = function (
        this: CanvasRenderingContext2D,
        ...args: Parameters<typeof real>
      ) {
        count++
        return real.apply(this, args)
      } as typeof real
      await new Promise((r) => setTimeout(r, 500))
      return count
    })
    expect(drawn).toBe(0)
  })
})
