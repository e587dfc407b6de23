import { afterEach, describe, expect, test } from 'vitest'
import { DUMP, type FakeProgram, fakeProgram, indexPage, type Page } from '../../../test/kit/fake-program.ts'
import { parseCondition } from '../../core/engine/condition.ts'
import { LiveClient } from './http-client.ts'
import { isProcess, processInfo, readProcFiles } from './proc-files.ts'
import { ProgressLines } from './progress-lines.ts'
import { targetOf } from './target.ts'
import { waitFor } from './wait-for.ts'
import { sampleWall, type WallRun } from './wall-run.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const o of open.splice(0)) await o.close()
})

async function start(
  pages: Readonly<Record<string, Page>> = {},
): Promise<{ program: FakeProgram; client: LiveClient }> {
  const program = await fakeProgram(pages)
  const client = new LiveClient({ env: {}, answerMs: 500 })
  open.push(client, program)
  return { program, client }
}

const never = new AbortController().signal

async function wall(
  pages: Readonly<Record<string, Page>>,
  o: { most?: number; seconds?: number } = {},
): Promise<WallRun> {
  const { program, client } = await start(pages)
  return sampleWall(
    targetOf(program.url),
    client,
    {
      seconds: o.seconds ?? 0.3,
      hz: 50,
      stateFrames: true,
      mostGoroutines: o.most ?? 1000,
      onSample: () => undefined,
    },
    never,
  )
}

/** Goroutines of a program with a dump that is made in so many ms. */
function goroutines(dump: string, ms = 0): Record<string, Page> {
  return {
    '/debug/pprof/goroutine': (req, res) =>
      void (req.url?.includes('debug=1')
        ? res.end('goroutine profile: total 2\n')
        : setTimeout(() => res.end(dump), ms)),
  }
}

describe('sampling of goroutines', () => {
  const waits = 'goroutine 2 [chan receive]:\nmain.wait()\n\t/src/a.go:1 +0x1\n\n'

  test('time by state; what it costs is measured', async () => {
    const run = await wall(goroutines(DUMP + waits))
    expect(run.samples).toBeGreaterThan(1)
    expect(run.bytes).toBe(run.samples * (DUMP + waits).length)
    expect(
      run.profile
        .byState()
        .map((s) => s.state)
        .sort(),
    ).toEqual(['chan receive', 'running'])
    expect(run.goroutines).toBe(2 * run.samples)
    expect(run.failed).toBe(0)
  })

  test('dumps that cost much are taken seldom', async () => {
    const run = await wall(goroutines(waits, 40), { seconds: 1 })
    expect(run.samples).toBeLessThan(5)
    expect(run.brakeMs).toBeGreaterThan(500)
  })

  test('too many goroutines come as a profile', async () => {
    const run = await wall({}, { most: 4 })
    expect(run.fromProfiles).toBe(true)
    expect(run.profile.mostGoroutines).toBe(1)
  })

  test('a failure now and then is counted; a program that is gone ends it', async () => {
    let asked = 0
    const run = await wall({
      '/debug/pprof/goroutine': (req, res) => {
        if (req.url?.includes('debug=1')) res.end('goroutine profile: total 2\n')
        else if (asked++ % 2 === 0) res.end(waits)
        else {
          res.statusCode = 500
          res.end()
        }
      },
    })
    expect(run.failed).toBeGreaterThan(0)
    expect(run.samples).toBeGreaterThan(0)
    const page: Page = (req, res) =>
      void (req.url?.includes('debug=1') ? res.end('goroutine profile: total 2\n') : res.end('<html>'))
    await expect(wall({ '/debug/pprof/goroutine': page }, { seconds: 30 })).rejects.toThrow('web page')
  })

  test('what is no such server', async () => {
    await expect(wall({ '/debug/pprof/goroutine': (_, res) => void res.end('<html>') })).rejects.toThrow(
      'net/http/pprof',
    )
  })
})

describe('waiting for a moment', () => {
  const quiet = { terminal: false, write: () => undefined }
  const o = { everyMs: 10, metricsPath: '/metrics' }

  async function wait(
    text: string,
    pages: Readonly<Record<string, Page>>,
    signal = never,
  ): Promise<string | undefined> {
    const { program, client } = await start(pages)
    const watched = { target: targetOf(program.url), client, progress: new ProgressLines(quiet) }
    return waitFor(parseCondition(text), [watched], o, signal)
  }

  test('ends when the condition holds, and says by what', async () => {
    let n = 0
    const pages = {
      '/debug/pprof/': (_: unknown, res: { end(text: string): void }) => res.end(indexPage(1000 * n++)),
    }
    expect(await wait('goroutines > 2500', pages as Record<string, Page>)).toBe(
      'goroutines > 2500: goroutines = 3 000',
    )
  })

  test('values of expvar and metrics, and what grows between two looks', async () => {
    let total = 0
    const vars: Page = (_, res) => {
      total += 1e9
      res.end(
        `{"depth": {"now": 7}, "memstats": {"TotalAlloc": ${total}, "NumGC": 2, "PauseNs": [1000, 5000000, 0]}}`,
      )
    }
    const text = 'vars.depth.now == 7 && metrics.go_threads == 7 && gc_pause == 5ms && alloc_rate > 1GB'
    expect(await wait(text, { '/debug/vars': vars })).toContain('gc_pause = 5 ms')
  })

  test('a variable that nobody tells is an error, not a wait for ever', async () => {
    await expect(wait('metrics.nothing > 1', {})).rejects.toThrow('does not tell metrics.nothing')
    await expect(wait('rss > 1GiB', {})).rejects.toThrow('does not tell rss')
  })

  test('a look that fails for once is repeated', async () => {
    let n = 0
    const page: Page = (req, res) => {
      if (++n === 2) req.socket.destroy()
      else res.end(indexPage(n))
    }
    expect(await wait('goroutines >= 3', { '/debug/pprof/': page })).toContain('goroutines = 3')
  })

  test('an interrupt ends it', async () => {
    expect(await wait('goroutines > 1M', {}, AbortSignal.timeout(50))).toBeUndefined()
  })
})

describe.skipIf(process.platform !== 'linux')('a process of this machine', () => {
  test('what the system knows of it', () => {
    const { files, missing } = readProcFiles(process.pid)
    expect(missing).toEqual([])
    expect(files.map((f) => f.name)).toEqual(
      expect.arrayContaining(['status.txt', 'smaps.txt', 'process.json']),
    )
    const info = processInfo(process.pid)
    expect(info.pid).toBe(process.pid)
    expect(info.threads.count).toBeGreaterThan(1)
    expect(info.openFiles.count).toBeGreaterThan(2)
    expect(info.limits['Max open files']?.soft).toMatch(/^\d+|unlimited$/)
  })

  test('its sockets, by state and place', async () => {
    const { program } = await start()
    const port = new URL(program.url).port
    const listens = processInfo(process.pid).sockets.filter((s) => s.state === 'listen')
    expect(listens.map((s) => s.place)).toContain(`127.0.0.1:${port}`)
  })

  test('one that is not there', () => {
    const none = 2 ** 22 + 1
    expect(isProcess(none)).toBe(false)
    expect(readProcFiles(none).missing.map((m) => m.file)).toContain('process.json')
  })
})
