// The doctor's findings in a real browser.

import { describe, expect, test } from 'vitest'
import { browser, SHARED_CLIPBOARD, workbench } from './browser.ts'

describe.skipIf(browser === undefined)('findings', () => {
  test('a claim, its evidence, and the way into the views', async () => {
    await using w = await workbench(['go1.26'])
    await w.at('findings')
    const { page } = w
    const list = page.getByRole('listbox', { name: 'Findings' })
    expect(await list.getByRole('option').count()).toBeGreaterThan(0)
    await page.getByRole('heading', { name: 'What to do' }).waitFor()
    await page.getByRole('heading', { name: 'Check that it helped' }).waitFor()
    await page.locator('.sketch-frame, .heavy').first().waitFor()
    await page
      .getByRole('link', { name: /^Open in/ })
      .first()
      .click()
    await page.waitForFunction(() => !location.hash.startsWith('#findings'))
    await w.settled()
    await page.goBack()
    await list.waitFor()
  })

  test('what is no problem is hidden, and comes back', async () => {
    await using w = await workbench(['go1.26'])
    await w.at('findings')
    const { page } = w
    const options = page.getByRole('listbox', { name: 'Findings' }).getByRole('option')
    const before = await options.count()
    await page.getByRole('button', { name: 'Not a problem' }).click()
    await page.waitForFunction(() => location.hash.includes('findings.hide='))
    expect(await options.count()).toBe(before - 1)
    await page.getByRole('button', { name: /Show 1/ }).click()
    expect(await options.count()).toBe(before)
  })

  test('copied as Markdown; what was checked is listed', SHARED_CLIPBOARD, async () => {
    await using w = await workbench(['go1.26'])
    await w.at('findings')
    const { page } = w
    await page.getByRole('button', { name: 'Copy', exact: true }).last().click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('# Diagnosis')
    await page.locator('.checked summary', { hasText: 'clear' }).click()
    expect(await page.locator('.checked details[open] li').count()).toBeGreaterThan(3)
  })
})
