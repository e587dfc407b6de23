// Measures the flame graph of a made profile with a million frames in a real Chromium: first paint, frames while
// panning and zooming, search, switching. Needs playwright-core and a browser.
//
//   node bench/web-flame.mjs [--frames 1000000] [--dist dist] [--profile FILE] [--chromium /usr/bin/chromium] [--size 1920x1080] [--json FILE] [--search A,B]
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { values: opt } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    dist: { type: 'string', default: join(root, 'dist') },
    profile: { type: 'string' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    size: { type: 'string', default: '1920x1080' },
    json: { type: 'string' },
    /** What to look for, one after the other: each must find something else than the one before. */
    search: { type: 'string', default: 'method,json.*method1,Type9,shop/internal' },
  },
})

/** A profile whose stacks make up about so many frames of a flame graph: random walks that share their beginnings. */
function makeProfile(frames) {
  const FUNCTIONS = 6000
  const DEPTH = 36
  const parts = []
  let size = 0
  const push = (bytes) => {
    parts.push(bytes)
    size += bytes.length
  }
  const varint = (out, v) => {
    let rest = v
    while (rest >= 128) {
      out.push((rest % 128) | 128)
      rest = Math.floor(rest / 128)
    }
    out.push(rest)
  }
  const message = (tag, fields) => {
    const body = []
    for (const [field, v] of fields) {
      if (typeof v === 'number') {
        varint(body, field << 3)
        varint(body, v)
      } else {
        varint(body, (field << 3) | 2)
        varint(body, v.length)
        for (const b of v) body.push(b)
      }
    }
    const head = []
    varint(head, (tag << 3) | 2)
    varint(head, body.length)
    push(Uint8Array.from(head))
    push(Uint8Array.from(body))
  }
  let seed = 7
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 2 ** 32
  }
  const strings = ['', 'samples', 'count', 'cpu', 'nanoseconds']
  for (let f = 0; f < FUNCTIONS; f++) {
    const where = [
      'main',
      'acme.org/shop/internal/orders',
      'net/http',
      'encoding/json',
      'github.com/lib/store',
    ][f % 5]
    strings.push(f % 3 ? `${where}.(*Type${f % 97}).method${f}` : `${where}.function${f}`)
  }
  message(1, [
    [1, 1],
    [2, 2],
  ])
  message(1, [
    [1, 3],
    [2, 4],
  ])
  // Each function calls four others, one of them mostly.
  const callee = (f, k) => (f * 31 + k * 1777 + 11) % FUNCTIONS
  const seen = new Set()
  let made = 0
  while (made < frames) {
    const stack = []
    let f = Math.floor(random() ** 2 * 40)
    let key = ''
    const depth = 6 + Math.floor(random() * DEPTH)
    for (let d = 0; d < depth; d++) {
      stack.push(f + 1)
      key += `${f},`
      if (!seen.has(key)) {
        seen.add(key)
        made++
      }
      const r = random()
      f = callee(f, r < 0.55 ? 0 : r < 0.8 ? 1 : r < 0.94 ? 2 : 3)
    }
    const ids = []
    for (const id of stack.reverse()) varint(ids, id)
    const values = []
    const count = 1 + Math.floor(random() ** 6 * 400)
    varint(values, count)
    varint(values, Math.floor(count * 1e7 * (0.5 + random())))
    message(2, [
      [1, ids],
      [2, values],
    ])
  }
  for (let f = 0; f < FUNCTIONS; f++) {
    const line = []
    varint(line, 8)
    varint(line, f + 1)
    message(4, [
      [1, f + 1],
      [4, line],
    ])
    message(5, [
      [1, f + 1],
      [2, f + 5],
      [3, f + 5],
    ])
  }
  const encoder = new TextEncoder()
  for (const s of strings) {
    const text = encoder.encode(s)
    const head = []
    varint(head, (6 << 3) | 2)
    varint(head, text.length)
    push(Uint8Array.from(head))
    push(text)
  }
  const all = new Uint8Array(size)
  let at = 0
  for (const p of parts) {
    all.set(p, at)
    at += p.length
  }
  return gzipSync(all, { level: 1 })
}

const folder = mkdtempSync(join(tmpdir(), 'web-flame-'))
const profile = opt.profile ?? join(folder, 'made.pb.gz')
if (opt.profile === undefined) writeFileSync(profile, makeProfile(Number(opt.frames)))

const [width, height] = opt.size.split('x').map(Number)
const browser = await chromium.launch({
  executablePath: opt.chromium,
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage({ viewport: { width, height } })
// How long each callback of an animation frame keeps the main thread.
await page.addInitScript(() => {
  const own = globalThis.requestAnimationFrame.bind(globalThis)
  globalThis.frameWork = []
  globalThis.ownFrame = own
  globalThis.requestAnimationFrame = (run) =>
    own((now) => {
      const started = performance.now()
      run(now)
      globalThis.frameWork.push(performance.now() - started)
    })
})
page.on('pageerror', (e) => console.error(`page: ${e.message}`))

const started = performance.now()
const server = spawn(
  process.execPath,
  [join(opt.dist, 'cli.js'), 'open', '--no-browser', '--port', '0', profile],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
try {
  const url = await new Promise((done) => server.stdout.once('data', (d) => done(String(d).trim())))
  await page.goto(url)
  await page.waitForSelector('.tab')
  if ((await page.$('.fl-canvas')) === null) await page.evaluate(() => (location.hash = 'flame'))
  await page.waitForSelector('.fl-canvas', { timeout: 60_000 })
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  const firstPaint = performance.now() - started
  await page.waitForSelector('.fl-body[data-detail=all]', { timeout: 60_000 })
  const whole = performance.now() - started
  await page.waitForTimeout(1500)

  /** Moves for `frames` frames; gives intervals between frames and how long drawing took in each, ms. */
  const moving = (kind, frames) =>
    page.evaluate(
      async ([kind, frames]) => {
        const canvas = document.querySelector('.fl-canvas')
        const box = canvas.getBoundingClientRect()
        const intervals = []
        globalThis.frameWork.length = 0
        const point = (type, x, y) =>
          canvas.dispatchEvent(
            new PointerEvent(type, {
              clientX: x,
              clientY: y,
              button: 0,
              pointerId: 1,
              bubbles: true,
              isPrimary: true,
            }),
          )
        if (kind === 'pan') {
          canvas.setPointerCapture = () => undefined
          point('pointerdown', box.left + box.width / 2, box.top + 200)
        }
        let before = 0
        for (let i = 0; i < frames; i++) {
          const now = await new Promise(globalThis.ownFrame)
          if (before) intervals.push(now - before)
          before = now
          const swing = Math.sin((i / frames) * Math.PI * 4)
          if (kind === 'pan')
            point(
              'pointermove',
              box.left + box.width / 2 + swing * box.width * 0.4,
              box.top + 200 + 60 * swing,
            )
          else
            canvas.dispatchEvent(
              new WheelEvent('wheel', {
                deltaY: i % 80 < 40 ? -60 : 60,
                ctrlKey: true,
                clientX: box.left + box.width * 0.37,
                clientY: box.top + 150,
                bubbles: true,
                cancelable: true,
              }),
            )
        }
        if (kind === 'pan') point('pointerup', box.left + box.width / 2, box.top + 200)
        return { intervals, work: globalThis.frameWork.filter((ms) => ms > 0.3) }
      },
      [kind, frames],
    )
  const p = (list, share) =>
    [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))]
  const smooth = async (kind) => {
    const { intervals, work } = await moving(kind, 240)
    return {
      p50: p(intervals, 0.5),
      p95: p(intervals, 0.95),
      max: Math.max(...intervals),
      workP50: p(work, 0.5),
      workP95: p(work, 0.95),
    }
  }
  const zoomed = await smooth('zoom')
  await page.keyboard.press('0')
  await page.waitForTimeout(600)
  // In the middle of things: four times nearer, then from side to side.
  await page.keyboard.press('+')
  await page.keyboard.press('+')
  await page.keyboard.press('+')
  await page.waitForTimeout(600)
  const panned = await smooth('pan')
  await page.keyboard.press('0')
  await page.waitForTimeout(600)

  /** Does something in the page and waits until `done` (an expression) holds and a frame was drawn; ms. */
  const timed = (act, done) =>
    page.evaluate(
      async ([act, done]) => {
        const started = performance.now()
        new Function(act)()
        const ready = new Function(`return ${done}`)
        while (!ready()) {
          await new Promise((next) => setTimeout(next, 0))
          if (performance.now() - started > 20_000) return Number.NaN
        }
        const found = performance.now()
        await new Promise(requestAnimationFrame)
        await new Promise((next) => setTimeout(next, 0))
        return [found - started, performance.now() - started]
      },
      [act, done],
    )
  const typed = (text) =>
    `const i = document.querySelector('.fl-search input'); i.value = ${JSON.stringify(text)}; i.dispatchEvent(new Event('input', { bubbles: true }))`
  const note = "document.querySelector('.fl-search .search-note')?.textContent ?? ''"
  const search = []
  let said = ''
  // Whoever types has gone to the field before.
  await page.focus('.fl-search input')
  await page.waitForTimeout(400)
  for (const text of opt.search.split(',')) {
    search.push(await timed(typed(text), `(${note}) !== ${JSON.stringify(said)} && (${note}) !== ''`))
    said = await page.evaluate(`(${note})`)
    await page.waitForTimeout(400)
  }
  await timed(typed(''), `(${note}) === ''`)
  const all = "document.querySelector('.fl-crumbs .chip').textContent"
  const types = []
  for (const index of [0, 1, 0, 1]) {
    const before = await page.evaluate(`(${all})`)
    types.push(
      await timed(
        `document.querySelectorAll('header [aria-label="Sample type"] button')[${index}].click()`,
        `(${all}) !== ${JSON.stringify(before)} && document.querySelector('.fl-body.pending') === null`,
      ),
    )
    await page.waitForTimeout(2500)
  }
  const layouts = []
  for (const index of [1, 0, 2, 0]) {
    layouts.push(
      await timed(
        `document.querySelectorAll('[aria-label=Layout] button')[${index}].click()`,
        "document.querySelector('.fl-body.pending') === null",
      ),
    )
    await page.waitForTimeout(2500)
  }
  const result = {
    frames: opt.frames,
    size: opt.size,
    firstPaint,
    whole,
    zoomed,
    panned,
    search,
    types,
    layouts,
  }
  const ms = (v) => (typeof v === 'number' ? v.toFixed(1) : v)
  const both = (list) =>
    list.map((pair) => (Array.isArray(pair) ? `${ms(pair[0])} (${ms(pair[1])} painted)` : pair)).join(', ')
  console.log(`first paint after the command   ${ms(firstPaint)} ms; everything ${ms(whole)} ms`)
  for (const [name, r] of [
    ['zoom', zoomed],
    ['pan', panned],
  ])
    console.log(
      `${name.padEnd(5)} frame interval            p50 ${ms(r.p50)}, p95 ${ms(r.p95)}, max ${ms(r.max)} ms; drawing p50 ${ms(r.workP50)}, p95 ${ms(r.workP95)} ms`,
    )
  console.log(`search                          ${both(search)} ms`)
  console.log(`switch sample type              ${both(types)} ms`)
  console.log(`switch layout                   ${both(layouts)} ms`)
  if (opt.json) writeFileSync(opt.json, `${JSON.stringify(result, null, 2)}\n`)
} finally {
  server.kill()
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
