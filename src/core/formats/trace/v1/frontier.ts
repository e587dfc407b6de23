/**
 * Streams by the time of their next event. A plain binary heap, but it must be this one: which of two
 * streams with equal times comes first follows from how it moves entries.
 */
export class Frontier {
  private readonly time: number[] = []
  private readonly stream: number[] = []

  get size(): number {
    return this.time.length
  }

  push(time: number, stream: number): void {
    let at = this.time.length
    this.time.push(time)
    this.stream.push(stream)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!(time < this.time[parent])) break
      this.swap(at, parent)
      at = parent
    }
  }

  /** Takes out the stream with the least time; the frontier must not be empty. */
  pop(): number {
    const last = this.time.length - 1
    this.swap(0, last)
    this.time.pop()
    const taken = this.stream.pop() as number
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= last) return taken
      if (child + 1 < last && this.time[child + 1] < this.time[child]) child++
      if (!(this.time[child] < this.time[at])) return taken
      this.swap(at, child)
      at = child
    }
  }

  private swap(a: number, b: number): void {
    const { time, stream } = this
    const t = time[a]
    time[a] = time[b]
    time[b] = t
    const s = stream[a]
    stream[a] = stream[b]
    stream[b] = s
  }
}
