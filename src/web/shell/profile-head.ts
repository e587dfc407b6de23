// What stands above a profile, for those of the frame that say it.

import { useEffect, useState } from 'preact/hooks'
import type { ProfileQuery } from '../../core/engine/workbench/profile-query.ts'
import type { ProfileHead } from '../../core/engine/workbench/questions/profile-head.ts'
import { useAnswer } from '../session.ts'
import { profileQuery } from '../state.ts'

/** The views ask first: they are what people wait for. */
const AFTER_MS = 250

/** What is said of the profile as it is shown; undefined while nobody knows. */
export function useProfileHead(): ProfileHead | undefined {
  const query = profileQuery.value
  const [rested, setRested] = useState<ProfileQuery>()
  useEffect(() => {
    const timer = setTimeout(() => setRested(query), AFTER_MS)
    return () => clearTimeout(timer)
  }, [query])
  return useAnswer('profile-head', rested && { query: rested }).value
}
