import type { ProfileCodec } from '../format.ts'
import { decodeFolded } from './decode.ts'
import { encodeFolded } from './encode.ts'

export const codec: ProfileCodec = { decode: decodeFolded, encode: encodeFolded }
