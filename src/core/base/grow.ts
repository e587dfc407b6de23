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

  /** The entries: a view of the buffer, whose unused rest was never touched and so costs nothing. */
  done(): Uint32Array {
    return this.a.subarray(0, this.length)
  }
}

/** So many bytes are copied faster one by one than through a view, which costs 150 ns and more (most where the source is a Buffer). */
const SHORT = 24

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
    if (from === 0 && to === src.length) this.a.set(src, this.length)
    else if (to - from > SHORT) this.a.set(src.subarray(from, to), this.length)
    else for (let i = from, o = this.length; i < to; ) this.a[o++] = src[i++]
    this.length += to - from
  }
}

/** Row numbers of another table, in the narrowest array that holds them. */
export type IdColumn = Uint8Array | Uint16Array | Uint32Array

/**
 * A column of row numbers that starts with a byte each and widens when a larger one arrives. It is for
 * the one column that is most of a profile's memory (the frames of its stacks): first use of a page
 * of memory costs more than all that is done with what lies on it.
 */
export class GrowIds {
  a: IdColumn
  length = 0
  /** Greatest value that `a` can hold; `widen` before writing a greater one. */
  max = 0xff

  constructor(capacity = 64) {
    this.a = new Uint8Array(capacity)
  }

  reserve(extra: number): void {
    const need = this.length + extra
    if (need > this.a.length) this.move(Math.max(need, this.a.length * 2))
  }

  widen(value: number): void {
    this.max = value <= 0xffff ? 0xffff : 0xffffffff
    this.move(this.a.length)
  }

  push(v: number): void {
    if (this.length === this.a.length) this.reserve(1)
    if (v > this.max) this.widen(v)
    this.a[this.length++] = v
  }

  /** The entries: a view of the buffer, whose unused rest was never touched and so costs nothing. */
  done(): IdColumn {
    return this.a.subarray(0, this.length)
  }

  private move(capacity: number): void {
    const kind = this.max === 0xff ? Uint8Array : this.max === 0xffff ? Uint16Array : Uint32Array
    const a = new kind(capacity)
    a.set(this.a.subarray(0, this.length))
    this.a = a
  }
}
