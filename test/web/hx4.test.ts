import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'vitest'
import { root } from '../kit/run-command.ts'
import { fileOf, viewIds, watchFor } from './hostile.ts'
import { smallTrace } from '../../src/core/engine/workbench/trace-handmade.ts'
import { workbench } from './browser.ts'

test('explore', { timeout: 580_000 }, async () => {
  const ids = await viewIds()
  const web = '/work/main/src/web'
  const sources = readdirSync(web, { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f) && !f.includes('.test.')).map((f) => readFileSync(join(web, f), 'utf8')).join('\n')
  const all = new Set([...sources.matchAll(/param\('([\w.-]+)'\)/g)].map((m) => m[1]!))
  for (const m of sources.matchAll(/'((?:[a-z]+-)*[a-z]+\.[a-z.]+)'/g)) if (ids.includes(m[1]!.split('.')[0]!)) all.add(m[1]!)
  for (const id of ids) for (const k of ['sort', 'q', 'file']) all.add(`${id}.${k}`)
  const general = [...all].filter((k) => !ids.includes(k.split('.')[0]!))
  console.log(general.join(' '))
  const fx = (n: string) => join('/work/main/test/e2e/fixtures', n)
  const w = await workbench([fx('before'), fx('after'), fx('gctrace.log'), fx('sched.log'), fx('allocs.log'), fx('goroutine.debug2.txt'), fx('heapdump.bin.gz'), fx('bench-old.txt'), fx('bench-new.txt'), fx('crash.log'), fileOf('small.out', smallTrace()), fileOf('small2.out', smallTrace(4000))])
  const harm = await watchFor(w.page, [new URL(w.url).origin])
  await w.page.reload()
  await w.settled()
  const values = process.env.VALS?.split(' ') ?? ['%3Cimg src=x onerror=window.__hacked=1%3E', 'NaN', '-1', '1e999', '99999999999999999999999', '__proto__', 'constructor', '%E2%80%AE%00', '%E0%A4%A', '0', '1~0', 'a:b:c~d', '(((((', ',,,,', 'x'.repeat(100_000)]
  const views = process.env.V?.split(',') ?? ids
  let n = 0
  const known = new Set<string>()
  for (const id of views) {
    const own = [...(id === 'top' || id === 'flame' ? general.filter((k) => k !== 'beside') : []), ...[...all].filter((k) => k.startsWith(`${id}.`))]
    for (const value of values) for (const keys of [own, ...(process.env.ONE && !value.startsWith('xx') ? own.map((k) => [k]) : [])]) {
      const t = Date.now()
      const v = value.length > 1000 && keys.length > 1 ? value.slice(0, 2000) : value
      const to = `${id}?${keys.map((k) => `${k}=${v}`).join('&')}`
      n++
      try { await w.at(to) } catch (e) { console.log(to.slice(0, 200), 'NOT SETTLED', String(e).slice(0, 200)) }
      await harm.look(to.slice(0, 100))
      const ms = Date.now() - t
      const body = await w.page.locator('.panels').first().innerText()
      if (/defect of goscope/.test(body)) harm.list.push('DEFECT ' + body.slice(0, 400))
      const seen2 = harm.list.map((h) => h.replace(/^[^:]*\?[^:]*: /, '')); const fresh = seen2.filter((h) => { const k = h.replace(/\d+/g, '0').slice(0, 120); if (known.has(k)) return false; known.add(k); return true }); harm.list.length = 0; harm.list.push(...fresh)
      if (harm.list.length || ms > 3000 || body.trim() === '') console.log(to.slice(0, 90), ms, body.trim() === '' ? 'EMPTY' : '', '\n   ' + harm.list.slice(0, 6).join('\n   '))
      harm.list.length = 0
      if (keys.length > 1 || true) await w.page.evaluate(() => { location.hash = 'live' })
    }
  }
  console.log(n, w.errors.join('\n').slice(0, 3000))
  w.errors.length = 0
  await w[Symbol.asyncDispose]()
})
