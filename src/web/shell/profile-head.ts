// What stands above a profile, for those of the frame that say it.

import type { ProfileHead } from '../../core/engine/workbench/questions/profile-head.ts'
import { useAnswer } from '../session.ts'
import { profileQuery } from '../state.ts'

/** What is said of the profile as it is shown; undefined while nobody knows. */
export function useProfileHead(): ProfileHead | undefined {
  const query = profileQuery.value
  return useAnswer('profile-head', query && { query }).value
}
