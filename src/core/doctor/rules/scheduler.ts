// What logs of the scheduler and of the collector, statistics and traces say of bounds: processors, threads, pauses.

import { gcProcesses } from '../../analysis/gc-log/cycles.ts'
import { gcReport } from '../../analysis/gc-log/report.ts'
import { type SchedReport, schedProcesses, schedReport } from '../../analysis/sched-log/report.ts'
import { countText, timeText } from '../../base/people-fmt.ts'
import type { Capture } from '../capture.ts'
import type { Source } from '../capture-parts.ts'
import { rule } from '../rule.ts'
import { percent, shortName } from '../words.ts'

/** The scheduler's log with most snapshots. */
function scheduler(capture: Capture): { readonly source: Source; readonly report: SchedReport } | undefined {
  let best: { readonly source: Source; readonly report: SchedReport } | undefined
  for (const { source, log } of capture.parts.logs)
    for (const { process, snapshots } of schedProcesses(log))
      if (snapshots > (best?.report.snapshots ?? 0)) best = { source, report: schedReport(log, process) }
  return best
}

export const processorsSaturated = rule({
  id: 'processors-saturated',
  title: 'All processors that the program may use are in use',
  docs: 'The bound that tuning of waiting cannot move: more goroutines want to run than there are processors (GOMAXPROCS). Said for information, as it is no defect: either the work becomes cheaper, or there must be more processors.',
  reference: 'https://pkg.go.dev/runtime#hdr-Environment_Variables',
  thresholds: {
    cpu: { value: 0.85, meaning: 'cores in use as a share of GOMAXPROCS, by the CPU profile' },
    busy: { value: 0.9, meaning: 'processors that are not idle, by the scheduler’s log' },
    waiting: { value: 0.5, meaning: 'goroutines that wait for each processor' },
  },
  needs: ['profile/cpu|log/schedtrace|log/scheddetail'],
  check(capture, t) {
    const procs = capture.gomaxprocs
    const cores = capture.busyCores
    const log = scheduler(capture)
    const byProfile = procs !== undefined && cores >= t.cpu * procs
    const byLog =
      log !== undefined && log.report.busy.mean >= t.busy && log.report.waitingPerProc.mean >= t.waiting
    if (!byProfile && !byLog) return []
    const top = capture.cpu?.facts.ofUser().culprits[0]
    return [
      {
        cause: 'processors-saturated',
        severity: 'info',
        confidence: 0.9,
        title: byProfile
          ? `${cores.toFixed(1)} of ${procs} processors are in use`
          : `${percent(log!.report.busy.mean)} of ${log!.report.gomaxprocs} processors are busy, with ${log!.report.waitingPerProc.mean.toFixed(1)} goroutines waiting for each`,
        culprits: top === undefined ? [] : [top.name],
        evidence: [
          ...(byProfile && capture.cpu !== undefined
            ? [
                {
                  source: capture.cpu.source.name,
                  text: `${cores.toFixed(2)} cores in use`,
                  value: cores,
                  unit: 'cores',
                  view: `goscope top ${capture.cpu.source.name}`,
                },
              ]
            : []),
          ...(byLog
            ? [
                {
                  source: log.source.name,
                  text: `${percent(log.report.busy.mean)} of processors are busy`,
                  value: log.report.busy.mean,
                  unit: 'share',
                  view: `goscope sched ${log.source.name}`,
                },
              ]
            : []),
        ],
        why: 'Work that is ready waits for a processor; what is slow then is the sum of all that runs.',
        remedy: [
          top === undefined
            ? 'make what runs most cheaper: goscope top'
            : `make what runs most cheaper: ${shortName(top.name)} first`,
          'or give it more processors (GOMAXPROCS follows the CPU limit of a container since Go 1.25)',
        ],
        verify: 'goscope sched on a new log shows idle processors',
        cost: 0.1,
      },
    ]
  },
})

export const threadGrowth = rule({
  id: 'thread-growth',
  title: 'The number of threads grows',
  docs: 'The runtime starts a thread when one is stuck in a system call or C code and others could run, and never ends it. Threads that grow from snapshot to snapshot of the scheduler’s log mean that more and more calls block.',
  reference: 'https://pkg.go.dev/runtime/debug#SetMaxThreads',
  thresholds: {
    gained: { value: 20, meaning: 'threads gained over the log' },
    times: { value: 4, meaning: 'threads at the end as a multiple of GOMAXPROCS' },
    snapshots: { value: 5, meaning: 'snapshots below which nothing is said' },
  },
  needs: ['log/schedtrace|log/scheddetail'],
  check(capture, t) {
    const log = scheduler(capture)
    if (log === undefined || log.report.snapshots < t.snapshots) return undefined
    const { report, source } = log
    const gained = report.lastThreads - report.firstThreads
    if (gained < t.gained || report.lastThreads < t.times * report.gomaxprocs) return []
    return [
      {
        cause: 'thread-growth',
        severity: 'warning',
        confidence: 0.8,
        title: `Threads grew from ${countText(report.firstThreads)} to ${countText(report.lastThreads)} on ${report.gomaxprocs} processors`,
        culprits: [],
        evidence: [
          {
            source: source.name,
            text: `${countText(gained)} threads more over ${timeText((report.to - report.from) * 1e6)}`,
            value: gained,
            unit: 'count',
            view: `goscope sched ${source.name}`,
          },
        ],
        why: 'Each goroutine inside a blocking system call, or in C, holds a thread; the runtime makes new ones for the others.',
        remedy: [
          'find what blocks: a goroutine dump shows goroutines in syscall, or locked to a thread',
          'bound how many of these calls run at once',
        ],
        verify: 'threads= of schedtrace stays level',
        cost: 0.5,
      },
    ]
  },
})

export const longPauses = rule({
  id: 'long-pauses',
  title: 'The world is stopped for long',
  docs: 'Pauses of the collector are far below a millisecond on a machine that has room. Long ones mean goroutines that could not be stopped, many threads, or a machine on which the program does not get its processors.',
  reference: 'https://go.dev/doc/gc-guide#Latency',
  thresholds: {
    p95: { value: 10e6, meaning: 'pause in ns that one in twenty exceeds' },
    share: { value: 0.02, meaning: 'share of the time in which the world is stopped' },
    cycles: { value: 10, meaning: 'cycles below which nothing is said' },
  },
  needs: ['log/gctrace|trace'],
  check(capture, t) {
    for (const { source, log } of capture.parts.logs)
      for (const { process, cycles } of gcProcesses(log)) {
        if (cycles < t.cycles) continue
        const { pauses, pauseShare } = gcReport(log, process)
        if (pauses.p95 * 1e6 < t.p95 || pauseShare < t.share) continue
        return [
          {
            cause: 'long-pauses',
            severity: 'info',
            confidence: 0.7,
            title: `One pause in twenty is longer than ${timeText(pauses.p95 * 1e6)}; the world is stopped ${percent(pauseShare)} of the time`,
            culprits: [],
            evidence: [
              {
                source: source.name,
                text: `the longest pause took ${timeText(pauses.max * 1e6)}`,
                value: pauses.max / 1000,
                unit: 'seconds',
                view: `goscope gc ${source.name}`,
              },
            ],
            why: 'All goroutines stand still in a pause; a request that is under way then takes that much longer.',
            remedy: [
              'give the program the processors that it counts on (GOMAXPROCS against the CPU limit of the container)',
              'collect less often: fewer allocations, or a higher GOGC',
            ],
            verify: 'goscope gc on a new log',
            cost: pauseShare,
          },
        ]
      }
    return []
  },
})
