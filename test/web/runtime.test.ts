// Views of the runtime's own in a real browser: logs, dumps, memory, heap dumps, benchmarks, and their one time axis.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../kit/run-command.ts'
import { browser, type Workbench, workbench } from './browser.ts'

const fixtures = join(root, 'test', 'e2e', 'fixtures')
/** A capture with statistics of several moments. */
const capture = join(root, 'test', 'doctor', 'captures', 'gateway')

/** Whether anything is drawn on the canvases of a part of the page. */
const painted = (w: Workbench, selector: string): Promise<boolean> =>
  w.page.evaluate((s) => {
    const canvases = [...document.querySelectorAll<HTMLCanvasElement>(`${s} canvas`)]
    return (
      canvases.length > 0 &&
      canvases.every((c) =>
        c
          .getContext('2d')!
          .getImageData(0, 0, c.width, c.height)
          .data.some((v) => v !== 0),
      )
    )
  }, selector)

/** The workbench, once its first view is there: before that the page may still be on its way to its own address. */
async function opened(...args: Parameters<typeof workbench>): Promise<Workbench> {
  const w = await workbench(...args)
  await w.settled()
  return w
}

describe.skipIf(browser === undefined)('views of the runtime', () => {
  test('the collector: charts, cycles, details, keys', async () => {
    await using w = await opened(['gctrace.log'], { cwd: fixtures })
    await w.at('gc')
    const { page } = w
    await page.locator('[data-chart="gc.heap"] canvas').waitFor()
    expect(await painted(w, '[data-chart="gc.pauses"]')).toBe(true)
    const details = page.getByRole('complementary')
    await details.locator('code.codebox', { hasText: /^gc \d+ @/ }).waitFor()
    const before = await details.locator('.ph').innerText()
    await page.keyboard.press('.')
    await page.waitForFunction((t) => document.querySelector('.rt-side .ph')?.textContent !== t, before)
    expect(w.address()).toMatch(/gc\.cycle=\d+/)
    // The cursor of a chart is moved with arrows, and said aloud.
    await page.locator('[data-chart="gc.heap"] .chart-plot').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('[data-chart="gc.heap"] [aria-live]').innerText()).toMatch(/goal/)
    await page.keyboard.press('Enter')
    expect(w.address()).toContain('gc.cycle=1')
    await page.getByRole('button', { name: 'Heap: show as table' }).click()
    await page.getByRole('grid', { name: 'Heap' }).waitFor()
    expect(w.address()).toContain('table=gc.heap')
    await w.at('gc?gc.page=cycles')
    await page.getByRole('grid', { name: 'Cycles' }).waitFor()
  })

  test('a drag chooses a range that the axis shows, too', async () => {
    await using w = await opened(['gctrace.log'], { cwd: fixtures })
    await w.at('gc')
    const { page } = w
    const plot = page.locator('[data-chart="gc.heap"] .u-over')
    await plot.waitFor()
    await page.locator('.moments-band').waitFor()
    const box = (await plot.boundingBox())!
    await page.mouse.move(box.x + box.width * 0.3, box.y + 50)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 50, { steps: 4 })
    await page.mouse.up()
    await page.locator('.moments-chosen').waitFor()
    expect(w.address()).toMatch(/range=log0\.0:\d+~\d+/)
    await page.locator('[data-chart="gc.heap"] .chart-plot').focus()
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !location.hash.includes('range'))
  })

  test('the scheduler, allocations and benchmarks', async () => {
    await using w = await opened(['sched.log', 'allocs.log', 'bench-old.txt', 'bench-new.txt'], {
      cwd: fixtures,
    })
    const { page } = w
    await w.at('sched')
    await page.locator('[data-chart="sched.procs"] canvas').waitFor()
    await w.at('sched?sched.page=lines')
    await page.getByRole('grid', { name: 'Snapshots' }).waitFor()
    await w.at('allocs')
    await page.getByRole('grid', { name: 'Allocations by functions' }).getByRole('row').nth(1).waitFor()
    await w.at('allocs?allocs.page=sites')
    await page.locator('.rt-side .frames li').first().waitFor()
    await w.at('bench')
    await page.getByRole('grid', { name: 'Benchmarks' }).getByRole('row').nth(1).waitFor()
  })

  test('goroutines: groups, stacks, search, crashes', async () => {
    await using w = await opened(['goroutine.debug2.txt', 'crash.log'], { cwd: fixtures })
    const { page } = w
    await w.at('dumps?dumps.at=0')
    const grid = page.getByRole('grid', { name: 'Groups of goroutines' })
    await grid.getByRole('row').nth(1).click()
    await page.locator('.rt-side .frames li').first().waitFor()
    expect(w.address()).toMatch(/dumps\.row=\d+/)
    const all = await page.locator('.dump-states .lab').innerText()
    await page.getByRole('searchbox', { name: /Function, state/ }).fill('no such thing at all')
    await page.getByText('No goroutine is like that').waitFor()
    await w.at('dumps?dumps.at=0&dumps.page=all')
    await page.getByRole('grid', { name: 'Goroutines' }).getByRole('row').nth(1).waitFor()
    expect(await page.locator('.dump-states .lab').innerText()).toBe(all)
    await w.at('dumps?dumps.at=1')
    await page.locator('.banner.critical').first().waitFor()
    // As a flame graph: a profile like any other.
    await page.getByRole('button', { name: 'Flame' }).click()
    await page.waitForFunction(() => location.hash.startsWith('#flame'))
  })

  test('a heap dump: map, types, the way to an object', async () => {
    await using w = await opened(['heapdump.bin.gz'], { cwd: fixtures })
    const { page } = w
    await w.at('heapdump')
    const map = page.getByRole('tree')
    await map.waitFor()
    expect(await painted(w, '.treemap')).toBe(true)
    await map.focus()
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction(() => location.hash.includes('heapdump.node'))
    await page.locator('.rt-side .way').first().waitFor()
    await w.at('heapdump?heapdump.page=types')
    await page.getByRole('grid', { name: 'Objects' }).getByRole('row').nth(1).click()
    await page.locator('.rt-side .big').waitFor()
  })

  test.each(['dark', 'light'] as const)('memory of a capture, and its moments (%s)', async (theme) => {
    await using w = await opened(['go1.26'], { cwd: capture, theme })
    const { page } = w
    await w.at('memory')
    const parts = page.getByRole('listbox', { name: 'Account of memory' })
    await parts.waitFor()
    await parts.focus()
    await page.keyboard.press('ArrowDown')
    expect(await parts.getByRole('option', { selected: true }).count()).toBe(1)
    const marks = page.locator('a.moment')
    await marks.first().waitFor()
    const title = await marks.first().getAttribute('aria-label')
    expect(title).toMatch(/ at /)
    await marks.first().click()
    await page.waitForFunction(() => !location.hash.startsWith('#memory'))
  })

  test('what is not there says how to get it', async () => {
    await using w = await opened(['gctrace.log'], { cwd: fixtures })
    for (const [view, command] of [
      ['heapdump', 'goscope open heapdump.bin'],
      ['sched', 'schedtrace'],
      ['memory', 'goscope capture'],
    ] as const) {
      await w.at(view)
      await w.page.locator('.command', { hasText: command }).waitFor()
    }
  })
})
