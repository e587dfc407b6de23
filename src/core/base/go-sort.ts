// Go's unstable sort (pattern-defeating quicksort, Go 1.19 and later), comparison by comparison.
//
// Where equal elements end up is visible: `go tool pprof` sorts symbols by address and then takes the
// last of those that share one, and it numbers instructions by ranges sorted by weight. No stable sort
// gives those orders, so the algorithm has to be the same one: which elements are compared and
// swapped, where it falls back to insertion or heap sort, and its random numbers, which start from the
// length. sort.Slice and slices.SortFunc are the same in this respect.

/** What is sorted, seen as Go's sort sees it: positions, compared and swapped. */
export interface Sortable {
  /** Whether the element at position i belongs before the one at j. */
  readonly less: (i: number, j: number) => boolean
  readonly swap: (i: number, j: number) => void
}

/** Sorts positions [0, n) as Go's sort.Slice does. Time n log n. */
export function goSort(n: number, s: Sortable): void {
  new PatternSort(s).sort(0, n, n === 0 ? 0 : 32 - Math.clz32(n))
}

/** The same for an array, with a comparison: negative if a comes first. */
export function goSortArray<T>(items: T[], compare: (a: T, b: T) => number): void {
  goSort(items.length, {
    less: (i, j) => compare(items[i], items[j]) < 0,
    swap: (i, j) => {
      const t = items[i]
      items[i] = items[j]
      items[j] = t
    },
  })
}

/** Up to this many elements are sorted by insertion. */
const SMALL = 12
/** From this many on, the pivot is a median of medians, and near-sorted runs may be shifted into place. */
const LARGE = 50
/** Pairs out of order that are put right before a run no longer counts as nearly sorted. */
const MAX_REPAIRS = 5
/** Swaps that finding a pivot takes when everything is in reverse. */
const ALL_SWAPPED = 12

class PatternSort {
  private readonly less: Sortable['less']
  private readonly swap: Sortable['swap']
  /** Swaps that the search for a pivot has made so far. */
  private swaps = 0

  constructor(s: Sortable) {
    this.less = s.less
    this.swap = s.swap
  }

  /** Sorts [from, to). `badLuck`: how many lopsided partitions are borne before heap sort takes over. */
  sort(from: number, to: number, badLuck: number): void {
    let a = from
    let b = to
    let limit = badLuck
    let balanced = true
    let inOrder = true
    for (;;) {
      const length = b - a
      if (length <= SMALL) {
        this.insertion(a, b)
        return
      }
      if (limit === 0) {
        this.heap(a, b)
        return
      }
      if (!balanced) {
        this.scatter(a, b)
        limit--
      }
      let pivot = this.choosePivot(a, b)
      let rising = this.swaps === 0
      if (this.swaps === ALL_SWAPPED) {
        this.reverse(a, b)
        pivot = b - 1 - (pivot - a)
        rising = true
      }
      if (balanced && inOrder && rising && this.repair(a, b)) return
      // Nothing in front is smaller: many equal elements are likely, and those need no more sorting.
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot)
        continue
      }
      const [middle, already] = this.partition(a, b, pivot)
      inOrder = already
      const left = middle - a
      const right = b - middle
      const least = Math.floor(length / 8)
      if (left < right) {
        balanced = left >= least
        this.sort(a, middle, limit)
        a = middle + 1
      } else {
        balanced = right >= least
        this.sort(middle + 1, b, limit)
        b = middle
      }
    }
  }

  private insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1)
  }

  private heap(first: number, end: number): void {
    const n = end - first
    for (let i = Math.trunc((n - 1) / 2); i >= 0; i--) this.siftDown(i, n, first)
    for (let i = n - 1; i >= 0; i--) {
      this.swap(first, first + i)
      this.siftDown(0, i, first)
    }
  }

  private siftDown(from: number, n: number, first: number): void {
    let root = from
    for (;;) {
      let child = 2 * root + 1
      if (child >= n) return
      if (child + 1 < n && this.less(first + child, first + child + 1)) child++
      if (!this.less(first + root, first + child)) return
      this.swap(first + root, first + child)
      root = child
    }
  }

  /** Smaller ones in front of the pivot, the rest behind it. Gives its place, and whether nothing had to move. */
  private partition(a: number, b: number, pivot: number): [middle: number, already: boolean] {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    const close = (): boolean => {
      while (i <= j && this.less(i, a)) i++
      while (i <= j && !this.less(j, a)) j--
      return i > j
    }
    const already = close()
    if (!already) {
      do {
        this.swap(i, j)
        i++
        j--
      } while (!close())
    }
    this.swap(j, a)
    return [j, already]
  }

  /** Elements equal to the pivot in front of the greater ones; there are no smaller ones. */
  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (;;) {
      while (i <= j && !this.less(a, i)) i++
      while (i <= j && this.less(a, j)) j--
      if (i > j) return i
      this.swap(i, j)
      i++
      j--
    }
  }

  /** Puts a few pairs right; true if everything is in order then. */
  private repair(a: number, b: number): boolean {
    let i = a + 1
    for (let n = 0; n < MAX_REPAIRS; n++) {
      while (i < b && !this.less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < LARGE) return false
      this.swap(i, i - 1)
      // Down to position 1 and not to a, as Go does it: what lies before a is smaller anyway.
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1)
    }
    return false
  }

  /** Moves three elements to random places (xorshift of 64 bits from the length) to break patterns. */
  private scatter(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    let random = BigInt(length)
    // The power of two above the length; for a power of two, twice that.
    const mask = (1n << BigInt(32 - Math.clz32(length))) - 1n
    const middle = a + Math.floor(length / 4) * 2
    for (let at = middle - 1; at <= middle + 1; at++) {
      random ^= BigInt.asUintN(64, random << 13n)
      random ^= random >> 7n
      random ^= BigInt.asUintN(64, random << 17n)
      let other = Number(random & mask)
      if (other >= length) other -= length
      this.swap(at, a + other)
    }
  }

  /** Position of a pivot; `swaps` tells how far from rising order its candidates were. */
  private choosePivot(a: number, b: number): number {
    this.swaps = 0
    const length = b - a
    const step = Math.floor(length / 4)
    let i = a + step
    let j = a + step * 2
    let k = a + step * 3
    if (length >= 8) {
      if (length >= LARGE) {
        i = this.median(i - 1, i, i + 1)
        j = this.median(j - 1, j, j + 1)
        k = this.median(k - 1, k, k + 1)
      }
      j = this.median(i, j, k)
    }
    return j
  }

  private median(x: number, y: number, z: number): number {
    let a = x
    let b = y
    let c = z
    if (this.less(b, a)) {
      this.swaps++
      ;[a, b] = [b, a]
    }
    if (this.less(c, b)) {
      this.swaps++
      ;[b, c] = [c, b]
    }
    if (this.less(b, a)) {
      this.swaps++
      ;[a, b] = [b, a]
    }
    return b
  }

  private reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j)
  }
}
