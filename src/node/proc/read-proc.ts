// Reading /proc. Files there have no size, may vanish between two calls, and may be forbidden.

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

/** Why something in /proc cannot be read: 'gone' is a process that has ended. */
export type Unreadable = 'gone' | 'forbidden' | 'missing'

export class ProcError extends Error {
  readonly why: Unreadable

  constructor(why: Unreadable, path: string) {
    super(`${path}: ${why}`)
    this.why = why
  }
}

const WHY: Readonly<Record<string, Unreadable>> = {
  ESRCH: 'gone',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
}

function tell<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (e) {
    const why = WHY[(e as NodeJS.ErrnoException).code ?? '']
    throw new ProcError(why ?? 'missing', path)
  }
}

/** Text of a file. Throws ProcError. */
export function procText(path: string): string {
  return tell(path, () => readFileSync(path, 'latin1'))
}

/** Text of a file, undefined where it cannot be read. */
export function procTextOrNone(path: string): string | undefined {
  return orNone(() => procText(path))
}

/** What a link says. Throws ProcError. */
export function procLink(path: string): string {
  return tell(path, () => readlinkSync(path))
}

/** Names in a folder. Throws ProcError. */
export function procNames(path: string): string[] {
  return tell(path, () => readdirSync(path))
}

/** Owner of a process: of its folder, which is root for one that may not be dumped. */
export function procOwner(pid: number): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid
}

/** The value, undefined where /proc refuses it. */
export function orNone<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (e) {
    if (e instanceof ProcError) return undefined
    throw e
  }
}
