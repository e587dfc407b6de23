// Which sockets a process listens on (Linux).

import { hostPort, parseTcpTable, parseUnixTable, type TcpSocket } from '../../core/formats/proc/sockets.ts'
import { ProcError, procLink, procNames, procTextOrNone } from './read-proc.ts'

export interface Listener {
  readonly kind: 'tcp' | 'unix'
  /** Address or path that it listens on. */
  readonly address: string
  /** 0 for unix. */
  readonly port: number
  /** `127.0.0.1:80` or the path. */
  readonly shown: string
}

export interface ListenersOf {
  readonly listeners: readonly Listener[]
  /** Open files; more than `files` if the look ended early. */
  readonly files: number
  /** Why listeners are missing; '' if they are not. */
  readonly note: string
  /** Whether the process shares our network, so that its ports can be reached. */
  readonly reachable: boolean
}

/** Files of a process that are looked at for sockets. Listeners are opened early, and numbers are given from below. */
const MOST_FILES = 20_000

/** Tables of network namespaces, each read once. */
export class ListenerTables {
  private readonly tables = new Map<string, Map<number, Listener>>()
  private readonly own = namespaceOf('self')

  /** Listening sockets of a process. Never throws. */
  of(pid: number): ListenersOf {
    const namespace = namespaceOf(pid)
    const listeners: Listener[] = []
    let files = 0
    let note = ''
    try {
      const names = procNames(`/proc/${pid}/fd`)
      files = names.length
      const table = this.tableOf(pid, namespace)
      if (names.length > MOST_FILES)
        note = `${names.length} open files: listeners were sought among the first ${MOST_FILES}`
      for (const name of names.slice(0, MOST_FILES)) {
        const link = linkOf(`/proc/${pid}/fd/${name}`)
        const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1]
        const found = inode === undefined ? undefined : table.get(Number(inode))
        if (found !== undefined && !listeners.includes(found)) listeners.push(found)
      }
    } catch (e) {
      if (!(e instanceof ProcError)) throw e
      if (e.why === 'forbidden') note = 'its open files may not be looked at: sockets are not known'
    }
    return { listeners, files, note, reachable: namespace === this.own }
  }

  private tableOf(pid: number, namespace: string): Map<number, Listener> {
    // Where namespaces may not be seen, each process has its own table.
    const key = namespace === '' ? `pid ${pid}` : namespace
    const before = this.tables.get(key)
    if (before !== undefined) return before
    const table = new Map<number, Listener>()
    for (const file of ['tcp', 'tcp6'])
      for (const s of parseTcpTable(procTextOrNone(`/proc/${pid}/net/${file}`) ?? ''))
        if (s.state === 'listen') table.set(s.inode, tcpListener(s))
    for (const s of parseUnixTable(procTextOrNone(`/proc/${pid}/net/unix`) ?? ''))
      if (s.listening && s.path !== '')
        table.set(s.inode, { kind: 'unix', address: s.path, port: 0, shown: s.path })
    this.tables.set(key, table)
    return table
  }
}

function tcpListener(s: TcpSocket): Listener {
  return { kind: 'tcp', address: s.address, port: s.port, shown: hostPort(s.address, s.port) }
}

function namespaceOf(pid: number | 'self'): string {
  return linkOf(`/proc/${pid}/ns/net`)
}

function linkOf(path: string): string {
  try {
    return procLink(path)
  } catch (e) {
    if (e instanceof ProcError) return ''
    throw e
  }
}
