// Where a capture goes: a folder, or one file that is packed when the capture is done.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import { systemError } from '../system-error.ts'
import { CaptureFolder } from './capture-files.ts'
import type { Manifest } from './manifest.ts'
import { packedForm, packFolder } from './pack-folder.ts'

/** Now, as the name of a folder. */
export function timeStamp(): string {
  return new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
}

/**
 * Has `capture` fill a folder, and leaves the result at `path`, '-' for standard output. If it gives undefined,
 * nothing is left behind. Returns its manifest; undefined also where the file could not be written, which `say` is
 * told. Throws UserError, and what `capture` throws.
 */
export async function captureTo(
  path: string,
  say: (text: string) => void,
  capture: (folder: CaptureFolder) => Promise<Manifest | undefined>,
): Promise<Manifest | undefined> {
  const form = packedForm(path)
  if (form === undefined) {
    const folder = new CaptureFolder(path)
    return keepOrRemove(folder, () => capture(folder))
  }
  const name = path === '-' ? `goscope-${timeStamp()}` : basename(path).replace(/\.(zip|tar\.gz|tgz)$/i, '')
  const place = path === '-' ? tmpdir() : dirname(path)
  let beside: string
  try {
    beside = mkdtempSync(join(place, `.${name.slice(0, 40)}-`))
  } catch (e) {
    throw new UserError(systemError('mkdir', place, e))
  }
  let kept = false
  try {
    const manifest = await capture(new CaptureFolder(beside))
    if (manifest === undefined) return undefined
    try {
      await packFolder(beside, path, name, form)
      return manifest
    } catch (e) {
      if (typeof (e as NodeJS.ErrnoException).syscall !== 'string') throw e
      // What was captured cannot be captured again.
      kept = true
      say(`${path} cannot be written (${(e as Error).message}): the files are in ${beside}`)
      return undefined
    }
  } finally {
    if (!kept) rmSync(beside, { recursive: true, force: true })
  }
}

/** Lets `capture` fill the folder; takes it away again if nothing came of it. */
export async function keepOrRemove(
  folder: CaptureFolder,
  capture: () => Promise<Manifest | undefined>,
): Promise<Manifest | undefined> {
  let manifest: Manifest | undefined
  try {
    manifest = await capture()
  } catch (e) {
    // What is there when the disk is full is worth keeping.
    if (e instanceof UserError) folder.remove()
    throw e
  }
  if (manifest === undefined) folder.remove()
  return manifest
}

/** What is said at the end. */
export function summaryLines(path: string, m: Manifest): string[] {
  const failed = m.failed.length > 0 ? `, ${m.failed.length} failed` : ''
  const state = m.state === 'complete' ? '' : ` (${m.state})`
  const folder = m.parts === undefined || m.parts.length === 0 ? path : join(path, m.parts[0]!.folder)
  const next = path === '-' || m.files.length === 0 ? '' : `; goscope doctor ${folder}`
  return [
    ...m.warnings.map((w) => `warning: ${w}`),
    ...m.notes,
    `${path === '-' ? 'standard output' : path}: ${m.files.length} files${failed}${state}${next}`,
  ]
}
