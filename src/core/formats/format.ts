import type { Problem } from '../base/errors.ts'
import type { Profile } from '../model/profile.ts'

/** What a decoder gives: the model, and what it had to leave out or guess. */
export interface Decoded {
  readonly profile: Profile
  readonly problems: readonly Problem[]
}

export interface DecodeOptions {
  /** Whether names that a format gives in comments only (Go's text profiles, debug=1) are taken from there. */
  readonly symbols?: boolean
}

export interface EncodeOptions {
  /** Row of profile.sampleTypes to write, or to show first where the format holds them all. */
  readonly sampleType: number
  /** Named in the file by formats that have a place for it. */
  readonly tool: { readonly name: string; readonly version: string }
}

/** A file format that holds one profile. */
export interface ProfileFormat {
  /** Stable name, also of DecodeError.format. */
  readonly id: string
  /** For people. */
  readonly title: string
  readonly produces: 'profile'
  /** Usual file name endings with their dot, the one to write first. */
  readonly extensions: readonly string[]
  /**
   * How sure it is that a file of this name that begins with `head` (uncompressed, 4 KiB or all of it)
   * is of this format: 0 (no) to 1. Content decides; the name only breaks ties, so '' is always a
   * valid name. At most one format may claim any head with 0.5 or more.
   */
  sniff(head: Uint8Array, name: string): number
  /** Loads the code that reads and writes it. */
  load(): Promise<ProfileCodec>
}

/** Reads and writes a format; what it cannot do is absent. */
export interface ProfileCodec {
  /** `bytes` is the whole uncompressed file. Throws DecodeError, nothing else. */
  decode?(bytes: Uint8Array, options?: DecodeOptions): Decoded
  /** The file in chunks of some 64 KiB, each an array of its own. Throws UserError for what the format cannot hold. */
  encode?(profile: Profile, options: EncodeOptions): Iterable<Uint8Array>
}

/** Collects problems while decoding: one entry per message, with the first offset and a count. */
export class ProblemLog {
  private readonly byMessage = new Map<string, { message: string; offset: number; count: number }>()

  /** `message` should be one of few texts: put no values of the input into it. */
  add(message: string, offset: number): void {
    const known = this.byMessage.get(message)
    if (known === undefined) this.byMessage.set(message, { message, offset, count: 1 })
    else known.count++
  }

  /** In the order in which they were first met. */
  done(): Problem[] {
    return [...this.byMessage.values()]
  }
}

/** True if `name` ends in one of the extensions, whatever the case. */
export function hasExtension(name: string, extensions: readonly string[]): boolean {
  const lower = name.toLowerCase()
  return extensions.some((e) => lower.endsWith(e))
}
