import { prune } from '../core/analysis/filter.ts'
import { engineFor } from '../core/base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../core/base/regexp.ts'
import type { Profile } from '../core/model/profile.ts'

/** Applies the profile's own list of frames that are of no interest. A list that is wrong is reported. */
export async function dropFrames(p: Profile, warn: (text: string) => void): Promise<Profile> {
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
