// A profile of a served source as the local tools would show it: with the names that executables on this machine have.

import { namelessMappings } from '../../core/analysis/mappings.ts'
import { UserError } from '../../core/base/errors.ts'
import type { Profile } from '../../core/model/profile.ts'
import type { Binaries } from '../binaries.ts'
import { archiveKind, unpackArchive } from '../capture/archive.ts'
import { locateBinaries } from '../locate-binaries.ts'
import { readAll } from '../read-bytes.ts'
import { decodeProfileBytes } from '../read-profile.ts'
import { symbolizeProfile } from '../symbolize.ts'
import type { NamedProfile } from './listings.ts'

/** A source, as far as this needs it. */
export interface Source {
  readonly name: string
  readonly content: Uint8Array | { readonly file: string }
}

/** Reads source `entry` of an archive, or the source itself if -1, and names it. Rejects with UserError or DecodeError. */
export async function readNamed(source: Source, entry: number, binaries: Binaries): Promise<NamedProfile> {
  const { name, content } = source
  const stored = 'file' in content ? await readAll(content.file) : content
  const kind = archiveKind(stored)
  const files = kind === undefined ? [{ name, bytes: stored }] : await unpackArchive(name, stored, kind)
  const file = files[entry < 0 ? 0 : entry]
  if (file === undefined || (entry < 0 && files.length > 1))
    throw new UserError('there is no such source here')
  const { profile } = await decodeProfileBytes(file.bytes, file.name)
  return named(profile, binaries)
}

/** Symbolizes what has no names yet. */
async function named(bare: Profile, binaries: Binaries): Promise<NamedProfile> {
  const remarks: string[] = []
  const warn = (text: string): void => void remarks.push(text)
  const { PPROF_BINARY_PATH: searchPath = '', HOME: home = '' } = process.env
  const located = await locateBinaries(bare, {
    binaries,
    searchPath,
    home,
    executable: undefined,
    buildId: '',
    warn,
  })
  const before = namelessMappings(located).length
  if (before === 0) return { profile: located, remarks }
  const profile = await symbolizeProfile(located, { mode: '', binaries, warn })
  const after = namelessMappings(profile).length
  return { profile, remarks, ...(after < before && { bare: located }) }
}
