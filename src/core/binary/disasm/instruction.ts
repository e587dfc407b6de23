import type { Int } from '../../base/int64.ts'

/** Names what lies at an address (a uint64): the symbol that contains it and where that symbol starts. */
export type Symbolize = (address: Int) => { readonly name: string; readonly base: Int } | undefined

/** One line of a listing. */
export interface Instruction {
  /** Address of the first byte, a uint64. */
  readonly address: Int
  /** Bytes, at least 1. */
  readonly size: number
  /** Go's assembler syntax; `?` for what Go's tools do not know. */
  readonly text: string
}
