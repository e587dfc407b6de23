// The pages of a trace in a real browser: each view, what leads where, the keyboard, both themes.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallTrace } from '../../src/core/engine/workbench/trace-handmade.ts'
import { goscope } from '../kit/run-command.ts'
import { browser, workbench } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-trace-web-'))
beforeAll(() => {
  writeFileSync(join(folder, 'a.out'), smallTrace())
  writeFileSync(join(folder, 'b.out'), smallTrace(9000))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Opens traces, and waits until the page is there for good: its first address had the secret in it. */
async function open(files: readonly string[] = ['a.out'], theme: 'dark' | 'light' = 'dark') {
  const w = await workbench(files, { cwd: folder, theme })
  await w.page.waitForSelector('.tab')
  return w
}

describe.skipIf(browser === undefined)('pages of a trace', () => {
  test.each(['dark', 'light'] as const)('every page shows itself (%s)', async (theme) => {
    await using w = await open(['a.out'], theme)
    for (const [address, words] of [
      ['trace', 'Pages of this trace'],
      ['trace-goroutines', 'start functions'],
      ['trace-goroutines?trace-goroutines.group=main.worker', 'G2'],
      ['trace-goroutines?trace-goroutines.group=main.worker&trace-goroutines.show=ranges', 'stop-the-world'],
      ['trace-waits', 'waited for other goroutines'],
      ['trace-waits?trace-waits.kind=net', 'Nobody waited for the network'],
      ['trace-tasks', 'request'],
      ['trace-regions', 'part'],
      ['trace-regions?trace-regions.type=part', 'G2'],
      ['trace-mmu', 'Minimum mutator utilization'],
    ] as const) {
      await w.at(address)
      expect(await w.page.locator('.panel').first().innerText(), address).toContain(words)
    }
    const background = await w.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const bright = Number(/\d+/.exec(background)?.[0]) > 128
    expect(bright).toBe(theme === 'light')
  })

  test('a group opens by its link, and Esc leads back', async () => {
    await using w = await open()
    await w.at('trace-goroutines')
    await w.page.locator('.grid a.name-link', { hasText: 'worker' }).click()
    await w.settled()
    expect(w.address()).toContain('trace-goroutines.group=main.worker')
    expect(await w.page.locator('.grid-row').count()).toBe(2)
    // Its columns are the reference's; a click sorts, and the distribution follows.
    await w.page.getByRole('columnheader', { name: 'Ready' }).click()
    expect(w.address()).toContain('trace-goroutines.groups.sort=-sched-wait-time')
    expect(await w.page.locator('.trace-dist').innerText()).toContain('Sched wait time')
    await w.page.keyboard.press('Escape')
    await w.page.waitForFunction(() => !location.hash.includes('trace-goroutines.group='))
    expect(await w.page.locator('.grid').innerText()).toContain('main')
  })

  test('goroutines lead into the timeline', async () => {
    await using w = await open()
    await w.at('trace-goroutines?trace-goroutines.group=main.worker')
    const href = await w.page.locator('.grid a', { hasText: 'G2' }).getAttribute('href')
    expect(href).toMatch(/^#timeline\?/)
    const params = new URLSearchParams(href!.replace(/^.*\?/, ''))
    expect(params.get('timeline.sel')).toMatch(/^G2@\d+$/)
    expect(Number(params.get('timeline.to'))).toBeGreaterThan(Number(params.get('timeline.from')))
  })

  test('waits open as a profile', async () => {
    await using w = await open()
    await w.at('trace-waits?trace-waits.group=main.worker')
    expect(await w.page.locator('.chip.part').innerText()).toContain('main.worker')
    expect(await w.page.getByRole('grid', { name: 'Functions in which' }).innerText()).toContain('chanrecv1')
    await w.page.getByRole('button', { name: 'Table' }).click()
    await w.settled()
    // The address says how the profile is made, so it is made again after reloading.
    expect(w.address()).toMatch(/^top\?.*src=@waits:/)
    await w.page.locator('.grid, table').getByText('chanrecv1').first().waitFor()
    await w.page.reload()
    await w.page.locator('.grid, table').getByText('chanrecv1').first().waitFor()
  })

  test('the profile is downloaded as profile.proto', async () => {
    await using w = await open()
    await w.at('trace-waits')
    const [download] = await Promise.all([
      w.page.waitForEvent('download'),
      w.page.getByRole('button', { name: /Download/ }).click(),
    ])
    expect(download.suggestedFilename()).toBe('sync.pb.gz')
  })

  test('tasks: types, a bar of the histogram, filters, events', async () => {
    await using w = await open()
    await w.at('trace-tasks')
    await w.page.locator('.type-card .histo-bar:not([disabled])').first().click()
    await w.settled()
    expect(w.address()).toMatch(/trace-tasks\.type=request.*trace-tasks\.latmin=\d/)
    expect(await w.page.locator('.grid-row').count()).toBe(1)
    await w.page.locator('.grid-row', { hasText: 'T100' }).click({ position: { x: 200, y: 8 } })
    await w.settled()
    const events = w.page.getByRole('region', { name: 'Task 100' })
    await events.getByText('hello <b>there</b>').waitFor()
    expect(await events.locator('.grid-row').count()).toBe(5)
    await w.page.getByRole('radio', { name: 'Incomplete' }).click()
    await w.settled()
    expect(await w.page.getByRole('grid', { name: 'User tasks' }).innerText()).toContain('No task passes')
  })

  test('search of log text leads to the tasks', async () => {
    await using w = await open()
    await w.at('trace-tasks')
    await w.page.getByLabel('Search log text').fill('there')
    await w.page.keyboard.press('Enter')
    await w.settled()
    expect(w.address()).toContain('trace-tasks.logtext=there')
    expect(await w.page.locator('.trace-facts').innerText()).toContain('log contains "there"')
  })

  test('a wrong duration is marked', async () => {
    await using w = await open()
    await w.at('trace-regions?trace-regions.list=1&trace-regions.latmin=soon')
    expect(await w.page.getByRole('textbox', { name: 'from' }).getAttribute('aria-invalid')).toBe('true')
  })

  test('utilization: switches are in the address, a click and the keyboard list windows', async () => {
    await using w = await open()
    await w.at('trace-mmu')
    await w.page.getByLabel('Sweep').check()
    await w.page.getByLabel('Percentiles').check()
    await w.page.getByRole('radio', { name: 'Per-goroutine' }).click()
    await w.settled()
    expect(w.address()).toContain('trace-mmu.flags=perProc|stw|background|assist|sweep|mut')
    await w.page.waitForFunction(() => document.querySelectorAll('.mmu-plot .curve').length === 4)
    await w.page.locator('.mmu-plot').focus()
    await w.page.keyboard.press('Home')
    await w.page.keyboard.press('ArrowRight')
    expect(await w.page.locator('.mmu .sr-only').innerText()).toMatch(/windows of .* Minimum/)
    await w.page.keyboard.press('Enter')
    await w.settled()
    expect(w.address()).toMatch(/trace-mmu\.window=\d+/)
    const box = (await w.page.locator('.mmu-plot').boundingBox())!
    await w.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await w.settled()
    await w.page.getByRole('grid', { name: 'Worst windows' }).locator('a').first().click()
    await w.page.waitForFunction(() => location.hash.startsWith('#timeline'))
  })

  test('two traces are compared', async () => {
    await using w = await open(['a.out', 'b.out'])
    await w.at('trace-diff')
    const row = w.page.locator('.grid-row', { hasText: 'worker' })
    expect(await row.innerText()).toMatch(/[+−]/)
    await w.page.getByRole('radio', { name: 'Numbers' }).click()
    await w.settled()
    expect(await w.page.locator('.panel').innerText()).toContain('delay before running')
  })

  test('the reference’s addresses open their views', async () => {
    const child = spawn(goscope[0]!, [goscope[1]!, 'trace', '-no_browser', 'a.out'], { cwd: folder })
    try {
      let said = ''
      const url = await new Promise<string>((done, fail) => {
        child.stderr.on('data', (b: Buffer) => {
          said += b
          const found = /listening on (http:\S+)/.exec(said)
          if (found) done(found[1]!)
        })
        child.on('close', () => fail(new Error(said)))
      })
      expect(
        said
          .replace(/^\S+ \S+ /gm, '')
          .split('\n')
          .slice(0, 3),
      ).toEqual([
        'Preparing trace for viewer...',
        expect.stringMatching(/^\d+ B of \d+ B \(100\.0%\) processed\.\.\.$/),
        'Splitting trace for viewer...',
      ])
      const page = await browser!.newPage()
      await page.goto(url)
      await page.waitForSelector('.tab')
      for (const [path, words] of [
        ['/goroutine?name=main.worker', 'All goroutines'],
        ['/usertask?type=request', 'All types'],
        ['/regionblock?type=part', 'Nobody waited|waited for other goroutines'],
        ['/mmu', 'Minimum mutator utilization'],
      ] as const) {
        await page.goto(new URL(path, url).href)
        await page.waitForFunction((w) => new RegExp(w).test(document.body.innerText), words)
      }
      await page.goto(new URL('/trace?goid=2#0.0001:0.0005', url).href)
      await page.waitForFunction(() => location.hash.startsWith('#timeline'))
      expect(decodeURIComponent(page.url())).toContain('timeline.sel=G2&timeline.from=100&timeline.to=500')
      await page.close()
    } finally {
      child.kill('SIGKILL')
    }
  })
})
