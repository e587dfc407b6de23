import type { ProfileCodec } from '../format.ts'
import { decodeSpeedscope } from './decode.ts'
import { encodeSpeedscope } from './encode.ts'

export const codec: ProfileCodec = { decode: decodeSpeedscope, encode: encodeSpeedscope }
