// A finished capture as one file: .zip or .tar.gz.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { encodeUtf8 } from '../../core/base/utf8.ts'
import { GzipSink } from '../gzip-sink.ts'
import { writeAll, writeFileWhole } from '../output.ts'

export type PackedForm = 'zip' | 'tar.gz'

/** The form that a name asks for; undefined for a folder. */
export function packedForm(path: string): PackedForm | undefined {
  if (/\.zip$/i.test(path)) return 'zip'
  return path === '-' || /\.(tar\.gz|tgz)$/i.test(path) ? 'tar.gz' : undefined
}

/**
 * Packs a folder's files, with those of its sub-folders, into `path` ('-' for standard output), where they lie in
 * a folder `name`. The file is there whole or not at all. Throws the system's error, ClosedPipe.
 */
export async function packFolder(
  folder: string,
  path: string,
  name: string,
  form: PackedForm,
): Promise<number> {
  let bytes = 0
  const pieces = form === 'zip' ? await zipped(folder, name) : await tarred(folder, name)
  const write = (fd: number): void => {
    for (const piece of pieces) {
      writeAll(fd, piece)
      bytes += piece.length
    }
  }
  if (path === '-') write(1)
  else writeFileWhole(path, write)
  return bytes
}

interface Entry {
  /** With slashes, from the folder on. */
  readonly name: string
  readonly path: string
  readonly mtime: Date
}

function entriesOf(folder: string): Entry[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name: name.replaceAll('\\', '/'), path: join(folder, name) }))
    .flatMap((e) => {
      const stat = statSync(e.path)
      return stat.isFile() ? [{ ...e, mtime: stat.mtime }] : []
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function zipped(folder: string, name: string): Promise<Uint8Array[]> {
  const { Zip, ZipDeflate, ZipPassThrough } = await import('fflate')
  const out: Uint8Array[] = []
  let failed: unknown
  const zip = new Zip((e, piece) => {
    if (e) failed = e
    else out.push(piece)
  })
  for (const e of entriesOf(folder)) {
    // What is packed already gets no smaller.
    const entry = /\.gz$/.test(e.name)
      ? new ZipPassThrough(`${name}/${e.name}`)
      : new ZipDeflate(`${name}/${e.name}`, { level: 6 })
    entry.mtime = e.mtime
    zip.add(entry)
    entry.push(readFileSync(e.path), true)
  }
  zip.end()
  if (failed !== undefined) throw failed
  return out
}

async function tarred(folder: string, name: string): Promise<Uint8Array[]> {
  const gzip = new GzipSink()
  for (const e of entriesOf(folder)) {
    const content = readFileSync(e.path)
    gzip.bytes(tarHeader(`${name}/${e.name}`, content.length, e.mtime))
    gzip.bytes(content)
    gzip.bytes(new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK))
  }
  gzip.bytes(new Uint8Array(2 * BLOCK))
  const out: Uint8Array[] = []
  for await (const piece of gzip.finish()) out.push(piece)
  return out
}

const BLOCK = 512

/** A header of POSIX ustar (IEEE 1003.1, pax): names up to 100 bytes, or 155 more in front of a slash. */
export function tarHeader(name: string, size: number, mtime: Date): Uint8Array {
  const header = new Uint8Array(BLOCK)
  const set = (at: number, text: string): void => header.set(encodeUtf8(text), at)
  const octal = (n: number, digits: number): string => `${n.toString(8).padStart(digits, '0')}\0`
  const cut = name.length <= 100 ? -1 : name.indexOf('/', name.length - 101)
  set(0, name.slice(cut + 1).slice(0, 100))
  if (cut > 0) set(345, name.slice(0, cut).slice(0, 155))
  set(100, octal(0o644, 7))
  set(108, octal(0, 7))
  set(116, octal(0, 7))
  set(124, octal(size, 11))
  set(136, octal(Math.floor(mtime.getTime() / 1000), 11))
  // The sum is taken with blanks in its own place.
  set(148, ' '.repeat(8))
  set(156, '0')
  set(257, 'ustar\x0000')
  const sum = header.reduce((a, b) => a + b, 0)
  set(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return header
}
