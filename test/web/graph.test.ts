import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { browser, type Workbench, workbench } from './browser.ts'
import { HOSTILE_NAMES, profileFile } from './profiles.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-graph-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function folded(name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

const calls = folded('calls.folded', [
  'main.main;main.serve;shop.Order;runtime.mallocgc 20',
  'main.main;main.serve;encoding/json.Marshal;runtime.mallocgc 30',
  'main.main;main.idle 10',
])
const later = folded('later.folded', [
  'main.main;main.serve;shop.Order;runtime.mallocgc 5',
  'main.main;main.serve;encoding/json.Marshal;runtime.mallocgc 60',
])

const box = (w: Workbench, name: string) => w.page.locator(`.gn[data-name="${name}"]`)

/** Goes to the graph, and waits until it is drawn. */
async function graph(w: Workbench, params = ''): Promise<void> {
  await w.at(`graph${params}`)
  await w.page.waitForSelector('.gn')
}

const transform = (w: Workbench): Promise<string | null> =>
  w.page.locator('.graph > svg > g').first().getAttribute('transform')

describe.skipIf(browser === undefined)('the call graph', () => {
  test('has a box a function and a line a call', async () => {
    await using w = await workbench([calls])
    await graph(w)
    expect(await w.page.locator('.gn').count()).toBe(6)
    expect(await w.page.locator('.ge').count()).toBe(6)
    expect(await box(w, 'main.serve').textContent()).toContain('50 83.3%')
  })

  test('a click selects, a double click focuses, a right click offers', async () => {
    await using w = await workbench([calls])
    await graph(w)
    await box(w, 'shop.Order').click()
    expect(w.address()).toContain('sel=shop.Order')
    expect(await box(w, 'shop.Order').getAttribute('class')).toContain('sel')
    await box(w, 'shop.Order').click({ button: 'right' })
    expect(await w.page.locator('[role=menu]').textContent()).toContain('shop.Order')
    await w.page.keyboard.press('Escape')
    await box(w, 'encoding/json.Marshal').dblclick()
    await expect.poll(() => w.address()).toContain('t=focus:encoding/json.Marshal')
    await expect.poll(() => w.page.locator('.gn').count()).toBe(4)
  })

  test('the pointer lights the calls of a box, and says more', async () => {
    await using w = await workbench([calls])
    await graph(w)
    await box(w, 'main.idle').hover()
    await w.page.waitForSelector('.graph-tip')
    expect(await w.page.locator('.graph-tip').innerText()).toContain('main.idle')
    expect(await w.page.locator('.ge:not(.faint)').count()).toBe(1)
  })

  test('the wheel zooms, dragging pans, 0 shows all; the address keeps it', async () => {
    await using w = await workbench([calls])
    await graph(w)
    const before = await transform(w)
    await w.page.mouse.move(640, 500)
    await w.page.mouse.wheel(0, -300)
    await expect.poll(() => transform(w)).not.toBe(before)
    const near = await transform(w)
    await w.page.mouse.move(60, 700)
    await w.page.mouse.down()
    await w.page.mouse.move(160, 640, { steps: 3 })
    await w.page.mouse.up()
    await expect.poll(() => transform(w)).not.toBe(near)
    await expect.poll(() => w.address()).toContain('graph.at=')
    const kept = w.address()
    await w.page.reload()
    await w.page.waitForSelector('.gn')
    const [, k, x, y] = /graph\.at=([\d.]+),(-?\d+),(-?\d+)/.exec(kept)!
    expect(await transform(w)).toBe(`translate(${x} ${y}) scale(${k})`)
    await w.page.locator('.graph').focus()
    await w.page.keyboard.press('0')
    await expect.poll(() => w.address()).not.toContain('graph.at')
  })

  test('arrows walk along calls, Enter selects', async () => {
    await using w = await workbench([calls])
    await graph(w, '?sel=main.main')
    await w.page.locator('.graph').focus()
    await w.page.keyboard.press('ArrowDown')
    await w.page.keyboard.press('ArrowDown')
    expect(await w.page.locator('.graph [aria-live]').innerText()).toContain('encoding/json.Marshal, 30')
    await w.page.keyboard.press('Enter')
    expect(w.address()).toContain('sel=encoding/json.Marshal')
    await w.page.keyboard.press('ArrowUp')
    expect(await w.page.locator('.graph [aria-live]').innerText()).toContain('main.serve')
  })

  test('a search marks boxes and dims the others', async () => {
    await using w = await workbench([calls])
    await graph(w, '?q=json')
    expect(await w.page.locator('.gn.match').count()).toBe(1)
    expect(await w.page.locator('.gn.dim').count()).toBe(5)
  })

  test('pprof’s options decide what is drawn', async () => {
    await using w = await workbench([calls])
    await graph(w, '?n=2')
    await expect.poll(() => w.page.locator('.gn').count()).toBe(2)
    await graph(w, '?calltree=t')
    await expect.poll(() => w.page.locator('.gn').count()).toBe(7)
    await graph(w, '?h=serve')
    await expect.poll(() => w.page.locator('.gn').count()).toBe(5)
    await w.at('graph?f=nowhere')
    expect(await w.page.locator('.panel').first().innerText()).toContain('There is nothing to draw')
  })

  test('a difference has signs and colours', async () => {
    await using w = await workbench([later, calls])
    await graph(w, '?src=0&base=1')
    expect(await box(w, 'encoding/json.Marshal').textContent()).toContain('+30')
    expect(await box(w, 'shop.Order').textContent()).toContain('−15')
  })

  test('what is too large says so before it is tried', async () => {
    const many = folded(
      'many.folded',
      Array.from({ length: 1500 }, (_, i) => `main.main;main.f${i};lib.g${i % 700} 1`),
    )
    await using w = await workbench([many])
    await w.at('graph?n=0&nf=0&ef=0')
    expect(await w.page.locator('.panel').first().innerText()).toContain('That is a lot for a picture')
    await w.page.getByRole('button', { name: 'Show the 80 most important' }).click()
    await w.page.waitForSelector('.gn')
    expect(await w.page.locator('.gn').count()).toBe(80)
  })

  test('names are text, whatever they say', async () => {
    const file = profileFile('hostile.pb', [
      {
        frames: HOSTILE_NAMES,
        value: 1e9,
        labels: [{ key: '<b>k', text: '</text><script>window.hacked=9</script>' }],
      },
    ])
    await using w = await workbench([file])
    await graph(w, '?nf=0&ef=0')
    expect(await w.page.locator('.gn:not(.tag)').count()).toBe(HOSTILE_NAMES.length)
    for (const node of await w.page.locator('.gn').all()) {
      await node.dispatchEvent('pointermove', { bubbles: true, pointerId: 1 })
      expect(await w.page.locator('.graph-tip').count()).toBe(1)
    }
    expect(await w.page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined()
    expect(await w.page.locator('.graph img, .graph script, .graph b b').count()).toBe(0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
    expect(await w.page.locator('.graph').innerText()).not.toMatch(/[\u202e\u2066\u001b\u200b]/)
  })
})
