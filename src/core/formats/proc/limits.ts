// /proc/PID/limits (proc_pid_limits(5)) and /proc/PID/environ.

/** Limits that matter here; Infinity for `unlimited`. */
export interface ProcessLimits {
  readonly openFiles: number | undefined
  readonly processes: number | undefined
  readonly addressSpace: number | undefined
  readonly cpuSeconds: number | undefined
  readonly coreBytes: number | undefined
}

/** The soft limits, those that count. */
export function parseLimits(text: string): ProcessLimits {
  const soft = (name: string): number | undefined => {
    const word = new RegExp(`^${name} +(unlimited|\\d+)`, 'm').exec(text)?.[1]
    return word === undefined ? undefined : word === 'unlimited' ? Number.POSITIVE_INFINITY : Number(word)
  }
  return {
    openFiles: soft('Max open files'),
    processes: soft('Max processes'),
    addressSpace: soft('Max address space'),
    cpuSeconds: soft('Max cpu time'),
    coreBytes: soft('Max core file size'),
  }
}

/** Chosen variables of an environment block. The others may be secrets and are not kept. */
export function pickEnvironment(block: string, names: readonly string[]): ReadonlyMap<string, string> {
  const out = new Map<string, string>()
  for (const entry of block.split('\0')) {
    const mark = entry.indexOf('=')
    const name = entry.slice(0, mark)
    // As libc does: the first one counts.
    if (mark > 0 && names.includes(name) && !out.has(name)) out.set(name, entry.slice(mark + 1))
  }
  return out
}

/** How many numbers a list such as `0-3,7` holds; undefined if it is none. */
export function countOfList(list: string): number | undefined {
  let n = 0
  for (const part of list.trim().split(',')) {
    const m = /^(\d+)(?:-(\d+))?$/.exec(part)
    if (m === null) return undefined
    n += m[2] === undefined ? 1 : Number(m[2]) - Number(m[1]) + 1
  }
  return n > 0 ? n : undefined
}
