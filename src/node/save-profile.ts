// Fetched profiles are kept: the next one from the same server will be another.

import { closeSync, constants, copyFileSync, linkSync, mkdirSync, openSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../core/base/errors.ts'
import { baseName } from '../core/base/go-path.ts'
import { displayable } from '../core/base/utf8.ts'
import { encodeProfile } from '../core/formats/pprof/encode.ts'
import type { Profile } from '../core/model/profile.ts'
import { GzipSink } from './gzip-sink.ts'
import { writeAll } from './output.ts'
import { systemError } from './system-error.ts'

/**
 * Writes the profile to a new file where `go tool pprof` keeps them: in PPROF_TMPDIR, else $HOME/pprof,
 * else the folder for temporary files. Returns its path. No file is overwritten, and the file is there
 * whole or not at all. Folders that cannot be used are reported. Throws UserError.
 */
export async function saveProfile(
  p: Profile,
  warn: (text: string) => void,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const folder = saveFolder(warn, env)
  const gzip = new GzipSink()
  for (const piece of encodeProfile(p)) gzip.bytes(piece)
  const pieces: Uint8Array[] = []
  for await (const piece of gzip.finish()) pieces.push(piece)
  try {
    return writeNew(folder, savedName(p), pieces)
  } catch (e) {
    if (e instanceof UserError) throw e
    throw new UserError(systemError('open', folder, e))
  }
}

function saveFolder(warn: (text: string) => void, env: Readonly<Record<string, string | undefined>>): string {
  const home = env[process.platform === 'win32' ? 'USERPROFILE' : 'HOME']
  const folders = [env.PPROF_TMPDIR, home && join(home, 'pprof'), tmpdir()]
  for (const folder of folders) {
    if (!folder) continue
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      return folder
    } catch (e) {
      warn(`Could not use temp dir ${folder}: ${systemError('mkdir', folder, e)}`)
    }
  }
  throw new UserError('failed to identify temp dir')
}

/** File systems take 255 bytes; the number and the ending come on top. */
const MAX_NAME_BYTES = 200

/** `pprof.PROGRAM.TYPE.TYPE.`; what a server put into these must stay one name of a file. */
function savedName(p: Profile): string {
  const { mappings } = p
  const file = mappings.count === 0 ? '' : p.strings.get(mappings.file[1]!)
  const parts = ['pprof', ...(file === '' ? [] : [baseName(file)]), ...p.sampleTypes.map((t) => t.type)]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be in a name
  const name = displayable(parts.join('.')).replace(/[\0-\x1f\x7f-\x9f/\\]/g, '_')
  const fits = Buffer.from(name, 'utf8')
    .subarray(0, MAX_NAME_BYTES)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
  return `${process.platform === 'win32' ? fits.replace(/[<>:"|?*]/g, '_') : fits}.`
}

function writeNew(folder: string, name: string, pieces: readonly Uint8Array[]): string {
  const partial = join(folder, `.${name.slice(0, 40)}${process.pid}.${process.hrtime.bigint()}.partial`)
  const fd = openSync(partial, 'wx', 0o666)
  try {
    try {
      for (const piece of pieces) writeAll(fd, piece)
    } finally {
      closeSync(fd)
    }
    return placeNew(folder, name, partial)
  } finally {
    unlinkSync(partial)
  }
}

/** Gives a finished file the first free number. A link is made whole, or not at all if the name is taken. */
function placeNew(folder: string, name: string, partial: string): string {
  for (let n = 1; n < 10_000; n++) {
    const path = join(folder, `${name}${String(n).padStart(3, '0')}.pb.gz`)
    try {
      place(partial, path)
      return path
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e
    }
  }
  throw new UserError(`could not create file of the form ${join(folder, name)}NNN.pb.gz`)
}

function place(partial: string, path: string): void {
  try {
    linkSync(partial, path)
  } catch (e) {
    // Some file systems have no links.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes((e as NodeJS.ErrnoException).code ?? ''))
      throw e
    copyFileSync(partial, path, constants.COPYFILE_EXCL)
  }
}
