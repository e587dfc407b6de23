// `-d=wire`: the bytes of a trace as text, event by event, framing included.

import type { DecodeError } from '../../base/errors.ts'
import { quote } from '../../base/go-fmt.ts'
import { decodeUtf8, encodeUtf8 } from '../../base/utf8.ts'
import { EV } from '../../formats/trace/v2/events.ts'
import { FRAME_ARGS, type RawEvent, type RawVisitor, walkRaw } from '../../formats/trace/v2/raw.ts'
import { ByteText, type Piece, piece } from './byte-text.ts'

const NEWLINE = 10
const QUOTE = 34
const BACKSLASH = 92
const FRAME = ['\n\tpc=', ' func=', ' file=', ' line='].map(piece)
const DATA = piece('\n\tdata=')
/** A text is quoted in pieces, of this many bytes of it at most: each takes up to four. */
const PIECE = 128
const ESCAPED = Array.from({ length: 128 }, (_, c) => piece(quote(String.fromCharCode(c)).slice(1, -1)))

/**
 * Writes the raw events of a v2 trace. Returns what ended it early, after all that came before. Throws
 * DecodeError if the header is not that of a known trace.
 */
export function writeWire(
  bytes: Uint8Array,
  write: (piece: Uint8Array) => void,
  progress: (bytes: number) => void = () => undefined,
): DecodeError | undefined {
  const text = new WireText(bytes, write, progress)
  const { error } = walkRaw(bytes, text)
  text.finish()
  return error
}

class WireText implements RawVisitor {
  private readonly bytes: Uint8Array
  private readonly out: ByteText
  private readonly progress: (bytes: number) => void
  private told = 0
  /** Type -> its name, and ` NAME=` of its arguments. */
  private readonly names: Piece[] = []
  private readonly args: Piece[][] = []

  constructor(bytes: Uint8Array, write: (piece: Uint8Array) => void, progress: (bytes: number) => void) {
    this.bytes = bytes
    this.out = new ByteText(write)
    this.progress = progress
  }

  finish(): void {
    this.out.flush()
  }

  event(e: RawEvent): void {
    const { out } = this
    out.line()
    const { spec } = e
    if (spec !== undefined) {
      if (this.names[e.type] === undefined) {
        this.names[e.type] = piece(spec.name)
        this.args[e.type] = spec.args.map((arg) => piece(` ${arg}=`))
      }
      out.put(this.names[e.type])
      const args = this.args[e.type]
      for (let i = 0; i < args.length; i++) {
        out.put(args[i])
        this.number(e, i)
      }
      if (e.type === EV.Stack) this.frames(e, args.length)
      if (e.dataEnd > e.dataStart) {
        out.put(DATA)
        this.quote(e.dataStart, e.dataEnd)
      }
    }
    out.byte(NEWLINE)
    if (e.end - this.told > 1 << 20) {
      this.told = e.end
      this.progress(e.end)
    }
  }

  private frames(e: RawEvent, from: number): void {
    for (let i = from; i < e.count; i++) {
      this.out.line()
      this.out.put(FRAME[(i - from) % FRAME_ARGS])
      this.number(e, i)
    }
  }

  private number(e: RawEvent, i: number): void {
    const v = e.args[i]
    if (v >= 0) this.out.uint(v)
    else this.out.long(encodeUtf8(String(e.exact(i))))
  }

  /** The bytes [from, to) of the file as a Go string literal. */
  private quote(from: number, to: number): void {
    const { bytes, out } = this
    out.byte(QUOTE)
    let at = from
    while (at < to) {
      out.line()
      const end = Math.min(to, at + PIECE)
      for (; at < end && bytes[at] < 0x80; at++) {
        const b = bytes[at]
        if (b >= 0x20 && b < 0x7f && b !== QUOTE && b !== BACKSLASH) out.byte(b)
        else out.put(ESCAPED[b])
      }
      if (at === end) continue
      // Characters beyond ASCII, up to the next one of it: no character is cut.
      const start = at
      while (at < to && bytes[at] >= 0x80) at++
      out.long(encodeUtf8(quote(decodeUtf8(bytes.subarray(start, at))).slice(1, -1)))
    }
    out.byte(QUOTE)
  }
}
