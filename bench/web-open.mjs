// From the command to the first useful picture of the page: `goscope open`, in one run with the others where they are.
//
//   node bench/web-open.mjs FILE [--view top] [--runs 5] [--pprof] [--speedscope FOLDER]
//
// FOLDER is an unpacked speedscope package (npm pack speedscope). Needs Chromium and playwright-core.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const args = process.argv.slice(2)
const option = (name, fallback) => {
  const at = args.indexOf(name)
  return at < 0 ? fallback : args.splice(at, 2)[1]
}
const runs = Number(option('--runs', '5'))
const view = option('--view', 'flame')
const speedscope = option('--speedscope', '')
const withPprof = args.includes('--pprof')
const file = resolve(args.find((a) => !a.startsWith('--')) ?? 'examples/orders/go1.26/cpu.pb.gz')

/** Something that shows the data: what "first useful paint" waits for. */
const USEFUL = {
  flame: () =>
    document.querySelector('[data-view="flame"] canvas') !== null &&
    /drawn/.test(document.querySelector('footer').innerText),
  top: () => document.querySelector('[data-view="top"] [role="gridcell"]') !== null,
}
const browser = await chromium.launch({
  executablePath: process.env.GOSCOPE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})

async function served(command, commandArgs, useful, address = (u) => u) {
  const start = performance.now()
  const child = spawn(command, commandArgs, { stdio: ['ignore', 'pipe', 'pipe'] })
  const url = await new Promise((done, fail) => {
    const hear = (b) => {
      const found = /https?:\/\/\S+/.exec(String(b))
      if (found) done(found[0])
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', fail)
  })
  const listening = performance.now() - start
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  try {
    await page.goto(address(url))
    await page.waitForFunction(useful, undefined, { polling: 'raf', timeout: 60_000 })
    return { listening, useful: performance.now() - start }
  } finally {
    await page.close()
    child.kill('SIGKILL')
  }
}

const cases = {
  goscope: () =>
    served(
      process.execPath,
      [process.env.GOSCOPE_BIN ?? join(root, 'bin/goscope.js'), 'open', '--no-browser', '--port', '0', file],
      USEFUL[view],
      (u) => `${u}#${view}`,
    ),
}
if (withPprof)
  cases['go tool pprof'] = () =>
    served(
      'go',
      ['tool', 'pprof', '-http=127.0.0.1:18099', '-no_browser', file],
      () => document.querySelectorAll('.boxbg, .box').length > 5,
    )
if (speedscope !== '') {
  const types = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.json': 'application/json',
    '.wasm': 'application/wasm',
  }
  cases.speedscope = async () => {
    const server = createServer((req, res) => {
      const path = new URL(req.url, 'http://x').pathname
      const from =
        path === '/profile' ? file : join(speedscope, 'dist/release', path === '/' ? 'index.html' : path)
      try {
        const body = readFileSync(from)
        res.setHeader('Content-Type', types[extname(from)] ?? 'application/octet-stream')
        res.end(body)
      } catch {
        res.statusCode = 404
        res.end()
      }
    })
    await new Promise((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address()
    const start = performance.now()
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    try {
      await page.goto(
        `http://127.0.0.1:${port}/#profileURL=${encodeURIComponent(`http://127.0.0.1:${port}/profile`)}`,
      )
      await page.waitForFunction(() => document.querySelectorAll('canvas').length > 1, undefined, {
        polling: 'raf',
        timeout: 60_000,
      })
      return { listening: 0, useful: performance.now() - start }
    } finally {
      await page.close()
      server.close()
    }
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
for (const [name, run] of Object.entries(cases)) {
  const results = []
  for (let i = 0; i < runs; i++)
    try {
      results.push(await run())
    } catch (e) {
      console.log(`${name}: ${e.message.split('\n')[0]}`)
      break
    }
  if (results.length === 0) continue
  const useful = results.map((r) => r.useful)
  console.log(
    `${name.padEnd(14)} first useful paint: best ${(Math.min(...useful) / 1000).toFixed(2)} s, median ${(median(useful) / 1000).toFixed(2)} s (listening after ${(median(results.map((r) => r.listening)) / 1000).toFixed(2)} s)`,
  )
}
await browser.close()
