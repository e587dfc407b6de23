// What the text formats share on the way in: byte order marks, UTF-16 and the lines of a head.

import { DecodeError } from '../../base/errors.ts'
import { encodeUtf8 } from '../../base/utf8.ts'

const TAB = 9
const LF = 10
const CR = 13

/** UTF-16 input above this is refused: its text would not fit a JavaScript string (2^29 - 24 characters). */
const MAX_UTF16_BYTES = 2 ** 30 - 64

/** 'utf-16le' or 'utf-16be' if a byte order mark says so (Windows PowerShell writes it with `>`), else ''. */
function utf16(bytes: Uint8Array): string {
  if (bytes.length < 2) return ''
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : ''
}

/** Length of a UTF-8 byte order mark at the start, else 0. */
export function bomLength(bytes: Uint8Array): number {
  return bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
}

/**
 * The input as UTF-8, converted if a byte order mark says UTF-16; else the very array. After a
 * conversion offsets are those of the converted text. Throws DecodeError if it is too large to convert.
 */
export function utf8Input(format: string, bytes: Uint8Array): Uint8Array {
  const encoding = utf16(bytes)
  if (encoding === '') return bytes
  if (bytes.length > MAX_UTF16_BYTES) {
    throw new DecodeError(format, 0, 'the file is UTF-16 text of more than 1 GiB; save it as UTF-8 first')
  }
  return encodeUtf8(new TextDecoder(encoding).decode(bytes))
}

/** No more of a head is looked at: sniffs use regular expressions, whose worst case is not linear. */
const MAX_HEAD = 8192

/**
 * The lines of a head, without line ends; the last one, which the head may cut, with `lastWhole`
 * telling whether a line end follows it. Null if it is not text: control characters other than tab
 * and line ends say it is binary. Bytes above 0x7f are kept one to one, so it costs no decoding.
 */
export function headLines(head: Uint8Array): { lines: string[]; lastWhole: boolean } | null {
  const encoding = utf16(head)
  const seen = head.subarray(0, MAX_HEAD)
  const b = encoding === '' ? seen : encodeUtf8(new TextDecoder(encoding).decode(seen))
  const lines: string[] = []
  let from = bomLength(b)
  for (let i = from; i < b.length; i++) {
    const c = b[i]
    if (c === LF) {
      lines.push(latin1(b, from, i > from && b[i - 1] === CR ? i - 1 : i))
      from = i + 1
    } else if ((c < 32 && c !== TAB && c !== CR) || c === 127) return null
  }
  const lastWhole = from === b.length
  if (!lastWhole) lines.push(latin1(b, from, b.length))
  return { lines, lastWhole }
}

function latin1(b: Uint8Array, from: number, to: number): string {
  let s = ''
  for (let i = from; i < to; i += 4096) s += String.fromCharCode(...b.subarray(i, Math.min(to, i + 4096)))
  return s
}
