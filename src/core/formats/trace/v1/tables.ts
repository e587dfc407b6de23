import { DecodeError } from '../../../base/errors.ts'
import type { Int } from '../../../base/int64.ts'
import type { TraceTables } from '../../../model/trace.ts'
import { V1Cursor } from './cursor.ts'
import type { V1File } from './v1-file.ts'

/** What ids of a v1 file stand for, as rows of the delivered tables, looked up when first mentioned. */
export class V1Tables {
  private readonly file: V1File
  private readonly tables: TraceTables
  private readonly at: V1Cursor
  private readonly strings = new Map<Int, number>([[0, 0]])
  private readonly stacks = new Map<number, number>()
  private readonly frames = new Map<Int, number>()
  /** Row in the file's tables -> row in the delivered ones + 1, 0 = not mentioned yet. */
  private readonly procs: Int32Array
  private readonly goroutines: Int32Array

  constructor(file: V1File, tables: TraceTables) {
    this.file = file
    this.tables = tables
    this.at = new V1Cursor(file.bytes)
    this.procs = new Int32Array(file.procs.count)
    this.goroutines = new Int32Array(file.goroutines.count)
  }

  /** The row of a proc of the file; -1 for P -1. */
  proc(row: number): number {
    if (this.procs[row] === 0) {
      const id = this.file.procs.id(row)
      this.procs[row] = id === -1 ? -1 : this.tables.procs.intern(id) + 1
    }
    return this.procs[row] < 0 ? -1 : this.procs[row] - 1
  }

  /** The row of a goroutine of the file (row there + 1); -1 for none. */
  goroutine(g: number): number {
    if (g === 0) return -1
    if (this.goroutines[g - 1] === 0) {
      const id = this.file.goroutines.id(g - 1)
      // A sample may name goroutine -1: none.
      this.goroutines[g - 1] = id === -1 ? -1 : this.tables.goroutines.intern(id) + 1
    }
    return this.goroutines[g - 1] < 0 ? -1 : this.goroutines[g - 1] - 1
  }

  /** The string id of a string of the file. Throws DecodeError if the file has none. */
  string(id: Int, offset: number): number {
    const known = this.strings.get(id)
    if (known !== undefined) return known
    const at = this.file.strings.get(id)
    if (at === undefined) throw new DecodeError('trace', offset, `there is no string ${id}`)
    const row = this.text(at)
    this.strings.set(id, row)
    return row
  }

  /** The string id of the text whose length stands at an offset. */
  text(offset: number): number {
    const { at } = this
    at.pos = offset
    const length = at.number()
    return this.tables.strings.internBytes(at.bytes, at.pos, at.pos + length)
  }

  /** The row of a stack of the file. 0 if the file has none of this id. */
  stack(id: number): number {
    if (id === 0) return 0
    const known = this.stacks.get(id)
    if (known !== undefined) return known
    const offset = this.file.stacks.get(id)
    const row = offset === undefined ? 0 : this.readStack(offset)
    this.stacks.set(id, row)
    return row
  }

  private readStack(offset: number): number {
    const { at } = this
    at.pos = offset
    const pcs: Int[] = []
    for (let n = at.number(); n > 0; n--) {
      pcs.push(at.uint())
      at.skip(3)
    }
    const rows = pcs.map((pc) => this.frame(pc))
    return this.tables.stacks.internStack(rows, 0, rows.length)
  }

  private frame(pc: Int): number {
    const known = this.frames.get(pc)
    if (known !== undefined) return known
    const { at } = this
    const offset = this.file.frames.get(pc) as number
    at.pos = offset
    at.skip(1)
    const fn = at.uint()
    const file = at.uint()
    const line = at.uint()
    const row = this.tables.stacks.internFrame(pc, this.string(fn, offset), this.string(file, offset), line)
    this.frames.set(pc, row)
    return row
  }
}
