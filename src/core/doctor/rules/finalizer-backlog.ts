import { bytesText, countText } from '../../base/people-fmt.ts'
import type { Evidence } from '../finding.ts'
import { keepsGrowing, seriesOf, timesOf } from '../growth.ts'
import { rule } from '../rule.ts'
import { shortName } from '../words.ts'

export const finalizerBacklog = rule({
  id: 'finalizer-backlog',
  title: 'Finalizers are slower than the objects are made',
  docs: 'All finalizers run one after the other in a single goroutine. Where that goroutine is found in a finalizer’s code (and not waiting) while the live heap grows, or runtime/metrics count many more queued than executed, objects wait for their finalizer and stay alive.',
  reference: 'https://pkg.go.dev/runtime#SetFinalizer',
  thresholds: {
    waiting: { value: 1000, meaning: 'finalizers queued and not yet executed' },
    bytes: {
      value: 4 * 2 ** 20,
      meaning: 'bytes that the live heap must have gained where the metrics are missing',
    },
  },
  needs: ['profile/goroutine'],
  explains: { always: ['heap-leak', 'heap-retention-subslice'] },
  check(capture, t) {
    // Profiles in a series all count: one glance at a goroutine that works in bursts is little.
    let seen = 0
    const names = new Map<string, number>()
    for (const { profile } of capture.series('goroutine')) {
      const facts = capture.factsOf(profile)
      const part = facts.with(facts.marked('finalizer'))
      if (part.weight === 0) continue
      // Waiting for work, the goroutine has no user code on its stack.
      let busy = false
      facts.each((_row, _w, stack, from, to) => {
        let below: number | undefined
        for (let i = from; i < to; i++) {
          if (facts.originOf(stack[i]) === 'main') below ??= stack[i]
          if (facts.ofKind('finalizer')[stack[i]] === 1 && below !== undefined) {
            busy = true
            names.set(facts.names[below], (names.get(facts.names[below]) ?? 0) + 1)
          }
        }
      })
      if (busy) seen++
    }
    const values = capture.parts.memory.findLast((m) => m.snapshot.metrics !== undefined)
    // Cleanups (runtime.AddCleanup, Go 1.24) wait for their turn as finalizers do.
    const sumOf = (what: 'queued' | 'executed'): number | undefined => {
      const of = (name: string): number | undefined =>
        values?.snapshot.metrics?.values.get(`/gc/${name}/${what}:${name}`)
      const finalizers = of('finalizers')
      return finalizers === undefined ? undefined : finalizers + (of('cleanups') ?? 0)
    }
    const queued = sumOf('queued')
    const executed = sumOf('executed')
    const backlog = queued !== undefined && executed !== undefined ? queued - executed : undefined
    const series = seriesOf(capture, 'heap', 'inuse_space')
    const growth = series?.grown[0]
    const grows =
      series !== undefined &&
      growth !== undefined &&
      growth.gained >= t.bytes &&
      keepsGrowing(growth.weights, timesOf(series.profiles))
    const guilty = backlog !== undefined ? backlog >= t.waiting && (seen > 0 || grows) : seen >= 2 && grows
    if (!guilty) return []
    const code = [...names].sort((a, b) => b[1] - a[1]).map(([name]) => name)
    const culprits = [...new Set([...code.slice(0, 1), ...(growth === undefined ? [] : [growth.name])])]
    const first = culprits[0]
    const evidence: Evidence[] = []
    if (backlog !== undefined && values !== undefined)
      evidence.push({
        source: values.source.name,
        text: `${countText(backlog)} finalizers are queued and not executed`,
        value: backlog,
        unit: 'count',
      })
    if (seen > 0)
      evidence.push({
        source: capture.series('goroutine').at(-1)!.source.name,
        text: `the goroutine of the finalizers was in ${shortName(code[0])} in ${seen} of ${capture.series('goroutine').length} profiles`,
        value: seen,
        unit: 'count',
      })
    if (grows && series !== undefined)
      evidence.push({
        source: series.profiles.at(-1)!.source.name,
        text: `live bytes from ${shortName(growth.name)} grew by ${bytesText(growth.gained)}`,
        value: growth.gained,
        unit: 'bytes',
      })
    return [
      {
        cause: 'finalizer-backlog',
        severity: 'warning',
        confidence: backlog !== undefined ? 0.95 : 0.75,
        title: `Finalizers cannot keep up${backlog === undefined ? '' : `: ${countText(backlog)} wait`}${code[0] === undefined ? '' : `, behind ${shortName(code[0])}`}`,
        culprits,
        evidence,
        why: 'One goroutine runs all finalizers of the program in turn. While an object waits for its own, it and all that it points to stay alive; a slow one (a sleep, a system call, a lock) holds up all that follow.',
        remedy: [
          'close explicitly (defer h.Close()), and keep the finalizer as a safety net only',
          'let the finalizer hand the work to another goroutine and return at once',
          ...(first === undefined
            ? []
            : ['runtime.AddCleanup (Go 1.24) does not keep the object alive while its turn comes']),
        ],
        verify:
          '/gc/finalizers/queued and executed of runtime/metrics stay close together, and the live heap stays level',
        cost: growth?.share ?? 0.5,
      },
    ]
  },
})
