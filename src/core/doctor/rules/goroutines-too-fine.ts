import { countText, timeText } from '../../base/people-fmt.ts'
import { shortName } from '../words.ts'
import { hotKindRule } from './hot-kind.ts'
import { userGroups } from './parallelism.ts'

const RATE = 10_000
const RUN = 20e3
const SHOWN = 0.08

export const goroutinesTooFine = hotKindRule({
  id: 'goroutines-too-fine',
  title: 'One goroutine per tiny piece of work',
  docs: 'Starting and ending a goroutine takes a few hundred nanoseconds, and more where several threads contend for the scheduler’s queues. Where that is a large share of the CPU time, the work handed to each goroutine is too small. A trace that shows very many goroutines which run for microseconds each lowers the threshold, as they cost elsewhere too: in channels, stacks and garbage.',
  what: 'starts and ends goroutines',
  kinds: ['startGoroutine'],
  cpu: 0.2,
  critical: 0.5,
  more: {
    rate: { value: RATE, meaning: 'goroutines of one function that start in a second, in a trace' },
    run: { value: RUN, meaning: 'mean time that they run, ns, below which they are too fine' },
    shown: { value: SHOWN, meaning: 'share of CPU time from which on it is a warning then' },
  },
  shown: (capture) => {
    const { trace } = capture
    if (trace === undefined) return undefined
    const seconds = trace.activity.durationNs / 1e9
    const fine = userGroups(trace.activity).find(
      (g) => g.count >= RATE * seconds && g.exec <= RUN * g.count && g.count > 100,
    )
    return (
      fine && {
        cpu: SHOWN,
        evidence: {
          source: trace.source.name,
          text: `${countText(fine.count)} goroutines of ${shortName(fine.name)} in ${timeText(trace.activity.durationNs)}, which ran for ${timeText(fine.exec / fine.count)} each`,
          value: fine.count,
          unit: 'count',
          view: `goscope trace summary ${trace.source.name}`,
        },
      }
    )
  },
  explains: { sameCulprit: ['alloc-hot-loop', 'mutex-contention'], always: ['gc-churn-small-heap'] },
  why: 'The work of a goroutine must be large against the price of starting it, which is that of some hundred function calls; else the program mostly schedules.',
  remedy: [
    'hand each goroutine a batch (a band of rows, a slice of the input), about as many goroutines as GOMAXPROCS',
    'or start that many workers once, and feed them through a channel in batches',
  ],
  verify:
    'runtime.newproc and goexit0 fall below a few percent of CPU time; the trace shows goroutines that live for milliseconds',
})
