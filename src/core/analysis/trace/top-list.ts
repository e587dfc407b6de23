/** Keeps the items with the largest values. */
export class TopList<T> {
  private readonly limit: number
  private readonly items: { readonly value: number; readonly item: T }[] = []

  constructor(limit: number) {
    this.limit = limit
  }

  /** Whether an item of this value would be kept: asked before the item is made. */
  wants(value: number): boolean {
    return this.items.length < this.limit || value > this.items[this.items.length - 1].value
  }

  add(value: number, item: T): void {
    let at = this.items.length
    while (at > 0 && this.items[at - 1].value < value) at--
    this.items.splice(at, 0, { value, item })
    if (this.items.length > this.limit) this.items.pop()
  }

  /** Largest first; equal ones in the order in which they came. */
  done(): T[] {
    return this.items.map((i) => i.item)
  }
}
