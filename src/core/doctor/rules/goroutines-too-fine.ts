import { hotKindRule } from './hot-kind.ts'

export const goroutinesTooFine = hotKindRule({
  id: 'goroutines-too-fine',
  title: 'One goroutine per tiny piece of work',
  docs: 'Starting and ending a goroutine takes a few hundred nanoseconds, and more where several threads contend for the scheduler’s queues. Where that is a large share of the CPU time, the work handed to each goroutine is too small.',
  what: 'starts and ends goroutines',
  kinds: ['startGoroutine'],
  cpu: 0.2,
  critical: 0.5,
  explains: { sameCulprit: ['alloc-hot-loop', 'mutex-contention'], always: ['gc-churn-small-heap'] },
  why: 'The work of a goroutine must be large against the price of starting it, which is that of some hundred function calls; else the program mostly schedules.',
  remedy: [
    'hand each goroutine a batch (a band of rows, a slice of the input), about as many goroutines as GOMAXPROCS',
    'or start that many workers once, and feed them through a channel in batches',
  ],
  verify:
    'runtime.newproc and goexit0 fall below a few percent of CPU time; the trace shows goroutines that live for milliseconds',
})
