import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'goscope-studio-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Draws graphs given as [nodes, edges, seed] one after the other; prints what came of each. */
const PROGRAM = `
import { openStudio } from './studio.ts'
const [seconds, ...graphs] = JSON.parse(process.argv[2])
const studio = openStudio({ seconds })
const dotOf = (nodes, edges) => {
  if (nodes < 0) return 'digraph {'
  let r = 1
  const any = () => (r = (r * 48271) % 2147483647) % nodes
  const lines = Array.from({ length: nodes }, (_, i) => 'N' + i + ' [label="n' + i + '"]')
  for (let i = 0; i < edges; i++) lines.push('N' + any() + ' -> N' + any() + ' [weight=2]')
  if (edges === 0) for (let i = 1; i < nodes; i++) lines.push('N' + (i - 1) + ' -> N' + i + ' []')
  return 'digraph "g" {\\n' + lines.join('\\n') + '\\n}'
}
const all = await Promise.allSettled(graphs.map(([nodes, edges]) => studio.draw(dotOf(nodes, edges), 'page')))
console.log(JSON.stringify(all.map((x) => x.status === 'fulfilled'
  ? new TextDecoder().decode(x.value.bytes).match(/class="node"/g).length
  : x.reason.name + ': ' + x.reason.message)))
`

beforeAll(async () => {
  await build({
    stdin: { contents: PROGRAM, resolveDir: import.meta.dirname, loader: 'ts', sourcefile: 'program.ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: join(folder, 'program.mjs'),
    logLevel: 'error',
  })
  await build({
    entryPoints: [join(import.meta.dirname, 'picture-worker.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: join(folder, 'picture-worker.js'),
    logLevel: 'error',
  })
})

function draw(seconds: number, ...graphs: [nodes: number, edges: number][]): unknown {
  const args = [join(folder, 'program.mjs'), JSON.stringify([seconds, ...graphs])]
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 50_000,
  })
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' })
  return JSON.parse(stdout)
}

describe('a studio', () => {
  test('draws one after the other, and lets the program end', () => {
    expect(draw(60, [3, 2], [40, 80])).toEqual([3, 40])
  })

  test('gives up when the time is over, says what to do, and draws the next', () => {
    expect(draw(1.5, [4000, 30_000], [5, 9])).toEqual([
      'UserError: the graph is not laid out after 1.5 s (4000 nodes, 30000 edges): show less of it with -nodecount=80, -nodefraction=0.01 or -focus, or write the graph with -dot',
      5,
    ])
  })

  test('has stack for very deep graphs', () => {
    expect(draw(60, [30_000, 0])).toEqual([30_000])
  })

  test('survives what Graphviz cannot draw', () => {
    const [failure, next] = draw(60, [-1, 0], [5, 9]) as [string, number]
    expect(failure).toMatch(
      /^UserError: Graphviz could not lay out the graph: syntax error in line \d.*-nodecount/,
    )
    expect(next).toBe(5)
  })
})
