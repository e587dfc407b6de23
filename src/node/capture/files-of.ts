import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UserError } from '../../core/base/errors.ts'
import { systemError } from '../system-error.ts'

/** A file that was given, or found in a folder that was given. */
export interface Found {
  readonly path: string
  /** As shown: the path inside the folder where one was given, else the path as given. */
  readonly name: string
}

/**
 * The files that the paths stand for: those of a folder in the order of their names, which stand without the
 * folder unless there are `several` sources. Throws UserError.
 */
export function filesOf(paths: readonly string[], several = paths.length > 1): Found[] {
  return paths.flatMap((path) => {
    let folder: boolean
    try {
      folder = statSync(path).isDirectory()
    } catch (e) {
      throw new UserError(systemError('open', path, e))
    }
    if (!folder) return [{ path, name: path }]
    return readdirSync(path, { withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(path, e.name))
      .sort()
      .map((file) => ({ path: file, name: several ? file : relative(path, file) }))
  })
}
