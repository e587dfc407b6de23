// The library: everything that a program can do with profiles, in Node, browsers and workers alike.

export { DecodeError, type Problem, UserError } from './base/errors.ts'
export { decodeProfile, ProfileDecoder } from './formats/pprof/decode.ts'
export { encodeProfile } from './formats/pprof/encode.ts'
export type { Profile } from './model/profile.ts'
