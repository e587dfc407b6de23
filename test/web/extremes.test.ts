// Profiles at the ends of what there is, and files that are damaged, lie, or are none: every view says something that
// makes sense, and soon.

import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { encodeProfile } from '../../src/core/formats/pprof/encode.ts'
import type { Profile } from '../../src/core/model/profile.ts'
import { ProfileBuilder } from '../../src/core/model/profile-builder.ts'
import { browser, long, type Workbench, workbench } from './browser.ts'
import { fileOf, profileOf, viewIds, watchFor } from './hostile.ts'

const VIEWS = await viewIds()
const PROFILE_VIEWS = VIEWS.slice(VIEWS.indexOf('flame'), VIEWS.indexOf('timeline'))

/** A profile of CPU time, built by hand. */
function made(build: (b: ProfileBuilder, at: (name: string, file?: string) => number) => void): Profile {
  const b = new ProfileBuilder()
  b.sampleTypes = [
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ]
  b.periodType = { type: 'cpu', unit: 'nanoseconds' }
  b.period = 10_000_000
  b.durationNanos = 1_000_000_000
  const known = new Map<string, number>()
  build(b, (name, filename = 'main.go') => {
    let at = known.get(name)
    if (at === undefined) {
      at = b.addLocation({ lines: [{ fn: b.addFunction(name, { filename }), line: known.size + 1 }] })
      known.set(name, at)
    }
    return at
  })
  return b.done()
}

const many = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
function each(n: number, work: (i: number) => unknown): void {
  for (let i = 0; i < n; i++) work(i)
}
const TOP = (1n << 63n) - 1n

const EXTREMES: Readonly<Record<string, () => Profile>> = {
  'no samples': () => made(() => undefined),
  'no sample types': () => {
    const p = made((b, at) => b.addSample([at('main.main')], [1, 1]))
    return { ...p, sampleTypes: [], samples: { ...p.samples, value: [] } }
  },
  'one sample': () => made((b, at) => b.addSample([at('main.work'), at('main.main')], [1, 10_000_000])),
  'one frame': () => made((b, at) => b.addSample([at('main.main')], [1, 1])),
  'no frames': () => made((b) => b.addSample([], [3, 30])),
  'nothing but zeros': () => made((b, at) => each(9, (i) => b.addSample([at(`main.f${i}`)], [0, 0]))),
  'below zero': () =>
    made((b, at) => each(9, (i) => b.addSample([at(`main.f${i}`), at('main.main')], [-i, -1e7 * i]))),
  'both signs, nothing in all': () =>
    made((b, at) => each(9, (i) => b.addSample([at(`main.f${i}`), at('main.main')], [i - 4, (i - 4) * 1e7]))),
  'as large as numbers get': () =>
    made((b, at) => {
      b.addSample([at('main.a'), at('main.main')], [TOP, TOP])
      b.addSample([at('main.b'), at('main.main')], [TOP, TOP - 1n])
      b.addSample([at('main.c')], [-TOP, -TOP])
      b.durationNanos = TOP
      b.timeNanos = TOP
      b.period = TOP
    }),
  'a hundred thousand labels': () =>
    made((b, at) =>
      each(100_000, (i) =>
        b.addSample(
          [at('main.work'), at('main.main')],
          [1, 1e7],
          [
            { key: 'request', text: `r${i}` },
            { key: 'bytes', num: i, unit: 'bytes' },
          ],
        ),
      ),
    ),
  'ten thousand keys': () =>
    made((b, at) =>
      each(10_000, (i) => b.addSample([at('main.main')], [1, 1e7], [{ key: `key${i}`, text: 'x' }])),
    ),
  'ten thousand calls of one function': () =>
    made((b, at) => b.addSample([...many(10_000).map(() => at('main.fib')), at('main.main')], [1, 1e7])),
  'ten thousand functions deep': () =>
    made((b, at) => {
      const stack = many(10_000).map((i) => at(`main.f${i}`))
      for (let k = 0; k < 20; k++) b.addSample(stack.slice(k * 37), [1, 1e7])
    }),
  'a hundred thousand functions in one file': () =>
    made((b, at) => each(100_000, (i) => b.addSample([at(`main.f${i}`), at('main.main')], [1, 1e7]))),
  'all weights equal': () =>
    made((b, at) => each(500, (i) => b.addSample([at(`main.f${i}`), at('main.main')], [1, 1e7]))),
  'all weight in one frame': () =>
    made((b, at) => {
      for (const i of many(500)) b.addSample([at(`main.f${i}`), at('main.main')], [0, 0])
      b.addSample([at('main.hot'), at('main.main')], [1e6, 1e13])
    }),
  'twenty sample types of unknown units': () => {
    const b = new ProfileBuilder()
    b.sampleTypes = many(20).map((i) => ({
      type: `type_${i % 17}`,
      unit: ['parsecs', '', 'bytes', 'beans'][i % 4]!,
    }))
    const fn = b.addFunction('main.main', { filename: 'main.go' })
    const loc = b.addLocation({ lines: [{ fn, line: 1 }] })
    for (const k of many(30))
      b.addSample(
        [loc],
        many(20).map((i) => i * k),
      )
    return b.done()
  },
}

/** Opens files; gives what went wrong with the page, to be looked at after every step. */
async function opened(
  files: readonly string[],
): Promise<{ w: Workbench; visit(address: string): Promise<string>; wrong: string[] }> {
  const w = await workbench(files)
  w.page.setDefaultTimeout(30_000)
  w.errors.push = () => 0
  const harm = await watchFor(w.page, [new URL(w.url).origin])
  await w.page.reload()
  await w.page.waitForSelector('.app')
  await w.page.waitForFunction(() => document.querySelector('.loading') === null)
  return {
    w,
    wrong: harm.list,
    /** What is shown there. */
    async visit(address) {
      await w.page.evaluate((to) => {
        location.hash = to
      }, address)
      await w.page.evaluate(() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))))
      await w.page.waitForFunction(() => document.querySelector('.loading') === null)
      await harm.look(address)
      const text = await w.page.locator('main').innerText()
      if (text.trim() === '') harm.list.push(`${address} is empty`)
      if (/defect of goscope/.test(text)) harm.list.push(`${address}: ${text.slice(0, 500)}`)
      const odd = /.{0,40}\b(NaN|Infinity|undefined|null|\[object )\b.{0,20}/.exec(text)
      if (odd !== null) harm.list.push(`${address} says ${odd[0]}`)
      return text
    },
  }
}

describe.skipIf(browser === undefined || !long)(
  'profiles at the ends',
  { timeout: 200_000, concurrent: true },
  () => {
    test.each(Object.keys(EXTREMES))('%s', async (name) => {
      const { w, visit, wrong } = await opened([profileOf('extreme.pb', EXTREMES[name]!())])
      await using _ = w
      for (const id of PROFILE_VIEWS) await visit(id)
      for (const address of [
        'flame?flame.layout=sandwich&sel=main.main&details=1',
        'flame?flame.layout=callers',
        'top?sel=main.main&details=1&top.by=files',
        'findings',
      ])
        await visit(address)
      expect(wrong).toEqual([])
    })

    test('a base larger than what it is taken from', async () => {
      const times = (k: number): Profile =>
        made((b, at) =>
          each(9, (i) => b.addSample([at(`main.f${i}`), at('main.main')], [i * k, 1e7 * i * k])),
        )
      const { w, visit, wrong } = await opened([
        profileOf('main.pb', times(1)),
        profileOf('base.pb', times(50)),
      ])
      await using _ = w
      for (const id of PROFILE_VIEWS)
        for (const more of ['', '&norm=t', '&g=filefunctions', '&sel=main.f3&details=1'])
          await visit(`${id}?src=0&base=1${more}`)
      for (const id of PROFILE_VIEWS) await visit(`${id}?src=0&base=0`)
      expect(wrong).toEqual([])
    })
  },
)

const whole = (): Uint8Array => Buffer.concat([...encodeProfile(EXTREMES['all weights equal']!())])

/** Files, and what the page has to say of each. */
const BROKEN: Readonly<
  Record<string, readonly [name: string, content: () => Uint8Array | string, says: RegExp]>
> = {
  'an empty file': ['empty.pb.gz', () => '', /empty/],
  'a text': ['notes.txt', () => 'dear diary\n'.repeat(100), /./],
  'a picture': [
    'cat.pb.gz',
    () => Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    /PNG|unrecognized|not a profile/,
  ],
  'a page of an error': ['cpu.pb.gz', () => '<!doctype html><html><title>502 Bad Gateway</title>', /HTML/],
  'a profile cut short': ['cut.pb', () => whole().subarray(0, 9000), /at byte|cut|truncated|ends/i],
  'a packed one cut short': [
    'cut.pb.gz',
    () => gzipSync(whole()).subarray(0, 3000),
    /gzip data is damaged or ends early after/,
  ],
  'a packed one with damage': [
    'bad.pb.gz',
    () => {
      const b = Buffer.from(gzipSync(whole()))
      b.fill(0xff, 2000, 2040)
      return b
    },
    /gzip data is damaged or ends early after|damaged/,
  ],
  noise: ['noise.pb', () => Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 * (i ^ 0x55)) >> 3), /./],
  'a bomb that is no profile': ['bomb.pb.gz', () => gzipSync(new Uint8Array(50_000_000)), /./],
  'an archive of too many files': [
    'many.zip',
    () =>
      zipSync(Object.fromEntries(many(20_000).map((i) => [`../../f${i}`, new Uint8Array(0)])), { level: 0 }),
    /more than 10.000 files/,
  ],
  'an archive that lies': [
    'lie.zip',
    () => {
      const zip = zipSync({ 'a.pb': new Uint8Array(100) })
      const view = new DataView(zip.buffer)
      const central = zip.findIndex(
        (_, i) => view.getUint32(Math.min(i, zip.length - 4), true) === 0x02014b50,
      )
      view.setUint32(central + 24, 2 ** 31 - 1, true)
      return zip
    },
    /claims to be larger than it can be/,
  ],
  'a trace cut short': ['cut.out', () => 'go 1.26 trace\0\0\0', /./],
  'a heap dump cut short': ['heapdump.bin', () => 'go1.7 heap dump\n\x06\x00', /./],
}

describe.skipIf(browser === undefined || !long)(
  'files that are not what they seem',
  { timeout: 120_000, concurrent: true },
  () => {
    test.each(Object.keys(BROKEN))('%s', async (title) => {
      const [name, content, says] = BROKEN[title]!
      const good = profileOf('good.pb', EXTREMES['one sample']!())
      for (const files of [[fileOf(name, content())], [fileOf(name, content()), good]]) {
        const { w, visit, wrong } = await opened(files)
        await using _ = w
        let said = ''
        for (const id of files.length === 1 ? VIEWS : ['findings', 'flame', 'top', 'facts'])
          said += await visit(id)
        const problems = w.page.locator('.status-problems')
        if ((await problems.count()) > 0) {
          await problems.click()
          said += await w.page.locator('.problems').innerText()
        }
        expect(said).toMatch(says)
        if (files.length === 2) {
          await w.page.keyboard.press('Escape')
          expect(await visit('top?src=1')).toContain('main')
        }
        expect(wrong).toEqual([])
      }
    })

    test('an archive with ways out of its folder', async () => {
      const file = fileOf(
        'c.zip',
        zipSync({ '../../../etc/cpu.pb': whole(), '..\\..\\x.pb': whole(), '/abs/y.pb': whole() }),
      )
      const { w, visit, wrong } = await opened([file])
      await using _ = w
      expect(await visit('top')).toContain('main.')
      expect(await visit('facts')).not.toMatch(/etc|\.\./)
      expect(wrong).toEqual([])
    })
  },
)
