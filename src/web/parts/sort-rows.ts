// Orders the rows of tables: numbers by radix, so that a million rows are sorted while a finger leaves the key.

const SMALL = 2000

/**
 * The rows ordered by a number each; equal ones stay in their order. What has no number (NaN) comes last,
 * whichever way. `rows` is left as it is.
 */
export function sortByNumber(
  rows: Uint32Array,
  value: (row: number) => number,
  descending: boolean,
): Uint32Array {
  if (rows.length < SMALL) {
    const sign = descending ? -1 : 1
    return rows.slice().sort((a, b) => {
      const x = value(a)
      const y = value(b)
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
      return x === y ? 0 : x < y ? -sign : sign
    })
  }
  return radixSort(rows, value, descending)
}

/** Sorts by the bits of doubles, 16 at a time; passes in which all are alike (counts have few digits) cost no move. */
function radixSort(rows: Uint32Array, value: (row: number) => number, descending: boolean): Uint32Array {
  const n = rows.length
  const double = new Float64Array(1)
  const halves = new Uint32Array(double.buffer)
  let low = new Uint32Array(n)
  let high = new Uint32Array(n)
  for (let i = 0; i < n; i++) {
    // -0 is 0.
    double[0] = value(rows[i]!) + 0
    const nan = Number.isNaN(double[0])
    let lo = halves[0]!
    let hi = halves[1]!
    if (hi >>> 31 === 1) {
      lo = ~lo
      hi = ~hi
    } else hi ^= 0x80000000
    if (descending) {
      lo = ~lo
      hi = ~hi
    }
    low[i] = nan ? 0xffffffff : lo
    high[i] = nan ? 0xffffffff : hi
  }
  let from = rows.slice()
  let to = new Uint32Array(n)
  let low2 = new Uint32Array(n)
  let high2 = new Uint32Array(n)
  const counts = new Uint32Array(65537)
  for (let pass = 0; pass < 4; pass++) {
    const key = pass < 2 ? low : high
    const shift = (pass & 1) * 16
    counts.fill(0)
    for (let i = 0; i < n; i++) counts[((key[i]! >>> shift) & 0xffff) + 1]!++
    if (counts[((key[0]! >>> shift) & 0xffff) + 1] === n) continue
    for (let k = 0; k < 65536; k++) counts[k + 1]! += counts[k]!
    for (let i = 0; i < n; i++) {
      const at = counts[(key[i]! >>> shift) & 0xffff]!++
      to[at] = from[i]!
      low2[at] = low[i]!
      high2[at] = high[i]!
    }
    ;[from, to] = [to, from]
    ;[low, low2] = [low2, low]
    ;[high, high2] = [high2, high]
  }
  return from
}

/** The rows ordered by a text each, as their characters are numbered; equal ones stay in their order, '' comes last. */
export function sortByText(
  rows: Uint32Array,
  text: (row: number) => string,
  descending: boolean,
): Uint32Array {
  const sign = descending ? -1 : 1
  const texts = Array.from(rows, text)
  const places = new Uint32Array(rows.length).map((_, i) => i)
  places.sort((i, j) => {
    const a = texts[i]!
    const b = texts[j]!
    if (a === b) return i - j
    if (a === '' || b === '') return a === '' ? 1 : -1
    return a < b ? -sign : sign
  })
  return places.map((i) => rows[i]!)
}
