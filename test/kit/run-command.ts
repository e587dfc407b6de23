import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository, whoever runs this: tests run from the source, tools from a bundle in memory. */
export const root = process.env.GOSCOPE_ROOT ?? join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** How the built program is started. */
export const goscope: readonly string[] = [process.execPath, join(root, 'bin', 'goscope.js')]

export interface RunOptions {
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

export interface RunResult {
  /** Exit status, or the signal's name. */
  readonly exit: number | string
  readonly stdout: Buffer
  readonly stderr: string
}

/**
 * Runs a command in a home of its own (HOME, TMPDIR, PPROF_TMPDIR, XDG_CONFIG_HOME), in UTC and
 * without the caller's settings for Go, Node, npm, pprof or colours, so that outputs depend on the arguments only.
 */
export async function runCommand(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const home = mkdtempSync(join(tmpdir(), 'goscope-test-'))
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    const personal =
      /^(PPROF_|GO|XDG_|DEBUGINFOD|NODE_|VITEST|npm_|NO_COLOR$|FORCE_COLOR$|COLORTERM$|BROWSER$|DISPLAY$)/
    if (value !== undefined && !personal.test(name)) env[name] = value
  }
  Object.assign(env, {
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    PPROF_TMPDIR: join(home, 'pprof'),
    XDG_CONFIG_HOME: join(home, 'config'),
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    ...options.env,
  })
  mkdirSync(join(home, 'tmp'))
  mkdirSync(join(home, 'pprof'))
  try {
    return await new Promise<RunResult>((resolve, reject) => {
      const child = spawn(argv[0]!, argv.slice(1), { cwd: options.cwd ?? root, env })
      const stdout: Buffer[] = []
      const stderr: Buffer[] = []
      const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 50_000)
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
      child.on('error', reject)
      child.on('close', (code, signal) => {
        clearTimeout(timer)
        const exit = code ?? signal ?? 'no status'
        resolve({ exit, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') })
      })
      // A child that ends before reading its input is no failure of the test.
      child.stdin.on('error', () => undefined)
      child.stdin.end(options.stdin ?? '')
    })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Lets at most `width` tasks run at a time; the machines that run this have two cores. */
export function limiter(width: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = width
  const waiting: (() => void)[] = []
  return async (task) => {
    if (free > 0) free--
    else await new Promise<void>((resume) => waiting.push(resume))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
