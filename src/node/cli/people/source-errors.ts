// What is wrong with a source, for people: one line that names the file, the place in it where there is
// one, and what to do next.

import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { nearest } from '../../../core/base/nearest.ts'

/** The error for the user. What is no fault of the source is thrown as it is. */
export function sourceProblem(source: string, e: unknown): UserError {
  const name = source === '-' ? 'standard input' : source
  if (e instanceof UserError) return new UserError(`${name}: ${e.message}`)
  if (e instanceof DecodeError) return new UserError(`${name}: ${decodeProblem(e)}`)
  switch ((e as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new UserError(`${name}: no such file${nearFiles(source)}`)
    case 'EISDIR':
      return new UserError(`${name}: is a folder; name the profiles in it: ${join(source, '*.pb.gz')}`)
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${name}: may not be read by this user (permission denied)`)
    case 'ENOTDIR':
      return new UserError(`${name}: no such file (a part of its path is not a folder)`)
    default:
      throw e
  }
}

const READABLE = 'profiles of pprof, folded stacks, speedscope and perf script can be read'

function decodeProblem(e: DecodeError): string {
  const kind = /^unrecognized profile format(?:: this is (.*))?$/.exec(e.message)
  if (kind !== null)
    return kind[1] === undefined ? `not a profile; ${READABLE}` : `not a profile: it is ${kind[1]}`
  if (/empty input/.test(e.message)) return 'empty; was it written to its end?'
  // The packers' messages name the place themselves.
  if (['gzip', 'zlib', 'zstd'].includes(e.format)) return `${e.message}; copy or fetch it again`
  const at = e.offset >= 0 ? ` (at byte ${e.offset})` : ''
  return `${e.message}${at}; the file is damaged, or no profile`
}

/** Files beside the missing one whose names are near to it. */
function nearFiles(source: string): string {
  let names: string[]
  try {
    names = readdirSync(dirname(source)).slice(0, 10_000)
  } catch {
    // There is no such folder either: nothing to suggest.
    return ''
  }
  const near = nearest(basename(source), names, 2).map((n) => join(dirname(source), n))
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`
}
