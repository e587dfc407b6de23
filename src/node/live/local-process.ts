// From a process to its pprof server, and from a server of this machine to its process.

import { UserError } from '../../core/base/errors.ts'
import { hostPort, isLoopback, parseTcpTable, parseUnixTable } from '../../core/formats/proc/sockets.ts'
import { askListeners, exposedWarnings } from '../proc/ask-listeners.ts'
import { GoBinaries } from '../proc/go-binary.ts'
import { type Listener, ListenerTables } from '../proc/listeners.ts'
import { loopbackOf } from '../proc/probe.ts'
import { ProcError, procLink, procNames, procTextOrNone } from '../proc/read-proc.ts'
import type { RemoteSource } from '../source-url.ts'
import { isProcess } from './proc-files.ts'

const PROBE_MS = 2000

/** The address of a process's pprof server, to be understood as a target. Throws UserError if none is found. */
export async function serverOfProcess(pid: number): Promise<string> {
  if (process.platform !== 'linux')
    throw new UserError(`pid:${pid}: only Linux tells which ports a process has; give the address instead`)
  if (!isProcess(pid)) throw new UserError(`pid:${pid}: there is no such process`)
  const found = new ListenerTables().of(pid)
  if (!found.reachable)
    throw new UserError(
      `pid:${pid}: it has a network of its own (a container); enter it, or forward its port, and give the address`,
    )
  const answers = await askListeners(found.listeners, undefined, { timeoutMs: PROBE_MS })
  const best =
    answers.find((a) => a.answer === 'pprof') ??
    // Behind a name and password it may be: whoever gave a header knows.
    answers.find((a) => a.answer === 'locked')
  if (best === undefined)
    throw new UserError(
      `pid:${pid}: ${
        found.note !== ''
          ? found.note
          : found.listeners.length === 0
            ? 'it listens nowhere'
            : `no net/http/pprof answers on ${found.listeners.map((l) => l.shown).join(', ')}`
      } (docs/instrument.md shows how a program offers it)`,
    )
  const { listener, tls } = best
  if (listener.kind === 'unix') return `unix:${listener.address}`
  // On this machine, by its own address: whose certificate it is, is known.
  return `${tls ? 'https+insecure' : 'http'}://${hostPort(loopbackOf(listener)!, listener.port)}`
}

/** What is known of the process behind a server of this machine. */
export interface LocalServer {
  readonly pid: number | undefined
  /** Where it listens, if that is known. */
  readonly listeners: readonly Listener[]
}

/**
 * The process that listens where the server is, if that is on this machine and may be looked at. It may be a
 * tunnel to another machine: whether it is the program itself, its command line tells.
 */
export function processOfServer(r: RemoteSource): LocalServer {
  const none = { pid: undefined, listeners: [] }
  if (process.platform !== 'linux') return none
  if (r.socketPath === undefined && r.host !== 'localhost' && !isLoopback(r.host)) return none
  const inodes = new Map<number, Listener>()
  if (r.socketPath !== undefined) {
    for (const s of parseUnixTable(procTextOrNone('/proc/self/net/unix') ?? ''))
      if (s.listening && s.path === r.socketPath)
        inodes.set(s.inode, { kind: 'unix', address: s.path, port: 0, shown: s.path })
  } else
    for (const table of ['tcp', 'tcp6'])
      for (const s of parseTcpTable(procTextOrNone(`/proc/self/net/${table}`) ?? ''))
        if (s.state === 'listen' && s.port === r.port)
          inodes.set(s.inode, {
            kind: 'tcp',
            address: s.address,
            port: s.port,
            shown: hostPort(s.address, s.port),
          })
  return { pid: ownerOf(inodes), listeners: [...inodes.values()] }
}

/** The process that has one of the sockets open; undefined if none that may be looked at has. */
function ownerOf(inodes: ReadonlyMap<number, Listener>): number | undefined {
  if (inodes.size === 0) return undefined
  for (const name of namesOrNone('/proc')) {
    if (!/^\d+$/.test(name)) continue
    for (const fd of namesOrNone(`/proc/${name}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOrNone(`/proc/${name}/fd/${fd}`))?.[1]
      if (inode !== undefined && inodes.has(Number(inode))) return Number(name)
    }
  }
  return undefined
}

/** Whether a process was started with these arguments, as /debug/pprof/cmdline has them (joined by zero bytes). */
export function hasArguments(pid: number, joined: string): boolean {
  return (procTextOrNone(`/proc/${pid}/cmdline`) ?? '').replace(/\0$/, '') === joined.replace(/\0$/, '')
}

/** Go's version and the path of the executable of a process, as far as they can be read. */
export function executableOf(pid: number): { readonly path: string; readonly goVersion: string | undefined } {
  const path = linkOrNone(`/proc/${pid}/exe`)
  const look = new GoBinaries().look(`/proc/${pid}/exe`)
  const goVersion = 'go' in look ? look.go?.info?.goVersion : undefined
  return { path, goVersion }
}

/** Sentences on a pprof server that other machines reach, too. */
export function exposure(listeners: readonly Listener[]): string[] {
  return exposedWarnings(
    listeners.map((listener) => ({ listener, answer: 'pprof' as const, tls: false, detail: '' })),
  )
}

function namesOrNone(path: string): string[] {
  try {
    return procNames(path)
  } catch (e) {
    if (e instanceof ProcError) return []
    throw e
  }
}

function linkOrNone(path: string): string {
  try {
    return procLink(path)
  } catch (e) {
    if (e instanceof ProcError) return ''
    throw e
  }
}
