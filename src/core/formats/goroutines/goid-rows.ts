/** goid -> row, for the goroutines of one dump; goids are whole numbers above 0. */
export class GoidRows {
  /** goid per slot, 0 = free. Length is a power of two. */
  private keys = new Float64Array(64)
  private rows = new Uint32Array(64)
  private count = 0

  /** The row of `goid`, which becomes `row` if it has none yet: then the answer is -1. */
  take(goid: number, row: number): number {
    const slot = this.slotOf(goid)
    if (this.keys[slot] === goid) return this.rows[slot]
    this.keys[slot] = goid
    this.rows[slot] = row
    if (++this.count * 2 > this.keys.length) this.grow()
    return -1
  }

  clear(): void {
    this.keys = new Float64Array(64)
    this.rows = new Uint32Array(64)
    this.count = 0
  }

  private slotOf(goid: number): number {
    const mask = this.keys.length - 1
    // Neighbours stay neighbours: goids come in runs, and memory is read by the line.
    const run = Math.imul((goid / 64) | 0, 0x9e3779b1)
    let slot = (((run ^ (run >>> 15)) << 6) | (goid & 63)) & mask
    while (this.keys[slot] !== 0 && this.keys[slot] !== goid) slot = (slot + 1) & mask
    return slot
  }

  private grow(): void {
    const { keys, rows } = this
    this.keys = new Float64Array(keys.length * 4)
    this.rows = new Uint32Array(keys.length * 4)
    for (let k = 0; k < keys.length; k++) {
      if (keys[k] === 0) continue
      const slot = this.slotOf(keys[k])
      this.keys[slot] = keys[k]
      this.rows[slot] = rows[k]
    }
  }
}
