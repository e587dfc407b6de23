// Chunks in, lines out: places in the chunk's own bytes, no text and no copy.

/** Takes a line: bytes[start, end), without its end of line. The bytes are valid only during the call. */
export type LineConsumer = (
  bytes: Uint8Array,
  start: number,
  end: number,
  /** Where in the whole input the line begins. */
  offset: number,
) => void

/** Longer lines keep so many bytes; no runtime prints longer ones, but programs log whole documents. */
const MAX_LINE_BYTES = 1 << 20

/** Cuts a stream into lines at LF; a CR before it is no part of the line. */
export class LineSplitter {
  /** Lines handed out. */
  lines = 0
  /** How many of them were longer than the limit, and lost their ends. */
  cutLines = 0
  /** Bytes pushed. */
  bytes = 0
  private readonly take: LineConsumer
  private readonly maxLineBytes: number
  /** The beginning of a line whose end is in a later chunk. */
  private part = new Uint8Array(0)
  private partLength = 0
  /** Whether more of that line was dropped than is kept. */
  private partCut = false
  private partOffset = 0

  constructor(take: LineConsumer, maxLineBytes = MAX_LINE_BYTES) {
    this.take = take
    this.maxLineBytes = maxLineBytes
  }

  /** Hands out the lines that end in this chunk. The chunk's memory may be used again afterwards. */
  push(chunk: Uint8Array): void {
    const { take, maxLineBytes } = this
    const base = this.bytes
    this.bytes += chunk.length
    let at = 0
    if (this.partLength > 0 || this.partCut) {
      const lf = chunk.indexOf(10)
      this.keep(chunk, 0, lf < 0 ? chunk.length : lf)
      if (lf < 0) return
      this.takePart()
      at = lf + 1
    }
    for (;;) {
      const lf = chunk.indexOf(10, at)
      if (lf < 0) break
      let end = lf
      if (end > at && chunk[end - 1] === 13) end--
      if (end - at > maxLineBytes) {
        end = at + maxLineBytes
        this.cutLines++
      }
      this.lines++
      take(chunk, at, end, base + at)
      at = lf + 1
    }
    if (at < chunk.length) {
      this.partOffset = base + at
      this.keep(chunk, at, chunk.length)
    }
  }

  /** Hands out the last line if it has no end of line. */
  end(): void {
    if (this.partLength > 0 || this.partCut) this.takePart()
  }

  private takePart(): void {
    let end = this.partLength
    if (this.partCut) this.cutLines++
    else if (end > 0 && this.part[end - 1] === 13) end--
    this.lines++
    this.partLength = 0
    this.partCut = false
    this.take(this.part, 0, end, this.partOffset)
  }

  private keep(chunk: Uint8Array, from: number, to: number): void {
    const length = Math.min(to - from, this.maxLineBytes - this.partLength)
    if (length < to - from) this.partCut = true
    const need = this.partLength + length
    if (need > this.part.length) {
      const part = new Uint8Array(Math.min(Math.max(need, this.part.length * 2, 4096), this.maxLineBytes))
      part.set(this.part.subarray(0, this.partLength))
      this.part = part
    }
    this.part.set(chunk.subarray(from, from + length), this.partLength)
    this.partLength = need
  }
}
