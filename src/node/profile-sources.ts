// From the sources of a command line to the one profile that is reported on: read, checked, made
// alike, merged, the base taken away.

import { existsSync } from 'node:fs'
import { prune } from '../core/analysis/filter.ts'
import { setTextLabel } from '../core/analysis/labels.ts'
import { mergeProfiles } from '../core/analysis/merge.ts'
import { harmonize, negate, normalize } from '../core/analysis/scale.ts'
import { DecodeError, UserError } from '../core/base/errors.ts'
import { engineFor } from '../core/base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../core/base/regexp.ts'
import type { Profile } from '../core/model/profile.ts'
import { BASE_LABEL } from '../core/reports/report.ts'
import { BinaryFiles } from './binary-file.ts'
import { locateBinaries } from './locate-binaries.ts'
import { type LoadedProfile, readProfile } from './read-profile.ts'
import { symbolizeProfile } from './symbolize.ts'

export interface SourceOptions {
  readonly sources: readonly string[]
  readonly base: readonly string[]
  /** Whether the base's samples are marked and make up the total. */
  readonly diffBase: boolean
  /** Scale the profile to the base's sums first. */
  readonly normalize: boolean
  /** Executable given in front of the sources, and a build id to fill in. */
  readonly executable?: string
  readonly buildId: string
  /** Value of -symbolize: parts joined by ':'. */
  readonly symbolize: string
  readonly comment: string
  readonly warn: (text: string) => void
  /** Where executables are opened; other ones than the caller's if not given. */
  readonly binaries?: BinaryFiles
  /** Whether names in the comments of text profiles are taken, which the reference ignores. */
  readonly symbols?: boolean
  /** Is told of each source that was read. */
  readonly onRead?: (source: string, loaded: LoadedProfile) => void
  /** Ends it all for a source that cannot be read; without it such a source is reported and left out. */
  readonly onUnreadable?: (source: string, error: unknown) => never
}

/** Reads and combines the sources. Sources that fail are reported; it is an error only if none is left. Throws UserError. */
export async function loadSources(o: SourceOptions): Promise<Profile> {
  const binaries = o.binaries ?? new BinaryFiles()
  const [main, base] = await Promise.all([grab(o.sources, o, binaries), grab(o.base, o, binaries)])
  if (main.length === 0) throw new UserError('failed to fetch any source profiles')
  if (base.length === 0 && o.base.length > 0) throw new UserError('failed to fetch any base profiles')
  if (main.length < o.sources.length)
    o.warn(`Fetched ${main.length} source profiles out of ${o.sources.length}`)
  if (base.length < o.base.length) o.warn(`Fetched ${base.length} base profiles out of ${o.base.length}`)
  let profile = combine(main, 'problem fetching source profiles: ')
  if (base.length > 0) {
    let from = combine(base, 'problem fetching base profiles: ', ',')
    if (o.diffBase) from = setTextLabel(from, BASE_LABEL, 'true')
    if (o.normalize) profile = normalize(profile, from)
    profile = combine([profile, negate(from)], '')
  }
  profile = await symbolizeProfile(profile, { mode: o.symbolize, binaries, warn: o.warn })
  profile = await dropFrames(profile, o.warn)
  return o.comment === '' ? profile : { ...profile, comments: [...profile.comments, o.comment] }
}

/** Sources that are read side by side: enough to keep unpacking and decoding busy, few enough to bound memory. */
const AT_ONCE = 4

async function grab(
  sources: readonly string[],
  o: SourceOptions,
  binaries: BinaryFiles,
): Promise<Profile[]> {
  const out: Profile[] = []
  for (let at = 0; at < sources.length; at += AT_ONCE) {
    const group = sources.slice(at, at + AT_ONCE)
    const read = await Promise.allSettled(group.map((source) => readProfile(source, { symbols: o.symbols ?? false })))
    read.forEach((r, i) => {
      const source = group[i]!
      if (r.status === 'fulfilled') {
        o.onRead?.(source, r.value)
        out.push(locate(r.value.profile, o, binaries))
      } else if (o.onUnreadable !== undefined) o.onUnreadable(source, r.reason)
      else o.warn(`${source}: ${sourceError(source, r.reason)}`)
    })
  }
  return out
}

function locate(p: Profile, o: SourceOptions, binaries: BinaryFiles): Profile {
  const { PPROF_BINARY_PATH: searchPath = '', HOME: home = '' } = process.env
  const { executable, buildId, warn } = o
  return locateBinaries(p, { binaries, searchPath, home, executable, buildId, warn })
}

/** What went wrong with a source, in one line. Passes on what is no fault of the source. */
function sourceError(source: string, e: unknown): string {
  if (e instanceof DecodeError)
    return `parsing profile: ${e.message}${e.offset >= 0 ? ` (at byte ${e.offset})` : ''}`
  if (e instanceof UserError) return e.message
  const code = (e as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return `open ${source}: no such file or directory`
  if (code === 'EISDIR') return `read ${source}: is a directory`
  if (code === 'EACCES') return `open ${source}: permission denied`
  if (typeof code === 'string' && existsSync(source)) return `read ${source}: ${code}`
  throw e
}

function combine(profiles: readonly Profile[], before: string, after = ''): Profile {
  try {
    const alike = harmonize(profiles)
    return alike.length === 1 ? alike[0]! : mergeProfiles(alike)
  } catch (e) {
    if (e instanceof UserError) throw new UserError(`${before}${e.message}${after}`)
    throw e
  }
}

/** Applies the profile's own list of frames that are of no interest. */
async function dropFrames(p: Profile, warn: (text: string) => void): Promise<Profile> {
  if (p.dropFrames === '') return p
  const drop = `^(${p.dropFrames})$`
  const keep = `^(${p.keepFrames})$`
  try {
    const engine = await engineFor([drop, keep])
    return prune(
      p,
      compileRegexp(drop, engine),
      p.keepFrames === '' ? undefined : compileRegexp(keep, engine),
    )
  } catch (e) {
    if (!(e instanceof RegexpError)) throw e
    warn(`the profile's drop_frames are ignored: ${e.message}`)
    return p
  }
}
