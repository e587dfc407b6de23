// From a source to what it is: the kind is told by the first 64 KiB, then what reads that kind takes the rest.
// Logs and dumps of any size pass through the memory of one piece.

import { existsSync, statSync } from 'node:fs'
import { DecodeError } from '../../../core/base/errors.ts'
import { GrowBytes } from '../../../core/base/grow.ts'
import type { CaptureFile } from '../../../core/engine/capture/capture-readers.ts'
import { type FileKind, fileKind, HEAD_BYTES } from '../../../core/engine/capture/file-kind.ts'
import { archiveKind, unpackArchive } from '../../capture/archive.ts'
import { readChunks } from '../../read-bytes.ts'
import { decodeProfileBytes, type LiveOptions, type LoadedProfile, readProfile } from '../../read-profile.ts'
import { showControls } from '../../terminal-text.ts'
import type { Style } from '../people/style.ts'
import type { Look, LookedAt, Looker } from './look.ts'
import { lookAtMemory } from './memory-look.ts'
import { lookAtProfile } from './profile-look.ts'

/** An archive that was given, as its files. */
export interface LookedAtArchive {
  readonly archive: 'zip' | 'tar'
  readonly storedBytes: number
  readonly files: readonly CaptureFile[]
}

/** Looks at one source: a file, '-', or an address. Throws DecodeError, UserError, or the system's error. */
export async function lookAt(
  style: Style,
  source: string,
  live: LiveOptions,
): Promise<LookedAt | LookedAtArchive> {
  const address = isAddress(source)
  if (address) {
    // Servers are asked once, and for profiles as all commands do it.
    if (!OTHER_ADDRESS.test(source))
      return ofProfile(style, source, await readProfile(source, { symbols: true, live }))
    live.progress?.(`Fetching over HTTP from ${showControls(source)}`)
  }
  let storedBytes = source === '-' || address ? Number.NaN : statSync(source).size
  const progress = (stored: number): void => {
    if (Number.isNaN(storedBytes) || stored > storedBytes) storedBytes = stored
  }
  const head = new GrowBytes(HEAD_BYTES)
  let looker: Looker | undefined
  let length = 0
  for await (const chunk of readChunks(source, { live, progress })) {
    length += chunk.length
    if (looker === undefined) {
      head.append(chunk)
      if (head.length < HEAD_BYTES) continue
      const begun = await begin(source, head.a.subarray(0, head.length))
      if (begun === 'profile-file') break
      looker = begun
      if (!looker.feed(head.a.subarray(0, head.length))) {
        length = Number.NaN
        break
      }
    } else if (!looker.feed(chunk)) {
      length = Number.NaN
      break
    }
  }
  if (length === 0) throw new DecodeError('profile', -1, 'empty input file')
  if (looker === undefined) {
    const begun = await begin(source, head.a.subarray(0, head.length))
    if (begun === 'profile-file')
      return ofProfile(style, source, await readProfile(source, { symbols: true, live }))
    looker = begun
    looker.feed(head.a.subarray(0, head.length))
  }
  if (looker instanceof ArchiveLooker) {
    const { archive, bytes } = looker
    return { archive, storedBytes, files: await unpackArchive(source, bytes(), archive) }
  }
  if (looker instanceof ProfileLooker) {
    const loaded = await looker.load(source)
    return ofProfile(style, source, Number.isNaN(storedBytes) ? loaded : { ...loaded, storedBytes })
  }
  return {
    look: looker.end(),
    storedBytes: Number.isNaN(storedBytes) ? length : storedBytes,
    unpackedBytes: length,
  }
}

/** Looks at a file of an archive. Throws DecodeError. */
export async function lookAtFile(style: Style, file: CaptureFile): Promise<LookedAt> {
  const { name, bytes } = file
  const kind = fileKind(name, bytes.subarray(0, HEAD_BYTES))
  if (kind === 'profile')
    return ofProfile(style, name, await decodeProfileBytes(bytes, name, { symbols: true }))
  const looker = await lookerOf(kind, name)
  looker.feed(bytes)
  return { look: looker.end(), storedBytes: bytes.length, unpackedBytes: bytes.length }
}

/** What no profile lies behind. */
const OTHER_ADDRESS = /\/debug\/vars|\/debug\/pprof\/trace|[?&]debug=2/

function isAddress(source: string): boolean {
  return source !== '-' && /:|^\/\//.test(source) && !existsSync(source)
}

function ofProfile(style: Style, source: string, loaded: LoadedProfile): LookedAt {
  const { storedBytes, unpackedBytes } = loaded
  return { look: lookAtProfile(style, source, loaded), storedBytes, unpackedBytes }
}

/** What takes the rest of a source. Profiles in files are read by their own road, which unpacks on another thread. */
async function begin(source: string, head: Uint8Array): Promise<Looker | 'profile-file'> {
  const archive = archiveKind(head)
  if (archive !== undefined) return new ArchiveLooker(archive)
  const kind = fileKind(source, head)
  if (kind !== 'profile') return lookerOf(kind, source)
  return source === '-' || isAddress(source) ? new ProfileLooker() : 'profile-file'
}

async function lookerOf(kind: Exclude<FileKind, 'profile'>, name: string): Promise<Looker> {
  switch (kind) {
    case 'empty':
      return new WholeLooker(lookAtNothing)
    case 'memory':
      return new WholeLooker((bytes) => lookAtMemory(name, bytes))
    case 'trace':
      return new (await import('./trace-look.ts')).TraceLooker()
    case 'heapdump':
      return new (await import('./heapdump-look.ts')).HeapDumpLooker()
    case 'perf-stat':
      return new WholeLooker((await import('./text-looks.ts')).lookAtPerfStat)
    case 'bench':
      return new WholeLooker((await import('./text-looks.ts')).lookAtBench)
    case 'manifest':
      return new WholeLooker((await import('./text-looks.ts')).lookAtManifest)
    case 'log':
    case 'text':
      return new (await import('./log-look.ts')).LogLooker()
  }
}

/** Collects all of it. */
class Collector {
  private readonly collected = new GrowBytes(HEAD_BYTES)

  feed(chunk: Uint8Array): boolean {
    this.collected.append(chunk)
    return true
  }

  readonly bytes = (): Uint8Array => this.collected.a.subarray(0, this.collected.length)
}

class WholeLooker extends Collector implements Looker {
  private readonly look: (bytes: Uint8Array) => Look

  constructor(look: (bytes: Uint8Array) => Look) {
    super()
    this.look = look
  }

  end(): Look {
    return this.look(this.bytes())
  }
}

class ArchiveLooker extends Collector implements Looker {
  readonly archive: 'zip' | 'tar'

  constructor(archive: 'zip' | 'tar') {
    super()
    this.archive = archive
  }

  end(): never {
    throw new Error('an archive is looked at file by file')
  }
}

class ProfileLooker extends Collector implements Looker {
  load(source: string): Promise<LoadedProfile> {
    return decodeProfileBytes(this.bytes(), source === '-' ? '' : source, { symbols: true })
  }

  end(): never {
    throw new Error('profiles are decoded on another thread')
  }
}

function lookAtNothing(): Look {
  return {
    kind: 'empty',
    title: 'empty',
    format: 'no bytes',
    producer: '',
    taken: '',
    facts: [],
    brief: 'a program that had nothing to say leaves such files',
    command: '',
    problems: [],
    json: {},
  }
}
