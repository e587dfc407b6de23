import { baseName } from '../base/go-path.ts'

/**
 * A source path as reports show it (google/pprof internal/report trimPath): without the prefixes of
 * `trimPath` (a list separated by ':'); without one, cut after the first directory that is named as a
 * directory of `searchPath` is.
 */
export function trimSourcePath(path: string, trimPath: string, searchPath: string): string {
  if (trimPath === '' && searchPath !== '')
    for (const dir of searchPath.split(':')) {
      const want = `/${baseName(dir)}/`
      const at = path.indexOf(want)
      if (at >= 0) return path.slice(at + want.length)
    }
  const prefixes = trimPath === '' ? [] : trimPath.split(':')
  for (const prefix of [...prefixes, '/proc/self/cwd/./', '/proc/self/cwd/']) {
    const dir = prefix.endsWith('/') ? prefix : `${prefix}/`
    if (path.startsWith(dir)) return path.slice(dir.length)
  }
  return path
}
