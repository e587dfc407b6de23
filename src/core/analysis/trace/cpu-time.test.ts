import { describe, expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { CpuTimeSink, className } from './cpu-time.ts'
import { cpuTimeProfile } from './cpu-time-profile.ts'

const TEXT = `
  Sync Time=0 N=1
  P=0 G=-1 StateTransition Time=1 GoID=1 Undetermined->Running TransitionStack=[main.leaf:2 main.one:1]
  P=0 G=1 StateTransition Time=10 GoID=1 Running->Waiting Reason="chan receive" Stack=[main.wait:5 main.one:3]
  StateTransition Time=30 GoID=1 Waiting->Runnable
  P=0 StateTransition Time=35 GoID=1 Runnable->Running
  P=0 G=1 StackSample Time=40 Stack=[main.hot:5 main.one:3]
  P=0 G=1 StackSample Time=45 Stack=[main.warm:5 main.one:3]
  P=0 G=1 StateTransition Time=50 GoID=1 Running->Syscall Stack=[main.call:5 main.one:3]
  P=0 G=1 StateTransition Time=57 GoID=1 Syscall->Running
  P=0 G=1 StateTransition Time=60 GoID=1 Running->NotExist
  StateTransition Time=61 GoID=2 Undetermined->Waiting Reason="system goroutine wait" TransitionStack=[runtime.bgsweep:1]
  Sync Time=70 N=2
`

function times(byGoroutine: boolean, system = false) {
  const cpu = new CpuTimeSink(byGoroutine)
  const { tables, lastTime } = traceFrom(TEXT, [cpu])
  const found = cpu.done(lastTime, system)
  if (found === undefined) throw new Error('no events')
  const { stacks, strings } = tables
  const rows = found.times.map((t) => {
    const leaf =
      stacks.start.a[t.stack + 1] > stacks.start.a[t.stack] ? stacks.frame.a[stacks.start.a[t.stack]] : 0
    return `${className(t.at)} ${strings.get(stacks.fn.a[leaf])} ${t.time}`
  })
  return { found, rows }
}

describe('time on and off processors', () => {
  test('runs count for where they ended or where samples were, waits for where they began', () => {
    const { found, rows } = times(false)
    expect(rows).toEqual([
      'running main.wait 10',
      'chan receive main.wait 20',
      'waiting for a processor main.wait 5',
      'running main.hot 7',
      'running main.warm 8',
      'system call main.call 7',
      'running main.call 3',
    ])
    expect(found).toMatchObject({ samples: 2, leftOut: 70 })
  })

  test("waits of the runtime's own goroutines are there if they are asked for", () => {
    const { found, rows } = times(false, true)
    expect(rows.at(-1)).toBe('system goroutine wait runtime.bgsweep 70')
    expect(found.leftOut).toBe(0)
  })

  test('as a profile: what was waited for is a frame or a label', () => {
    const { found } = times(true)
    const p = cpuTimeProfile(found, { reasonFrames: true, goroutineFrames: true, only: (t) => !t.at.on })
    expect(p.sampleTypes.map((t) => t.type)).toEqual(['wall', 'on-cpu', 'off-cpu'])
    const names = (row: number): string[] => {
      const { stackStart, stackEnd, frame } = p.samples
      return Array.from(frame.subarray(stackStart[row], stackEnd[row]), (location) =>
        p.strings.get(p.functions.name[p.lines.fn[p.locations.lineStart[location]]]),
      )
    }
    expect(p.samples.count).toBe(3)
    expect(names(0)).toEqual(['[chan receive]', 'main.wait', 'main.one', '[goroutine 1 main.one]'])
    expect(p.samples.value.map((v) => v.get(0))).toEqual([20, 0, 20])
    const plain = cpuTimeProfile(found)
    expect(plain.samples.count).toBe(7)
    expect(new Set(plain.samples.labelSet).size).toBe(4)
  })
})
