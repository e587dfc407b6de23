import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { ProgramMoment } from '../../core/analysis/live/moment.ts'
import { UserError } from '../../core/base/errors.ts'
import { targetOf } from '../live/target.ts'
import { HttpSource } from './http-source.ts'
import { parseRecording, Recorder, readRecording } from './recording.ts'
import { cutPainted, keysOf } from './screen.ts'
import { type Reading, type TargetFacts, WatchedTarget } from './watched-target.ts'

const facts: TargetFacts = {
  shown: 'x:1',
  argument: 'x:1',
  pid: undefined,
  program: 'p',
  name: 'x-1',
  goVersion: '',
}

describe('a watched program', () => {
  test('that hangs is waited for no longer than told, and its answer counts when it comes', async () => {
    let answer: ((m: ProgramMoment) => void) | undefined
    let asked = 0
    const source = {
      poll: () => {
        asked++
        return new Promise<ProgramMoment>((resolve) => {
          answer = resolve
        })
      },
      close: () => undefined,
    }
    const t = new WatchedTarget({ facts, source, findProcess: undefined, history: 10 })
    const first = await t.tick(10)
    const second = await t.tick(10)
    expect([first.silentMs > 0, second.silentMs > 0, asked]).toEqual([true, true, 1])
    answer!({ at: Date.now(), goroutines: 5 })
    const third = await t.tick(1000)
    expect(third.silentMs).toBe(0)
    expect(third.values.goroutines).toBe(5)
    const fourth = await t.tick(10)
    expect(fourth.silentMs).toBeGreaterThan(0)
    expect(fourth.values.goroutines).toBeUndefined()
    expect(t.last.goroutines).toBe(5)
    t.close()
  })

  test('that fails says why', async () => {
    const source = {
      poll: () => Promise.reject(new UserError('connection refused')),
      close: () => undefined,
    }
    const t = new WatchedTarget({ facts, source, findProcess: undefined, history: 10 })
    expect((await t.tick(1000)).problem).toBe('connection refused')
  })
})

const servers: Server[] = []
afterEach(async () => {
  for (const s of servers.splice(0)) {
    s.closeAllConnections()
    await new Promise((resolve) => s.close(resolve))
  }
})

const PROFILE = `goroutine profile: total 7
5 @ 0x1
#	0x48a204	internal/poll.runtime_pollWait+0x84		runtime/netpoll.go:351
#	0x48a205	internal/poll.(*FD).Accept+0x84		internal/poll/fd_unix.go:613

2 @ 0x2
#	0x48a206	time.Sleep+0x84		runtime/time.go:351
`
const VARS =
  '{"cmdline": ["./x"], "memstats": {"HeapAlloc": 100, "HeapSys": 200, "TotalAlloc": 5, "NumGC": 1}}'
const METRICS = 'go_goroutines 9\ngo_threads 6\nprocess_cpu_seconds_total 1.5\n'
const HEAP = 'heap profile: 0: 0 [0: 0] @ heap/1\n\n# runtime.MemStats\n# HeapAlloc = 300\n# HeapSys = 400\n'

async function source(pages: Record<string, string>): Promise<{ source: HttpSource; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((req, res) => {
    asked.push(req.url ?? '')
    const page = pages[req.url ?? '']
    if (page === undefined) res.writeHead(404).end('no')
    else res.end(page)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const target = targetOf(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  return { source: new HttpSource(target, { headers: {}, metricsPath: '/metrics', timeoutMs: 2000 }), asked }
}

const never = new AbortController().signal
const GOROUTINE = '/debug/pprof/goroutine?debug=1'

describe('a server', () => {
  test('all that it has is joined, and the heap profile is not asked for', async () => {
    const s = await source({ '/debug/vars': VARS, '/metrics': METRICS, [GOROUTINE]: PROFILE })
    const m = await s.source.poll(never)
    expect(m).toMatchObject({ goroutines: 7, threads: 6, cpuSeconds: 1.5 })
    expect(m.memory?.memstats?.HeapAlloc).toBe(100)
    expect([...m.states!]).toEqual([
      ['io', 5],
      ['sleep', 2],
    ])
    expect(s.asked).toEqual(['/debug/vars', '/metrics', GOROUTINE])
    s.source.close()
  })

  test('with pprof alone gives statistics from the heap profile; pages that are not there are not asked again', async () => {
    const s = await source({ '/debug/pprof/heap?debug=1': HEAP, [GOROUTINE]: PROFILE })
    await s.source.poll(never)
    s.asked.length = 0
    const m = await s.source.poll(never)
    expect(m.memory?.memstats?.HeapAlloc).toBe(300)
    expect(s.asked).toEqual(['/debug/pprof/heap?debug=1', GOROUTINE])
    s.source.close()
  })

  test('with very many goroutines is not stopped for a profile each time', async () => {
    const index = "/debug/pprof/<tr><td>60000</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>"
    const s = await source({
      '/debug/vars': VARS,
      [GOROUTINE]: PROFILE.replace('5 @', '60000 @').replace('total 7', 'total 60002'),
      '/debug/pprof/': index,
    })
    expect((await s.source.poll(never)).goroutines).toBe(60002)
    s.asked.length = 0
    const m = await s.source.poll(never)
    expect([m.goroutines, m.states]).toEqual([60000, undefined])
    expect(s.asked).not.toContain(GOROUTINE)
    s.source.close()
  })

  test('that is none of a Go program is told so', async () => {
    const s = await source({ '/debug/vars': '{"a": 1}', '/metrics': 'up 1\n' })
    await expect(s.source.poll(never)).rejects.toThrow(/neither .* nor/)
    s.source.close()
  })
})

describe('recordings', () => {
  const reading = (at: number, cpu: number, more: Partial<Reading> = {}): Reading => ({
    at,
    values: { cpu, rss: 12345678 },
    problem: '',
    silentMs: 0,
    ended: false,
    ...more,
  })

  test('come back as they were written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'goscope-'))
    const path = join(folder, 'r.jsonl')
    try {
      const r = new Recorder(path, 500)
      r.add([facts], [reading(1000, 0.123456789)])
      r.mark({ at: 1200, text: 'deployed' })
      r.add([facts], [reading(1500, 2, { silentMs: 7, problem: 'why', ended: true })])
      r.close()
      const back = readRecording(path)
      expect(back).toMatchObject({ intervalMs: 500, damaged: 0, marks: [{ at: 1200, text: 'deployed' }] })
      expect(back.targets).toEqual([{ shown: 'x:1', program: 'p', goVersion: '', pid: undefined }])
      expect(back.readings).toEqual([
        { ...reading(1000, 0.123457), target: 0 },
        { ...reading(1500, 2, { silentMs: 7, problem: 'why', ended: true }), target: 0 },
      ])
      expect(() => new Recorder(path, 500)).toThrow(/is there already/)
      expect(() => readRecording(join(folder, 'none'))).toThrow(UserError)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('that were broken off, or are something else', () => {
    const head = '{"schema":"goscope.watch-record/1","intervalMs":1000,"targets":[{"shown":"a"}]}\n'
    const line = '{"at":1,"target":0,"values":{"cpu":1,"nonsense":2,"rss":"x"}}\n'
    const r = parseRecording(`${head}${line}{"at":2,"target":5,"values":{}}\n[]\n{"at":3,"tar`, 'f')
    expect(r.readings.map((x) => x.values)).toEqual([{ cpu: 1 }])
    expect(r.damaged).toBe(3)
    expect(() => parseRecording('{"schema":"goscope.watch-record/9"}', 'f')).toThrow(/no recording that/)
    expect(() => parseRecording('', 'f')).toThrow(/no recording of goscope watch/)
    for (let n = 0; n < head.length - 1; n++)
      expect(() => parseRecording(head.slice(0, n), 'f')).toThrow(UserError)
  })

  test('a file that is no text is refused', () => {
    const folder = mkdtempSync(join(tmpdir(), 'goscope-'))
    try {
      writeFileSync(join(folder, 'x'), Uint8Array.of(0xff, 0, 1, 10, 2))
      expect(() => readRecording(join(folder, 'x'))).toThrow(/no recording/)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the terminal', () => {
  test('keys that come at once are told apart', () => {
    expect(keysOf('ab\x1b[A\x1bOP\x1b[15~\x03é')).toEqual([
      'a',
      'b',
      '\x1b[A',
      '\x1bOP',
      '\x1b[15~',
      '\x03',
      'é',
    ])
    expect(keysOf('')).toEqual([])
  })

  test('lines are cut by cells, and colours are closed', () => {
    expect(cutPainted('\x1b[31mabc\x1b[39mdef', 4)).toBe('\x1b[31mabc\x1b[39md')
    expect(cutPainted('日本語', 4)).toBe('日本')
    expect(cutPainted('abc', 10)).toBe('abc')
    expect(cutPainted('\x1b[31mabc\x1b[39m', 1)).toBe('\x1b[31ma\x1b[39m')
  })
})
