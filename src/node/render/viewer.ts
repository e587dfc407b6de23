// Shows a file to the user in another program. No shell is involved and no name of a profile gets into the
// command line: the program's own arguments and the path of a temporary file, nothing else.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { UserError } from '../../core/base/errors.ts'
import type { Viewer } from '../../core/reports/index.ts'

/** A program with its arguments; the file's path comes last. */
export type ViewerCommand = readonly [program: string, ...args: string[]]

/** The programs that may show it, in the order in which they are tried: the reference's list. */
export function viewerCommands(
  viewer: Viewer,
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): ViewerCommand[] {
  if (viewer === 'gv') return [['gv', '--noantialias']]
  if (viewer !== 'browser') return [[viewer]]
  const commands: ViewerCommand[] = []
  const own = env.BROWSER?.trim()
  if (own) {
    // A path may hold blanks; otherwise they separate arguments.
    const [program = own, ...args] = existsSync(own) ? [own] : own.split(/\s+/)
    commands.push([program, ...args])
  }
  if (platform === 'darwin') commands.push(['/usr/bin/open'])
  // The reference has `cmd /c start` here, which is a shell.
  else if (platform === 'win32') commands.push(['rundll32', 'url.dll,FileProtocolHandler'])
  else {
    for (const name of ['chrome', 'google-chrome', 'chromium', 'firefox', 'sensible-browser'])
      commands.push([name])
    if (env.DISPLAY || env.WAYLAND_DISPLAY) commands.push(['xdg-open'])
  }
  return commands
}

export interface ShowOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly platform?: string
}

/** A file that is being shown. */
export interface Shown {
  /** Waits for the program's end, but not less than it needs to read the file. Throws UserError if it failed. */
  untilClosed(): Promise<void>
  /** Lets the program run on when ours ends. */
  detach(): void
  /** Removes the file; to be called when the user is done with it. */
  remove(): void
}

/** A program that only hands the file to another one (a browser that runs already) needs this long. */
const READING_MS = 2000

/**
 * Writes the bytes into a temporary file that only the user may read, and starts the first program that is
 * there. Throws UserError if none is.
 */
export async function showFile(
  bytes: Uint8Array,
  ending: string,
  viewer: Viewer,
  { env = process.env, platform = process.platform }: ShowOptions = {},
): Promise<Shown> {
  const folder = mkdtempSync(join(tmpdir(), 'goscope-'))
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true })
    process.off('exit', remove)
  }
  process.on('exit', remove)
  try {
    const path = join(folder, `pprof001.${ending}`)
    writeFileSync(path, bytes, { mode: 0o600 })
    const commands = viewerCommands(viewer, env, platform)
    for (const command of commands) {
      const started = await start(command, path, env)
      if (started === undefined) continue
      const { child, closed } = started
      const untilClosed = async (): Promise<void> => {
        await Promise.all([closed, delay(READING_MS)])
      }
      return { untilClosed, detach: () => child.unref(), remove }
    }
    throw new UserError(noViewer(viewer, commands))
  } catch (e) {
    remove()
    throw e
  }
}

/** Starts the program; undefined if there is none of that name. `closed` is its end. */
function start(
  [program, ...args]: ViewerCommand,
  path: string,
  env: ShowOptions['env'],
): Promise<{ child: ChildProcess; closed: Promise<void> } | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args, path], {
      shell: false,
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'ignore', 'inherit'],
      windowsHide: true,
    })
    child.on('error', () => resolve(undefined))
    child.on('spawn', () => {
      const closed = new Promise<void>((done, fail) => {
        child.on('exit', (status, signal) => {
          if (status === 0 || signal !== null) done()
          else fail(new UserError(`${program} failed: exit status ${status}`))
        })
      })
      // Whether anybody waits for it is the caller's affair: a failure alone must not end the program.
      closed.catch(() => {})
      resolve({ child, closed })
    })
  })
}

function noViewer(viewer: Viewer, commands: readonly ViewerCommand[]): string {
  const tried = commands.map(([program]) => program).join(', ')
  if (viewer === 'browser')
    return `no browser found (tried ${tried}): name one in $BROWSER, or save the output with -output=FILE`
  return `${viewer} is not installed; save the output with -output=FILE and open it with another program`
}
