import type { Part, StackFacts } from '../../analysis/stack-facts.ts'
import { timeText } from '../../base/people-fmt.ts'
import type { Capture } from '../capture.ts'
import { functionOfClosure } from '../diagnose.ts'
import type { Evidence } from '../finding.ts'
import { rule } from '../rule.ts'
import { percent, shortName, topOf } from '../words.ts'
import { busyCores, topCulprits } from './hot-kind.ts'

/** Calls that wait for an answer from outside. */
const CLIENT =
  /^net\/http\.(\(\*(Client|Transport|persistConn)\)\.(Do|do|send|Get|Post|Head|PostForm|RoundTrip|roundTrip|getConn)|Get|Post|Head|PostForm|send)$|^database\/sql\.\(\*(DB|Tx|Stmt|Conn|Rows|Row)\)\.|^net\.\((\*Dialer|\*Resolver)\)\.|^net\.(Dial\w*|Lookup\w*)$|^net\/(rpc\.\(\*Client\)\.Call|smtp\.\(\*Client\)\.\w+)$|^google\.golang\.org\/grpc\.\(\*(ClientConn\)\.Invoke|clientStream\)\.\w+)$|^os\/exec\.\(\*Cmd\)\.(Wait|Run|Output|CombinedOutput)$/
/** Reads of connections: of a client that waits for an answer, or of a server that waits for its next request. */
const READ = /^(net\.\(\*conn\)|crypto\/tls\.\(\*Conn\))\.Read$/
/** What servers do while they wait for their next request: idle, not slow. */
const SERVER =
  /^net\/http\.\(\*(conn|connReader|Server)\)\.|^net\/http\.\(\*http2serverConn\)\.|^net\/http\.\(\*persistConn\)\.(readLoop|writeLoop)$|^google\.golang\.org\/grpc\/internal\/transport\./
const ACCEPT = /^net\.\(\*\w+Listener\)\.Accept\w*$/

/** Waiting for the outside, by one source. */
interface Outside {
  readonly name: string
  readonly part: Part
  readonly facts: StackFacts
  /** Goroutines that wait so, on average. */
  readonly average: number
  /** Mean length of such a wait, ns; NaN if unknown. */
  readonly mean: number
  readonly text: string
  readonly view: string | undefined
}

export const offCpuSlowDownstream = rule({
  id: 'off-cpu-slow-downstream',
  title: 'The time is spent waiting for something outside',
  docs: 'A CPU profile cannot show waiting. Where it is nearly empty while goroutines wait in calls to other services (HTTP clients, databases, connections, child processes), that is where the time goes. The block profile tells of waits that go through channels, a trace of those in the network poller and of sleeps as well, goroutine profiles of how many wait at a moment. Servers that wait for their next request, idle connections, and short waits (the other side is as quick as it can be) are not counted.',
  reference: 'https://go.dev/doc/diagnostics#execution-tracer',
  thresholds: {
    average: { value: 1, meaning: 'goroutines that wait in calls to the outside on average' },
    critical: { value: 50, meaning: 'the same, from which on it is critical' },
    busy: { value: 0.5, meaning: 'cores in use above which computing is the first thing to look at' },
    short: { value: 5e6, meaning: 'mean length of the waits in ns, below which the outside is not slow' },
    now: {
      value: 5,
      meaning: 'goroutines found in such a call on average, where there are goroutine profiles only',
    },
  },
  needs: ['profile/block|profile/goroutine|trace'],
  explains: { sameCulprit: ['poor-parallelism'] },
  check(capture, t) {
    if (busyCores(capture) >= t.busy) return []
    const sources = [...fromBlock(capture), ...fromTrace(capture)].filter((o) => !(o.mean < t.short))
    const moments = fromGoroutines(capture)
    const best = sources.reduce<Outside | undefined>(
      (a, b) => (a === undefined || b.average > a.average ? b : a),
      undefined,
    )
    // A glance at goroutines does not tell how long they wait: it counts only where nothing else could tell.
    const timed = capture.has('profile/block|trace')
    const found =
      best !== undefined && best.average >= t.average
        ? best
        : !timed && moments !== undefined && moments.average >= t.now
          ? moments
          : undefined
    if (found === undefined || found.part.culprits.length === 0) return []
    const culprits = topCulprits(found.part)
    const place = found.facts.placeOf(culprits[0])
    const { average } = found
    const evidence: Evidence[] = [...sources, ...(moments === undefined ? [] : [moments])]
      .filter((o) => o.part.weight > 0)
      .map((o) => ({
        source: o.name,
        text: o.text,
        value: o.average,
        unit: 'count',
        ...(o.view !== undefined && { view: o.view }),
      }))
    return [
      {
        cause: 'off-cpu-slow-downstream',
        severity: average >= t.critical ? 'critical' : 'warning',
        confidence: capture.cpu === undefined || !timed ? 0.6 : 0.85,
        title: `${average.toFixed(average < 10 ? 1 : 0)} goroutines on average wait for an answer from outside, in ${shortName(culprits[0])}`,
        culprits,
        ...(place && { place }),
        evidence: [
          ...evidence,
          ...(capture.cpu !== undefined
            ? [
                {
                  source: capture.cpu.source.name,
                  text: `the CPU profile is nearly empty: ${busyCores(capture).toFixed(2)} cores in use`,
                  value: busyCores(capture),
                  unit: 'cores',
                },
              ]
            : []),
        ],
        why: 'The program computes little and waits much: its speed is that of what it asks, times how often it asks one after the other.',
        remedy: [
          'ask for several things at once (errgroup) instead of one after the other, or ask for many in one request',
          'cache answers that do not change between two requests',
          'set time-outs (http.Client.Timeout, context.WithTimeout), so that a slow answer costs a bounded time',
        ],
        verify:
          'a trace of the same load shows shorter waits in that function; the latency of requests falls',
        cost: Math.min(1, average / 20),
      },
    ]
  },
})

function fromBlock(capture: Capture): Outside[] {
  const block = capture.facts('block', 'delay')
  const wall = capture.wallSeconds
  if (block === undefined || wall === undefined) return []
  const part = inClients(block.facts, undefined)
  const counts = capture.facts('block', 'contentions')
  const count = counts === undefined ? 0 : inClients(counts.facts, undefined).weight
  return [
    {
      name: block.source.name,
      part,
      facts: block.facts,
      average: part.weight / 1e9 / wall,
      mean: count > 0 ? part.weight / count : Number.NaN,
      text: `${timeText(part.weight)} of waiting in calls to the outside, ${percent(part.share)} of all blocking`,
      view: part.culprits[0] && topOf(part.culprits[0].name, block.source),
    },
  ]
}

function fromTrace(capture: Capture): Outside[] {
  const { trace } = capture
  if (trace?.waits === undefined || trace.activity.durationNs === 0) return []
  const servers = serversOf(capture)
  const out: Outside[] = []
  for (const [reason, profile] of trace.waits) {
    if (!/^(sleep|network|select|chan|sync)/.test(reason)) continue
    const facts = capture.factsOf(profile)
    const part = inClients(facts, servers)
    if (part.weight === 0) continue
    const count = inClients(capture.factsOf(profile, 0), servers).weight
    out.push({
      name: trace.source.name,
      part,
      facts,
      average: part.weight / trace.activity.durationNs,
      mean: count > 0 ? part.weight / count : Number.NaN,
      text: `${(part.weight / trace.activity.durationNs).toFixed(1)} goroutines on average wait in calls to the outside (${reason}), ${timeText(part.weight / Math.max(1, count))} each time`,
      view: `goscope trace -pprof=${reason === 'network' ? 'net' : 'sync'} ${trace.source.name}`,
    })
  }
  return out
}

function fromGoroutines(capture: Capture): Outside | undefined {
  const all = capture.series('goroutine')
  const newest = capture.facts('goroutine')
  if (newest === undefined) return undefined
  // Reads of connections are left out: a glance does not tell who waits for an answer from who waits for a request.
  const sum = all.reduce((n, p) => n + inClients(capture.factsOf(p.profile), undefined).weight, 0)
  const part = inClients(newest.facts, undefined)
  return {
    name: newest.source.name,
    part,
    facts: newest.facts,
    average: sum / all.length,
    mean: Number.NaN,
    text: `${part.weight} goroutines are in such a call`,
    view: `goscope goroutines ${newest.source.name}`,
  }
}

/** Who accepts connections, and what they start: that serves, and waits for requests. */
interface Servers {
  /** Functions of the user's that accept. */
  readonly accept: ReadonlySet<string>
  /** Function that a goroutine starts with -> who started it, as far as dumps tell. */
  readonly creators: ReadonlyMap<string, ReadonlySet<string>>
}

function serversOf(capture: Capture): Servers {
  const now = capture.facts('goroutine')
  const part = now?.facts.with(now.facts.mark((name) => ACCEPT.test(name)))
  return {
    accept: new Set(part?.culprits.map((c) => functionOfClosure(c.name)) ?? []),
    creators: creatorsOf(capture),
  }
}

function creatorsOf(capture: Capture): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>()
  const g = capture.parts.dumps?.goroutines
  if (g === undefined) return out
  const { table, stacks, calls, frames, strings } = g
  const nameOf = (frame: number): string => functionOfClosure(strings.get(frames.fn[frame]))
  for (let row = 0; row < table.count; row++) {
    const stack = table.stack[row]
    if (stack === 0 || table.createdBy[row] === 0 || stacks.start[stack] === stacks.start[stack + 1]) continue
    const root = strings.get(frames.fn[calls.frame[stacks.call[stacks.start[stack + 1] - 1]]])
    const by = out.get(root) ?? new Set()
    by.add(nameOf(table.createdBy[row]))
    out.set(root, by)
  }
  return out
}

/** Whether a goroutine that starts with the function serves a connection, or may do so. */
function serves(root: string, { accept, creators }: Servers): boolean {
  if (accept.size === 0) return false
  if (accept.has(functionOfClosure(root))) return true
  const by = creators.get(root)
  return by === undefined || [...by].some((name) => accept.has(name))
}

/**
 * Samples that wait in a client's call, with `servers` also in reads of connections by others than those: looked at from the leaf up to the
 * user's code, which may itself run in a server.
 */
function inClients(facts: StackFacts, servers: Servers | undefined): Part {
  const client = facts.mark((name) => CLIENT.test(name))
  const read = facts.mark((name) => servers !== undefined && READ.test(name))
  const server = facts.mark((name) => SERVER.test(name))
  return facts.part((from, to) => {
    let at = -1
    let reads = false
    for (let i = from; i < to; i++) {
      const name = facts.nameAt(i)
      if (facts.originOf(name) === 'main') break
      if (server[name] === 1) return -1
      if (at >= 0) continue
      if (client[name] === 1) at = i
      else if (read[name] === 1) {
        at = i
        reads = true
      }
    }
    if (!reads || servers === undefined || to === from) return at
    // What a goroutine starts with stands at the end of its stack, runtime.goexit apart.
    let root = facts.names[facts.nameAt(to - 1)]
    if (root === 'runtime.goexit' && to - 1 > from) root = facts.names[facts.nameAt(to - 2)]
    return serves(root, servers) ? -1 : at
  })
}
