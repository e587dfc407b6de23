import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { BASE, handmadeElf } from '../../src/core/binary/handmade-elf.ts'
import { encodeProfile } from '../../src/core/formats/pprof/encode.ts'
import { ProfileBuilder } from '../../src/core/model/profile-builder.ts'
import { browser, type Workbench, workbench } from './browser.ts'
import { HOSTILE_NAMES, profileFile } from './profiles.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-source-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { bytes, text: TEXT } = handmadeElf()
const program = join(folder, 'hand')
writeFileSync(program, bytes)
const source = join(folder, 'main.go')
writeFileSync(
  source,
  [
    'package main // \u202eevil <script>window.hacked=1</script>',
    '',
    'func add(a, b int) int {',
    '\treturn a + b',
    '}',
    '',
    '// main is all there is.',
    '//',
    'func main() {',
    '\tx := add(1, 2) // <img src=x onerror="window.hacked=2"> \u202e',
    ...Array.from({ length: 20 }, (_, i) => `\tidle(${i})`),
    '}',
  ].join('\n'),
)

/** main.main, into which main.add is inlined, called by main.other. `names`: as runtimes write it, or bare. */
function profile(name: string, names = true): string {
  const b = new ProfileBuilder()
  b.sampleTypes = [{ type: 'cpu', unit: 'nanoseconds' }]
  const mapping = b.addMapping({ start: BASE, limit: BASE + 0x2000, file: program })
  const main = b.addFunction('main.main', { filename: source, startLine: 9 })
  const add = b.addFunction('main.add', { filename: source, startLine: 3 })
  const other = b.addFunction('main.other', { filename: join(folder, 'gone.go'), startLine: 2 })
  const at = (offset: number, ...lines: [fn: number, line: number][]): number =>
    b.addLocation({
      address: TEXT + offset,
      mapping,
      lines: names ? lines.map(([fn, line]) => ({ fn, line })) : [],
    })
  const caller = at(0x21, [other, 20])
  b.addSample([at(0, [main, 10]), caller], [10e6])
  b.addSample([at(9, [add, 4], [main, 10]), caller], [20e6])
  b.addSample([at(1, [main, 29]), caller], [5e6])
  const path = join(folder, name)
  writeFileSync(path, Buffer.concat([...encodeProfile(b.done())]))
  return path
}

const cpu = profile('cpu.pb')
const line = (w: Workbench, n: number) => w.page.locator(`.src .l[data-line="${n}"]`)
const hacked = (w: Workbench): Promise<unknown> =>
  w.page.evaluate(() => (globalThis as { hacked?: number }).hacked)

async function open(w: Workbench, address: string): Promise<void> {
  await w.at(address)
  await w.page.waitForFunction(() => !/reading the source|disassembling/.test(document.body.innerText))
}

describe.skipIf(browser === undefined)('source', () => {
  test('has weights beside lines, what they call, and who calls', async () => {
    await using w = await workbench([cpu])
    await open(w, 'source?sel=main.main')
    expect(await line(w, 10).innerText()).toContain('x := add(1, 2)')
    expect((await line(w, 10).innerText()).replace(/\s+/g, ' ')).toMatch(/10 ms 30 ms .*10/)
    expect(await line(w, 10).locator('.calls').textContent()).toContain('main.add')
    expect(await w.page.locator('.src .inl').first().innerText()).toContain('called from')
    expect(await w.page.locator('.src .fold').innerText()).toBe('10 lines without samples')
    expect(await w.page.locator('.src').innerText()).not.toContain('\u202e')
    expect(await hacked(w)).toBeUndefined()
    await w.page.locator('.src .fold').click()
    expect(await w.page.locator('.src .l[data-line]').count()).toBe(23)
  })

  test('a click opens the instructions of a line, with inlined calls in place', async () => {
    await using w = await workbench([cpu])
    await open(w, 'source?sel=main.main')
    await line(w, 10).locator('.c').click()
    await w.page.waitForSelector('.src .asm .ad')
    expect(w.address()).toContain('source.open=10')
    expect(await w.page.locator('.src .asm .in').first().innerText()).toContain('main.add main.go:')
    await line(w, 10).locator('.c').click()
    expect(await w.page.locator('.src .asm').count()).toBe(0)
  })

  test('keys go to hot lines and open them', async () => {
    await using w = await workbench([cpu])
    await open(w, 'source?sel=main.main')
    await w.page.keyboard.press('.')
    expect(w.address()).toContain('source.line=10')
    await w.page.keyboard.press('.')
    expect(w.address()).toContain('source.line=29')
    await w.page.keyboard.press(',')
    await w.page.keyboard.press('Enter')
    expect(w.address()).toContain('source.open=10')
    await w.page.keyboard.press('b')
    await w.page.waitForSelector('.asm-pane .ad')
    expect(await w.page.locator('.asm-pane .of').count()).toBeGreaterThan(0)
  })

  test('a call leads to its function, which was inlined', async () => {
    await using w = await workbench([cpu])
    await open(w, 'source?sel=main.main')
    await line(w, 10).locator('.goes').click()
    await w.settled()
    expect(w.address()).toContain('sel=main.add')
    expect(await line(w, 4).innerText()).toContain('return a + b')
    expect(await w.page.locator('.src .inl').first().innerText()).toContain('inlined there')
  })

  test('without a choice there is a list, with a focus all that match', async () => {
    await using w = await workbench([cpu])
    await open(w, 'source')
    await w.page.locator('.choice .row-link').first().click()
    expect(w.address()).toContain('sel=main.')
    await open(w, 'source?f=main%5C.%28main%7Cadd%29%24')
    expect(await w.page.locator('.src-section').count()).toBe(2)
  })

  test('what is missing says what and where', async () => {
    await using w = await workbench([cpu])
    await open(w, 'source?sel=main.other')
    expect(await w.page.locator('.src .remarks').innerText()).toContain('gone.go')
    expect((await line(w, 20).innerText()).replace(/\s/g, ' ')).toContain('35 ms')
    await open(w, 'source?sel=main.nobody')
    expect(await w.page.locator('.panel').first().innerText()).toContain('no samples in what is shown')
  })

  test('names are text, whatever they say', async () => {
    await using w = await workbench([profileFile('hostile.pb', [{ frames: HOSTILE_NAMES, value: 1e9 }])])
    for (const view of ['source', 'disasm']) {
      await open(w, view)
      for (const name of HOSTILE_NAMES.slice(0, 10)) await open(w, `${view}?sel=${encodeURIComponent(name)}`)
      expect(await w.page.locator('.panel img, .panel script').count()).toBe(0)
    }
    expect(await hacked(w)).toBeUndefined()
  })
})

describe.skipIf(browser === undefined)('instructions', () => {
  test('stand under the lines that they come from; keys go to hot ones', async () => {
    await using w = await workbench([cpu])
    await open(w, 'disasm?sel=main.main')
    await w.page.waitForSelector('.asm.flat .ad')
    expect(await w.page.locator('.asm.flat .in').first().innerText()).toContain('main.go:')
    await w.page.keyboard.press('.')
    expect(w.address()).toContain('disasm.at=')
    expect(await w.page.locator('.asm.flat .a.cur').count()).toBe(1)
  })
})

describe.skipIf(browser === undefined)('a profile without names', () => {
  test('gets them from the executable', async () => {
    await using w = await workbench([profile('bare.pb', false)])
    await w.at('top')
    await expect.poll(() => w.page.locator('.status').innerText()).toContain('names from hand')
    await expect.poll(() => w.page.locator('.panel').first().innerText()).toContain('main')
  })
})
