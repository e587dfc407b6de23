import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RuntimeLines } from './runtime-lines.ts'

const GC =
  'gc 12 @1.234s 2%: 0.02+1.1+0.01 ms clock, 0.04+0.1/0.9/0+0.02 ms cpu, 4->4->1 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 2 P\n'
const SCHED = 'SCHED 1004ms: gomaxprocs=2 idleprocs=2 threads=5 spinningthreads=0 runqueue=0 [0 0]\n'
const INIT = 'init internal/bytealg @0.008 ms, 0 ms clock, 0 bytes, 0 allocs\n'

function split(chunks: readonly string[]): { own: string; runtime: string[]; lines: RuntimeLines } {
  const out = { own: '', runtime: [] as string[] }
  const lines = new RuntimeLines({
    own: (b) => {
      out.own += Buffer.from(b).toString()
    },
    runtime: (kind, b) => out.runtime.push(`${kind} ${Buffer.from(b).toString()}`),
  })
  for (const c of chunks) lines.push(Buffer.from(c))
  return {
    ...out,
    lines,
    get own() {
      return out.own
    },
    get runtime() {
      return out.runtime
    },
  }
}

describe('lines of the runtime', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const text = `hello\n${GC}${SCHED}gc is a word\n\n${INIT}SCHED nothing\nbye`

  test('are taken out, wherever the pieces are cut', () => {
    for (let at = 0; at <= text.length; at++) {
      const s = split([text.slice(0, at), text.slice(at)])
      s.lines.end()
      expect(s.own).toBe('hello\ngc is a word\n\nSCHED nothing\nbye')
      expect(s.runtime).toEqual([`gctrace ${GC}`, `schedtrace ${SCHED}`, `inittrace ${INIT}`])
    }
  })

  test('byte by byte', () => {
    const s = split([...text])
    s.lines.end()
    expect(s.own).toBe('hello\ngc is a word\n\nSCHED nothing\nbye')
    expect(s.runtime).toHaveLength(3)
  })

  test('behind what the program has begun to write', () => {
    const s = split([`working... ${GC}done\n`])
    expect(s.own).toBe('working... done\n')
    expect(s.runtime).toEqual([`gctrace ${GC}`])
  })

  test('a question is passed on at once, what may be the runtime’s a moment later', () => {
    const s = split(['Password: '])
    expect(s.own).toBe('Password: ')
    const g = split(['gc'])
    expect(g.own).toBe('')
    vi.advanceTimersByTime(200)
    expect(g.own).toBe('gc')
  })

  test('the end of the stream loses nothing', () => {
    const s = split(['gc 1'])
    s.lines.end()
    expect(s.own).toBe('gc 1')
  })

  test('bytes that are no text pass', () => {
    let own = Buffer.alloc(0)
    const lines = new RuntimeLines({
      own: (b) => {
        own = Buffer.concat([own, b])
      },
      runtime: () => undefined,
    })
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, k) => k & 255))
    lines.push(bytes)
    lines.end()
    expect(own.equals(bytes)).toBe(true)
  })
})
