import { addInt, asUint, type Int } from '../../base/int64.ts'
import type { Instruction } from './instruction.ts'

/** Disassembled code, a row per instruction, in columns. Iterates as `Instruction`s. */
export class Listing implements Iterable<Instruction> {
  /** Address of the first byte of the code. */
  readonly address: Int
  readonly length: number
  /** Row -> offset in the code; one entry more than rows, the last one is the size of the code. */
  readonly offsets: Uint32Array
  /** Row -> text in Go's assembler syntax. */
  readonly texts: readonly string[]

  constructor(address: Int, offsets: Uint32Array, texts: readonly string[]) {
    this.address = address
    this.length = texts.length
    this.offsets = offsets
    this.texts = texts
  }

  /** Bytes of an instruction, at least 1. */
  sizeOf(row: number): number {
    return this.offsets[row + 1] - this.offsets[row]
  }

  /** Address of an instruction; wraps at 64 bits as Go's uint64 does. */
  addressOf(row: number): Int {
    return asUint(addInt(this.address, this.offsets[row]))
  }

  *[Symbol.iterator](): Iterator<Instruction> {
    for (let row = 0; row < this.length; row++) {
      yield { address: this.addressOf(row), size: this.sizeOf(row), text: this.texts[row] }
    }
  }
}
