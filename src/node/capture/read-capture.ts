// Reads everything that was captured of a program: files, folders, archives, addresses; each by its content.

import { DecodeError, UserError } from '../../core/base/errors.ts'
import type { CaptureParts } from '../../core/doctor/capture-parts.ts'
import { CaptureBuilder } from '../../core/engine/capture/capture-builder.ts'
import { CAPTURE_READERS, type CaptureFile } from '../../core/engine/capture/capture-readers.ts'
import { fileKind, HEAD_BYTES } from '../../core/engine/capture/file-kind.ts'
import { readAll } from '../read-bytes.ts'
import { archiveKind, unpackArchive } from './archive.ts'
import { filesOf } from './files-of.ts'

/**
 * Reads all sources. Files that cannot be decoded become sources of kind 'unknown' with a problem. Throws
 * UserError where there is nothing, or what the system refuses.
 */
export async function readCapture(sources: readonly string[]): Promise<CaptureParts> {
  const builder = new CaptureBuilder()
  let files = 0
  for (const source of sources)
    for (const { path, name } of isPath(source)
      ? filesOf([source], sources.length > 1)
      : [{ path: source, name: source }]) {
      let bytes: Uint8Array
      try {
        bytes = await readAll(path)
      } catch (e) {
        // Damaged packing: the others are read all the same.
        if (!(e instanceof DecodeError)) throw e
        const message = e.message.replace(`${path}: `, '')
        builder.source(name, 'unknown', [{ message, offset: e.offset, count: 1 }])
        files++
        continue
      }
      const kind = archiveKind(bytes)
      const contents = kind === undefined ? [{ name, bytes }] : await unpackArchive(name, bytes, kind)
      for (const file of contents) await readFile(file, builder)
      files += contents.length
    }
  if (files === 0) throw new UserError(`${sources.join(', ')}: there is no file in it`)
  return builder.done()
}

function isPath(source: string): boolean {
  return source !== '-' && !/^(https?(\+insecure)?|unix):|^\/\//.test(source)
}

async function readFile(file: CaptureFile, builder: CaptureBuilder): Promise<void> {
  const read = CAPTURE_READERS[fileKind(file.name, file.bytes.subarray(0, HEAD_BYTES))]
  try {
    await read(file, builder)
  } catch (e) {
    if (!(e instanceof DecodeError)) throw e
    builder.source(file.name, 'unknown', [{ message: e.message, offset: e.offset, count: 1 }])
  }
}
