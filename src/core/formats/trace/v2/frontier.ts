import { goSort } from '../../../base/go-sort.ts'
import type { TraceClock } from './clock.ts'
import type { Cursors } from './cursors.ts'

/**
 * The cursors that have an event, as a binary heap by time. Which of several with equal times comes first
 * is visible, so comparisons and swaps are those of format.md 4.2.
 */
export class Frontier {
  private heap = new Int32Array(0)
  length = 0
  private readonly cursors: Cursors
  private readonly clock: TraceClock

  constructor(cursors: Cursors, clock: TraceClock) {
    this.cursors = cursors
    this.clock = clock
  }

  clear(capacity: number): void {
    if (capacity > this.heap.length) this.heap = new Int32Array(capacity * 2)
    this.length = 0
  }

  cursor(i: number): number {
    return this.heap[i]
  }

  insert(cursor: number): void {
    this.heap[this.length] = cursor
    this.siftUp(this.length++)
  }

  /** Puts the cursor at index i, which has moved to its next event, into its place. */
  moved(i: number): void {
    if (i === 0 || this.siftUp(i) === i) this.siftDown(i)
  }

  /** Takes the cursor at index i out. */
  remove(i: number): void {
    const { heap } = this
    for (let at = i; at > 0; ) {
      const parent = (at - 1) >> 1
      swap(heap, at, parent)
      at = parent
    }
    this.length--
    swap(heap, 0, this.length)
    this.siftDown(0)
  }

  /** Sorts by time; the result is a heap as well. */
  sort(): void {
    const { heap } = this
    goSort(this.length, { less: (i, j) => this.later(heap[j], heap[i]), swap: (i, j) => swap(heap, i, j) })
  }

  private siftUp(from: number): number {
    const { heap } = this
    let i = from
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.later(heap[parent], heap[i])) break
      swap(heap, i, parent)
      i = parent
    }
    return i
  }

  private siftDown(from: number): void {
    const { heap, length } = this
    const moving = heap[from]
    let i = from
    for (;;) {
      const left = 2 * i + 1
      if (left >= length) break
      let least = moving
      let at = i
      if (this.later(least, heap[left])) {
        at = left
        least = heap[left]
      }
      if (left + 1 < length && this.later(least, heap[left + 1])) {
        at = left + 1
        least = heap[left + 1]
      }
      if (at === i) break
      heap[i] = least
      i = at
    }
    heap[i] = moving
  }

  /** Whether the event of cursor a is later than that of b. */
  private later(a: number, b: number): boolean {
    const { time } = this.cursors
    if (time[a] !== time[b] || !this.clock.hasWide) return time[a] > time[b]
    return this.cursors.exactTime(a) > this.cursors.exactTime(b)
  }
}

function swap(heap: Int32Array, i: number, j: number): void {
  const t = heap[i]
  heap[i] = heap[j]
  heap[j] = t
}
