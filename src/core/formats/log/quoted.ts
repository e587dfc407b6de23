// Lines inside a JSON string, as Docker, journald and structured loggers wrap them.

import { encodeUtf8 } from '../../base/utf8.ts'

const ESCAPES: Readonly<Record<number, number>> = {
  34: 34,
  92: 92,
  47: 47,
  98: 8,
  102: 12,
  110: 10,
  114: 13,
  116: 9,
}

/** Unpacks strings into memory that is used again for each. */
export class Quoted {
  bytes = new Uint8Array(4096)
  length = 0

  /** Unpacks the string whose first byte is b[from]; where its closing quote is, or `to` if there is none. Line ends at its end are left out. */
  unpack(b: Uint8Array, from: number, to: number): number {
    if (this.bytes.length < to - from) this.bytes = new Uint8Array((to - from) * 2)
    const out = this.bytes
    let n = 0
    let at = from
    while (at < to && b[at] !== 34) {
      if (b[at] !== 92 || at + 1 >= to) {
        out[n++] = b[at++]
        continue
      }
      const c = b[at + 1]
      if (c === 117 && at + 6 <= to) {
        const code = Number.parseInt(String.fromCharCode(b[at + 2], b[at + 3], b[at + 4], b[at + 5]), 16)
        if (code < 0x80) out[n++] = code
        else for (const x of encodeUtf8(String.fromCharCode(code))) out[n++] = x
        at += 6
      } else {
        out[n++] = ESCAPES[c] ?? c
        at += 2
      }
    }
    while (n > 0 && (out[n - 1] === 10 || out[n - 1] === 13)) n--
    this.length = n
    return at
  }
}
