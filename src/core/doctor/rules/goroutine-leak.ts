import type { StackFacts } from '../../analysis/stack-facts.ts'
import { countText } from '../../base/people-fmt.ts'
import type { Capture, Facts } from '../capture.ts'
import type { Evidence, Finding } from '../finding.ts'
import { keepsGrowing, type Series, seriesOf, timesOf } from '../growth.ts'
import { type Rule, rule } from '../rule.ts'
import { percent, shortName, topOf } from '../words.ts'

/** What a goroutine waits for for ever: by the runtime's function under its user code. */
const WAITS = {
  'goroutine-leak-chan-send': /^runtime\.chansend\d?$/,
  'goroutine-leak-chan-receive': /^runtime\.chanrecv\d?$/,
  'goroutine-leak-select': /^runtime\.(selectgo|block)$/,
  'goroutine-leak-lock':
    /^(internal\/)?sync\.(\(\*(Mutex|RWMutex)\)\.|runtime_Semacquire(Mutex|RWMutex)|runtime_SemacquireRWMutexR)/,
  'goroutine-leak-waitgroup': /^sync\.\(\*(WaitGroup|Cond)\)\.Wait$/,
  'goroutine-leak-network': /^internal\/poll\.\(\*pollDesc\)\./,
} as const

type Cause = keyof typeof WAITS

const TEXTS: Readonly<
  Record<
    Cause,
    {
      readonly title: string
      readonly what: string
      readonly why: string
      readonly remedy: readonly string[]
    }
  >
> = {
  'goroutine-leak-chan-send': {
    title: 'Goroutines stay for ever in a channel send',
    what: 'in a channel send that nobody receives',
    why: 'Who should receive has given up (a time-out, the first answer of several, an early return), and a send without a receiver never ends; the goroutine and all that it holds stay.',
    remedy: [
      'give the channel room for every send: make(chan T, n), 1 for a single answer',
      'or let the sender select on a done channel or ctx.Done() as well',
    ],
  },
  'goroutine-leak-chan-receive': {
    title: 'Goroutines stay for ever in a channel receive',
    what: 'in a channel receive that nobody feeds or closes',
    why: 'A receive, or a range over a channel, ends when something is sent or the channel is closed; neither happens any more.',
    remedy: [
      'close the channel when no more will be sent',
      'or select on ctx.Done() as well, and cancel the context',
    ],
  },
  'goroutine-leak-select': {
    title: 'Goroutines stay for ever in a select',
    what: 'in a select that has no way out',
    why: 'None of the cases that would end the goroutine ever comes: a done channel that is not closed, a context that is not cancelled; a ticker that goes on keeps it busy besides.',
    remedy: [
      'close the done channel, or cancel the context, on every way out (defer cancel())',
      'stop tickers and timers: defer t.Stop()',
    ],
  },
  'goroutine-leak-lock': {
    title: 'Goroutines stay for ever in Lock',
    what: 'waiting for a lock that is never released',
    why: 'Someone returned, or panicked, without unlocking, or two locks are taken in opposite orders.',
    remedy: ['defer mu.Unlock() right behind mu.Lock()', 'take several locks always in the same order'],
  },
  'goroutine-leak-waitgroup': {
    title: 'Goroutines stay for ever in Wait',
    what: 'in a Wait that is never satisfied',
    why: 'A Done is missing on some way out (or an Add too many), or nobody signals the condition any more.',
    remedy: [
      'defer wg.Done() as the first statement of the goroutine (wg.Go does it)',
      'Add before go, never inside the goroutine',
    ],
  },
  'goroutine-leak-network': {
    title: 'Goroutines stay in network reads or writes without a time limit',
    what: 'in a network read or write without a deadline',
    why: 'Without a deadline a connection whose other side has gone, or says nothing, holds its goroutine (and its descriptor) for ever.',
    remedy: [
      'set time-outs: http.Server ReadHeaderTimeout, ReadTimeout, IdleTimeout; http.Client.Timeout; conn.SetDeadline',
      'close response bodies, so that connections can be used again',
    ],
  },
}

const THRESHOLDS = {
  growth: { value: 1.5, meaning: 'times by which the goroutines of the function grew over the profiles' },
  gained: { value: 20, meaning: 'goroutines gained over the profiles' },
  many: { value: 1000, meaning: 'goroutines of one function that are too many even in a single profile' },
  leaked: {
    value: 1,
    meaning: 'goroutines that the runtime itself has proved leaked (goroutineleak profile)',
  },
  critical: { value: 1000, meaning: 'goroutines from which on it is critical' },
} as const

/** One rule a kind of waiting, in the order of WAITS. */
export const goroutineLeaks: readonly Rule[] = (Object.keys(WAITS) as Cause[]).map((cause) =>
  rule({
    id: cause,
    title: TEXTS[cause].title,
    docs: `Goroutine profiles count goroutines by stack. A function whose goroutines ${TEXTS[cause].what.replace(/^in /, 'wait in ')} grow from each profile to the next leaks them; the goroutineleak profile (Go 1.26) proves it. Very many in a single profile are suspect where they wait in a send.`,
    reference: 'https://go.dev/doc/go1.26',
    thresholds: THRESHOLDS,
    needs: ['profile/goroutine|profile/goroutineleak'],
    explains: { sameCulprit: ['heap-leak', 'heap-retention-subslice'] },
    check: (capture, t) => check(capture, cause, t),
  }),
)

type Limits = { readonly [K in keyof typeof THRESHOLDS]: number }

function check(capture: Capture, cause: Cause, t: Limits): readonly Finding[] | undefined {
  const series = seriesOf(capture, 'goroutine', undefined, 2)
  const newest = capture.facts('goroutine')
  const proved = capture.facts('goroutineleak')
  const leaked = proved && waitersOf(proved.facts, cause)
  const found: Finding[] = []
  const seen = new Set<string>()
  const add = (name: string, count: number, from: Facts, evidence: Evidence[], sure: number): void => {
    if (seen.has(name)) return
    seen.add(name)
    found.push(finding(cause, name, count, from, evidence, sure, t.critical))
  }
  if (leaked !== undefined && proved !== undefined)
    for (const [name, count] of leaked)
      if (count >= t.leaked)
        add(
          name,
          Math.max(count, newest === undefined ? 0 : (waitersOf(newest.facts, cause).get(name) ?? 0)),
          newest ?? proved,
          [
            {
              source: proved.source.name,
              text: `the runtime has proved ${countText(count)} of them leaked`,
              value: count,
              unit: 'count',
              view: `goscope goroutines ${proved.source.name}`,
            },
          ],
          0.97,
        )
  if (newest !== undefined) {
    const counts = waitersOf(newest.facts, cause)
    for (const [name, count] of counts) {
      const weights = series && weightsOf(series, name, cause)
      const grown =
        weights !== undefined &&
        count >= t.growth * weights[0] &&
        count - weights[0] >= t.gained &&
        keepsGrowing(weights, timesOf(series?.profiles ?? []), { last: 0.15 })
      const evidence: Evidence = {
        source: newest.source.name,
        text: `${countText(count)} goroutines wait there, ${percent(newest.facts.share(count))} of all`,
        value: count,
        unit: 'count',
        view: topOf(name, newest.source),
      }
      if (grown && series !== undefined)
        add(
          name,
          count,
          newest,
          [
            {
              source: series.profiles.map((p) => p.source.name).join(', '),
              text: `goroutines of ${shortName(name)}: ${weights.map((w) => countText(w)).join(', ')}`,
              value: count - weights[0],
              unit: 'count',
              view: `goscope goroutines ${series.profiles[0].source.name} ${newest.source.name}`,
            },
            evidence,
          ],
          Math.min(0.95, 0.5 + 0.12 * weights.length),
        )
      else if (series === undefined && cause === 'goroutine-leak-chan-send' && count >= t.many)
        add(name, count, newest, [evidence], 0.6)
    }
  }
  if (newest === undefined && leaked === undefined) return undefined
  return found.sort((a, b) => b.cost - a.cost).slice(0, 3)
}

/** Goroutines that wait so, by the nearest user function, most first. What the runtime and idle servers do is left out. */
function waitersOf(facts: StackFacts, cause: Cause): Map<string, number> {
  const out = new Map<string, number>()
  facts.each((_row, weight, stack, from, to) => {
    // The wait stands right above gopark; user code comes after it.
    for (let i = from; i < to; i++) {
      const name = facts.names[stack[i]]
      if (facts.originOf(stack[i]) === 'main') return
      if (!WAITS[cause].test(name)) continue
      const culprit = facts.culpritAt(i, to)
      if (culprit >= 0) {
        const who = facts.names[culprit]
        out.set(who, (out.get(who) ?? 0) + weight)
      }
      return
    }
  })
  return new Map([...out].sort((a, b) => b[1] - a[1]))
}

function weightsOf(series: Series, name: string, cause: Cause): number[] {
  return series.facts.map((f) => waitersOf(f, cause).get(name) ?? 0)
}

function finding(
  cause: Cause,
  name: string,
  count: number,
  from: Facts,
  evidence: readonly Evidence[],
  sure: number,
  critical: number,
): Finding {
  const place = from.facts.placeOf(name)
  const share = from.facts.share(count)
  return {
    cause,
    severity: count >= critical ? 'critical' : 'warning',
    confidence: sure,
    title: `${countText(count)} goroutines stay ${TEXTS[cause].what}, in ${shortName(name)}`,
    culprits: [name],
    ...(place && { place }),
    evidence,
    why: TEXTS[cause].why,
    remedy: TEXTS[cause].remedy,
    verify: 'the number of goroutines stays level under load: goscope goroutines FIRST LAST',
    cost: Math.min(1, Math.max(share, 0.3)),
  }
}
