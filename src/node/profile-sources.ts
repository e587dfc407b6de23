// From the sources of a command line to the one profile that is reported on: read, checked, made
// alike, merged, the base taken away.

import { existsSync } from 'node:fs'
import { demangleFunctions, needsDemangler } from '../core/analysis/demangle.ts'
import { prune } from '../core/analysis/filter.ts'
import { setTextLabel } from '../core/analysis/labels.ts'
import { withDefaultMapping, withMainBinary } from '../core/analysis/mappings.ts'
import { mergeProfiles } from '../core/analysis/merge.ts'
import { harmonize, negate, normalize } from '../core/analysis/scale.ts'
import { DecodeError, UserError } from '../core/base/errors.ts'
import { engineFor } from '../core/base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../core/base/regexp.ts'
import type { Profile } from '../core/model/profile.ts'
import { BASE_LABEL } from '../core/reports/report.ts'
import { loadDemangler } from './demangler.ts'
import { readProfile } from './read-profile.ts'

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
}

/** Reads and combines the sources. Sources that fail are reported; it is an error only if none is left. Throws UserError. */
export async function loadSources(o: SourceOptions): Promise<Profile> {
  const [main, base] = await Promise.all([grab(o.sources, o), grab(o.base, o)])
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
  if (
    !o.symbolize
      .toLowerCase()
      .split(':')
      .some((m) => m === 'none' || m === 'no')
  )
    profile = await demangle(profile)
  profile = await dropFrames(profile, o.warn)
  return o.comment === '' ? profile : { ...profile, comments: [...profile.comments, o.comment] }
}

/** Sources that are read side by side: enough to keep unpacking and decoding busy, few enough to bound memory. */
const AT_ONCE = 4

async function grab(sources: readonly string[], o: SourceOptions): Promise<Profile[]> {
  const out: Profile[] = []
  for (let at = 0; at < sources.length; at += AT_ONCE) {
    const group = sources.slice(at, at + AT_ONCE)
    const read = await Promise.allSettled(group.map((source) => readProfile(source)))
    read.forEach((r, i) => {
      const source = group[i]!
      if (r.status === 'fulfilled')
        out.push(withMainBinary(withDefaultMapping(r.value.profile), o.executable, o.buildId))
      else o.warn(`${source}: ${sourceError(source, r.reason)}`)
    })
  }
  return out
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

async function demangle(p: Profile): Promise<Profile> {
  return demangleFunctions(p, '', false, needsDemangler(p) ? await loadDemangler() : undefined)
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
