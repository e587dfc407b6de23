// Where gops agents write down their ports: a file named after the process, in the configuration folder of its user.

import { readFileSync } from 'node:fs'
import { homedir, platform } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Folders where the agent of a process with this environment may have written (os.UserConfigDir of Go, and gops' own variable). */
export function gopsFolders(env: Environment, home = env.HOME): string[] {
  const out: string[] = []
  const add = (base: string | undefined, ...more: string[]): void => {
    if (base !== undefined && base !== '') out.push(join(base, ...more))
  }
  add(env.GOPS_CONFIG_DIR)
  add(env.XDG_CONFIG_HOME, 'gops')
  if (platform() === 'win32') add(env.APPDATA, 'gops')
  if (platform() === 'darwin') add(home, 'Library', 'Application Support', 'gops')
  add(home, '.config', 'gops')
  return [...new Set(out)]
}

/** The port of a process's agent; undefined if there is none. The file may be left over from one that has ended. */
export function gopsPort(pid: number, processEnv: Environment = {}): number | undefined {
  const folders = [...gopsFolders(processEnv), ...gopsFolders(process.env, homedir())]
  for (const folder of folders) {
    try {
      const text = readFileSync(join(folder, String(pid)), 'utf8').trim()
      const port = Number(text)
      if (/^\d+$/.test(text) && port > 0 && port < 65536) return port
    } catch {
      // Most processes have no agent.
    }
  }
  return undefined
}
