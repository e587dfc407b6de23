import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CaptureFolder } from './capture-files.ts'
import type { Manifest } from './manifest.ts'
import { captureCommand, captureInside } from './run-command.ts'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'goscope-run-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const options = {
  godebug: 'gctrace=1,schedtrace=1000',
  skip: new Set<never>(),
  version: '0',
  count: undefined,
  cpu: undefined,
}
const GC =
  'gc 1 @0.004s 1%: 0.01+0.5+0.01 ms clock, 0.02+0.1/0.3/0+0.02 ms cpu, 4->4->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P'

/** A program: Node runs the script. */
function program(name: string, script: string): string {
  const path = join(base, name)
  writeFileSync(path, `#!${process.execPath}\n${script}`)
  chmodSync(path, 0o755)
  return path
}

async function run(argv: readonly string[]): Promise<Manifest> {
  return captureCommand(argv, new CaptureFolder(join(base, 'c')), options)
}

const files = (): string[] => readdirSync(join(base, 'c')).sort()
const read = (name: string): string => readFileSync(join(base, 'c', name), 'utf8')

// Scripts with a first line that names their interpreter.
describe.skipIf(process.platform === 'win32')('a program that is run', () => {
  test('the runtime’s lines become a log, the exit status is the program’s', async () => {
    const path = program(
      'p',
      `console.error(${JSON.stringify(GC)}); console.error(process.env.GODEBUG); process.exit(3)`,
    )
    const m = await run([path, '-password=x'])
    expect(m.exitStatus).toBe(3)
    expect(m.state).toBe('complete')
    expect(m.target).toBe(`${path} -password=xxxxx`)
    expect(files()).toEqual(['capture.json', 'gctrace.log'])
    expect(read('gctrace.log')).toBe(`${GC}\n`)
  })

  test('what it says when it dies is kept', async () => {
    const path = program(
      'p',
      `console.error('panic: no\\n\\ngoroutine 1 [running]:\\nmain.main()\\n'); process.exit(2)`,
    )
    const m = await run([path])
    expect(m.exitStatus).toBe(2)
    expect(read('crash.txt')).toContain('goroutine 1 [running]')
  })

  test('ended by a signal', async () => {
    const path = program('p', 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60000)')
    expect((await run([path])).exitStatus).toBe(128 + 15)
  })

  test('a test binary gets flags for its profiles, and they are taken over', async () => {
    const script = `
      const { writeFileSync } = require('node:fs')
      for (const a of process.argv.slice(2)) {
        const m = /^-test\\.(\\w+)=(.*)$/.exec(a)
        if (m && m[2].startsWith('/') && m[1] !== 'trace') writeFileSync(m[2], m[1])
      }`
    const m = await run([program('p.test', script), '-test.v'])
    expect(files()).toEqual(['allocs.pb.gz', 'block.pb.gz', 'capture.json', 'cpu.pb.gz', 'mutex.pb.gz'])
    expect(read('cpu.pb.gz')).toBe('cpuprofile')
    expect(m.failed).toMatchObject([{ file: 'trace.out' }])
  })

  test('in front of several test binaries, a folder each', async () => {
    const into = join(base, 'into')
    mkdirSync(into)
    const path = program('a.test', 'process.exit(1)')
    expect(await captureInside(into, [path], options)).toBe(1)
    expect(await captureInside(into, [path], options)).toBe(1)
    expect(readdirSync(into).sort()).toEqual(['a', 'a-2'])
  })

  test('what is not there, or may not be run', async () => {
    await expect(run([join(base, 'none')])).rejects.toThrow('no such command')
    rmSync(join(base, 'c'), { recursive: true })
    const path = join(base, 'plain')
    writeFileSync(path, '')
    await expect(run([path])).rejects.toThrow('may not be executed')
  })
})
