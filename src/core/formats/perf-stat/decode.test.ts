import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../base/errors.ts'
import { localeNumber } from './counters.ts'
import { decodePerfStat, sniffPerfStat } from './decode.ts'

const text = `done: 12 orders
# started on Sat Nov 21 13:50:14 2026

 Performance counter stats for './orders -n 3' (5 runs):

          1,043.52 msec task-clock                #    1.923 CPUs utilized            ( +-  0.81% )
            12,345      context-switches          #   11.831 K/sec                    ( +- 12.50% )
     3,100,000,000      cycles                    #    2.971 GHz                      ( +-  0.50% )  (66.67%)
     4,650,000,000      instructions              #    1.50  insn per cycle
                                                  #    0.28  stalled cycles per insn
                 0      cpu-migrations            #    0.000 /sec
   <not supported>      LLC-loads
     <not counted>      LLC-load-misses                                                (0.00%)
        TopdownL1                                 #     23.4 %  tma_backend_bound

         0.54262 +- 0.00397 seconds time elapsed  ( +-  0.73% )

       0.990000000 seconds user
       0.053000000 seconds sys

bye
`

const intervals = `#           time             counts unit events
     0.100185847               0.70 msec task-clock                       #    0.007 CPUs utilized
     0.100185847                  2      context-switches                 #    2.839 K/sec
     0.200544049      <not counted> msec task-clock
     0.200544049      <not counted>      context-switches
#           time             counts unit events
     0.251674572               0.05 msec task-clock                       #    0.001 CPUs utilized
     0.251674572                  1      context-switches                 #    0.000 /sec
`

const csv = `# started on Sat Nov 21 13:50:14 2026

0.76,msec,task-clock,756025,100.00,0.459,CPUs utilized
3,,context-switches,756025,100.00,3.968,K/sec
2000000,,cycles,756025,50.00,2.6,GHz
,,,,,,0.28,stalled cycles per insn
17,,cpu/event=0x3c,umask=0x0/,756025,100.00,,
<not supported>,,instructions,0,100.00,,
`

const json = `{"interval" : 0.05, "cpu" : "0", "counter-value" : "1.500000", "unit" : "msec", "event" : "cpu-clock", "event-runtime" : 707503, "pcnt-running" : 100.00, "metric-value" : 0.01, "metric-unit" : "CPUs utilized"}
{"interval" : 0.05, "cpu" : "1", "counter-value" : "2.500000", "unit" : "msec", "event" : "cpu-clock", "event-runtime" : 707503, "pcnt-running" : 50.00, "metric-value" : nan, "metric-unit" : "CPUs utilized"}
{"interval" : 0.10, "cpu" : "0", "counter-value" : "<not counted>", "unit" : "msec", "event" : "cpu-clock", "event-runtime" : 0, "pcnt-running" : 0.00}
{"metric-value" : 0.5, "metric-unit" : "stalled cycles per insn"}
`

const counters = (s: string, report = 0) =>
  Object.fromEntries(decodePerfStat(s).reports[report]!.counters.map((c) => [c.event, c]))

describe('perf stat for people', () => {
  test('counters, times, runs, what does not count', () => {
    const { reports, problems } = decodePerfStat(text)
    expect(problems).toEqual([])
    expect(reports).toHaveLength(1)
    const r = reports[0]!
    expect(r).toMatchObject({
      target: "'./orders -n 3'",
      runs: 5,
      started: 'Sat Nov 21 13:50:14 2026',
      elapsed: 0.54262,
      user: 0.99,
      sys: 0.053,
      intervals: 0,
    })
    expect(r.counters.map((c) => [c.event, c.value, c.state])).toEqual([
      ['task-clock', 1043.52, 'counted'],
      ['context-switches', 12345, 'counted'],
      ['cycles', 3.1e9, 'counted'],
      ['instructions', 4.65e9, 'counted'],
      ['cpu-migrations', 0, 'counted'],
      ['LLC-loads', Number.NaN, 'not supported'],
      ['LLC-load-misses', Number.NaN, 'not counted'],
    ])
    const c = counters(text)
    expect(c.cycles).toMatchObject({ running: expect.closeTo(0.6667) as number, deviation: 0.005 })
    expect(c['task-clock']!.unit).toBe('msec')
  })

  test('intervals are summed', () => {
    const r = decodePerfStat(intervals).reports[0]!
    expect(r).toMatchObject({ intervals: 3, elapsed: 0.251674572 })
    expect(counters(intervals)['task-clock']!.value).toBeCloseTo(0.75)
    expect(counters(intervals)['context-switches']!.value).toBe(3)
  })

  test('processors and sockets are summed, threads have names', () => {
    const report = (lines: string) =>
      ` Performance counter stats for 'system wide':\n\n${lines}\n 1.0 seconds time elapsed\n`
    expect(
      counters(report('CPU0   52.58 msec cpu-clock  # 1\nCPU1   52.68 msec cpu-clock'))['cpu-clock']!.value,
    ).toBeCloseTo(105.26)
    expect(counters(report('S0        2       1598      context-switches'))['context-switches']!.value).toBe(
      1598,
    )
    expect(counters(report('  bash-21953   <not counted>   cycles')).cycles!.state).toBe('not counted')
  })

  test('several reports in a file', () => {
    const { reports } = decodePerfStat(text + text.replaceAll('orders', 'other'))
    expect(reports.map((r) => r.target)).toEqual(["'./orders -n 3'", "'./other -n 3'"])
  })

  test('numbers of other countries', () => {
    expect(localeNumber('1.234.567', true)).toBe(1234567)
    expect(localeNumber('12,34', false)).toBe(12.34)
    expect(localeNumber('1.043,52', false)).toBe(1043.52)
    expect(localeNumber('5\u202f012\u202f345', true)).toBe(5012345)
    expect(localeNumber('1,234', true)).toBe(1234)
    expect(localeNumber('1,234', false)).toBe(1.234)
    expect(localeNumber('x', true)).toBeNaN()
  })
})

describe('-x', () => {
  test('counters', () => {
    const r = decodePerfStat(csv).reports[0]!
    expect(r).toMatchObject({ form: 'csv', started: 'Sat Nov 21 13:50:14 2026', target: '' })
    expect(r.counters.map((c) => [c.event, c.value, c.running])).toEqual([
      ['task-clock', 0.76, 1],
      ['context-switches', 3, 1],
      ['cycles', 2e6, 0.5],
      ['cpu/event=0x3c,umask=0x0/', 17, 1],
      ['instructions', Number.NaN, 1],
    ])
  })
  test('other separators, runs, intervals, sockets', () => {
    expect(
      counters('S0;2;104.93;msec;cpu-clock;104928172;100.00;2.016;CPUs utilized\n')['cpu-clock']!.value,
    ).toBe(104.93)
    expect(
      counters('0.70\tmsec\ttask-clock\t4.04%\t702285\t100.00\t0.175\tCPUs utilized\n')['task-clock'],
    ).toMatchObject({
      value: 0.7,
      deviation: expect.closeTo(0.0404) as number,
    })
    const r = decodePerfStat(
      '     0.05,4,,context-switches,1148418,100.00,3.4,K/sec\n     0.10,6,,context-switches,1,100.00,,\n',
    ).reports[0]!
    expect(r).toMatchObject({ intervals: 2, elapsed: 0.1 })
    expect(r.counters[0]!.value).toBe(10)
  })
})

test('-j', () => {
  const r = decodePerfStat(json).reports[0]!
  expect(r).toMatchObject({ form: 'json', intervals: 2 })
  expect(r.counters).toEqual([
    { event: 'cpu-clock', value: 4, unit: 'msec', state: 'counted', running: 0.5, deviation: Number.NaN },
  ])
})

test('what is perf stat and what is not', () => {
  for (const yes of [text, intervals, csv, json]) expect(sniffPerfStat(yes)).toBe(true)
  for (const no of [
    '',
    'cycles 12\n',
    'a,b,cycles\n',
    '{"event": "x"}',
    'main;f 12\n',
    'gc 1 @0.1s 0%: 1+2+3 ms clock\n',
  ])
    expect(sniffPerfStat(no)).toBe(false)
})

test('damage: cut anywhere it gives counters or a DecodeError', () => {
  for (const whole of [text, intervals, csv, json])
    for (let n = 0; n < whole.length; n += 3)
      try {
        expect(decodePerfStat(whole.slice(0, n)).reports.length).toBeGreaterThan(0)
      } catch (e) {
        expect(e).toBeInstanceOf(DecodeError)
      }
  expect(
    decodePerfStat(text.replace('   <not supported>', 'what is this\n   <not supported>')).problems,
  ).toHaveLength(1)
})
