// From what the user names to what is watched.

import { basename } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import { executableOf, hasArguments, processOfServer } from '../live/local-process.ts'
import { isProcess } from '../live/proc-files.ts'
import { pidOf, type Target, targetOf } from '../live/target.ts'
import { profileSource } from '../proc/go-process.ts'
import { findGoPrograms } from '../proc/go-processes.ts'
import { GopsSource } from './gops-source.ts'
import { HttpSource, type HttpSourceOptions } from './http-source.ts'
import { type TargetFacts, WatchedTarget } from './watched-target.ts'

export interface OpenTargetOptions extends HttpSourceOptions {
  readonly pprofPath?: string
  readonly history: number
}

/** Without a look at its own ports, a process is watched by what the system says. */
const PROBE_MS = 1000

/** `host:port`, a URL, `unix:/path.sock`, `pid:N`. Throws UserError. */
export async function openTarget(text: string, o: OpenTargetOptions): Promise<WatchedTarget> {
  const pid = pidOf(text)
  if (pid !== undefined) return openProcess(pid, o)
  const target = targetOf(text, o)
  return new WatchedTarget({
    facts: {
      shown: shortly(target.shown),
      argument: text,
      pid: undefined,
      program: '',
      name: target.name,
      goVersion: '',
    },
    source: new HttpSource(target, o),
    findProcess: (signal) => processBehind(target, o, signal),
    history: o.history,
  })
}

async function openProcess(pid: number, o: OpenTargetOptions): Promise<WatchedTarget> {
  if (process.platform !== 'linux')
    throw new UserError(
      `pid:${pid}: processes are watched on Linux only; give the address of its server instead`,
    )
  if (!isProcess(pid)) throw new UserError(`pid:${pid}: there is no such process`)
  const { processes } = await findGoPrograms({ pids: [pid], probe: true, timeoutMs: PROBE_MS })
  const found = processes[0]
  const address = found === undefined ? undefined : profileSource(found)
  const { path, goVersion } = executableOf(pid)
  const facts: TargetFacts = {
    shown: address === undefined ? `pid:${pid}` : shortly(address),
    argument: `pid:${pid}`,
    name: `pid-${pid}`,
    pid,
    program: basename(path.replace(/ \(deleted\)$/, '')) || `pid ${pid}`,
    goVersion: goVersion ?? (found === undefined ? 'not Go' : ''),
  }
  const source =
    address !== undefined
      ? new HttpSource(targetOf(address, o, pid), o)
      : found?.gopsPort !== undefined
        ? new GopsSource(found.gopsPort, o.timeoutMs)
        : undefined
  return new WatchedTarget({ facts, source, findProcess: undefined, history: o.history })
}

/** An address as people write it, which is still one that can be given. */
function shortly(address: string): string {
  return address.replace(/^http:\/\//, '').replace(/:?\/debug\/pprof\/$/, '')
}

/** The process of a server on this machine, if it is the program itself and no tunnel to another. */
async function processBehind(
  target: Target,
  o: OpenTargetOptions,
  signal: AbortSignal,
): Promise<Partial<TargetFacts>> {
  const { pid } = processOfServer(target.server)
  if (pid === undefined) return {}
  const { path, goVersion } = executableOf(pid)
  const source = new HttpSource(target, o)
  const told = await source.commandLine(signal)
  source.close()
  if (told === undefined ? goVersion === undefined : !hasArguments(pid, told)) return {}
  return {
    pid,
    program: basename(path.replace(/ \(deleted\)$/, '')),
    ...(goVersion !== undefined && { goVersion }),
  }
}
