import { countText } from '../../base/people-fmt.ts'
import type { Capture } from '../capture.ts'
import { keepsGrowing, timesOf } from '../growth.ts'
import { rule } from '../rule.ts'
import { shortName, topOf } from '../words.ts'
import { topCulprits } from './hot-kind.ts'

/** Each connection of an HTTP client has a goroutine in this function, and another that writes. */
const READER = /^net\/http\.(\(\*persistConn\)\.readLoop|\(\*http2clientConnReadLoop\)\.run)$/
const CLIENT = /^net\/http\.(\(\*Client\)\.\w+|Get|Post|Head|PostForm|\(\*Transport\)\.RoundTrip)$/

export const httpConnectionLeak = rule({
  id: 'http-connection-leak',
  title: 'HTTP clients leave more and more connections open',
  docs: 'An http.Transport keeps idle connections for the next call, with two goroutines each. If their number grows from each goroutine profile to the next, calls do not find them: every call has a client with a transport of its own, or response bodies are not closed. The goroutines have no user code on their stacks; who makes the calls is told by other profiles.',
  reference: 'https://pkg.go.dev/net/http#Client',
  thresholds: {
    growth: { value: 1.5, meaning: 'times by which the connections grew over the profiles' },
    gained: { value: 30, meaning: 'connections gained over the profiles' },
    critical: { value: 1000, meaning: 'connections from which on it is critical' },
  },
  needs: ['profile/goroutine'],
  explains: { always: ['goroutine-leak-network', 'goroutine-leak-select', 'heap-leak'] },
  check(capture, t) {
    const series = capture.series('goroutine')
    if (series.length < 2) return undefined
    const counts = series.map(({ profile }) => {
      const facts = capture.factsOf(profile)
      return facts.with(facts.mark((name) => READER.test(name))).weight
    })
    const now = counts[counts.length - 1]
    if (
      now < t.growth * counts[0] ||
      now - counts[0] < t.gained ||
      !keepsGrowing(counts, timesOf(series), { last: 0.15 })
    )
      return []
    const culprits = callersOf(capture)
    const first = culprits[0]
    const newest = series[series.length - 1].source
    return [
      {
        cause: 'http-connection-leak',
        severity: now >= t.critical ? 'critical' : 'warning',
        confidence: Math.min(0.95, 0.5 + 0.12 * counts.length),
        title: `${countText(now)} connections of HTTP clients are open, and more each time${first === undefined ? '' : `; calls are made in ${shortName(first)}`}`,
        culprits,
        evidence: [
          {
            source: series.map((p) => p.source.name).join(', '),
            text: `connections: ${counts.map((n) => countText(n)).join(', ')}`,
            value: now - counts[0],
            unit: 'count',
            view: topOf('net/http.(*persistConn).readLoop', newest),
          },
        ],
        why: 'A connection that no later call can use stays until the other side closes it, with two goroutines, buffers and a descriptor.',
        remedy: [
          'one http.Client for the whole program (or per service), not one per call',
          'read each body to its end and close it: defer resp.Body.Close()',
          'set IdleConnTimeout on transports of your own; it is unlimited by default',
        ],
        verify: 'the number of net/http.(*persistConn).readLoop goroutines stays level under load',
        cost: 0.4,
      },
    ]
  },
})

/** Who makes HTTP calls, by whichever profile tells. */
function callersOf(capture: Capture): string[] {
  const asked = [
    capture.allocated('alloc_space'),
    capture.facts('block', 'delay'),
    capture.cpu,
    capture.facts('goroutine'),
  ]
  for (const f of asked) {
    const part = f?.facts.with(f.facts.mark((name) => CLIENT.test(name)))
    if (part !== undefined && part.culprits.length > 0) return topCulprits(part)
  }
  return []
}
