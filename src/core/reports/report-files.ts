// What reports read besides the profile: executables and source files. Implemented outside of core.

import type { GoBuildInfo } from '../binary/build-info.ts'
import type { Disassembler } from '../binary/disasm/index.ts'
import type { Executable } from '../binary/executable.ts'

/** Opens executables. */
export interface BinaryOpener {
  /** Throws UserError, in words like `open PATH: no such file or directory`. */
  open(path: string): Executable
}

/** What is known of the program that a source file belongs to. It helps to find the file elsewhere. */
export interface SourceHints {
  /** The program's modules and Go version; undefined if its executable is not at hand. Costs little only once. */
  buildInfo(): GoBuildInfo | undefined
  /** A function in the file, as the linker names it: it begins with the package's path. '' if unknown. */
  readonly fn: string
}

/** A source file's bytes, or why there are none. */
export type SourceText =
  | { readonly bytes: Uint8Array }
  | {
      /** The reference's words, without our own places. */
      readonly error: string
      /** Our own places that were tried in vain, best first. */
      readonly tried: readonly string[]
      /** What the user could do about it, if that is known. */
      readonly advice?: string
    }

/** Finds source files. */
export interface SourceReader {
  /** `searchPath` and `trimPath` are lists as the options source_path and trim_path have them; both may be ''. */
  read(file: string, searchPath: string, trimPath: string, hints: SourceHints): SourceText
}

export interface ReportFiles {
  readonly binaries: BinaryOpener
  readonly sources: SourceReader
  /** The disassembler for a GOARCH; undefined where there is none, or none was loaded. */
  disassembler(arch: string): Disassembler | undefined
}
