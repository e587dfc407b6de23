import type { ProfileCodec } from '../format.ts'
import { decodeProfile } from './decode.ts'
import { encodeProfile } from './encode.ts'

export const codec: ProfileCodec = {
  decode: (bytes) => ({ profile: decodeProfile(bytes), problems: [] }),
  encode: encodeProfile,
}
