import { goSort } from '../../../base/go-sort.ts'
import type { TraceClock } from './clock.ts'
import type { Cursors } from './cursors.ts'

/**
 * The cursors that have an event, as a binary heap by time. Which of several with equal times comes first
 * is visible, so comparisons and swaps are those of format.md 4.2.
 */
export class Frontier {
  private heap = new Int32Array(0)
  /** Times of the cursors in `heap`, place by place: sifting looks at nothing else. */
  private keys = new Float64Array(0)
  length = 0
  private readonly cursors: Cursors
  private readonly clock: TraceClock

  constructor(cursors: Cursors, clock: TraceClock) {
    this.cursors = cursors
    this.clock = clock
  }

  clear(capacity: number): void {
    if (capacity > this.heap.length) {
      this.heap = new Int32Array(capacity * 2)
      this.keys = new Float64Array(capacity * 2)
    }
    this.length = 0
  }

  cursor(i: number): number {
    return this.heap[i]
  }

  /** Time of the first cursor's event. */
  get time(): number {
    return this.keys[0]
  }

  insert(cursor: number): void {
    const i = this.length++
    this.heap[i] = cursor
    this.keys[i] = this.cursors.time[cursor]
    this.siftUp(i)
  }

  /** Puts the cursor at index i, which has moved to its next event, into its place. */
  moved(i: number): void {
    this.keys[i] = this.cursors.time[this.heap[i]]
    if (i === 0 || this.siftUp(i) === i) this.siftDown(i)
  }

  /** Takes the cursor at index i out. */
  remove(i: number): void {
    for (let at = i; at > 0; ) {
      const parent = (at - 1) >> 1
      this.swap(at, parent)
      at = parent
    }
    this.length--
    this.swap(0, this.length)
    if (this.length > 0) this.siftDown(0)
  }

  /** Sorts by time; the result is a heap as well. */
  sort(): void {
    goSort(this.length, { less: (i, j) => this.later(j, i), swap: (i, j) => this.swap(i, j) })
  }

  private siftUp(from: number): number {
    let i = from
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.later(parent, i)) break
      this.swap(i, parent)
      i = parent
    }
    return i
  }

  private siftDown(from: number): void {
    const { keys, length } = this
    let i = from
    for (;;) {
      const left = 2 * i + 1
      if (left >= length) return
      let least = i
      if (keys[left] <= keys[i] && this.later(i, left)) least = left
      if (left + 1 < length && keys[left + 1] <= keys[least] && this.later(least, left + 1)) least = left + 1
      if (least === i) return
      this.swap(i, least)
      i = least
    }
  }

  /** Whether the event at place i is later than that at place j. */
  private later(i: number, j: number): boolean {
    const { heap, keys } = this
    if (keys[i] !== keys[j] || !this.clock.hasWide) return keys[i] > keys[j]
    return this.cursors.exactTime(heap[i]) > this.cursors.exactTime(heap[j])
  }

  private swap(i: number, j: number): void {
    const { heap, keys } = this
    const cursor = heap[i]
    heap[i] = heap[j]
    heap[j] = cursor
    const key = keys[i]
    keys[i] = keys[j]
    keys[j] = key
  }
}
