// The one gate.
//
//   node tools/check.mjs quick    npm run check: format, lint, types, unit tests, the house rules
//   node tools/check.mjs          npm test: the same on a fresh build, then every other folder of test/
//
// One line per step; the last line is `N passed, N failed[, N skipped]`; exit 1 if anything failed.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const quick = process.argv[2] === 'quick'
const temporary = mkdtempSync(join(tmpdir(), 'goscope-check-'))
const tool = (...path) => join(root, 'node_modules', ...path)
const total = { passed: 0, failed: 0, skipped: 0 }

// Everything in test/ but these folders needs the built program and runs in the full gate only.
const withoutBuild = ['test/arch', 'test/kit']
const withTests = readdirSync(join(root, 'test'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => `test/${entry.name}`)
  .filter((folder) => readdirSync(join(root, folder), { recursive: true }).some((f) => /\.test\.ts$/.test(f)))

try {
  await step('format and lint', 'npm run fix   (what it leaves needs a hand)', () =>
    single([
      tool('@biomejs', 'biome', 'bin', 'biome'),
      'check',
      '--error-on-warnings',
      '--diagnostic-level=warn',
      '--colors=off',
      '.',
    ]),
  )
  if (!quick) await step('build', 'npm run build', () => single([join(root, 'tools', 'build.mjs')]))
  await step('types', 'npx tsc -b', () =>
    single([tool('typescript', 'bin', 'tsc'), '-b', '--pretty', 'false']),
  )
  await step('unit and house rules', 'npx vitest run', () =>
    vitest([
      'src/',
      ...withTests.filter((folder) => withoutBuild.includes(folder)).map((folder) => `${folder}/`),
    ]),
  )
  if (!quick) {
    for (const folder of withTests.filter((f) => !withoutBuild.includes(f))) {
      await step(folder, 'npx vitest run', () => vitest([`${folder}/`]))
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)

/** Runs one step, prints its line and, if something failed, the output and what to do. */
async function step(name, fix, run) {
  const start = performance.now()
  const { passed, failed, skipped = 0, output, remedy = fix } = await run()
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const counts = [`${passed} passed`]
  if (failed > 0) counts.push(`${failed} failed`)
  if (skipped > 0) counts.push(`${skipped} skipped`)
  console.log(`${name.padEnd(22)} ${counts.join(', ').padEnd(24)} ${seconds.padStart(6)} s`)
  if (failed > 0) console.log(`\n${output.trim()}\n\n  to fix or see it again: ${remedy}\n`)
}

/** A program that passes or fails as a whole. */
async function single(args) {
  const { status, output } = await node(args)
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, output }
}

/** The test files below the given folders, counted from vitest's own report. */
async function vitest(folders) {
  const file = join(temporary, 'report.json')
  rmSync(file, { force: true })
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--passWithNoTests',
    ...folders,
  ]
  const { status, output } = await node([tool('vitest', 'vitest.mjs'), ...args])
  let report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, output: lastLines(output, 60) }
  }
  const failing = report.testResults.filter((result) => result.status === 'failed')
  const files = failing.map((result) => relative(root, result.name))
  // A file that cannot be loaded has no tests to fail, and a stray error belongs to no file.
  const unloaded = failing.filter((result) =>
    result.assertionResults.every((test) => test.status !== 'failed'),
  )
  const failed = report.numFailedTests + unloaded.length
  return {
    passed: report.numPassedTests,
    failed: status !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    output: failureText(output),
    remedy: `npx vitest run ${files.join(' ')}`,
  }
}

/** The part of the default reporter's text that is about failures, shortened. */
function failureText(output) {
  const at = output.search(/^.*(Failed Suites|Failed Tests|Unhandled Errors?) \d+/m)
  const summary = output.lastIndexOf('\n Test Files')
  const lines = output
    .slice(Math.max(at, 0), summary < at ? undefined : summary)
    .split('\n')
    .filter((line) => !/^⎯+\[\d+\/\d+\]⎯$/.test(line))
  if (lines.length <= 160) return lines.join('\n')
  return [...lines.slice(0, 150), `... ${lines.length - 150} more lines`].join('\n')
}

const lastLines = (text, count) => text.split('\n').slice(-count).join('\n')

function node(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', NO_COLOR: '1', FORCE_COLOR: undefined },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.on('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }))
  })
}
