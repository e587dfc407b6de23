import { hotKindRule } from './hot-kind.ts'

export const timersHot = hotKindRule({
  id: 'timers-hot',
  title: 'Timers are made in a hot path',
  docs: 'time.After and time.NewTimer allocate a timer and put it into a heap that the scheduler keeps. Made for every item or message, they cost more than what they guard; before Go 1.23 each stayed until it fired.',
  reference: 'https://pkg.go.dev/time#After',
  what: 'makes and stops timers',
  kinds: ['timers'],
  cpu: 0.12,
  critical: 0.4,
  explains: { sameCulprit: ['alloc-hot-loop'] },
  why: 'A timer that nearly never fires is still allocated, sifted into the heap of timers and out again.',
  remedy: [
    'one time.Timer per goroutine, Reset for each wait; or one deadline for the whole operation (context.WithTimeout)',
    'check the time every so many items instead of arming a timer for each',
  ],
  verify: 'time.NewTimer and runtime.(*timers) are gone from the top of the CPU profile',
})
