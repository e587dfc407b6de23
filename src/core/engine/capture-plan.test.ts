import { describe, expect, test } from 'vitest'
import { type Offer, type PlanOptions, planCapture, type Topic, traceSeconds } from './capture-plan.ts'

const options: PlanOptions = {
  seconds: 10,
  traceSeconds: 1,
  traceBytes: 16 << 20,
  all: false,
  mostGoroutines: 10_000,
  skip: new Set(),
  process: true,
  also: [],
}
const names = ['allocs', 'block', 'cmdline', 'goroutine', 'heap', 'mutex', 'profile', 'threadcreate', 'trace']
const offer = (more: readonly string[] = [], goroutines = 12): Offer => ({
  profiles: new Map([...names, ...more].map((n) => [n, 1])),
  goroutines,
})
const files = (o: Partial<PlanOptions> = {}, what = offer()): string[] =>
  planCapture(what, { ...options, ...o }).steps.flatMap((s) => [
    s.file,
    ...(s.halfway ?? []).map((h) => h.file),
  ])

describe('the plan of a capture', () => {
  test('begins with goroutines and memory, measures once, and ends with what grows once more', () => {
    expect(files()).toEqual([
      'goroutine-t1.pb.gz',
      'goroutine-t1.debug2.txt',
      'heap-t1.pb.gz',
      'memstats.before.json',
      'status.txt',
      'mutex.pb.gz',
      'block.pb.gz',
      'threadcreate.pb.gz',
      'cpu.pb.gz',
      'goroutine-t2.pb.gz',
      'heap-t2.pb.gz',
      'trace.out',
      'goroutine-t3.pb.gz',
      'goroutine-t3.debug2.txt',
      'heap-t3.pb.gz',
      'allocs.pb.gz',
      'vars.json',
      'metrics.prom',
      'status.txt',
    ])
  })

  test('what collects garbage comes last, the own profiles of the program before it', () => {
    expect(files({}, offer(['goroutineleak', 'sessions'])).slice(-2)).toEqual([
      'sessions.pb.gz',
      'goroutineleak.pb.gz',
    ])
  })

  test('further pages come first: what a flight recorder holds is soon gone', () => {
    expect(files({ also: ['/debug/flight', '/x'] }).slice(0, 3)).toEqual([
      '/debug/flight',
      '/x',
      'goroutine-t1.pb.gz',
    ])
  })

  test('names of profiles that are no names of files are left alone', () => {
    const strange = offer(['../../etc/passwd', 'a b', '', '.hidden', 'x'.repeat(65)])
    expect(files({}, strange)).toEqual(files())
  })

  test('a dump is left out where it would stop the program for long, and that is said', () => {
    const plan = planCapture(offer([], 10_001), options)
    expect(plan.steps.some((s) => s.content === 'dump')).toBe(false)
    expect(plan.left.map((l) => l.file)).toEqual(['goroutine-t1.debug2.txt', 'goroutine-t3.debug2.txt'])
    expect(plan.left[0].why).toContain('10001 goroutines')
    expect(files({ all: true }, offer([], 1e6)).filter((f) => f.includes('debug2'))).toHaveLength(2)
    expect(files({}, offer([], 10_000)).filter((f) => f.includes('debug2'))).toHaveLength(2)
  })

  test('without a page of contents everything is tried', () => {
    const unknown = { profiles: undefined, goroutines: 3 }
    expect(files({}, unknown)).toEqual([...files(), 'goroutineleak.pb.gz'])
    for (const s of planCapture(unknown, options).steps)
      expect(s.optional, s.file).toBe(!/^(goroutine-|heap-|cpu)/.test(s.file))
  })

  test('what the server has not is not asked for', () => {
    const few = { profiles: new Map([['goroutine', 5]]), goroutines: 5 }
    const plan = planCapture(few, options)
    expect(plan.steps.filter((s) => s.from === 'pprof').every((s) => s.profile === 'goroutine')).toBe(true)
    expect(plan.left.map((l) => l.file)).toContain('cpu.pb.gz')
  })

  test('topics can be left out, and nothing is measured for no time', () => {
    const skip = new Set<Topic>(['goroutines', 'cpu', 'process', 'metrics', 'memstats'])
    expect(files({ skip }).filter((f) => /goroutine|cpu|status|metrics|vars|memstats/.test(f))).toEqual([])
    expect(files({ seconds: 0, traceSeconds: 0 }).filter((f) => /cpu|trace/.test(f))).toEqual([])
    expect(files({ process: false })).not.toContain('status.txt')
  })

  test('every answer has a largest size', () => {
    for (const s of planCapture(offer(['goroutineleak']), options).steps) {
      expect(s.maxBytes).toBeGreaterThan(0)
      expect(s.maxBytes).toBeLessThanOrEqual(1 << 28)
    }
  })
})

describe('how long a trace may run', () => {
  const o = { traceSeconds: 1, traceBytes: 16 << 20 }

  test('as long as wanted where little is written', () => {
    expect(traceSeconds(1000, 0.1, o)).toBe(1)
    expect(traceSeconds(0, 0.1, o)).toBe(1)
  })

  test('as long as the budget allows otherwise', () => {
    // 4 MiB in 0.1 s: 16 MiB are full after 0.4 s.
    expect(traceSeconds(4 << 20, 0.1, o)).toBeCloseTo(0.4)
  })

  test('not at all if the first one has used the budget up, or was long enough', () => {
    expect(traceSeconds(20 << 20, 0.1, o)).toBe(0)
    expect(traceSeconds(9 << 20, 0.1, o)).toBe(0)
    expect(traceSeconds(1000, 0.1, { ...o, traceSeconds: 0.1 })).toBe(0)
  })
})
