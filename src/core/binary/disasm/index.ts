// Disassembly in Go's assembler syntax, byte for byte what `go tool objdump` of Go 1.26 prints.
//
// The decoders are tables of our own and not a library. The text has to show what Go's decoder knows and how
// it stumbles over the rest (AVX, LSE atomics), so over a library there would still have to be a table of
// nearly the same size, from its opcodes to Go's, plus a second decoder for what follows a VEX prefix.
// Being pure, this needs no loader for wasm and runs in a page as it is.

import type { Int } from '../../base/int64.ts'
import type { Symbolize } from './instruction.ts'
import type { Listing } from './listing.ts'

export type { Instruction, Symbolize } from './instruction.ts'
export { Listing } from './listing.ts'

/** Architectures that can be disassembled, by Go's names. */
export const DISASM_ARCHS = ['amd64', 'arm64'] as const
export type DisasmArch = (typeof DISASM_ARCHS)[number]

export interface Disassembler {
  readonly arch: DisasmArch
  /**
   * Disassembles code whose first byte lies at `address` (a uint64). `code` should end where the function
   * ends: like Go's tools, the last instruction is not read beyond it. Unknown bytes give rows of text `?`
   * (of 1 byte on amd64, 4 on arm64, fewer at the end). Never throws.
   */
  disassemble(code: Uint8Array, address: Int, symbolize: Symbolize): Listing
}

/** Loads the decoder of an architecture; its tables are built on first use only. */
export async function loadDisassembler(arch: DisasmArch): Promise<Disassembler> {
  if (arch === 'amd64') return { arch, disassemble: (await import('./x86-go-syntax.ts')).disassembleX86 }
  return { arch, disassemble: (await import('./arm64-go-syntax.ts')).disassembleArm64 }
}
