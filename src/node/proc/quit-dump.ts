// The last resort for a program that offers nothing: SIGQUIT makes the Go runtime print all goroutines to standard
// error, and ends the program.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { DecodeError, UserError } from '../../core/base/errors.ts'
import { parseCgroups, systemdUnit } from '../../core/formats/proc/cgroup.ts'
import { pickEnvironment } from '../../core/formats/proc/limits.ts'
import { type ProcStat, parseProcStat } from '../../core/formats/proc/stat.ts'
import { orNone, ProcError, procLink, procText, procTextOrNone } from './read-proc.ts'

/** Where a process's standard error goes. */
export interface StandardError {
  readonly kind: 'file' | 'terminal' | 'pipe' | 'nowhere' | 'unknown'
  /** What the system calls it. */
  readonly name: string
  /** Where to read it then, for people. */
  readonly advice: string
}

/** Looks where standard error goes. */
export function standardErrorOf(pid: number): StandardError {
  const name = orNone(() => procLink(`/proc/${pid}/fd/2`))
  if (name === undefined)
    return { kind: 'unknown', name: '', advice: 'where its standard error goes may not be seen' }
  if (name === '/dev/null')
    return { kind: 'nowhere', name, advice: 'its standard error is /dev/null: the dump would be lost' }
  if (/^\/dev\/(pts\/|tty|console)/.test(name))
    return { kind: 'terminal', name, advice: `the dump appears on its terminal, ${name}` }
  if (/^(pipe|socket):/.test(name)) {
    const unit = systemdUnit(parseCgroups(procTextOrNone(`/proc/${pid}/cgroup`) ?? ''))
    const journal = unit === undefined ? '' : `; with systemd: journalctl -u ${unit} -o cat`
    return {
      kind: 'pipe',
      name,
      advice: `the dump goes to whoever reads its standard error (${name})${journal}`,
    }
  }
  return { kind: 'file', name, advice: `the dump is appended to ${name}` }
}

/** GOTRACEBACK of its environment, if that keeps the dump from being printed. */
export function tracebackOff(pid: number): boolean {
  const value = pickEnvironment(procTextOrNone(`/proc/${pid}/environ`) ?? '', ['GOTRACEBACK']).get(
    'GOTRACEBACK',
  )
  return value === 'none' || value === '0'
}

export interface QuitDump {
  /** What was appended to the file; undefined if standard error is none. */
  readonly text: Buffer | undefined
  readonly ended: boolean
}

/** A dump of 100 000 goroutines has some 100 MB. */
const MOST_BYTES = 1 << 30
const POLL_MS = 50

/** Sends SIGQUIT to the process that started at `startTicks`, and waits for its end. Throws UserError. */
export async function quitDump(pid: number, startTicks: number, timeoutMs: number): Promise<QuitDump> {
  const error = standardErrorOf(pid)
  const fd = error.kind === 'file' ? openSync(`/proc/${pid}/fd/2`, 'r') : -1
  try {
    const from = fd < 0 ? 0 : fstatSync(fd).size
    // The number may have gone to another process since it was looked at.
    if (statOf(pid)?.startTicks !== startTicks) throw new UserError(`process ${pid} has ended`)
    try {
      process.kill(pid, 'SIGQUIT')
    } catch (e) {
      const { code } = e as NodeJS.ErrnoException
      throw new UserError(
        code === 'EPERM'
          ? `process ${pid} is another user's: it takes no signals from you`
          : `process ${pid} has ended`,
      )
    }
    const ended = await endOf(pid, startTicks, timeoutMs)
    return { text: fd < 0 ? undefined : appended(fd, from), ended }
  } finally {
    if (fd >= 0) closeSync(fd)
  }
}

function statOf(pid: number): ProcStat | undefined {
  try {
    return parseProcStat(procText(`/proc/${pid}/stat`))
  } catch (e) {
    if (e instanceof ProcError || e instanceof DecodeError) return undefined
    throw e
  }
}

async function endOf(pid: number, startTicks: number, timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs
  while (performance.now() < until) {
    const stat = statOf(pid)
    if (stat === undefined || stat.startTicks !== startTicks || stat.state === 'Z') return true
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return false
}

function appended(fd: number, from: number): Buffer {
  const length = Math.min(MOST_BYTES, Math.max(0, fstatSync(fd).size - from))
  const out = Buffer.alloc(length)
  let at = 0
  while (at < length) {
    const n = readSync(fd, out, at, length - at, from + at)
    if (n === 0) break
    at += n
  }
  return out.subarray(0, at)
}
