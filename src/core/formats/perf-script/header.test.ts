import { describe, expect, test } from 'vitest'
import { type Header, parseBareHeader, parseHeader } from './header.ts'

/** The parts that are there, in one text. */
function shown(h: Header | null): string {
  if (h === null) return 'none'
  const parts = [`comm=${h.comm}`]
  if (h.pid >= 0) parts.push(`pid=${h.pid}`)
  if (h.tid >= 0) parts.push(`tid=${h.tid}`)
  if (h.seconds >= 0) parts.push(`time=${h.seconds}+${h.nanos}`)
  if (h.period !== -1) parts.push(`period=${h.period}`)
  if (h.event !== '') parts.push(`event=${h.event}`)
  return parts.join(' ')
}

describe('parseHeader', () => {
  test.each([
    [
      'app  5255  2425.910959:    5025125 cpu-clock:pppH: ',
      'comm=app tid=5255 time=2425+910959000 period=5025125 event=cpu-clock:pppH',
    ],
    [
      'app 29221/29223  1683.583818123: cycles: ',
      'comm=app pid=29221 tid=29223 time=1683+583818123 event=cycles',
    ],
    [
      'java 27409/28744 [000] 441995.133575: cpu-clock: ',
      'comm=java pid=27409 tid=28744 time=441995+133575000 event=cpu-clock',
    ],
    [
      'swapper     0 [003] 203265.377022:    1001001 cpu-clock: ',
      'comm=swapper tid=0 time=203265+377022000 period=1001001 event=cpu-clock',
    ],
    [
      'V8 WorkerThread 25607 4794564.109216: cycles:u: ',
      'comm=V8 WorkerThread tid=25607 time=4794564+109216000 event=cycles:u',
    ],
    [
      'Pool 7 thread 3  811/812 [001]  5.000001:  9 page-faults: ',
      'comm=Pool 7 thread 3 pid=811 tid=812 time=5+1000 period=9 event=page-faults',
    ],
    [
      'kworker/0:1-events   123 [000]    12.340000: sched:sched_switch: prev_comm=a prev_pid=5 12.5: x:',
      'comm=kworker/0:1-events tid=123 time=12+340000000 event=sched:sched_switch',
    ],
    [' 1683.583818: cpu-clock: ', 'comm= time=1683+583818000 event=cpu-clock'],
    ['   5255  2425.910959:  7 cycles: ', 'comm= tid=5255 time=2425+910959000 period=7 event=cycles'],
    ['sh 29221  1683.583818: ', 'comm=sh tid=29221 time=1683+583818000'],
    ['sh 29221  1683.583818:     250000 ', 'comm=sh tid=29221 time=1683+583818000 period=250000'],
    ['sh 29221 [001] U      1683.583818: cycles: ', 'comm=sh tid=29221 time=1683+583818000 event=cycles'],
    [
      'sh 29221 [001] 2026-01-05 10:00:00.123456 1683.583818: cycles: ',
      'comm=sh tid=29221 time=1683+583818000 event=cycles',
    ],
    [
      'app  9  1.5: cpu_core/cycles,name=x/Pu: ',
      'comm=app tid=9 time=1+500000000 event=cpu_core/cycles,name=x/Pu',
    ],
    [
      'app 9/9  1767000000.123456: 18446744073709551615 cycles: ',
      'comm=app pid=9 tid=9 time=1767000000+123456000 event=cycles',
    ],
    [
      'app 9/9  1.0: 9007199254740993 cycles: ',
      'comm=app pid=9 tid=9 time=1+0 period=9007199254740993 event=cycles',
    ],
    [':-1    -1/-1     1.0: cycles: ', 'comm=:-1 time=1+0 event=cycles'],
    // Without a time.
    ['node 31912 cpu-clock: ', 'comm=node tid=31912 event=cpu-clock'],
    ['sh 29221/29221 cpu-clock: ', 'comm=sh pid=29221 tid=29221 event=cpu-clock'],
    ['sh 29221 [002]  cycles: ', 'comm=sh tid=29221 event=cycles'],
    ['    250000 cpu-clock: ', 'comm= period=250000 event=cpu-clock'],
    ['  29221 cpu-clock: ', 'comm= tid=29221 event=cpu-clock'],
    ['sh     250000 cycles: ', 'comm=sh period=250000 event=cycles'],
    ['sh 29221     250000 cycles: ', 'comm=sh tid=29221 period=250000 event=cycles'],
    // No headers.
    ['main.run+0x10 (/srv/app)', 'none'],
    ['error: something failed', 'none'],
    ['hello', 'none'],
    ['', 'none'],
    ['10:00:00 listening', 'none'],
  ])('%j', (line, want) => {
    expect(shown(parseHeader(line))).toBe(want)
  })

  test('a line of any length is handled at once', () => {
    const begin = performance.now()
    parseHeader('1 '.repeat(50_000))
    parseHeader('a:'.repeat(50_000))
    expect(performance.now() - begin).toBeLessThan(2_000)
  })
})

test('parseBareHeader takes what has neither time nor ids', () => {
  expect(shown(parseBareHeader('sh '))).toBe('comm=sh')
  expect(shown(parseBareHeader('sh cpu-clock: '))).toBe('comm=sh event=cpu-clock')
  expect(shown(parseBareHeader('sh 29221     250000 '))).toBe('comm=sh tid=29221 period=250000')
  expect(shown(parseBareHeader('a text that is longer than names are'))).toBe('none')
})
