// Everything in the files that has a time.

import { buildMoments, type Moments } from '../moments.ts'
import type { Asking } from '../question.ts'
import type { Workbench } from '../workbench.ts'

export const fresh = true

export function answer(w: Workbench, _params: Record<string, never>, x: Asking): Promise<Moments> {
  return buildMoments(w, x)
}
