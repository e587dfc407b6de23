// What a search in a flame graph finds in all samples, drawn or not.

import { type MatchWeight, weightOfMatches } from '../../../analysis/flame/path-samples.ts'
import { UserError } from '../../../base/errors.ts'
import { engineFor } from '../../../base/re2-engine.ts'
import { compileRegexp, RegexpError } from '../../../base/regexp.ts'
import { type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

/** Weight of the samples with a function whose name matches. Rejects with UserError for what is no regular expression. */
export async function answer(
  w: Workbench,
  { query, pattern }: { readonly query: ProfileQuery; readonly pattern: string },
): Promise<MatchWeight> {
  const { profile, value } = await preparedProfile(w, query)
  try {
    const re = compileRegexp(pattern, await engineFor([pattern]))
    return weightOfMatches(profile, value, (name) => re.test(name))
  } catch (e) {
    if (e instanceof RegexpError) throw new UserError(e.message)
    throw e
  }
}
