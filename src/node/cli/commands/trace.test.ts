import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { UserError } from '../../../core/base/errors.ts'
import { HandmadeV1 } from '../../../core/formats/trace/v1/handmade-v1.ts'
import { run } from './trace.ts'

let stdout: Buffer[] = []
let stderr = ''
let folder = ''

vi.mock('../../output.ts', async (original) => ({
  ...(await original<typeof import('../../output.ts')>()),
  writeAll: (_: number, bytes: Uint8Array) => stdout.push(Buffer.from(bytes)),
}))

beforeEach(() => {
  stdout = []
  stderr = ''
  folder = mkdtempSync(join(tmpdir(), 'goscope-trace-'))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const text = (): string => Buffer.concat(stdout).toString()

/** A v1 trace that is whole: goroutine 1 runs, blocks and goes on. */
const whole = (): HandmadeV1 =>
  new HandmadeV1()
    .batch(0, 100)
    .frequency(1e9)
    .at(0, 'GoCreate', 1)
    .at(0, 'GoCreate', 2)
    .at(0, 'ProcStart', 9)
    .at(0, 'GoStart', 1, 1)
    .at(10, 'Gomaxprocs', 1)
    .at(5, 'GoBlockNet')
    .at(1, 'GoStart', 2, 1)
    .at(99, 'GoUnblock', 1, 2)
    .at(1, 'GoEnd')
    .at(1, 'GoStart', 1, 3)

const HEAD = 'M=-1 P=-1 G=-1 Sync Time=-1 N=1\nM=9 P=0 G=-1 StateTransition Time=0 ProcID=0 '

describe('-d', () => {
  test('parsed: the events as text, whatever the file is packed with', async () => {
    const { bytes } = whole()
    for (const args of [
      ['-d=parsed', file('a.trace', bytes)],
      ['--d', 'parsed', 'program', file('b.trace', gzipSync(bytes))],
    ]) {
      stdout = []
      expect(await run(args)).toBe(0)
      expect(text().startsWith(HEAD)).toBe(true)
      expect(text()).toContain('GoID=1 Running->Waiting Reason="network"\n')
    }
    expect(stderr).toBe('')
  })

  test('parsed: after damage all that came before it, and status 1', async () => {
    const path = file('a.trace', whole().at(1, 'UserTaskCreate', 1, 0, 99).bytes)
    expect(await run(['-d=parsed', path])).toBe(1)
    expect(text().startsWith(HEAD)).toBe(true)
    expect(stderr).toMatch(/^\S+a\.trace: there is no string 99 \(at byte \d+\)\n$/)
  })

  test('wire and footprint', async () => {
    const path = file('a.trace', Uint8Array.of(...Buffer.from('go 1.22 trace\0\0\0'), 11, 5))
    expect(await run(['-d=wire', path])).toBe(0)
    expect(text()).toBe('ProcStop dt=5\n')
    stdout = []
    expect(await run(['-d=footprint', path])).toBe(0)
    expect(text()).toContain('\nProcStop             2      11.11%  1      100.00%\n')
    stdout = []
    expect(await run(['-d=footprint', file('v1.trace', whole().bytes)])).toBe(1)
    expect(text()).toBe('')
  })

  test('another mode', async () => {
    expect(await run(['-d=foo', file('a.trace', whole().bytes)])).toBe(1)
    expect(stderr).toBe('invalid debug mode foo, want one of: parsed, wire, footprint\n')
  })
})

describe('-pprof', () => {
  test.each(['net', 'sync', 'syscall', 'sched'])('%s is a packed profile', async (kind) => {
    expect(await run([`-pprof=${kind}`, file('a.trace', whole().bytes)])).toBe(0)
    expect(gunzipSync(Buffer.concat(stdout)).toString('latin1')).toContain('contentions')
  })

  test('goes before -d, and knows its kinds', async () => {
    expect(await run(['-pprof=cpu', '-d=parsed', file('a.trace', whole().bytes)])).toBe(1)
    expect(stderr).toBe('unknown pprof type cpu\n')
  })

  test('nothing to tell of is an error', async () => {
    expect(await run(['-pprof=net', file('a.trace', new HandmadeV1().batch(0, 1).frequency(1).bytes)])).toBe(
      1,
    )
    expect(stderr).toContain('failed to generate pprof')
  })
})

describe('use', () => {
  test.each([
    [[]],
    [['-h']],
    [['a', 'b', 'c']],
    [['-x', 'a']],
    [['-d']],
  ])('%j prints how it is used', async (args) => {
    expect(await run(args)).toBe(2)
    expect(stderr).toContain('Usage of ')
    expect(stdout).toEqual([])
  })

  test('errors name the file and have the status of the reference', async () => {
    for (const [name, content] of [
      ['empty', ''],
      ['text', 'this is no trace at all'],
      ['future', 'go 1.99 trace\0\0\0'],
    ] as const) {
      stderr = ''
      expect(await run(['-d=parsed', file(name, Buffer.from(content))])).toBe(1)
      expect(stderr).toMatch(new RegExp(`^\\S+${name}: .+ \\(at byte 0\\)\n$`))
    }
    stderr = ''
    expect(await run(['-d=parsed', join(folder, 'missing')])).toBe(1)
    expect(stderr).toMatch(/^failed to read trace file: open \S+missing: no such file or directory\n$/)
    stderr = ''
    expect(await run(['-d=parsed', folder])).toBe(1)
    expect(stderr.split('\n')).toHaveLength(2)
  })

  test('without a mode it serves, but only to this machine, and only what is a trace', async () => {
    expect(await run(['-http=8.8.8.8:0', file('a.trace', whole().bytes)])).toBe(1)
    expect(stderr).toContain('can be reached from other machines')
    stderr = ''
    expect(await run(['-http=nowhere', file('a.trace', whole().bytes)])).toBe(1)
    expect(stderr).toContain('is not [host]:[port]')
    stderr = ''
    expect(await run([file('text', Buffer.from('this is no trace at all'))])).toBe(1)
    expect(stderr).toMatch(/Preparing trace for viewer\.\.\.\n\S+text: .+ \(at byte 0\)\n$/)
  })
})

describe('facts', () => {
  test('errors name the file', async () => {
    await expect(run(['facts'])).rejects.toThrow(UserError)
    await expect(run(['facts', join(folder, 'missing')])).rejects.toThrow(
      'goscope trace facts: failed to read',
    )
    await expect(run(['facts', file('text', Buffer.from('no trace'))])).rejects.toThrow(
      /text: .+ \(at byte 0\)$/,
    )
  })
})
