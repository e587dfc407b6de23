import type { ProfileCodec } from '../format.ts'
import { decodeLegacy } from './legacy.ts'

export const codec: ProfileCodec = {
  decode: (bytes, options) => ({ profile: decodeLegacy(bytes, options), problems: [] }),
}
