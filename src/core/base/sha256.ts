// SHA-256 (FIPS 180-4), for the hashes of content security policies. Not for secrets: it is not constant in time.

/** First 32 bits of the fractional parts of the cube roots (and square roots) of the first primes. */
function fractions(count: number, root: number): Uint32Array {
  const out = new Uint32Array(count)
  for (let n = 2, found = 0; found < count; n++) {
    let prime = true
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false
    if (!prime) continue
    const r = n ** (1 / root)
    out[found++] = Math.floor((r - Math.floor(r)) * 2 ** 32)
  }
  return out
}

/** The digest of the bytes: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const k = fractions(64, 3)
  const h = fractions(8, 2)
  const blocks = (bytes.length + 9 + 63) >> 6
  const padded = new Uint8Array(blocks * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, bytes.length * 8)
  const w = new Uint32Array(64)
  const turn = (x: number, n: number): number => (x >>> n) | (x << (32 - n))
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + i * 4)
    for (let i = 16; i < 64; i++) {
      const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3)
      const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10)
      w[i] = w[i - 16] + s0 + w[i - 7] + s1
    }
    const v = [...h]
    for (let i = 0; i < 64; i++) {
      const s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)
      const choice = (v[4] & v[5]) ^ (~v[4] & v[6])
      const t1 = (v[7] + s1 + choice + k[i] + w[i]) | 0
      const s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)
      const majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
      v.pop()
      v[3] = (v[3] + t1) | 0
      v.unshift((t1 + s0 + majority) | 0)
    }
    for (let i = 0; i < 8; i++) h[i] += v[i]
  }
  const out = new DataView(new ArrayBuffer(32))
  for (let i = 0; i < 8; i++) out.setUint32(i * 4, h[i])
  return new Uint8Array(out.buffer)
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base 64 with padding (RFC 4648). */
export function base64(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const left = bytes.length - i
    out += DIGITS[n >> 18] + DIGITS[(n >> 12) & 63]
    out += left > 1 ? DIGITS[(n >> 6) & 63] : '='
    out += left > 2 ? DIGITS[n & 63] : '='
  }
  return out
}
