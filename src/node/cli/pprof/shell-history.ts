// Lines typed in earlier runs of the shell. A convenience: whatever is wrong with its file, the shell works.

import {
  appendFileSync,
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

/** Lines that are offered. */
const SIZE = 1000
/** A file larger than this is cut to its last lines. */
const LARGEST = 1 << 18

/** Where programs keep such things (XDG base directory specification; LOCALAPPDATA on Windows). */
export function historyPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): string {
  const set = platform === 'win32' ? env.LOCALAPPDATA : env.XDG_STATE_HOME
  const base = set !== undefined && isAbsolute(set) ? set : join(home, '.local', 'state')
  return join(base, 'goscope', 'pprof-history')
}

export class ShellHistory {
  readonly size = SIZE
  private readonly path: string
  private last: string | undefined
  private usable = true

  constructor(path = historyPath(process.env, process.platform, homedir())) {
    this.path = path
  }

  /** Earlier lines, the newest first. */
  load(): string[] {
    let text: string
    try {
      text = readTail(this.path)
    } catch {
      return []
    }
    // Control characters would reach the terminal when the line is called back.
    const lines = text.split('\n').filter((line) => keeps(line))
    this.last = lines.at(-1)
    return lines.slice(-SIZE).reverse()
  }

  /** Keeps a line, unless it is the one before once more. */
  add(line: string): void {
    if (!this.usable || line === this.last || !keeps(line)) return
    this.last = line
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
      // Several shells may be open: each appends.
      appendFileSync(this.path, `${line}\n`, { mode: 0o600 })
    } catch {
      this.usable = false
    }
  }
}

const keeps = (line: string): boolean => line.trim() !== '' && !/[\p{Cc}\p{Cs}]/u.test(line)

/** The last lines of the file, which is cut to them if it has grown too large. Throws the system's error. */
function readTail(path: string): string {
  const fd = openSync(path, 'r')
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return ''
    if ((stat.mode & 0o077) !== 0) chmodSync(path, 0o600)
    const from = Math.max(0, stat.size - LARGEST)
    const bytes = Buffer.alloc(stat.size - from)
    const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, from))
    if (from === 0) return text
    const whole = text.slice(text.indexOf('\n') + 1)
    const kept = whole
      .split('\n')
      .slice(-SIZE - 1)
      .join('\n')
    const beside = `${path}.${process.pid}`
    writeFileSync(beside, kept, { mode: 0o600, flag: 'wx' })
    renameSync(beside, path)
    return kept
  } finally {
    closeSync(fd)
  }
}
