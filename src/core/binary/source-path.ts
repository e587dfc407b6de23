// Joining paths as they stand in debug data: those of the machine that compiled, Unix or DOS style,
// whatever the machine that reads. The rules are those of debug/dwarf (line.go).

/** Splits a DOS drive ("C:") or network share off: the path is drive + rest. */
function splitDrive(path: string): [drive: string, rest: string] {
  if (/^[a-z]:/i.test(path)) return [path.slice(0, 2), path.slice(2)]
  const share = /^[\\/]{2}[^\\/]+[\\/][^\\/]+(?=[\\/])/.exec(path)
  return share === null ? ['', path] : [share[0], path.slice(share[0].length)]
}

export function isAbsolutePath(path: string): boolean {
  return /^[\\/]/.test(splitDrive(path)[1])
}

/** `name` relative to `directory`. Unix paths come out clean (no ".", ".." or double slashes), DOS ones do not. */
export function joinPath(directory: string, name: string): string {
  if (directory === '') return name
  const [drive, dir] = splitDrive(directory)
  if (drive === '') return cleanPath(name === '' ? directory : `${directory}/${name}`)
  const [drive2, rest] = splitDrive(name)
  if (drive2 !== '' && drive2.toLowerCase() !== drive.toLowerCase()) return drive2 + rest
  const separator = dir === '' || /[\\/]$/.test(dir) ? '' : dir.startsWith('/') ? '/' : '\\'
  return drive + dir + separator + rest
}

/** Go's path.Clean. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const out: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') out.push(part)
    else if (out.length > 0 && out[out.length - 1] !== '..') out.pop()
    else if (!rooted) out.push('..')
  }
  const clean = (rooted ? '/' : '') + out.join('/')
  return clean === '' ? '.' : clean
}
