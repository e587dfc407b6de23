import { test } from 'vitest'
import { join } from 'node:path'
import { workbench } from './browser.ts'
test('x', { timeout: 100_000 }, async () => {
  const fx = (n: string) => join('/work/main/test/e2e/fixtures', n)
  const w = await workbench([fx('before'), fx('after'), fx('bench-old.txt')])
  await w.settled()
  for (const a of process.env.A!.split(' ')) {
    await w.at(a)
    console.log(a, w.errors.splice(0).join('\n').slice(0, 600), (await w.page.locator('.panels').innerText()).replaceAll('\n', ' ').slice(0, 300))
  }
  await w[Symbol.asyncDispose]()
})
