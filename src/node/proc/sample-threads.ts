// Looking at the threads of a process again and again (Linux): states, CPU time and where they wait.

import {
  type ThreadSample,
  ThreadShareBuilder,
  type ThreadShares,
} from '../../core/analysis/live/thread-shares.ts'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import { parseProcStat, parseSchedstat, TICKS_PER_SECOND } from '../../core/formats/proc/stat.ts'
import { parseSyscall, syscallName } from '../../core/formats/proc/syscalls.ts'
import { orNone, ProcError, procNames, procText, procTextOrNone } from './read-proc.ts'

export interface ThreadSampling {
  readonly pid: number
  /** GOARCH, for names of system calls. */
  readonly arch: string
  readonly seconds: number
  readonly hz: number
  readonly signal?: AbortSignal
}

export interface ThreadReport {
  readonly threads: readonly ThreadShares[]
  /** Rounds of samples, and the time from the first to the last, s. */
  readonly rounds: number
  readonly seconds: number
  /** Share of one processor that looking took. */
  readonly overhead: number
  /** Whether the process ended meanwhile. */
  readonly ended: boolean
  /** What could not be read. */
  readonly notes: readonly string[]
}

/** Looking may take this share of one processor; with very many threads it is done less often. */
const MOST_OVERHEAD = 0.1

/** Samples for some time. Throws UserError if the process is not there. */
export async function sampleThreads(o: ThreadSampling): Promise<ThreadReport> {
  const builder = new ThreadShareBuilder()
  const start = performance.now()
  const until = start + o.seconds * 1000
  let spent = 0
  let rounds = 0
  let last = start
  let ended = false
  while (!o.signal?.aborted) {
    const begin = performance.now()
    if (!sampleOnce(o, builder)) {
      ended = true
      break
    }
    rounds++
    last = performance.now()
    const cost = last - begin
    spent += cost
    if (last >= until) break
    const pause = Math.max(1000 / o.hz - cost, cost * (1 / MOST_OVERHEAD - 1))
    await pauseFor(Math.min(pause, until - last), o.signal)
  }
  if (rounds === 0) throw new UserError(`there is no process ${o.pid}`)
  return {
    threads: builder.shares(TICKS_PER_SECOND),
    rounds,
    seconds: (last - start) / 1000,
    overhead: last > start ? spent / (last - start) : 0,
    ended,
    notes: notesOf(o.pid),
  }
}

/** One look at all threads; false if the process has ended. */
function sampleOnce(o: ThreadSampling, builder: ThreadShareBuilder): boolean {
  const tids = orNone(() => procNames(`/proc/${o.pid}/task`)) ?? []
  let seen = 0
  for (const tid of tids) {
    try {
      const s = sampleOf(o, Number(tid))
      if (s.state === 'Z' || s.state === 'X') continue
      builder.add(performance.now() / 1000, s)
      seen++
    } catch (e) {
      // A thread that has just ended.
      if (!(e instanceof ProcError || e instanceof DecodeError)) throw e
    }
  }
  return seen > 0
}

function sampleOf(o: ThreadSampling, tid: number): ThreadSample {
  const folder = `/proc/${o.pid}/task/${tid}`
  const stat = parseProcStat(procText(`${folder}/stat`))
  const sched = parseSchedstat(procTextOrNone(`${folder}/schedstat`) ?? '')
  const waits = stat.state === 'S' || stat.state === 'D'
  const call = waits ? parseSyscall(procTextOrNone(`${folder}/syscall`) ?? '') : undefined
  const channel = waits ? (procTextOrNone(`${folder}/wchan`) ?? '').trim() : ''
  return {
    tid,
    state: stat.state,
    ticks: stat.userTicks + stat.systemTicks,
    runNs: sched?.runNs ?? Number.NaN,
    waitNs: sched?.waitNs ?? Number.NaN,
    syscall: call === undefined || call.number < 0 ? '' : syscallName(o.arch, call.number),
    // A kernel that does not tell writes 0.
    channel: channel === '0' ? '' : channel,
    processor: stat.processor,
  }
}

function notesOf(pid: number): string[] {
  const notes: string[] = []
  const tried = (name: string): boolean =>
    orNone(() => procText(`/proc/${pid}/task/${pid}/${name}`)) !== undefined
  if (!tried('stat')) return notes
  if (!tried('syscall'))
    notes.push(
      'system calls may not be looked at: that takes root, or a kernel.yama.ptrace_scope of 0 for one’s own processes',
    )
  return notes
}

function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(0, ms))
    signal?.addEventListener('abort', done, { once: true })
  })
}
