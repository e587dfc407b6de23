// Exported pages in a real browser: opened from disk, with the network cut.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { goscope, runCommand } from '../kit/run-command.ts'
import { browser, orders } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-web-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Exports, and opens what came out; gives the page, what it asked the network for, and its errors. */
async function exported(args: readonly string[], start = '') {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`)
  const { exit, stderr } = await runCommand([...goscope, 'export', ...args, '-o', file], { cwd: orders })
  expect(exit, stderr).toBe(0)
  const context = await browser!.newContext({ viewport: { width: 1280, height: 800 }, offline: true })
  const page = await context.newPage()
  const asked: string[] = []
  const errors: string[] = []
  page.on('request', (r) => /^(file|blob|data):/.test(r.url()) || asked.push(r.url()))
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
  page.on('pageerror', (e) => errors.push(e.message))
  await page.goto(`${pathToFileURL(file)}${start}`)
  return { page, asked, errors, close: () => context.close() }
}

describe.skipIf(browser === undefined)('an exported page', () => {
  test('shows its profile without a network', async () => {
    const { page, asked, errors, close } = await exported(['go1.26/cpu.pb.gz'], '#top')
    await page.getByText('validSKU').first().waitFor()
    expect(asked).toEqual([])
    expect(errors).toEqual([])
    await close()
  })

  test('begins where it was told to, and keeps its state in the address', async () => {
    const { page, errors, close } = await exported(['--view', 'top?sel=main.validSKU', 'go1.26/cpu.pb.gz'])
    await page.getByText('validSKU').first().waitFor()
    expect(await page.locator('footer').innerText()).toContain('main.validSKU')
    expect(errors).toEqual([])
    await close()
  })

  test('of a whole capture has views for all of it', async () => {
    const { page, asked, errors, close } = await exported(['go1.26'])
    await page.getByRole('tab').first().waitFor()
    const tabs = await page.getByRole('tab').allInnerTexts()
    expect(tabs.join(' ')).toMatch(/Top/)
    expect(tabs.length).toBeGreaterThan(3)
    expect(asked).toEqual([])
    expect(errors).toEqual([])
    await close()
  })

  test('without names says nothing of the program', async () => {
    const { page, errors, close } = await exported(['--anonymize', 'go1.26/cpu.pb.gz'], '#top')
    await page.getByText('mallocgc').first().waitFor()
    expect(await page.locator('body').innerText()).not.toContain('validSKU')
    expect(errors).toEqual([])
    await close()
  })
})
