import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { type Problem, UserError } from '../core/base/errors.ts'
import { formatDuration } from '../core/base/go-time.ts'
import { ProfileLoader } from '../core/engine/profile-loader.ts'
import type { DecodeOptions } from '../core/formats/format.ts'
import type { Profile } from '../core/model/profile.ts'
import type { FetchOptions } from './fetch.ts'
import { unpack, unpackedSizeHint, wrapperOf } from './inflate.ts'
import { maxInputBytes } from './limits.ts'
import type { ProfileAddress } from './source-url.ts'
import { type Stored, storedBytes, withStored } from './stored-profile.ts'
import { showControls } from './terminal-text.ts'

export interface LoadedProfile {
  readonly profile: Profile
  readonly problems: readonly Problem[]
  /** Title of the format it was in. */
  readonly format: string
  /** Bytes as stored and unpacked. */
  readonly storedBytes: number
  readonly unpackedBytes: number
  /** Where it was fetched; absent for files. */
  readonly address?: ProfileAddress
}

/** How a profile is fetched, where a source is an address. */
export interface LiveOptions extends FetchOptions {
  /** For how long the program is to be measured, and how long to wait for its answer; not set below 1. */
  readonly seconds?: number
  readonly timeout?: number
  /** Takes lines that say what is going on. */
  readonly progress?: (text: string) => void
}

export interface ReadOptions extends DecodeOptions {
  readonly live?: LiveOptions
  /** Runs the decoding of what was fetched when its turn has come; at once if not given. */
  readonly turn?: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * Reads a profile from a source: a file, '-' for standard input, or an address (see source-url.ts; a file
 * of that name comes first). Throws DecodeError, UserError for what a server does, or the system's error.
 */
export async function readProfile(source: string, options: ReadOptions = {}): Promise<LoadedProfile> {
  const turn = options.turn ?? ((work) => work())
  const address = await addressOf(source, options.live ?? {})
  if (address !== undefined) return readLive(address, options, turn)
  return turn(() => readStored(source, options))
}

async function readStored(path: string, options: DecodeOptions): Promise<LoadedProfile> {
  try {
    return await withStored(path, (stored) => decodeStored(stored, path, options))
  } catch (e) {
    // What the system says of a socket that is opened as a file.
    if ((e as NodeJS.ErrnoException).code !== 'ENXIO') throw e
    throw new UserError(`this is a socket; unix:${path} asks the program behind it`)
  }
}

/** The address that a source stands for; undefined for a file. Throws UserError. */
async function addressOf(source: string, live: LiveOptions): Promise<ProfileAddress | undefined> {
  // What addresses have: most names of files need no second look, and no code for it.
  if (!/:|^\/\//.test(source) || existsSync(source)) return undefined
  const { profileAddress } = await import('./source-url.ts')
  return profileAddress(source, live.seconds ?? 0, live.timeout ?? 0)
}

async function readLive(
  address: ProfileAddress,
  options: ReadOptions,
  turn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<LoadedProfile> {
  const { progress, seconds = 0, ...how } = options.live ?? {}
  progress?.(`Fetching profile over HTTP from ${showControls(address.shown)}`)
  if (seconds > 0) progress?.(`Please wait... (${formatDuration(seconds * 1e9)})`)
  const { fetchProfile, maxRemoteBytes } = await import('./fetch.ts')
  const packed = await fetchProfile(address, how)
  // Unpacked in one go, as large as it claims to be: not for strangers.
  if (wrapperOf(packed) === 'zstd')
    throw new UserError('the server sends zstd data: save it to a file first, and read that')
  const loaded = await turn(() => decodeProfileBytes(packed, '', options, maxRemoteBytes()))
  return { ...loaded, address }
}

/** Unpacks and decodes a profile of at most `maxBytes`, unpacked. Throws DecodeError. */
export function decodeProfileBytes(
  packed: Uint8Array,
  name: string,
  options: DecodeOptions = {},
  maxBytes = maxInputBytes(),
): Promise<LoadedProfile> {
  return decodeStored(storedBytes(packed), name, options, maxBytes)
}

async function decodeStored(
  stored: Stored,
  name: string,
  options: DecodeOptions,
  maxBytes = maxInputBytes(),
): Promise<LoadedProfile> {
  const { first, size, tail } = stored
  const wrapper = wrapperOf(first)
  const hint = unpackedSizeHint(size < 0 ? first.length : size, tail, wrapper)
  const loader = new ProfileLoader(name, Math.min(hint, maxBytes), maxBytes, options)
  let length = 0
  if (first.length === size) {
    length = size
    await unpack(first, wrapper, (chunk) => loader.feed(chunk))
  } else {
    const counted = function* (): Generator<Uint8Array, void> {
      for (const pieces of [[first], stored.rest])
        for (const piece of pieces) {
          length += piece.length
          yield piece
        }
    }
    await unpack(counted(), wrapper, (chunk) => loader.feed(chunk))
  }
  const { profile, problems, format, size: unpackedBytes } = await loader.end()
  return { profile, problems, format: format.title, storedBytes: length, unpackedBytes }
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
