// What a key of the page takes from the program now: a whole capture by our own command line, or one profile.

import { spawn } from 'node:child_process'
import { UserError } from '../../core/base/errors.ts'
import { maxRemoteBytes } from '../fetch.ts'
import { type ClientOptions, LiveClient } from '../live/http-client.ts'
import { pageOf, type Target } from '../live/target.ts'
import { writeAll, writeFileWhole } from '../output.ts'

/** Profiles that have a key. */
export type Taken = 'cpu' | 'heap' | 'goroutines'

const PROFILES: Readonly<Record<Taken, { path: string; query: string; seconds: number; file: string }>> = {
  cpu: { path: 'profile', query: 'seconds=10', seconds: 10, file: 'cpu.pb.gz' },
  heap: { path: 'heap', query: '', seconds: 0, file: 'heap.pb.gz' },
  goroutines: { path: 'goroutine', query: 'debug=2', seconds: 0, file: 'goroutine.debug2.txt' },
}

/** `20261121-140359`, for names of files. */
export function timeStamp(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0')
  const date = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`
  return `${date}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`
}

/** Fetches a profile into a file of the working folder; returns its name. Throws UserError. */
export async function takeProfile(
  target: Target,
  what: Taken,
  reach: Pick<ClientOptions, 'headers' | 'tls'>,
  signal: AbortSignal,
): Promise<string> {
  const { path, query, seconds, file } = PROFILES[what]
  const client = new LiveClient(reach)
  const chunks: Uint8Array[] = []
  try {
    await client.get(pageOf(target, path, query), {
      seconds,
      maxBytes: maxRemoteBytes(),
      sink: (chunk) => chunks.push(chunk),
      signal,
    })
  } finally {
    client.close()
  }
  const name = `${target.name}-${timeStamp(new Date())}.${file}`
  writeFileWhole(name, (fd) => {
    for (const chunk of chunks) writeAll(fd, chunk)
  })
  return name
}

/**
 * Runs `goscope capture` beside us into a new folder; returns its name. Throws UserError with the last line that it
 * said. `more` are flags that the target needs. The signal ends it as Ctrl-C does: what is there is kept.
 */
export function takeCapture(
  argument: string,
  name: string,
  more: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const folder = `${name}-${timeStamp(new Date())}`
  const program = process.argv[1]
  if (program === undefined) throw new UserError('goscope does not know its own place')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'capture', argument, '-o', folder, ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const end = (): void => void child.kill('SIGINT')
    signal.addEventListener('abort', end, { once: true })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2000)
    })
    child.on('error', (e) => reject(new UserError(e.message)))
    child.on('close', (status) => {
      signal.removeEventListener('abort', end)
      if (status === 0) resolve(folder)
      else
        reject(new UserError(said.trim().split('\n').at(-1) || `goscope capture ended with status ${status}`))
    })
  })
}
