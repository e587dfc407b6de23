// Live programs by the built command, against a server that answers as net/http/pprof does: what scripts rely on.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DUMP, type FakeProgram, fakeProgram, type Page, packedProfile } from '../kit/fake-program.ts'
import { goscope, type RunResult, runCommand } from '../kit/run-command.ts'

let folder = ''
let program: FakeProgram | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goscope-live-'))
})
afterEach(async () => {
  await program?.close()
  program = undefined
  rmSync(folder, { recursive: true, force: true })
})

const run = (...args: string[]): Promise<RunResult> =>
  runCommand([...goscope, ...args], { cwd: folder, env: { NO_PROXY: '127.0.0.1' } })
const json = (r: RunResult): Record<string, unknown> => JSON.parse(r.stdout.toString('utf8'))
/** What the target is told to be measured for, in tests that need no measuring. */
const short = ['--seconds', '1', '--trace-seconds', '0.1']

async function start(pages: Readonly<Record<string, Page>> = {}): Promise<string> {
  program = await fakeProgram(pages)
  return program.url
}

describe('goscope capture', () => {
  test('leaves a folder that the doctor reads, and prints what is in it', async () => {
    const r = await run('capture', await start(), '-o', 'now', '--json', ...short)
    expect(r.exit, r.stderr).toBe(0)
    expect(json(r)).toMatchObject({ schema: 'goscope.capture/1', state: 'complete', failed: [] })
    expect(json(r)).toEqual(JSON.parse(readFileSync(join(folder, 'now', 'capture.json'), 'utf8')))
    const doctor = await run('doctor', 'now', '--json')
    expect(doctor.exit).toBe(0)
    expect(json(doctor)).toMatchObject({ schema: 'goscope.doctor/1' })
  })

  test('as one file, and to standard output', async () => {
    const url = await start()
    const packed = await run('capture', url, '-o', 'now.zip', ...short)
    expect(packed.exit, packed.stderr).toBe(0)
    expect(readdirSync(folder)).toEqual(['now.zip'])
    const piped = await run('capture', url, '-o', '-', ...short)
    expect(piped.stdout.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]))
  })

  test('what fails is told, with status 1; who does not answer, with status 1 and no folder', async () => {
    const broken: Page = (_, res) => {
      res.statusCode = 500
      res.end('no\n')
    }
    const r = await run('capture', await start({ '/debug/pprof/heap': broken }), '-o', 'now', ...short)
    expect(r.exit).toBe(1)
    expect(r.stderr).toMatch(/heap-t1\.pb\.gz +failed: 500/)
    await program?.close()
    const gone = await run('capture', program!.url, '-o', 'gone', ...short)
    program = undefined
    expect(gone.exit).toBe(1)
    expect(gone.stderr).toMatch(/^goscope capture: .*nothing listens there$/m)
    expect(existsSync(join(folder, 'gone'))).toBe(false)
  })

  test('a condition that is met, one that is none, and one that nobody can tell', async () => {
    const url = await start()
    const met = await run('capture', url, '-o', 'now', '--when', 'goroutines >= 5', ...short)
    expect(met.exit, met.stderr).toBe(0)
    expect(met.stderr).toContain('goroutines >= 5: goroutines = 5')
    for (const when of ['gorutines>5', 'goroutines>5MB', 'goroutines', 'vars.none>1']) {
      const r = await run('capture', url, '-o', 'none', '--when', when, ...short)
      expect(r.exit, when).toBe(2)
      expect(r.stderr.trim().split('\n'), when).toHaveLength(1)
    }
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })

  test('a ring keeps the last ones, and what is there when it is interrupted', async () => {
    const url = await start()
    const args = ['capture', url, '--continuous', '1s', '--keep', '2', '-o', 'ring', '--seconds', '1']
    const child = spawn(goscope[0]!, [...goscope.slice(1), ...args, '--trace-seconds', '0'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      // Once: the second one ends at once.
      if (said.includes('--keep 2') && !child.killed) child.kill('SIGINT')
    })
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect(status, said).toBe(0)
    const kept = readdirSync(join(folder, 'ring'))
    expect(kept).toHaveLength(2)
    for (const name of kept) {
      expect(name).toMatch(/^\d{8}-\d{6}$/)
      expect(readdirSync(join(folder, 'ring', name)).filter((f) => f.endsWith('.partial'))).toEqual([])
    }
  })

  test('of several programs, a folder each', async () => {
    const url = await start()
    const r = await run('capture', url, url, '-o', 'both', ...short)
    expect(r.exit, r.stderr).toBe(0)
    const parts = readdirSync(join(folder, 'both')).filter((f) => f !== 'capture.json')
    expect(parts).toHaveLength(2)
  })
})

test('goscope wall: a profile that the everyday commands read', async () => {
  const r = await run('wall', await start(), '--seconds', '1', '--hz', '10', '-o', 'wall.pb.gz', '--json')
  expect(r.exit, r.stderr).toBe(0)
  expect(json(r)).toMatchObject({ schema: 'goscope.wall/1', failed: 0 })
  const tags = await run('tags', 'wall.pb.gz', '--json')
  expect(tags.stdout.toString('utf8')).toContain('"state"')
})

test('goscope wall: many goroutines are not dumped', async () => {
  const goroutine: Page = (req, res) => {
    if (req.url?.includes('debug=1')) res.end('goroutine profile: total 50000\n')
    else res.end(req.url?.includes('debug=2') ? DUMP : packedProfile('goroutine'))
  }
  const url = await start({ '/debug/pprof/goroutine': goroutine })
  const r = await run('wall', url, '--seconds', '1', '--hz', '5', '--json')
  expect(json(r)).toMatchObject({ fromProfiles: true })
  expect(program!.asked.some((a) => a.includes('debug=2'))).toBe(false)
})

describe('goscope watch', () => {
  test('once, as a recording, and from it', async () => {
    const url = await start()
    const once = await run('watch', url, '--once', '--interval', '100ms', '--json')
    expect(once.exit, once.stderr).toBe(0)
    expect(json(once)).toMatchObject({ schema: 'goscope.watch/1' })
    const record = await run('watch', url, '--count', '2', '--interval', '100ms', '--record', 'r.jsonl')
    expect(record.stdout.toString('utf8').trim().split('\n')).toHaveLength(2)
    const replay = await run('watch', '--replay', 'r.jsonl', '--once', '--json')
    expect(json(replay)).toMatchObject({ schema: 'goscope.watch/1', intervalMs: 100 })
  })

  test('one that is silent is told by the status', async () => {
    const url = await start()
    await program?.close()
    program = undefined
    expect((await run('watch', url, '--once', '--interval', '100ms')).exit).toBe(1)
  })
})

describe.runIf(process.platform === 'linux')('processes of this machine', () => {
  test('goscope ps, as JSON', async () => {
    const r = await run('ps', '--json')
    expect(r.exit, r.stderr).toBe(0)
    expect(json(r)).toMatchObject({ schema: 'goscope.ps/1', processes: expect.any(Array) })
  })

  test('goscope threads looks at any process', async () => {
    const r = await run('threads', `pid:${process.pid}`, '--seconds', '1', '--json')
    expect(r.exit, r.stderr).toBe(0)
    expect(json(r)).toMatchObject({ schema: 'goscope.threads/1', pid: process.pid })
  })

  test('goscope stacks ends nothing unless told, and nothing that is no Go program', async () => {
    for (const more of [[], ['--yes']]) {
      const r = await run('stacks', `pid:${process.pid}`, ...more)
      expect(r.exit).toBe(2)
      expect(r.stderr).toContain('nothing was sent')
    }
  })

  test('goscope gops: a process without an agent', async () => {
    const r = await run('gops', String(process.pid), 'stats')
    expect(r.exit).toBe(2)
    expect(r.stderr).toMatch(/no gops agent/)
  })
})
