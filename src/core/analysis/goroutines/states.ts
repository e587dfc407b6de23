// What each state of a goroutine means.
//
// Names are those of runtime/runtime2.go (waitReasonStrings, Go 1.11 to 1.27), of the reasons that older runtimes
// passed to gopark (Go 1.3 to 1.10), and of runtime/traceback.go (gStatusStrings). "(durable)", "(leaked)"
// and "(scan)" are marks of a header and no part of a name here.

/** What kind of thing a goroutine does or waits for. */
const STATE_KINDS = [
  'running',
  'runnable',
  'syscall',
  'io',
  'channel',
  'select',
  'lock',
  'group',
  'sleep',
  'for ever',
  'runtime',
  'unknown',
] as const

export type StateKind = (typeof STATE_KINDS)[number]

export interface StateMeaning {
  readonly kind: StateKind
  /** Whether the goroutine keeps a thread of the operating system while in this state. */
  readonly holdsThread: boolean
  /** One sentence for people. */
  readonly meaning: string
  /** Go versions that print it, where not all do: "1.20-", "-1.13". */
  readonly versions?: string
}

const on = (kind: StateKind, meaning: string, versions?: string): StateMeaning => ({
  kind,
  holdsThread: false,
  meaning,
  ...(versions !== undefined && { versions }),
})
const holding = (kind: StateKind, meaning: string, versions?: string): StateMeaning => ({
  ...on(kind, meaning, versions),
  holdsThread: true,
})

const STATES: Readonly<Record<string, StateMeaning>> = {
  // Status words.
  idle: on('runtime', 'Just made and not yet started; of goroutine 0: a thread that has nothing to run.'),
  runnable: on('runnable', 'Ready, and waits for a processor.'),
  running: holding('running', 'Runs on a thread.'),
  syscall: holding('syscall', 'In a system call or C code, and keeps a thread busy until that returns.'),
  waiting: on('unknown', 'Waits; the runtime does not say for what.'),
  dead: on('runtime', 'Has ended; its memory is kept for the next goroutine.'),
  copystack: on('runtime', 'Its stack is being moved to grow or shrink.', '1.5-'),
  leaked: on('for ever', 'The collector proved that nothing can wake it.', '1.26-'),
  preempted: on('runnable', 'Was stopped to let others run, or the collector scan it.', '1.14-'),
  'waiting for cgo callback': on('runtime', 'Kept for C threads that call Go.', '1.24-'),
  enqueue: on('runtime', 'On its way to a queue.', '-1.8'),
  moribund: on('runtime', 'About to end.', '-1.5'),
  '???': on('unknown', 'A state that the runtime itself could not name.'),
  // Network and files.
  'IO wait': on('io', 'Waits for the network, a pipe or a timer of a connection; no thread is held.'),
  // Channels.
  'chan receive': on('channel', 'Waits for a value from a channel, or for its close.'),
  'chan send': on('channel', 'Waits until somebody takes the value that it sends to a channel.'),
  select: on('select', 'Waits until one of several channels is ready.'),
  'chan receive (nil chan)': on('for ever', 'Receives from a nil channel, which blocks for ever.'),
  'chan send (nil chan)': on('for ever', 'Sends to a nil channel, which blocks for ever.'),
  'select (no cases)': on('for ever', 'An empty select, which blocks for ever; usual in main.'),
  coroutine: on('channel', 'Waits for its other half: an iterator made by iter.Pull.', '1.22-'),
  // Locks.
  semacquire: on(
    'lock',
    'Waits in package sync: for a lock (until Go 1.19), a WaitGroup (1.23), a Cond (1.10), or a semaphore.',
  ),
  semarelease: on('lock', 'Releases a semaphore of package sync.', '-1.4'),
  'sync.Mutex.Lock': on('lock', 'Waits for a Mutex that another goroutine holds.', '1.20-'),
  'sync.RWMutex.RLock': on('lock', 'Waits to read: a writer holds the RWMutex or waits for it.', '1.20-'),
  'sync.RWMutex.Lock': on('lock', 'Waits to write: until the readers of the RWMutex have left.', '1.20-'),
  'sync.Cond.Wait': on('lock', 'Waits for Signal or Broadcast of a Cond.', '1.11-'),
  'sync.WaitGroup.Wait': on('group', 'Waits until the counter of a WaitGroup is 0.', '1.24-'),
  // Time.
  sleep: on('sleep', 'In time.Sleep.'),
  // Testing in a bubble of false time.
  'synctest.Run': on('group', 'Runs a synctest bubble and waits for its goroutines.', '1.24-'),
  'synctest.Wait': on('group', 'Waits until all others in its synctest bubble are blocked.', '1.24-'),
  // The collector.
  'GC assist marking': on('runtime', 'Helps the collector before it may allocate on.', '1.9-'),
  'GC assist wait': on(
    'runtime',
    'Owes the collector help and waits for others to have done enough.',
    '1.5-',
  ),
  'GC sweep wait': on('runtime', 'The background sweeper, with nothing to sweep.', '1.3-'),
  'GC scavenge wait': on('runtime', 'The goroutine that returns memory to the system, at rest.', '1.13-'),
  'GC worker (idle)': on('runtime', 'A worker of the collector, at rest.', '1.5-'),
  'GC worker (active)': on('runtime', 'A worker of the collector, marking.', '1.20-'),
  'GC mark termination': on('runtime', 'Ends the marking of a collection.', '1.20-'),
  'GC weak to strong wait': on(
    'runtime',
    'Makes a strong pointer of a weak one while marking ends.',
    '1.24-',
  ),
  'garbage collection': on('runtime', 'Runs or awaits a collection (runtime.GC and the like).'),
  'garbage collection scan': on('runtime', 'Its stack is being scanned.'),
  'wait for GC cycle': on('runtime', 'In runtime.GC: waits for a collection to end.', '1.9-'),
  'force gc (idle)': on(
    'runtime',
    'The goroutine that starts a collection every two minutes, at rest.',
    '1.4-',
  ),
  'mark wait (idle)': on('runtime', 'A worker of the collector, at rest.', '1.5'),
  'finalizer wait': on('runtime', 'The goroutine that runs finalizers, with none to run.'),
  'cleanup wait': on(
    'runtime',
    'A goroutine that runs cleanups (runtime.AddCleanup), with none to run.',
    '1.25-',
  ),
  // The runtime.
  panicwait: on('runtime', 'Waits for a panic of another goroutine to end the program.'),
  'debug call': on('runtime', 'A debugger calls a function on it.', '1.11-'),
  'dumping heap': on('runtime', 'In debug.WriteHeapDump; the world is stopped.'),
  'stopping the world': on('runtime', 'Stops all goroutines, for a short while.', '1.20-'),
  'flushing proc caches': on('runtime', 'Empties the allocation caches of all processors.', '1.22-'),
  'trace reader (blocked)': on('runtime', 'The reader of an execution trace, with nothing to read.', '1.5-'),
  'trace goroutine status': on('runtime', 'Writes the states of goroutines to a trace.', '1.22-'),
  'trace proc status': on('runtime', 'Writes the states of processors to a trace.', '1.22-'),
  'page trace flush': on('runtime', 'Writes a trace of pages.', '1.22-'),
  'GOMAXPROCS updater (idle)': on('runtime', 'Watches the CPU limit of the container, at rest.', '1.25-'),
  'timer goroutine (idle)': on('runtime', 'The goroutine that runs timers, at rest.', '-1.13'),
  'stack growth': on('runtime', 'Its stack is being made larger.', '1.4'),
  'stack split': on('runtime', 'Its stack is being made larger.', '-1.3'),
  'stack unsplit': on('runtime', 'Its stack is being made smaller.', '-1.3'),
  'unknown wait reason': on('unknown', 'Waits; the runtime does not know for what.'),
}

const UNKNOWN: StateMeaning = on('unknown', 'A state that goscope does not know.')
const NONE: StateMeaning = on('unknown', 'The profile does not say what its goroutines do.')

/** All states that a Go version prints or printed. */
export const KNOWN_STATES: readonly string[] = Object.keys(STATES)

/** The meaning of a state; '' is that of a source without states. */
export function stateMeaning(state: string): StateMeaning {
  if (state === '') return NONE
  return Object.hasOwn(STATES, state) ? STATES[state]! : UNKNOWN
}
