// node test/doctor/keep.mjs SCENARIOS: copies what programs/capture-all.sh made to captures/, packed and without
// what the tests do not need: logs, texts that profiles repeat, and large traces of programs that are judged without.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const PROFILE = /^(cpu|heap(-t\d+)?|goroutine(-t\d+)?|goroutineleak|allocs|block|mutex|threadcreate)\.pb\.gz$/
const TEXT = /^(memstats(-t\d+|\.before)?\.json|metrics\.json|goroutine\.debug2\.txt)$/
const SMALL_TRACE = 9 << 10
/** Programs that only a trace can judge, and the largest trace that is kept of each; of repaired ones a small one at most. */
const TRACED = new Map(
  Object.entries({
    ...Object.fromEntries(
      'render mandel tenants encoder ingest ledger gateway semaphore assembly auctionhouse copier pcap chat maze payroll assay relay pixelsum'
        .split(' ')
        .map((name) => [name, 110 << 10]),
    ),
    crawl: 240 << 10,
    wire: 200 << 10,
    sorter: 320 << 10,
  }),
)

const here = fileURLToPath(new URL('.', import.meta.url))
const from = process.argv[2]
const truth = JSON.parse(readFileSync(join(here, 'truth.json'), 'utf8'))
rmSync(join(here, 'captures'), { recursive: true, force: true })
let total = 0
for (const s of truth.scenarios)
  for (const capture of [...s.captures, ...s.fixedCaptures]) {
    const source = join(from, s.name, capture)
    const target = join(here, 'captures', s.name, capture)
    mkdirSync(target, { recursive: true })
    for (const name of readdirSync(source)) {
      const bytes = readFileSync(join(source, name))
      if (PROFILE.test(name)) {
        copyFileSync(join(source, name), join(target, name))
        total += bytes.length
        continue
      }
      const packed = gzipSync(bytes, { level: 9 })
      const most = capture.endsWith('-fixed') ? SMALL_TRACE : (TRACED.get(s.name) ?? SMALL_TRACE)
      if (TEXT.test(name) || (name === 'trace.out' && packed.length <= most)) {
        writeFileSync(join(target, `${name}.gz`), packed)
        total += packed.length
      } else if (name === 'trace.out' && most > SMALL_TRACE)
        process.stdout.write(`too large: ${s.name} ${capture}\n`)
    }
  }
process.stdout.write(`${(total / 2 ** 20).toFixed(1)} MiB\n`)
