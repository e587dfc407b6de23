// The frame of the page in a real browser: what is in the address, keys, menus, the palette, panels, both themes.

import { describe, expect, test } from 'vitest'
import { browser, orders, SHARED_CLIPBOARD, workbench } from './browser.ts'

const CPU = ['go1.26/cpu.pb.gz']

describe.skipIf(browser === undefined)('addresses', () => {
  test('a link shows what it says', async () => {
    await using w = await workbench(CPU)
    await w.at('top?si=samples&sel=main.validSKU&f=validSKU')
    const { page } = w
    expect(await page.locator('.tab[aria-selected=true]').innerText()).toContain('Top')
    expect(await page.getByRole('radio', { name: 'samples' }).getAttribute('aria-checked')).toBe('true')
    expect(await page.locator('.chips').innerText()).toMatch(/focus\s+validSKU/)
    expect(await page.locator('footer').innerText()).toContain('main.validSKU')
    expect(await page.title()).toBe('Top · go1.26/cpu.pb.gz · goscope')
  })

  test('every step can be taken back and again', async () => {
    await using w = await workbench(CPU)
    await w.at('top')
    const { page } = w
    const seen: string[] = []
    for (const step of [
      () => page.getByRole('tab', { name: 'Peek' }).click(),
      () => page.getByRole('radio', { name: 'samples' }).click(),
      () => page.keyboard.press('\\'),
    ]) {
      seen.push(w.address())
      await step()
      await page.waitForFunction((was) => decodeURIComponent(location.hash.slice(1)) !== was, seen.at(-1)!)
    }
    const last = w.address()
    expect(last).toMatch(/^peek\?si=samples&beside=\w+/)
    for (const before of seen.reverse()) {
      await page.keyboard.press('Alt+ArrowLeft')
      await page.waitForFunction((to) => decodeURIComponent(location.hash.slice(1)) === to, before)
    }
    for (let i = 0; i < 3; i++) await page.keyboard.press('Alt+ArrowRight')
    await page.waitForFunction((to) => decodeURIComponent(location.hash.slice(1)) === to, last)
    await page.reload()
    await w.settled()
    expect(w.address()).toBe(last)
  })

  test('one that nobody could have made is survived', async () => {
    await using w = await workbench(CPU)
    await w.at('%zz?%=%&src=99,x&si=nothing&t=~~&split=NaN')
    expect(await w.page.locator('main').innerText()).toContain('There is no view')
    await w.page.getByRole('tab', { name: 'Top' }).click()
    await w.settled()
    expect(await w.page.locator('main').innerText()).toMatch(/sample_index "nothing" must be one of/)
  })
})

describe.skipIf(browser === undefined)('the palette', () => {
  test('finds functions, and selects one', async () => {
    await using w = await workbench(CPU)
    await w.at('top')
    const { page } = w
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find' }).fill('validsku')
    const option = page.getByRole('option', { name: /main\.validSKU/ }).first()
    await option.waitFor()
    expect(await option.locator('mark').innerText()).toBe('validSKU')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('sel=main.validSKU'))
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
  })

  test("knows the words of pprof's menus", async () => {
    await using w = await workbench(CPU)
    await w.at('top?sel=main.validSKU')
    const { page } = w
    for (const [typed, expected] of [
      ['>Ignore', 'i=^main\\.validSKU$'],
      ['>Show from', 'sf=^main\\.validSKU$'],
      ['>Reset', 'top?sel=main.validSKU'],
    ] as const) {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Find' }).fill(typed)
      await page.getByRole('option').first().waitFor()
      await page.keyboard.press('Enter')
      await page.waitForFunction((to) => decodeURIComponent(location.hash).includes(to), expected)
    }
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find' }).fill('peek')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.startsWith('#peek'))
  })

  test('opens beside with Ctrl Enter, and goes with Esc', async () => {
    await using w = await workbench(CPU)
    await w.at('top')
    const { page } = w
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find' }).fill('peek')
    await page.getByRole('option', { name: /Peek/ }).first().waitFor()
    await page.keyboard.press('Control+Enter')
    await page.waitForFunction(() => location.hash.includes('beside=peek'))
    await w.settled()
    expect(await page.locator('.panel[data-view]').count()).toBe(2)
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
  })
})

describe.skipIf(browser === undefined)('keys', () => {
  test('go to views, list themselves, and leave text fields alone', async () => {
    await using w = await workbench(CPU)
    await w.at('top')
    const { page } = w
    await page.keyboard.press('?')
    expect(await page.getByRole('dialog', { name: 'Keyboard' }).innerText()).toMatch(/Command palette/)
    // Under a dialog nothing moves.
    await page.keyboard.press('1')
    expect(w.address()).toBe('top')
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('1t\\')
    expect(w.address()).toMatch(/^top/)
    expect(await page.locator('.search input').first().inputValue()).toBe('1t\\')
  })

  test('Esc takes one step back after the other', async () => {
    await using w = await workbench(CPU)
    await w.at('top?sel=main.validSKU&t=hide:runtime.mallocgc')
    const { page } = w
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !location.hash.includes('sel='))
    expect(w.address()).toContain('t=hide')
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => !location.hash.includes('t='))
  })

  test('the line between panels moves by keys, and not too far', async () => {
    await using w = await workbench(CPU)
    await w.at('top?beside=peek')
    const { page } = w
    const grip = page.getByRole('separator', { name: 'Size of the panels' })
    await grip.focus()
    for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowRight')
    await page.waitForFunction(() => location.hash.includes('split='))
    const widths = await page.$$eval('.panel[data-panel]', (list) => list.map((p) => p.clientWidth))
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(418)
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('splitdir=below'))
  })

  test('copy a name and a link', SHARED_CLIPBOARD, async () => {
    await using w = await workbench(CPU)
    await w.at('top?sel=main.validSKU')
    const { page } = w
    await page.locator('header').click({ position: { x: 5, y: 5 } })
    const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
    await page.keyboard.press('c')
    await expect.poll(copied).toBe('main.validSKU')
    await page.keyboard.press('y')
    await expect.poll(copied).toBe(page.url())
    await page.keyboard.press('Shift+C')
    await expect.poll(copied).toMatch(/main\.validSKU\n(.*\n)*main\./)
  })
})

describe.skipIf(browser === undefined)('filters and options', () => {
  test('a wrong expression is told at its field, a right one takes effect', async () => {
    await using w = await workbench(CPU)
    await w.at('top')
    const { page } = w
    await page.getByRole('button', { name: 'Refine' }).click()
    const field = page.getByRole('textbox', { name: 'Focus' }).first()
    await field.fill('main.(')
    await page.getByRole('alert').filter({ hasText: 'missing closing )' }).first().waitFor()
    await field.fill('validSKU')
    await page.waitForFunction(() => location.hash.includes('f=validSKU'))
    await page.getByRole('checkbox', { name: /Relative percentages/ }).check()
    await page.waitForFunction(() => location.hash.includes('rel=t'))
    await page.getByRole('combobox').first().selectOption('lines')
    await page.waitForFunction(() => location.hash.includes('g=lines'))
    await page.getByRole('dialog', { name: 'Refine' }).getByRole('button', { name: 'Reset' }).click()
    await page.waitForFunction(() => location.hash === '#top')
  })

  test('chips are changed and taken out', async () => {
    await using w = await workbench(CPU)
    await w.at('top?f=validSKU&h=nothing.there')
    const { page } = w
    await page.getByText('matches nothing').waitFor()
    await page.locator('.fchip .chip-text').first().click()
    await page.locator('.fchip input').fill('main')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('f=main'))
    await page.getByRole('button', { name: 'Take out hide' }).click()
    await page.waitForFunction(() => !location.hash.includes('h='))
  })

  test('configurations are saved, taken and deleted', async () => {
    await using w = await workbench(CPU)
    await w.at('top?f=validSKU&calltree=t')
    const { page } = w
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find' }).fill('>Save conf')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('combobox').fill('mine')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('dialog').waitFor({ state: 'detached' })
    await w.at('top')
    await page.getByRole('button', { name: 'Refine' }).click()
    await page.getByRole('button', { name: 'Configurations' }).click()
    await page.getByRole('menuitemradio', { name: 'mine' }).click()
    await page.waitForFunction(() => /f=validSKU/.test(location.hash) && /calltree=t/.test(location.hash))
    await page.getByRole('button', { name: 'Configurations' }).click()
    await page.getByRole('menuitem', { name: 'Delete mine' }).click()
    await page.getByRole('menuitem', { name: 'Delete', exact: true }).click()
    await page.getByRole('menuitemradio', { name: 'mine' }).waitFor({ state: 'detached' })
  })

  test('the filtered profile is saved as a profile', async () => {
    await using w = await workbench(CPU)
    await w.at('top?f=validSKU')
    const { page } = w
    await page.getByRole('button', { name: 'Export' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Save what is shown' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('cpu.filtered.pb.gz')
  })
})

describe.skipIf(browser === undefined)('sources', () => {
  test('are listed by capture, and merged', async () => {
    await using w = await workbench(['go1.26'])
    await w.at('top')
    const { page } = w
    await page.getByRole('button', { name: /^Sources/ }).click()
    const list = page.getByRole('dialog', { name: /^Sources/ })
    expect(await list.innerText()).toMatch(/cpu\.pb\.gz\s+CPU/)
    await list.getByRole('checkbox', { name: /Merge allocs/ }).check()
    await page.waitForFunction(() => /src=\d+,\d+/.test(location.hash))
  })

  test('are added by dropping, with why they cannot be read', async () => {
    await using w = await workbench(CPU)
    await w.at('top')
    const { page } = w
    await page.evaluate(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array([31, 139, 8, 0, 1, 2, 3])], 'broken.pb.gz'))
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }))
    })
    await page.getByRole('button', { name: /1 problem/ }).click()
    expect(await page.getByRole('dialog', { name: /problem/ }).innerText()).toContain('broken.pb.gz')
  })

  test('that are none show where to drop some', async () => {
    await using w = await workbench([])
    await w.page.getByRole('heading', { name: /Drop profiles/ }).waitFor()
    expect(await w.page.locator('.tab').count()).toBe(0)
    await w.page.keyboard.press('Control+k')
    await w.page.getByRole('option', { name: /Add files/ }).waitFor()
  })
})

describe.skipIf(browser === undefined)('comparing', () => {
  test('two profiles, swapped, normalized, and ended', async () => {
    await using w = await workbench(['go1.26/cpu.pb.gz', 'go1.27/cpu.pb.gz'], { cwd: orders })
    await w.at('top')
    const { page } = w
    await page.getByRole('button', { name: 'Compare' }).click()
    const dialog = page.getByRole('dialog', { name: 'Compare' })
    expect(await dialog.getByRole('checkbox', { checked: true }).count()).toBe(2)
    await dialog.getByRole('button', { name: 'Compare' }).click()
    await page.waitForFunction(() => location.hash.startsWith('#diff'))
    await w.settled()
    await page.getByText('CPU sampled').waitFor()
    expect(await page.locator('.panel[data-panel=main]').innerText()).toMatch(/not equal work|may be chance/)
    const before = /src=(\d+)&base=(\d+)/.exec(w.address())!
    await page.getByRole('button', { name: 'Swap' }).click()
    await page.waitForFunction((ids) => location.hash.includes(`src=${ids[2]}&base=${ids[1]}`), [...before])
    await page.getByRole('radio', { name: 'Same total' }).click()
    await page.waitForFunction(() => location.hash.includes('norm=t'))
    await w.at(w.address().replace('diff', 'top'))
    await page.getByRole('button', { name: 'End the comparison' }).click()
    await page.waitForFunction(() => !location.hash.includes('base='))
  })
})

describe.skipIf(browser === undefined)('themes', () => {
  for (const theme of ['dark', 'light'] as const)
    test(`${theme} follows the system, and can be changed`, async () => {
      await using w = await workbench(CPU, { theme })
      await w.at('top')
      const { page } = w
      const background = (): Promise<string> =>
        page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--bg-1').trim())
      const system = await background()
      await page.keyboard.press('t')
      expect(await background()).not.toBe(system)
      await page.getByRole('button', { name: 'Theme' }).click()
      await page.getByRole('menuitemradio', { name: 'As the system' }).click()
      expect(await background()).toBe(system)
      await page.getByRole('button', { name: 'Theme' }).click()
      await page.getByRole('menuitemradio', { name: /Orange and blue/ }).click()
      expect(await page.evaluate(() => document.documentElement.dataset.diff)).toBe('cb')
    })
})
