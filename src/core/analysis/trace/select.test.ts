import { describe, expect, test } from 'vitest'
import { traceFrom } from '../../../../test/kit/trace-from.ts'
import { utc } from '../../base/go-time.ts'
import { decodeUtf8 } from '../../base/utf8.ts'
import { ParsedText } from '../../reports/trace/parsed.ts'
import { type Selection, SelectSink } from './select.ts'

const TEXT = `
  Sync Time=0 N=1
  M=1 P=0 G=-1 StateTransition Time=1 ProcID=0 Undetermined->Running
  M=1 P=0 G=-1 Metric Time=2 Name="/sched/gomaxprocs:threads" Value=Value{Uint64(2)}
  M=1 P=0 G=-1 StateTransition Time=3 GoID=1 Undetermined->Running TransitionStack=[main.one:1]
  M=1 P=0 G=1 RangeBegin Time=5 Name="GC concurrent mark phase" Scope=None
  M=1 P=0 G=1 StateTransition Time=10 GoID=2 NotExist->Runnable TransitionStack=[main.two:1] Stack=[main.one:2]
  M=2 P=1 G=-1 StateTransition Time=20 GoID=2 Runnable->Running
  M=2 P=1 G=2 RegionBegin Time=25 Task=7 Type="work"
  M=1 P=0 G=1 StateTransition Time=30 GoID=1 Running->Waiting Reason="sync" Stack=[main.one:3]
  M=2 P=1 G=2 RegionEnd Time=35 Task=7 Type="work"
  M=2 P=1 G=2 StateTransition Time=40 GoID=1 Waiting->Runnable Stack=[main.two:4]
  M=2 P=1 G=2 StateTransition Time=50 GoID=2 Running->NotExist
  M=1 P=0 G=1 RangeEnd Time=55 Name="GC concurrent mark phase" Scope=None
  M=2 P=1 G=-1 StateTransition Time=60 GoID=1 Runnable->Running
  Sync Time=70 N=2
`

/** What is passed on, in few words a line. */
function selected(selection: Selection): string[] {
  let text = ''
  const printed = new ParsedText((piece) => {
    text += decodeUtf8(piece)
  }, utc)
  const select = new SelectSink(selection, [printed])
  const { lastTime } = traceFrom(TEXT, [select], { rows: 4 })
  select.finish()
  printed.finish()
  const lines = text.split('\n').flatMap((line) => {
    const [, g, kind, time] = /G=(-?\d+) (\w+) Time=(-?\d+)/.exec(line) ?? []
    if (kind === undefined) return []
    const id = /(?:GoID|ProcID|Name|Type)=("[^"]*"|\d+)/.exec(line)?.[1] ?? ''
    const what = /\w+->\w+/.exec(line)?.[0] ?? kind
    return [`${time} ${g === '-1' ? '' : `by ${g}: `}${id} ${what}`]
  })
  return [...lines, `= ${select.duration(lastTime)}`]
}

describe('a part of a trace', () => {
  test('all of it is all of it', () => {
    const whole = selected({ from: 0 })
    expect(whole.length).toBe(16)
    expect(whole.at(-1)).toBe('= 70')
    expect(whole[3]).toBe('3 1 Undetermined->Running')
  })

  test('a window begins with what goes on at its start', () => {
    expect(selected({ from: 22, to: 45 })).toEqual([
      '22  Sync',
      '22 "/sched/gomaxprocs:threads" Metric',
      '22 0 Undetermined->Running',
      '22 by 1: 1 Undetermined->Running',
      '22 by 2: 2 Undetermined->Running',
      '22 "GC concurrent mark phase" RangeActive',
      '25 by 2: "work" RegionBegin',
      '30 by 1: 1 Running->Waiting',
      '35 by 2: "work" RegionEnd',
      '40 by 2: 1 Waiting->Runnable',
      '= 23',
    ])
  })

  test('a goroutine alone', () => {
    const lines = selected({ goroutines: new Map([[1, undefined]]) })
    expect(lines.filter((l) => /->/.test(l))).toEqual([
      '1 0 Undetermined->Running',
      '3 1 Undetermined->Running',
      '30 by 1: 1 Running->Waiting',
      '40 by 2: 1 Waiting->Runnable',
      '60 1 Runnable->Running',
    ])
    expect(lines.some((l) => l.includes('Region'))).toBe(false)
    expect(lines.some((l) => l.includes('RangeBegin'))).toBe(true)
  })

  test('a goroutine at some times comes and goes', () => {
    expect(selected({ goroutines: new Map([[2, [25, 35]]]) }).filter((l) => /by 2/.test(l))).toEqual([
      '25 by 2: 2 NotExist->Running',
      '25 by 2: "work" RegionBegin',
      '35 by 2: "work" RegionEnd',
      '35 by 2: 2 Running->NotExist',
    ])
  })

  test('a processor: what ran on it', () => {
    expect(selected({ proc: 1 }).filter((l) => /->/.test(l))).toEqual([
      '20 2 NotExist->Running',
      '50 by 2: 2 Running->NotExist',
      '60 1 NotExist->Running',
    ])
  })

  test('behind the end of the trace there is nothing', () => {
    expect(selected({ from: 100 })).toEqual(['= 0'])
  })
})
