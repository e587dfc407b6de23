// Where the shell's lines come from when nobody edits them: a pipe, a file, a terminal that can do nothing.

import { UserError } from '../../../core/base/errors.ts'
import { decodeUtf8, encodeUtf8 } from '../../../core/base/utf8.ts'
import { writeAll } from '../../output.ts'

/** Where lines come from. */
export interface ShellInput {
  /** Whether a person sits there. */
  readonly interactive: boolean
  /** The next line without its end; undefined when there are no more. */
  readLine(prompt: string): Promise<string | undefined>
  /** Forgets lines that are waiting: the user has stopped what was going on. */
  discard(): void
  close(): void
}

/** Longer lines are no commands. */
const LONGEST_LINE = 1 << 20

const NEWLINE = 0x0a

/** Lines of a stream as they arrive, the last one also without a newline. Throws UserError for one that does not end. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      yield decodeUtf8(Buffer.concat([...rest, chunk.subarray(from, to)]))
      rest = []
      length = 0
      from = to + 1
    }
    length += chunk.length - from
    if (length > LONGEST_LINE)
      throw new UserError(`a line of more than ${LONGEST_LINE} bytes is not a command`)
    if (from < chunk.length) rest.push(chunk.subarray(from))
  }
  if (rest.length > 0) yield decodeUtf8(Buffer.concat(rest))
}

/** Standard input as it is; the prompt goes to standard output, as the reference has it. */
export class PlainInput implements ShellInput {
  readonly interactive: boolean
  private readonly lines = linesOf(process.stdin)

  constructor() {
    this.interactive = process.stdin.isTTY === true
  }

  async readLine(prompt: string): Promise<string | undefined> {
    const ask = (): void => writeAll(1, encodeUtf8(prompt))
    // The terminal's driver has thrown the line away.
    const again = (): void => {
      writeAll(1, encodeUtf8('\n'))
      ask()
    }
    ask()
    if (this.interactive) process.on('SIGINT', again)
    try {
      const next = await this.lines.next()
      return next.done === true ? undefined : next.value
    } finally {
      process.off('SIGINT', again)
    }
  }

  discard(): void {
    // What was typed meanwhile is with the terminal's driver, and Ctrl-C has made it forget it.
  }

  close(): void {
    process.stdin.destroy()
  }
}
