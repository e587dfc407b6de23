// Puts the same profile with names in the place of one without.

import { ProfileLoader } from '../../profile-loader.ts'
import type { Workbench } from '../workbench.ts'

/** `bytes` are profile.proto, unpacked. Rejects with DecodeError. */
export async function answer(
  w: Workbench,
  { id, bytes }: { id: number; bytes: Uint8Array },
): Promise<{ readonly functions: number }> {
  const { format, problems: before } = await w.profile(id)
  const loader = new ProfileLoader('names', bytes.length, bytes.length)
  loader.feed(bytes)
  const { profile, problems } = await loader.end()
  w.replaceProfile(id, { profile, problems: [...before, ...problems], format })
  return { functions: profile.functions.count }
}
