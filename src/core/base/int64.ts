// 64-bit integers without 64-bit cost.
//
// Nearly every value in a profile fits a double exactly (|v| < 2^53), so columns are Float64Arrays
// that hot loops read directly; the few rows that do not fit keep their exact value in a sparse map
// beside it. Code off the hot path reads an `Int`, which is exact whichever it was.

/** An exact 64-bit integer in one canonical form: a number if it is a safe integer, else a bigint. */
export type Int = number | bigint

const TWO32 = 4294967296

/** The canonical form of a bigint. */
export function toInt(v: bigint): Int {
  return v >= -9007199254740991n && v <= 9007199254740991n ? Number(v) : v
}

/** Joins the halves of a two's complement int64. `hi` and `lo` may be any int32 or uint32. */
export function intFromHalves(hi: number, lo: number): Int {
  const v = (hi | 0) * TWO32 + (lo >>> 0)
  return Number.isSafeInteger(v) ? v : (BigInt(hi | 0) << 32n) | BigInt(lo >>> 0)
}

/** Joins the halves of a uint64. */
export function uintFromHalves(hi: number, lo: number): Int {
  const v = (hi >>> 0) * TWO32 + (lo >>> 0)
  return Number.isSafeInteger(v) ? v : (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0)
}

const wrap = (v: bigint): Int => toInt(BigInt.asIntN(64, v))

/** a + b, wrapping at 64 bits as Go's int64 does. */
export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const v = a + b
    if (Number.isSafeInteger(v)) return v
  }
  return wrap(BigInt(a) + BigInt(b))
}

/** a - b, wrapping at 64 bits. */
export function subInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const v = a - b
    if (Number.isSafeInteger(v)) return v
  }
  return wrap(BigInt(a) - BigInt(b))
}

/** a * b, wrapping at 64 bits. */
export function mulInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const v = a * b
    if (Number.isSafeInteger(v)) return v + 0
  }
  return wrap(BigInt(a) * BigInt(b))
}

/** Integer division that truncates towards zero. Dividing by 0 throws RangeError. */
export function quoInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) return Math.trunc(a / b) + 0
  return wrap(BigInt(a) / BigInt(b))
}

/** -a; the least int64 stays itself, as in Go. */
export function negInt(a: Int): Int {
  return typeof a === 'number' ? 0 - a : wrap(-a)
}

/** |a|; the least int64 stays negative, as in Go. */
export function absInt(a: Int): Int {
  return a < 0 ? negInt(a) : a
}

/** Sort order: negative if a < b. Numbers and bigints compare by value. */
export function cmpInt(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** int64(f) of Go on amd64: truncates; NaN and values out of range become the least int64. */
export function intFromFloat(f: number): Int {
  const t = Math.trunc(f)
  if (Number.isSafeInteger(t)) return t + 0
  if (!(t >= -(2 ** 63) && t < 2 ** 63)) return -9223372036854775808n
  return toInt(BigInt(t))
}

/** a as a uint64: negative int64 values become their two's complement. */
export function asUint(a: Int): Int {
  return a < 0 ? BigInt.asUintN(64, BigInt(a)) : a
}

/** a as an int64: uint64 values from 2^63 up become negative. */
export function asSigned(a: Int): Int {
  return typeof a === 'bigint' ? wrap(a) : a
}

/** Lower-case hex digits of a uint64, no prefix. */
export function hexInt(a: Int): string {
  return asUint(a).toString(16)
}

/** A column of exact 64-bit integers. */
export class Int64Column {
  /** Row -> nearest double; exact unless the row is in `wide`. Hot loops read this. */
  readonly f: Float64Array
  /** Rows that no double holds exactly. Empty for nearly every column. */
  readonly wide: ReadonlyMap<number, bigint>

  constructor(f: Float64Array, wide: ReadonlyMap<number, bigint> = NO_WIDE) {
    this.f = f
    this.wide = wide
  }

  get length(): number {
    return this.f.length
  }

  get(row: number): Int {
    if (this.wide.size !== 0) {
      const v = this.wide.get(row)
      if (v !== undefined) return v
    }
    return this.f[row]
  }

  /** A new column of the given rows. */
  gather(rows: ArrayLike<number>): Int64Column {
    const f = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) f[i] = this.f[rows[i]]
    if (this.wide.size === 0) return new Int64Column(f)
    const wide = new Map<number, bigint>()
    for (let i = 0; i < rows.length; i++) {
      const v = this.wide.get(rows[i])
      if (v !== undefined) wide.set(i, v)
    }
    return new Int64Column(f, wide)
  }

  /** A new column with `fn` applied to every row. */
  map(fn: (v: Int, row: number) => Int): Int64Column {
    const out = new Int64Builder(this.length)
    for (let i = 0; i < this.length; i++) out.push(fn(this.get(i), i))
    return out.done()
  }

  static of(values: readonly Int[]): Int64Column {
    const out = new Int64Builder(values.length)
    for (const v of values) out.push(v)
    return out.done()
  }
}

const NO_WIDE: ReadonlyMap<number, bigint> = new Map()

/** Grows an Int64Column row by row. Decoders may write `f` and `length` directly after `reserve`. */
export class Int64Builder {
  f: Float64Array
  length = 0
  private wide: Map<number, bigint> | null = null

  constructor(capacity = 16) {
    this.f = new Float64Array(capacity)
  }

  /** Makes room for `extra` more rows. */
  reserve(extra: number): void {
    const need = this.length + extra
    if (need <= this.f.length) return
    const f = new Float64Array(Math.max(need, this.f.length * 2))
    f.set(this.f.subarray(0, this.length))
    this.f = f
  }

  push(v: Int): void {
    if (this.length === this.f.length) this.reserve(1)
    this.set(this.length++, v)
  }

  /** Writes a row that exists (or that `length` was advanced over). */
  set(row: number, v: Int): void {
    if (typeof v === 'number') {
      this.f[row] = v
      if (this.wide !== null) this.wide.delete(row)
      return
    }
    this.wide ??= new Map()
    this.wide.set(row, v)
    this.f[row] = Number(v)
  }

  get(row: number): Int {
    return this.wide?.get(row) ?? this.f[row]
  }

  /** The finished column; the builder must not be used afterwards. */
  done(): Int64Column {
    return new Int64Column(this.f.subarray(0, this.length), this.wide ?? NO_WIDE)
  }
}
