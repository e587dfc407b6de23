// Whether an executable is a Go program, from its headers and build info alone.

import { statSync } from 'node:fs'
import { DecodeError } from '../../core/base/errors.ts'
import type { GoBuildInfo } from '../../core/binary/build-info.ts'
import { pagedReader } from '../../core/binary/byte-reader.ts'
import { isExecutable, openExecutable } from '../../core/binary/executable.ts'
import { FileReader } from '../binary-file.ts'

export interface GoBinary {
  /** undefined: Go's tables are there, but no build info (Go 1.12 and before, or taken out). */
  readonly info: GoBuildInfo | undefined
  readonly arch: string
  /** Whether the symbol table was stripped. */
  readonly stripped: boolean
}

export type BinaryLook = { readonly go: GoBinary | undefined } | { readonly refused: 'forbidden' | 'missing' }

/** Sections that only Go's linker writes. */
const GO_SECTIONS =
  /^(\.go\.buildinfo|\.gopclntab|\.data\.rel\.ro\.gopclntab|\.note\.go\.buildid|__go_buildinfo|__gopclntab)$/

/** Looks at executables, each file once. */
export class GoBinaries {
  private readonly known = new Map<string, BinaryLook>()

  /** Never throws: a file that cannot be read says why. */
  look(path: string): BinaryLook {
    let key: string
    try {
      const s = statSync(path)
      if (!s.isFile()) return { go: undefined }
      key = `${s.dev}:${s.ino}:${s.mtimeMs}`
    } catch (e) {
      return { refused: whyOf(e) }
    }
    const before = this.known.get(key)
    if (before !== undefined) return before
    const look = read(path)
    this.known.set(key, look)
    return look
  }
}

function whyOf(e: unknown): 'forbidden' | 'missing' {
  const { code } = e as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM' ? 'forbidden' : 'missing'
}

function read(path: string): BinaryLook {
  let file: FileReader | undefined
  try {
    file = new FileReader(path)
    if (!isExecutable(file.read(0, 8))) return { go: undefined }
    const exe = openExecutable(pagedReader(file))
    const { sections, format } = exe.image
    const marked = sections.some((s) => GO_SECTIONS.test(s.name))
    // A file without section headers, or PE, may be Go all the same. Others are not searched: their data may be large.
    if (!marked && sections.length > 0 && format !== 'pe') return { go: undefined }
    const info = exe.buildInfo
    if (info === undefined && !marked) return { go: undefined }
    const stripped = !sections.some((s) => s.name === '.symtab') && format === 'elf'
    return { go: { info, arch: exe.arch, stripped } }
  } catch (e) {
    if (e instanceof DecodeError) return { go: undefined }
    if (typeof (e as NodeJS.ErrnoException).code === 'string') return { refused: whyOf(e) }
    throw e
  } finally {
    file?.close()
  }
}
