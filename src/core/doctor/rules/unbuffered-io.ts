import type { Part } from '../../analysis/stack-facts.ts'
import type { Capture } from '../capture.ts'
import { functionOfClosure } from '../diagnose.ts'
import { rule } from '../rule.ts'
import { confidence, percent, shareEvidence, shortName, topOf } from '../words.ts'
import { cpuSeverity, topCulprits } from './hot-kind.ts'

/** Reads and writes of files that make a system call each. */
const FILE =
  /^os\.\(\*File\)\.(Read|Write|ReadAt|WriteAt|WriteString|ReadFrom)$|^syscall\.(Read|Write|Pread|Pwrite)$/
const CONNECTION = /^net\.\(\*conn\)\.(Read|Write)$/
/** What stands in front of a file or a connection and gathers small pieces, or moves large ones. */
const BUFFERED =
  /^bufio\.|^io\.(Copy|copyBuffer)|^os\.(ReadFile|WriteFile)$|^(net\/|crypto\/tls\.)|^os\.\(\*File\)\.ReadFrom$|^runtime\/pprof\./

/** Whether those who read and write connections do so without waiting for answers in between, as a trace tells. */
function isStream(capture: Capture, part: Part, talk: number): boolean {
  const network = capture.trace?.waits?.get('network')
  const calls = capture.trace?.activity.syscalls.count ?? 0
  if (network === undefined || calls < 100 || part.culprits.length === 0) return false
  const names = new Set(part.culprits.map((c) => functionOfClosure(c.name)))
  const waits = capture.factsOf(network, 0).all().culprits
  return waits.reduce((n, c) => n + (names.has(functionOfClosure(c.name)) ? c.weight : 0), 0) <= talk * calls
}

export const unbufferedIo = rule({
  id: 'unbuffered-io',
  title: 'Very many tiny read or write system calls',
  docs: 'A system call costs as much as a hundred function calls before a byte is moved. Where most CPU time is in reads and writes that no buffer stands in front of, pieces may be too small. Large pieces show as system calls too; what tells them apart is how long a call takes (a trace has their number and length), and how much of the time is spent on the way into the kernel and out again rather than in it. Messages on a connection that is a conversation are written one by one for good reason: only who writes and hardly ever waits for an answer counts.',
  reference: 'https://pkg.go.dev/bufio',
  thresholds: {
    cpu: { value: 0.3, meaning: 'share of CPU time in unbuffered reads and writes' },
    critical: { value: 0.7, meaning: 'the same, from which on it is critical' },
    short: {
      value: 10e3,
      meaning: 'mean length of system calls in the trace, ns, up to which their pieces are tiny',
    },
    long: { value: 100e3, meaning: 'the same, above which they are not' },
    overhead: {
      value: 0.04,
      meaning:
        'share of that time outside the kernel, below which pieces are large, where the length does not tell',
    },
    talk: {
      value: 0.05,
      meaning:
        'waits for the network by who writes, as a share of all system calls, above which it is a conversation',
    },
    samples: { value: 10, meaning: 'CPU samples in them below which nothing is said' },
  },
  needs: ['profile/cpu'],
  check(capture, t) {
    const cpu = capture.cpu!
    const { facts } = cpu
    const calls = capture.trace?.activity.syscalls
    const connection = facts.mark((name) => CONNECTION.test(name))
    const file = facts.mark((name) => FILE.test(name))
    const buffered = facts.mark((name) => BUFFERED.test(name))
    // Calls of connections end in the same functions as those of files.
    const other = facts.mark((name) => BUFFERED.test(name) || CONNECTION.test(name))
    const streams = isStream(capture, facts.with(connection, buffered), t.talk)
    const tested = streams ? facts.mark((name) => FILE.test(name) || CONNECTION.test(name)) : file
    const left = streams ? buffered : other
    const part = facts.with(tested, left)
    if (part.share < t.cpu || part.samples < t.samples) return []
    const mean = calls !== undefined && calls.count > 100 ? calls.totalNs / calls.count : Number.NaN
    if (mean > t.long) return []
    if (!(mean <= t.short)) {
      const kernel = facts.part((from, to) => {
        if (
          !/^(internal\/runtime\/syscall|runtime\/internal\/syscall|syscall)[./]/.test(
            facts.names[facts.nameAt(from)] ?? '',
          )
        )
          return -1
        for (let i = from; i < to; i++) if (left[facts.nameAt(i)] === 1) return -1
        for (let i = from; i < to; i++) if (tested[facts.nameAt(i)] === 1) return i
        return -1
      })
      if (1 - kernel.weight / part.weight < t.overhead) return []
    }
    const culprits = topCulprits(part)
    const first = culprits[0]
    const place = first === undefined ? undefined : facts.placeOf(first)
    return [
      {
        cause: 'unbuffered-io',
        severity: cpuSeverity(capture, part.share, t.critical),
        confidence: confidence(part.samples) * (calls === undefined ? 0.85 : 1),
        title: `${percent(part.share)} of CPU time is in read and write system calls without a buffer${first === undefined ? '' : `, from ${shortName(first)}`}`,
        culprits,
        ...(place && { place }),
        evidence: [
          shareEvidence(
            cpu.source,
            part.share,
            'of CPU time is in reads and writes with no buffer in between',
            first === undefined ? undefined : topOf(first, cpu.source),
          ),
          ...(calls !== undefined && capture.trace !== undefined && calls.count > 0
            ? [
                {
                  source: capture.trace.source.name,
                  text: `${calls.count} system calls of ${(calls.totalNs / calls.count / 1000).toFixed(1)} µs on average`,
                  value: calls.count,
                  unit: 'count',
                  view: `goscope trace -pprof=syscall ${capture.trace.source.name}`,
                },
              ]
            : []),
        ],
        why: 'Every call enters the kernel and comes back, and the scheduler takes note of both; for a few bytes at a time that is nearly all of the cost.',
        remedy: [
          'wrap the files in bufio.NewReader and bufio.NewWriter (and Flush before Close), 64 KiB is a good size',
          'build lines in a []byte and write them in one call',
        ],
        verify:
          'syscall.Syscall falls to a few percent of CPU time; strace -c counts a hundredth of the calls',
        cost: part.share,
      },
    ]
  },
})
