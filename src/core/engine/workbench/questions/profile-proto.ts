// A profile as bytes, to be saved: as it is shown, or whole.

import { encodeProfile } from '../../../formats/pprof/encode.ts'
import { mergedProfile, type ProfileQuery, preparedProfile } from '../profile-query.ts'
import type { Workbench } from '../workbench.ts'

export const fresh = true

/** profile.proto, not packed. `whole`: the merged files as they are, without filters and transforms. */
export async function answer(
  w: Workbench,
  { query, whole }: { query: ProfileQuery; whole: boolean },
): Promise<{ bytes: Uint8Array }> {
  const profile = whole ? await mergedProfile(w, { of: query.of }) : (await preparedProfile(w, query)).profile
  const pieces = [...encodeProfile(profile)]
  const bytes = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return { bytes }
}
