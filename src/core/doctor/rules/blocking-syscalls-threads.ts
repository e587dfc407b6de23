import { countText } from '../../base/people-fmt.ts'
import { rule } from '../rule.ts'
import { shortName, topOf } from '../words.ts'
import { topCulprits } from './hot-kind.ts'

export const blockingSyscallsThreads = rule({
  id: 'blocking-syscalls-threads',
  title: 'Goroutines in blocking system calls hold a thread each',
  docs: 'A goroutine that waits for a channel, a lock, a timer or a network connection needs no thread; one that is inside a system call or C code keeps its own. Many goroutines found in system calls, beside many threads, mean that something which could wait in the poller does not.',
  reference: 'https://pkg.go.dev/os#NewFile',
  thresholds: {
    calls: { value: 16, meaning: 'goroutines in a system call of one function' },
    times: { value: 4, meaning: 'the same as a multiple of GOMAXPROCS' },
    critical: {
      value: 1000,
      meaning: 'threads from which on it is critical (the limit of the runtime is 10 000)',
    },
  },
  needs: ['profile/goroutine'],
  explains: { always: ['thread-growth'] },
  check(capture, t) {
    const now = capture.facts('goroutine')!
    const { facts } = now
    // Reads of pipes and terminals, waits for children, sleeps in C: all of them have a system call (or cgo) next to the leaf.
    const calls = facts.part((from, to) => {
      for (let i = from; i < Math.min(to, from + 6); i++) {
        const name = facts.names[facts.nameAt(i)]
        if (/^runtime\.(gopark|netpollblock)$|^internal\/poll\.\(\*pollDesc\)\./.test(name)) return -1
        if (
          facts.ofKind('systemCall')[facts.nameAt(i)] === 1 ||
          /^runtime\.(cgocall|asmcgocall|notetsleepg|entersyscallblock)$/.test(name)
        )
          return i
      }
      return -1
    })
    const culprits = topCulprits(calls)
    const gomaxprocs = capture.gomaxprocs ?? 1
    // The one goroutine that waits for signals is in such a call in every program.
    if (culprits.length === 0 || calls.culprits[0].weight < Math.max(t.calls, t.times * gomaxprocs)) return []
    const threads = capture.threads
    const place = facts.placeOf(culprits[0])
    return [
      {
        cause: 'blocking-syscalls-threads',
        severity: threads !== undefined && threads.count >= t.critical ? 'critical' : 'warning',
        confidence: threads === undefined ? 0.75 : 0.9,
        title: `${countText(calls.culprits[0].weight)} goroutines are inside system calls in ${shortName(culprits[0])}, with a thread each${threads === undefined ? '' : `; ${countText(threads.count)} threads`}`,
        culprits,
        ...(place && { place }),
        evidence: [
          {
            source: now.source.name,
            text: `${countText(calls.weight)} goroutines are in system calls`,
            value: calls.weight,
            unit: 'count',
            view: topOf(culprits[0], now.source),
          },
          ...(threads === undefined
            ? []
            : [
                {
                  source: threads.source.name,
                  text: `${countText(threads.count)} threads were created`,
                  value: threads.count,
                  unit: 'count',
                },
              ]),
        ],
        why: 'The runtime starts a thread for each goroutine that is stuck in a system call, so that others can run; threads cost memory and scheduling, and end at a limit.',
        remedy: [
          'let reads wait in the poller: os.Pipe, net connections, or a descriptor set non-blocking before os.NewFile',
          'bound how many such calls run at once (a semaphore, a pool of workers)',
          'set deadlines, or close the file to end a call that waits for ever',
        ],
        verify: 'the threadcreate profile and /sched/threads/total stay near GOMAXPROCS',
        cost: Math.min(1, calls.share),
      },
    ]
  },
})
