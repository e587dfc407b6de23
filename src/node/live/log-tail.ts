// The end of a program's log file, for a capture.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import { sniffLog } from '../../core/formats/log/read-log.ts'
import { systemError } from '../system-error.ts'

export interface CopiedLog {
  /** Name in the capture. */
  readonly name: string
  readonly content: Uint8Array
  readonly from: string
  /** Why there is no content. */
  readonly problem?: string
}

/** So much of the end is taken: gctrace of some 60 000 collections. */
const TAIL_BYTES = 8 << 20

/** The ends of the files, from the start of a line on, under names that say what is in them. */
export function copyLogs(paths: readonly string[]): CopiedLog[] {
  const used = new Set<string>()
  return paths.map((path) => {
    const unique = (name: string): string => {
      let out = name
      for (let n = 2; used.has(out); n++) out = name.replace(/\.log$/, `-${n}.log`)
      used.add(out)
      return out
    }
    try {
      const content = tailOf(path)
      const kind = sniffLog(content.subarray(0, 65536))
      return {
        name: unique(kind === undefined ? 'program.log' : `${kind}.log`),
        content,
        from: basename(path),
      }
    } catch (e) {
      const problem = e instanceof UserError ? e.message : systemError('open', path, e)
      return { name: basename(path), content: new Uint8Array(0), from: basename(path), problem }
    }
  })
}

function tailOf(path: string): Uint8Array {
  const fd = openSync(path, 'r')
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) throw new UserError(`${path}: is no ordinary file`)
    const start = Math.max(0, stat.size - TAIL_BYTES)
    const out = new Uint8Array(stat.size - start)
    let length = 0
    while (length < out.length) {
      const n = readSync(fd, out, length, out.length - length, start + length)
      if (n === 0) break
      length += n
    }
    const tail = out.subarray(0, length)
    return start === 0 ? tail : tail.subarray(tail.indexOf(10) + 1)
  } finally {
    closeSync(fd)
  }
}
