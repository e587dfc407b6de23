// What `goscope capture` costs a busy server, against curl fetching the same pages in the same order:
//   node bench/capture-cost.mjs [ROUNDS] [SECONDS of the CPU profile]
// Needs go, curl, Linux and a build. Each round measures, in changing order, the server alone, under curl and under
// goscope: requests answered, and processor time of the server per request. The second one is
// the steadier of the two on a machine that others use as well.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = `package main

import (
	"encoding/json"
	_ "expvar"
	"fmt"
	"io"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var mu sync.Mutex
var served = map[string]int{}

func work(w http.ResponseWriter, r *http.Request) {
	lines := []string{}
	attrs := map[string]string{}
	for i := 0; i < 40; i++ {
		lines = append(lines, fmt.Sprintf("line %d of %s", i, r.URL.Path))
		attrs[fmt.Sprint("k", i)] = strings.Repeat("v", i)
	}
	sort.Strings(lines)
	b, _ := json.Marshal(map[string]any{"lines": lines, "attrs": attrs})
	mu.Lock()
	served[r.URL.Path]++
	mu.Unlock()
	w.Write(b)
}

func serve() {
	runtime.SetBlockProfileRate(10_000)
	runtime.SetMutexProfileFraction(100)
	never := make(chan int)
	for i := 0; i < 1000; i++ {
		go func() { <-never }()
	}
	http.HandleFunc("/work", work)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(ln.Addr())
	panic(http.Serve(ln, nil))
}

func load(url string, seconds float64) {
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	var n atomic.Int64
	var wg sync.WaitGroup
	for i := 0; i < 16; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Now().Before(end) {
				r, err := c.Get(url)
				if err != nil {
					continue
				}
				io.Copy(io.Discard, r.Body)
				r.Body.Close()
				n.Add(1)
			}
		}()
	}
	wg.Wait()
	fmt.Println(n.Load())
}

func main() {
	if len(os.Args) > 1 {
		seconds, _ := strconv.ParseFloat(os.Args[2], 64)
		load(os.Args[1], seconds)
	} else {
		serve()
	}
}
`

const goscope = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'goscope.js')
const rounds = Number(process.argv[2] ?? 7)
const cpuSeconds = Number(process.argv[3] ?? 10)
/** Of a round: the capture, and a little more. */
const seconds = cpuSeconds + 4
const TICKS = 100

const dir = mkdtempSync(join(tmpdir(), 'goscope-cost-'))
const at = (name) => join(dir, name)
writeFileSync(at('main.go'), PROGRAM)
writeFileSync(at('go.mod'), 'module cost\n\ngo 1.19\n')
const built = spawnSync('go', ['build', '-o', 'cost', '.'], { cwd: dir, stdio: 'inherit' })
if (built.status !== 0) process.exit(1)

const server = spawn(at('cost'), [], { stdio: ['ignore', 'pipe', 'inherit'] })
const address = (await new Promise((resolve) => server.stdout.once('data', resolve))).toString().trim()

/** Runs a command; resolves to what it prints. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.on('close', (status) => (status === 0 ? resolve(text) : reject(new Error(`${command}: ${status}`))))
  })
}

let n = 0
const curl = (url) => run('curl', ['-sS', '-o', at(`curl-${n++}`), url])

async function underGoscope() {
  const folder = at('capture')
  rmSync(folder, { recursive: true, force: true })
  await run(process.execPath, [goscope, 'capture', address, '-o', folder, '--seconds', String(cpuSeconds)])
  return JSON.parse(readFileSync(join(folder, 'capture.json'), 'utf8'))
}

/** What the capture fetched, once for each request that it made. */
async function underCurl(manifest) {
  const pages = manifest.files.filter((f) => f.from.startsWith('http') && f.file !== 'memstats.json')
  const base = `http://${address}/debug/pprof/`
  await curl(base)
  await curl(`${base}cmdline`)
  const isHalfway = (f) => f.file.includes('-t2.')
  for (const page of pages.filter((f) => !isHalfway(f))) {
    const fetched = curl(page.from)
    if (page.file === 'cpu.pb.gz') {
      await sleep(cpuSeconds * 500)
      for (const other of pages.filter(isHalfway)) await curl(other.from)
    }
    await fetched
    // A short trace goes before the long one.
    if (page.file === 'cpu.pb.gz') await curl(`${base}trace?seconds=0.1`)
  }
}

const cpu = () => {
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

async function measured(act) {
  const before = cpu()
  const load = run(at('cost'), [`http://${address}/work`, String(seconds)])
  await sleep(300)
  await act()
  const requests = Number(await load)
  return { rate: requests / seconds, cost: ((cpu() - before) / requests) * 1e6 }
}

const percent = (factor) => `${factor > 1 ? '+' : ''}${((factor - 1) * 100).toFixed(1)} %`
/** Geometric mean of ratios, with two standard errors to each side. */
function meanOf(ratios) {
  const logs = ratios.map(Math.log)
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length
  const spread = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, logs.length - 1)
  const error = 2 * Math.sqrt(spread / logs.length)
  return `${percent(Math.exp(mean))} (${percent(Math.exp(mean - error))} to ${percent(Math.exp(mean + error))})`
}
try {
  const manifest = await underGoscope()
  const ways = {
    alone: () => Promise.resolve(),
    curl: () => underCurl(manifest),
    goscope: underGoscope,
  }
  const names = Object.keys(ways)
  const all = []
  console.log('          requests/s               µs of the server per request')
  console.log('round     alone    curl  goscope    alone    curl  goscope')
  for (let round = 0; round < rounds; round++) {
    const row = {}
    for (let k = 0; k < names.length; k++) {
      const name = names[(k + round) % names.length]
      row[name] = await measured(ways[name])
    }
    all.push(row)
    const cells = [...names.map((w) => row[w].rate.toFixed(0)), ...names.map((w) => row[w].cost.toFixed(1))]
    console.log(`${String(round + 1).padStart(5)} ${cells.map((c) => c.padStart(8)).join(' ')}`)
  }
  const change = (key, a, b) => meanOf(all.map((row) => row[a][key] / row[b][key]))
  console.log(
    `\n${`mean of ${rounds} rounds`.padEnd(20)} ${'requests/s'.padEnd(32)} time of the server per request`,
  )
  for (const [a, b] of [
    ['curl', 'alone'],
    ['goscope', 'alone'],
    ['goscope', 'curl'],
  ])
    console.log(
      `${`${a} against ${b}`.padEnd(20)} ${change('rate', a, b).padEnd(32)} ${change('cost', a, b)}`,
    )
} finally {
  server.kill()
  rmSync(dir, { recursive: true, force: true })
}
