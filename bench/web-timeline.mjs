// Measures the timeline of a trace in a real Chromium: from the command to a picture that can be moved, frames while
// panning and zooming, memory of server and tab. Needs playwright-core and a browser.
//
//   node bench/web-timeline.mjs TRACE… [--root FOLDER] [--chromium /usr/bin/chromium] [--size 1920x1080] [--json FILE]
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const here = join(dirname(fileURLToPath(import.meta.url)), '..')
const { values: opt, positionals: traces } = parseArgs({
  allowPositionals: true,
  options: {
    root: { type: 'string', default: here },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    size: { type: 'string', default: '1920x1080' },
    json: { type: 'string' },
  },
})
const [width, height] = opt.size.split('x').map(Number)

/** Proportional set size of a process, MiB; 0 if it is gone. */
function pss(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** CPU time of a process, ms. */
function cpu(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

/** Renderers below a process. */
function renderers(root) {
  const parent = new Map()
  const command = new Map()
  for (const pid of readdirSync('/proc').filter((p) => /^\d+$/.test(p)))
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      parent.set(Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]))
      command.set(Number(pid), readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    } catch {
      // It has ended meanwhile.
    }
  const below = (pid) => pid === root || (parent.has(pid) && pid > 1 && below(parent.get(pid)))
  return [...command].filter(([pid, c]) => c.includes('--type=renderer') && below(pid)).map(([pid]) => pid)
}

function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]
}

/** Intervals between frames of the screen, and how long painting took, while something is done. */
async function frames(page, what) {
  await page.evaluate(() => {
    const log = { at: [], on: true }
    window.__frames = log
    const tick = (t) => {
      log.at.push(t)
      if (log.on) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
  })
  await what()
  const at = await page.evaluate(() => {
    window.__frames.on = false
    return window.__frames.at
  })
  return at.slice(1).map((t, i) => t - at[i])
}

async function measure(trace) {
  const start = performance.now()
  const server = spawn(
    process.execPath,
    [join(opt.root, 'bin/goscope.js'), 'open', '--no-browser', '--port', '0', trace],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  try {
    const url = await new Promise((resolve, reject) => {
      let said = ''
      const hear = (piece) => {
        said += piece
        const m = /http:\/\/\S+/.exec(said)
        if (m !== null) resolve(m[0])
      }
      server.stdout.on('data', hear)
      server.stderr.on('data', hear)
      server.on('exit', (code) => reject(new Error(`goscope ended with ${code}: ${said}`)))
    })
    const served = performance.now() - start
    const browser = await chromium.launchServer({
      executablePath: opt.chromium,
      args: ['--no-sandbox', '--disable-gpu'],
    })
    const connected = await chromium.connect(browser.wsEndpoint())
    const context = await connected.newContext({ viewport: { width, height } })
    // The secret becomes a cookie; then the page may begin with this view.
    await context.request.get(url)
    const page = await context.newPage()
    // The browser's own start is not goscope's.
    const opened = performance.now()
    const tab = () => renderers(browser.process().pid).reduce((sum, pid) => sum + cpu(pid), 0)
    const before = tab()
    await page.goto(`${new URL('/', url)}#timeline`)
    await page.waitForSelector('.tl-stage[data-ready=true]', { timeout: 120_000 })
    const movable = served + performance.now() - opened
    const movableCpu = tab() - before + cpu(server.pid)
    const early = await frames(page, () => move(page, 12))
    await page.waitForFunction(() => !document.querySelector('.tl-reading'), undefined, { timeout: 300_000 })
    await page.waitForTimeout(300)
    const complete = served + performance.now() - opened
    const tabs = renderers(browser.process().pid)
    const memory = { server: pss(server.pid), tab: Math.max(...tabs.map(pss)) }
    const late = await frames(page, () => move(page, 40))
    const after = { server: pss(server.pid), tab: Math.max(...tabs.map(pss)) }
    await connected.close()
    await browser.close()
    return { trace, served, movable, movableCpu, complete, early, late, memory, after }
  } finally {
    server.kill()
  }
}

/** Pans and zooms as a user does: the wheel, keys, and dragging. */
async function move(page, steps) {
  const box = await page.locator('.tl-stage').boundingBox()
  const y = box.y + box.height / 3
  await page.mouse.move(box.x + box.width / 2, y)
  for (let i = 0; i < steps; i++) {
    await page.keyboard.down('Control')
    for (let k = 0; k < 6; k++) {
      await page.mouse.wheel(0, i % 4 < 2 ? -80 : 80)
      await page.waitForTimeout(16)
    }
    await page.keyboard.up('Control')
    await page.mouse.down()
    for (let k = 1; k <= 8; k++) {
      await page.mouse.move(box.x + box.width / 2 + (i % 2 ? 40 : -40) * k, y)
      await page.waitForTimeout(16)
    }
    await page.mouse.up()
    await page.mouse.move(box.x + box.width / 2, y)
  }
}

const results = []
for (const trace of traces) {
  const r = await measure(trace)
  const about = (f) =>
    `median ${percentile(f, 0.5).toFixed(1)}, p95 ${percentile(f, 0.95).toFixed(1)}, worst ${Math.max(...f).toFixed(1)} ms (${f.length} frames)`
  console.log(trace)
  console.log(`  command → address     ${r.served.toFixed(0)} ms`)
  console.log(
    `  command → movable     ${r.movable.toFixed(0)} ms (${r.movableCpu} ms of CPU, server and tab)`,
  )
  console.log(`  command → all of it   ${r.complete.toFixed(0)} ms (with the moving in between)`)
  console.log(`  frames while reading  ${about(r.early)}`)
  console.log(`  frames after          ${about(r.late)}`)
  console.log(
    `  memory, MiB           server ${r.memory.server.toFixed(0)}, tab ${r.memory.tab.toFixed(0)}; after moving ${r.after.server.toFixed(0)}, ${r.after.tab.toFixed(0)}`,
  )
  results.push({ ...r, early: percentile(r.early, 0.95), late: percentile(r.late, 0.95) })
}
if (opt.json !== undefined) writeFileSync(opt.json, JSON.stringify(results, undefined, 2))
