// What a crash means, in words, and where in the program it happened.

import type { Crash, Goroutines } from '../../model/goroutines.ts'
import type { FrameOrigins } from './code.ts'

export interface CrashAdvice {
  /** One sentence. */
  readonly meaning: string
  readonly remedy: string
}

const FATAL: readonly (readonly [text: RegExp, meaning: string, remedy: string])[] = [
  [
    /^all goroutines are asleep/,
    'Every goroutine waits for another one, so none can ever go on.',
    'Look at what each of the groups below waits for: a missing send, close, Done or Unlock, or locks taken in different orders.',
  ],
  [
    /^no goroutines \(main called runtime\.Goexit\)/,
    'The main goroutine ended with runtime.Goexit (t.FailNow does that, too), and no other goroutine is left.',
    'Return from main instead, or keep a goroutine that ends the program.',
  ],
  [
    /^concurrent map (?:read|writes?|iteration)/,
    'Two goroutines use one map at the same time, and at least one writes. Only one of them is shown.',
    'Guard the map with a Mutex, or use sync.Map; go run -race shows both sides.',
  ],
  [
    /^stack overflow/,
    'A function calls itself without an end, until its stack has reached the limit.',
    'Look for the functions that repeat below, and for the condition that should have ended them; String, Error and MarshalJSON methods that print themselves are common.',
  ],
  [
    /^sync: (?:R?Unlock|unlock|RUnlock|Unlock) of (?:un|R)?l?/i,
    'A Mutex was unlocked that nobody had locked: a second Unlock, or an Unlock of a copy.',
    'Pair each Lock with one Unlock (defer), and do not copy what has a Mutex in it; go vet finds copies.',
  ],
  [
    /out of memory|cannot allocate memory/,
    'The operating system gave no more memory.',
    'goscope memory and a heap profile show who keeps it; in a container set GOMEMLIMIT somewhat below the limit.',
  ],
  [
    /^unexpected signal|^fault$|^invalid pointer|^found bad pointer|^sweep increased|^bad pointer/,
    'Memory is damaged: through unsafe, cgo, a data race, or defective hardware.',
    'Try go run -race and checkptr (-gcflags=all=-d=checkptr), and look for uses of unsafe.Pointer.',
  ],
  [
    /^thread exhaustion/,
    'More threads than debug.SetMaxThreads allows: each system call or cgo call that blocks keeps one.',
    'Bound how many goroutines may block in the kernel at a time.',
  ],
  [
    /^(?:go of nil func|bad g|morestack|stack split|schedule: |systemstack|runtime\.|newproc|gentraceback|workbuf|mallocgc|scan|dumpgs)/,
    'The runtime met a state that must not be.',
    'Look for unsafe, cgo and data races first; else it may be a defect of Go: note its version.',
  ],
]

const PANIC: readonly (readonly [text: RegExp, meaning: string, remedy: string])[] = [
  [
    /nil pointer dereference/,
    'A nil pointer was followed, or a method called of a nil value.',
    'Find out where the value should have come from; an error that was not looked at is common.',
  ],
  [
    /index out of range|slice bounds out of range/,
    'An index lies beyond the end.',
    'Compare it with len first.',
  ],
  [
    /assignment to entry in nil map/,
    'A map was written that was never made.',
    'Make it with make or a literal.',
  ],
  [
    /send on closed channel/,
    'A channel was closed while others still send.',
    'Let only the sender close, once.',
  ],
  [
    /close of (?:closed|nil) channel/,
    'A channel was closed twice, or was nil.',
    'Let one owner close it, once.',
  ],
  [
    /interface conversion/,
    'An interface holds another type than expected.',
    'Use the form with two results.',
  ],
  [/integer divide by zero/, 'A whole number was divided by 0.', 'Test the divisor.'],
  [
    /negative WaitGroup counter/,
    'Done was called more often than Add.',
    'Add before the go statement, Done once.',
  ],
  [/test timed out/, 'A test did not end in time.', 'The goroutines below show what it waits for.'],
  [
    /deadlock: (?:all|main) .*bubble/,
    'All goroutines of a synctest bubble wait for one another.',
    'Look at what each waits for.',
  ],
]

/** What a crash means and what to do; undefined for messages of the program's own. */
export function crashAdvice(c: Crash): CrashAdvice | undefined {
  const texts = c.fatal !== '' ? [c.fatal] : c.panics.map((p) => p.text).reverse()
  for (const text of texts)
    for (const [pattern, meaning, remedy] of c.fatal !== '' ? FATAL : PANIC)
      if (pattern.test(text)) return { meaning, remedy }
  if (c.kind === 'signal' && /^SIGQUIT/.test(c.signal))
    return {
      meaning: 'The program was asked to print its goroutines and end (kill -QUIT, Ctrl-\\).',
      remedy: 'The groups below show what it was doing.',
    }
  if (c.kind === 'signal' && /^SIGABRT/.test(c.signal))
    return {
      meaning: 'The program was aborted, by itself or from outside (a watchdog).',
      remedy: 'See who sent it.',
    }
  return undefined
}

/**
 * The frame where it went wrong, of the goroutine that is printed first: behind the panic's own frames the
 * program's first, else the first that is not the runtime's. 0 if the stack is empty.
 */
export function crashFrame(g: Goroutines, stack: number, origins: FrameOrigins): number {
  const from = g.stacks.start[stack]
  const to = g.stacks.start[stack + 1]
  let at = from
  for (let k = from; k < to; k++)
    if (PANICKING.test(origins.name(g.calls.frame[g.stacks.call[k]]))) at = k + 1
  for (let k = at; k < to; k++) {
    const frame = g.calls.frame[g.stacks.call[k]]
    if (origins.isUser(frame)) return frame
  }
  return origins.telling(stack)
}

const PANICKING = /^(?:panic|runtime\.gopanic|runtime\.sigpanic|runtime\.panic\w*|runtime\.go[Pp]anic\w*)$/
