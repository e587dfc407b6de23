import { rule } from '../rule.ts'
import { confidence, percent, shareEvidence, shortName, topOf } from '../words.ts'
import { cpuSeverity, topCulprits } from './hot-kind.ts'

export const unbufferedIo = rule({
  id: 'unbuffered-io',
  title: 'Very many tiny read or write system calls',
  docs: 'A system call costs as much as a hundred function calls before a byte is moved. Where most CPU time is in reads and writes of files that no buffer stands in front of, pieces are too small. Large pieces show as system calls too: a trace, where there is one, tells by their number and length.',
  reference: 'https://pkg.go.dev/bufio',
  thresholds: {
    cpu: { value: 0.3, meaning: 'share of CPU time in unbuffered reads and writes of files' },
    critical: { value: 0.7, meaning: 'the same, from which on it is critical' },
    long: {
      value: 100e3,
      meaning: 'mean length of system calls in the trace, ns, above which their pieces are not tiny',
    },
    samples: { value: 10, meaning: 'CPU samples in them below which nothing is said' },
  },
  needs: ['profile/cpu'],
  check(capture, t) {
    const cpu = capture.cpu!
    const { facts } = cpu
    const file = facts.mark((name) =>
      /^os\.\(\*File\)\.(Read|Write|ReadAt|WriteAt|WriteString|ReadFrom)$|^syscall\.(Read|Write|Pread|Pwrite)$/.test(
        name,
      ),
    )
    const buffered = facts.mark((name) =>
      /^bufio\.|^io\.(Copy|copyBuffer)|^os\.(ReadFile|WriteFile)$|^(net|crypto\/tls)\.|^os\.\(\*File\)\.ReadFrom$|^runtime\/pprof\./.test(
        name,
      ),
    )
    const part = facts.with(file, buffered)
    if (part.share < t.cpu || part.samples < t.samples) return []
    const calls = capture.trace?.activity.syscalls
    if (calls !== undefined && calls.count > 100 && calls.totalNs / calls.count > t.long) return []
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
            'of CPU time is in os.File reads and writes with no buffer in between',
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
