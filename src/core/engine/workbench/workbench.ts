// What the page works on: the files it was given, decoded when a view first asks for them. Runs in a worker of
// the page, and in Node for tests and exports; knows neither.

import { DecodeError, type Problem, UserError } from '../../base/errors.ts'
import { Capture } from '../../doctor/capture.ts'
import type { Profile } from '../../model/profile.ts'
import { CaptureBuilder } from '../capture/capture-builder.ts'
import { CAPTURE_READERS, type CaptureFile } from '../capture/capture-readers.ts'
import { type FileKind, fileKind, HEAD_BYTES } from '../capture/file-kind.ts'
import { ProfileLoader } from '../profile-loader.ts'
import { Memo } from './memo.ts'

/** One file as it came in. `id` is its place in the list of files, for ever. */
export interface WorkbenchFile extends CaptureFile {
  readonly id: number
  readonly kind: FileKind
  /** Bytes as stored, before unpacking. */
  readonly storedBytes: number
  /** Whether it was made from another file here. */
  readonly made?: boolean
  /** Which of the local server's sources it is: `2`, or `2.0` for the first file of an archive; '' if it is none. */
  readonly origin?: string
}

/** What a file of kind 'profile' holds. */
export interface OpenProfile {
  readonly profile: Profile
  readonly problems: readonly Problem[]
  /** Title of the format. */
  readonly format: string
}

export class Workbench {
  private readonly list: WorkbenchFile[] = []
  private readonly profiles = new Map<number, Promise<OpenProfile>>()
  private whole: Promise<Capture> | undefined
  /** Results that several questions share; see `Memo`. */
  readonly memo = new Memo()

  get files(): readonly WorkbenchFile[] {
    return this.list
  }

  /** Adds a file, unpacked. Nothing is decoded yet. */
  add(name: string, bytes: Uint8Array, storedBytes = bytes.length, origin = ''): WorkbenchFile {
    const kind = fileKind(name, bytes.subarray(0, HEAD_BYTES))
    const file: WorkbenchFile = { id: this.list.length, name, bytes, kind, storedBytes, origin }
    this.list.push(file)
    this.whole = undefined
    return file
  }

  /** Adds a profile that was made from another file, such as what goroutines waited for in a part of a trace. */
  addProfile(name: string, profile: Profile): WorkbenchFile {
    const none = new Uint8Array(0)
    const file: WorkbenchFile = {
      id: this.list.length,
      name,
      bytes: none,
      kind: 'profile',
      storedBytes: 0,
      made: true,
    }
    this.list.push(file)
    this.replaceProfile(file.id, { profile, problems: [], format: 'made by goscope' })
    return file
  }

  /** Throws UserError if there is no such file. */
  file(id: number): WorkbenchFile {
    const file = this.list[id]
    if (file === undefined) throw new UserError(`there is no file ${id} in this workbench`)
    return file
  }

  /** The profile in a file, decoded once. Rejects with DecodeError. */
  profile(id: number): Promise<OpenProfile> {
    let open = this.profiles.get(id)
    if (open === undefined) {
      open = decode(this.file(id))
      this.profiles.set(id, open)
    }
    return open
  }

  /** Puts another profile in a file's place, such as the same one with names. */
  replaceProfile(id: number, open: OpenProfile): void {
    const known = this.profiles.has(id)
    this.profiles.set(this.file(id).id, Promise.resolve(open))
    if (known) this.memo.clear()
    this.whole = undefined
  }

  /** Everything there is, for the doctor. Files that cannot be decoded are in it as sources with a problem. */
  capture(): Promise<Capture> {
    this.whole ??= this.readCapture()
    return this.whole
  }

  private async readCapture(): Promise<Capture> {
    const builder = new CaptureBuilder()
    for (const file of this.list.filter((f) => !f.made))
      try {
        await CAPTURE_READERS[file.kind](file, builder)
      } catch (e) {
        if (!(e instanceof DecodeError)) throw e
        builder.source(file.name, 'unknown', [{ message: e.message, offset: e.offset, count: 1 }])
      }
    return new Capture(builder.done())
  }
}

async function decode(file: WorkbenchFile): Promise<OpenProfile> {
  const loader = new ProfileLoader(file.name, file.bytes.length, file.bytes.length, { symbols: true })
  loader.feed(file.bytes)
  const { profile, problems, format } = await loader.end()
  return { profile, problems, format: format.title }
}
