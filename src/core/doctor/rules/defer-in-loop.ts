import { hotKindRule } from './hot-kind.ts'

export const deferInLoop = hotKindRule({
  id: 'defer-in-loop',
  title: 'Deferred calls pile up in a loop',
  docs: 'Since Go 1.14 a defer outside of loops costs next to nothing: it is compiled into the function’s end or lies on the stack. Only a defer that may run several times in one call needs runtime.deferproc, which allocates a record for each. So time in runtime.deferproc is a loop that defers, and nothing is released before the function returns.',
  reference: 'https://go.dev/ref/spec#Defer_statements',
  what: 'makes and runs deferred calls that pile up in a loop',
  kinds: ['deferInLoop'],
  cpu: 0.02,
  // Hardly anything else makes these calls, so few samples suffice.
  samples: 4,
  critical: 0.4,
  explains: {
    sameCulprit: ['alloc-hot-loop', 'mark-assist', 'write-barrier', 'gc-many-pointers'],
    always: ['gc-churn-small-heap'],
  },
  why: 'A deferred call runs when the function returns, not at the end of the loop’s turn: files, locks and memory of all turns stay held until then, and each turn allocates a record for its call.',
  remedy: [
    'move the body of the loop into a function of its own, so that the defer runs each turn',
    'or release at the end of the turn without defer',
  ],
  verify: 'runtime.deferproc is gone from the CPU profile, and live memory no longer grows during the loop',
})
