import { test } from 'vitest'
import { hostileProfile, profileOf, viewIds, watchFor } from './hostile.ts'
import { captureFiles } from './hostile-captures.ts'
import { workbench } from './browser.ts'

test('explore', { timeout: 280_000 }, async () => {
  const ids = await viewIds()
  const w = await workbench([...captureFiles()])
  w.page.setDefaultTimeout(40_000)
  const harm = await watchFor(w.page, [new URL(w.url).origin])
  await w.page.reload()
  await w.settled()
  const probs=[]
  console.log('problems', await w.page.locator('.status-problems').allInnerTexts())
  if (await w.page.locator('.status-problems').count()) { await w.page.locator('.status-problems').click(); console.log((await w.page.locator('.problems').innerText()).slice(0, 1500)); await w.page.keyboard.press('Escape') }
  const views = process.env.V?.split(',') ?? ids
  for (const id of views) {
    const t = Date.now()
    try { await w.at(id) } catch (e) { console.log(id, 'NOT SETTLED', String(e).slice(0, 300)) }
    const ms = Date.now() - t
    await harm.look(id)
    console.log(id, ms, 'ms', Date.now() - t - ms, 'look', harm.list.length ? '\n   ' + harm.list.slice(0, 12).join('\n   ') : 'ok', (await w.page.locator('.panel').first().innerText()).replaceAll('\n', ' ').slice(0, 100))
    harm.list.length = 0
    if (process.env.SHOT) await w.page.screenshot({ path: `/tmp/hostile/cap-${id}.png` })
  }
  console.log(w.errors.join('\n').slice(0, 3000))
  w.errors.length = 0
  await w[Symbol.asyncDispose]()
})
