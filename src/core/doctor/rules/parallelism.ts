import { originOf } from '../../analysis/origin.ts'
import type { GroupActivity, TraceActivity } from '../../analysis/trace/activity.ts'
import { timeText } from '../../base/people-fmt.ts'
import type { Capture } from '../capture.ts'
import type { Source } from '../capture-parts.ts'
import type { Evidence, Finding } from '../finding.ts'
import { rule } from '../rule.ts'
import { percent, shareEvidence, shortName, topOf } from '../words.ts'
import { topCulprits } from './hot-kind.ts'

/** Groups that start in code of the user's. A name alone does not tell the main module from others. */
export function userGroups(a: TraceActivity): GroupActivity[] {
  return a.groups.filter((g) => {
    const origin = originOf(g.name, '')
    return g.name === 'runtime.main' || ((origin === 'main' || origin === 'module') && g.name !== '')
  })
}

/** Average of the user's goroutines that run at once: the collector's run beside them. */
function parallelism(groups: readonly GroupActivity[], a: TraceActivity): number {
  return groups.reduce((sum, g) => sum + g.exec, 0) / Math.max(1, a.durationNs)
}

/** Time that goroutines of a group waited for something to do, or for others to take what they made. */
export function waitedForWork(g: GroupActivity): number {
  let sum = 0
  for (const [reason, ns] of g.waited)
    if (/^chan|^select|^sleep$|^network$|condition|Cond|^forever$/.test(reason)) sum += ns
  return sum
}

/** Functions of the user's that take most CPU time, if there is a CPU profile. */
function busyFunctions(capture: Capture): {
  readonly names: readonly string[]
  readonly evidence: readonly Evidence[]
} {
  const cpu = capture.cpu
  const part = cpu?.facts.ofUser()
  const first = part?.culprits[0]
  if (cpu === undefined || part === undefined || first === undefined || part.samples < 5)
    return { names: [], evidence: [] }
  const share = cpu.facts.share(first.weight)
  return {
    names: topCulprits(part),
    evidence: [
      shareEvidence(
        cpu.source,
        share,
        `of CPU time is in ${shortName(first.name)}`,
        topOf(first.name, cpu.source),
      ),
    ],
  }
}

function view(source: Source): string {
  return `goscope trace summary ${source.name}`
}

export const poorParallelism = rule({
  id: 'poor-parallelism',
  title: 'One goroutine does the work while processors idle',
  docs: 'A trace shows who runs when. One goroutine that never waits for work, while others that it feeds wait for it and processors idle, is a stage that cannot keep up: its work is serial. The same holds for goroutines that are started one after the other, each awaited before the next. Workers that wait while nothing is to be done are harmless, as then nobody works all of the time, and a program that never meant to be parallel has no one who waits.',
  reference: 'https://go.dev/doc/diagnostics#execution-tracer',
  thresholds: {
    serial: { value: 0.5, meaning: 'share of the time that the one goroutine runs' },
    most: { value: 0.6, meaning: 'its share of all that the user’s goroutines run' },
    idle: { value: 0.2, meaning: 'share of the time that it waits for work or for takers, at most' },
    parallel: {
      value: 1.5,
      meaning: 'goroutines of the user’s that run at once on average, above which it is parallel',
    },
    waiting: { value: 0.5, meaning: 'share of their time that the workers wait for it' },
    workers: { value: 2, meaning: 'workers that wait' },
    fed: { value: 0.5, meaning: 'share of the workers’ wake-ups that come from it' },
    turns: {
      value: 8,
      meaning: 'goroutines seen that ran one after the other, from which on it is a habit',
    },
    alone: { value: 1.15, meaning: 'of them that run at once, at most' },
  },
  needs: ['trace'],
  check(capture, t) {
    const trace = capture.trace!
    const a = trace.activity
    const procs = a.gomaxprocs || capture.gomaxprocs || 0
    const groups = userGroups(a)
    if (procs < 2 || parallelism(groups, a) > t.parallel || a.durationNs === 0) return []
    const exec = groups.reduce((sum, g) => sum + g.exec, 0)
    const serial = groups.find(
      (g) =>
        g.peak === 1 &&
        g.count === 1 &&
        g.exec >= Math.max(t.serial * a.durationNs, t.most * exec) &&
        waitedForWork(g) <= t.idle * a.durationNs,
    )
    const workers =
      serial &&
      groups.find((g) => {
        if (g === serial || g.peak < t.workers) return false
        const waits = [...g.waited.values()].reduce((sum, v) => sum + v, 0)
        const wakes = [...g.wokenBy.values()].reduce((sum, v) => sum + v, 0)
        const fed = g.wokenBy.get(serial.name) ?? 0
        return (
          waits >= t.waiting * a.durationNs * g.peak &&
          wakes > 0 &&
          fed >= t.fed * (wakes - (g.wokenBy.get('') ?? 0)) &&
          fed > 0 &&
          isWaitForWork(g)
        )
      })
    if (serial !== undefined && workers !== undefined) return [serialStage(capture, serial, workers, procs)]
    const turns = groups.find(
      (g) =>
        g.count >= t.turns &&
        g.exec >= Math.max(t.serial * a.durationNs, t.most * exec) &&
        g.exec <= t.alone * g.active &&
        g.peak <= 2 &&
        g.count >= 4 * g.peak,
    )
    const waiter =
      turns &&
      groups.find(
        (g) =>
          g !== turns &&
          g.peak === 1 &&
          (g.wokenBy.get(turns.name) ?? 0) >= t.fed * turns.count &&
          // In a WaitGroup, or for a place in a semaphore: who receives over a channel asked for one thing only.
          (g.waited.get('sync') ?? 0) + (g.waited.get('chan send') ?? 0) >= t.waiting * a.durationNs,
      )
    return turns === undefined || waiter === undefined ? [] : [oneByOne(capture, turns, waiter, procs)]
  },
})

function serialStage(
  capture: Capture,
  serial: GroupActivity,
  workers: GroupActivity,
  procs: number,
): Finding {
  const { source, activity: a } = capture.trace!
  const waits = [...workers.waited.values()].reduce((sum, v) => sum + v, 0)
  const busy = busyFunctions(capture)
  const culprits = [...new Set([...busy.names, serial.name])]
  const place = capture.cpu?.facts.placeOf(culprits[0])
  return {
    cause: 'poor-parallelism',
    severity: 'warning',
    confidence: 0.85,
    title: `${shortName(culprits[0])} runs on one of ${procs} processors ${percent(serial.exec / a.durationNs)} of the time while ${workers.peak} workers of ${shortName(workers.name)} wait for it`,
    culprits,
    ...(place && { place }),
    evidence: [
      runningEvidence(capture, procs),
      {
        source: source.name,
        text: `${workers.peak} goroutines of ${shortName(workers.name)} wait ${percent(waits / (a.durationNs * workers.peak))} of their time`,
        value: waits / 1e9,
        unit: 'seconds',
      },
      ...busy.evidence,
    ],
    why: 'The stage in front of the workers takes longer for an item than they do, and it is alone: all of it runs one after the other.',
    remedy: [
      'move that work into the workers: send them what it starts from (names, offsets, ids) instead of what it makes',
      'or run several of it, each on a part of the input',
    ],
    verify: 'a new trace shows more goroutines running at once: goscope trace summary',
    cost: 1 - Math.min(1, parallelism(userGroups(a), a) / procs),
  }
}

function oneByOne(capture: Capture, turns: GroupActivity, waiter: GroupActivity, procs: number): Finding {
  const { source, activity: a } = capture.trace!
  const busy = busyFunctions(capture)
  const culprits = [...new Set([turns.name, ...busy.names])]
  const place = capture.cpu?.facts.placeOf(culprits[0])
  return {
    cause: 'poor-parallelism',
    severity: 'warning',
    confidence: 0.8,
    title: `Goroutines of ${shortName(turns.name)} run one after the other on ${procs} processors: ${shortName(waiter.name)} waits for each before it starts the next`,
    culprits,
    ...(place && { place }),
    evidence: [
      runningEvidence(capture, procs),
      {
        source: source.name,
        text: `${turns.count} goroutines of ${shortName(turns.name)}, ${(turns.exec / Math.max(1, turns.active)).toFixed(1)} at once while any of them ran`,
        value: turns.count,
        unit: 'count',
      },
      ...busy.evidence,
    ],
    why: 'A goroutine that is awaited at once is a function call with a detour: while it runs nobody else does.',
    remedy: [
      'start all of them first, and wait once at the end: one WaitGroup.Wait behind the loop, errgroup',
      'if the results are needed in order, collect them by index',
    ],
    verify: 'a new trace shows more goroutines running at once: goscope trace summary',
    cost: 1 - Math.min(1, parallelism(userGroups(a), a) / procs),
  }
}

function runningEvidence(capture: Capture, procs: number): Evidence {
  const { source, activity: a } = capture.trace!
  const running = parallelism(userGroups(a), a)
  return {
    source: source.name,
    text: `${running.toFixed(1)} goroutines run at once on average, on ${procs} processors`,
    value: running,
    unit: 'count',
    view: view(source),
  }
}

/** Whether the workers wait for something to do, not for the end of others or for a lock. */
function isWaitForWork(g: GroupActivity): boolean {
  let work = 0
  let all = 0
  for (const [reason, ns] of g.waited) {
    all += ns
    if (/^chan receive|^select|Cond/.test(reason)) work += ns
  }
  return all > 0 && work >= 0.5 * all
}

/** Goroutines of a group that are started for each wait of the one who waits for them: those of two rounds may overlap. */
function perRound(g: GroupActivity, a: TraceActivity): number {
  if (g.count <= 2 * g.peak) return g.peak
  const rounds = Math.max(
    0,
    ...a.groups.map((w) =>
      w !== g && w.peak === 1 && w.waited.has('sync') ? (w.wokenBy.get(g.name) ?? 0) : 0,
    ),
  )
  return rounds < 3 ? g.peak : g.count / rounds
}

export const loadImbalance = rule({
  id: 'load-imbalance',
  title: 'Several workers, but one has most of the work',
  docs: 'Goroutines that start with the same function share the work. Where the heaviest of each set did far more than an even part of it, and hardly two of them run at once, the others wait for that one.',
  reference: 'https://go.dev/doc/diagnostics#execution-tracer',
  thresholds: {
    workers: { value: 3, meaning: 'workers at once' },
    busiest: { value: 0.5, meaning: 'share of their work that the busiest of each set does' },
    even: { value: 1.8, meaning: 'times an even part that it is' },
    part: { value: 0.4, meaning: 'share of all time on processors that is theirs' },
    parallel: { value: 1.7, meaning: 'of them that run at once, above which enough of them work' },
    busy: { value: 0.3, meaning: 'processors that they use on average, below which it does not matter' },
  },
  needs: ['trace'],
  explains: { always: ['poor-parallelism'] },
  check(capture, t) {
    const trace = capture.trace!
    const a = trace.activity
    const procs = a.gomaxprocs || capture.gomaxprocs || 0
    if (procs < 2) return []
    const total = a.groups.reduce((sum, g) => sum + g.exec, 0)
    const group = userGroups(a).find(
      (g) =>
        g.peak >= t.workers &&
        perRound(g, a) >= t.workers - 0.5 &&
        g.exec >= t.part * total &&
        g.exec >= t.busy * a.durationNs &&
        g.busiest >= Math.max(t.busiest, t.even / Math.min(g.peak, procs)) &&
        g.exec <= t.parallel * g.active,
    )
    if (group === undefined) return []
    const busy = busyFunctions(capture)
    const culprits = [...new Set([group.name, ...busy.names])]
    const place = capture.cpu?.facts.placeOf(group.name)
    const finding: Finding = {
      cause: 'load-imbalance',
      severity: 'warning',
      confidence: 0.85,
      title: `Of ${group.peak} goroutines of ${shortName(group.name)} the busiest does ${percent(group.busiest)} of the work; the others wait for it`,
      culprits,
      ...(place && { place }),
      evidence: [
        {
          source: trace.source.name,
          text: `the heaviest of each ${group.peak} goroutines of ${shortName(group.name)} does ${percent(group.busiest)} of their work; an even part were ${percent(1 / group.peak)}`,
          value: group.busiest,
          unit: 'share',
          view: view(trace.source),
        },
        {
          source: trace.source.name,
          text: `${(group.exec / Math.max(1, group.active)).toFixed(1)} of them run at once while any does, on ${procs} processors`,
          value: group.exec / Math.max(1, group.active),
          unit: 'count',
        },
        {
          source: trace.source.name,
          text: `they ran for ${timeText(group.exec)}`,
          value: group.exec / 1e9,
          unit: 'seconds',
        },
        ...busy.evidence,
      ],
      why: 'The work was divided before anyone knew how much each part is, so all wait for the largest part.',
      remedy: [
        'let the workers take small pieces from a common channel, so that who is done takes the next',
        'or divide by a hash of the key rather than by ranges or by owner; split what is too large for one',
      ],
      verify: 'a new trace shows as many goroutines running at once as there are processors',
      cost: 1 - Math.min(1, group.exec / Math.max(1, group.active) / Math.min(procs, group.peak)),
    }
    return [finding]
  },
})
