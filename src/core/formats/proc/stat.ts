// /proc/PID/stat and /proc/PID/task/TID/stat (proc_pid_stat(5)).

import { DecodeError } from '../../base/errors.ts'

/** Clock ticks of a second in what the kernel shows to programs: USER_HZ, the same on all systems that Go runs on. */
export const TICKS_PER_SECOND = 100

export interface ProcStat {
  readonly pid: number
  /** Name of the program or thread, at most 15 bytes. */
  readonly name: string
  /** R running, S sleeping, D waiting for a disk, T stopped, Z ended, ... */
  readonly state: string
  readonly parent: number
  /** Whether it is a thread of the kernel, which has no program. */
  readonly kernel: boolean
  readonly minorFaults: number
  readonly majorFaults: number
  /** CPU time in ticks. */
  readonly userTicks: number
  readonly systemTicks: number
  readonly threads: number
  /** When it started, in ticks since the system did. */
  readonly startTicks: number
  readonly virtualBytes: number
  readonly residentPages: number
  /** The processor that it last ran on; -1 if the kernel does not tell. */
  readonly processor: number
  /** Time in which it waited for disks, in ticks; NaN if the kernel does not tell. */
  readonly diskWaitTicks: number
}

/** Throws DecodeError. */
export function parseProcStat(text: string): ProcStat {
  // The name may hold blanks and parentheses: it ends at the last one.
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 1 || close < open) throw new DecodeError('proc', 0, 'no process in the stat file')
  const f = text
    .slice(close + 2)
    .trim()
    .split(' ')
  const state = f[0]
  const number = (k: number): number => {
    const v = Number(f[k] ?? Number.NaN)
    if (!Number.isFinite(v)) throw new DecodeError('proc', close + 2, 'the stat file ends too early')
    return v
  }
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    state,
    parent: number(1),
    // PF_KTHREAD
    kernel: (number(6) & 0x200000) !== 0,
    minorFaults: number(7),
    majorFaults: number(9),
    userTicks: number(11),
    systemTicks: number(12),
    threads: number(17),
    startTicks: number(19),
    virtualBytes: number(20),
    residentPages: number(21),
    processor: f[36] === undefined ? -1 : Number(f[36]),
    diskWaitTicks: Number(f[39] ?? Number.NaN),
  }
}

/** Nanoseconds on a processor, from /proc/PID/task/TID/schedstat; undefined where the kernel does not count them. */
export function parseSchedstat(
  text: string,
): { readonly runNs: number; readonly waitNs: number } | undefined {
  const m = /^(\d+) (\d+) \d+/.exec(text)
  return m === null ? undefined : { runNs: Number(m[1]), waitNs: Number(m[2]) }
}
