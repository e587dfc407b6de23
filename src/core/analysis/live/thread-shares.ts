// From samples of a process's threads to shares: how long each was on a processor, waited for one, slept, and where.

/** One look at one thread. */
export interface ThreadSample {
  readonly tid: number
  /** As in /proc/PID/task/TID/stat: R, S, D, T, ... */
  readonly state: string
  /** Ticks of CPU time so far. */
  readonly ticks: number
  /** Nanoseconds on a processor and ready without one so far; NaN where the kernel does not count them. */
  readonly runNs: number
  readonly waitNs: number
  /** System call that it is in, '' if none or not known. */
  readonly syscall: string
  /** Function of the kernel that it waits in, '' if not known. */
  readonly channel: string
  readonly processor: number
}

export interface ThreadShares {
  readonly tid: number
  readonly samples: number
  /** Share of time on a processor. */
  readonly cpu: number
  /** Share of time ready to run without a processor; NaN if not known. */
  readonly ready: number
  /** Shares of samples by state. */
  readonly running: number
  readonly sleeping: number
  readonly disk: number
  readonly stopped: number
  /** Where it slept or waited for a disk, most samples first; shares of all samples. */
  readonly waits: readonly Wait[]
  /** Share of samples in system calls that hold a thread: not those in which the runtime parks its own. */
  readonly blocked: number
  /** Processors that it was last seen on, in how many samples another than before. */
  readonly moves: number
}

export interface Wait {
  readonly syscall: string
  readonly channel: string
  readonly share: number
}

/** Calls in which the runtime itself parks threads: locks and idle ones, the network poller, the monitor. */
const PARKING =
  /^(futex|futex_\w+|epoll_p?wait2?|nanosleep|clock_nanosleep|rt_sigtimedwait|restart_syscall|)$/

/** Gathers samples. */
export class ThreadShareBuilder {
  private readonly threads = new Map<number, Gathered>()

  /** `at` in seconds of any clock. */
  add(at: number, s: ThreadSample): void {
    let t = this.threads.get(s.tid)
    if (t === undefined) {
      t = {
        first: { at, s },
        last: { at, s },
        samples: 0,
        states: new Map(),
        waits: new Map(),
        blocked: 0,
        moves: 0,
      }
      this.threads.set(s.tid, t)
    }
    if (t.last.s.processor !== s.processor) t.moves++
    t.last = { at, s }
    t.samples++
    t.states.set(s.state, (t.states.get(s.state) ?? 0) + 1)
    if (s.state === 'S' || s.state === 'D') {
      const key = `${s.syscall} ${s.channel}`
      t.waits.set(key, (t.waits.get(key) ?? 0) + 1)
      if (s.state === 'D' || !PARKING.test(s.syscall)) t.blocked++
    }
  }

  /** Shares of each thread, most CPU first, then most blocked. `ticksPerSecond` as of the kernel. */
  shares(ticksPerSecond: number): ThreadShares[] {
    const all = [...this.threads].map(([tid, t]) => sharesOf(tid, t, ticksPerSecond))
    return all.sort((a, b) => b.cpu - a.cpu || b.blocked - a.blocked || a.tid - b.tid)
  }
}

interface Gathered {
  readonly first: { readonly at: number; readonly s: ThreadSample }
  last: { readonly at: number; readonly s: ThreadSample }
  samples: number
  readonly states: Map<string, number>
  readonly waits: Map<string, number>
  blocked: number
  moves: number
}

function sharesOf(tid: number, t: Gathered, ticksPerSecond: number): ThreadShares {
  const { first, last, samples } = t
  const seconds = last.at - first.at
  const state = (...names: string[]): number =>
    names.reduce((n, name) => n + (t.states.get(name) ?? 0), 0) / samples
  const exact = (last.s.runNs - first.s.runNs) / 1e9 / seconds
  const byTicks = (last.s.ticks - first.s.ticks) / ticksPerSecond / seconds
  const cpu = seconds > 0 ? (Number.isNaN(exact) ? byTicks : exact) : state('R')
  return {
    tid,
    samples,
    cpu,
    ready: seconds > 0 ? (last.s.waitNs - first.s.waitNs) / 1e9 / seconds : Number.NaN,
    running: state('R'),
    sleeping: state('S', 'I'),
    disk: state('D'),
    stopped: state('T', 't'),
    waits: [...t.waits]
      .sort((a, b) => b[1] - a[1])
      .map(([key, n]) => {
        const [syscall, channel] = key.split(' ') as [string, string]
        return { syscall, channel, share: n / samples }
      }),
    blocked: t.blocked / samples,
    moves: t.moves,
  }
}
