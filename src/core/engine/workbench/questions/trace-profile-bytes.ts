// The profile of waits as profile.proto, to be saved.

import type { WaitKind } from '../../../analysis/trace/waiting-profiles.ts'
import { encodeProfile } from '../../../formats/pprof/encode.ts'
import type { Asking } from '../question.ts'
import type { TracePart } from '../trace-part.ts'
import type { Workbench } from '../workbench.ts'
import { answer as waits } from './trace-profile.ts'

export const fresh = true

/** Not packed. Rejects as trace-profile does. */
export async function answer(
  w: Workbench,
  params: { file: number; kind: WaitKind; part?: TracePart },
  x: Asking,
): Promise<Uint8Array> {
  const { profile } = await w.profile(waits(w, params, x).profile)
  const pieces = [...encodeProfile(profile)]
  const out = new Uint8Array(pieces.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.length
  }
  return out
}
