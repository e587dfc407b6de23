import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../base/utf8.ts'
import { LogReader } from '../../formats/log/read-log.ts'
import type { SchedReport } from './facts.ts'
import { schedReport } from './report.ts'

interface Snapshot {
  idle?: number
  threads?: number
  idleThreads?: number
  global?: number
  local?: readonly number[]
}

function report(snapshots: readonly Snapshot[]): SchedReport {
  const reader = new LogReader()
  for (const [i, s] of snapshots.entries()) {
    const local = s.local ?? [0, 0, 0, 0]
    const line = `SCHED ${i * 100}ms: gomaxprocs=4 idleprocs=${s.idle ?? 0} threads=${s.threads ?? 6} spinningthreads=0 idlethreads=${s.idleThreads ?? 1} runqueue=${s.global ?? 0} [${local.join(' ')}]\n`
    reader.push(encodeUtf8(line))
  }
  return schedReport(reader.end(), 0)
}

const ids = (r: SchedReport): string[] => r.findings.map((f) => f.id)
const times = (n: number, s: (i: number) => Snapshot): Snapshot[] => Array.from({ length: n }, (_, i) => s(i))

describe('schedReport', () => {
  test('averages', () => {
    const r = report(times(10, (i) => ({ idle: i % 2, global: 2, local: [1, 0, 3, 0] })))
    expect(r).toMatchObject({
      snapshots: 10,
      from: 0,
      to: 900,
      gomaxprocs: 4,
      fullShare: 0.5,
      localLongest: 3,
    })
    expect(r.busy.mean).toBeCloseTo(0.875, 9)
    expect(r.waitingPerProc.mean).toBe(1.5)
    expect(r.longestShare).toBe(0.75)
  })

  test('verdicts', () => {
    expect(ids(report(times(10, () => ({ idle: 0, global: 10, local: [3, 3, 3, 3] }))))).toEqual([
      'saturated',
    ])
    expect(ids(report(times(10, () => ({ idle: 4 }))))).toEqual(['short-of-work'])
    expect(report(times(10, () => ({ idle: 3 }))).findings[0]!.text).toMatch(/one thing at a time/)
    expect(ids(report(times(10, () => ({ idle: 0, global: 0, local: [20, 0, 0, 0] }))))).toContain(
      'imbalanced',
    )
    expect(ids(report(times(20, (i) => ({ idle: 1, threads: 8 + 10 * i }))))[0]).toBe('thread-explosion')
    expect(ids(report(times(20, (i) => ({ idle: 1, threads: 8 + 2 * i }))))[0]).toBe('thread-growth')
    expect(ids(report(times(10, () => ({ idle: 1 }))))).toEqual(['healthy'])
  })
})
