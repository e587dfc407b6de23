/** Raised by decoders, and by them only: the input is not what it says it is. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  /** Id of the format that was being read. */
  readonly format: string
  /** Byte offset in the uncompressed input where the trouble was met; -1 where no single place can be named. */
  readonly offset: number
  constructor(format: string, offset: number, message: string) {
    super(message)
    this.format = format
    this.offset = offset
  }
}

/** Wrong use: a bad flag, a missing file, options that contradict each other. The text is for the user. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** Damage or oddity that left usable data: kept beside the model and shown by every surface. */
export interface Problem {
  readonly message: string
  /** Byte offset in the uncompressed input, -1 where none applies. */
  readonly offset: number
  /** How many times it was met. */
  readonly count: number
}

/** Ends a switch over a union: a new member is then a compile error here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`)
}
