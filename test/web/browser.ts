// The built program and a real browser, for tests of the page:
//
//   describe.skipIf(browser === undefined)('top', () => {
//     test('…', async () => {
//       await using w = await workbench(['cpu.pb.gz'], { cwd: orders })
//       await w.at('top')            // waits until the page has settled
//       …w.page… is playwright's
//     })                             // fails if the page wrote errors
//   })

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll } from 'vitest'
import { startBrowser } from '../kit/browser.ts'
import { goscope, root } from '../kit/run-command.ts'

/** Folder of a small capture that is always there. */
export const orders = join(root, 'examples', 'orders')

/** The browser of this file's tests; undefined where there is none. */
export const browser = (await startBrowser()) as unknown as Browser | undefined

afterAll(() => browser?.close())

export interface Workbench {
  readonly page: Page
  /** Address of the page, with its secret. */
  readonly url: string
  /** What the page wrote to its console as errors, and what it threw. A test that expects some empties it. */
  readonly errors: string[]
  /** Goes to an address (`top?sel=main.run`), and waits until nothing is loading any more. */
  at(address: string): Promise<void>
  /** Waits until no view says that it is loading. */
  settled(): Promise<void>
  /** The part behind the #. */
  address(): string
  [Symbol.asyncDispose](): Promise<void>
}

export interface WorkbenchOptions {
  readonly cwd?: string
  readonly size?: readonly [width: number, height: number]
  readonly theme?: 'dark' | 'light'
  readonly args?: readonly string[]
  /** In place of `open` without a browser. */
  readonly command?: readonly string[]
}

/** Starts `goscope open` (or another command) with the files, and a page that shows it. To be disposed of. */
export async function workbench(
  files: readonly string[],
  options: WorkbenchOptions = {},
): Promise<Workbench> {
  if (browser === undefined) throw new Error('there is no browser')
  const home = mkdtempSync(join(tmpdir(), 'goscope-web-'))
  const child = spawn(
    goscope[0]!,
    [
      goscope[1]!,
      ...(options.command ?? ['open', '--no-browser', '--port', '0']),
      ...(options.args ?? []),
      ...files,
    ],
    {
      cwd: options.cwd ?? orders,
      env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, XDG_CONFIG_HOME: home, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const url = await new Promise<string>((done, fail) => {
    let said = ''
    const hear = (b: Buffer): void => {
      said += b
      const found = /https?:\/\/\S+/.exec(said)
      if (found) done(found[0])
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('close', (code) => fail(new Error(`goscope ended with ${code}: ${said}`)))
  })
  const [width, height] = options.size ?? [1280, 800]
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: options.theme ?? 'dark',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
  page.on('pageerror', (e) => errors.push(e.message))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await context.close()
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await page.goto(url)
    // The address with the secret leads to the page by one more step.
    await page.waitForSelector('.app')
  } catch (e) {
    await stop()
    throw new Error(`the page did not start: ${errors.join('\n')}`, { cause: e })
  }
  const settled = async (): Promise<void> => {
    // Twice: what was loaded may ask for more.
    for (let i = 0; i < 2; i++) {
      await page.waitForFunction(
        () =>
          document.querySelector('.panel[data-view]') !== null && document.querySelector('.loading') === null,
      )
      await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))))
    }
  }
  return {
    page,
    url,
    errors,
    settled,
    async at(address) {
      await page.evaluate((to) => {
        location.hash = to
      }, address)
      await settled()
    },
    address: () => decodeURIComponent(new URL(page.url()).hash.slice(1)),
    async [Symbol.asyncDispose]() {
      await stop()
      if (errors.length > 0) throw new Error(`the page wrote errors:\n${errors.join('\n')}`)
    },
  }
}

/** Tests of minutes run on request: GOSCOPE_LONG=1 npx vitest run test/web. They are counted as skipped else. */
export const long = process.env.GOSCOPE_LONG !== undefined

/** For tests that read the clipboard: all browsers of a machine share one, and a test beside may have written to it. */
export const SHARED_CLIPBOARD = { retry: 3 } as const
