// Records the expected outputs of test/golden from the real `go tool pprof` (Go 1.26.8).
//
//   node tools/record-golden.mjs            run every case four times, write test/golden/expected
//   node tools/record-golden.mjs --check    run once, compare with what is recorded, write nothing
//
// A case whose output varies between runs of the reference tests nothing: it is left out with
// a message, and should be taken out of cases.txt.
import { execFileSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.env.GOSCOPE_ROOT = root
const kit = await load('test/kit/golden-cases.ts')
const { limiter } = await load('test/kit/run-command.ts')
const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, runs: { type: 'string', default: '4' } },
})

const wanted = 'go1.26.8'
const version = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim()
if (version !== wanted) {
  console.log(`the outputs are those of ${wanted}, this is ${version}: nothing done`)
  process.exit(options.check ? 0 : 2)
}
// The tool's own binary: `go tool` would turn exit statuses into 1 and print a line of its own.
execFileSync('go', ['tool', 'pprof', '-h'], { stdio: 'ignore' })
const reference = [execFileSync('go', ['tool', '-n', 'pprof'], { encoding: 'utf8' }).trim()]

const cases = kit.readCases()
const limit = limiter(2)
const runs = options.check ? 1 : Number(options.runs)
const outputs = new Map()
const varying = []
await Promise.all(
  cases.map((golden) =>
    limit(async () => {
      const first = await kit.runCase(reference, golden)
      for (let run = 1; run < runs; run++) {
        const again = await kit.runCase(reference, golden)
        if (again.stdout !== first.stdout || again.exit !== first.exit) varying.push(golden.line)
      }
      outputs.set(golden.line, { exit: first.exit, stdout: first.stdout })
    }),
  ),
)

if (options.check) {
  const recorded = kit.readExpected()
  const differing = cases.filter(({ line }) => {
    const is = outputs.get(line)
    const was = recorded.get(line)
    return is.exit !== was?.exit || is.stdout !== was?.stdout
  })
  for (const { line } of differing) console.log(`differs from what is recorded: ${line}`)
  const stale = [...recorded.keys()].filter((line) => !outputs.has(line))
  for (const line of stale) console.log(`recorded, but no longer a case: ${line}`)
  const failed = differing.length + stale.length
  console.log(`${cases.length - differing.length} passed, ${failed} failed`)
  process.exit(failed ? 1 : 0)
}

for (const line of new Set(varying)) {
  outputs.delete(line)
  console.log(`varies from run to run, left out: ${line}`)
}
// In the order of cases.txt, so that a new case is a local change of the recorded files.
kit.writeExpected(new Map(cases.filter((c) => outputs.has(c.line)).map((c) => [c.line, outputs.get(c.line)])))
console.log(`${outputs.size} cases recorded, ${new Set(varying).size} left out`)

/** Node 20 does not read TypeScript, and the kit is checked code: bundled in memory. */
async function load(path) {
  const bundle = await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  return import(
    `data:text/javascript;base64,${Buffer.from(bundle.outputFiles[0].contents).toString('base64')}`
  )
}
