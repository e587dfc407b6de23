// Where the executables of a profile lie on this machine (google/pprof internal/driver locateBinaries).

import { existsSync, readdirSync } from 'node:fs'
import { withDefaultMapping, withMainBinary } from '../core/analysis/mappings.ts'
import { UserError } from '../core/base/errors.ts'
import { baseName, dirName, joinPath } from '../core/base/go-path.ts'
import type { Profile } from '../core/model/profile.ts'
import type { Binaries } from './binaries.ts'

export interface LocateOptions {
  readonly binaries: Binaries
  /** Folders to search, joined by ':'; '' is the folder pprof/binaries in the user's home. */
  readonly searchPath: string
  readonly home: string
  /** The main binary's file as the user gave it, and a build id for it where it has none ('' for none). */
  readonly executable: string | undefined
  readonly buildId: string
  readonly warn: (text: string) => void
}

/**
 * Points the mappings of a profile to executables in the search path. A profile without mappings gets one.
 * What the user says about the main binary comes last, and so counts most.
 */
export async function locateBinaries(p: Profile, o: LocateOptions): Promise<Profile> {
  const folders = o.searchPath === '' ? [joinPath(o.home, 'pprof', 'binaries')] : o.searchPath.split(':')
  const { mappings } = p
  let file = mappings.file
  for (let m = 1; m <= mappings.count; m++) {
    const found = await search(
      p.strings.get(mappings.file[m]!),
      p.strings.get(mappings.buildId[m]!),
      folders,
      o,
    )
    if (found === undefined) continue
    if (file === mappings.file) file = file.slice()
    file[m] = p.strings.intern(found)
  }
  const located = file === mappings.file ? p : { ...p, mappings: { ...mappings, file } }
  return withMainBinary(withDefaultMapping(located), o.executable, o.buildId)
}

async function search(
  file: string,
  buildId: string,
  folders: readonly string[],
  o: LocateOptions,
): Promise<string | undefined> {
  for (const folder of folders)
    for (const path of places(folder, file, buildId)) {
      if (!existsSync(path)) continue
      const binaries = await o.binaries()
      try {
        binaries.open(path)
      } catch (e) {
        if (!(e instanceof UserError)) throw e
        continue
      }
      // `go tool pprof` reads no build ids from files, so a mapping that has one never matches.
      if (buildId === '') return path
      o.warn(`Ignoring local file ${path}: build-id mismatch (${buildId} != )`)
    }
  return undefined
}

/** The paths under a folder where a mapping's file may be, in the order in which they are tried. */
function places(folder: string, file: string, buildId: string): string[] {
  const out: string[] = []
  const base = file === '' ? '' : baseName(file)
  if (buildId !== '') {
    out.push(joinPath(folder, buildId, base))
    out.push(...entries(joinPath(folder, buildId)))
    // As perf keeps them.
    out.push(joinPath(folder, file, buildId))
    // As LLVM and debuginfod keep them.
    out.push(joinPath(folder, buildId.slice(0, 2), `${buildId.slice(2)}.debug`))
  }
  if (file !== '') {
    // The full path, too: the same tree elsewhere, like perf's symfs.
    out.push(joinPath(folder, base), joinPath(folder, file))
    // Where GDB looks for separate debug files.
    const dir = dirName(file)
    out.push(
      joinPath(folder, `${file}.debug`),
      joinPath(folder, dir, '.debug', `${base}.debug`),
      joinPath(folder, 'usr', 'lib', 'debug', dir, `${base}.debug`),
    )
  }
  return out
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => joinPath(folder, name))
  } catch {
    // Most such folders do not exist; one that cannot be read holds nothing for us.
    return []
  }
}
