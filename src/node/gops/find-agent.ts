// From what the user names to the agent's address.

import { isIP } from 'node:net'
import { UserError } from '../../core/base/errors.ts'
import { pickEnvironment } from '../../core/formats/proc/limits.ts'
import { gopsPort } from '../proc/gops-port.ts'
import { procTextOrNone } from '../proc/read-proc.ts'

export interface AgentAddress {
  readonly host: string
  readonly port: number
}

/** The agent of a process (`4711`, `pid:4711`), or at `HOST:PORT`. Throws UserError. */
export function agentOf(target: string): AgentAddress {
  const pid = /^(?:pid:)?([1-9]\d{0,9})$/.exec(target)?.[1]
  if (pid !== undefined) {
    const port = gopsPort(Number(pid), environmentOf(Number(pid)))
    if (port !== undefined) return { host: '127.0.0.1', port }
    throw new UserError(
      `process ${pid} has no gops agent that is written down in ~/.config/gops; goscope ps shows how to reach it`,
    )
  }
  const place = /^(?:\[([^\]]+)\]|([^:/@]+)):(\d{1,5})$/.exec(target)
  const host = place?.[1] ?? place?.[2] ?? ''
  const port = Number(place?.[3])
  if (place === null || port > 65535 || (place[1] !== undefined && isIP(host) !== 6))
    throw new UserError(`${target} is neither a process id nor HOST:PORT`)
  return { host, port }
}

function environmentOf(pid: number): Readonly<Record<string, string>> {
  const environ = procTextOrNone(`/proc/${pid}/environ`) ?? ''
  return Object.fromEntries(pickEnvironment(environ, ['HOME', 'XDG_CONFIG_HOME', 'GOPS_CONFIG_DIR']))
}
