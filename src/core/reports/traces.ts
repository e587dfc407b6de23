// Every sample with its stack. The text is many times the size of the profile (a few hundred MB for a
// large one), so it is put together as bytes: the lines of each location are encoded once, at the
// front of the output buffer, and copied within it.

import { buildNodes, NodeNames } from '../analysis/nodes.ts'
import { padLeft } from '../base/go-fmt.ts'
import { type Int, quoInt } from '../base/int64.ts'
import { autoLabel } from '../base/units.ts'
import { compareText, encodeUtf8 } from '../base/utf8.ts'
import { profileLabels, type Report, type Sink, ValueFormat } from './report.ts'

/** Traces are printed sample by sample: there is nothing to build. */
export function buildTraces(r: Report): Report {
  return r
}

const SEPARATOR = '-----------+-------------------------------------------------------\n'
/** Output is handed on in pieces of about this size. */
const PIECE = 1 << 20

export function printTraces(_: Report, r: Report, out: Sink): void {
  const { profile: p, options: o } = r
  const { samples } = p
  const format = new ValueFormat(o)
  const lines = new LocationLines(r)
  const writer = new ByteWriter(lines.bytes, out)
  writer.text(`${profileLabels(r, format).join('\n')}\n`)
  const labels = new Map<number, Uint8Array>()
  const value = samples.value[o.value]
  const divisor = o.divisor === undefined ? undefined : samples.value[o.divisor]
  const separator = encodeUtf8(SEPARATOR)
  const values = new Map<Int, Uint8Array>()
  for (let row = 0; row < samples.count; row++) {
    const first = samples.stackStart[row]
    const end = samples.stackEnd[row]
    if (first === end) continue
    writer.bytes(separator)
    const set = samples.labelSet[row]
    if (set !== 0) {
      let l = labels.get(set)
      if (l === undefined) {
        l = encodeUtf8(labelText(r, set))
        labels.set(set, l)
      }
      writer.bytes(l)
    }
    let v = value.get(row)
    const d = divisor?.get(row) ?? 0
    if (d !== 0) v = quoInt(v, d)
    let number = values.get(v)
    if (number === undefined) {
      number = encodeUtf8(padLeft(format.value(v), 10))
      // Values repeat in most profiles; where they do not, the map must not grow without end.
      if (values.size > 1 << 16) values.clear()
      values.set(v, number)
    }
    // The value takes the place of the blanks in front of the first line.
    writer.bytes(number)
    const leaf = samples.frame[first]
    writer.copy(lines.start[leaf] + 10, lines.start[leaf + 1])
    for (let i = first + 1; i < end; i++) {
      const loc = samples.frame[i]
      writer.copy(lines.start[loc], lines.start[loc + 1])
    }
  }
  writer.bytes(separator)
  writer.flush()
}

/** The text of each location's lines, with blanks where the value goes. */
class LocationLines {
  /** Location row -> bytes [start[row], start[row + 1]). */
  readonly start: Uint32Array
  readonly bytes: Uint8Array

  constructor(r: Report) {
    const { profile: p } = r
    const nodes = buildNodes(p, { objectFiles: false })
    const names = new NodeNames(p, nodes.table)
    const parts: Uint8Array[] = []
    let length = 0
    this.start = new Uint32Array(p.locations.count + 2)
    for (let loc = 1; loc <= p.locations.count; loc++) {
      this.start[loc] = length
      const last = nodes.start[loc + 1] - 1
      let text = ''
      for (let k = nodes.start[loc]; k <= last; k++)
        text += `             ${names.printed(nodes.node[k])}${k === last ? '' : ' (inline)'}\n`
      const bytes = encodeUtf8(text)
      parts.push(bytes)
      length += bytes.length
    }
    this.start[p.locations.count + 1] = length
    this.bytes = new Uint8Array(length)
    parts.forEach((b, i) => {
      this.bytes.set(b, this.start[i + 1])
    })
  }
}

/** Collects output behind a fixed block of bytes that pieces of it are copied from. */
class ByteWriter {
  private readonly buffer: Uint8Array
  private readonly from: number
  private readonly limit: number
  private readonly out: Sink
  private at: number

  constructor(block: Uint8Array, out: Sink) {
    this.buffer = new Uint8Array(block.length + 2 * PIECE)
    this.buffer.set(block)
    this.from = block.length
    this.limit = block.length + PIECE
    this.at = this.from
    this.out = out
  }

  copy(start: number, end: number): void {
    if (end - start > PIECE) {
      this.flush()
      this.out.bytes(this.buffer.subarray(start, end))
      return
    }
    this.buffer.copyWithin(this.at, start, end)
    this.at += end - start
    if (this.at > this.limit) this.flush()
  }

  bytes(b: Uint8Array): void {
    if (b.length > PIECE) {
      this.flush()
      this.out.bytes(b)
      return
    }
    this.buffer.set(b, this.at)
    this.at += b.length
    if (this.at > this.limit) this.flush()
  }

  text(s: string): void {
    this.bytes(encodeUtf8(s))
  }

  /** Hands the collected bytes on; they are overwritten afterwards, so the sink must not keep them. */
  flush(): void {
    if (this.at > this.from) this.out.bytes(this.buffer.subarray(this.from, this.at))
    this.at = this.from
  }
}

function labelText(r: Report, set: number): string {
  const { profile: p, options: o } = r
  const t = p.labelSets
  const text = new Map<string, string[]>()
  const numeric = new Map<string, string[]>()
  for (let row = t.start[set]; row < t.start[set + 1]; row++) {
    const key = p.strings.get(t.key[row])
    const [lists, value] =
      t.str[row] !== 0
        ? [text, p.strings.get(t.str[row])]
        : [numeric, autoLabel(t.num.get(row), o.labelUnits.unit.get(key) ?? '')]
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [value])
    else list.push(value)
  }
  const lines = (labels: Map<string, string[]>): string =>
    [...labels]
      .map(([key, values]) => `${padLeft(key, 10)}:  ${values.join(' ')}\n`)
      .sort(compareText)
      .join('')
  return lines(text) + lines(numeric)
}
