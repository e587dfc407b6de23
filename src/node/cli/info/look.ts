// What a look at a source finds out: enough to say what it is and what to do with it.

import type { Problem } from '../../../core/base/errors.ts'
import type { Tone } from '../people/style.ts'

/** A line of the description: a word in front, and text that is wrapped. */
export interface Fact {
  readonly word: string
  readonly text: string
  readonly tone?: Tone
}

export interface Remark {
  readonly level: 'warning' | 'info'
  readonly message: string
  /** What to do about it, '' if there is nothing. */
  readonly remedy: string
}

export interface Look {
  /** As `goscope doctor --json` has it: 'profile/cpu', 'trace', 'log/gctrace', … */
  readonly kind: string
  /** For people: 'cpu profile', 'execution trace'. */
  readonly title: string
  /** Form and version of it. */
  readonly format: string
  /** What wrote it, e.g. 'Go 1.26.8'; '' if unknown. */
  readonly producer: string
  /** When it was taken, and for how long, for people; '' if unknown. */
  readonly taken: string
  readonly facts: readonly Fact[]
  /** The most important of it in a few words, for a line in a list. */
  readonly brief: string
  /** The command that reads it, before the name of the file; '' if none does. */
  readonly command: string
  readonly furtherCommands?: readonly string[]
  readonly problems: readonly Problem[]
  /** Remarks that are no damage: what is missing, or what to do better. */
  readonly remarks?: readonly Remark[]
  /** What only this kind has, for --json. */
  readonly json: Readonly<Record<string, unknown>>
}

/** A source that was read. */
export interface LookedAt {
  readonly look: Look
  /** Bytes as stored and unpacked; NaN if the source was not read to its end. */
  readonly storedBytes: number
  readonly unpackedBytes: number
}

/** Takes a source's bytes piece by piece. */
export interface Looker {
  /** A piece is valid during the call. False if the rest is not wanted. */
  feed(chunk: Uint8Array): boolean
  /** Throws DecodeError if it is not what it seemed to be. */
  end(): Look
}
