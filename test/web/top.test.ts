// The tables of functions, calls, labels and samples in a real browser.

import { describe, expect, test } from 'vitest'
import { browser, SHARED_CLIPBOARD, type Workbench, workbench } from './browser.ts'
import { HOSTILE_NAMES, hostileFile, manyFunctionsFile, profileFile } from './profiles.ts'

const CPU = 'go1.26/cpu.pb.gz'

/** Texts of a column (from 0) of the rows that are drawn. */
const column = (w: Workbench, at: number): Promise<string[]> =>
  w.page
    .locator('.grid')
    .first()
    .locator('.grid-row')
    .evaluateAll((rows, k) => rows.map((r) => r.children[k]?.textContent ?? ''), at)

const selectedRow = (w: Workbench): Promise<string | null> =>
  w.page.locator('.grid-row.sel .cell').first().textContent()

describe.skipIf(browser === undefined)('top', () => {
  test('is ordered by a click on a header, and says so in the address', async () => {
    await using w = await workbench([CPU])
    await w.at('top')
    const { page } = w
    const header = page.getByRole('columnheader', { name: /^Self$/ })
    expect(await page.getByRole('columnheader', { name: /^Total/ }).getAttribute('aria-sort')).toBe(
      'descending',
    )
    await header.click()
    expect(w.address()).toBe('top?top.sort=-self')
    expect(await header.getAttribute('aria-sort')).toBe('descending')
    await header.click()
    expect(w.address()).toBe('top?top.sort=self')
    await page.goBack()
    await page.goBack()
    expect(w.address()).toBe('top')
  })

  test('filters by text and by expression, with a count; / goes there and Esc takes it back', async () => {
    await using w = await workbench([CPU])
    await w.at('top')
    const { page } = w
    await page.keyboard.press('/')
    await page.keyboard.type('^main\\.')
    await page.getByText(/^\d+ of \d+$/).waitFor()
    for (const name of await column(w, 0)) expect(name).toMatch(/^main\./)
    expect(w.address()).toBe('top?q=^main\\.')
    await page.locator('.search input').fill('(')
    await page.locator('.search-note.wrong').waitFor()
    await page.getByRole('button', { name: 'Regular expression' }).click()
    await page.locator('.search-note.wrong').waitFor({ state: 'detached' })
    await page.locator('.search input').press('Escape')
    await page.waitForFunction(() => !location.hash.includes('q='))
  })

  test('the keyboard walks rows, header and menu', SHARED_CLIPBOARD, async () => {
    await using w = await workbench([CPU])
    await w.at('top')
    const { page } = w
    await page.locator('.grid').focus()
    await page.keyboard.press('ArrowDown')
    const first = await selectedRow(w)
    await page.keyboard.press('ArrowDown')
    const second = await selectedRow(w)
    expect(second).not.toBe(first)
    await page.waitForFunction(() => location.hash.includes('sel='))
    await page.keyboard.press('End')
    const last = await selectedRow(w)
    await page.keyboard.press('Home')
    expect(await selectedRow(w)).toBe(first)
    expect(last).not.toBe(first)
    // Up from the first row: the header, where Enter orders.
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('top.sort=-self'))
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Control+c')
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied.split('\t').length).toBeGreaterThan(3)
    await page.keyboard.press('Shift+F10')
    const menu = page.getByRole('menu', { name: 'Function' })
    await menu.getByRole('menuitem', { name: /Focus/ }).click()
    await page.waitForFunction(() => location.hash.includes('t=focus'))
  })

  test('columns can be chosen, dragged wider, and all rows copied', SHARED_CLIPBOARD, async () => {
    await using w = await workbench([CPU])
    await w.at('top')
    const { page } = w
    await page.getByRole('button', { name: 'Columns, copy' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Self, of all' }).click()
    expect(await page.getByRole('columnheader', { name: 'Self %' }).count()).toBe(0)
    expect(w.address()).toContain('top.cols=')
    await page.getByRole('menuitem', { name: 'Markdown' }).click()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(copied.startsWith('| Function | Self |')).toBe(true)
    const grip = await page.locator('.head.k-name .grid-grip').boundingBox()
    await page.mouse.move(grip!.x + 3, grip!.y + 10)
    await page.mouse.down()
    await page.mouse.move(grip!.x - 200, grip!.y + 10)
    await page.mouse.up()
    expect(w.address()).toMatch(/top\.w=name:\d+/)
  })

  test('a granularity each, and packages lead to their functions', async () => {
    await using w = await workbench([CPU])
    await w.at('top')
    const { page } = w
    for (const [title, state] of [
      ['Lines', 'g=lines'],
      ['Files', 'g=files'],
      ['Addresses', 'g=addresses'],
    ] as const) {
      await page.getByRole('radio', { name: title }).click()
      await w.settled()
      expect(w.address()).toContain(state)
      expect((await column(w, 0)).length).toBeGreaterThan(3)
    }
    await page.getByRole('radio', { name: 'Packages' }).click()
    await page.getByRole('columnheader', { name: 'Package' }).waitFor()
    await w.settled()
    await page.locator('.grid-row', { hasText: /^main/ }).first().dblclick()
    await page.waitForFunction(() => location.hash.includes('q='))
    await page.getByText(/^\d+ of \d+$/).waitFor()
    for (const name of await column(w, 0)) expect(name).toMatch(/^main\./)
  })

  test('a difference has both sides, with signs', async () => {
    await using w = await workbench([CPU, 'go1.27/cpu.pb.gz'])
    await w.at('top?src=1&base=0')
    expect(await w.page.getByRole('columnheader', { name: /^Change/ }).getAttribute('aria-sort')).toBe(
      'descending',
    )
    const changes = await column(w, 3)
    expect(changes.some((c) => c.includes('−'))).toBe(true)
    expect(changes.some((c) => c.includes('+'))).toBe(true)
    await w.page.getByText(/before, .* after/).waitFor()
  })

  test('a million rows are scrolled to their end', async () => {
    // As many as there is time for; the table does not know the difference.
    const file = manyFunctionsFile(60_000)
    await using w = await workbench([file])
    await w.at('top?top.sort=name')
    const { page } = w
    expect(await page.locator('.grid-row').count()).toBeLessThan(80)
    await page.locator('.grid').focus()
    await page.keyboard.press('End')
    await page.getByText('fn0059999').first().waitFor()
    expect(await page.locator('.grid').getAttribute('aria-rowcount')).toBe('60002')
  })

  test('one sample, none, and less than nothing', async () => {
    const one = profileFile('one.pb', [{ frames: ['main.main', 'main.work'], value: 1 }])
    const none = profileFile('none.pb', [])
    const less = profileFile('less.pb', [
      { frames: ['main.main', 'main.a'], value: 5 },
      { frames: ['main.main', 'main.b'], value: -7 },
    ])
    await using w = await workbench([one, none, less])
    await w.at('top?src=0')
    expect(await column(w, 0)).toEqual(expect.arrayContaining(['main.main', 'main.work']))
    await w.at('top?src=1')
    await w.page.getByText('There is nothing in this profile').waitFor()
    for (const view of ['peek', 'tags', 'samples', 'facts', 'findings']) await w.at(`${view}?src=1`)
    await w.at('top?src=2')
    await w.page.locator('.grid-row', { hasText: 'main.b' }).getByText('−70').first().waitFor()
  })
})

describe.skipIf(browser === undefined)('calls, labels, samples, facts', () => {
  test('calls open to any depth, and the address keeps it', async () => {
    await using w = await workbench([CPU])
    await w.at('peek?sel=runtime.mallocgc')
    const { page } = w
    const callers = page.getByRole('treegrid', { name: /^Calls to/ })
    const before = await callers.locator('.grid-row').count()
    await callers.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(() => location.hash.includes('peek.callers='))
    await w.settled()
    expect(await callers.locator('.grid-row').count()).toBeGreaterThan(before)
    await page.reload()
    await w.settled()
    await callers.locator('.grid-row[aria-level="2"]').first().waitFor()
  })

  test('details show the selected function and lead on', async () => {
    await using w = await workbench([CPU])
    await w.at('top?sel=runtime.mallocgc&details=1')
    const details = w.page.getByRole('complementary', { name: 'Details' })
    await details.getByText('Callers').waitFor()
    const caller = details.locator('.call').first()
    const name = await caller.locator('.name').textContent()
    await caller.click()
    await w.page.waitForFunction(() => !location.hash.includes('sel=runtime.mallocgc'))
    expect(w.address()).toContain(name!.replace(/inl$/, ''))
  })

  test('a value of a label filters, and labels split', async () => {
    const labelled = profileFile('labels.pb', [
      { frames: ['main.main', 'main.a'], value: 3, labels: [{ key: 'user', text: 'ann,x' }] },
      { frames: ['main.main', 'main.b'], value: 2, labels: [{ key: 'user', text: 'bob' }] },
    ])
    await using w = await workbench([labelled])
    await w.at('tags')
    const { page } = w
    await page.getByRole('button', { name: 'Split by it' }).click()
    await page.getByRole('region', { name: 'ann,x' }).getByText('main.a').waitFor()
    await page.getByRole('button', { name: 'Split by it' }).click()
    await page.locator('.grid-row', { hasText: 'ann,x' }).click()
    await page.waitForFunction(() => location.hash.includes('tf='))
    await w.at(w.address().replace('tags?', 'top?'))
    expect((await column(w, 0)).sort()).toEqual(['main.a', 'main.main'])
  })

  test('samples open to their stacks', SHARED_CLIPBOARD, async () => {
    await using w = await workbench([CPU])
    await w.at('samples')
    const { page } = w
    await page.locator('.grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await page.locator('.grid-row[aria-level="2"]').first().waitFor()
    await page.keyboard.press('Shift+C')
    const stack = await page.evaluate(() => navigator.clipboard.readText())
    expect(stack).toMatch(/^\S+\n\t\S+:\d+/)
  })

  test('facts, and the raw text', async () => {
    await using w = await workbench([CPU])
    await w.at('facts')
    await w.page.getByText('Sample types').waitFor()
    await w.page.getByRole('button', { name: 'Show raw' }).click()
    await w.page.getByText('PeriodType: cpu nanoseconds').waitFor()
  })

  test('names that are HTML, scripts, escapes and a megabyte long are text', async () => {
    await using w = await workbench([hostileFile()])
    for (const view of ['top?details=1', 'peek', 'tags', 'samples?samples.open=1,5', 'facts', 'findings']) {
      await w.at(view)
      expect(await w.page.evaluate(() => (window as unknown as { hacked?: number }).hacked)).toBeUndefined()
      expect(await w.page.locator('main img, main b:text-is("main")').count()).toBe(0)
      const shown = (await w.page.locator('main').textContent()) ?? ''
      for (const c of ['\u202e', '\u2066', '\u001b', '\u200b']) expect(shown.includes(c)).toBe(false)
      expect(shown.length).toBeLessThan(200_000)
    }
    await w.at(`top?sel=${encodeURIComponent(HOSTILE_NAMES[0]!)}&details=1`)
    await w.page.getByRole('complementary').getByText(HOSTILE_NAMES[0]!).first().waitFor()
  })
})
