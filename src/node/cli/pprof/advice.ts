// What `goscope pprof` says on standard error beyond the words of `go tool pprof`: what may have been meant, why
// there is nothing to see. Loaded only when there is something to say.

import type { Profile } from '../../../core/model/profile.ts'
import type { Report } from '../../../core/reports/report.ts'
import { nearFunctions } from '../people/near-functions.ts'
import { whyEmpty } from '../people/remarks.ts'

/** Functions that a pattern which matched none may have meant; '' if none is near. */
export function noMatchAdvice(p: Profile, pattern: string): string {
  const near = nearFunctions(p, pattern, 3)
  return near.length === 0 ? '' : `near to it: ${near.join(', ')}`
}

/** Why a report of nothing is one, and how to get a fuller profile; '' if that is the filters' doing. */
export function emptyAdvice(p: Profile, report: Report): string {
  return whyEmpty(p, report, '-sample_index=')
}
