// Hostile texts in everything that a file can hold, in every view: shown as text, never obeyed, and nothing freezes.

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { visibleText } from '../../src/core/base/visible-text.ts'
import { smallTrace } from '../../src/core/engine/workbench/trace-handmade.ts'
import { formatAddress } from '../../src/web/address-codec.ts'
import { goscope, root, runCommand } from '../kit/run-command.ts'
import { browser, long, SHARED_CLIPBOARD, type Workbench, workbench } from './browser.ts'
import { fileOf, type Harm, HOSTILE, hostileProfile, profileOf, SHORT, viewIds, watchFor } from './hostile.ts'
import { CAPTURES, captureFiles, FILE_NAMES } from './hostile-captures.ts'

/** A view that takes longer has frozen the page, even on a machine with much else to do. */
const LONGEST_MS = 20_000

const VIEWS = await viewIds()
const PROFILE_VIEWS = VIEWS.slice(VIEWS.indexOf('flame'), VIEWS.indexOf('timeline'))

const profiles = (): string[] => [
  profileOf('hostile.pb', hostileProfile()),
  profileOf('more.pb', hostileProfile(2)),
]

/** Opens files, and watches the page from its first moment on. */
async function watched(files: readonly string[]): Promise<{ w: Workbench; harm: Harm }> {
  const w = await workbench(files)
  // They are in `harm`, which knows which of them are none.
  w.errors.push = () => 0
  w.page.setDefaultTimeout(LONGEST_MS)
  const harm = await watchFor(w.page, [new URL(w.url).origin])
  await w.page.reload()
  await w.page.waitForSelector('.app')
  await w.settled()
  return { w, harm }
}

/** What the panel shows; empty states say what they are. */
const shown = (page: Page): Promise<string> => page.locator('.panels').innerText()

/** The address of a view with a function selected, whatever its name is. */
const selecting = (view: string, name: string): string =>
  formatAddress({
    view,
    params: new Map([
      ['details', '1'],
      ['sel', name],
    ]),
  })

/** Parameters of addresses as the page's source names them, so that a new one is among them. */
function parameters(): string[] {
  const web = join(root, 'src', 'web')
  const out = new Set<string>(VIEWS.flatMap((id) => ['sort', 'q', 'file'].map((k) => `${id}.${k}`)))
  for (const file of readdirSync(web, { recursive: true, encoding: 'utf8' }))
    if (/\.tsx?$/.test(file) && !/\.test\./.test(file)) {
      const text = readFileSync(join(web, file), 'utf8')
      for (const m of text.matchAll(/param\('([\w.-]+)'\)/g)) out.add(m[1]!)
      for (const m of text.matchAll(/'([a-z-]+)(\.[a-zA-Z.]+)'/g))
        if (VIEWS.includes(m[1]!)) out.add(`${m[1]}${m[2]}`)
    }
  return [...out]
}

describe.skipIf(browser === undefined)('hostile names in profiles', { timeout: 240_000 }, () => {
  test('every view of the page shows them as text', async () => {
    const { w, harm } = await watched(profiles())
    await using _ = w
    for (const id of VIEWS) {
      await w.at(id)
      await harm.look(id)
      expect((await shown(w.page)).trim(), id).not.toBe('')
    }
    for (const id of PROFILE_VIEWS)
      for (const si of [1, 2, 3, 4, 5]) {
        await w.at(`${id}?si=${si}`)
        await harm.look(`${id} of type ${si}`)
      }
    expect(harm.list).toEqual([])
    await w.at('top')
    const text = await w.page.locator('.grid').innerText()
    for (const name of ['<!--', '__proto__', 'constructor', '(no name)', '日本語.😀'])
      expect(text).toContain(name)
    // Names that look the same to the eye are told apart.
    for (const c of ['\\u200b', '\\xad', '\\ufe0f', '\\u{e0041}']) expect(text).toContain(c)
  })

  test.runIf(long)('selected, with details', async () => {
    const { w, harm } = await watched(profiles())
    await using _ = w
    for (const [i, name] of SHORT.entries())
      for (const id of [PROFILE_VIEWS[i % PROFILE_VIEWS.length]!, 'top']) {
        await w.at(selecting(id, name))
        await harm.look(`${id} with ${i}`)
      }
    // The longest ones by hand: no link has room for them.
    for (const id of ['top', 'flame']) {
      await w.at(`${id}?details=1&q=${id === 'top' ? 'longlong' : ''}`)
      if (id === 'top') await w.page.locator('.grid-row').nth(0).click()
      await w.settled()
      await harm.look(`${id} with the longest`)
      for (const other of PROFILE_VIEWS) {
        await w.page.evaluate((v) => document.querySelector<HTMLElement>(`#tab-${v}`)?.click(), other)
        await w.settled()
        await harm.look(`${other} with the longest`)
      }
    }
    expect(harm.list).toEqual([])
  })

  test.runIf(long)('pointed at, searched, copied, compared, saved', SHARED_CLIPBOARD, async () => {
    const { w, harm } = await watched(profiles())
    await using _ = w
    const { page } = w
    const look = async (where: string): Promise<void> => {
      await page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))))
      await harm.look(where)
    }
    await w.at('flame')
    const canvas = page.locator('.panels canvas').last()
    const box = (await canvas.boundingBox())!
    for (let x = 0.02; x < 1; x += 0.05)
      for (const y of [50, 70]) {
        await page.mouse.move(box.x + box.width * x, box.y + y)
        await look(`tooltip at ${x.toFixed(2)}`)
      }
    for (const x of [0.02, 0.1, 0.14, 0.2, 0.35, 0.5]) {
      await page.mouse.click(box.x + box.width * x, box.y + 50, { button: 'right' })
      await look('context menu')
      await page.keyboard.press('Escape')
    }
    for (const text of ['<img', 'main.', '\u202e', '(((', '\\', 'long', '__proto__', '.*']) {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Find' }).fill(text)
      await page.waitForTimeout(200)
      await look(`palette ${JSON.stringify(text)}`)
      await page.keyboard.press('Escape')
      for (const id of ['flame', 'top', 'samples', 'tags', 'graph']) {
        await w.at(`${id}?q=${encodeURIComponent(text)}`)
        await look(`search ${JSON.stringify(text)} in ${id}`)
      }
    }
    for (const name of SHORT) {
      await w.at(selecting('top', name))
      await page.evaluate(() => navigator.clipboard.writeText('nothing'))
      await page.keyboard.press('c')
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe('nothing')
      const copied = await page.evaluate(() => navigator.clipboard.readText())
      expect(copied).toBe(visibleText(copied))
    }
    await w.at('top')
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await page.locator('dialog').waitFor()
    await look('compare')
    await page.keyboard.press('Escape')
    for (const name of [HOSTILE[0]!, HOSTILE[13]!, '__proto__', 'x'.repeat(5000)]) {
      await w.at('top?f=main')
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Find' }).fill('>Save conf')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').getByRole('combobox').fill(name)
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.waitForTimeout(300)
      await look('saving')
      await page.keyboard.press('Escape')
      await w.at('top')
      await page.getByRole('button', { name: 'Refine' }).click()
      await page.getByRole('button', { name: 'Configurations' }).click()
      await page.waitForTimeout(200)
      await look('configurations')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
    }
    expect(harm.list).toEqual([])
  })

  test('an export, opened from disk', async () => {
    const out = fileOf('export.html', '')
    const { exit, stderr } = await runCommand(
      [...goscope, 'export', ...profiles(), ...captureFiles().slice(0, 5), '-o', out],
      {
        timeoutMs: 120_000,
      },
    )
    expect(exit, stderr).toBe(0)
    const context = await browser!.newContext({ viewport: { width: 1280, height: 800 }, offline: true })
    try {
      const page = await context.newPage()
      page.setDefaultTimeout(LONGEST_MS)
      const url = pathToFileURL(out).href
      const harm = await watchFor(page, [url])
      await page.goto(url)
      await page.locator('.tab').first().waitFor()
      for (const id of VIEWS) {
        await page.evaluate((to) => {
          location.hash = `${to}?details=1&sel=${encodeURIComponent('<svg onload=window.__hacked=2>')}`
        }, id)
        await page.waitForFunction(
          (v) => document.querySelector('.panel')?.getAttribute('data-view') === v,
          id,
        )
        await page.waitForFunction(() => document.querySelector('.loading') === null)
        await harm.look(id)
        expect((await shown(page)).trim(), id).not.toBe('')
      }
      expect(harm.list).toEqual([])
    } finally {
      await context.close()
    }
  })
})

describe.skipIf(browser === undefined)('hostile texts in other files', { timeout: 240_000 }, () => {
  test.runIf(long)('every view', async () => {
    const { w, harm } = await watched(captureFiles())
    await using _ = w
    for (const id of VIEWS) {
      await w.at(id)
      await harm.look(id)
      const text = await shown(w.page)
      if (CAPTURES.some(([, views]) => views.includes(id))) expect(text, id).not.toMatch(/^Nothing here/)
    }
    for (const address of [
      'allocs?allocs.page=types',
      'allocs?allocs.page=sites',
      'dumps?dumps.page=all',
      'dumps?dumps.page=blocked',
      'dumps?dumps.row=3',
      'heapdump?heapdump.page=tree',
      'heapdump?heapdump.page=types',
      'memory?memory.page=facts',
      'bench?bench.page=scaling',
      'bench?bench.row=2',
      'sched?sched.page=lines',
      'gc?gc.page=cycles',
      'trace-tasks?trace-tasks.list=1',
      'trace-regions?trace-regions.list=1',
      'timeline?timeline.by=goroutine&timeline.sel=G4',
      'timeline?timeline.sel=T101',
    ]) {
      await w.at(address)
      await harm.look(address)
    }
    await w.page
      .locator('.status-problems')
      .click({ timeout: 2000 })
      .catch(() => undefined)
    await harm.look('problems')
    expect(harm.list).toEqual([])
  })

  test.runIf(long)('names of files', async () => {
    const files = FILE_NAMES.map((name, i) => profileOf(name, hostileProfile(i + 1)))
    const { w, harm } = await watched([...files, fileOf('\u202e<b>.txt', 'x'), fileOf('"&<i>.log', '\u0001')])
    await using _ = w
    const { page } = w
    for (const id of [...PROFILE_VIEWS, 'findings', 'series']) {
      await w.at(id)
      await harm.look(id)
    }
    await w.at('top')
    for (const button of await page.locator('header button').all()) {
      await button.click()
      await harm.look(`menu ${await button.getAttribute('aria-label')}`)
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
    }
    expect(harm.list).toEqual([])
  })
})

describe.skipIf(browser === undefined)('links of strangers', { timeout: 300_000 }, () => {
  const fixture = (name: string): string => join(root, 'test', 'e2e', 'fixtures', name)
  test.runIf(long)('whatever is in them, a view comes of it', async () => {
    const names = [
      'before',
      'after',
      'gctrace.log',
      'sched.log',
      'allocs.log',
      'goroutine.debug2.txt',
      'heapdump.bin.gz',
    ]
    const { w, harm } = await watched([
      ...names.map(fixture),
      ...['bench-old.txt', 'bench-new.txt'].map(fixture),
      fileOf('small.out', smallTrace()),
    ])
    await using _ = w
    const all = parameters()
    const values = [
      '%3Cimg src=x onerror=window.__hacked=1%3E',
      'constructor',
      '1e999',
      '-1',
      '99999999999999999999',
      '%E2%80%AE%00%E0%A4%A',
      '1~0,a:b',
    ]
    for (const id of VIEWS)
      for (const value of values) {
        const own = all.filter((k) => k.startsWith(`${id}.`))
        const rest =
          value === 'constructor'
            ? ['src', 'base', 'sel', 'beside', 'g', 't', 'si']
            : ['src', 'sel', 't', 'q']
        const address = `${id}?${[...own, ...rest].map((k) => `${k}=${value}`).join('&')}`
        await w.at(address)
        await harm.look(address.slice(0, 60))
        const text = await shown(w.page)
        expect(text.trim(), address).not.toBe('')
        expect(text, address).not.toContain('defect of goscope')
      }
    for (const address of [
      '<img src=x onerror=window.__hacked=1>',
      '%E0%A4%A',
      '__proto__',
      '\u202e'.repeat(50),
      `top?${'a=b&'.repeat(20_000)}`,
      `flame?sel=${'x'.repeat(100_000)}&q=${'(a+)+$'.repeat(50)}`,
      'top?sel=a&sel=b&sel=%3Cb%3E&src=999&src=0',
      'flame?flame.main.zoom=NaN&flame.zoom=NaN&t=focus:%3Cb%3E~~~hide:',
      '?&&&===',
      'top?src=@waits:%7B%22file%22%3A999%7D',
      'top?src=@waits:%7B%22file%22%3A',
      'flame?src=@constructor:%7B%7D,@:,@__proto__:null',
      `top?src=${Array.from({ length: 5000 }, (_, i) => i).join(',')}`,
      `top?base=${'0,'.repeat(5000)}0`,
    ]) {
      await w.at(address)
      await harm.look(address.slice(0, 60))
      expect((await shown(w.page)).trim(), address.slice(0, 60)).not.toBe('')
    }
    expect(harm.list).toEqual([])
  })

  test.runIf(long)('in the addresses of goscope pprof -http', async () => {
    const child = spawn(
      goscope[0]!,
      [goscope[1]!, 'pprof', '-no_browser', '-http=localhost:0', profiles()[0]!],
      {
        stdio: 'pipe',
      },
    )
    const context = await browser!.newContext({ viewport: { width: 1280, height: 800 } })
    try {
      const url = await new Promise<URL>((done, fail) => {
        const hear = (b: Buffer): void => {
          const found = /http:\/\/\S+/.exec(String(b))
          if (found) done(new URL(found[0]))
        }
        child.stdout.on('data', hear)
        child.stderr.on('data', hear)
        child.on('close', (code) => fail(new Error(`ended with ${code}`)))
      })
      const page = await context.newPage()
      page.setDefaultTimeout(LONGEST_MS)
      const harm = await watchFor(page, [url.origin])
      await page.goto(url.href)
      await page.locator('.tab').first().waitFor()
      const text = encodeURIComponent('<img src=x onerror=window.__hacked=1>"\'&\u202e')
      for (const name of ['flamegraph', 'top', 'graph', 'peek', 'source', 'disasm'])
        for (const query of [
          '',
          `?f=${text}`,
          `?si=${text}&view=${text}`,
          `?sel=${text}&q=${text}&t=${text}`,
          `?n=${text}`,
          '?%E0%A4%A=1&f=%E0%A4%A',
        ]) {
          await page.goto(`${url.origin}/ui/${name}${query}`)
          await page.waitForFunction(
            () => document.querySelector('.app, pre') !== null && document.querySelector('.loading') === null,
          )
          await harm.look(`${name}${query.slice(0, 20)}`)
        }
      expect(harm.list).toEqual([])
    } finally {
      await context.close()
      child.kill('SIGKILL')
    }
  })
})
