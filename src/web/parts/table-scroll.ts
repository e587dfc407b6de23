// Where a table is scrolled to. Browsers cannot draw elements higher than some ten million pixels, and a million rows
// are more: then the scroll bar stands for the whole, small steps move as far as they say, and large ones jump.

/** Higher than what Firefox takes would be cut off silently. */
const HIGHEST = 8e6
/** Rows drawn above and below what is seen: scrolling is ahead of drawing. */
const SPARE = 10

/** The part of an element that this needs. */
interface Scrolls {
  scrollTop: number
}

export class TableScroll {
  count = 0
  /** px. */
  rowHeight = 24
  /** Height of the rows that can be seen, px. */
  view = 0
  /** What is scrolled away above, in px of all rows. */
  offset = 0
  private bar = 0
  private drawn = 0

  private get full(): number {
    return this.count * this.rowHeight
  }

  private get end(): number {
    return Math.max(0, this.full - this.view)
  }

  /** Height of the element that stands for all rows. */
  get space(): number {
    return Math.min(this.full, HIGHEST)
  }

  private get large(): boolean {
    return this.full > HIGHEST
  }

  /** Rows to draw: from the first to behind the last. */
  range(): readonly [number, number] {
    this.offset = Math.min(this.offset, this.end)
    const first = Math.floor(this.offset / this.rowHeight)
    const seen = Math.ceil(this.view / this.rowHeight) + 1
    // From an even number: rows keep their places in the page while one scrolls by little.
    const from = Math.max(0, first - SPARE)
    this.drawn = first
    return [from, Math.min(this.count, first + seen + SPARE)]
  }

  /** Where a row lies in the element. */
  top(row: number): number {
    const at = row * this.rowHeight
    return this.large ? this.bar - this.offset + at : at
  }

  /** Takes what the element was scrolled to; whether rows must be drawn. */
  scrolled(el: Scrolls): boolean {
    const moved = el.scrollTop - this.bar
    this.bar = el.scrollTop
    if (!this.large) this.offset = this.bar
    else if (moved !== 0) {
      const room = HIGHEST - this.view
      const small = Math.abs(moved) < 4 * this.view && this.bar > 0 && this.bar < room - 1
      this.offset = small ? this.offset + moved : (this.bar / room) * this.end
      this.offset = Math.max(0, Math.min(this.end, this.offset))
      return true
    }
    return Math.floor(this.offset / this.rowHeight) !== this.drawn
  }

  /** Scrolls to an offset. */
  to(el: Scrolls, offset: number): void {
    this.offset = Math.max(0, Math.min(this.end, offset))
    el.scrollTop = this.large ? (this.offset / this.end) * (HIGHEST - this.view) : this.offset
    this.bar = el.scrollTop
  }

  /** Comes back where rows have gone. */
  clamp(el: Scrolls): void {
    if (this.offset > this.end) this.to(el, this.end)
  }

  /** Brings a row into sight: to the nearest edge if `near`, else to the middle. Whether that was needed. */
  reveal(el: Scrolls, row: number, near = false): boolean {
    const top = row * this.rowHeight
    const above = top < this.offset
    const below = top + this.rowHeight > this.offset + this.view
    if (!above && !below) return false
    if (near) this.to(el, above ? top : top + this.rowHeight - this.view)
    else this.to(el, top - this.view / 2)
    return true
  }
}
