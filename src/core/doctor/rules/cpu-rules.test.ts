// Guilty and innocent pictures of the rules that look at CPU profiles.

import { describe, expect, test } from 'vitest'
import { captureFrom, loud, said, stacks, traceWith } from '../../../../test/kit/capture-from.ts'
import { diagnose } from '../diagnose.ts'
import { RULES } from '../index.ts'

const ms = 1e6

/** Work in one function for a share of a second, and something useful for the rest of it. */
function cpu(what: readonly string[], share: number): string {
  const n = Math.round(share * 100)
  return stacks(
    [...what, `= ${n} ${n * 10 * ms}`],
    ['main.main', 'main.useful', `= ${100 - n} ${(100 - n) * 10 * ms}`],
  )
}

const CASES: readonly (readonly [string, readonly string[], number, number])[] = [
  [
    'regexp-compile-hot',
    ['main.main', 'main.route', 'regexp.MustCompile', 'regexp.compile', 'regexp/syntax.Parse'],
    0.3,
    0.03,
  ],
  [
    'string-concat',
    ['main.main', 'main.report', 'runtime.concatstring2', 'runtime.concatstrings', 'runtime.memmove'],
    0.3,
    0.06,
  ],
  [
    'reflect-format-heavy',
    ['main.main', 'main.encode', 'encoding/json.Marshal', 'reflect.Value.Field'],
    0.6,
    0.2,
  ],
  ['missing-prealloc', ['main.main', 'main.collect', 'runtime.growslice', 'runtime.memmove'], 0.4, 0.08],
  ['defer-in-loop', ['main.main', 'main.pack', 'runtime.deferproc', 'runtime.newdefer'], 0.2, 0.02],
  [
    'goroutines-too-fine',
    ['main.main', 'main.shade', 'runtime.newproc', 'runtime.systemstack', 'runtime.newproc.func1'],
    0.4,
    0.1,
  ],
  ['lock-in-inner-loop', ['main.main', 'main.(*histogram).add', 'sync.(*Mutex).Lock'], 0.5, 0.1],
]

describe.each(CASES)('%s', (cause, stack, guilty, innocent) => {
  const culprit = stack[1]

  test('found, with the function that does it', () => {
    expect(said({ cpu: cpu(stack, guilty) })).toContain(`${cause}: ${culprit}`)
  })

  test('not where it is a small part', () => {
    expect(said({ cpu: cpu(stack, innocent) })).toEqual([])
  })

  test('not aloud in a program that hardly uses CPU', () => {
    expect(said({ cpu: cpu(stack, guilty), cpuSeconds: 60 })).toEqual([])
  })

  test('the finding is complete', () => {
    const f = loud({ cpu: cpu(stack, guilty) }).find((x) => x.cause === cause)!
    expect(f.title).toMatch(/^\d+ %/)
    expect(f.evidence[0]).toMatchObject({ source: 'cpu-t1.pb.gz', unit: 'share' })
    expect(f.evidence[0]!.value).toBeCloseTo(guilty)
    expect(f.evidence[0]!.view).toMatch(/^goscope /)
    expect(f.remedy.length).toBeGreaterThan(0)
    expect(f.confidence).toBeGreaterThan(0.5)
  })
})

test('few samples are too few', () => {
  expect(said({ cpu: 'main.main\nmain.route\nregexp.MustCompile\n= 2 20000000', cpuSeconds: 0.1 })).toEqual(
    [],
  )
})

describe('lock-in-inner-loop', () => {
  const taking = cpu(['main.main', 'main.add', 'sync.(*Mutex).Lock'], 0.5)

  test('contention is another thing', () => {
    const block = 'main.main\nmain.add\nsync.(*Mutex).Lock\n= 100 20000000000'
    expect(said({ cpu: taking, block })).toEqual(['mutex-contention: main.add'])
  })
})

describe('unbuffered-io', () => {
  /** Reads of files: some time in the kernel, some on the way there. */
  const reading = (kernel: number, way: number) =>
    stacks(
      ['main.main', 'main.scan', 'os.(*File).Read', 'syscall.Syscall6', `= ${kernel} ${kernel * 10 * ms}`],
      ['main.main', 'main.scan', 'os.(*File).Read', 'internal/poll.(*FD).Read', `= ${way} ${way * 10 * ms}`],
      ['main.main', 'main.useful', '', '', '= 30 300000000'],
    )
  const calls = (count: number, ns: number) => ({
    traces: [traceWith({ syscalls: { count, totalNs: count * ns } })],
  })

  test('found by what a call costs around it', () => {
    expect(said({ cpu: reading(60, 10) })).toEqual(['unbuffered-io: main.scan'])
  })

  test('found by how short calls are', () => {
    expect(said({ cpu: reading(70, 0), parts: calls(1000, 800) })).toEqual(['unbuffered-io: main.scan'])
  })

  test('large pieces: all of the time is the kernel’s', () => {
    expect(said({ cpu: reading(70, 1) })).toEqual([])
  })

  test('a small part of the time', () => {
    const cpuWithLittle = reading(6, 2)
    expect(said({ cpu: cpuWithLittle })).toEqual([])
  })

  test('a buffer in between is what is wanted', () => {
    const stack = ['main.main', 'main.scan', 'bufio.(*Reader).fill', 'os.(*File).Read', 'syscall.read']
    expect(said({ cpu: cpu(stack, 0.6) })).toEqual([])
  })

  test('long system calls move much at a time', () => {
    const traces = [traceWith({ syscalls: { count: 1000, totalNs: 1000 * 500e3 } })]
    const stack = ['main.main', 'main.scan', 'os.(*File).Read', 'syscall.read']
    expect(said({ cpu: cpu(stack, 0.6), parts: { traces } })).toEqual([])
  })
})

describe('alloc-hot-loop', () => {
  const churn = cpu(['main.main', 'main.render', 'runtime.newobject', 'runtime.mallocgc'], 0.5)
  const allocs = (count: number, bytes: number) =>
    stacks(
      ['main.main', 'main.render', `= ${count} ${bytes} 0 0`],
      ['main.main', 'main.setup', '= 10 1000 0 0'],
    )

  test('found where small objects come from', () => {
    expect(said({ cpu: churn, allocs: allocs(1e6, 32e6) })).toEqual(['alloc-hot-loop: main.render'])
  })

  test('not large objects', () => {
    expect(said({ cpu: churn, allocs: allocs(1e4, 640e6) })).toEqual([])
  })

  test('a cause explains its symptom', () => {
    const stack = ['main.main', 'main.render', 'regexp.MustCompile', 'runtime.newobject', 'runtime.mallocgc']
    const d = diagnose(captureFrom({ cpu: cpu(stack, 0.5), allocs: allocs(1e6, 32e6) }), RULES)
    expect(d.findings.map((f) => f.cause)).toEqual(['regexp-compile-hot'])
    expect(d.checked.find((c) => c.rule === 'alloc-hot-loop')).toMatchObject({
      result: 'explained',
      by: 'regexp-compile-hot',
    })
  })
})

describe('deep-recursion-stacks', () => {
  const recursion = Array.from({ length: 50 }, () => 'main.eval')

  test('found by the function that stands on its own stack', () => {
    const stack = ['main.main', ...recursion, 'runtime.morestack', 'runtime.newstack', 'runtime.copystack']
    expect(said({ cpu: cpu(stack, 0.4) })).toEqual(['deep-recursion-stacks: main.eval'])
  })

  test('first stacks of new goroutines are not deep', () => {
    const shallow = ['main.eval', 'main.eval', 'main.eval', 'main.eval', 'main.eval']
    const stack = ['main.main', ...shallow, 'runtime.morestack', 'runtime.newstack', 'runtime.copystack']
    expect(said({ cpu: cpu(stack, 0.4) })).toEqual([])
  })

  test('not recursion alone', () => {
    expect(said({ cpu: cpu(['main.main', ...recursion], 0.4) })).toEqual([])
  })
})
