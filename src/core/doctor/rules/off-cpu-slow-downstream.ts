import type { Part, StackFacts } from '../../analysis/stack-facts.ts'
import { timeText } from '../../base/people-fmt.ts'
import { rule } from '../rule.ts'
import { percent, shortName, topOf } from '../words.ts'
import { busyCores, topCulprits } from './hot-kind.ts'

/** Calls that wait for an answer from outside. */
const CLIENT =
  /^net\/http\.(\(\*(Client|Transport|persistConn)\)\.(Do|do|send|Get|Post|Head|PostForm|RoundTrip|roundTrip|getConn)|Get|Post|Head|PostForm|send)$|^database\/sql\.\(\*(DB|Tx|Stmt|Conn|Rows)\)\.|^net\.\((\*Dialer|\*Resolver)\)\.|^net\.(Dial\w*|Lookup\w*)$|^net\/rpc\.\(\*Client\)\.Call$|^google\.golang\.org\/grpc\.\(\*ClientConn\)\.Invoke$|^(net\.\(\*conn\)|crypto\/tls\.\(\*Conn\))\.Read$|^os\/exec\.\(\*Cmd\)\.(Wait|Run|Output|CombinedOutput)$/
/** The same functions on the side of a server that waits for its next request: idle, not slow. */
const SERVER =
  /^net\/http\.\(\*(conn|connReader|Server)\)\.|^net\/http\.\(\*http2serverConn\)\.|^net\/http\.\(\*persistConn\)\.(readLoop|writeLoop)$|^google\.golang\.org\/grpc\/internal\/transport\./

export const offCpuSlowDownstream = rule({
  id: 'off-cpu-slow-downstream',
  title: 'The time is spent waiting for something outside',
  docs: 'A CPU profile cannot show waiting. Where it is nearly empty while goroutines wait in calls to other services (HTTP clients, databases, connections, child processes), that is where the time goes. Servers that wait for their next request, and idle connections, are not counted.',
  reference: 'https://go.dev/doc/diagnostics#execution-tracer',
  thresholds: {
    average: { value: 1, meaning: 'goroutines that wait in calls to the outside on average' },
    critical: { value: 50, meaning: 'the same, from which on it is critical' },
    busy: { value: 0.5, meaning: 'cores in use above which computing is the first thing to look at' },
    now: {
      value: 5,
      meaning: 'goroutines found in such a call in a goroutine profile, where there is no block profile',
    },
  },
  needs: ['profile/block'],
  explains: { sameCulprit: ['poor-parallelism'] },
  check(capture, t) {
    if (busyCores(capture) >= t.busy) return []
    const block = capture.facts('block', 'delay')!
    const now = capture.facts('goroutine')
    const wall = capture.wallSeconds
    if (wall === undefined) return undefined
    const part = inClients(block.facts)
    const average = part.weight / 1e9 / wall
    if (average < t.average || part.culprits.length === 0) return []
    const culprits = topCulprits(part)
    const place = block.facts.placeOf(culprits[0])
    const there = now && inClients(now.facts)
    return [
      {
        cause: 'off-cpu-slow-downstream',
        severity: average >= t.critical ? 'critical' : 'warning',
        confidence: capture.cpu === undefined ? 0.6 : 0.85,
        title: `${average.toFixed(average < 10 ? 1 : 0)} goroutines on average wait for an answer from outside, in ${shortName(culprits[0])}`,
        culprits,
        ...(place && { place }),
        evidence: [
          {
            source: block.source.name,
            text: `${timeText(part.weight)} of waiting in calls to the outside, ${percent(part.share)} of all blocking`,
            value: part.weight / 1e9,
            unit: 'seconds',
            view: topOf(culprits[0], block.source),
          },
          ...(there !== undefined && there.weight > 0
            ? [
                {
                  source: now!.source.name,
                  text: `${there.weight} goroutines are in such a call`,
                  value: there.weight,
                  unit: 'count',
                  view: `goscope goroutines ${now!.source.name}`,
                },
              ]
            : []),
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

/** Samples that wait in a client's call: looked at from the leaf up to the user's code, which may itself run in a server. */
function inClients(facts: StackFacts): Part {
  const client = facts.mark((name) => CLIENT.test(name))
  const server = facts.mark((name) => SERVER.test(name))
  return facts.part((from, to) => {
    let at = -1
    for (let i = from; i < to; i++) {
      const name = facts.nameAt(i)
      if (facts.originOf(name) === 'main') break
      if (server[name] === 1) return -1
      if (at < 0 && client[name] === 1) at = i
    }
    return at
  })
}
