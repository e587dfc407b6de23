// Hostile input for the page, and what to look for after it was shown.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, vi } from 'vitest'
import { encodeProfile } from '../../src/core/formats/pprof/encode.ts'
import type { Profile } from '../../src/core/model/profile.ts'
import { ProfileBuilder } from '../../src/core/model/profile-builder.ts'

const MB = 1 << 20

/** Texts that try to run, to break out of what they stand in, to deceive the eye, or to take for ever. Each calls itself in `__hacked`. */
export const HOSTILE: readonly string[] = [
  '<img src=x onerror="window.__hacked=1">',
  '<svg onload=window.__hacked=2>',
  '</script><script>window.__hacked=3</script>',
  '--><script>window.__hacked=4</script><!--',
  '<!--',
  ']]><iframe srcdoc="<script>parent.__hacked=5</script>">',
  'javascript:window.__hacked=6//',
  'data:text/html,<script>opener.__hacked=7</script>',
  `"'\`;window.__hacked=8;//`,
  `\${window.__hacked=9}{{constructor.constructor('window.__hacked=9')()}}`,
  'main.<style>*{display:none}</style><base href=//evil.example/>',
  'main.</title><link rel=stylesheet href=//evil.example/x.css>&lt;&amp;',
  '\u001b[31mred\u001b]0;title\u0007\u009b2J',
  'main.\u202egnp.exe\u2066hidden\u2069\u202c',
  'main.nul\0end\x7f\x08',
  'main.line\r\nbreak\ttab\u2028\u2029',
  'main.\udc80\udcff.bad',
  'main.שלום.العربية',
  'main.naïve.日本語.😀👩‍👧🇩🇪',
  'main.same',
  'main.same\u200b',
  'main.s\u00adame',
  'main.same\ufe0f',
  'main.same\u{e0041}',
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  '.'.repeat(10_000),
  '/'.repeat(10_000),
  `main.${'T['.repeat(5000)}int${']'.repeat(5000)}`,
  `main.(${'*'.repeat(5000)}T).M`,
  `main.z${'\u0301'.repeat(5000)}`,
  `main.${'long'.repeat(MB / 4)}`,
  `main.${'\u202e<b>'.repeat(MB / 16)}`,
  `${'a/'.repeat(MB / 8)}z.f`,
]

/** Short ones, for places where each costs a start of something. */
export const SHORT: readonly string[] = HOSTILE.filter((t) => t.length < 200 && t !== '')

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** Writes a file with a name of its own into a new folder; returns the path. */
export function fileOf(name: string, content: Uint8Array | string): string {
  const folder = mkdtempSync(join(tmpdir(), 'goscope-hostile-'))
  made.push(folder)
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** The profile as a file. */
export function profileOf(name: string, profile: Profile): string {
  return fileOf(name, Buffer.concat([...encodeProfile(profile)]))
}

/** Every text as a function, a file, a mapping, a label's key and value, a comment; the first few as sample types and units. */
export function hostileProfile(factor = 1): Profile {
  const b = new ProfileBuilder()
  const names = HOSTILE
  b.sampleTypes = [
    { type: 'cpu', unit: 'nanoseconds' },
    { type: names[0]!, unit: names[2]! },
    { type: names[12]!, unit: names[13]! },
    { type: '__proto__', unit: 'constructor' },
    { type: '', unit: '' },
    { type: names[34]!, unit: names[35]! },
  ]
  b.defaultSampleType = 'cpu'
  b.periodType = { type: names[0]!, unit: names[2]! }
  b.period = 10_000_000
  b.timeNanos = 1_700_000_000_000_000_000n
  b.durationNanos = 2_000_000_000
  b.docUrl = 'javascript:window.__hacked=10'
  b.comments = [...names]
  b.dropFrames = '<img src=x onerror=window.__hacked=11>'
  const main = b.addLocation({
    lines: [{ fn: b.addFunction('main.main', { filename: 'main.go' }), line: 1 }],
  })
  const locations = names.map((name, i) => {
    const mapping = b.addMapping({ start: 4096 * i, limit: 4096 * (i + 1), file: name, buildId: name })
    const fn = b.addFunction(name, { filename: `${name}.go`, startLine: i })
    return b.addLocation({ mapping, address: 4096 * i + 7, lines: [{ fn, line: i + 1 }] })
  })
  // Without names: only addresses and the mapping are there to be shown.
  const bare = b.addLocation({
    mapping: b.addMapping({ start: 0x900000, limit: 0xa00000, file: names[1]!, buildId: names[2]! }),
    address: 0x900010,
  })
  names.forEach((name, i) => {
    const v = (i + 1) * 10_000_000 * factor
    b.addSample(
      [locations[(i + 1) % names.length]!, locations[i]!, main],
      [v, i + 1, i + 2, i + 3, i + 4, i + 5],
      [
        { key: name, text: names[(i + 5) % names.length]! },
        { key: `n${name}`, num: i, unit: name },
      ],
    )
  })
  b.addSample([bare, main], [10_000_000, 1, 1, 1, 1, 1])
  return b.done()
}

/** Ids of all views: of the page's own list, read outside of a browser. */
export async function viewIds(): Promise<string[]> {
  vi.stubGlobal('document', { getElementById: () => null, baseURI: 'http://localhost/' })
  vi.stubGlobal('location', new URL('http://localhost/'))
  vi.stubGlobal('history', { replaceState: () => undefined, pushState: () => undefined })
  vi.stubGlobal('addEventListener', () => undefined)
  try {
    const { VIEWS } = await import('../../src/web/views/index.ts')
    return VIEWS.map((v) => v.id)
  } finally {
    vi.unstubAllGlobals()
  }
}

/** What a page did that it must not do. */
export interface Harm {
  /** Dialogs, requests to elsewhere, violations of the policy, errors. */
  readonly list: string[]
  /** Looks at what is shown now; adds what is wrong with it. */
  look(where: string): Promise<void>
}

/** Watches the page from its next load on. `own` are origins that it may ask. */
export async function watchFor(page: Page, own: readonly string[]): Promise<Harm> {
  const list: string[] = []
  page.on('dialog', (d) => {
    list.push(`dialog: ${d.message().slice(0, 200)}`)
    void d.dismiss()
  })
  page.on('request', (r) => {
    const url = r.url()
    if (!/^(blob|data):/.test(url) && !own.some((o) => url.startsWith(o)))
      list.push(`request: ${url.slice(0, 200)}`)
  })
  page.on('pageerror', (e) => list.push(`error: ${e.message.slice(0, 500)}`))
  // What the server refuses in words is no harm.
  const harmless = /^Failed to load resource: the server responded with a status of 4\d\d/
  page.on('console', (m) => {
    if (m.type() === 'error' && !harmless.test(m.text())) list.push(`console: ${m.text().slice(0, 500)}`)
  })
  page.on('popup', () => list.push('popup'))
  await page.addInitScript(() => {
    const seen: string[] = []
    Object.assign(window, { __violations: seen })
    addEventListener('securitypolicyviolation', (e) =>
      seen.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`.slice(0, 300)),
    )
  })
  return {
    list,
    async look(where) {
      for (const found of await page.evaluate(lookAround)) list.push(`${where}: ${found}`)
    },
  }
}

/** Runs in the page: what was obeyed that should have been shown, and what does not fit. */
export function lookAround(): string[] {
  const out: string[] = []
  const w = window as unknown as { __hacked?: unknown; __violations?: string[] }
  if (w.__hacked !== undefined) out.push(`it ran: ${String(w.__hacked)}`)
  for (const v of w.__violations ?? []) out.push(`policy: ${v}`)
  const strange = document.querySelectorAll(
    'img, iframe, object, embed, base, frame, form[action], body style, svg script, [onload], [onerror], [onclick]',
  )
  for (const e of strange) out.push(`element: ${e.outerHTML.slice(0, 200)}`)
  for (const a of document.querySelectorAll<HTMLAnchorElement>('a[href]'))
    if (!/^(https?:|blob:|#|data:application|file:)/.test(a.href)) out.push(`link: ${a.href.slice(0, 100)}`)
  // What turns, hides or steers text must not reach the screen as it is; tabs and line ends are for code and logs.
  const steering = /(?![\t\n\r])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u
  const tell = (what: string, text: string): void => {
    // The page's own mark before what is cut at its left.
    const m = steering.exec(text.replace(/^\u200e/, ''))
    if (m === null) return
    const around = text.slice(Math.max(0, m.index - 20), m.index + 20)
    out.push(`${what} has U+${m[0].codePointAt(0)!.toString(16)} in ${JSON.stringify(around)}`)
  }
  const pathOf = (e: Element | null): string =>
    e === null
      ? ''
      : `${e.parentElement?.parentElement?.tagName.toLowerCase() ?? ''}.${e.parentElement?.parentElement?.className ?? ''} > ${e.parentElement?.tagName.toLowerCase() ?? ''}.${e.parentElement?.className ?? ''} > ${e.tagName.toLowerCase()}.${e.getAttribute('class') ?? ''}`.replaceAll(
          '[object SVGAnimatedString]',
          'svg',
        )
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let n = walk.nextNode(); n !== null; n = walk.nextNode()) {
    if (n.parentElement?.closest('script, style') !== null) continue
    const text = n.nodeValue ?? ''
    tell(`text of ${pathOf(n.parentElement)}`, text)
    if (text.length > 200_000) out.push(`text of ${pathOf(n.parentElement)} is ${text.length} long`)
  }
  for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'aria-description', 'aria-valuetext'])
    for (const e of document.body.querySelectorAll(`[${name}]`)) {
      const text = e.getAttribute(name) ?? ''
      tell(`${name} of ${pathOf(e)}`, text)
      if (text.length > 30_000) out.push(`${name} of ${pathOf(e)} is ${text.length} long`)
    }
  tell('the title', document.title)
  // Nothing reaches out of the window but what is scrolled or cut by something that stays in it.
  if (document.documentElement.scrollWidth > innerWidth)
    out.push(`the page is ${document.documentElement.scrollWidth} wide`)
  if (document.documentElement.scrollHeight > innerHeight + 1)
    out.push(`the page is ${document.documentElement.scrollHeight} high`)
  for (const e of document.body.querySelectorAll<HTMLElement>('*')) {
    const box = e.getBoundingClientRect()
    if (box.width === 0 || (box.right <= innerWidth + 1 && box.width <= innerWidth + 1)) continue
    let by: Element | null = e.parentElement
    while (by !== null && getComputedStyle(by).overflowX === 'visible') by = by.parentElement
    const stays =
      by !== null &&
      by !== document.documentElement &&
      by !== document.body &&
      by.getBoundingClientRect().right <= innerWidth + 1
    if (!stays && by !== null && by.getBoundingClientRect().width > 0)
      out.push(`reaches out: ${pathOf(e)} to ${Math.round(box.right)}`)
    else if (
      by !== null &&
      by.scrollWidth > 30_000 &&
      getComputedStyle(by).overflowX !== 'hidden' &&
      getComputedStyle(by).overflowX !== 'clip'
    )
      out.push(`scrolls ${by.scrollWidth} wide: ${pathOf(by)}`)
  }
  return [...new Set(out)].slice(0, 40)
}
