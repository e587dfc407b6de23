// From the sources of a command line to the one profile that is reported on: read, checked, made
// alike, merged, the base taken away.

import { existsSync } from 'node:fs'
import { setTextLabel } from '../core/analysis/labels.ts'
import { harmonize, negate, normalize } from '../core/analysis/scale.ts'
import { DecodeError, UserError } from '../core/base/errors.ts'
import { joinPath } from '../core/base/go-path.ts'
import type { Profile } from '../core/model/profile.ts'
import { BASE_LABEL } from '../core/reports/report.ts'
import { type Binaries, openBinaries } from './binaries.ts'
import { locateBinaries } from './locate-binaries.ts'
import { type LiveOptions, type LoadedProfile, readProfile } from './read-profile.ts'
import type { FetchedMappings } from './remote-symbols.ts'
import { symbolizeProfile } from './symbolize.ts'
import { systemError } from './system-error.ts'

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
  readonly binaries?: Binaries
  /** Whether names in the comments of text profiles are taken, which the reference ignores. */
  readonly symbols?: boolean
  /** How profiles are fetched from servers. `progress` is standard error unless given. */
  readonly live?: LiveOptions
  /** Is told of each source that was read, by its name without secrets. */
  readonly onRead?: (source: string, loaded: LoadedProfile) => void
  /** Ends it all for a source that cannot be read; without it such a source is reported and left out. */
  readonly onUnreadable?: (source: string, error: unknown) => never
}

/** A source's profile, and its mappings' server if it has one. */
interface Grabbed {
  readonly profile: Profile
  readonly fetched?: FetchedMappings
}

/** Reads and combines the sources. Sources that fail are reported; it is an error only if none is left. Throws UserError. */
export async function loadSources(o: SourceOptions): Promise<Profile> {
  const binaries = o.binaries ?? openBinaries()
  const live = { progress: (text: string) => void process.stderr.write(`${text}\n`), ...o.live }
  const grab = grabber({ ...o, live }, binaries)
  const [main, base] = await Promise.all([grab(o.sources), grab(o.base)])
  if (main.length === 0) throw new UserError('failed to fetch any source profiles')
  if (base.length === 0 && o.base.length > 0) throw new UserError('failed to fetch any base profiles')
  if (main.length < o.sources.length)
    o.warn(`Fetched ${main.length} source profiles out of ${o.sources.length}`)
  if (base.length < o.base.length) o.warn(`Fetched ${base.length} base profiles out of ${o.base.length}`)
  let profile = await combine(
    main.map((g) => g.profile),
    'problem fetching source profiles: ',
  )
  if (base.length > 0) {
    let from = await combine(
      base.map((g) => g.profile),
      'problem fetching base profiles: ',
      ',',
    )
    if (o.diffBase) from = setTextLabel(from, BASE_LABEL, 'true')
    if (o.normalize) profile = normalize(profile, from)
    profile = await combine([profile, negate(from)], '')
  }
  const fetched = [...main, ...base].flatMap((g) => g.fetched ?? [])
  const remote = await namesFromServers(fetched, live, o)
  profile = await symbolizeProfile(profile, {
    mode: o.symbolize,
    binaries,
    warn: o.warn,
    ...(remote && { remote }),
  })
  if (profile.dropFrames !== '') {
    const { dropFrames } = await import('./drop-frames.ts')
    profile = await dropFrames(profile, o.warn)
  }
  profile = await withoutAddresses(profile, o)
  if (o.comment !== '') profile = { ...profile, comments: [...profile.comments, o.comment] }
  if (fetched.length > 0) await save(profile, o.warn, live.progress)
  return profile
}

/** Sources that are read side by side: enough to keep unpacking and decoding busy, few enough to bound memory. */
const AT_ONCE = 4
/** Sources that are waited for side by side, as in the reference: servers measure at the same time. */
const WAITED_FOR = 128

function grabber(o: SourceOptions, binaries: Binaries): (sources: readonly string[]) => Promise<Grabbed[]> {
  const turn = turns(AT_ONCE)
  const options = { symbols: o.symbols ?? false, ...(o.live && { live: o.live }), turn }
  return async (sources) => {
    const out: Grabbed[] = []
    for (let at = 0; at < sources.length; at += WAITED_FOR) {
      const group = sources.slice(at, at + WAITED_FOR)
      const read = await Promise.allSettled(group.map((source) => readProfile(source, options)))
      for (const [i, r] of read.entries()) {
        const source = group[i]!
        const name = await withoutSecrets(source)
        if (r.status === 'fulfilled') {
          o.onRead?.(name, r.value)
          out.push(await withServer(await locate(r.value.profile, o, binaries), r.value))
        } else if (o.onUnreadable !== undefined) o.onUnreadable(name, r.reason)
        else o.warn(`${name}: ${sourceError(source, name, r.reason)}`)
      }
    }
    return out
  }
}

/** Lets so many pieces of work run at the same time; the others wait for their turn. */
function turns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = atOnce
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}

async function withoutSecrets(source: string): Promise<string> {
  if (!/[@:]|^\/\//.test(source) || existsSync(source)) return source
  const { redacted } = await import('./source-url.ts')
  return redacted(source)
}

async function withServer(profile: Profile, { address }: LoadedProfile): Promise<Grabbed> {
  if (address === undefined) return { profile }
  const { nameAfterServer } = await import('./remote-symbols.ts')
  return nameAfterServer(profile, address)
}

/** The step that asks the servers for names; undefined if there are no servers. */
async function namesFromServers(
  fetched: readonly FetchedMappings[],
  live: LiveOptions,
  o: SourceOptions,
): Promise<((p: Profile, force: boolean) => Promise<Profile>) | undefined> {
  if (fetched.length === 0) return undefined
  const { symbolizeRemotely } = await import('./remote-symbols.ts')
  return async (p, force) => {
    try {
      return await symbolizeRemotely(p, fetched, force, live)
    } catch (e) {
      // For the reference this is the end. Where names are taken from everywhere, some may be missing.
      if (!(e instanceof UserError) || o.symbols !== true) throw e
      o.warn(e.message)
      return p
    }
  }
}

/** Takes addresses of servers out of the file names of mappings, ours and those that were there before. */
async function withoutAddresses(p: Profile, o: SourceOptions): Promise<Profile> {
  const { mappings, strings } = p
  // The reference takes the drive in C:\app.exe for a scheme, too, unless it runs on Windows.
  const drives = o.symbols === true || process.platform === 'win32'
  const suspicious = (file: string): boolean =>
    /^[a-z][a-z0-9+.-]*:/i.test(file) && !(drives && /^[a-z]:[\\/]/i.test(file))
  if (!mappings.file.some((id) => suspicious(strings.get(id)))) return p
  const [{ unnameMappings }, { isAbsoluteUrl }] = await Promise.all([
    import('../core/analysis/symbolz.ts'),
    import('./source-url.ts'),
  ])
  return unnameMappings(p, (file) => suspicious(file) && isAbsoluteUrl(file))
}

async function save(
  p: Profile,
  warn: (text: string) => void,
  progress: (text: string) => void,
): Promise<void> {
  const { saveProfile } = await import('./save-profile.ts')
  try {
    progress(`Saved profile in ${await saveProfile(p, warn)}`)
  } catch (e) {
    if (!(e instanceof UserError)) throw e
    warn(`Could not save profile: ${e.message}`)
  }
}

function locate(p: Profile, o: SourceOptions, binaries: Binaries): Promise<Profile> {
  const { PPROF_BINARY_PATH: searchPath = '', HOME: home = '' } = process.env
  const { executable, buildId, warn } = o
  return locateBinaries(p, { binaries, searchPath, home, executable, buildId, warn })
}

/** What went wrong with a source, in one line. Passes on what is no fault of the source. */
function sourceError(source: string, name: string, e: unknown): string {
  if (e instanceof DecodeError)
    return `parsing profile: ${e.message}${e.offset >= 0 ? ` (at byte ${e.offset})` : ''}`
  if (e instanceof UserError) return e.message
  const code = (e as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'EACCES') return systemError('open', name, e)
  if (code === 'EISDIR')
    return `${systemError('read', name, e)}; name the profiles in it: ${joinPath(name, '*.pb.gz')}`
  if (typeof code === 'string' && existsSync(source)) return systemError('read', name, e)
  throw e
}

async function combine(profiles: readonly Profile[], before: string, after = ''): Promise<Profile> {
  try {
    const alike = harmonize(profiles)
    if (alike.length === 1) return alike[0]!
    const { mergeProfiles } = await import('../core/analysis/merge.ts')
    return mergeProfiles(alike)
  } catch (e) {
    if (e instanceof UserError) throw new UserError(`${before}${e.message}${after}`)
    throw e
  }
}
