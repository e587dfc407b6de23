import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  DUMP,
  type FakeProgram,
  fakeProgram,
  indexPage,
  type Page,
  packedProfile,
  TRACE,
} from '../../../test/kit/fake-program.ts'
import { readCapture } from '../capture/read-capture.ts'
import { CaptureFolder, type PartFile } from './capture-files.ts'
import { type CaptureOptions, type CaptureProgress, captureTarget } from './capture-run.ts'
import { LiveClient } from './http-client.ts'
import type { Manifest } from './manifest.ts'
import { targetOf } from './target.ts'

let base = ''
let program: FakeProgram | undefined
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'goscope-capture-'))
})
afterEach(async () => {
  await program?.close()
  rmSync(base, { recursive: true, force: true })
})

const silent: CaptureProgress = {
  begin: () => undefined,
  bytes: () => undefined,
  waits: () => undefined,
  kept: () => undefined,
  failed: () => undefined,
  left: () => undefined,
}

const options: CaptureOptions = {
  seconds: 1,
  traceSeconds: 0.5,
  traceBytes: 1 << 20,
  all: false,
  mostGoroutines: 10_000,
  skip: new Set(),
  also: [],
  metricsPath: '/metrics',
  logs: [],
  busyMs: 50,
  version: '0',
  notes: [],
}

interface Given {
  readonly options?: Partial<CaptureOptions>
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
  readonly progress?: Partial<CaptureProgress>
  readonly url?: (url: string) => string
  readonly folder?: CaptureFolder
}

async function capture(pages: Readonly<Record<string, Page>> = {}, g: Given = {}): Promise<Manifest> {
  program = await fakeProgram(pages)
  const headers = g.headers ?? {}
  const client = new LiveClient({ env: {}, answerMs: 300, stallMs: 300, headers })
  try {
    return await captureTarget(
      targetOf(g.url?.(program.url) ?? program.url, { headers }),
      client,
      g.folder ?? new CaptureFolder(join(base, 'c')),
      { ...options, ...g.options },
      { ...silent, ...g.progress },
      g.signal ?? new AbortController().signal,
    )
  } finally {
    client.close()
  }
}

/** On a disk without room for files of more than so many bytes, but for those that `fits` names. */
class SmallFolder extends CaptureFolder {
  private readonly room: number
  private readonly fits: RegExp

  constructor(path: string, room: number, fits = /^$/) {
    super(path)
    this.room = room
    this.fits = fits
  }

  override begin(name: string): PartFile {
    const file = super.begin(name)
    const room = this.fits.test(name) ? Number.POSITIVE_INFINITY : this.room
    return {
      get bytes() {
        return file.bytes
      },
      write: (piece) => {
        if (file.bytes + piece.length > room)
          throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })
        file.write(piece)
      },
      keep: () => file.keep(),
      drop: () => file.drop(),
    }
  }
}

const files = (): string[] => readdirSync(join(base, 'c')).sort()
const read = (name: string): string => readFileSync(join(base, 'c', name), 'utf8')
const html: Page = (_, res) => {
  res.setHeader('Content-Type', 'text/html')
  res.end('<!doctype html><title>Sign in</title>')
}

describe('a capture', () => {
  test('holds what the program gives, under the names that readers know', async () => {
    const m = await capture()
    expect(m.state).toBe('complete')
    expect(m.failed).toEqual([])
    expect(files()).toEqual([
      'allocs.pb.gz',
      'block.pb.gz',
      'capture.json',
      'cpu.pb.gz',
      'goroutine-t1.debug2.txt',
      'goroutine-t1.pb.gz',
      'goroutine-t3.debug2.txt',
      'goroutine-t3.pb.gz',
      'heap-t1.pb.gz',
      'heap-t3.pb.gz',
      'memstats.before.json',
      'memstats.json',
      'metrics.prom',
      'mutex.pb.gz',
      'threadcreate.pb.gz',
      'trace.out',
      'vars.json',
    ])
    expect(m.files.map((f) => f.file).sort()).toEqual(files().filter((f) => f !== 'capture.json'))
    expect(JSON.parse(read('capture.json'))).toEqual(m)
    expect(program?.asked).toContain('/debug/pprof/profile?seconds=1')
    // Numbers that no double holds keep their digits.
    expect(read('memstats.json')).toContain('9007199254740993')
    expect(read('goroutine-t1.debug2.txt')).toBe(DUMP)
  })

  test('can be read by everything that reads captures', async () => {
    await capture()
    const parts = await readCapture([join(base, 'c')])
    const strange = parts.sources.filter((s) => s.problems.length > 0).map((s) => s.name)
    // The trace of this server is none.
    expect(strange).toEqual(['trace.out'])
    expect(parts.profiles.filter((p) => p.kind === 'goroutine')).toHaveLength(2)
    expect(parts.memory.length).toBeGreaterThanOrEqual(2)
  })

  test('secrets of the user and of the program’s command line stand nowhere', async () => {
    const m = await capture(
      {
        '/debug/pprof/mutex': (req, res) => {
          res.statusCode = 403
          res.setHeader('Content-Type', 'text/plain')
          res.end(`no rights for ${req.headers.authorization} ${req.url}`)
        },
      },
      {
        headers: { Authorization: 'Bearer tok3n-of-mine' },
        url: (url) => `${url}/?api_key=k3y-of-mine`,
      },
    )
    expect(m.failed.map((f) => f.file)).toEqual(['mutex.pb.gz'])
    for (const name of files())
      for (const secret of ['tok3n', 'k3y-of', 'hunter2']) expect(read(name), name).not.toContain(secret)
    expect(program?.asked.every((a) => a.includes('api_key=k3y-of-mine'))).toBe(true)
    expect(program?.authorized.every((a) => a === 'Bearer tok3n-of-mine')).toBe(true)
  })

  test('without expvar the statistics come from the heap profile as text', async () => {
    const text =
      'heap profile: 0: 0 [0: 0] @ heap/1\n\n# runtime.MemStats\n# Alloc = 1\n# HeapSys = 9007199254740993\n'
    const heap: Page = (req, res) => void res.end(req.url?.includes('debug=1') ? text : packedProfile('heap'))
    const m = await capture({ '/debug/vars': html, '/debug/pprof/heap': heap, '/metrics': html })
    expect(m.failed).toEqual([])
    expect(read('heap.debug1.txt')).toBe(text)
    expect(read('memstats.before.json')).toContain('"HeapSys": 9007199254740993')
    expect(files()).not.toContain('vars.json')
    // A catch-all page is no metrics.
    expect(m.left.map((l) => l.file)).toContain('metrics.prom')
  })

  test('profiles without samples are explained', async () => {
    const m = await capture({
      '/debug/pprof/block': (_, res) => void res.end(packedProfile('contentions', 0)),
    })
    expect(m.files.find((f) => f.file === 'block.pb.gz')?.note).toContain('SetBlockProfileRate')
    expect(m.files.find((f) => f.file === 'mutex.pb.gz')?.note).toBeUndefined()
  })

  test('a dump that would stop the program for long is left out', async () => {
    const many: Page = (_, res) => void res.end(indexPage(50_000))
    const m = await capture({ '/debug/pprof/': many })
    expect(program?.asked.some((a) => a.includes('debug=2'))).toBe(false)
    expect(m.left[0]?.why).toContain('50000 goroutines')
    expect(m.goroutines).toBe(50_000)
  })

  test('nor is it taken at the end if there are too many goroutines by then', async () => {
    let asked = 0
    const goroutine: Page = (req, res) =>
      void res.end(req.url?.includes('debug=2') ? DUMP : packedProfile('goroutine', asked++ === 0 ? 5 : 500))
    const m = await capture({ '/debug/pprof/goroutine': goroutine }, { options: { mostGoroutines: 100 } })
    expect(files()).toContain('goroutine-t1.debug2.txt')
    expect(files()).not.toContain('goroutine-t3.debug2.txt')
    expect(m.left).toContainEqual({
      file: 'goroutine-t3.debug2.txt',
      why: expect.stringContaining('500 goroutines'),
    })
  })

  test('a program without the page of contents is asked for everything', async () => {
    const none: Page = (_, res) => {
      res.statusCode = 404
      res.end('404 page not found\n')
    }
    const m = await capture({ '/debug/pprof/': none, '/debug/pprof/threadcreate': none })
    expect(m.failed).toEqual([])
    expect(m.left).toContainEqual({ file: 'threadcreate.pb.gz', why: 'the server has none' })
    expect(files()).toContain('cpu.pb.gz')
  })

  test('another one’s CPU profile is waited for', async () => {
    let asked = 0
    const waits: string[] = []
    const profile: Page = (_, res) => {
      if (asked++ === 0) {
        res.statusCode = 500
        res.setHeader('Content-Type', 'text/plain')
        res.end('Could not enable CPU profiling: cpu profiling already in use\n')
      } else res.end(packedProfile('cpu'))
    }
    const m = await capture(
      { '/debug/pprof/profile': profile },
      { progress: { waits: (w) => waits.push(w) } },
    )
    expect(m.failed).toEqual([])
    expect(asked).toBe(2)
    expect(waits).toHaveLength(1)
  })

  test('growth is looked at halfway, too', async () => {
    const profile: Page = (_, res) => void setTimeout(() => res.end(packedProfile('cpu')), 700)
    await capture({ '/debug/pprof/profile': profile })
    expect(files().filter((f) => /-t2/.test(f))).toEqual(['goroutine-t2.pb.gz', 'heap-t2.pb.gz'])
    const { asked } = program!
    expect(asked.lastIndexOf('/debug/pprof/heap')).toBeGreaterThan(
      asked.indexOf('/debug/pprof/profile?seconds=1'),
    )
  })

  test('the trace is as long as its budget allows', async () => {
    const trace: Page = (req, res) => {
      const seconds = Number(new URL(req.url ?? '', 'http://x').searchParams.get('seconds'))
      res.end(Buffer.concat([TRACE, Buffer.alloc(seconds * 4 * (1 << 20))]))
    }
    const m = await capture({ '/debug/pprof/trace': trace })
    expect(program?.asked.filter((a) => a.includes('/trace'))).toEqual([
      '/debug/pprof/trace?seconds=0.1',
      '/debug/pprof/trace?seconds=0.24',
    ])
    expect(m.files.find((f) => f.file === 'trace.out')?.note).toContain('240 ms instead of 0.5 s')
  })

  test('a trace that overruns its budget is cut off', async () => {
    const trace: Page = (_, res) => {
      res.write(TRACE)
      const more = (): void => {
        while (res.write(Buffer.alloc(65536)));
        res.once('drain', more)
      }
      more()
    }
    const m = await capture({ '/debug/pprof/trace': trace }, { options: { traceBytes: 100_000 } })
    expect(m.files.find((f) => f.file === 'trace.out')?.note).toContain('cut off')
    expect(m.state).toBe('complete')
  })

  test('further pages, such as that of a flight recorder', async () => {
    const m = await capture(
      {
        '/debug/flight': (_, res) => void res.end(TRACE),
        '/ops/flight': (_, res) => void res.end(TRACE),
        '/debug/metrics': (_, res) => void res.end('{"/gc/heap/goal:bytes": 1}'),
        '/x/capture.json': (_, res) => void res.end('{}'),
      },
      {
        options: { also: ['/debug/flight', '/ops/flight?n=1', '/debug/metrics', '/x/capture.json', '/none'] },
      },
    )
    expect(m.files.slice(0, 4).map((f) => f.file)).toEqual([
      'flight.out',
      'flight-2.out',
      'metrics.json',
      'capture-2.json',
    ])
    expect(m.failed.map((f) => f.file)).toEqual(['/none'])
    expect(program?.asked).toContain('/ops/flight?n=1')
  })

  test('logs are copied, under names that say what is in them', async () => {
    const log = join(base, 'stderr.txt')
    writeFileSync(
      log,
      'hello\ngc 1 @0.004s 1%: 0.01+0.5+0.01 ms clock, 0.02+0.1/0.3/0+0.02 ms cpu, 4->4->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P\n',
    )
    const m = await capture({}, { options: { logs: [log, join(base, 'none.log')] } })
    expect(read('gctrace.log')).toContain('gc 1 @')
    expect(m.failed.map((f) => f.file)).toEqual(['none.log'])
  })
})

describe('a capture that goes wrong', () => {
  test('what is no server of net/http/pprof is said to be none', async () => {
    const all = { '/debug/pprof/': html, '/debug/pprof/goroutine': html }
    await expect(capture(all)).rejects.toThrow('not net/http/pprof')
  })

  test('a server that wants to know who asks', async () => {
    const locked: Page = (_, res) => {
      res.statusCode = 401
      res.end()
    }
    await expect(capture({ '/debug/pprof/': locked })).rejects.toThrow('who asks')
  })

  test('a program that dies in the middle: what came before is kept, and nothing half', async () => {
    const dies: Page = (_, res) => {
      res.write(packedProfile('cpu').slice(0, 20))
      setTimeout(() => void program?.close(), 20)
    }
    const m = await capture({ '/debug/pprof/profile': dies })
    expect(m.state).toBe('broken off')
    expect(m.failed.map((f) => f.file)).toEqual(['cpu.pb.gz'])
    expect(files()).toContain('heap-t1.pb.gz')
    expect(files().filter((f) => /cpu|partial|last/.test(f))).toEqual([])
    expect(JSON.parse(read('capture.json'))).toEqual(m)
  })

  test('lies are not kept', async () => {
    const m = await capture({
      '/debug/pprof/heap': html,
      '/debug/pprof/profile': (_, res) => void res.end('not a profile'),
      '/debug/pprof/trace': (_, res) => void res.end('not a trace'),
      '/debug/pprof/block': (_, res) => void res.end(),
    })
    // What is not everybody's counts as not there when a web page stands in for it.
    expect(m.failed.map((f) => f.file)).toEqual([
      'heap-t1.pb.gz',
      'block.pb.gz',
      'cpu.pb.gz',
      'trace.out',
      'heap-t3.pb.gz',
    ])
    expect(files().filter((f) => /heap-|cpu|trace\.out|block/.test(f))).toEqual([])
  })

  test('a program that hangs is not waited for again and again', async () => {
    const m = await capture({ '/debug/pprof/heap': () => undefined, '/debug/pprof/mutex': () => undefined })
    expect(m.state).toBe('broken off')
    expect(m.failed.map((f) => f.file)).toEqual(['heap-t1.pb.gz', 'mutex.pb.gz'])
  })

  test('a disk that is full: what fits is kept, and nothing half', async () => {
    const m = await capture(
      {
        '/debug/pprof/heap': (_, res) =>
          void res.end(Buffer.concat([packedProfile('heap'), Buffer.alloc(30_000)])),
      },
      { folder: new SmallFolder(join(base, 'c'), 20_000) },
    )
    expect(m.failed.map((f) => f.file)).toEqual(['heap-t1.pb.gz', 'heap-t3.pb.gz'])
    expect(m.failed[0]?.why).toBe('no space left where the capture is written')
    expect(m.state).toBe('complete')
    expect(files()).toContain('allocs.pb.gz')
    expect(files().filter((f) => /heap|partial|last/.test(f))).toEqual([])
  })

  test('a disk with room for nothing ends it', async () => {
    const m = await capture({}, { folder: new SmallFolder(join(base, 'c'), 0, /^capture\.json$/) })
    expect(m.state).toBe('broken off')
    expect(m.failed).toHaveLength(2)
    expect(files()).toEqual(['capture.json'])
    expect(program?.asked.some((a) => a.includes('/profile'))).toBe(false)
  })

  test('an interrupt keeps what is there', async () => {
    const control = new AbortController()
    const m = await capture(
      { '/debug/pprof/profile': () => void setTimeout(() => control.abort(new Error('interrupted')), 20) },
      { signal: control.signal },
    )
    expect(m.state).toBe('interrupted')
    expect(m.failed).toEqual([])
    expect(files()).toContain('goroutine-t1.pb.gz')
    expect(files().filter((f) => /cpu|partial|last/.test(f))).toEqual([])
  })
})

test('a folder that holds something is not written to', () => {
  writeFileSync(join(base, 'x'), '')
  expect(() => new CaptureFolder(base)).toThrow('not empty')
  expect(readdirSync(base)).toEqual(['x'])
})

test('what is taken away is what was written', () => {
  const folder = new CaptureFolder(join(base, 'made'))
  folder.put('a', 'x')
  folder.begin('b').write(new Uint8Array(5))
  folder.remove()
  expect(readdirSync(base)).toEqual([])
  const given = new CaptureFolder(base)
  given.put('a', 'x')
  writeFileSync(join(base, 'somebody’s'), '')
  given.remove()
  expect(readdirSync(base)).toEqual(['somebody’s'])
})
