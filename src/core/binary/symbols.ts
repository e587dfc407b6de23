// Symbol tables of executables, as cmd/internal/objfile gives them: sorted by address, with the letters
// of `nm`. Where a format stores no sizes (Mach-O, PE), a symbol reaches to the next greater address.

import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts'

/** Longer names are cut: a hostile table could name one huge string from every row. */
const MAX_NAME = 1 << 16
/** Names are looked for their end in pieces of this size. */
const NAME_PIECE = 256

/** How the names of a table are stored. */
export interface NameStore {
  /** Holds all names, each ending with a zero byte. */
  readonly bytes: Uint8Array
  /** Names that start below this offset lie in fields of 8 bytes, not always ended by zero (PE). */
  readonly inlineBefore: number
  /** Loads [from, from + length) of `bytes`; absent where all is loaded. */
  readonly need?: (from: number, length: number) => void
  /** Drop the "_" that the Go linker puts in front of names with a dot on Darwin (go.dev/issue/33808). */
  readonly underscore: boolean
}

/** Rows of a symbol table in file order, before sorting. */
export interface SymbolRows {
  readonly count: number
  readonly address: Float64Array
  /** Bytes; null = to be taken from the next address. */
  readonly size: Float64Array | null
  /** Letter of `nm` as a character code, lower case for local ELF symbols. */
  readonly code: Uint8Array
  /** Offset of the name in the store; an offset outside of it is an empty name. */
  readonly nameStart: Uint32Array
  readonly names: NameStore
}

/**
 * Symbols by ascending address; symbols of one address keep their order in the file. Sorted when first
 * asked for: `rows` has them as the file does, which is enough for many questions.
 */
export class SymbolTable {
  readonly count: number
  /** In file order. */
  readonly rows: SymbolRows
  private sorted: SortedColumns | undefined
  private sizes: Float64Array | undefined

  constructor(rows: SymbolRows) {
    this.count = rows.count
    this.rows = rows
    this.sizes = rows.size ?? undefined
  }

  private get columns(): SortedColumns {
    this.sorted ??= sortColumns(this.rows)
    return this.sorted
  }

  /** Signed, see Fields. Kernel addresses, which are negative, come after the others. */
  get address(): Float64Array {
    return this.columns.address
  }

  get size(): Float64Array {
    return this.columns.size
  }

  get code(): Uint8Array {
    return this.columns.code
  }

  /** Row -> its place in the file's own order. */
  get fileRow(): Uint32Array {
    return this.columns.order
  }

  /** Sizes in file order, also where the format stores none. */
  get fileSize(): Float64Array {
    if (this.sizes === undefined) {
      const { order, size } = this.columns
      const sizes = new Float64Array(this.count)
      for (let i = 0; i < this.count; i++) sizes[order[i]] = size[i]
      this.sizes = sizes
    }
    return this.sizes
  }

  /** The name of symbol `i`. */
  name(i: number): string {
    return this.fileName(this.columns.order[i])
  }

  /** The name of the symbol at `row` in file order. */
  fileName(row: number): string {
    const { names } = this.rows
    const from = this.rows.nameStart[row]
    const name = decodeUtf8(names.bytes.subarray(from, this.nameEnd(from)))
    return names.underscore && name.startsWith('_') && name.includes('.') ? name.slice(1) : name
  }

  private nameEnd(from: number): number {
    const { bytes, inlineBefore, need } = this.rows.names
    const limit = Math.min(bytes.length, from + (from < inlineBefore ? 8 : MAX_NAME))
    // What is not loaded is zero and would end the name.
    for (let at = from; at < limit; at += NAME_PIECE) {
      const end = Math.min(at + NAME_PIECE, limit)
      need?.(at, end - at)
      const length = bytes.subarray(at, end).indexOf(0)
      if (length >= 0) return at + length
    }
    return Math.max(from, limit)
  }

  /** The nm letter of symbol `i`: T text, D data, R read-only, B bss, U undefined, C absolute (PE), ? other. */
  letter(i: number): string {
    return String.fromCharCode(this.code[i])
  }

  /** The first symbol of each of these names, -1 where there is none. Decodes nothing. */
  find(...wanted: readonly string[]): number[] {
    return this.search(wanted, this.columns.order)
  }

  /** Addresses of the first symbol, in file order, of each of these names. Sorts nothing. */
  addressesOf(...wanted: readonly string[]): (number | undefined)[] {
    return this.search(wanted, undefined).map((row) => (row < 0 ? undefined : this.rows.address[row]))
  }

  /** First place of each name in `order` (file order if undefined), -1 where there is none. */
  private search(wanted: readonly string[], order: Uint32Array | undefined): number[] {
    const found = wanted.map(() => -1)
    const patterns = wanted.map((name) => encodeUtf8(name))
    const dotted = wanted.map((name) => name.includes('.'))
    const longest = Math.max(...patterns.map((p) => p.length))
    const { nameStart } = this.rows
    const { bytes, inlineBefore, underscore, need } = this.rows.names
    let open = wanted.length
    for (let i = 0; i < this.count && open > 0; i++) {
      const from = nameStart[order === undefined ? i : order[i]]
      need?.(from, longest + 2)
      for (let k = 0; k < patterns.length; k++) {
        if (found[k] >= 0) continue
        const p = patterns[k]
        // Names with a dot are shown without the underscore, so that is how they are asked for.
        const at = underscore && bytes[from] === 0x5f && dotted[k] ? from + 1 : from
        if (!startsWith(bytes, at, p)) continue
        const end = at + p.length
        const ends = end < bytes.length ? bytes[end] === 0 : true
        if (ends || (from < inlineBefore && end === from + 8)) {
          found[k] = i
          open--
        }
      }
    }
    return found
  }

  /**
   * Symbols that `accept` takes by name (all if null) and that contain `address` (any if 0), by address. Those with
   * neither address nor size (the names of source files in ELF) are left out. As pprof's Symbols.
   */
  where(accept: ((name: string) => boolean) | null, address = 0): number[] {
    const out: number[] = []
    for (let i = 0; i < this.count; i++) {
      const start = this.address[i]
      if (start === 0 && this.size[i] === 0) continue
      if (address !== 0 && !(start <= address && address < start + this.size[i])) continue
      if (accept === null || accept(this.name(i))) out.push(i)
    }
    return out
  }

  /** A symbol of nonzero size that contains the address, the one that starts last; -1 if none is near. */
  at(address: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (after(this.address[middle], address)) high = middle
      else low = middle + 1
    }
    // Nested symbols are rare and shallow; a bound keeps odd tables from costing a scan per address.
    for (let i = low - 1; i >= 0 && i >= low - 64; i--) {
      const start = this.address[i]
      if (address >= start && address < start + this.size[i]) return i
    }
    return -1
  }
}

interface SortedColumns {
  /** Row -> row in file order. */
  readonly order: Uint32Array
  readonly address: Float64Array
  readonly size: Float64Array
  readonly code: Uint8Array
}

function sortColumns(rows: SymbolRows): SortedColumns {
  const { count } = rows
  const order = sortOrder(rows.address, count)
  const address = new Float64Array(count)
  const code = new Uint8Array(count)
  const size = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const row = order[i]
    address[i] = rows.address[row]
    code[i] = rows.code[row]
  }
  if (rows.size !== null) {
    for (let i = 0; i < count; i++) size[i] = rows.size[order[i]]
  } else {
    // The last address has no next one: size 0.
    let next = Number.NaN
    for (let i = count - 1; i >= 0; i--) {
      const a = address[i]
      if (i + 1 < count && address[i + 1] !== a) next = address[i + 1]
      size[i] = Number.isNaN(next) ? 0 : next - a
    }
  }
  return { order, address, size, code }
}

/** True if unsigned a > b, for addresses kept as signed. */
export function after(a: number, b: number): boolean {
  return a < 0 === b < 0 ? a > b : a < 0
}

function startsWith(bytes: Uint8Array, at: number, p: Uint8Array): boolean {
  if (at + p.length > bytes.length) return false
  for (let k = 0; k < p.length; k++) if (bytes[at + k] !== p[k]) return false
  return true
}

/**
 * Row numbers in ascending order of address, stable. Merges the runs that are already in order:
 * linkers write few of them, so this is nearly linear where a general sort is not.
 */
function sortOrder(address: Float64Array, count: number): Uint32Array {
  let from = new Uint32Array(count)
  let to = new Uint32Array(count)
  let runs: number[] = []
  for (let i = 0; i < count; i++) {
    from[i] = i
    if (i === 0 || after(address[i - 1], address[i])) runs.push(i)
  }
  while (runs.length > 1) {
    const merged: number[] = []
    for (let r = 0; r < runs.length; r += 2) {
      const a = runs[r]
      const b = r + 1 < runs.length ? runs[r + 1] : count
      const c = r + 2 < runs.length ? runs[r + 2] : count
      merged.push(a)
      let x = a
      let y = b
      for (let at = a; at < c; at++) {
        if (x < b && (y >= c || !after(address[from[x]], address[from[y]]))) to[at] = from[x++]
        else to[at] = from[y++]
      }
    }
    const spare = from
    from = to
    to = spare
    runs = merged
  }
  return from
}
