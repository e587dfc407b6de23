import { test } from 'vitest'
import { hostileProfile, profileOf } from './hostile.ts'
import { workbench } from './browser.ts'
test('x', { timeout: 280_000 }, async () => {
  const f = [profileOf('hostile.pb', hostileProfile()), profileOf('more.pb', hostileProfile(2))]
  for (let k = 0; k < 8; k++) {
  const w = await workbench(f)
  w.page.setDefaultTimeout(8000)
  const reqs: string[] = []
  w.page.on('request', (r) => reqs.push('> ' + r.url().slice(-30)))
  w.page.on('requestfinished', (r) => reqs.push('< ' + r.url().slice(-30)))
  w.page.on('requestfailed', (r) => reqs.push('! ' + r.url().slice(-30)))
  await w.settled()
  await w.at('flame')
  const { page } = w
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find' }).fill('<img')
  await page.waitForTimeout(200)
  await page.keyboard.press('Escape')
  for (const id of ['flame', 'top', 'samples', 'tags', 'graph']) {
        const t = Date.now()
        try { await w.at(`${id}?q=1`) } catch (e) { console.log('NOT', id, (await w.page.locator('.loading').allInnerTexts()), reqs.slice(-12).join('\n'), await page.evaluate(() => [document.querySelectorAll('.panel').length, document.querySelector('.panel')!.outerHTML.slice(0, 300)])) }
        console.log('  ', id, Date.now() - t)
  }
  w.errors.splice(0)
  await w[Symbol.asyncDispose]()
  }
})
