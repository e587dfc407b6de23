// Where the time of reading and reporting a profile goes, on this machine, in one run.
//
//   npm run build && node bench/phases.mjs PROFILE.pb.gz
//
// Commands are timed as whole processes (least of five); decoding also in one process, warm.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { decodeProfile } from '../dist/index.js'

const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: node bench/phases.mjs PROFILE.pb.gz')
  process.exit(2)
}
const goscope = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'goscope.js')

const least = (runs, work) => {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < runs; i++) {
    const start = performance.now()
    work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}
const row = (name, ms, note = '') =>
  console.log(`${name.padEnd(34)} ${ms.toFixed(0).padStart(6)} ms  ${note}`)
const command =
  (...args) =>
  () => {
    const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`exit ${status}: ${args.join(' ')}`)
  }

row('node -e 0', least(5, command('-e', '0')))
row('goscope version', least(5, command(goscope, 'version')))
const packed = readFileSync(file)
let raw
row(
  'gunzip',
  least(5, () => (raw = gunzipSync(packed))),
  `${(raw.length / 1e6).toFixed(1)} MB`,
)
const cold = least(1, () => decodeProfile(raw))
row('decode, first time', cold, `${(raw.length / 1e3 / cold).toFixed(0)} MB/s`)
const warm = least(8, () => decodeProfile(raw))
row('decode, warm', warm, `${(raw.length / 1e3 / warm).toFixed(0)} MB/s`)
for (const report of ['-top', '-tree', '-peek=.', '-dot', '-tags', '-traces', '-raw', '-proto'])
  row(`goscope pprof ${report}`, least(5, command(goscope, 'pprof', report, '-output=/dev/null', file)))
