import { UserError } from '../base/errors.ts'
import { list, quote } from '../base/go-fmt.ts'
import type { Profile } from '../model/profile.ts'

/**
 * The sample type that a user's `sample_index` selects: a number, a type's name (`inuse_` may be left
 * out of the profile's names), or '' for the profile's default, else the last. Throws UserError.
 */
export function selectSampleType(p: Profile, name: string): number {
  const types = p.sampleTypes.map((t) => t.type)
  if (types.length === 0) throw new UserError('profile has no samples')
  if (name === '') {
    const index = p.defaultSampleType === '' ? -1 : types.indexOf(p.defaultSampleType)
    return index >= 0 ? index : types.length - 1
  }
  if (/^[+-]?\d+$/.test(name) && Number.isSafeInteger(Number(name))) {
    const index = Number(name)
    if (index < 0 || index >= types.length)
      throw new UserError(`sample_index ${name} is outside the range [0..${types.length - 1}]`)
    return index
  }
  const short = name.replace(/^inuse_/, '')
  const index = types.findIndex((t) => t === name || t === short)
  if (index < 0) throw new UserError(`sample_index ${quote(name)} must be one of: ${list(types)}`)
  return index
}
