import type { Int } from '../../src/core/base/int64.ts'
import type { Profile } from '../../src/core/model/profile.ts'
import { type Label, ProfileBuilder } from '../../src/core/model/profile-builder.ts'

/**
 * A profile from a picture of its samples, one column each, the root on top:
 *
 *     main      main          main
 *     work      work          idle a/idle.go:7
 *     ^hash     sort [libc]
 *     = 10 5    = 20 0        = 1 1
 *     # k:v     # bytes:16 B
 *
 * Columns are two or more blanks apart, and a cell begins where a cell of the first row does. A cell is
 * a function with, if wanted, its file, `file:line` or `file:line:column` and, in brackets, the file of
 * the mapping; `^` means inlined into the function above. Below the stack are the values (`=`, one per
 * type; 1 if left out) and any number of labels (`#`; a number, and a unit if there is one, is numeric).
 * Equal functions are one function, and equal cells one location, in order of appearance from the root.
 */
export function profileFrom(picture: string, types: readonly string[] = ['samples/count']): Profile {
  const rows = picture.split('\n').filter((row) => row.trim() !== '')
  const cells = rows.map((row) =>
    [...row.matchAll(/\S+(?: \S+)*/g)].map((m) => ({ at: m.index, text: m[0] })),
  )
  const columns = (cells[0] ?? []).map((cell) => cell.at)
  const stacks: string[][] = columns.map(() => [])
  for (const row of cells)
    for (const cell of row) {
      const column = columns.indexOf(cell.at)
      if (column < 0) throw new Error(`${JSON.stringify(cell.text)} is in no column`)
      stacks[column]!.push(cell.text)
    }

  const b = new Drawing(types)
  for (const stack of stacks) b.sample(stack)
  return b.done()
}

class Drawing {
  private readonly b = new ProfileBuilder()
  private readonly types: number
  private readonly functions = new Map<string, number>()
  private readonly mappings = new Map<string, number>()
  private readonly locations = new Map<string, number>()

  constructor(types: readonly string[]) {
    this.types = types.length
    this.b.sampleTypes = types.map((t) => {
      const [type = '', unit = ''] = t.split('/')
      return { type, unit }
    })
  }

  sample(column: readonly string[]): void {
    const frames: string[][] = []
    let values: Int[] = Array.from({ length: this.types }, () => 1)
    const labels: Label[] = []
    for (const cell of column) {
      if (cell.startsWith('= ')) values = cell.slice(2).split(' ').map(parseInt64)
      else if (cell.startsWith('# ')) labels.push(parseLabel(cell.slice(2)))
      else if (cell.startsWith('^')) frames.at(-1)!.push(cell.slice(1))
      else frames.push([cell])
    }
    if (values.length !== this.types) throw new Error(`${values.length} values for ${this.types} types`)
    // Drawn from the root; stacks and inlined lines are stored from the leaf.
    const stack = frames.map((lines) => this.location(lines)).toReversed()
    this.b.addSample(stack, values, labels)
  }

  private location(cells: readonly string[]): number {
    const key = cells.join('\n')
    let row = this.locations.get(key)
    if (row === undefined) {
      const lines = cells.map((cell) => this.line(cell))
      const mapping = lines[0]!.mapping
      row = this.b.addLocation({ mapping, lines: lines.toReversed() })
      this.locations.set(key, row)
    }
    return row
  }

  private line(cell: string): { fn: number; line: Int; column: Int; mapping: number } {
    const [all, name, file = '', line = '0', column = '0', mapping = ''] =
      /^(\S+)(?: ([^\s:[\]]+)(?::(\d+))?(?::(\d+))?)?(?: \[([^\]]+)\])?$/.exec(cell) ?? []
    if (all === undefined) throw new Error(`${JSON.stringify(cell)} is no function`)
    const key = `${name}\n${file}`
    let fn = this.functions.get(key)
    if (fn === undefined) {
      fn = this.b.addFunction(name!, { filename: file })
      this.functions.set(key, fn)
    }
    let row = mapping === '' ? 0 : this.mappings.get(mapping)
    if (row === undefined) {
      row = this.b.addMapping({ file: mapping })
      this.mappings.set(mapping, row)
    }
    return { fn, line: Number(line), column: Number(column), mapping: row }
  }

  done(): Profile {
    return this.b.done()
  }
}

function parseInt64(text: string): Int {
  const v = BigInt(text)
  return Number.isSafeInteger(Number(v)) ? Number(v) : v
}

function parseLabel(text: string): Label {
  const [all, key, value] = /^(.*):([^:]*)$/.exec(text) ?? []
  if (all === undefined) throw new Error(`${JSON.stringify(text)} is no label`)
  const [number, digits, unit] = /^(-?\d+)(?: (\S+))?$/.exec(value!) ?? []
  if (number === undefined) return { key: key!, text: value! }
  return { key: key!, num: parseInt64(digits!), ...(unit !== undefined && { unit }) }
}

/**
 * The samples of a profile, each as a line `root;caller;^inlined 10 5 {k:v bytes:16 B}`, whatever the
 * ids and rows; a function with a file is `name file:line`, a location without lines its address.
 */
export function samplesOf(p: Profile): string[] {
  const place = (line: number): string => {
    const fn = p.lines.fn[line]!
    const file = p.strings.get(p.functions.filename[fn]!)
    const [row, column] = [p.lines.line.get(line), p.lines.column.get(line)]
    const at = `${file}${row === 0 ? '' : `:${row}`}${column === 0 ? '' : `:${column}`}`
    return `${p.strings.get(p.functions.name[fn]!)}${at === '' ? '' : ` ${at}`}`
  }
  const frame = (loc: number): string => {
    const from = p.locations.lineStart[loc]!
    const to = p.locations.lineEnd[loc]!
    if (from === to) return `0x${p.locations.address.get(loc).toString(16)}`
    return Array.from({ length: to - from }, (_, k) => (k === 0 ? '' : '^') + place(to - 1 - k)).join(';')
  }
  return Array.from({ length: p.samples.count }, (_, row) => {
    const stack = [...p.samples.frame.subarray(p.samples.stackStart[row], p.samples.stackEnd[row])]
    const values = p.samples.value.map((column) => String(column.get(row)))
    return [stack.toReversed().map(frame).join(';'), ...values, ...labelsOf(p, row)].join(' ')
  })
}

function labelsOf(p: Profile, sample: number): string[] {
  const t = p.labelSets
  const set = p.samples.labelSet[sample]!
  const out: { key: string; value: string }[] = []
  for (let row = t.start[set]!; row < t.start[set + 1]!; row++) {
    const unit = t.unit[row] === 0 ? '' : ` ${p.strings.get(t.unit[row]!)}`
    const value = t.str[row] !== 0 ? p.strings.get(t.str[row]!) : `${t.num.get(row)}${unit}`
    out.push({ key: p.strings.get(t.key[row]!), value })
  }
  if (out.length === 0) return []
  // Keys are in order of their ids in the model, which says nothing.
  out.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return [`{${out.map((l) => `${l.key}:${l.value}`).join(' ')}}`]
}
