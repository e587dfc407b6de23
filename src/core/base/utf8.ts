// Text that survives the round trip.
//
// Names in profiles are bytes that are nearly always UTF-8. Go's tools pass bad bytes through
// untouched, so we do too: a byte that is not part of valid UTF-8 becomes the lone surrogate
// U+DC00 + byte (Python's "surrogateescape"), which no valid UTF-8 decodes to, and encoding turns it
// back. Everywhere between, names are ordinary JavaScript strings.

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Bytes to text; bytes that are not valid UTF-8 become U+DC80..U+DCFF. */
export function decodeUtf8(bytes: Uint8Array): string {
  const s = decoder.decode(bytes)
  return s.includes('\uFFFD') ? decodeEscaping(bytes) : s
}

/** Unit by unit: a call of the decoder for each stretch of good bytes takes a second per MB of bad ones. */
function decodeEscaping(b: Uint8Array): string {
  const units = new Uint16Array(b.length)
  let length = 0
  for (let i = 0; i < b.length; ) {
    const n = sequenceLength(b, i)
    if (n === 0) units[length++] = 0xdc00 + b[i++]
    else if (n === 1) units[length++] = b[i++]
    else {
      let code = b[i++] & (0x7f >> n)
      for (let k = 1; k < n; k++) code = (code << 6) | (b[i++] & 0x3f)
      if (code >= 0x10000) {
        units[length++] = 0xd7c0 + (code >> 10)
        code = 0xdc00 | (code & 0x3ff)
      }
      units[length++] = code
    }
  }
  let out = ''
  for (let i = 0; i < length; i += 4096)
    out += String.fromCharCode(...units.subarray(i, Math.min(i + 4096, length)))
  return out
}

/** Length of the valid UTF-8 sequence at b[i], 0 if there is none (Unicode table 3-7). */
function sequenceLength(b: Uint8Array, i: number): number {
  const b0 = b[i]
  if (b0 < 0x80) return 1
  const tail = (k: number, lo: number, hi: number): boolean => b[i + k] >= lo && b[i + k] <= hi
  if (b0 >= 0xc2 && b0 <= 0xdf) return tail(1, 0x80, 0xbf) ? 2 : 0
  if (b0 >= 0xe0 && b0 <= 0xef) {
    const lo = b0 === 0xe0 ? 0xa0 : 0x80
    const hi = b0 === 0xed ? 0x9f : 0xbf
    return tail(1, lo, hi) && tail(2, 0x80, 0xbf) ? 3 : 0
  }
  if (b0 >= 0xf0 && b0 <= 0xf4) {
    const lo = b0 === 0xf0 ? 0x90 : 0x80
    const hi = b0 === 0xf4 ? 0x8f : 0xbf
    return tail(1, lo, hi) && tail(2, 0x80, 0xbf) && tail(3, 0x80, 0xbf) ? 4 : 0
  }
  return 0
}

// A lone low surrogate of the escape range. A match can also be the second half of a pair in
// text without escapes; the slow path then gives the same bytes as the fast one.
const ESCAPE = /[\uDC80-\uDCFF]/

/** Text to bytes, the inverse of decodeUtf8. Other lone surrogates become U+FFFD. */
export function encodeUtf8(s: string): Uint8Array {
  if (!ESCAPE.test(s)) return encoder.encode(s)
  const out = new Uint8Array(s.length * 3)
  let at = 0
  for (let i = 0; i < s.length; i++) {
    let c = s.charCodeAt(i)
    if (c < 0x80) out[at++] = c
    else if (c < 0x800) {
      out[at++] = 0xc0 | (c >> 6)
      out[at++] = 0x80 | (c & 0x3f)
    } else if (c >= 0xd800 && c <= 0xdbff && (s.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      c = ((c - 0xd7c0) << 10) | (s.charCodeAt(++i) & 0x3ff)
      out[at++] = 0xf0 | (c >> 18)
      out[at++] = 0x80 | ((c >> 12) & 0x3f)
      out[at++] = 0x80 | ((c >> 6) & 0x3f)
      out[at++] = 0x80 | (c & 0x3f)
    } else if (c >= 0xdc80 && c <= 0xdcff) out[at++] = c - 0xdc00
    else {
      if (c >= 0xd800 && c <= 0xdfff) c = 0xfffd
      out[at++] = 0xe0 | (c >> 12)
      out[at++] = 0x80 | ((c >> 6) & 0x3f)
      out[at++] = 0x80 | (c & 0x3f)
    }
  }
  return out.slice(0, at)
}

/** The text with escaped bytes replaced by U+FFFD: what regular expressions, JSON and pages get to see. */
export function displayable(s: string): string {
  return ESCAPE.test(s) ? s.replace(/(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/g, '\uFFFD') : s
}

/** Beyond this length it pays to look for the first difference before anything else. */
const LONG = 4096

function firstDifference(a: string, b: string): number {
  let at = 0
  while (a.slice(at, at + LONG) === b.slice(at, at + LONG)) at += LONG
  while (a.charCodeAt(at) === b.charCodeAt(at)) at++
  return at
}

const NOT_BYTE_ORDERED = /[\uD800-\uFFFF]/

/** Orders two texts by their UTF-8 bytes, as Go compares strings. Negative if a comes first. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  if (a.length > LONG && b.length > LONG) {
    const d = firstDifference(a, b)
    const [x, y] = [a.charCodeAt(d), b.charCodeAt(d)]
    if (x < 0xd800 && y < 0xd800) return x - y
  }
  if (!NOT_BYTE_ORDERED.test(a) && !NOT_BYTE_ORDERED.test(b)) return a < b ? -1 : 1
  const x = encodeUtf8(a)
  const y = encodeUtf8(b)
  const n = Math.min(x.length, y.length)
  for (let i = 0; i < n; i++) if (x[i] !== y[i]) return x[i] - y[i]
  return x.length - y.length
}

const ASCII = /^[\0-\x7f]*$/

/** Number of characters as Go counts runes: code points, each bad byte counting as one. */
export function runeCount(s: string): number {
  if (ASCII.test(s)) return s.length
  let n = 0
  for (const _ of s) n++
  return n
}

/** The first n bytes of the text; a character cut in two leaves its leading bytes, escaped. */
export function firstBytes(s: string, n: number): string {
  if (s.length * 3 <= n) return s
  const b = encodeUtf8(s)
  return b.length <= n ? s : decodeUtf8(b.subarray(0, n))
}

/** Length of the text in UTF-8 bytes. */
export function byteLength(s: string): number {
  return ASCII.test(s) ? s.length : encodeUtf8(s).length
}
