import { DecodeError } from '../../base/errors.ts'
import { GoroutineBuilder } from '../../model/goroutine-builder.ts'
import type { Decoded, DecodeOptions, ProfileCodec } from '../format.ts'
import { GoroutineDecoder, lineProblems } from './decode.ts'
import { profileOfGoroutines } from './profile.ts'

function decodeGoroutines(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  // What asks for no symbols stands in for the reference, to which a dump is no profile.
  if (options.symbols !== true)
    throw new DecodeError(
      'goroutines',
      0,
      'unrecognized profile format: this is a goroutine dump; goscope goroutines reads it, goscope convert makes a profile of it',
    )
  const b = new GoroutineBuilder()
  const decoder = new GoroutineDecoder(b, 0)
  decoder.feed(bytes)
  const lines = decoder.end()
  const g = b.done()
  if (g.table.count === 0) throw new DecodeError('goroutines', 0, 'there are no goroutines in this file')
  return { profile: profileOfGoroutines(g), problems: lineProblems(lines) }
}

export const codec: ProfileCodec = { decode: decodeGoroutines }
