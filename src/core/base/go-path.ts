// Slash paths as Go's path/filepath treats them on Unix.

/** filepath.Base: the last element; '.' for '', '/' for slashes only. */
export function baseName(path: string): string {
  if (path === '') return '.'
  // Not by a regular expression: one that looks for slashes at the end tries each of many others first.
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end--
  return end === 0 ? '/' : path.slice(path.lastIndexOf('/', end - 1) + 1, end)
}

/** filepath.Dir */
export function dirName(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf('/') + 1))
}

/** filepath.Clean: shortest equivalent path, by text alone. */
export function cleanPath(path: string): string {
  if (path === '') return '.'
  // Most names are clean already: no empty, '.' or '..' element.
  if (!/(^|\/)\.{0,2}(\/|$)/.test(path.slice(1)) && !path.startsWith('./') && path !== '.') return path
  const rooted = path.startsWith('/')
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (out.length > 0 && out[out.length - 1] !== '..') out.pop()
      else if (!rooted) out.push('..')
    } else out.push(part)
  }
  const text = out.join('/')
  return rooted ? `/${text}` : text || '.'
}

/** filepath.Join */
export function joinPath(...parts: string[]): string {
  const given = parts.filter((p) => p !== '')
  return given.length === 0 ? '' : cleanPath(given.join('/'))
}
