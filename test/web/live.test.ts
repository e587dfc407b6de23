// `goscope watch --web` in a real browser, over a program that is played.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fakeProgram, packedProfile } from '../kit/fake-program.ts'
import { goscope } from '../kit/run-command.ts'
import { browser } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-web-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(browser === undefined)('live numbers', () => {
  test('move, and what is taken opens beside them', async () => {
    const program = await fakeProgram({
      '/debug/pprof/heap': (_, res) => void res.end(packedProfile('inuse_space', 3)),
    })
    const child = spawn(
      goscope[0]!,
      [goscope[1]!, 'watch', '--web', '--no-browser', '--interval', '200ms', program.url],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    try {
      const url = await new Promise<string>((done, fail) => {
        child.stdout.on('data', (b: Buffer) => done(String(b).trim()))
        child.on('close', (code) => fail(new Error(`goscope watch ended with ${code}`)))
      })
      const page = await browser!.newPage()
      const errors: string[] = []
      page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
      page.on('pageerror', (e) => errors.push(e.message))
      await page.goto(url)
      await page.getByRole('button', { name: 'Capture now' }).waitFor()
      await page.locator('[data-chart="live.goroutines"], [data-chart="live.latency"]').first().waitFor()
      const before = program.asked.length
      await page.waitForTimeout(700)
      expect(program.asked.length).toBeGreaterThan(before)

      await page.getByRole('button', { name: 'Heap', exact: true }).click()
      await page.getByText('open in the other tabs').waitFor()
      expect(readdirSync(folder).filter((name) => name.endsWith('.heap.pb.gz'))).toHaveLength(1)
      await page.getByRole('tab', { name: 'Top' }).click()
      await page.getByText('main.').first().waitFor()
      expect(errors).toEqual([])
      await page.close()
    } finally {
      child.kill('SIGINT')
      await program.close()
    }
  })
})
