import { expect, test } from 'vitest'
import { workbench } from './browser.ts'
import { hostileProfile, profileOf, viewIds, watchFor, HOSTILE } from './hostile.ts'

test('explore', { timeout: 280_000 }, async () => {
  const ids = await viewIds()
  console.log(ids.join(' '))
  const w = await workbench([profileOf('hostile.pb', hostileProfile()), profileOf('more.pb', hostileProfile(2))])
  const harm = await watchFor(w.page, [new URL(w.url).origin])
  await w.page.reload()
  await w.settled()
  const views = process.env.V?.split(',') ?? ids
  const sel = process.env.SEL === undefined ? '' : HOSTILE[Number(process.env.SEL)]!
  for (const id of views) {
    const t = Date.now()
    try {
      await w.at(sel === '' ? id : `${id}?sel=${encodeURIComponent(sel)}&details=1`)
    } catch (e) { console.log(id, 'NOT SETTLED', String(e).slice(0, 300)) }
    const ms = Date.now() - t
    harm.list.length = 0
    await harm.look(id)
    console.log(id, ms, 'ms', Date.now() - t - ms, 'look', harm.list.length ? '\n   ' + harm.list.slice(0, 12).join('\n   ') : 'ok')
    if (process.env.SHOT) await w.page.screenshot({ path: `/tmp/hostile/shot-${id}.png` })
  }
  console.log(w.errors.join('\n').slice(0, 3000))
  w.errors.length = 0
  await w[Symbol.asyncDispose]()
})
