import { inflateSync } from 'node:zlib'
import type { HeapNames } from '../../../core/analysis/heap/analyse.ts'
import { type HeapTypes, kindTypes } from '../../../core/analysis/heap/heap-types.ts'
import { HeapProgram } from '../../../core/analysis/heap/program.ts'
import { programNames } from '../../../core/analysis/heap/program-names.ts'
import { typedObjects } from '../../../core/analysis/heap/typed-objects.ts'
import { DecodeError, UserError } from '../../../core/base/errors.ts'
import { DwarfSections, type Inflate } from '../../../core/binary/dwarf-sections.ts'
import { GoTypes } from '../../../core/binary/dwarf-types.ts'
import type { Executable } from '../../../core/binary/executable.ts'
import type { HeapDump } from '../../../core/model/heap-dump.ts'
import { BinaryFiles } from '../../binary-file.ts'

/** Go's linker packs debug sections with zlib. */
const inflate: Inflate = (bytes, size, codec) => {
  if (codec !== 'zlib') throw new Error('not what Go writes')
  return inflateSync(bytes, { maxOutputLength: size + 1 })
}

/**
 * What the program that wrote a dump tells of it. Without debug information there are names but no types, and
 * `warn` says so. Throws UserError if the binary cannot be read or is another one.
 */
export async function heapTypesFrom(
  path: string,
  dump: HeapDump,
  warn: (text: string) => void,
): Promise<{ names: HeapNames; types: HeapTypes }> {
  const files = new BinaryFiles()
  await files.makeReady([path])
  const exe = files.open(path)
  const go = goTypes(exe, (why) => warn(`${path}: no types: ${why}`))
  try {
    const program = new HeapProgram(dump, exe, go)
    return {
      names: programNames(program),
      types: go === undefined ? kindTypes(dump) : typedObjects(program, go),
    }
  } catch (e) {
    if (e instanceof UserError) throw new UserError(`${path}: ${e.message}`)
    throw e
  }
}

function goTypes(exe: Executable, warn: (why: string) => void): GoTypes | undefined {
  try {
    const sections = new DwarfSections(exe.image, inflate)
    if (!sections.has('info') || !sections.has('abbrev')) {
      warn('the binary has no debug information (built with -ldflags=-w or stripped)')
      return undefined
    }
    return new GoTypes(sections)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    warn(`its debug information is damaged (${e.message})`)
    return undefined
  }
}
