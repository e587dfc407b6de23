// Go programs on macOS and Windows: the system's own list of processes, and the executables that it names.

import { execFile } from 'node:child_process'
import { platform } from 'node:os'
import { UserError } from '../../core/base/errors.ts'
import {
  CIM_QUERY,
  type ListedListener,
  type ListedProcess,
  PS_COLUMNS,
  parseCim,
  parseLsof,
  parseNetstat,
  parsePs,
  parseTasklist,
} from '../../core/formats/proc/process-lists.ts'
import { hostPort } from '../../core/formats/proc/sockets.ts'
import { askListeners, exposedWarnings } from './ask-listeners.ts'
import { GoBinaries, type GoBinary } from './go-binary.ts'
import type { GoProcess, PsOptions, PsResult } from './go-process.ts'
import { gopsPort } from './gops-port.ts'
import type { Listener } from './listeners.ts'

const TOOL_MS = 10_000
const MOST_OUTPUT = 64 << 20

/** Output of a program, undefined if it is not there or fails. */
export type RunTool = (file: string, args: readonly string[]) => Promise<string | undefined>

/** Never through a shell. */
function runTool(file: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: TOOL_MS, maxBuffer: MOST_OUTPUT, windowsHide: true }, (error, stdout) =>
      resolve(error === null || stdout !== '' ? stdout : undefined),
    )
  })
}

/** Finds them. Throws UserError where the system's list cannot be had. */
export async function findListed(
  o: PsOptions,
  output: RunTool = runTool,
  windows = platform() === 'win32',
): Promise<PsResult> {
  const { rows, notes } = windows ? await windowsList(output) : await psList(output)
  const wanted = rows.filter((r) => o.pids === undefined || o.pids.includes(r.pid))
  const binaries = new GoBinaries()
  const go: { readonly row: ListedProcess; readonly binary: GoBinary }[] = []
  let forbidden = 0
  for (const row of wanted) {
    const look = binaries.look(row.executable)
    if ('refused' in look) {
      // Names without a path cannot be opened, and those of other users may not be.
      if (look.refused === 'forbidden') forbidden++
    } else if (look.go !== undefined) go.push({ row, binary: look.go })
  }
  const sockets = go.length === 0 ? [] : await (windows ? netstat(output) : lsof(output))
  const own = process.getuid?.()
  const processes = await Promise.all(
    go.map(({ row, binary }) => describe(row, binary, listenersOf(sockets, row.pid), own, o)),
  )
  return { processes, looked: wanted.length, forbidden, notes }
}

async function psList(output: RunTool): Promise<{ rows: ListedProcess[]; notes: string[] }> {
  const text = await output('ps', ['-axww', '-o', PS_COLUMNS])
  if (text === undefined) throw new UserError('the list of processes cannot be had: ps does not run')
  return { rows: parsePs(text), notes: [] }
}

async function windowsList(output: RunTool): Promise<{ rows: ListedProcess[]; notes: string[] }> {
  const args = ['-NoProfile', '-NonInteractive', '-Command', CIM_QUERY]
  const text = await output('powershell.exe', args)
  const rows = text === undefined ? [] : parseCim(text, Date.now())
  if (rows.length > 0) return { rows, notes: [] }
  const list = await output('tasklist', ['/FO', 'CSV', '/NH'])
  if (list === undefined)
    throw new UserError('the list of processes cannot be had: neither PowerShell nor tasklist runs')
  const notes = [
    'PowerShell does not run, and tasklist names no paths: Go programs cannot be told from others',
  ]
  return { rows: parseTasklist(list), notes }
}

async function lsof(output: RunTool): Promise<ListedListener[]> {
  return parseLsof((await output('lsof', ['-nP', '-a', '-iTCP', '-sTCP:LISTEN', '-Fpn'])) ?? '')
}

async function netstat(output: RunTool): Promise<ListedListener[]> {
  // Not `-p TCP`: that would leave out IPv6, where a Go program that listens on ":6060" stands.
  return parseNetstat((await output('netstat', ['-ano'])) ?? '')
}

function listenersOf(sockets: readonly ListedListener[], pid: number): Listener[] {
  return sockets
    .filter((s) => s.pid === pid)
    .map((s) => ({ kind: 'tcp', address: s.address, port: s.port, shown: hostPort(s.address, s.port) }))
}

async function describe(
  row: ListedProcess,
  binary: GoBinary,
  listeners: readonly Listener[],
  own: number | undefined,
  o: PsOptions,
): Promise<GoProcess> {
  const agent = gopsPort(row.pid)
  const agentListener = listeners.find((l) => l.port === agent)
  const mine = own === undefined || row.uid === own
  const answers = mine && o.probe ? await askListeners(listeners, agentListener, o) : []
  return {
    pid: row.pid,
    parent: row.parent,
    uid: row.uid,
    state: '',
    executable: row.executable,
    deleted: false,
    commandLine: [],
    binary,
    cpuSeconds: row.cpuSeconds,
    uptimeSeconds: row.uptimeSeconds,
    cpusNow: undefined,
    residentBytes: row.residentBytes,
    peakBytes: undefined,
    threads: undefined,
    openFiles: undefined,
    openFilesLimit: undefined,
    allowedCpus: undefined,
    environment: new Map(),
    limits: undefined,
    listeners,
    answers,
    gopsPort: agentListener?.port,
    reachable: true,
    notes: [],
    warnings: exposedWarnings(answers),
  }
}
