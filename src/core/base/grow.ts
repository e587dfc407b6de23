/** A Uint32Array that grows by doubling. Hot loops call `reserve` and then write `a` and `length` directly. */
export class GrowU32 {
  a: Uint32Array
  length = 0

  constructor(capacity = 16) {
    this.a = new Uint32Array(capacity)
  }

  /** Makes room for `extra` more entries. */
  reserve(extra: number): void {
    const need = this.length + extra
    if (need <= this.a.length) return
    const a = new Uint32Array(Math.max(need, this.a.length * 2))
    a.set(this.a.subarray(0, this.length))
    this.a = a
  }

  push(v: number): void {
    if (this.length === this.a.length) this.reserve(1)
    this.a[this.length++] = v
  }

  /** The entries, in an array of their own if more than an eighth of the buffer is unused. */
  done(): Uint32Array {
    const spare = this.a.length - this.length
    return spare > this.length >> 3 ? this.a.slice(0, this.length) : this.a.subarray(0, this.length)
  }
}

/** A Uint8Array that grows by doubling. */
export class GrowBytes {
  a: Uint8Array
  length = 0

  constructor(capacity = 256) {
    this.a = new Uint8Array(capacity)
  }

  reserve(extra: number): void {
    const need = this.length + extra
    if (need <= this.a.length) return
    const a = new Uint8Array(Math.max(need, this.a.length * 2))
    a.set(this.a.subarray(0, this.length))
    this.a = a
  }

  push(v: number): void {
    if (this.length === this.a.length) this.reserve(1)
    this.a[this.length++] = v
  }

  /** Appends src[from, to). */
  append(src: Uint8Array, from = 0, to = src.length): void {
    this.reserve(to - from)
    this.a.set(from === 0 && to === src.length ? src : src.subarray(from, to), this.length)
    this.length += to - from
  }
}
