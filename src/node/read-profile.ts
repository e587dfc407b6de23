import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { Problem } from '../core/base/errors.ts'
import { ProfileLoader } from '../core/engine/profile-loader.ts'
import type { DecodeOptions } from '../core/formats/format.ts'
import type { Profile } from '../core/model/profile.ts'
import { unpack, unpackedSizeHint, wrapperOf } from './inflate.ts'
import { maxInputBytes } from './limits.ts'

export interface LoadedProfile {
  readonly profile: Profile
  readonly problems: readonly Problem[]
  /** Title of the format it was in. */
  readonly format: string
  /** Bytes as stored and unpacked. */
  readonly storedBytes: number
  readonly unpackedBytes: number
}

/** Reads a profile from a file; '-' is standard input. Throws DecodeError, or the system's error. */
export async function readProfile(path: string, options: DecodeOptions = {}): Promise<LoadedProfile> {
  return decodeProfileBytes(path === '-' ? readStdin() : readFileSync(path), path, options)
}

/** Unpacks and decodes a profile. Throws DecodeError. */
export async function decodeProfileBytes(
  packed: Uint8Array,
  name: string,
  options: DecodeOptions = {},
): Promise<LoadedProfile> {
  const wrapper = wrapperOf(packed)
  const loader = new ProfileLoader(name, unpackedSizeHint(packed, wrapper), maxInputBytes(), options)
  await unpack(packed, wrapper, (chunk) => loader.feed(chunk))
  const { profile, problems, format, size } = loader.end()
  return { profile, problems, format: format.title, storedBytes: packed.length, unpackedBytes: size }
}

function readStdin(): Uint8Array {
  const chunks: Uint8Array[] = []
  const chunk = new Uint8Array(1 << 16)
  for (;;) {
    let n: number
    try {
      n = readSync(0, chunk)
    } catch (e) {
      const code = (e as NodeJS.ErrnoException).code
      if (code === 'EOF') break
      if (code !== 'EAGAIN') throw e
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      continue
    }
    if (n === 0) break
    chunks.push(chunk.slice(0, n))
  }
  return Buffer.concat(chunks)
}

/** The first bytes of a file; fewer if it is shorter. Throws the system's error. */
export function readHead(path: string, length: number): Uint8Array {
  const fd = openSync(path, 'r')
  try {
    const head = new Uint8Array(length)
    return head.subarray(0, readSync(fd, head, 0, length, 0))
  } finally {
    closeSync(fd)
  }
}
