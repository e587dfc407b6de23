// `-d=parsed|wire|footprint`.

import { DecodeError } from '../../../core/base/errors.ts'
import { encodeUtf8 } from '../../../core/base/utf8.ts'
import { readTrace } from '../../../core/formats/trace/read-trace.ts'
import { footprint } from '../../../core/reports/trace/footprint.ts'
import { ParsedText } from '../../../core/reports/trace/parsed.ts'
import { writeWire } from '../../../core/reports/trace/wire.ts'
import { writeAll } from '../../output.ts'
import { localZone } from '../../zone.ts'
import { Progress } from './progress.ts'

export const DEBUG_MODES = ['parsed', 'wire', 'footprint'] as const
export type DebugMode = (typeof DEBUG_MODES)[number]

type Write = (piece: Uint8Array) => void
type Tell = (bytes: number) => void

/**
 * Prints a trace in one of the modes. Returns what ended the reading early, after all that came before it.
 * Throws DecodeError if it is no trace.
 */
export function printDebug(mode: DebugMode, bytes: Uint8Array): DecodeError | undefined {
  const progress = new Progress('reading the trace')
  try {
    return PRINT[mode](
      bytes,
      (piece) => writeAll(1, piece),
      (at) => progress.tell(at / bytes.length),
    )
  } finally {
    progress.done()
  }
}

const PRINT: Record<DebugMode, (bytes: Uint8Array, write: Write, tell: Tell) => DecodeError | undefined> = {
  parsed: (bytes, write, progress) => {
    const text = new ParsedText(write, localZone())
    const { error } = readTrace(bytes, [text], { progress })
    text.finish()
    return error
  },
  wire: writeWire,
  footprint: (bytes, write, tell) => {
    const table = footprint(bytes, tell)
    if (table instanceof DecodeError) return table
    write(encodeUtf8(table))
    return undefined
  },
}
