import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { UserError } from '../../core/base/errors.ts'
import { LiveFeed } from './live-feed.ts'
import { LiveSite } from './live-site.ts'

const folder = mkdtempSync(join(tmpdir(), 'goscope-live-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const facts = {
  shown: 'localhost:6060',
  argument: 'localhost:6060',
  pid: 7,
  program: 'shop',
  name: 'shop',
  goVersion: 'go1.26',
}
const reading = (at: number) => ({ at, values: { goroutines: at }, problem: '', silentMs: 0, ended: false })

function siteWith(take: (target: number, what: string) => Promise<string>) {
  const feed = new LiveFeed(1000)
  return { feed, site: new LiveSite({ version: '0', feed, targets: 1, take }) }
}
const body = (a: { body: unknown }) => JSON.parse(String(a.body))

describe('the feed of readings', () => {
  test('gives what is new since a beat', () => {
    const feed = new LiveFeed(1000)
    for (let at = 1; at <= 3; at++) feed.add([facts], [reading(at)])
    const doc = feed.since(2) as { next: number; readings: { at: number }[]; targets: object[] }
    expect(doc.next).toBe(3)
    expect(doc.readings.map((r) => r.at)).toEqual([3])
    expect(doc.targets).toEqual([{ shown: 'localhost:6060', program: 'shop', goVersion: 'go1.26', pid: 7 }])
  })

  test('keeps ten minutes, and says where what it has begins', () => {
    const feed = new LiveFeed(1000)
    for (let at = 0; at < 700; at++) feed.add([facts], [reading(at)])
    const doc = feed.since(0) as { from: number; next: number; readings: { at: number }[] }
    expect([doc.from, doc.next, doc.readings.length, doc.readings[0]!.at]).toEqual([100, 700, 600, 100])
    expect((feed.since(-5) as { from: number }).from).toBe(100)
    expect((feed.since(1e9) as { readings: object[] }).readings).toEqual([])
  })
})

describe('the site', () => {
  test('reads by GET and takes by POST', () => {
    const { site } = siteWith(async () => '')
    expect([site.method('/live'), site.method('/take'), site.method('/')]).toEqual(['GET', 'POST', 'GET'])
  })

  test('what was taken becomes a source', async () => {
    const file = join(folder, 'heap.pb.gz')
    writeFileSync(file, 'heap')
    const { site } = siteWith(async () => file)
    const form = new URLSearchParams({ what: 'heap', target: '0' })
    const answer = await site.answer({ path: '/take', query: new URLSearchParams(), form }, '')
    expect(answer.status).toBe(200)
    expect(body(answer).sources).toEqual([{ name: file, bytes: 4, url: 'source/0' }])
    expect(site.method('/source/0')).toBe('GET')
    expect(site.method('/source/1')).toBeUndefined()
  })

  test.each([
    [{ what: 'everything', target: '0' }, 400],
    [{ what: 'heap', target: '1' }, 400],
    [{ what: 'heap', target: 'x' }, 400],
    [{}, 400],
  ])('refuses %j', async (given, status) => {
    const { site } = siteWith(async () => '')
    const form = new URLSearchParams(given as Record<string, string>)
    expect((await site.answer({ path: '/take', query: new URLSearchParams(), form }, '')).status).toBe(status)
  })

  test('takes one of a kind at a time, and says why it could not', async () => {
    let fail = (_: Error): void => undefined
    const { site } = siteWith(
      () =>
        new Promise((_, reject) => {
          fail = reject
        }),
    )
    const ask = () =>
      site.answer(
        {
          path: '/take',
          query: new URLSearchParams(),
          form: new URLSearchParams({ what: 'cpu', target: '0' }),
        },
        '',
      )
    const first = ask()
    expect((await ask()).status).toBe(409)
    fail(new UserError('connection refused'))
    expect([(await first).status, (await first).body]).toEqual([424, 'connection refused\n'])
  })
})
