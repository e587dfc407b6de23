// Columns indexed by rows of a trace's tables, which grow while the trace is read.

/** A capacity of at least `rows` that leaves room, so that growing costs little in total. */
export function capacityFor(rows: number): number {
  return Math.max(64, 2 * rows)
}

/** A copy of a column with room for `capacity` rows. */
export function widerF64(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(capacity)
  out.set(column)
  return out
}

/** A copy of a column with room for `capacity` rows; new rows hold `fill`. */
export function widerI32(column: Int32Array, capacity: number, fill = 0): Int32Array<ArrayBuffer> {
  const out = new Int32Array(capacity)
  out.set(column)
  // New memory is zero already; writing it would touch pages that may never be used.
  if (fill !== 0) out.fill(fill, column.length)
  return out
}

/** A copy of a column with room for `capacity` rows. */
export function widerU8(column: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(capacity)
  out.set(column)
  return out
}

/** A copy of a column with room for `capacity` rows. */
export function widerU32(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(capacity)
  out.set(column)
  return out
}
